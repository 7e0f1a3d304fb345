"""An experiment: one question, the scenario it is asked of, and what is varied to answer it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from negosim.common.errors import ExperimentError, ScenarioError
from negosim.common.paths import local
from negosim.experiment.consistency import check_playable
from negosim.experiment.design import Point
from negosim.experiment.spec import ExperimentSpec
from negosim.scenario import files
from negosim.scenario.diagnosis import explain
from negosim.scenario.scenario import Scenario


class Experiment(ExperimentSpec):
    """One question and the design that answers it, frozen: loaded from a file, or built in Python.

    >>> pie = Experiment(
    ...     name="patience", title="Patience", question="Who gains from patience?", scenario="pie",
    ...     vary=[{"parameter": "sender.discount", "values": [0.8, 0.95]}], replications=100, seed=1)
    >>> [point.label for point in pie.design_points]
    ['baseline', 'sender.discount = 0.8', 'sender.discount = 0.95']
    """

    def __init__(self, **fields: Any) -> None:
        """Build and check, down to the last point; ExperimentError when anything is wrong, before anything is played."""
        self._fill(fields)
        check_playable(self)

    def _fill(self, fields: dict[str, Any]) -> None:
        try:
            super().__init__(**fields)
        except ValidationError as error:
            raise ExperimentError.of(explain(error, type(self), fields)) from None

    @classmethod
    def as_played(cls, fields: dict[str, Any], points: Iterable[Point]) -> Experiment:
        """The experiment of these fields with the points that were played, whatever a newer library would draw for it."""
        played = cls.__new__(cls)
        played._fill(fields)
        played.__dict__["design_points"] = tuple(points)
        return played

    @classmethod
    def load(cls, path: str | os.PathLike[str], **changes: Any) -> Experiment:
        """The experiment in this TOML file, with other values for some keys; ExperimentError when anything is wrong."""
        if not isinstance(path, (str, os.PathLike)):
            raise TypeError(f"{path!r} is no experiment. Give an Experiment, or the path of its TOML file.")
        file, place = os.fspath(path), _local(path, Path())
        try:
            fields = files.read(place)
        except ScenarioError as error:
            remedy = error.remedy or "Name the TOML file of an experiment."
            if error.problem == "is empty":
                remedy = "Copy a file of the folder experiments to start from."
            raise ExperimentError(error.problem, file=file, remedy=remedy) from None
        try:
            return cls(**{**_found_from(fields, place.parent), **changes})
        except ExperimentError as error:
            raise error.at(file=file) from None

    @classmethod
    def schema(cls) -> dict[str, Any]:  # type: ignore[override]
        """The JSON schema of an experiment's file, for editors and other programs."""
        return experiment_schema(cls)


def _found_from(fields: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The fields of a file with the scenarios that it names loaded, and with the path of its points, from its folder."""
    found = {**fields}
    if isinstance(found.get("scenario"), str):
        found["scenario"] = _named(found["scenario"], folder, "scenario")
    if isinstance(found.get("points"), str):
        found["points"] = _local(found["points"], folder)
    if isinstance(found.get("case"), list):
        found["case"] = [
            {**case, "scenario": _named(case["scenario"], folder, f"case.{number}.scenario")}
            if isinstance(case, dict) and isinstance(case.get("scenario"), str)
            else case
            for number, case in enumerate(found["case"], start=1)
        ]
    return found


def _local(path: str | os.PathLike[str], folder: Path) -> Path:
    """The absolute path of a file, from the folder."""
    try:
        return local(path, folder)
    except ScenarioError as error:
        raise ExperimentError.of(error) from None


def _named(name: str, folder: Path, field: str) -> Scenario:
    """The scenario with this name, or at this path from the folder."""
    try:
        return Scenario.load(files.find(name, folder))
    except ScenarioError as error:
        problem = str(error).removesuffix(error.remedy).rstrip(". ")
        raise ExperimentError(f"cannot be loaded: {problem}", field=field, value=name, remedy=error.remedy) from None


def experiment_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of `model` as files may write it: no nulls, for what is left out, and points as a list or a path."""
    schema = model.model_json_schema()
    points = schema["properties"]["points"]
    schema["properties"]["points"] = {
        "description": points.pop("description"),
        "anyOf": [{"type": "array", "items": points["items"]}, {"type": "string"}],
    }
    for part in [schema, *schema["$defs"].values()]:
        part["description"] = part["description"].partition("\n\n>>>")[0]  # no examples in Python
        part["properties"] = {name: _without_null(declared) for name, declared in part["properties"].items()}
    return schema


def _without_null(declared: dict[str, Any]) -> dict[str, Any]:
    """A field that TOML can leave out, but not set to null."""
    if {"type": "null"} not in declared.get("anyOf", []):
        return declared
    rest = {word: said for word, said in declared.items() if word not in ("anyOf", "default")}
    (inner,) = [choice for choice in declared["anyOf"] if choice != {"type": "null"}]
    return {**inner, **rest}
