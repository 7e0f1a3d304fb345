"""The points of a design as a table in a CSV file: dotted names in the first line, a point in each of the others."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from negosim.common.errors import ExperimentError, ScenarioError
from negosim.common.paths import local
from negosim.experiment.overrides import Value, as_tuple
from negosim.scenario.files import other_format, text_of

TABLE = "the table"
"""What an error is about that is about no line of it."""

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
WHOLE = re.compile(r"[+-]?\d{1,300}")
DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+")

SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars", " ": "blanks"}
"""What other programs put between two cells."""

AS_CSV = "Save it with a comma between two cells and a point in decimals, as programs do whose language is set to English."
"""What to do about a table in another style."""


def given_points(points: Any) -> Any:
    """The points of a CSV file for its path; a list as a tuple; anything else is left to the check of its type."""
    return tuple(read_points(local(points))) if isinstance(points, (str, os.PathLike)) else as_tuple(points)


def read_points(path: Path) -> list[dict[str, Value]]:
    """The points of a CSV file, in its order.

    An empty cell leaves its parameter as it is in the baseline. Numbers, true and false are read as such, anything
    else as text. ExperimentError with the line for what is no such table.
    """
    try:
        text = text_of(path)
        if found := other_format(text):
            raise ExperimentError(f"is written in {found}, not as CSV", remedy="Write it with a comma between two cells.")
        lines = _lines(text)
        _, header = next(lines, (1, []))
        _check_separator(header)
        names = _names(header)
        points = [_point(number, names, cells) for number, cells in lines]
        if not points:
            raise ExperimentError("has no points", remedy="Write one in each line below the names.")
    except csv.Error as error:
        said, remedy = f"is not valid CSV: {error}", "Is every quote closed?"
        raise ExperimentError(said, file=str(path), field=TABLE, remedy=remedy) from None
    except ExperimentError as error:
        raise error.at(file=str(path), field=TABLE) from None
    except ScenarioError as error:
        remedy = "Write dotted names in the first line, a point in each other." if error.problem == "is empty" else error.remedy
        raise ExperimentError(error.problem, file=str(path), field=TABLE, remedy=remedy or "Name a CSV file.") from None
    return points


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that are not blank, with their numbers."""
    reader = csv.reader(StringIO(text, newline=""), strict=True, skipinitialspace=True)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield reader.line_num, [cell.strip() for cell in cells]


def _check_separator(header: list[str]) -> None:
    """ExperimentError for a table whose names are not separated by commas: a dotted name holds no other separator."""
    for separator, words in SEPARATORS.items():
        if separator in ",".join(header):
            raise ExperimentError(f"has {words} between its cells, not commas", field="line 1", remedy=AS_CSV)


def _names(header: list[str]) -> list[str]:
    """The dotted names of the first line; ExperimentError for one that is missing or stands there twice."""
    for place, name in enumerate(header, start=1):
        if not name:
            raise ExperimentError(
                f"has no name over column {place}", remedy="Write a dotted name, such as sender.ambiguity, over each."
            )
        if name in header[: place - 1]:
            raise ExperimentError("stands there twice", field=f"column {name}", remedy="Name each parameter once.")
    return header


def _point(number: int, names: list[str], cells: list[str]) -> dict[str, Value]:
    """The point in a line."""
    if len(cells) != len(names):
        raise ExperimentError(
            f"has {len(cells)} cells under {len(names)} names",
            field=f"line {number}",
            remedy="Write one cell for each name, with a comma between two and no comma in a number; leave a cell empty to set "
            "nothing.",
        )
    point = {name: _value(cell, f"line {number}: {name}") for name, cell in zip(names, cells, strict=True) if cell}
    if not point:
        raise ExperimentError("sets nothing", field=f"line {number}", remedy="Leave it out: the baseline is point 0 already.")
    return point


def _value(text: str, place: str = "") -> Value:
    """The value of a cell; ExperimentError with its place for a number that is written with a comma.

    >>> [_value(text) for text in ("0.2", "3", "1e-3", "true", "bluff", "1_0")]
    [0.2, 3, 0.001, True, 'bluff', '1_0']
    """
    if DECIMAL_COMMA.fullmatch(text):
        raise ExperimentError("has a comma in place of a decimal point", field=place, value=text, remedy=AS_CSV)
    if WHOLE.fullmatch(text):
        return int(text)
    if NUMBER.fullmatch(text):
        return float(text)
    return {"true": True, "false": False}.get(text, text)
