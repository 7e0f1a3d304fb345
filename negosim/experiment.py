"""An experiment: one question, the scenario it is asked of, and what is varied to answer it."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from negosim import scenario_file
from negosim.design import (
    Comparison,
    Overrides,
    Point,
    Value,
    assumed_draws,
    grid,
    numbered,
    one_at_a_time,
    scenario_at,
)
from negosim.diagnosis import explain
from negosim.experiment_error import ExperimentError
from negosim.parameters import Part, Slug
from negosim.scenario import Scenario
from negosim.scenario_error import ScenarioError, nearest


def _plain(value: Any) -> Any:
    """A number of NumPy's as Python's own; ExperimentError for what no parameter can be set to."""
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        raise ExperimentError(
            "is not a finite number", value=value, remedy="Write an ordinary number; nan and inf are refused."
        )
    if value is not None and not isinstance(value, (bool, int, float, str)):
        raise ExperimentError(
            f"has the wrong type, {type(value).__name__}",
            value=value,
            remedy="A value is a number, a text in quotes, or true or false.",
        )
    return value


def _flat(table: Any, above: str = "") -> Any:
    """A table by dotted names: in TOML `sender.ambiguity = 0.2` without quotes is a table in a table."""
    if not isinstance(table, Mapping):
        raise ExperimentError(
            "has the wrong type; a table belongs here",
            value=table,
            remedy='Write {"sender.ambiguity" = 0.2}, say.',
        )
    flat: dict[str, Any] = {}
    for key, value in table.items():
        name = f"{above}{key}"
        inner = _flat(value, f"{name}.") if isinstance(value, Mapping) else {name: value}
        for found in inner:
            if found in flat:
                raise ExperimentError("stands there twice", field=found, remedy="Set it once.")
        flat.update(inner)
    return flat


def _each_once(values: tuple[Value, ...]) -> tuple[Value, ...]:
    for index, value in enumerate(values):
        if value in values[:index]:
            raise ExperimentError("stands there twice", value=value, remedy="Name each value once.")
    return values


def _listed(values: Any) -> Any:
    """A list, or an array of NumPy's, as a tuple; anything else is left to the check of its type."""
    if hasattr(values, "tolist"):
        values = values.tolist()
    return tuple(values) if isinstance(values, list) else values


def _loaded(scenario: Any) -> Any:
    """A scenario for its name or path."""
    return Scenario.load(scenario) if isinstance(scenario, (str, os.PathLike)) else scenario


_Value = Annotated[Any, AfterValidator(_plain)]
_Overrides = Annotated[Mapping[str, _Value], BeforeValidator(_flat)]


class Vary(Part):
    """One parameter and the values that it takes."""

    parameter: str = Field(description="dotted name, such as sender.ambiguity")
    values: Annotated[tuple[_Value, ...], BeforeValidator(_listed), AfterValidator(_each_once)] = Field(
        min_length=1, description="the values it takes"
    )
    headline: Annotated[tuple[_Value, _Value] | None, BeforeValidator(_listed)] = Field(
        None, description="two of the values, from and to: their difference is a finding"
    )


class Experiment(Part):
    """One question and the design that answers it, frozen: loaded from a file, or built in Python.

    >>> pie = Experiment(
    ...     name="patience", title="Patience", question="Who gains from patience?", scenario="pie",
    ...     vary=[{"parameter": "sender.discount", "values": [0.8, 0.95]}], replications=100, seed=1)
    >>> [point.label for point in pie.design_points]
    ['baseline', 'sender.discount = 0.8', 'sender.discount = 0.95']
    """

    name: Slug = Field(description="short name")
    title: str = Field(min_length=1, description="one line for people")
    question: str = Field(min_length=1, description="the question, in words")
    scenario: Annotated[Scenario, BeforeValidator(_loaded)] = Field(
        description="the scenario: a name, or a path from the experiment's file"
    )
    baseline: _Overrides = Field({}, description="what differs from the scenario at every point")
    design: Literal["grid", "one-at-a-time"] | None = Field(
        None, description="how the blocks of vary combine: in full (none = this), or each parameter alone"
    )
    vary: Annotated[tuple[Vary, ...], BeforeValidator(_listed)] = Field((), description="what is varied")
    points: Annotated[tuple[_Overrides, ...], BeforeValidator(_listed)] = Field(
        (), description="the points one by one, in place of vary"
    )
    replications: int = Field(ge=1, description="runs at each point")
    seed: int = Field(ge=0, lt=2**63, description="seed of all luck; each point has the same")
    chunk: int = Field(25_000, ge=1, description="most runs in one part of the results")
    assumed_draws: int = Field(
        0, ge=0, description="joint draws of the assumed numbers; each plays the points of all comparisons"
    )
    draw_replications: int = Field(500, ge=2, description="runs at each of these points in each joint draw")
    reported: _Overrides = Field(
        {}, description="what was reported of the case, by issue, when its numbers were chosen"
    )

    def __init__(self, **fields: Any) -> None:
        """Build and check; ExperimentError when anything is wrong."""
        try:
            super().__init__(**fields)
        except ValidationError as error:
            raise ExperimentError.of(explain(error, type(self), fields)) from None

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Experiment:
        """The experiment in this TOML file; ExperimentError when anything is wrong with it."""
        file = Path(path)
        try:
            fields = scenario_file.read(file)
        except ScenarioError as error:
            remedy = error.remedy or "Name the TOML file of an experiment."
            if error.problem == "is empty":
                remedy = "Copy a file of the folder experiments to start from."
            raise ExperimentError(error.problem, file=str(file), remedy=remedy) from None
        named = fields.get("scenario")
        try:
            if isinstance(named, str):
                fields["scenario"] = Scenario.load(scenario_file.find(named, file.parent))
            return cls(**fields)
        except ExperimentError as error:
            raise error.at(file=str(file)) from None
        except ScenarioError as error:
            raise ExperimentError(
                f"cannot be loaded: {error}", file=str(file), field="scenario", value=named
            ) from None

    @model_validator(mode="after")
    def _is_playable(self) -> Experiment:
        """Refuse, before anything is played, a point that is no valid scenario."""
        if self.points and (self.vary or self.design):
            raise ExperimentError(
                "cannot stand beside vary or design", field="points", remedy="Keep one of the two."
            )
        _check_parameters(self.base, self.vary)
        _check_points(self.points)
        for point in self.design_points:
            scenario_at(self.base, point)
        _check_headlines(self.vary, alone=self.design == "one-at-a-time" or len(self.vary) == 1)
        _check_reported(self.base, self.reported)
        return self

    @cached_property
    def base(self) -> Scenario:
        """The scenario of point 0: the baseline."""
        try:
            return self.scenario.vary(self.baseline)
        except ScenarioError as error:
            raise ExperimentError.of(error, place="baseline") from None

    @cached_property
    def design_points(self) -> tuple[Point, ...]:
        """All points, the baseline first."""
        values = {block.parameter: block.values for block in self.vary}
        if self.points:
            return numbered(self.points)
        return numbered(one_at_a_time(values) if self.design == "one-at-a-time" else grid(values))

    @cached_property
    def comparisons(self) -> tuple[Comparison, ...]:
        """The comparisons that findings are about: the headlines; without any, each point with the baseline."""
        points = self.design_points
        headlines = [
            [next(p for p in points if p.overrides == {block.parameter: value}) for value in block.headline]
            for block in self.vary
            if block.headline is not None
        ]
        if headlines:
            return tuple(Comparison(point, against) for against, point in headlines)
        return tuple(Comparison(point, points[0]) for point in points[1:])

    @cached_property
    def draw_points(self) -> tuple[Point, ...]:
        """The points that each joint draw plays: those of the comparisons, in the order of the design."""
        wanted = {p.number for c in self.comparisons for p in (c.point, c.against)} or {0}
        return tuple(point for point in self.design_points if point.number in wanted)

    @cached_property
    def draws(self) -> list[dict[str, float | int]]:
        """The joint draws of what the scenario assumes and the baseline leaves alone; see `assumed_draws`."""
        return assumed_draws(
            self.base, self.assumed_draws, self.seed, fixed=self.baseline, points=self.draw_points
        )

    @property
    def runs(self) -> int:
        """Runs at all points of the design, those of the joint draws not counted."""
        return len(self.design_points) * self.replications


def _check_parameters(base: Scenario, vary: Iterable[Vary]) -> None:
    """ExperimentError for a parameter that the scenario does not have, or that is varied twice."""
    seen: set[str] = set()
    for number, block in enumerate(vary, start=1):
        place = f"vary.{number}.parameter"
        try:
            base.get(block.parameter)
        except ScenarioError as error:
            raise ExperimentError(
                "is no parameter of the scenario", field=place, value=block.parameter, remedy=error.remedy
            ) from None
        if block.parameter in seen:
            raise ExperimentError(
                "is varied twice", field=place, value=block.parameter, remedy="Put its values in one block."
            )
        seen.add(block.parameter)


def _check_headlines(vary: tuple[Vary, ...], alone: bool) -> None:
    """ExperimentError for a headline that no two points of the design differ by."""
    for number, block in enumerate(vary, start=1):
        if block.headline is None:
            continue
        place = f"vary.{number}.headline"
        if not alone:
            raise ExperimentError(
                "needs a parameter that is varied alone", field=place, remedy='Set design = "one-at-a-time".'
            )
        for value in block.headline:
            if value not in block.values:
                raise ExperimentError(
                    "is none of the values", field=place, value=value, remedy="Add it to values, or take one of them."
                )
        if block.headline[0] == block.headline[1]:
            raise ExperimentError(
                "names the same value twice", field=place, value=block.headline[0], remedy="Write [from, to]."
            )


def _check_reported(base: Scenario, reported: Overrides) -> None:
    """ExperimentError for a reported value that is no number, or of no issue."""
    names = [issue.name for issue in base.issues]
    for name, value in reported.items():
        if name not in names:
            raise ExperimentError(
                "is no issue of the scenario", field=f"reported.{name}", remedy=nearest(name, names)
            )
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ExperimentError(
                "has the wrong type; a number belongs here", field=f"reported.{name}", value=value,
                remedy="Write a number in the unit of the issue.",
            )  # fmt: skip


def _check_points(points: tuple[Overrides, ...]) -> None:
    """ExperimentError for a point of the list that sets nothing, or stands there twice."""
    for number, point in enumerate(points, start=1):
        if not point:
            raise ExperimentError(
                "sets nothing",
                field=f"points.{number}",
                remedy="Leave it out: the baseline is point 0 already.",
            )
        if point in points[: number - 1]:
            first = points.index(point) + 1
            raise ExperimentError(
                f"is the same as point {first}", field=f"points.{number}", remedy="Leave one of the two out."
            )
