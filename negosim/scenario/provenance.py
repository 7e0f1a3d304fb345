"""Where each number of a scenario comes from: a source, or the reason for an assumption and its range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from negosim.common.errors import ScenarioError, nearest
from negosim.scenario.diagnosis import explain, raw_key
from negosim.scenario.dotted_names import Leaf
from negosim.scenario.parameters import FARTHEST, Part, Text
from negosim.scenario.salience import Salience, normalised

NOTE_KEYS = ("source", "assumed", "range")


class Note(Part):
    """The provenance of one number.

    source : the publisher and document it comes from; or
    assumed : why this value was chosen, when there is no source
    range : the values that are about as plausible; of a salience, factors on each weight
    """

    source: Text | None = None
    assumed: Text | None = None
    range: tuple[float, float] | None = None


def separate(tree: Any, name: str = "", file: str | None = None) -> tuple[Any, dict[str, Note]]:
    """The values and the notes of a scenario as it stands in a file.

    `{value = 0.2, source = "..."}` becomes 0.2 and a note, `{values = {...}, assumed = "..."}` likewise for a
    salience; `normalise = true` beside a salience is carried out; lists become tuples.
    """
    if isinstance(tree, (list, tuple)):
        notes: dict[str, Note] = {}
        items = []
        for index, item in enumerate(tree):
            step = raw_key(item, index)
            value, found = separate(item, f"{name}.{step}", file)
            items.append(value)
            notes |= found
        return tuple(items), notes
    if not isinstance(tree, dict):
        return tree, {}
    if is_noted(tree):
        return _noted(tree, name, file)
    return _table(tree, name, file)


def is_noted(tree: Mapping[str, Any]) -> bool:
    """Whether a table is a value with its note rather than a part of the scenario."""
    return "value" in tree or isinstance(tree.get("values"), dict)


def _table(tree: dict[str, Any], name: str, file: str | None) -> tuple[dict[str, Any], dict[str, Note]]:
    values: dict[str, Any] = {}
    notes: dict[str, Note] = {}
    for key, item in tree.items():
        values[key], found = separate(item, f"{name}.{key}" if name else key, file)
        notes |= found
    if "salience" in values and isinstance(values.get("normalise"), bool) and values.pop("normalise"):
        values["salience"] = _normalised(values["salience"], f"{name}.salience", file)
    return values, notes


def _noted(tree: dict[str, Any], name: str, file: str | None) -> tuple[Any, dict[str, Note]]:
    """One value with its note."""
    key = "value" if "value" in tree else "values"
    allowed = (key, *NOTE_KEYS, *(("normalise",) if key == "values" else ()))
    for word in tree:
        if word not in allowed:
            raise ScenarioError(
                "is an unknown key", file=file, field=f"{name}.{word}", remedy=nearest(word, allowed)
            )
    note = _note(tree, name, file)
    value = tree[key]
    if tree.get("normalise") is True:
        value = _normalised(value, name, file)
    value, _ = separate(value, name, file)
    return value, {name: note}


def _note(tree: dict[str, Any], name: str, file: str | None) -> Note:
    """The note in a table; ScenarioError unless it says one of source and assumed."""
    said = [key for key in ("source", "assumed") if key in tree]
    if len(said) != 1 or not isinstance(tree[said[0]], str) or not tree[said[0]].strip():
        raise ScenarioError(
            "needs one note",
            file=file,
            field=name,
            remedy='Write source = "..." or assumed = "reason" beside it.',
        )
    span = tree.get("range")
    if span is not None:
        span = _range(span, name, file)
    try:
        return Note(**{said[0]: tree[said[0]]}, range=span)
    except ValidationError as error:
        raise explain(error, Note, tree, f"{name}.", file) from None


def _range(span: Any, name: str, file: str | None) -> tuple[float, float]:
    """A range as two numbers in order, neither of them farther from 0 than a real value may lie."""
    numbers = [
        float(bound)
        for bound in (span if isinstance(span, list | tuple) else ())
        if isinstance(bound, (int, float)) and not isinstance(bound, bool) and abs(bound) <= FARTHEST
    ]
    if len(numbers) != 2 or len(span) != 2 or numbers[0] > numbers[1]:
        raise ScenarioError(
            "has a range that is not [low, high]",
            file=file,
            field=name,
            remedy="Write range = [0.1, 0.3], say.",
        )
    return numbers[0], numbers[1]


def _normalised(weights: Any, name: str, file: str | None) -> Any:
    """The weights divided by their sum; what is no table of numbers is left to the validation."""
    numbers = weights.values() if isinstance(weights, dict) else [None]
    if not all(isinstance(weight, (int, float)) for weight in numbers):
        return weights
    try:
        return normalised(weights)
    except ScenarioError as error:
        raise error.at(file=file, field=name) from None


def missing_notes(leaves: list[Leaf], notes: Mapping[str, Note]) -> list[str]:
    """The numbers that are set without a note."""
    return [
        leaf.name
        for leaf in leaves
        if leaf.is_set and leaf.sweepable and leaf.value is not None and leaf.name not in notes
    ]


def check_ranges(leaves: list[Leaf], notes: Mapping[str, Note], need_range: bool) -> None:
    """ScenarioError for a range that leaves out the value, or that an assumed number lacks."""
    for leaf in leaves:
        note = notes.get(leaf.name)
        if note is None or not leaf.sweepable or leaf.value is None:
            continue
        if note.range is None:
            if need_range and note.assumed is not None:
                raise ScenarioError(
                    "is assumed without a range",
                    field=leaf.name,
                    remedy="Add range = [low, high] to its note.",
                )
            continue
        value = 1.0 if isinstance(leaf.value, Salience) else leaf.value
        low, high = note.range
        if not low <= value <= high or (isinstance(leaf.value, Salience) and low < 0.0):
            raise ScenarioError(
                f"has a range [{low:g}, {high:g}] that leaves out {value:g}",
                field=leaf.name,
                remedy="The range must contain the value; that of a salience holds factors, and contains 1.",
            )


def check_places(leaves: list[Leaf], notes: Mapping[str, Note]) -> None:
    """ScenarioError for a note beside what is not a value by itself: it would be lost when the scenario is saved."""
    values = {leaf.name for leaf in leaves if leaf.value is not None}
    for name in notes:
        if name not in values:
            remedy = "A note belongs beside a number, and beside a salience as a whole: {values = {...}, source = ...}."
            raise ScenarioError("cannot have a note", field=name, remedy=remedy)


def default_note(declared: FieldInfo) -> Note | None:
    """The note of a default that a scenario leaves alone."""
    extra = declared.json_schema_extra
    reason = extra.get("assumed") if isinstance(extra, dict) else None
    return Note(assumed=str(reason)) if reason else None
