"""From pydantic's findings to one clear ScenarioError: the dotted field, value, bound and remedy."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from negosim.common.errors import ScenarioError, nearest

_KINDS = {
    "float_type": "a number",
    "int_type": "a whole number",
    "string_type": "a text in quotes",
    "bool_type": "true or false",
    "date_type": "a date such as 2025-04-02",
    "tuple_type": "a list",
    "dict_type": "a table of weights",
    "model_type": "a table",
}


def explain(
    error: ValidationError, model: type[BaseModel], data: Any, prefix: str = "", file: str | None = None
) -> ScenarioError:
    """The first finding of `error` as a ScenarioError; the others are counted in its remedy.

    model : the class that refused `data`
    prefix : the dotted name of `data` in the scenario, with a final dot
    """
    everything = error.errors(include_url=False)
    # A list whose items were all refused is reported as too short besides: that is no second mistake.
    inside = {found["loc"][:depth] for found in everything for depth in range(len(found["loc"]))}
    findings = [found for found in everything if found["type"] != "too_short" or found["loc"] not in inside]
    first = findings[0]
    loc = [step for step in first["loc"] if step != "[key]"]
    field = prefix + dotted(loc, data)
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, ScenarioError):
        found = cause.at(file=file, field=field.rstrip(".") or None)
    else:
        problem, remedy = _words(first, model, loc)
        found = ScenarioError(problem, file=file, field=field, value=_value(first), remedy=remedy)
    if len(findings) > 1:
        found.remedy = f"{found.remedy} ({len(findings) - 1} more to mend after this.)".strip()
    return found


def dotted(loc: Sequence[int | str], data: Any) -> str:
    """The dotted name of a place in `data`, with items of lists by their names.

    >>> dotted(["issues", 1, "unit"], {"issues": [{"name": "rice"}, {"name": "cars"}]})
    'issues.cars.unit'
    """
    names = []
    for step in loc:
        data = _below(data, step)
        names.append(raw_key(data, step) if isinstance(step, int) else step)
    return ".".join(names)


def raw_key(item: Any, index: int) -> str:
    """The name of an item of a list as it stands in a file; its number, from 1, when it has none."""

    def part(key: str) -> Any:
        return item.get(key) if isinstance(item, dict) else getattr(item, key, None)

    between = part("between")
    if isinstance(between, (list, tuple)) and len(between) == 2:
        return "--".join(str(end) for end in between)
    if isinstance(part("seller"), str) and isinstance(part("buyer"), str):
        return f"{part('seller')}-to-{part('buyer')}"
    for key in ("name", "issue", "threat"):
        if isinstance(part(key), str):
            return str(part(key))
    return str(index + 1)


def range_text(declared: FieldInfo) -> str:
    """The bounds of a number in words, or an empty text when it has none.

    >>> from negosim.scenario.people import Delegation
    >>> range_text(Delegation.model_fields["ambiguity"]), range_text(Delegation.model_fields["toughness"])
    ('between 0 and 0.5', 'above 0 and at most 100,000')
    """
    bounds = {
        sign: getattr(entry, sign)
        for entry in declared.metadata
        for sign in ("ge", "gt", "le", "lt")
        if getattr(entry, sign, None) is not None
    }
    if "ge" in bounds and "le" in bounds:
        return f"between {_bound(bounds['ge'])} and {_bound(bounds['le'])}"
    words = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    return " and ".join(f"{words[sign]} {_bound(bound)}" for sign, bound in bounds.items())


def _bound(value: float) -> str:
    """A bound as people write it.

    >>> _bound(0.5), _bound(2000), _bound(-1_000_000)
    ('0.5', '2000', '-1,000,000')
    """
    return f"{value:,}" if isinstance(value, int) and abs(value) >= 100_000 else f"{value:g}"


def _words(finding: Any, model: type[BaseModel], loc: Sequence[int | str]) -> tuple[str, str]:
    """The problem and the remedy for one finding."""
    kind = finding["type"]
    owner, declared = _declaration(model, loc)
    if kind == "extra_forbidden":
        known = [name for name, field in owner.model_fields.items() if not field.exclude] if owner else []
        return "is an unknown key", nearest(str(loc[-1]), known)
    if kind == "missing":
        meaning = f": {declared.description}" if declared and declared.description else ""
        return "is missing", f"Add it{meaning}."
    if kind == "finite_number":
        return "is not a finite number", "Write an ordinary number; nan and inf are refused."
    if kind in _KINDS:
        return f"has the wrong type; {_KINDS[kind]} belongs here", f"Write {_KINDS[kind]}."
    if kind == "literal_error":
        allowed = [str(word) for word in _words_allowed(declared)]
        close = difflib.get_close_matches(str(finding["input"]), allowed, n=1)
        hint = f' The nearest is "{close[0]}".' if close else ""
        return "is not one of the words allowed here", "Allowed: " + ", ".join(allowed) + "." + hint
    if kind == "string_pattern_mismatch":
        return "is no short name", "Use lower case letters, digits and single hyphens, such as farm-lobby."
    if kind == "string_too_short":
        return "is empty", "Write it in words."
    if kind == "too_short" and isinstance(finding["input"], (list, tuple)):
        return "is empty", "Give at least one."
    bounds = range_text(declared) if declared else ""
    if not bounds and kind.startswith(("greater", "less")):
        bounds = str(finding["msg"]).removeprefix("Input should be ")
    if kind.startswith(("greater", "less")):
        return "is out of range", f"It must be {bounds}."
    return f"is refused: {finding['msg']}", ""


def _declaration(
    model: type[BaseModel], loc: Sequence[int | str]
) -> tuple[type[BaseModel] | None, FieldInfo | None]:
    """The class that declares the field at `loc`, and the declaration (None for an unknown key)."""
    owner: type[BaseModel] | None = model
    declared: FieldInfo | None = None
    for step in loc:
        if isinstance(step, int) or owner is None:
            continue
        declared = owner.model_fields.get(step)
        if step == loc[-1] or declared is None:
            break
        inner = _model_in(declared.annotation)
        if inner is None:
            return owner, None
        owner = inner
    return owner, declared


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The class of parts inside an annotation such as `tuple[Issue, ...]` or `Calendar | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        found = _model_in(inner)
        if found is not None:
            return found
    return None


def _words_allowed(declared: FieldInfo | None) -> list[Any]:
    """The words of a Literal, also inside `Literal[...] | None`."""
    if declared is None:
        return []
    annotation = declared.annotation
    options = get_args(annotation)
    if get_origin(annotation) in (Union, UnionType):
        return [word for option in options for word in get_args(option)]
    return list(options)


def _value(finding: Any) -> Any:
    """The value found; nothing for a key that is missing, whose input is the table around it."""
    return None if finding["type"] == "missing" else finding["input"]


def _below(data: Any, step: int | str) -> Any:
    """One step down in raw data or in a model; None where the way ends."""
    if isinstance(step, int):
        return data[step] if isinstance(data, (list, tuple)) and step < len(data) else None
    return data.get(step) if isinstance(data, dict) else getattr(data, step, None)
