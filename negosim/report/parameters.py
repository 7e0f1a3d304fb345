"""The parameters as a table for people: docs/parameters.md and the command line have it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from negosim.scenario.diagnosis import range_text
from negosim.scenario.parameters import Calendar, Edge, Issue, Markets, Security, Talks, Threat
from negosim.scenario.people import Delegation, Negotiator, Person, Ratifier
from negosim.scenario.trade import Countermeasure, Flow, Tariff, Trade

PLACES: tuple[tuple[str, type[BaseModel]], ...] = (
    ("calendar", Calendar),
    ("talks", Talks),
    ("markets", Markets),
    ("security", Security),
    ("issues.<issue>", Issue),
    ("linkage.<issue>--<issue>", Edge),
    ("threats.<threat>", Threat),
    ("<side>", Delegation),
    ("<side>.principal", Person),
    ("<side>.negotiators.<name>", Negotiator),
    ("<side>.ratifiers.<name>", Ratifier),
    ("trade", Trade),
    ("trade.flows.<country>-to-<country>", Flow),
    ("trade.tariffs.<issue>", Tariff),
    ("trade.countermeasures.<threat>", Countermeasure),
)
"""Where each class of parts stands in a dotted name."""


class ParameterRow(NamedTuple):
    """One parameter: dotted name with places in angle brackets, meaning, unit, range, default, its note."""

    name: str
    meaning: str
    unit: str
    range: str
    default: str
    note: str


def parameter_rows() -> tuple[ParameterRow, ...]:
    """Every number of a scenario that a sweep may vary, in the order of declaration."""
    return tuple(_rows())


def parameter_table() -> str:
    """The rows as a Markdown table."""
    heads = ("name", "meaning", "unit", "range", "default", "source or reason of the default")
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    lines += [
        f"| `{row.name}` | {' | '.join(cell.replace('|', '/') for cell in row[1:])} |" for row in _rows()
    ]
    return "\n".join(lines) + "\n"


def _rows() -> Iterator[ParameterRow]:
    for place, part in PLACES:
        for name, declared in part.model_fields.items():
            extra = declared.json_schema_extra
            if isinstance(extra, dict) and extra.get("sweepable"):
                yield ParameterRow(
                    f"{place}.{name}",
                    declared.description or "",
                    str(extra["unit"]),
                    "at least 0, sum 1" if name == "salience" else range_text(declared) or "any",
                    _default(declared),
                    str(extra.get("source") or extra.get("assumed") or "no default: the scenario must say"),
                )


def _default(declared: FieldInfo) -> str:
    """The default as it would stand in a file."""
    if declared.default is PydanticUndefined:
        return "required"
    if declared.default is None:
        return "none"
    return f"{declared.default:g}"
