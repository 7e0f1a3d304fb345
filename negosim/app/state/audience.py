"""What a person who plays one side hears of the talks: events without what only the other side knows.

Every fact whose name begins with the other side's label is that side's own (its worths, beliefs, trust, type, payoff); so is
what it compared when it answered.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from negosim.common.vocabulary import Side
from negosim.engine.events import Event
from negosim.engine.transcript.phrases import PERSON

NEVER_NEWS = math.inf
"""What stands for a belief or a trust that is not heard of: it stays the same, so the teller never has news of it."""

HINDSIGHT = ("frontier_distance", "nash_distance")
"""Facts of the end that only somebody who knows both sides can work out."""


def heard(events: Iterable[Event], side: Side) -> list[Event]:
    """Return the events as this side hears of them."""
    return [Event(event.kind, facts_heard(event.facts, side)) for event in events]


def facts_heard(facts: dict[str, Any], side: Side) -> dict[str, Any]:
    """Return the facts of an event without those that only the other side knows."""
    other = side.other.label
    kept = {name: value if not name.startswith(f"{other}_") else _unheard(name) for name, value in facts.items()}
    if facts.get("proposer") == side.label and "answer" in facts:
        kept |= {"answer_worth": math.nan, "answer_needed": math.nan, "answer_basis": "unsaid"}
    mine = {f"{side.label}_strategy": PERSON, f"{side.label}_committed": False}
    return kept | {name: value for name, value in (mine | dict.fromkeys(HINDSIGHT, math.nan)).items() if name in facts}


def _unheard(name: str) -> Any:
    """Return what stands for a fact that is not heard of."""
    if "_believes_" in name or name.endswith("_trust"):
        return NEVER_NEWS
    return None if name.endswith(("_payoff", "_strategy", "_committed")) else math.nan
