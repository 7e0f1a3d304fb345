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
from negosim.design import Overrides, Point, Value, assumed_draws, grid, numbered, one_at_a_time, scenario_at
from negosim.diagnosis import explain
from negosim.experiment_error import ExperimentError
from negosim.parameters import Part, Slug
from negosim.scenario import Scenario
from negosim.scenario_error import ScenarioError


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
        0, ge=0, description="joint draws of the assumed numbers, in each of which all points are played"
    )
    draw_replications: int = Field(500, ge=2, description="runs at each point of each joint draw")

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
            is_empty = error.problem == "is empty"
            remedy = "Copy a file of the folder experiments to start from." if is_empty else error.remedy
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
    def draws(self) -> list[dict[str, float | int]]:
        """The joint draws of what the scenario assumes and the baseline leaves alone; see `assumed_draws`."""
        return assumed_draws(
            self.base, self.assumed_draws, self.seed, fixed=self.baseline, points=self.design_points
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
