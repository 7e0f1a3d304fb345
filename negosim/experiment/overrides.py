"""Overrides: parameters that are set by dotted name, as files and as Python have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from negosim.common.errors import ExperimentError
from negosim.common.plain import is_finite, without_numpy

Value = bool | int | float | str | None
"""What a parameter can be set to."""

Overrides = Mapping[str, Value]
"""Parameters that are set, by dotted name."""


def settable(value: Any) -> Any:
    """A number of NumPy's as Python's own; ExperimentError for what no parameter can be set to."""
    value = without_numpy(value)
    if isinstance(value, (int, float)) and not is_finite(value):
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


def flat(table: Any, above: str = "") -> Any:
    """A table by dotted names: in TOML `sender.ambiguity = 0.2` without quotes is a table in a table.

    >>> flat({"sender": {"ambiguity": 0.2}, "talks.rounds": 3})
    {'sender.ambiguity': 0.2, 'talks.rounds': 3}
    """
    if not isinstance(table, Mapping):
        raise ExperimentError(
            "has the wrong type; a table belongs here",
            value=table,
            remedy='Write {"sender.ambiguity" = 0.2}, say.',
        )
    found: dict[str, Any] = {}
    for key, value in table.items():
        name = f"{above}{key}"
        inner = flat(value, f"{name}.") if isinstance(value, Mapping) else {name: value}
        for each in inner:
            if each in found:
                raise ExperimentError("stands there twice", field=each, remedy="Set it once.")
        found.update(inner)
    return found


def as_tuple(values: Any) -> Any:
    """A list, or an array of NumPy's, as a tuple; anything else is left to the check of its type."""
    if hasattr(values, "tolist"):
        values = values.tolist()
    return tuple(values) if isinstance(values, list) else values


def each_once(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """The same values; ExperimentError for one that stands there twice."""
    seen: set[Value] = set()
    for value in values:
        if value in seen:
            raise ExperimentError("stands there twice", value=value, remedy="Name each value once.")
        seen.add(value)
    return values


PlainValue = Annotated[Any, AfterValidator(settable), WithJsonSchema({"type": ["number", "string", "boolean"]})]
"""The type of a field that holds one Value."""

PlainOverrides = Annotated[
    Mapping[str, PlainValue],
    BeforeValidator(flat),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": ["number", "string", "boolean", "object"]}}),
]
"""The type of a field that holds Overrides."""
