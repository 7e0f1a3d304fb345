"""What a sweep will take, before it is played: time, disk and memory, estimated from a few runs at a few points."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy

from negosim.common.errors import ExperimentError, ScenarioError
from negosim.engine.outcomes import outcome_names
from negosim.engine.prepare import forget_frontiers
from negosim.experiment.design import Point
from negosim.experiment.experiment import Experiment
from negosim.experiment.quantities import quantities_of
from negosim.results.summary import MOST_ROWS
from negosim.store.manifest import manifest_of
from negosim.store.parts import packed
from negosim.store.plan import Chunk, Draws, Paths, draw_names, planned_chunks, planned_paths
from negosim.sweeps.play import table_of

POINTS = 6
"""Points that are tried, spread over the design."""

RUNS = 400
"""Runs at each of them."""

COMPARISONS = 12
"""Comparisons that are tried in a joint draw, spread over the design: what is made ready once a draw is shared by all of them."""

LOADED, POINT, COPIES = 400e6, 3e3, 4
"""Bytes of memory that the libraries and a point of the design take, as measured; and how often a part is in memory at a time."""

LONG, WIDE = 170.0, 20.0
"""Bytes of the summary for each point and quantity, as measured: with all of it in summary.csv, and with its mean alone there."""

Found = TypeVar("Found")


@dataclass(frozen=True)
class Forecast:
    """An estimate.

    alone : seconds of all work on one thread
    locked : those of them in which Python runs, one thread at a time
    disk : bytes of the folder of results, summaries not counted
    points, runs : how many points were tried, and with how many runs in all
    summary : bytes of the summary
    standing, part : bytes of memory that are taken all the time, and by a part while it is played
    """

    alone: float
    locked: float
    disk: float
    points: int
    runs: int
    summary: float = 0.0
    standing: float = 0.0
    part: float = 0.0

    def seconds(self, workers: int) -> float:
        """How long the sweep plays on so many threads: the work is shared, but for what only one thread can do at a time.

        >>> Forecast(alone=8.0, locked=3.0, disk=0.0, points=1, runs=1).seconds(2), Forecast(8.0, 3.0, 0.0, 1, 1).seconds(8)
        (4.0, 3.0)
        """
        return max(self.alone / workers, self.locked)

    def memory(self, workers: int) -> float:
        """Bytes of memory with so many threads, each of which has a part, while one more waits."""
        return self.standing + (workers + 1) * self.part


@dataclass(frozen=True)
class _Trial:
    """What was measured at a point: seconds to make it ready, first and again, and for a run; bytes of a file and of a run.

    held : bytes of a run in memory
    """

    first: float
    again: float
    run: float
    file: float
    row: float
    held: float


def forecast(experiment: Experiment) -> Forecast:
    """Play a few runs of an experiment and scale them up; nothing is written. The rules are compiled first if need be.

    ExperimentError with the number of a point that cannot be played.
    """
    tried = _spread(experiment.design_points)
    for point in tried:
        try:
            table_of(experiment, _few(experiment, point, 1))  # what is compiled or loaded once is not to be scaled up
        except ScenarioError as error:
            raise ExperimentError.of(error, place=f"point {point.number}") from None
    forget_frontiers()
    trials = [_trial(experiment, point) for point in tried]
    means = (float(numpy.mean([getattr(one, name) for one in trials])) for name in _Trial.__annotations__)
    first, again, run, file, row, held = means
    points, files, chunks, rows = len(experiment.design_points), 0, 0, 0
    for part in planned_chunks(experiment):
        files, chunks, rows = files + 1, chunks + len(part.chunks), max(rows, part.rows)
    rows_summed_up = points * len(quantities_of(experiment, outcome_names(experiment.base)))
    locked = first * points + again * (chunks - points)
    found = Forecast(
        alone=locked + run * experiment.runs,
        locked=locked,
        disk=file * files + row * experiment.runs + len(json.dumps(manifest_of(experiment), indent=1)),
        points=len(tried),
        runs=len(tried) * _runs(experiment),
        summary=rows_summed_up * (LONG if rows_summed_up <= MOST_ROWS else WIDE),
        standing=LOADED + POINT * points,
        part=COPIES * held * rows,
    )
    return _with_draws(experiment, _with_paths(experiment, found))


def _spread(points: tuple[Point, ...]) -> list[Point]:
    """At most POINTS points, from the first to the last."""
    places = numpy.linspace(0, len(points) - 1, min(POINTS, len(points))).round().astype(int)
    return [points[place] for place in dict.fromkeys(places.tolist())]


def _runs(experiment: Experiment) -> int:
    return min(RUNS, experiment.replications, experiment.chunk)


def _few(experiment: Experiment, point: Point, runs: int) -> Chunk:
    return Chunk(point, 1, experiment.first_run(point), runs)


def _timed(work: Callable[[], Found]) -> tuple[Found, float]:
    """What some work gives, and the seconds it takes."""
    start = time.perf_counter()
    found = work()
    return found, time.perf_counter() - start


def _trial(experiment: Experiment, point: Point) -> _Trial:
    """A few runs of a point."""
    runs = _runs(experiment)
    _, first = _timed(lambda: table_of(experiment, _few(experiment, point, 1)))
    one, again = _timed(lambda: table_of(experiment, _few(experiment, point, 1)))
    table, playing = _timed(lambda: table_of(experiment, _few(experiment, point, runs)))
    content, packing = _timed(lambda: packed(table, {}))
    empty, opening = _timed(lambda: packed(one.slice(0, 0), {}))
    run = max(0.0, playing - again) / max(1, runs - 1) + max(0.0, packing - opening) / runs
    return _Trial(first, again, run, len(empty), (len(content) - len(empty)) / runs, table.nbytes / runs)


def _with_paths(experiment: Experiment, found: Forecast) -> Forecast:
    """The estimate with the rounds of single runs, which Python plays one at a time."""
    part = next(planned_paths(experiment), None)
    if part is None:
        return found
    few = Paths(part.points[:1], min(part.each, 5))
    table_of(experiment, few)  # Mesa is loaded
    table, seconds = _timed(lambda: table_of(experiment, few))
    runs, files = len(experiment.design_points) * experiment.paths, sum(1 for _ in planned_paths(experiment))
    file = len(packed(table.slice(0, 0), {}))
    work = seconds / few.runs * runs
    disk = file * files + (len(packed(table, {})) - file) / few.runs * runs
    return replace(found, alone=found.alone + work, locked=found.locked + work, disk=found.disk + disk)


def _with_draws(experiment: Experiment, found: Forecast) -> Forecast:
    """The estimate with the joint draws of the assumed numbers."""
    if not experiment.assumed_draws:
        return found
    step = max(1, len(experiment.comparisons) // COMPARISONS)
    some = experiment.comparisons[::step][:COMPARISONS]
    points = tuple({p.number: p for c in some for p in (c.against, c.point)}.values()) or experiment.draw_points
    draws, drawing = _timed(lambda: experiment.draws)
    part = Draws(1, tuple(draws[:2]), some, points, experiment.draw_replications)
    few = replace(part, replications=2)
    _, ready = _timed(lambda: table_of(experiment, few))
    table, played = _timed(lambda: table_of(experiment, part))
    turns = experiment.assumed_draws * len(experiment.draw_points)
    locked = ready / part.rows * turns + drawing
    alone = locked + max(0.0, played - ready) / part.rows * turns
    file = len(packed(table.slice(0, 0), {}))
    disk = file * len(draw_names(experiment)) + (len(packed(table, {})) - file) / part.rows * turns
    return replace(found, alone=found.alone + alone, locked=found.locked + locked, disk=found.disk + disk)
