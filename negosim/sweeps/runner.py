"""The runner: plays every point of an experiment and writes the results, part by part, whatever comes in between."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any, NamedTuple

from negosim.common.errors import ExperimentError
from negosim.common.plain import require_whole
from negosim.experiment.experiment import Experiment
from negosim.results.results import Results
from negosim.store.failures import PointsFailedError
from negosim.store.manifest import fingerprint, manifest_of, platform_here
from negosim.store.plan import Part, planned_parts
from negosim.store.precision import read_reached, write_reached
from negosim.store.store import Store
from negosim.sweeps.executors import Engine, Finished, Pace, threads
from negosim.sweeps.play import Play
from negosim.sweeps.shards import Shard
from negosim.sweeps.stopping_rule import look, next_runs

Progress = Callable[[int, int, float, float], None]
"""Called with the runs done, all runs, runs a second, and seconds left (nan until something is done)."""

log = logging.getLogger(__name__)


def sweep(
    experiment: Experiment | str | os.PathLike[str],
    out: str | os.PathLike[str],
    workers: int | None = None,
    progress: Progress | None = None,
    *,
    allow_platform: bool = False,
    engine: Engine | None = None,
) -> Results:
    """Play an experiment into the folder `out`; go on where an earlier sweep of the same experiment stopped.

    experiment : an Experiment, or the path of its TOML file
    workers : threads; None = as many as there are cores to use
    progress : told how far the sweep is, about twice a second
    allow_platform : whether runs of another platform in `out` may be added to; parts say on which they were played
    engine : what plays the parts; None = these threads

    Run r has the same luck at every point, unless the experiment says otherwise, whatever the chunks, their order, the engine
    and the number of workers. Whole parts are kept; damaged and foreign ones are named in the log, set aside and played again.
    A part that cannot be played is recorded with its reason, and the rest goes on: then PointsFailedError is raised at the
    end. Raises ExperimentError, and StoreError when `out` holds anything else or cannot be written.
    """
    store, plan = _swept(experiment, out, None, workers, progress, allow_platform, engine)
    _fail(store, [part.name for part in plan], len(plan))
    return Results(out)


def sweep_shard(
    experiment: Experiment | str | os.PathLike[str],
    out: str | os.PathLike[str],
    shard: Shard,
    workers: int | None = None,
    progress: Progress | None = None,
    *,
    allow_platform: bool = False,
    engine: Engine | None = None,
) -> Results | None:
    """Play one shard of an experiment, as `sweep` does, into a folder of its own or one that all shards share.

    The results once every part of the experiment is in `out`; None while the parts of other shards are missing. ExperimentError
    for an experiment that adds runs until they are enough: only all points together say when that is.
    """
    if not isinstance(experiment, Experiment):
        experiment = Experiment.load(experiment)
    if experiment.precision is not None:
        problem, remedy = "cannot be played in shards", "Play it whole; --engine dask does that on many machines."
        raise ExperimentError(problem, field="precision", remedy=remedy)
    store, plan = _swept(experiment, out, shard, workers, progress, allow_platform, engine)
    _fail(store, [part.name for part in shard.share(plan)], len(plan))
    recorded = {failure.part for failure in store.failures([part.name for part in plan])}
    is_through = all(part.name in recorded or store.is_there(part.name) for part in plan)
    return Results(out) if is_through else None


def _fail(store: Store, names: Sequence[str], parts: int) -> None:
    """PointsFailedError if any of these parts failed."""
    failures = store.failures(names)
    if failures:
        raise PointsFailedError(store.folder, failures, parts)


def _swept(
    experiment: Experiment | str | os.PathLike[str],
    out: str | os.PathLike[str],
    shard: Shard | None,
    workers: int | None,
    progress: Progress | None,
    allow_platform: bool,
    engine: Engine | None,
) -> tuple[Store, list[Part]]:
    """Play what is missing of an experiment, or of one shard of it; return the store and all parts of the experiment."""
    if not isinstance(experiment, Experiment):
        experiment = Experiment.load(experiment)
    workers = cores() if workers is None else workers
    require_whole(1, workers=workers)
    way = _Way(Store(out), manifest_of(experiment), workers, progress, allow_platform, engine or threads(workers))
    if experiment.precision is not None:
        return way.store, _until_precise(way, experiment)
    plan = planned_parts(experiment)
    way.play(experiment, plan, [part.name for part in plan], shard)
    return way.store, plan


def _until_precise(way: _Way, asked: Experiment) -> list[Part]:
    """Play whole chunks until the runs are enough, and write down what that came to; return all parts of the experiment.

    What a sweep came to before is taken for granted, unless parts failed in it.
    """
    names = [part.name for part in planned_parts(asked.with_runs(asked.most_runs))]
    before = None if way.store.failures(names) else read_reached(way.store, fingerprint(way.manifest))
    runs, reached = asked.replications if before is None else before.runs, before
    while True:
        now = asked.with_runs(runs)
        plan = planned_parts(now)
        way.play(now, plan, names, None)
        if before is None:
            reached = look(Results(way.store.folder, runs))
            runs = next_runs(now, reached)
        assert reached is not None
        if runs == reached.runs:
            write_reached(way.store, fingerprint(way.manifest), reached)
            return plan
        told = ", ".join(f"{each.quantity} +-{each.half_width:.3g} (point {each.point})" for each in reached.widest)
        log.info("With %s runs a point the widest 95 %% intervals are %s: on to %s.", f"{now.replications:,}", told, f"{runs:,}")


class _Way(NamedTuple):
    """Where and how the parts of an experiment are played."""

    store: Store
    manifest: Mapping[str, Any]
    workers: int
    progress: Progress | None
    allow_platform: bool
    engine: Engine

    def play(self, experiment: Experiment, plan: list[Part], names: list[str], shard: Shard | None) -> None:
        """Play those parts of a plan, or of one shard of it, that are missing or damaged; `names` are all that may be there."""
        store = self.store
        own = plan if shard is None else shard.share(plan)
        store.check(self.manifest, names, self.allow_platform)
        missing, spoilt = _missing(store, own, fingerprint(self.manifest), self.workers)
        if not missing and store.renewal(self.manifest) is None:
            return
        share = None if shard is None else (shard.name, [part.name for part in own])
        with store.writing(self.manifest, names, share, self.allow_platform):
            for name, damage in spoilt.items():
                kept = store.set_aside(name)
                log.warning("%s is played again: %s. It is kept as %s.", store.path(name), damage, kept)
            missing = [part for part in missing if not store.is_there(part.name)]  # another process may have been here
            mark = {"experiment": fingerprint(self.manifest), "platform": platform_here()}
            _run(store, own, missing, Play(experiment, store.folder, mark), self.engine, self.progress)


def _missing(store: Store, parts: list[Part], experiment: str, workers: int) -> tuple[list[Part], dict[str, str]]:
    """The parts that have to be played, and why those of them do that are there: each file is read and compared whole."""
    there = [part for part in parts if store.is_there(part.name)]
    if there:
        log.info("Comparing %s parts that are there with their checksums.", f"{len(there):,}")
    with ThreadPoolExecutor(workers) as pool:
        damages = pool.map(lambda part: store.damage(part.name, experiment, part.rows), there)
        spoilt = {part.name: damage for part, damage in zip(there, damages, strict=True) if damage is not None}
    whole = {part.name for part in there} - spoilt.keys()
    return [part for part in parts if part.name not in whole], spoilt


def _run(
    store: Store, parts: list[Part], missing: list[Part], job: Play, engine: Engine, progress: Progress | None
) -> None:
    """Play the missing parts; what was finished when this is stopped stays, what fails is recorded."""
    total = sum(part.runs for part in parts)
    shown = done = total - sum(part.runs for part in missing)
    in_flight, pace = 0, Pace(done)
    if progress is not None:
        progress(done, total, 0.0, float("nan"))
    try:
        with closing(engine(job, missing)) as news:
            for each in news:
                if isinstance(each, int):
                    in_flight = each
                else:
                    in_flight = max(0, in_flight - each.part.runs)
                    done += _kept(store, each)
                shown = max(shown, done + in_flight)
                if progress is not None:
                    progress(shown, total, *pace.at(shown, total))
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"Stopped after {done:,} of {total:,} runs, which are kept in {store.folder}. "
            "Run the same sweep into the same folder to go on."
        ) from None


def _kept(store: Store, finished: Finished) -> int:
    """The runs that a finished part adds to those that are kept; none if it failed, which is recorded."""
    if finished.failure is None:
        return finished.part.runs
    store.record(finished.failure)
    log.warning("Failed: %s.", finished.failure.reason)
    return 0


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
