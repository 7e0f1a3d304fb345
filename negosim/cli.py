"""The command line: list scenarios, play one run, sweep an experiment, draw its figures, print facts and the schema."""

from __future__ import annotations

import json
import math
import shutil
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from negosim.checks import Row
    from negosim.experiment import Experiment

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # an error is a line, not a box
    pretty_exceptions_enable=False,
    help="Negotiation games between two delegations, and uncertainty as a tactic in them.",
)

LARGEST_SEED = 2**63 - 1

SECONDS_BETWEEN_LINES = 5.0
"""How often a sweep says how far it is where nobody watches a terminal."""


def whole_number(least: int) -> Callable[[str], int]:
    """A reader of whole numbers from `least` to LARGEST_SEED that names the value it refuses."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise typer.BadParameter(f"{text!r} is not a whole number.") from None
        if number < least:
            raise typer.BadParameter(f"{number} is out of range. It must be at least {least}.")
        if number > LARGEST_SEED:
            raise typer.BadParameter(f"{number} is out of range. It must be at most {LARGEST_SEED}.")
        return number

    return read


def option(meaning: str, least: int = 0, usual: str | bool = True) -> Any:
    """An option that takes a whole number; `usual` says in words what its default is."""
    return typer.Option(parser=whole_number(least), metavar="N", help=meaning, show_default=usual)


AsJson = Annotated[bool, typer.Option("--json", help="JSON, for other programs.")]


@contextmanager
def plainly() -> Iterator[None]:
    """What a user got wrong as one line on the error stream with status 2; an interruption with status 130."""
    from negosim.scenario_error import ScenarioError
    from negosim.store import StoreError

    try:
        yield
    except KeyboardInterrupt as stop:
        typer.echo(f"\n{stop}".rstrip() or "\nStopped.", err=True)
        raise typer.Exit(130) from None
    except (ScenarioError, StoreError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


@app.command()
def scenarios(as_json: AsJson = False) -> None:
    """List the scenarios that come with the package.

    Example: negosim scenarios
    """
    from negosim.scenario import Scenario

    loaded = [Scenario.load(name) for name in Scenario.names()]
    if as_json:
        fields = ("name", "title", "kind", "summary")
        typer.echo(json.dumps([{field: getattr(each, field) for field in fields} for each in loaded], indent=2))
        return
    width = max(len(each.name) for each in loaded)
    for each in loaded:
        typer.echo(f"{each.name:<{width}}  {each.title} ({each.kind})")


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
) -> None:
    """Play one run and tell it, round by round.

    Example: negosim play us-japan-2025 --seed 7 --set sender.ambiguity=0.2
    """
    with plainly():
        from negosim.scenario import Scenario

        changed = parsed_changes(changes or [])
        case = Scenario.load(scenario).vary(changed)
        from negosim.model import Negotiation

        talks = Negotiation(case, seed, replication).play()
        if not as_json:
            typer.echo(talks.transcript())
            return
        typer.echo(json.dumps({"changes": changed, **talks.story()}, indent=2, allow_nan=False))


@app.command()
def sweep(
    file: Annotated[Path, typer.Argument(help="The experiment's TOML file.")],
    out: Annotated[Path | None, typer.Option(help="Folder of the results; an unfinished sweep there goes on.")] = None,
    workers: Annotated[int | None, option("Threads.", least=1, usual="all cores")] = None,
    seed: Annotated[int | None, option("Seed of all luck.", usual="the file's")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the design, the runs, and an estimate of time and disk; write nothing.")
    ] = False,
) -> None:
    """Play an experiment into a folder, sum it up and print the findings.

    It can be stopped at any time; the same command goes on from there. The folder gets the runs (parts/*.parquet),
    summary.parquet and .csv, findings.md and .json.

    Example: negosim sweep experiments/six_tactics.toml --out runs/six-tactics
    """
    if out is None and not dry_run:
        raise typer.BadParameter("Missing option '--out', the folder of the results. Only --dry-run needs none.")
    with plainly():
        from negosim.experiment import Experiment

        experiment = Experiment.load(file, **({} if seed is None else {"seed": seed}))
        if out is None or dry_run:
            typer.echo(what_it_takes(experiment, workers))
            return
        typer.echo(announcement(experiment, out), err=True)
        from negosim.report import report_paths, write_report
        from negosim.runner import sweep as run

        with told_progress() as progress:
            results = run(experiment, out=out, workers=workers, progress=progress)
        typer.echo("Summing up.", err=True)
        _, text = write_report(results)
        show(text)
        typer.echo(f"Written: {', '.join(str(path) for path in report_paths(results))}.", err=True)


@app.command()
def plot(
    results: Annotated[Path, typer.Argument(help="The folder that a sweep wrote.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder of the figures.", show_default="figures in the folder of the results")
    ] = None,
) -> None:
    """Draw the figures of a finished sweep.

    Example: negosim plot runs/six-tactics
    """
    with plainly():
        from negosim.results import Results

        found = Results(results)
        found.check()
        from negosim import plots

        for path in plots.draw_all(found, results / "figures" if out is None else out):
            typer.echo(str(path))


@app.command()
def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="A scenario by name or path, or the folder that a sweep wrote.")],
    b: Annotated[str, typer.Argument(metavar="B", help="What it is compared with: another.")],
    runs: Annotated[int | None, option("Runs of each scenario.", least=2, usual="10000")] = None,
    seed: Annotated[int | None, option("Seed of all luck of both scenarios.", usual="0")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare two scenarios, or two results: what changed, and what followed, with intervals.

    Two scenarios are played with the same luck, run for run. Differences are B less A.

    Example: negosim compare us-japan-2025 mine.toml --runs 20000
    """
    with plainly():
        from negosim.contrast import compare as contrast

        found = contrast(a, b, runs, seed)
    if as_json:
        typer.echo(json.dumps(found.plain(), indent=2, allow_nan=False))
    else:
        show(str(found))


@app.command()
def facts(
    only: Annotated[list[str] | None, typer.Option("--only", metavar="NAME", help="This fact alone; may be repeated.")] = None,
    runs: Annotated[int, option("Runs at each point of the model.", least=2)] = 20_000,
    seed: Annotated[int, option("Seed of all luck.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Print stylised facts of real talks beside what the model does, with a verdict where the record is strong enough.

    Example: negosim facts --only ambiguity --only target-cost
    """
    with plainly():
        from negosim.facts_text import facts_text
        from negosim.verdicts import SCENARIO, compare

        rows = compare(only or (), runs, seed)
        if not as_json:
            typer.echo(facts_text(rows, runs, seed, page_width()))
            return
        told = {"scenario": SCENARIO, "runs": runs, "seed": seed, "facts": [row.plain() for row in rows]}
        typer.echo(json.dumps(told, indent=2, allow_nan=False))


@app.command()
def check(
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="NAME", help="A result or a chapter; may be repeated. All without it.")
    ] = None,
    seed: Annotated[int, option("Seed of all luck.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Play every known result of the textbook through the engine, and hold it against its closed form.

    A number holds if it lies within four standard errors plus its bound. The exit code is 1 if one does not.

    Example: negosim check --only rubinstein --only "Sealed bids"
    """
    with plainly():
        from negosim.checks import check as run

        checked = run(only, seed, None if as_json else told_rows())
    if as_json:
        rows = [row.plain() for row in checked.rows]
        found = {"passes": checked.passes, "false_alarm_rate": checked.false_alarm_rate, "rows": rows}
        typer.echo(json.dumps(found, indent=2, allow_nan=False))
    else:
        from negosim.checks.text import summary

        typer.echo(f"\n{summary(checked)}")
    if not checked.passes:
        raise typer.Exit(1)


@app.command()
def schema(experiment: Annotated[bool, typer.Option("--experiment", help="That of an experiment's file.")] = False) -> None:
    """Print the JSON schema of a scenario file, or of an experiment's.

    Example: negosim schema > scenario.schema.json
    """
    from negosim.experiment import Experiment
    from negosim.scenario import Scenario

    typer.echo(json.dumps(Experiment.schema() if experiment else Scenario.schema(), indent=2))


def told_rows() -> Callable[[Row], None]:
    """What tells each row of a check as it is done: a heading over each result, a line over each case."""
    from negosim.checks.text import heading, line, parameters

    told: dict[str, Any] = {"result": None, "case": None}

    def tell(row: Row) -> None:
        if row.result != told["result"]:
            typer.echo(f"\n{heading(row)}")
        if (row.result, row.parameters) != (told["result"], told["case"]):
            typer.echo(f"  {parameters(row)}" if row.parameters else "")
        typer.echo(line(row))
        told.update(result=row.result, case=row.parameters)

    return tell


def what_it_takes(experiment: Experiment, workers: int | None) -> str:
    """The design of an experiment and an estimate of what a sweep of it takes."""
    typer.echo("Trying a few runs. The first use compiles the rules, which takes about a minute.", err=True)
    from negosim.forecast import forecast
    from negosim.forecast_text import dry_run_text
    from negosim.runner import cores

    return dry_run_text(experiment, forecast(experiment), workers or cores(), page_width())


def page_width() -> int:
    """The columns of the terminal, from 80 to 130."""
    return min(130, max(80, shutil.get_terminal_size((100, 24)).columns))


def parsed_changes(given: list[str]) -> dict[str, Any]:
    """The values of --set by name: a number, true or false as in TOML, anything else a text.

    >>> parsed_changes(["talks.rounds=3", "sender.strategy=commitment"])
    {'talks.rounds': 3, 'sender.strategy': 'commitment'}
    """
    from negosim.scenario_error import ScenarioError

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


def announcement(experiment: Experiment, out: Path) -> str:
    """What is about to be played, in one line."""
    draws = experiment.assumed_draws * len(experiment.draw_points) * experiment.draw_replications
    text = f"{experiment.title}: {experiment.runs:,} runs at {len(experiment.design_points):,} points"
    if draws:
        text += f" and {draws:,} in {experiment.assumed_draws:,} joint draws of the assumed numbers"
    return f"{text}, into {out}. The first use compiles the rules, which takes about a minute."


@contextmanager
def told_progress() -> Iterator[Callable[[int, int, float, float], None]]:
    """How far a sweep is, on the error stream: a bar on a terminal, else a line every few seconds."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lines_of_progress()
        return
    from rich.progress import BarColumn, Progress, TextColumn

    with Progress(BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TextColumn("{task.description}"), console=console) as bar:
        task = bar.add_task("")

        def tell(done: int, total: int, rate: float, left: float) -> None:
            bar.update(task, completed=done, total=total, description=news(done, total, rate, left))

        yield tell


def lines_of_progress() -> Callable[[int, int, float, float], None]:
    """Progress in lines, not more than one in SECONDS_BETWEEN_LINES but for the last."""
    last = -math.inf

    def tell(done: int, total: int, rate: float, left: float) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= SECONDS_BETWEEN_LINES or done == total:
            last = now
            typer.echo(news(done, total, rate, left), err=True)

    return tell


def news(done: int, total: int, rate: float, left: float) -> str:
    """How far a sweep is.

    >>> news(500, 2000, 250.0, 6.2)
    '500 of 2,000 runs, 250 a second, 0:06 left'
    >>> news(0, 2000, 0.0, float("nan"))
    '0 of 2,000 runs'
    """
    text = f"{done:,} of {total:,} runs"
    if math.isnan(left):
        return text
    minutes, seconds = divmod(round(left), 60)
    return f"{text}, {rate:,.0f} a second, {minutes}:{seconds:02} left"


def show(text: str) -> None:
    """A text in Markdown: set out on a terminal, as it stands elsewhere."""
    if not sys.stdout.isatty():
        typer.echo(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(text))
