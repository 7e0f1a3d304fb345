"""What differs between two scenarios, value by value: parameters, issues, threats and people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from negosim.scenario import dotted_names
from negosim.scenario.salience import Salience
from negosim.scenario.scenario import Scenario

NO_VALUES = ("title", "summary", "short", "reason", "between")
"""What is for people alone; and the ends of an edge, which are its name in either order."""

OF_THE_FILE = ("name", "kind", "notes")
"""What names and files a scenario, beside NO_VALUES."""

A, B = "A", "B"


class Change(NamedTuple):
    """One difference between scenario A and scenario B.

    name : dotted, of a value or of a whole item, such as an issue
    unit : of both values; empty for words, and for an item
    a, b : both values; of an item its title, None where there is no such item
    only_in : "A" or "B" for an item that only one of them has, else empty
    """

    name: str
    meaning: str
    unit: str
    a: Any
    b: Any
    only_in: str = ""


def changes(a: Scenario, b: Scenario) -> list[Change]:
    """All that differs, in the order of declaration; words for people and notes are left out.

    A weight of an issue that only one of the two has goes with the issue, and is not told by itself.

    >>> pie = Scenario.load("pie")
    >>> [(found.name, found.a, found.b) for found in changes(pie, pie.vary({"talks.rounds": 3}))]
    [('talks.rounds', 10, 3)]
    """
    shared = {issue.name for issue in a.issues} & {issue.name for issue in b.issues}
    return [_with_unit(change, a, b) for change in _between(a, b, "", shared) if change.name not in OF_THE_FILE]


def _between(a: BaseModel, b: BaseModel, prefix: str, shared: set[str]) -> Iterator[Change]:
    """What differs below two parts of one type."""
    for field, declared in type(a).model_fields.items():
        if field in NO_VALUES:
            continue
        name, first, second = f"{prefix}{field}", getattr(a, field), getattr(b, field)
        if isinstance(first, BaseModel) and isinstance(second, BaseModel):
            yield from _between(first, second, f"{name}.", shared)
        elif _is_list(first) or _is_list(second):
            yield from _between_items(_by_key(first), _by_key(second), name, declared, shared)
        elif isinstance(first, Salience) and isinstance(second, Salience):
            yield from _between_weights(first, second, name, declared, shared)
        elif isinstance(first, BaseModel) or isinstance(second, BaseModel):
            yield _only(name, declared, first, second)
        elif first != second:
            yield _change(name, declared, first, second)


def _between_items(
    first: Mapping[str, BaseModel], second: Mapping[str, BaseModel], name: str, declared: FieldInfo, shared: set[str]
) -> Iterator[Change]:
    """What differs between two lists of named items: what is in both, then what is in one."""
    for key in dict.fromkeys([*first, *second]):
        here, there = first.get(key), second.get(key)
        if here is not None and there is not None:
            yield from _between(here, there, f"{name}.{key}.", shared)
        else:
            yield _only(f"{name}.{key}", declared, here, there)


def _between_weights(a: Salience, b: Salience, name: str, declared: FieldInfo, shared: set[str]) -> Iterator[Change]:
    for issue in dict.fromkeys([*a, *b]):
        weights = a.get(issue, 0.0), b.get(issue, 0.0)
        if issue in shared and weights[0] != weights[1]:
            yield _change(f"{name}.{issue}", declared, *weights)


def _change(name: str, declared: FieldInfo, a: Any, b: Any) -> Change:
    extra = declared.json_schema_extra
    unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
    return Change(name, declared.description or "", unit, a, b)


def _only(name: str, declared: FieldInfo, a: BaseModel | None, b: BaseModel | None) -> Change:
    return Change(name, declared.description or "", "", _title(a), _title(b), A if b is None else B)


def _title(item: BaseModel | None) -> str | None:
    """What an item is called: by its title, its name or, where it is one of a kind, its type."""
    if item is None:
        return None
    return str(getattr(item, "title", "") or dotted_names.key_of(item) or type(item).__name__.lower())


def _is_list(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], BaseModel)


def _by_key(items: tuple[BaseModel, ...]) -> dict[str, BaseModel]:
    """Items by name; an edge's does not depend on the order of its ends, and any order of them names it."""
    return {"--".join(sorted(dotted_names.key_of(item).split("--"))): item for item in items}


def _with_unit(change: Change, a: Scenario, b: Scenario) -> Change:
    """A value in the unit of its issue, where its declaration says no more than that."""
    if change.unit != "the issue's":
        return change
    group, key, *_ = change.name.split(".")
    units: dict[str, None] = {}
    for scenario in (a, b):
        parts = scenario.threats if group == "threats" else scenario.issues
        units |= {scenario.unit_of(part): None for part in parts if dotted_names.key_of(part) == key}
    return change._replace(unit=" in place of ".join(reversed(list(units))))
