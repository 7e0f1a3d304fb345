"""The commands about an experiment: sweep it by one engine or another, draw its figures, compare its results with others."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from negosim.cli.application import (
    AllowPlatform,
    AsJson,
    app,
    ended_like_an_interruption,
    loaded,
    option,
    page_width,
    path_here,
    plainly,
    say,
    shown,
)
from negosim.cli.progress import told_progress

if TYPE_CHECKING:
    from negosim.experiment.experiment import Experiment
    from negosim.results.results import Results
    from negosim.store.failures import PointsFailedError
    from negosim.sweeps.executors import Engine
    from negosim.sweeps.shards import Shard

File = Annotated[
    Path | None,
    typer.Argument(
        parser=path_here, help="The experiment's TOML file. Without it the sweep in the folder goes on.", show_default=False
    ),
]

Out = Annotated[
    Path | None,
    typer.Option(parser=path_here, metavar="PATH", help="Folder of the results; an unfinished sweep there goes on."),
]

UntilPrecision = Annotated[
    float | None,
    typer.Option(
        metavar="HALF_WIDTH",
        help="Add runs until the mean payoffs at every point are known to +- this, 95 %; [precision] in the file says more.",
        show_default="the file's",
    ),
]


@app.command()
def sweep(
    file: File = None,
    out: Out = None,
    workers: Annotated[int | None, option("Threads, or processes of a Dask cluster here.", least=1, usual="all cores")] = None,
    seed: Annotated[int | None, option("Seed of all luck.", usual="the file's")] = None,
    shard: Annotated[
        str | None, typer.Option(metavar="I/N", help="Play the I-th of N shares alone; see negosim merge.", show_default="all")
    ] = None,
    until_precision: UntilPrecision = None,
    engine: EngineName = "threads",
    scheduler: Scheduler = None,
    allow_platform: AllowPlatform = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the design, the runs, and an estimate of time and disk; write nothing.")
    ] = False,
) -> None:
    """Play an experiment into a folder, sum it up and print the findings.

    It can be stopped at any time; the same command goes on from there. The folder gets the runs (parts/*.parquet),
    summary.parquet and .csv, findings.md and .json. The exit code is 3 if a part failed; the others are there.

    Example: negosim sweep experiments/six_tactics.toml --out runs/six-tactics
    """
    if out is None and not (dry_run and file is not None):
        raise typer.BadParameter("Missing option '--out', the folder of the results. Only --dry-run of a file needs none.")
    with plainly(), ended_like_an_interruption():
        from negosim.sweeps.shards import Shard

        chosen = engine_asked(engine, scheduler, workers)
        experiment = asked(file, out, seed, until_precision)
        if out is None or dry_run:
            say(what_it_takes(experiment, workers))
            return
        share = Shard.read(shard) if shard is not None else None
        say(announcement(experiment, out, share), err=True)
        results, failed = played(experiment, out, share, workers, allow_platform, chosen, engine_options(engine, scheduler))
        if results is not None:
            report(results)
        elif failed is None:
            say(f"Shard {share} is done. {what_is_missing(out)}", err=True)
        if failed is not None:
            say(str(failed), err=True)
        if failed is not None or (results is not None and results.failures):
            raise typer.Exit(3)


def asked(file: Path | None, out: Path | None, seed: int | None, half_width: float | None) -> Experiment:
    """The experiment of a file, with another seed or precision if one is given; without a file that of the folder."""
    from negosim.common.errors import ExperimentError
    from negosim.experiment.experiment import Experiment
    from negosim.results.results import experiment_in

    if file is not None:
        changes: dict[str, Any] = {} if seed is None else {"seed": seed}
        if half_width is not None:
            own = Experiment.load(file).precision
            changes["precision"] = {**(own.model_dump() if own is not None else {}), "half_width": half_width}
        return Experiment.load(file, **changes)
    assert out is not None
    if not out.exists():
        remedy = f"Name the experiment's file: negosim sweep FILE --out {shlex.quote(str(out))}."
        raise ExperimentError("has no sweep to go on with", field="--out", value=str(out), remedy=remedy)
    for name, value in (("--seed", seed), ("--until-precision", half_width)):
        if value is not None:
            remedy = "The sweep in the folder has its own."
            raise ExperimentError("belongs to a file", field=name, value=str(value), remedy=remedy)
    return experiment_in(out)


def what_it_takes(experiment: Experiment, workers: int | None) -> str:
    """The design of an experiment and an estimate of what a sweep of it takes."""
    say("Trying a few runs. The first use compiles the rules, which takes about a minute.", err=True)
    runner, forecasting = loaded("negosim.sweeps.runner"), loaded("negosim.sweeps.forecast")
    from negosim.report.forecast import dry_run_text

    return dry_run_text(experiment, forecasting.forecast(experiment), workers or runner.cores(), page_width())


def played(
    experiment: Experiment,
    out: Path,
    share: Shard | None,
    workers: int | None,
    allow_platform: bool,
    engine: Engine | None,
    options: str,
) -> tuple[Results | None, PointsFailedError | None]:
    """Play what is missing: the results once all is there, None before, and what failed.

    options : those of the engine, for the command with which a sweep that was interrupted goes on
    """
    from negosim.common.errors import StoreError
    from negosim.results.results import Results
    from negosim.store.failures import PointsFailedError

    runner = loaded("negosim.sweeps.runner")
    try:
        with told_progress() as progress:
            how = {"workers": workers, "progress": progress, "allow_platform": allow_platform, "engine": engine}
            if share is None:
                return runner.sweep(experiment, out, **how), None
            return runner.sweep_shard(experiment, out, share, **how), None
    except KeyboardInterrupt as stop:
        again = f"negosim sweep --out {shlex.quote(str(out))}" + (f" --shard {share}" if share is not None else "") + options
        raise KeyboardInterrupt(f"{stop}\n{again}" if str(stop) else "") from None
    except PointsFailedError as error:
        try:
            return Results(out), error
        except StoreError:
            return None, error  # the parts of other shards are missing


def report(results: Results) -> None:
    """Sum up, write and print the findings; only say so where every baseline failed, without which there are none."""
    from negosim.report.write import report_paths, write_report

    if not results.baselines:
        say("The baseline failed: without it there is nothing to compare with, and no findings.", err=True)
        return
    say("Summing up.", err=True)
    _, text = write_report(results)
    show(text)
    say(f"Written: {', '.join(str(path) for path in report_paths(results))}.", err=True)


def what_is_missing(out: Path) -> str:
    """How a shard's folder becomes results."""
    from negosim.sweeps.status import status_of

    status = status_of(out)
    folder = shlex.quote(str(out))
    return (
        f"{status.done:,} of {status.parts:,} parts are in {out}. When all shards are done: negosim merge RESULTS {folder} ... "
        f"with the folders of the others; if all share this one, negosim sweep --out {folder} plays what is missing."
    )


@app.command()
def plot(
    results: Annotated[Path, typer.Argument(parser=path_here, help="The folder that a sweep wrote.")],
    out: Annotated[
        Path | None,
        typer.Option(
            parser=path_here, metavar="PATH", help="Folder of the figures.", show_default="figures in the folder of the results"
        ),
    ] = None,
) -> None:
    """Draw the figures of a finished sweep.

    Example: negosim plot runs/six-tactics
    """
    with plainly():
        from negosim.results.results import Results

        found = Results(results)
        found.check()
        plots = loaded("negosim.plots")

        for path in plots.draw_all(found, results / "figures" if out is None else out):
            say(str(path))


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
        found = loaded("negosim.sweeps.compare").compare(a, b, runs, seed)
    if as_json:
        typer.echo(json.dumps(found.plain(), indent=2, allow_nan=False))
    else:
        show(str(found))


def announcement(experiment: Experiment, out: Path, share: Shard | None) -> str:
    """What is about to be played, in one line."""
    draws = experiment.assumed_draws * len(experiment.draw_points) * experiment.draw_replications
    least = "at least " if experiment.precision else ""
    text = f"{experiment.title}: {least}{experiment.runs:,} runs at {len(experiment.design_points):,} points"
    if draws:
        text += f" and {draws:,} in {experiment.assumed_draws:,} joint draws of the assumed numbers"
    if share is not None:
        text += f", of these shard {share}"
    return f"{text}, into {out}. The first use compiles the rules, which takes about a minute."


def show(text: str) -> None:
    """A text in Markdown: set out on a terminal, as it stands elsewhere."""
    if not sys.stdout.isatty():
        say(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(shown(text)))


EngineName = Annotated[
    Literal["threads", "dask"], typer.Option(help="What plays: threads of this process, or the workers of a Dask cluster.")
]

Scheduler = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS", help="The scheduler of a Dask cluster that is there.", show_default="a cluster of this machine's own"
    ),
]


def engine_asked(name: str, scheduler: str | None, workers: int | None) -> Engine | None:
    """The engine with this name; None for the usual threads."""
    if name == "dask":
        from negosim.sweeps.dask import dask

        return dask(scheduler, workers)
    if scheduler is not None:
        raise typer.BadParameter("--scheduler belongs to --engine dask. Give both, or neither.")
    return None


def engine_options(name: str, scheduler: str | None) -> str:
    """The options that ask for this engine, each after a space; none for the usual one."""
    if name == "threads":
        return ""
    return f" --engine {name}" + (f" --scheduler {shlex.quote(scheduler)}" if scheduler is not None else "")
