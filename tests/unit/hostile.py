"""A scenario whose texts are full of what TeX, Markdown, HTML and spreadsheets would take for markup."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterator, Sequence
from typing import Any

from negosim.scenario.scenario import Scenario

TEXTS = (
    r"_A rebate of 50 % on $5 a ton & 40 % on $6",
    r"$\alpha$ of {rice}_2^3 \\ #1 ~ `now`",
    r"an unclosed $ and $$ and \frac{1}{0}",
    r"<script>alert(1)</script> & <b>bold</b> &amp; *all* [of](it) | more",
    r"=1+1; @you, -5 %",
)
"""Titles and units: each is some, and has a number, so that no two are the same."""

NAMES = {"sender": (r"_the $R&D_2^3", "_$R&D"), "target": (r"<i>\alpha</i>$", "=`*B")}
"""Name and short name of each side."""


def hostile(base: str = "us-japan-2025", texts: Sequence[str] = TEXTS) -> Scenario:
    """A shipped scenario with all its titles, its units and the names of its sides replaced."""
    supply = (f"{text} ({number})" for number, text in enumerate(itertools.cycle(texts)))
    tree = _replaced(tomllib.loads(Scenario.load(base).to_toml()), supply)
    for side, (name, short) in NAMES.items():
        tree[side] |= {"name": name, "short": short}
    return Scenario.build({**tree, "name": "hostile"})


def _replaced(tree: Any, supply: Iterator[str]) -> Any:
    if isinstance(tree, list):
        return [_replaced(item, supply) for item in tree]
    if not isinstance(tree, dict):
        return tree
    return {
        key: next(supply) if key in ("title", "unit") and value != "%" else _replaced(value, supply)  # the trade model knows %
        for key, value in tree.items()
    }


def texts_of(scenario: Scenario) -> list[str]:
    """The titles and units of the issues, and the names of the sides and of their principals."""
    sides = (scenario.sender, scenario.target)
    names = [name for side in sides for name in (side.principal.title, side.name, side.short)]
    return [scenario.title, *names, *(text for issue in scenario.issues for text in (issue.title, issue.unit))]
