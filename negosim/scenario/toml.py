"""TOML as text: a scenario's tables written by tomlkit so that people can read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def toml_text(tables: Mapping[str, Any]) -> str:
    """The TOML text of nested tables; lists of tables become [[...]] sections, an `Inline` stays on its line.

    TypeError for a value that TOML has no way to write.

    >>> print(toml_text({"name": "pie", "talks": {"rounds": 10}}))
    name = "pie"
    <BLANKLINE>
    [talks]
    rounds = 10
    <BLANKLINE>
    """
    import tomlkit

    return tomlkit.dumps(_filled(tomlkit.document(), tables))


class Inline(dict[str, Any]):
    """A table that is written on one line, such as a value with its note."""


def _filled(table: Any, values: Mapping[str, Any]) -> Any:
    """A table of tomlkit with these values: the plain ones first, for TOML reads a later one as the last section's."""
    for key, value in sorted(values.items(), key=lambda item: _is_section(item[1])):
        table[key] = _item(value)
    return table


def _is_section(value: Any) -> bool:
    """Whether a value is a table or a list of tables with headings of their own."""
    if isinstance(value, (list, tuple)):
        return bool(value) and all(isinstance(item, Mapping) for item in value)
    return isinstance(value, Mapping) and not isinstance(value, Inline)


def _item(value: Any) -> Any:
    """A value as tomlkit writes it: a text of several lines on several, a whole number without a point."""
    import tomlkit

    if isinstance(value, Inline):
        return _filled(tomlkit.inline_table(), value)
    if isinstance(value, Mapping):
        return _filled(tomlkit.table(), value)
    if _is_section(value):
        return _listed(tomlkit.aot(), value)
    if isinstance(value, (list, tuple)):
        return _listed(tomlkit.array(), value)
    if isinstance(value, str):
        return tomlkit.string(value, multiline="\n" in value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 and repr(value) != "-0.0":
        return int(value)
    return tomlkit.item(value)


def _listed(found: Any, values: Any) -> Any:
    """A list of tomlkit with these values."""
    for value in values:
        found.append(_item(value))
    return found
