"""The commands about an experiment: sweep it, and draw its figures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from negosim.cli.application import app, option, plainly
from negosim.cli.progress import told_progress

if TYPE_CHECKING:
    from negosim.experiment import Experiment


@app.command()
def sweep(
    file: Annotated[Path, typer.Argument(help="The experiment's TOML file.")],
    out: Annotated[Path, typer.Option(help="Folder of the results; an unfinished sweep there goes on.")],
    workers: Annotated[int | None, option("Threads.", least=1, usual="all cores")] = None,
    seed: Annotated[int | None, option("Seed of all luck.", usual="the file's")] = None,
) -> None:
    """Play an experiment into a folder, sum it up and print the findings.

    It can be stopped at any time; the same command goes on from there. The folder gets the runs (parts/*.parquet),
    summary.parquet and .csv, findings.md and .json.

    Example: negosim sweep experiments/six_tactics.toml --out runs/six-tactics
    """
    with plainly():
        from negosim.experiment import Experiment

        experiment = Experiment.load(file)
        if seed is not None:
            fields = {name: getattr(experiment, name) for name in Experiment.model_fields}
            experiment = Experiment(**{**fields, "seed": seed})
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


def announcement(experiment: Experiment, out: Path) -> str:
    """What is about to be played, in one line."""
    draws = experiment.assumed_draws * len(experiment.draw_points) * experiment.draw_replications
    text = f"{experiment.title}: {experiment.runs:,} runs at {len(experiment.design_points):,} points"
    if draws:
        text += f" and {draws:,} in {experiment.assumed_draws:,} joint draws of the assumed numbers"
    return f"{text}, into {out}. The first use compiles the rules, which takes about a minute."


def show(text: str) -> None:
    """A text in Markdown: set out on a terminal, as it stands elsewhere."""
    if not sys.stdout.isatty():
        typer.echo(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(text))
