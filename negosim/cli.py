"""The command line: list scenarios, play one run, sweep an experiment, print the schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Negotiation games between two delegations.")


@app.command()
def scenarios() -> None:
    """List the scenarios. Example: negosim scenarios."""
    from negosim.scenario import Scenario

    for name in Scenario.names():
        typer.echo(f"{name}: {Scenario.load(name).title}")


@app.command()
def schema() -> None:
    """Print the JSON schema of a scenario file. Example: negosim schema > scenario.schema.json."""
    from negosim.scenario import Scenario

    typer.echo(json.dumps(Scenario.schema(), indent=2))


@app.command()
def play(name: str, seed: Annotated[int, typer.Option(help="Seed of the run's luck.")] = 0) -> None:
    """Play one run and tell it. Example: negosim play us-japan-2025 --seed 7."""
    from negosim.model import Negotiation
    from negosim.scenario import Scenario
    from negosim.scenario_error import ScenarioError

    try:
        scenario = Scenario.load(name)
    except ScenarioError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    typer.echo(Negotiation(scenario, seed=seed).play().transcript())


@app.command()
def sweep(file: Path, out: Annotated[Path, typer.Option(help="Folder of the results; an unfinished one goes on.")]) -> None:
    """Play an experiment to disk. Example: negosim sweep experiments/six_tactics.toml --out runs/demo."""
    from negosim.experiment_error import ExperimentError
    from negosim.scenario_error import ScenarioError
    from negosim.store import StoreError
    from negosim.sweep import sweep as run

    try:
        results = run(file, out=out)
    except KeyboardInterrupt as stop:
        typer.echo(f"Stopped. The same command goes on where {out} stopped.", err=True)
        raise typer.Exit(130) from stop
    except (ExperimentError, ScenarioError, StoreError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    typer.echo(f"The runs are in {results.out}.")
