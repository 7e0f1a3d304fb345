"""The plan of a sweep: the parts of its results, and which runs each of them holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from negosim.design import Overrides, Point
from negosim.experiment import Experiment


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
    def rows(self) -> int:
        """Rows of the part: one a run."""
        return self.runs


@dataclass(frozen=True)
class Draw:
    """A joint draw of the assumed numbers, at which every point is played; draws are counted from 1."""

    number: int
    overrides: Overrides
    points: tuple[Point, ...]
    replications: int

    @property
    def name(self) -> str:
        """The name of the part."""
        return f"draw-{self.number:04d}"

    @property
    def runs(self) -> int:
        """Runs at all points together."""
        return len(self.points) * self.replications

    @property
    def rows(self) -> int:
        """Rows of the part: one a point."""
        return len(self.points)


def planned_chunks(experiment: Experiment) -> Iterator[Chunk]:
    """The parts with single runs, point by point."""
    for point in experiment.design_points:
        firsts = range(0, experiment.replications, experiment.chunk)
        for number, first in enumerate(firsts, start=1):
            yield Chunk(point, number, first, min(experiment.chunk, experiment.replications - first))


def planned_draws(experiment: Experiment) -> Iterator[Draw]:
    """The parts with the means of joint draws."""
    for number, overrides in enumerate(experiment.draws, start=1):
        yield Draw(number, overrides, experiment.design_points, experiment.draw_replications)


def chunk_names(experiment: Experiment) -> list[str]:
    """The names of the parts with single runs."""
    return [chunk.name for chunk in planned_chunks(experiment)]


def draw_names(experiment: Experiment) -> list[str]:
    """The names of the parts with the means of joint draws; the draws themselves are not made for it."""
    return [Draw(number, {}, (), 0).name for number in range(1, experiment.assumed_draws + 1)]
