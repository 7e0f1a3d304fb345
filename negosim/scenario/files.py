"""Scenario files: finding them by name, reading TOML, and building one upon another with `extends`."""

from __future__ import annotations

import copy
import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any

from negosim.common.errors import ScenarioError, nearest
from negosim.common.paths import content_of, local
from negosim.scenario.diagnosis import raw_key
from negosim.scenario.provenance import is_noted

SHIPPED = Path(__file__).parent / "shipped"
"""The folder of the scenarios that come with the package."""

ENDINGS = (".toml", ".json", ".xml", ".yaml", ".yml")
"""What the path of a file ends in that may be meant as a scenario; only TOML is read."""


def shipped_names() -> list[str]:
    """The names of the scenarios that come with the package, in alphabetical order."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def find(name_or_path: str | os.PathLike[str], folder: Path | None = None) -> Path:
    """The file of a scenario: a shipped name, or a path (ends as a file does or has a separator), from `folder`.

    ScenarioError with the nearest of the known names, or all of them, when there is no such file; TypeError for what is neither.
    """
    if not isinstance(name_or_path, str | os.PathLike):
        shown = str(name_or_path)[:60]
        raise TypeError(f'name_or_path = {shown} is neither a name nor a path. Write Scenario.load("pie"), say.')
    text = os.fspath(name_or_path)
    is_path = isinstance(name_or_path, os.PathLike) or text.lower().endswith(ENDINGS) or "/" in text or os.sep in text
    path = local(text, folder) if is_path else SHIPPED / f"{text}.toml"
    known = ", ".join(shipped_names())
    try:
        is_there, is_folder = path.exists(), path.is_dir()
    except OSError as error:  # such as a name of a thousand letters
        raise ScenarioError(f"cannot be read: {error.strerror}", file=text, remedy=f"Shipped scenarios: {known}.") from None
    if is_there and not is_folder:
        return path
    if is_folder:
        raise ScenarioError("is a folder", file=text, remedy=f"Name a file in it, or one of: {known}.")
    if is_path:
        raise ScenarioError("there is no such file", file=text, remedy=f"Shipped scenarios: {known}.")
    raise ScenarioError(
        f'there is no scenario named "{text}"',
        remedy=f"{nearest(text, shipped_names())} A path must end in .toml.",
    )


def read(path: Path) -> dict[str, Any]:
    """The tables of one TOML file; ScenarioError when it cannot be read, is empty or is no TOML."""
    text = text_of(path)
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        if found := other_format(text):
            remedy = "Write its values into a copy of a shipped file: no other format is read."
            raise ScenarioError(f"is written in {found}, not in TOML", file=str(path), remedy=remedy) from None
        raise ScenarioError(
            f"is not valid TOML: {error}",
            file=str(path),
            remedy="Is the file complete, and every text quoted?",
        ) from None


def other_format(text: str) -> str:
    """The format of a text that is neither TOML nor a table, by how it begins; an empty text if it is not a known one.

    >>> other_format('{"rounds": 3}'), other_format("<talks/>"), other_format("rounds: 3"), other_format("rounds = 3")
    ('JSON', 'XML', 'YAML', '')
    """
    begin = text.lstrip()
    if begin.startswith("<"):
        return "XML"
    if begin.startswith("{") or _is_json(begin):
        return "JSON"
    return "YAML" if re.match(r"(#.*\n\s*)*(---|- |[\w-]+:(\s|$))", begin) else ""


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), list)
    except (ValueError, RecursionError):
        return False


def text_of(path: Path) -> str:
    """The text of a file; ScenarioError when it cannot be read, is empty or is not UTF-8."""
    try:
        content = content_of(path)
    except OSError as error:
        raise ScenarioError(f"cannot be read: {error.strerror}", file=str(path)) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if content.startswith(b"PK"):
            remedy = "Save what is in it as text: a table as CSV with the encoding UTF-8."
            raise ScenarioError("is a workbook, such as Excel's, or an archive", file=str(path), remedy=remedy) from None
        line = content.count(b"\n", 0, error.start) + 1
        raise ScenarioError(
            f"is not UTF-8: byte 0x{content[error.start]:02x} in line {line}",
            file=str(path),
            remedy="Save the file with the encoding UTF-8.",
        ) from None
    if not text.strip():
        raise ScenarioError("is empty", file=str(path), remedy="Copy a shipped scenario to start from.")
    return text


def tree_of(path: Path, above: tuple[Path, ...] = ()) -> dict[str, Any]:
    """The tables of a scenario file, merged over those of the scenarios that it extends."""
    here = path.resolve()
    if here in above:
        chain = " -> ".join(step.name for step in (*above[above.index(here) :], here))
        raise ScenarioError(
            f"makes a circle: {chain}",
            file=str(above[0]),
            field="extends",
            remedy="Remove one of the extends.",
        )
    tree = read(path)
    if "extends" not in tree:
        if "without" in tree:
            raise ScenarioError("is there without extends", file=str(path), field="without", remedy="Say what the file extends.")
        return tree
    base, left_out = tree.pop("extends"), tree.pop("without", [])
    if not isinstance(base, str):
        raise ScenarioError(
            "has the wrong type",
            file=str(path),
            field="extends",
            value=base,
            remedy="Write a name or a path.",
        )
    try:
        base_path = find(base, path.parent)
    except ScenarioError as error:
        raise ScenarioError(
            f"cannot be followed: {error.problem}",
            file=str(path),
            field="extends",
            value=base,
            remedy=error.remedy,
        ) from None
    return merged(_without(tree_of(base_path, (*above, here)), left_out, path), tree)


def _without(base: dict[str, Any], names: Any, path: Path) -> dict[str, Any]:
    """The tables of a scenario less the entries with these dotted names: what extends it leaves them at their defaults."""
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        remedy = 'Write a list of dotted names: ["sender.disagreement"], say.'
        raise ScenarioError("has the wrong type", file=str(path), field="without", value=names, remedy=remedy)
    kept = copy.deepcopy(base)
    for name in names:
        table: Any = {"": kept}
        key: Any = ""
        for step in name.split("."):
            table = table[key]
            entries = _entries(table)
            if step not in entries:
                problem = "is not set in what the file extends"
                raise ScenarioError(problem, file=str(path), field="without", value=name, remedy=nearest(step, entries))
            key = entries[step]
        del table[key]
    return kept


def _entries(tree: Any) -> dict[str, Any]:
    """The key of each entry of a table, or of a list of named things, by its name; the ends of an edge stand in either order."""
    if isinstance(tree, dict):
        return {} if is_noted(tree) else {name: name for name in tree}
    if not _is_list_of_tables(tree):
        return {}
    places = {raw_key(item, index): index for index, item in enumerate(tree)}
    return places | {"--".join(reversed(name.split("--"))): index for name, index in places.items()}


def merged(base: Any, over: Any, key: str = "") -> Any:
    """`over` laid upon `base`: tables merge key by key, lists of named things by name, all else is replaced.

    A value with its note is replaced as a whole, and so is a salience, whose weights belong together.

    >>> merged({"talks": {"rounds": 8, "agenda": "whole"}}, {"talks": {"rounds": 5}})
    {'talks': {'rounds': 5, 'agenda': 'whole'}}
    """
    if isinstance(base, dict) and isinstance(over, dict):
        if key == "salience" or is_noted(base) or is_noted(over):
            return over
        joined = dict(base)
        for name, value in over.items():
            joined[name] = merged(base[name], value, name) if name in base else value
        if "salience" in over and "normalise" not in over:
            joined.pop("normalise", None)
        return joined
    if _is_list_of_tables(base) and _is_list_of_tables(over):
        return _merged_lists(base, over)
    return over


def _merged_lists(base: list[dict[str, Any]], over: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Items of the same name merge in the base's place; new ones follow at the end."""
    joined = list(base)
    places = {_name(item, index): index for index, item in enumerate(base)}
    for index, item in enumerate(over):
        name = _name(item, len(base) + index)
        if name in places:
            joined[places[name]] = merged(joined[places[name]], item)
        else:
            joined.append(item)
    return joined


def _name(item: dict[str, Any], index: int) -> str:
    """The item's name; an edge's does not depend on the order of its ends."""
    return "--".join(sorted(raw_key(item, index).split("--")))


def _is_list_of_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)
