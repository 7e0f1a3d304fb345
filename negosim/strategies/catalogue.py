"""The strategies by name. A strategy is a pair of rules: what to demand, and how to answer."""

from __future__ import annotations

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


class Strategy(NamedTuple):
    """A pair of compiled rules with the signatures ``PROPOSE`` and ``RESPOND`` of negosim.rules.records."""

    propose: Any
    respond: Any


def strategy(name: str) -> Strategy:
    """Return a strategy by its name; raises KeyError with the known names for any other."""
    if name not in NAMES:
        raise KeyError(f"unknown strategy {name!r}; the strategies are {', '.join(NAMES)}")
    module = import_module(f"negosim.strategies.{name.replace('-', '_')}")
    return Strategy(module.propose, module.respond)
