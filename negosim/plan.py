"""The plan of a sweep: the parts of its results, and which runs each of them holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from negosim.design import Comparison, Overrides, Point
from negosim.experiment import Experiment

DRAWS_IN_PART = 10
"""Joint draws in one part of the results: enough that writing takes less time than playing."""


@dataclass(frozen=True)
class Chunk:
    """Runs `first` to `first` + `runs` - 1 of a point."""

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


@dataclass(frozen=True)
class Draws:
    """Some joint draws of the assumed numbers, in each of which the points of all comparisons are played.

    Draws are counted from 1. Each has runs of its own, so that the luck of one draw says nothing about another's.
    """

    first: int
    draws: tuple[Overrides, ...]
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


Part = Chunk | Draws


def planned_parts(experiment: Experiment) -> list[Part]:
    """All parts of the results of an experiment, in their order."""
    return [*planned_chunks(experiment), *planned_draws(experiment)]


def planned_chunks(experiment: Experiment) -> Iterator[Chunk]:
    """The parts with single runs, point by point."""
    for point in experiment.design_points:
        firsts = range(0, experiment.replications, experiment.chunk)
        for number, first in enumerate(firsts, start=1):
            yield Chunk(point, number, first, min(experiment.chunk, experiment.replications - first))


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
