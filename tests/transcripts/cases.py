"""The runs whose transcripts are kept: each file tells one of them, and together they end in every way there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from negosim import Negotiation, Scenario

FOLDER = Path(__file__).parent


class Case(NamedTuple):
    """One run: a shipped scenario with changes, its luck, and a fork after some rounds if ``forked`` names changes."""

    scenario: str
    seed: int
    changes: dict[str, Any]
    rounds: int = 0
    forked: dict[str, Any] | None = None

    def start(self) -> Negotiation:
        """Return the talks before round 1."""
        return Negotiation(Scenario.load(self.scenario).vary(self.changes), self.seed)

    def play(self) -> Negotiation:
        """Return the talks at their end."""
        talks = self.start()
        if self.forked is not None:
            for _ in range(self.rounds):
                talks.step()
            talks = talks.fork(self.forked)
        return talks.play()


FIRM = {"target.strategy": "time-dependent", "sender.toughness": 4.0, "target.toughness": 4.0}

CASES = {
    "pie": Case("pie", 7, {}),
    "logrolling": Case("logrolling", 7, {}),
    "us-japan-2025": Case("us-japan-2025", 7, {}),
    "us-japan-autos-1995": Case("us-japan-autos-1995", 7, {}),
    "deadline-moved": Case("us-japan-2025", 2, {**FIRM, "talks.extension_probability": 1.0}),
    "breakdown": Case("us-japan-2025", 5, {**FIRM, "sender.brinkmanship": 0.3}),
    "walk-out": Case("us-japan-2025", 1, {"target.outside_option": 0.75}),
    "impasse": Case("pie", 1, {"sender.disagreement": 0.6, "target.disagreement": 0.5, "talks.rounds": 4}),
    "carried-out-early": Case("us-japan-2025", 3, {**FIRM, "threats.reciprocal-tariff.early_execution": 0.2}),
    "ratification-failed": Case("us-japan-2025", 4, {"target.strategy": "time-dependent", "sender.disagreement": 0.6,
                                                     "target.disagreement": 0.4, "talks.failed_ratification": "ends",
                                                     "target.ratifiers.farm-lobby.threshold": 0.9}),
    "settled-in-part": Case("logrolling", 2, {**FIRM, "talks.agenda": "linked", "talks.rounds": 1}),
    "linked-agenda": Case("us-japan-2025", 6, {"talks.agenda": "linked", "target.strategy": "veto-aware",
                                               "sender.toughness": 0.5}),
    "flows-carried-out": Case("us-japan-2025-flows", 4, {"sender.brinkmanship": 0.3}),
    "flows-lapsed": Case("us-japan-2025-flows", 5, {}),
    "flows-countermeasure": Case("us-japan-2025-countermeasure", 4, {"sender.brinkmanship": 0.3}),
    "fork": Case("us-japan-2025", 7, {}, rounds=3, forked={"sender.unpredictability": 0.6, "talks.rounds": 10}),
}
"""What is kept, by the name of its file."""


def file_of(name: str) -> Path:
    """Return the file with the transcript of a case."""
    return FOLDER / f"{name}.txt"
