"""TOML as text: a scenario's tables written so that people can read and `tomllib` can load them."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Any


def toml_text(tables: Mapping[str, Any]) -> str:
    """The TOML text of nested tables; lists of tables become [[...]] sections, an `Inline` stays on its line.

    >>> print(toml_text({"name": "pie", "talks": {"rounds": 10}}))
    name = "pie"
    <BLANKLINE>
    [talks]
    rounds = 10
    <BLANKLINE>
    """
    lines: list[str] = []
    _write(tables, (), lines)
    return "\n".join(lines).lstrip("\n") + "\n"


class Inline(dict[str, Any]):
    """A table that is written on one line, such as a value with its note."""


def _write(table: Mapping[str, Any], path: tuple[str, ...], lines: list[str]) -> None:
    """First the plain values of a table, then its sections: TOML reads a later value as the section's."""
    for key, value in table.items():
        if not _is_section(value):
            lines.append(f"{_key(key)} = {_text(value) if isinstance(value, str) else _value(value)}")
    for key, value in table.items():
        inner = (*path, key)
        name = ".".join(_key(step) for step in inner)
        if isinstance(value, Mapping) and _is_section(value):
            lines += ["", f"[{name}]"]
            _write(value, inner, lines)
        elif _is_section(value):
            for item in value:
                lines += ["", f"[[{name}]]"]
                _write(item, inner, lines)


def _is_section(value: Any) -> bool:
    """Whether a value is a table or a list of tables with headings of their own."""
    if isinstance(value, (list, tuple)):
        return bool(value) and all(isinstance(item, Mapping) for item in value)
    return isinstance(value, Mapping) and not isinstance(value, Inline)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < 1e15 and repr(value) != "-0.0"
        return str(int(value)) if whole else repr(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items()) + " }"
    raise TypeError(f"TOML has no way to write {value!r} ({type(value).__name__}).")


def _text(value: str) -> str:
    """A text on several lines if it has several, so that a summary stays readable."""
    if "\n" not in value:
        return _quoted(value)
    lines = [_quoted(line)[1:-1] for line in value.split("\n")]
    return '"""\n' + "\n".join(lines) + '"""'


def _quoted(value: str) -> str:
    # JSON's escapes are TOML's too, except that TOML also forbids a bare DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(key: str) -> str:
    bare = key.replace("-", "").replace("_", "")
    return key if bare.isascii() and bare.isalnum() else _quoted(key)
