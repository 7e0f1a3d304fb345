"""Every parameter of a scenario, declared once: meaning, unit, range, default and the reason for the default.

Validation, the sweepable names, the table of docs/parameters.md and the app's sliders come from here.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from negosim.common.errors import ScenarioError
from negosim.common.text import control_character
from negosim.strategies.catalogue import NAMES

OFF = "neutral: the mechanism is off until a scenario turns it on"

MOST = 100_000
"""The end of a range that has no end of its own, such as that of a cost in utility: far beyond any use, since a side can win or
lose a utility of 1, and small enough that what the rounds of a run multiply and add up stays a finite number."""

FARTHEST = 1e15
"""The farthest from 0 that a real value may lie, whatever its unit: beyond it a computer no longer tells whole numbers apart."""

StrategyName = Literal[NAMES]  # type: ignore[valid-type]  # the names of the files in strategies/shipped

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
"""A short name: lower case, digits, single hyphens; so dotted names and names of edges are unambiguous."""




def _plain(text: str, lines: bool) -> str:
    """The same text; ScenarioError for a character that a terminal or a page would obey in place of showing it."""
    found = control_character(text, lines)
    if found:
        raise ScenarioError(f"contains {found}", value=text, remedy="Write plain text.")
    return text


Line = Annotated[str, AfterValidator(lambda text: _plain(text, lines=False))]
"""A text for people in one line."""

Text = Annotated[str, AfterValidator(lambda text: _plain(text, lines=True))]
"""A text for people that may have several lines."""


class Part(BaseModel):
    """A frozen piece of a scenario: no unknown keys, no silent conversion of types, finite numbers only."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def number(default: Any, meaning: str, unit: str, assumed: str | None = None, **bounds: Any) -> Any:
    """A number that a sweep may vary. `assumed` says why the default is what it is."""
    extra: dict[str, Any] = {"unit": unit, "sweepable": True}
    if default is not ...:
        extra["assumed"] = assumed or OFF
    return Field(default, description=meaning, json_schema_extra=extra, **bounds)


def share(default: Any, meaning: str, unit: str, assumed: str | None = None) -> Any:
    """A number in [0, 1]."""
    return number(default, meaning, unit, assumed, ge=0, le=1)


def amount(default: Any, meaning: str, unit: str, assumed: str | None = None) -> Any:
    """A number that is not negative, of something that has no natural upper end."""
    return number(default, meaning, unit, assumed, ge=0, le=MOST)


def real(default: Any, meaning: str, assumed: str | None = None) -> Any:
    """A real value of an issue, in its unit."""
    return number(default, meaning, "the issue's", assumed, ge=-FARTHEST, le=FARTHEST)


def choice(default: Any, meaning: str, assumed: str | None = None, **bounds: Any) -> Any:
    """A word, a flag, a date or a list: part of the design, but no number to sweep."""
    extra: dict[str, Any] = {"unit": "", "sweepable": False}
    if assumed is not None:
        extra["assumed"] = assumed
    return Field(default, description=meaning, json_schema_extra=extra, **bounds)


class Calendar(Part):
    """Dates of the rounds: round t is `first_round` + (t - 1) `days_per_round`."""

    first_round: datetime.date = choice(..., "day of round 1")
    days_per_round: int = number(14, "days from one round to the next", "days", "a fortnight", ge=1, le=365)


class Talks(Part):
    """The protocol, the agenda and the clock."""

    payoff: Literal["lumps", "flows"] = choice(
        "lumps",
        "what a payoff is: what the ending pays (lumps), or the mean of what the state of the world pays in each round (flows)",
        "the form of most textbook results",
    )
    horizon: int | None = number(
        None, "mean number of rounds after which nothing counts any more, as at the end of a term; none = for ever", "rounds",
        "no end in sight", ge=2, le=10_000,
    )
    resumption: float = share(0.0, "hazard that a threat in force after the talks is lifted again", "per round")
    protocol: Literal["alternating", "random-proposer", "one-round", "concession-clock", "double-auction"] = choice(
        "alternating",
        "who may propose in a round: one side, in a single round (one-round), or both at once (clock, sealed bids)",
        "the commonest protocol of the literature (Rubinstein 1982)",
    )
    agenda: Literal["whole", "linked", "issue-by-issue"] = choice(
        "whole",
        "one package for all issues, the connected parts of the linkage graph one after another, or each issue by itself",
        "a whole package leaves most room for trades between issues",
    )
    linkage_threshold: float = share(
        0.3,
        "weight from which two issues belong to one part of a linked agenda",
        "edge weight",
        "splits a graph with edges of about .2 to .5 into several parts",
    )
    first_proposer: Literal["sender", "target"] = choice(
        "sender", "the side that proposes in round 1", "the sender opens the talks with its threat"
    )
    proposer_probability: float = share(
        0.5, "probability that the sender proposes (random proposer)", "probability", "a fair coin"
    )
    auction_weight: float = share(
        0.5, "weight k of the target's bid in the bargain of a double auction", "share", "the difference is split"
    )
    rounds: int = number(
        10, "rounds to the deadline", "rounds", "of the order of the talks of 2025", ge=1, le=2000
    )
    extension_probability: float = share(0.0, "probability that a passed deadline is extended", "probability")
    extension_rounds: int = number(0, "rounds that an extension adds", "rounds", ge=0, le=100)
    failed_ratification: Literal["ends", "setback"] = choice(
        "ends", "what a failure at home does: the talks end, or they go on", "the simplest rule"
    )
    flow_discount: float = number(
        0.02,
        "rate at which the flow of a kept settlement is discounted",
        "per round",
        "with rounds of a fortnight about 50 % a year: governments look a few years ahead",
        ge=0.001,
        le=1,
    )


class Markets(Part):
    """Market stress: grows with the tariff level and its volatility, relaxes, and makes the holders of threats pause them."""

    initial_stress: float = amount(0.0, "stress before round 1", "stress")
    persistence: float = number(
        0.7,
        "share of stress that is left a round later",
        "share",
        "half-life of two rounds; weekly trade policy uncertainty has a half-life of 5.4 weeks",
        ge=0,
        lt=1,
    )
    level_effect: float = amount(0.0, "stress added per round by a tariff in force at its threatened level", "stress")
    volatility_effect: float = amount(0.0, "stress added per unit of change of the announced level", "stress")
    anticipation: float = share(
        0.5,
        "share of an announced tariff that markets price in before it is in force",
        "share",
        "markets half believe",
    )
    pause_threshold: float = amount(1.0, "stress at which the holder of a threat pauses it", "stress", "fixes the unit of stress")
    resume_threshold: float = amount(
        0.5,
        "stress below which a paused threat may be taken up again",
        "stress",
        "half the stress that leads to a pause",
    )

    def model_post_init(self, context: Any, /) -> None:
        """Refuse a pause that would end at a higher stress than it began."""
        if self.resume_threshold > self.pause_threshold:
            raise ScenarioError(
                f"is above pause_threshold = {self.pause_threshold:g}",
                field="markets.resume_threshold",
                value=self.resume_threshold,
                remedy="It must be pause_threshold at most.",
            )


class Security(Part):
    """The credibility of the sender's security guarantee."""

    credibility: float = share(1.0, "credibility of the guarantee before round 1", "share")
    news: float = share(0.0, "standard deviation of the news about it", "share per round")
    erosion: float = share(0.0, "fall at each announcement, escalation or execution of a threat", "share")


class Issue(Part):
    """One thing the talks are about: a node of the linkage graph."""

    name: Slug = choice(..., "short name")
    title: Line = choice(..., "name for people")
    unit: Line = choice(..., "unit of the real values, such as % or bn USD")
    target_end: float = real(..., "real value at x = 0, the target's end")
    sender_end: float = real(..., "real value at x = 1, the sender's end")
    status_quo: float = real(..., "real value that holds if the issue is never settled")
    levels: int | None = number(
        None, "number of discrete levels; none = continuous", "levels", "continuous positions", ge=2, le=1000
    )
    sender_ideal: float | None = real(None, "the sender's ideal; none = its end", "more is better")
    target_ideal: float | None = real(None, "the target's ideal; none = its end", "more is better")
    revocable_by: Literal["sender", "target"] | None = choice(
        None, "the side that can take the concession back later; none = sunk once made"
    )
    precedent: float = share(0.0, "weight in precedent pressure: how closely others watch this issue", "weight")
    sunk: float = share(0.0, "share of the concession that outlasts the deal; the rest goes back to the status quo", "share")

    def model_post_init(self, context: Any, /) -> None:
        """Refuse an issue whose ends coincide, or with a position outside them."""
        if self.target_end == self.sender_end:
            raise ScenarioError(
                "equals target_end",
                field=f"issues.{self.name}.sender_end",
                value=self.sender_end,
                remedy="The two ends of an issue must differ.",
            )
        for field in ("status_quo", "sender_ideal", "target_ideal"):
            real = getattr(self, field)
            if real is not None:
                self.require_between_the_ends(f"issues.{self.name}.{field}", real)

    def position(self, real: float) -> float:
        """Return the position x of a real value: 0 at the target's end, 1 at the sender's."""
        return (real - self.target_end) / (self.sender_end - self.target_end)

    def require_between_the_ends(self, field: str, real: float) -> None:
        """ScenarioError for a real value that is not a position on the issue."""
        low, high = sorted((self.target_end, self.sender_end))
        if not low <= real <= high:
            remedy = f"It must lie between {low:g} and {high:g} {self.unit}."
            raise ScenarioError("is outside the two ends of the issue", field=field, value=real, remedy=remedy)


class Edge(Part):
    """A linkage: how the level reached on one issue changes what another is worth."""

    between: tuple[Slug, Slug] = choice(..., "the two issues")
    weight: float = number(
        ..., "strength: above 0 complements, below 0 substitutes", "edge weight", ge=-1, le=1
    )
    reason: Text = choice(..., "why the two are linked")

    @property
    def name(self) -> str:
        """The edge in dotted names: `cars--rice`."""
        return "--".join(self.between)


class Threat(Part):
    """A tariff that one side threatens: a value of an issue for the sender, an extra tariff on its exports for the target."""

    name: Slug | None = choice(None, "short name; none = that of its issue")
    issue: Slug = choice(..., "the issue that settles it; each side holds at most one threat an issue")
    holder: Literal["sender", "target"] = choice("sender", "the side that threatens", "the sender threatens")
    rate: float = real(..., "real value threatened; for a threat of the target, the extra tariff in %")
    state: Literal["none", "announced", "paused", "imposed"] = choice("none", "state before round 1", OFF)
    announce_round: int = number(
        1, "round in which it is announced, if it was not before", "round", "at once", ge=1, le=MOST
    )
    level: float = number(
        1.0, "initial level", "multiple of the threatened rate", "the threat as it stands", ge=1e-6, le=MOST
    )
    damage: float | None = amount(
        None, "utility that the other side loses if it is in force when the talks have ended", "utility per unit of level",
        "none with flows; lumps need one",
    )
    sender_cost: float | None = number(
        None, "what it takes from the sender in each round in which it is in force; none = worked out from trade",
        "utility per round and unit of level", "as its trade has it", ge=-MOST, le=MOST,
    )
    target_cost: float | None = number(
        None, "what it takes from the target in each round in which it is in force; none = worked out from trade",
        "utility per round and unit of level", "as its trade has it", ge=-MOST, le=MOST,
    )
    escalation: float = amount(0.0, "relative rise when a paused threat is announced again", "share")
    execution: float = share(
        1.0, "probability that it is carried out at the deadline", "probability", "a holder that means it"
    )
    early_execution: float = share(
        0.0, "probability that it is carried out after a refusal before the deadline", "probability per round"
    )
    pausable: bool = choice(
        True, "whether market stress can make its holder pause it", "the tariffs of April 2025 were paused"
    )
    market_weight: float = amount(1.0, "weight in market stress", "weight", "counts in full")

    @property
    def key(self) -> str:
        """The threat in dotted names: its own name, or that of its issue."""
        return self.name or self.issue


