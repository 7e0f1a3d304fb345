"""The plan of a sweep: the parts of its results, and which runs each of them holds.

A part holds runs of one point. A design of many points with few runs has parts of several points in place of that: writing a part
takes longer than playing a few runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from negosim.experiment.design import Comparison, Draw, Point
from negosim.experiment.experiment import Experiment

DRAWS_IN_PART = 10
"""Joint draws in one part of the results: enough that writing takes less time than playing."""

PATHS_IN_PART = 100
"""Runs told round by round in one part of the results."""

LEAST_PARTS = 64
"""Parts that a design is left with when several of its points share one: enough to go round among workers."""


@dataclass(frozen=True)
class Chunk:
    """Runs `first` to `first` + `runs` - 1 of a point, the `number`-th part of its runs."""

    point: Point
    number: int
    first: int
    runs: int

    @property
    def name(self) -> str:
        """The name of the part; chunks are counted from 1."""
        return f"point-{self.point.number:04d}-chunk-{self.number:04d}"

    @property
    def place(self) -> str:
        """Its runs in words."""
        return f"point {self.point.number} ({self.point.label}), runs {self.first:,} to {self.first + self.runs - 1:,}"

    @property
    def rows(self) -> int:
        """Rows of the part: one a run."""
        return self.runs

    @property
    def chunks(self) -> tuple[Chunk, ...]:
        """What it is made of: itself."""
        return (self,)

    @property
    def points(self) -> tuple[Point, ...]:
        """The points of its runs."""
        return (self.point,)

    @property
    def case(self) -> str | None:
        """The case of its point."""
        return self.point.case


@dataclass(frozen=True)
class Block:
    """All runs of several points of one case."""

    chunks: tuple[Chunk, ...]

    @property
    def name(self) -> str:
        """The name of the part: its first and its last point."""
        return f"points-{self.points[0].number:04d}-to-{self.points[-1].number:04d}"

    @property
    def place(self) -> str:
        """Its points in words."""
        return f"points {self.points[0].number} to {self.points[-1].number}"

    @property
    def points(self) -> tuple[Point, ...]:
        """The points of its runs."""
        return tuple(chunk.point for chunk in self.chunks)

    @property
    def case(self) -> str | None:
        """The case of its points."""
        return self.chunks[0].case

    @property
    def runs(self) -> int:
        """Runs of all its points."""
        return sum(chunk.runs for chunk in self.chunks)

    @property
    def rows(self) -> int:
        """Rows of the part: one a run."""
        return self.runs


@dataclass(frozen=True)
class Paths:
    """The first runs of some points of one case, round by round."""

    points: tuple[Point, ...]
    each: int

    @property
    def name(self) -> str:
        """The name of the part: the first of its points."""
        return f"paths-from-{self.points[0].number:04d}"

    @property
    def place(self) -> str:
        """Its points in words."""
        return f"rounds of points {self.points[0].number} to {self.points[-1].number}"

    @property
    def case(self) -> str | None:
        """The case of its points."""
        return self.points[0].case

    @property
    def runs(self) -> int:
        """Runs of all its points."""
        return len(self.points) * self.each

    @property
    def rows(self) -> None:
        """Rows of the part, one a round: nobody knows how many before it is played."""
        return None


@dataclass(frozen=True)
class Draws:
    """Some joint draws of the assumed numbers, in each of which the points of all comparisons are played.

    Draws are counted from 1. Each has runs of its own, so that the luck of one draw says nothing about another's.
    """

    first: int
    draws: tuple[Draw, ...]
    comparisons: tuple[Comparison, ...]
    points: tuple[Point, ...]
    replications: int

    @property
    def name(self) -> str:
        """The name of the part: the first of its draws."""
        return f"draws-from-{self.first:04d}"

    @property
    def place(self) -> str:
        """Its draws in words."""
        return f"joint draws {self.first:,} to {self.first + len(self.draws) - 1:,}"

    @property
    def runs(self) -> int:
        """Runs at all points of all draws together."""
        return self.rows * self.replications

    @property
    def rows(self) -> int:
        """Rows of the part: one a draw and point."""
        return len(self.draws) * len(self.points)

    def against(self, point: Point) -> Point:
        """The point that another is compared with; itself if others are compared with it."""
        return next((c.against for c in self.comparisons if c.point.number == point.number), point)


Part = Chunk | Block | Paths | Draws


def planned_parts(experiment: Experiment) -> list[Part]:
    """All parts of the results, in the order in which they are played."""
    return [*planned_chunks(experiment), *planned_paths(experiment), *planned_draws(experiment)]


def planned_chunks(experiment: Experiment) -> Iterator[Chunk | Block]:
    """The parts with single runs, point by point."""
    together = points_in_part(experiment)
    for case in experiment.bases:
        points = experiment.points_of(case)
        for place in range(0, len(points), together):
            chunks = tuple(chunk for point in points[place : place + together] for chunk in _chunks(experiment, point))
            yield from chunks if together == 1 else (Block(chunks),)


def _chunks(experiment: Experiment, point: Point) -> Iterator[Chunk]:
    """The runs of a point, in pieces of at most `chunk`."""
    first = experiment.first_run(point)
    for number, start in enumerate(range(0, experiment.replications, experiment.chunk), start=1):
        yield Chunk(point, number, first + start, min(experiment.chunk, experiment.replications - start))


def points_in_part(experiment: Experiment) -> int:
    """How many points share a part: one, unless the design has many and each few runs."""
    room, share = experiment.chunk // experiment.replications, len(experiment.design_points) // LEAST_PARTS
    return max(1, min(room, share))


def planned_paths(experiment: Experiment) -> Iterator[Paths]:
    """The parts with the rounds of single runs."""
    if not experiment.paths:
        return
    together = max(1, PATHS_IN_PART // experiment.paths)
    for case in experiment.bases:
        points = experiment.points_of(case)
        for place in range(0, len(points), together):
            yield Paths(points[place : place + together], experiment.paths)


def planned_draws(experiment: Experiment) -> Iterator[Draws]:
    """The parts with the means of joint draws."""
    for first in range(0, experiment.assumed_draws, DRAWS_IN_PART):
        yield Draws(
            first + 1,
            tuple(experiment.draws[first : first + DRAWS_IN_PART]),
            experiment.comparisons,
            experiment.draw_points,
            experiment.draw_replications,
        )


def draw_names(experiment: Experiment) -> list[str]:
    """The names of the parts with the means of joint draws; the draws themselves are not made for it."""
    return [
        Draws(first + 1, (), (), (), 0).name for first in range(0, experiment.assumed_draws, DRAWS_IN_PART)
    ]


def draw_runs(experiment: Experiment) -> dict[str, int]:
    """The runs of each of these parts, by its name."""
    runs = len(experiment.draw_points) * experiment.draw_replications
    firsts = range(0, experiment.assumed_draws, DRAWS_IN_PART)
    return {
        name: min(DRAWS_IN_PART, experiment.assumed_draws - first) * runs
        for name, first in zip(draw_names(experiment), firsts, strict=True)
    }

