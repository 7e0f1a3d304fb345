"""What no deal is worth, as a table, where payoffs are flows: it is derived then, and no file says it."""

from __future__ import annotations

from functools import lru_cache

from negosim.common.text import MINUS, number
from negosim.common.vocabulary import Side
from negosim.engine.no_talks import NoTalks, no_talks
from negosim.report.words import side_name
from negosim.scenario.scenario import Scenario

TITLE = "What no deal is worth before round 1"


def derived(scenario: Scenario) -> NoTalks | None:
    """What talks that are refused are worth, where that is derived; None with lumps, where the scenario says it."""
    return _solved(scenario) if scenario.talks.payoff == "flows" else None


_solved = lru_cache(maxsize=32)(no_talks)


def no_talks_head(scenario: Scenario) -> list[str]:
    """The head of the table: what the rows are, and a column a side."""
    return ["utility, on the mean of the types", *(side_name(scenario, side) for side in Side)]


def no_talks_rows(refused: NoTalks) -> list[list[str]]:
    """The rows of the table: how no deal comes to what it is worth, and the least that is worth signing against it."""
    parts = {
        "a round of talks, before costs": refused.base,
        "market stress, of the start and of levels that move on": -refused.stress,
        "threats in force, and others as far as they are expected": -refused.threats,
        "doubt about the guarantee": -refused.doubt,
        "no deal": refused.value,
        "least worth signing, if no other threat is carried out": refused.least,
    }
    return [[name, *(number(float(value), 3, MINUS) for value in values)] for name, values in parts.items() if values.any()]
