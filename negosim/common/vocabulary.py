"""The words of the game: sides, answers, endings, the states of a threat, the channels of the ledger."""

from __future__ import annotations

from enum import IntEnum


class Side(IntEnum):
    """The two delegations, in the order of every axis."""

    SENDER = 0
    TARGET = 1

    @property
    def label(self) -> str:
        """The side's name in dotted parameter names and column names."""
        return self.name.lower()

    @property
    def other(self) -> Side:
        """The side across the table."""
        return Side(1 - self)


class Response(IntEnum):
    """An answer to an offer."""

    REFUSE = 0
    ACCEPT = 1
    WALK_OUT = 2


class Ending(IntEnum):
    """How a run of the talks ended."""

    SETTLED = 1
    SETTLED_IN_PART = 2
    RATIFICATION_FAILED = 3
    IMPASSE = 4
    BREAKDOWN = 5
    WALK_OUT = 6

    @property
    def label(self) -> str:
        """The ending's name in tables: lower case with hyphens."""
        return self.name.lower().replace("_", "-")

    @property
    def words(self) -> str:
        """The ending's name in sentences and figures."""
        return "walk-out" if self is Ending.WALK_OUT else self.name.lower().replace("_", " ")

    @property
    def sentence(self) -> str:
        """What this ending means, in one sentence."""
        return _SENTENCES[self]


_SENTENCES = {
    Ending.SETTLED: "Both sides accepted a package for every issue, and it passed at home.",
    Ending.SETTLED_IN_PART: "Some parts of the agenda were settled; the other issues stay at the status quo.",
    Ending.RATIFICATION_FAILED: "The negotiators agreed, but the deal failed at home.",
    Ending.IMPASSE: "The deadline passed without a deal.",
    Ending.BREAKDOWN: "The talks broke down in a crisis that neither side chose.",
    Ending.WALK_OUT: "One side left the talks for its outside option.",
}


class ThreatState(IntEnum):
    """Where a threat stands."""

    NONE = 0
    ANNOUNCED = 1
    PAUSED = 2
    IMPOSED = 3

    @property
    def label(self) -> str:
        """The state's name in scenario files."""
        return self.name.lower()


CHANNEL_NAMES = {
    "value": "worth of the ending",
    "waste": "gains left on the table",
    "precedent": "precedent for others",
    "delay": "delay",
    "tariff_pain": "tariffs during the talks",
    "market_stress": "market stress",
    "audience": "audience costs",
    "reversal": "deal taken back",
    "threat_damage": "threats carried out",
    "security": "doubt about the guarantee",
}
"""The channels of the payoff ledger in words, by the names that they have in tables."""

CHANNELS = tuple(CHANNEL_NAMES)
"""The channels in the order in which they are added up to the payoff."""
