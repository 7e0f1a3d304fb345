"""In which order two processes run the tests, so that both end at the same time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Test = TypeVar("Test")
QUICK_KINDS = ("unit", "doctests", "transcripts")
"""Kinds whose tests take a moment each, so that they can be left for the end."""


def in_halves(tests: Sequence[Test], kind_of: Callable[[Test], str], is_slow: Callable[[Test], bool]) -> list[Test]:
    """Return the tests: laws first in the first half, other dear tests first in the second, and short ones behind both.

    With `--dist worksteal` each of two processes begins with half of the list, and who is done takes from the end of the other's:
    a short test then. The laws stay together because they play the same worlds, whose frontiers a process traces once.
    """
    laws = [test for test in tests if kind_of(test) == "laws"]
    short = [test for test in tests if kind_of(test) in QUICK_KINDS and not is_slow(test)]
    chosen = {id(test) for test in laws + short}
    dear = [test for test in tests if id(test) not in chosen]
    with_laws = max(0, len(tests) // 2 - len(laws))
    return laws + short[:with_laws] + dear + short[with_laws:]
