"""What an experiment asks for: its fields, its cases, how precise it has to be, and the points and draws that follow."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from negosim.common.errors import ExperimentError, ScenarioError
from negosim.engine.outcomes import KEPT, outcome_names
from negosim.experiment.design import Comparison, Draw, Point, assumed_draws, grid, numbered, one_at_a_time, scenario_at
from negosim.experiment.factors import Vary, problem
from negosim.experiment.overrides import Overrides, PlainOverrides, as_tuple, each_once
from negosim.experiment.points_file import given_points
from negosim.experiment.sampling import SAMPLED, sampled, unit_sample
from negosim.scenario import dotted_names
from negosim.scenario.parameters import Line, Part, Slug, Text
from negosim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray


MOST_RUNS = 1_000_000_000
"""Runs that a point may have: some hours of a machine, and 100 GB."""


def loaded(scenario: Any) -> Any:
    """A scenario for its name or path."""
    return Scenario.load(scenario) if isinstance(scenario, (str, os.PathLike)) else scenario


NamedScenario = Annotated[Scenario, BeforeValidator(loaded), WithJsonSchema({"type": "string"})]
"""The type of a field that holds a scenario: the object, its name, or the path of its file."""


class Case(Part):
    """One case: what differs from the experiment's own scenario and baseline at each of its points."""

    name: Slug = Field(description="short name")
    title: Line = Field("", description="one line for people; the name if left out")
    scenario: NamedScenario | None = Field(
        None, description="its scenario: a name, or a path from the experiment's file; none = the experiment's"
    )
    set: PlainOverrides = Field({}, description="what is set in this case, over the baseline")

    @property
    def heading(self) -> str:
        """What people call it."""
        return self.title or self.name


def _alone_or_listed(names: Any) -> Any:
    return (names,) if isinstance(names, str) else as_tuple(names)


LEAST_RUNS = 100
"""Runs at each point before which no sweep stops adding: a standard deviation of fewer says too little of the spread."""


class Precision(Part):
    """Replications are added until the 95 % intervals of some quantities are narrow enough, at every point."""

    quantity: Annotated[
        tuple[str, ...],
        Field(min_length=1),
        BeforeValidator(_alone_or_listed),
        AfterValidator(each_once),
        WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
    ] = Field(("sender_payoff", "target_payoff"), description="quantities of the summary whose intervals count")
    half_width: float = Field(gt=0.0, description="half of the widest interval that will do, in the unit of the quantities")
    of: Literal["means", "differences"] = Field(
        "means", description="whether the means at the points count, or the paired differences that the findings are about"
    )
    most: int = Field(1_000_000, ge=1, le=MOST_RUNS, description="most runs at each point")


class ExperimentSpec(Part):
    """The fields of an experiment, and the bases, points, comparisons and draws that follow. `Experiment` checks them."""

    name: Slug = Field(description="short name")
    title: Line = Field(min_length=1, description="one line for people")
    question: Text = Field(min_length=1, description="the question, in words")
    scenario: NamedScenario = Field(
        description="the scenario, of each case that names none: a name, or a path from the experiment's file"
    )
    baseline: PlainOverrides = Field({}, description="what differs from the scenario at every point")
    case: Annotated[tuple[Case, ...], BeforeValidator(as_tuple)] = Field(
        (), description="cases side by side, in each of which the whole design is played"
    )
    design: (
        Literal["grid", "one-at-a-time", "latin-hypercube", "sobol", "saltelli", "morris", "joint-draws"] | None
    ) = Field(
        None,
        description="how the blocks of vary combine: in full (none = this), each parameter alone, or sampled; "
        "joint-draws takes the ranges of all assumed numbers in place of vary",
    )
    size: int | None = Field(
        None, ge=1, description="points of a design that samples; base points of saltelli, trajectories of morris"
    )
    vary: Annotated[tuple[Vary, ...], BeforeValidator(as_tuple)] = Field((), description="what is varied")
    points: Annotated[tuple[PlainOverrides, ...], BeforeValidator(given_points)] = Field(
        (), description="the points one by one, in place of vary; or the path of a CSV file from the experiment's file"
    )
    replications: int = Field(ge=1, le=MOST_RUNS, description="runs at each point")
    precision: Precision | None = Field(
        None, description="until when replications are added, in whole chunks; none = `replications` are played, no more"
    )
    seed: int = Field(ge=0, lt=2**63, description="seed of all luck, and of a design that samples")
    luck: Literal["common", "independent"] = Field(
        "common", description="whether each point has the same luck, run for run, or luck of its own"
    )
    chunk: int = Field(
        25_000, ge=1, le=1_000_000, description="most runs in one part of the results, which is in memory while it is played"
    )
    columns: Annotated[tuple[str, ...] | None, BeforeValidator(as_tuple)] = Field(
        None, description="the columns of the runs that are kept beside those that always are; none = all"
    )
    paths: int = Field(0, ge=0, le=10_000, description="runs of each point, from the first, whose rounds are kept one by one")
    assumed_draws: int = Field(
        0, ge=0, le=10_000, description="joint draws of the assumed numbers; each plays the points of all comparisons"
    )
    draw_replications: int = Field(500, ge=2, le=1_000_000, description="runs at each of these points in each joint draw")
    reported: PlainOverrides = Field(
        {}, description="what was reported of the case, by issue, when its numbers were chosen"
    )

    @cached_property
    def bases(self) -> Mapping[str | None, Scenario]:
        """The scenario of the baseline of each case, by its name; without cases one, by None."""
        if not self.case:
            return {None: _varied(self.scenario, self.baseline, "baseline")}
        return {
            case.name: _varied(case.scenario or self.scenario, {**self.baseline, **case.set}, f"case {case.name}")
            for case in self.case
        }

    @cached_property
    def base(self) -> Scenario:
        """The scenario of point 0: the baseline, of the first case if there are several."""
        return next(iter(self.bases.values()))

    @cached_property
    def run_columns(self) -> tuple[str, ...]:
        """The columns of the runs that are kept, those of any case: the runs of every case are written with all of them."""
        names = dict.fromkeys(name for base in self.bases.values() for name in outcome_names(base))
        return tuple(name for name in names if self.columns is None or name in (*KEPT, *self.columns))

    @cached_property
    def whole(self) -> frozenset[str]:
        """The parameters that take whole numbers."""
        return frozenset(leaf.name for leaf in dotted_names.leaves(self.base) if leaf.is_whole)

    @cached_property
    def design_points(self) -> tuple[Point, ...]:
        """All points, case by case, the baseline of each first."""
        return numbered(self._design(), tuple(self.bases))

    def _design(self) -> Iterable[Overrides]:
        """The points of one case, without the baseline."""
        if self.points:
            return self.points
        if self.design == "joint-draws":
            return self._assumed(self.size or 0, tuple(self.bases), ())
        if self.design in SAMPLED:
            return sampled(self.vary, self.sample, self.whole, tuple(self.bases.values()))
        values = {block.parameter: block.levelled(block.parameter in self.whole) for block in self.vary}
        return one_at_a_time(values) if self.design == "one-at-a-time" else grid(values)

    @cached_property
    def sample(self) -> NDArray[numpy.float64]:
        """The shares in [0, 1] of a design that samples the factors: (points, factors), row r for point r + 1 of a case.

        With `problem` it is what SALib's analyses of Saltelli's and Morris's designs need. ValueError for other designs.
        """
        if self.design not in SAMPLED or self.size is None:
            raise ValueError(f"{self.name} has no sample of its factors. Its design is {self.design or 'grid'}.")
        return unit_sample(self.design, self.vary, self.size, self.seed)

    @property
    def problem(self) -> dict[str, Any]:
        """The factors as SALib describes a problem; see `negosim.experiment.factors.problem`."""
        return problem(self.vary)

    def points_of(self, case: str | None) -> tuple[Point, ...]:
        """The points of a case; all points of an experiment without cases, by None."""
        size = len(self.design_points) // len(self.bases)
        first = list(self.bases).index(case) * size
        return self.design_points[first : first + size]

    def scenario_at(self, point: Point) -> Scenario:
        """The scenario of a point; ExperimentError with its number when it is not valid."""
        return scenario_at(self.bases[point.case], point)

    def first_run(self, point: Point) -> int:
        """The replication with which a point begins: 0 with common luck, else a number that no other point comes to."""
        return 0 if self.luck == "common" else point.number * self.most_runs

    @property
    def most_runs(self) -> int:
        """The most runs that a point may have: whole chunks up to those allowed, where runs are added until they are enough."""
        if self.precision is None:
            return self.replications
        step = min(self.chunk, self.replications)
        return self.precision.most // step * step

    def with_runs(self, replications: int) -> Self:
        """The experiment with so many runs at each point, whole chunks of those with which it begins to add runs."""
        return self.model_copy(update={"replications": replications, "chunk": min(self.chunk, self.replications)})

    @cached_property
    def comparisons(self) -> tuple[Comparison, ...]:
        """The comparisons that findings are about: the headlines; without any, each point with the baseline of its case.

        None in a design that samples, whose points are too many to be told one by one.
        """
        if self.design in (*SAMPLED, "joint-draws"):
            return ()
        found: list[Comparison] = []
        for case in self.bases:
            points = self.points_of(case)
            headlines = [
                [next(p for p in points if p.overrides == {block.parameter: value}) for value in block.headline]
                for block in self.vary
                if block.headline is not None
            ]
            found += [Comparison(point, against) for against, point in headlines]
            if not headlines:
                found += [Comparison(point, points[0]) for point in points[1:]]
        return tuple(found)

    @cached_property
    def draw_points(self) -> tuple[Point, ...]:
        """The points that each joint draw plays: those of the comparisons, in the order of the design."""
        wanted = {p.number for c in self.comparisons for p in (c.point, c.against)} or {0}
        return tuple(point for point in self.design_points if point.number in wanted)

    @cached_property
    def draws(self) -> list[Draw]:
        """The joint draws of what the scenarios assume and the baseline leaves alone; see `assumed_draws`.

        Cases of one scenario have the same draws, which are valid in each of them; another scenario has draws of its own.
        """
        found: list[dict[str | None, Overrides]] = [{} for _ in range(self.assumed_draws)]
        for cases in self._cases_of_one_scenario():
            points = tuple(point for point in self.draw_points if point.case in cases)
            for draw, overrides in zip(found, self._assumed(self.assumed_draws, cases, points), strict=True):
                draw |= dict.fromkeys(cases, overrides)
        return list(found)

    def _cases_of_one_scenario(self) -> list[tuple[str | None, ...]]:
        """The names of the cases, those of the same scenario together; without cases (None,)."""
        groups: list[tuple[Scenario, list[str | None]]] = []
        for case in self.case:
            scenario = case.scenario or self.scenario
            names = next((names for other, names in groups if other == scenario), None)
            if names is None:
                groups.append((scenario, [case.name]))
            else:
                names.append(case.name)
        return [tuple(names) for _, names in groups] or [(None,)]

    def _assumed(self, n: int, cases: Sequence[str | None], points: tuple[Point, ...]) -> list[dict[str, float | int]]:
        """Joint draws of what neither the baseline nor one of these cases sets, valid in each of them."""
        fixed = {*self.baseline, *(name for case in self.case if case.name in cases for name in case.set)}
        first, *others = (self.bases[case] for case in cases)
        return assumed_draws(first, n, self.seed, fixed=fixed, points=points, others=others)

    @property
    def runs(self) -> int:
        """Runs at all points of the design, those of the joint draws not counted."""
        return len(self.design_points) * self.replications


def _varied(scenario: Scenario, changes: Overrides, place: str) -> Scenario:
    try:
        return scenario.vary(changes)
    except ScenarioError as error:
        raise ExperimentError.of(error, place=place) from None
