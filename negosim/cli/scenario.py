"""The commands about one scenario: list what there is, play a run, print the schema."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Annotated, Any

import typer

from negosim.cli.application import AsJson, app, option, path_here, plainly, say


@app.command()
def scenarios(as_json: AsJson = False) -> None:
    """List the scenarios that come with the package.

    Example: negosim scenarios
    """
    from negosim.scenario.scenario import Scenario

    loaded = [Scenario.load(name) for name in Scenario.names()]
    if as_json:
        fields = ("name", "title", "kind", "summary")
        typer.echo(json.dumps([{field: getattr(each, field) for field in fields} for each in loaded], indent=2))
        return
    width = max(len(each.name) for each in loaded)
    for each in loaded:
        say(f"{each.name:<{width}}  {each.title} ({each.kind})")


@app.command()
def play(
    scenario: Annotated[str, typer.Argument(help="A name from 'negosim scenarios', or the path of a TOML file.")],
    seed: Annotated[int, option("Seed of all luck.")] = 0,
    replication: Annotated[int, option("Which run of this seed.")] = 0,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Change a value by its dotted name; may be repeated."),
    ] = None,
    as_json: AsJson = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Markdown, to keep or to publish.")] = False,
    whole: Annotated[bool, typer.Option("--whole", help="Fold nothing, however long the run.")] = False,
    figure: Annotated[
        Path | None, typer.Option("--figure", parser=path_here, metavar="FILE", help="Draw its rounds into this PNG file.")
    ] = None,
) -> None:
    """Play one run and tell it, round by round.

    Example: negosim play us-japan-2025 --seed 7 --set sender.ambiguity=0.2 --figure run.png
    """
    if as_json and markdown:
        raise typer.BadParameter("--json and --markdown are two forms of one run. Give one of them.")
    with plainly():
        from negosim.scenario.scenario import Scenario

        changed = parsed_changes(changes or [])
        case = Scenario.load(scenario).vary(changed)
        if figure is not None:
            _check_figure(figure)
        from negosim.engine.model import Negotiation

        talks = Negotiation(case, seed, replication).play()
        if figure is not None:
            from negosim.plots import path, png
            from negosim.store.store import Store

            Store(figure.parent).write_beside(figure.name, png(path(talks)))
        if not as_json:
            say(talks.transcript("markdown" if markdown else "text", fold=not whole))
            return
        typer.echo(json.dumps({"changes": changed, **talks.story()}, indent=2, allow_nan=False))


def _check_figure(figure: Path) -> None:
    """StoreError, before the run, for what is no PNG file in a folder that exists."""
    from negosim.common.errors import StoreError

    if figure.suffix != ".png":
        raise StoreError(f"--figure = '{figure}' does not end in .png. Name a PNG file.")
    if not figure.parent.is_dir():
        raise StoreError(f"--figure = '{figure}': there is no folder '{figure.parent}'. Make it, or choose another.")


@app.command()
def schema(experiment: Annotated[bool, typer.Option("--experiment", help="That of an experiment's file.")] = False) -> None:
    """Print the JSON schema of a scenario file, or of an experiment's.

    Example: negosim schema > scenario.schema.json
    """
    from negosim.experiment.experiment import Experiment
    from negosim.scenario.scenario import Scenario

    typer.echo(json.dumps(Experiment.schema() if experiment else Scenario.schema(), indent=2))


def parsed_changes(given: list[str]) -> dict[str, Any]:
    """The values of --set by name: a number, true or false as in TOML, anything else a text.

    >>> parsed_changes(["talks.rounds=3", "sender.strategy=commitment"])
    {'talks.rounds': 3, 'sender.strategy': 'commitment'}
    """
    from negosim.common.errors import ScenarioError

    changes: dict[str, Any] = {}
    for text in given:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise ScenarioError(
                "is not NAME=VALUE", field="--set", value=text, remedy="Write --set sender.ambiguity=0.2, say."
            )
        if name in changes:
            raise ScenarioError("is set twice", field=name, remedy="Set it once.")
        try:
            changes[name] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            changes[name] = value
    return changes
