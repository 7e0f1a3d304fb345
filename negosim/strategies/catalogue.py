"""The strategies by name. A strategy is a pair of rules: what to demand, and how to answer."""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from typing import Any, NamedTuple

NAMES = (
    "time-dependent",
    "exponential",
    "tit-for-tat",
    "relative-tit-for-tat",
    "random-tit-for-tat",
    "averaged-tit-for-tat",
    "micro",
    "commitment",
    "bluff",
    "attrition",
    "brinkmanship",
    "risk-return",
    "subgame-perfect",
    "shaded-bid",
    "veto-aware",
)
"""Every strategy that a scenario can name; its file has the same name with underscores."""

READ_BELIEFS, READ_LUCK = ("bluff", "risk-return"), ("attrition", "brinkmanship")
"""The strategies that read the belief that they are given, and those that read their side's own draw of the round."""


class Strategy(NamedTuple):
    """A pair of compiled rules with the signatures ``PROPOSE`` and ``RESPOND`` of negosim.rules.records."""

    propose: Any
    respond: Any


def strategy(name: str) -> Strategy:
    """Return a strategy by its name; raises KeyError with the known names for any other."""
    if name not in NAMES:
        raise KeyError(f"unknown strategy {name!r}; the strategies are {', '.join(NAMES)}")
    module = import_module(_module(name))
    return Strategy(module.propose, module.respond)


def _module(name: str) -> str:
    return f"negosim.strategies.{name.replace('-', '_')}"


def ignores(chosen: Strategy, readers: Collection[str]) -> bool:
    """Return whether a strategy is known not to be one of those that read something: it is named here, but not among them."""
    known = {_module(name) for name in NAMES if name not in readers}
    return all(getattr(each, "py_func", each).__module__ in known for each in chosen)
