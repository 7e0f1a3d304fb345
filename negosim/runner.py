"""The runner: plays every point of an experiment on several threads and writes the results, part by part."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing

import numpy
import pyarrow

from negosim.design import Bases, scenario_at
from negosim.experiment import Experiment
from negosim.kernel import simulate
from negosim.manifest import manifest_of
from negosim.outcomes import KEPT
from negosim.plan import Chunk, Draws, Part, Paths, planned_parts
from negosim.quantities import COMPARED
from negosim.results import Results
from negosim.store import Store

Progress = Callable[[int, int, float, float], None]
"""Called with the runs done, all runs, runs a second, and seconds left (nan until a part is done)."""

log = logging.getLogger(__name__)


def sweep(
    experiment: Experiment | str | os.PathLike[str],
    out: str | os.PathLike[str],
    workers: int | None = None,
    progress: Progress | None = None,
) -> Results:
    """Play an experiment into the folder `out`; go on where an earlier sweep of the same experiment stopped.

    experiment : an Experiment, or the path of its TOML file
    workers : threads; None = as many as there are cores to use
    progress : told how far the sweep is, after each part

    Run r has the same luck at every point, unless the experiment says otherwise, whatever the chunks, their order and the
    number of workers. Whole parts are kept, damaged ones are named in the log and played again. Raises ExperimentError, and
    StoreError when `out` holds anything else or cannot be written.
    """
    if not isinstance(experiment, Experiment):
        experiment = Experiment.load(experiment)
    if workers is not None and workers < 1:
        raise ValueError(f"workers = {workers} is out of range. It must be at least 1.")
    store = Store(out)
    parts = planned_parts(experiment)
    names = [part.name for part in parts]
    manifest = manifest_of(experiment)
    store.check(manifest, names)
    missing = [part for part in parts if not _is_whole(store, part)]
    if missing or store.manifest() is None or store.is_reworded(manifest):
        with store.writing(manifest, names):
            _run(experiment, store, parts, missing, workers or cores(), progress)
    return Results(out)


def _is_whole(store: Store, part: Part) -> bool:
    """Whether a part need not be played; a damaged one is named in the log."""
    if not store.is_there(part.name):
        return False
    damage = store.damage(part.name, part.rows)
    if damage is not None:
        log.warning("%s is damaged and is played again: %s.", store.path(part.name), damage)
    return damage is None


def _run(
    experiment: Experiment,
    store: Store,
    parts: list[Part],
    missing: list[Part],
    workers: int,
    progress: Progress | None,
) -> None:
    """Play the missing parts; what was finished when this is stopped stays."""
    total = sum(part.runs for part in parts)
    before = done = total - sum(part.runs for part in missing)
    start = time.perf_counter()
    if progress is not None:
        progress(done, total, 0.0, float("nan"))
    try:
        with closing(_finished(experiment, store, missing, workers)) as finished:
            for part in finished:
                done += part.runs
                if progress is not None:
                    rate = (done - before) / (time.perf_counter() - start)
                    progress(done, total, rate, (total - done) / rate)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"Stopped after {done:,} of {total:,} runs, which are kept in {store.folder}. "
            "Run the same sweep into the same folder to go on."
        ) from None


def _finished(
    experiment: Experiment, store: Store, parts: list[Part], workers: int
) -> Generator[Part]:
    """Each part once it is written; at most `workers` + 1 are in flight, which bounds the memory."""
    waiting = iter(parts)
    flying: dict[Future[None], Part] = {}
    pool = ThreadPoolExecutor(workers, thread_name_prefix="negosim-sweep")
    try:
        while True:
            for part in waiting:
                flying[pool.submit(_play, experiment, store, part)] = part
                if len(flying) > workers:
                    break
            if not flying:
                return
            landed = wait(flying, return_when=FIRST_COMPLETED).done
            for future in [future for future in flying if future in landed]:  # the first error counts
                future.result()
                yield flying.pop(future)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _play(experiment: Experiment, store: Store, part: Part) -> None:
    """Play one part and write it, in a thread of its own."""
    try:
        store.write(part.name, table_of(experiment, part))
    except Exception as error:
        error.add_note(f"This was in {part.name} of the sweep. Finished parts are kept in {store.folder}.")
        raise


def table_of(experiment: Experiment, part: Part) -> pyarrow.Table:
    """What a part holds: it is played for it."""
    if isinstance(part, Draws):
        return _means(experiment, part)
    if isinstance(part, Paths):
        from negosim.paths import path_table

        return path_table(experiment, part)
    return pyarrow.concat_tables(_runs(experiment, chunk) for chunk in part.chunks)


def _runs(experiment: Experiment, chunk: Chunk) -> pyarrow.Table:
    """The runs of a chunk, one row a run, with the number of their point and the columns that the experiment keeps."""
    scenario = experiment.scenario_at(chunk.point)
    table = simulate(scenario, replications=chunk.runs, seed=experiment.seed, first=chunk.first).table()
    if experiment.columns is not None:
        table = table.select([name for name in table.column_names if name in KEPT or name in experiment.columns])
    point = pyarrow.array(numpy.full(chunk.runs, chunk.point.number, dtype=numpy.int32))
    return table.add_column(0, "point", point)


def _means(experiment: Experiment, part: Draws) -> pyarrow.Table:
    """One row a draw and point: the mean of each number over the runs that have it, nan if none has.

    For each quantity of COMPARED also its mean difference to the point `against`, run for run with the same luck
    (`_gain`), and the standard error of that mean (`_gain_error`).
    """
    rows: list[dict[str, float]] = []
    for number, overrides in enumerate(part.draws, start=part.first):
        bases = {case: base.vary(overrides) for case, base in experiment.bases.items()}
        rows += _draw(experiment, part, number, bases)
    counts = ("draw", "point", "against", "runs")
    return pyarrow.table(
        {name: pyarrow.array([row[name] for row in rows], pyarrow.int32() if name in counts else None) for name in rows[0]}
    )


def _draw(experiment: Experiment, part: Draws, number: int, bases: Bases) -> list[dict[str, float]]:
    """The rows of one joint draw, in which the cases have these scenarios."""
    rows: dict[int, dict[str, float]] = {}
    compared: dict[int, numpy.ndarray] = {}
    for place, point in enumerate(part.points):
        turn = number - 1 if experiment.luck == "common" else (number - 1) * len(part.points) + place
        first = turn * part.replications
        scenario = scenario_at(bases[point.case], point)
        values = _numbers(simulate(scenario, replications=part.replications, seed=experiment.seed, first=first).columns())
        compared[point.number] = numpy.column_stack([values[name] for name in COMPARED])
        rows[point.number] = dict(zip(values, _means_of(numpy.column_stack(list(values.values()))), strict=True))
    for point in part.points:
        against = part.against(point).number
        gains = compared[point.number] - compared[against]
        errors = gains.std(axis=0, ddof=1) / numpy.sqrt(part.replications)
        for name, gain, error in zip(COMPARED, gains.mean(axis=0), errors, strict=True):
            rows[point.number] |= {f"{name}_gain": float(gain), f"{name}_gain_error": float(error)}
        where = {"draw": number, "point": point.number, "against": against, "runs": part.replications}
        rows[point.number] = where | rows[point.number]
    return list(rows.values())


def _numbers(columns: Mapping[str, numpy.ndarray]) -> dict[str, numpy.ndarray]:
    """The columns that a mean is taken of: numbers, what is true or false, and what COMPARED has besides."""
    values = {
        name: column.astype(float) for name, column in columns.items() if name != "replication" and column.dtype.kind != "O"
    }
    values["joint_payoff"] = values["sender_payoff"] + values["target_payoff"]
    values["no_deal"] = 1.0 - values["agreed"]
    return values


def _means_of(columns: numpy.ndarray) -> list[float]:
    """The mean of the numbers in each column that are not nan; nan for a column without any."""
    known = ~numpy.isnan(columns)
    counts = known.sum(axis=0)
    totals = numpy.where(known, columns, 0.0).sum(axis=0)
    return [float(total / count) if count else float("nan") for total, count in zip(totals, counts, strict=True)]


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
