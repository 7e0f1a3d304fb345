"""Mutators: trees as TOML and JSON have them, and the bytes of files, changed as slips and attacks change them, by a seed."""

from __future__ import annotations

import copy
import datetime
import random
from collections.abc import Iterator
from typing import Any

from negosim.scenario.parameters import FARTHEST

NUMBERS: tuple[Any, ...] = (
    0, 1, -1, 2, 3, 0.0, -0.0, 0.5, -0.5, 1.0, 1e-12, 1e-300, 5e-324, 1e6, 1e15, 1e16, 1e300, 1.7976931348623157e308,
    -1.7976931348623157e308, float("nan"), float("inf"), float("-inf"), 2**31, 2**53, 2**63 - 1, 2**63, 2**64, -(2**63),
    10**19, 10**80, -(10**80), 10**400, 0.1 + 0.2, 1 - 1e-16, 1 + 1e-15, 99_999.0, 100_000.0, 100_001.0,
)
"""Numbers at the ends of types and of usual ranges, and numbers of the wrong kind."""

TEXTS = (
    "", " ", "x", "a" * 1000, "pie", "\nfirst", "first\r\nsecond", "first\rsecond", 'three """ quotes', "back\\slash",
    "tab\there", "$\\frac{1}{2}$", "é", "\u4e2d\u6587", "\U0001f600", "\ufeff", "a.b", "a--b", "none", "nan", "1e300",
    "../..", "~", "x.toml",
)
"""Texts that a file, a name or a page may stumble over."""

OTHERS: tuple[Any, ...] = (True, False, None, [], {}, [1], {"value": 1}, datetime.date(2025, 4, 2), datetime.date(9999, 12, 31))
"""What is neither a number nor a text."""

Path = tuple[Any, ...]


def places(tree: Any, above: Path = ()) -> Iterator[Path]:
    """The paths of everything in a tree, groups included, the tree itself left out."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in pairs:
        yield (*above, key)
        yield from places(value, (*above, key))


def at(tree: Any, path: Path) -> Any:
    """What stands at a path."""
    for key in path:
        tree = tree[key]
    return tree


def is_number(value: Any) -> bool:
    """Whether a value is a number and no flag."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def mutated(rng: random.Random, tree: dict[str, Any]) -> dict[str, Any]:
    """A copy of a tree with one to four changes."""
    changed = copy.deepcopy(tree)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
        found = list(places(changed))
        if found:
            _change(rng, changed, rng.choice(found), found)
    return changed


def _change(rng: random.Random, tree: dict[str, Any], path: Path, found: list[Path]) -> None:
    """Change what stands at a path: mostly its value, else its key, its place, or whether it is there."""
    group, key = at(tree, path[:-1]), path[-1]
    kind = rng.random()
    if kind < 0.70:
        group[key] = _value(rng, group[key])
    elif kind < 0.80:
        del group[key]
    elif kind < 0.90:
        other = rng.choice(found)
        group[key] = copy.deepcopy(at(tree, other))
    elif isinstance(group, list):
        group.insert(rng.randrange(len(group) + 1), copy.deepcopy(group[key]))
    else:
        group[f"{key}{rng.choice(('x', '', '-2', 's'))}"] = group.pop(key)


def _value(rng: random.Random, value: Any) -> Any:
    """Another value in place of one: of the same kind mostly."""
    if is_number(value):
        return number(rng, value)
    if isinstance(value, str):
        return rng.choice(TEXTS) if rng.random() < 0.8 else rng.choice(NUMBERS)
    return rng.choice((*OTHERS, *NUMBERS, *TEXTS))


def number(rng: random.Random, value: float) -> Any:
    """Another number: one of NUMBERS, or the same times a power of ten or of the other sign; now and then no number."""
    kind = rng.random()
    if kind < 0.55:
        return rng.choice(NUMBERS)
    if kind < 0.85 and abs(value) < FARTHEST:
        return value * 10.0 ** rng.randint(-12, 12)
    return -value if kind < 0.95 else rng.choice((*TEXTS, *OTHERS))


BYTES = (b"\x00", b"\xff", b"\r", b"\n", b"=", b'"', b"[", b",", b";", b"\t", b"1e999", b"0,5", b"9" * 80, b"\xef\xbb\xbf")
"""What is put into a file."""


def spoilt(rng: random.Random, content: bytes) -> bytes:
    """A copy of a file with some bytes changed, cut out, doubled or put in, or its end cut off."""
    found = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4))):
        first = rng.randrange(len(found) + 1)
        last = min(len(found), first + rng.choice((1, 1, 4, 40, 400)))
        kind = rng.randrange(5)
        if kind == 0 and first < len(found):
            found[first] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del found[first:last]
        elif kind == 2:
            found[first:first] = found[first:last]
        elif kind == 3:
            found[first:first] = rng.choice(BYTES)
        else:
            del found[first:]
    return bytes(found)
