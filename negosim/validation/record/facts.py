"""The stylised facts: what each says, where the record of it is read, and how the model measures its counterpart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from negosim.validation.record import counterpart, data
from negosim.validation.record.counterpart import Measure, Plays, as_it_stands, split_by_end, varied
from negosim.validation.record.evidence import Evidence


@dataclass(frozen=True)
class Fact:
    """One stylised fact.

    name : for people and for --only
    statement : what the record says, one plain sentence
    kind : "difference", compared by its sign, or "level", compared by its size
    unit : "share", "%", "days" or "correlation", of the levels on both sides
    record : reads the record from the folder of its files
    model : measures the counterpart
    sample : whether numbers of the scenario were set from this record, or the two cannot be compared
    why : the reason for that, and what the two sides do not share
    weak : why the record alone could not carry a verdict; "" if only its counts decide
    """

    name: str
    statement: str
    kind: Literal["difference", "level"]
    unit: Literal["share", "%", "days", "correlation"]
    record: Callable[[Path], Evidence]
    model: Callable[[Plays], Evidence]
    sample: Literal["in sample", "out of sample", "not comparable"]
    why: str
    weak: str = ""


FORTNIGHT = 14
"""Days before a deadline that count as near it: one round of us-japan-2025."""

FROM_TIES = (
    "No number of the scenario is from these disputes. They are many cases and the scenario is one: only the sign compares. "
    "Success there: the target gives in, in part or in full, or a settlement is negotiated. "
)


def _points(parameter: str, *values: float) -> dict[str, dict[str, float]]:
    """The points of one parameter, labelled by its values.

    >>> _points("sender.ambiguity", 0, 0.2)
    {'sender.ambiguity 0': {'sender.ambiguity': 0}, '0.2': {'sender.ambiguity': 0.2}}
    """
    labels = [f"{parameter} {values[0]:g}", *(f"{value:g}" for value in values[1:])]
    return {label: {parameter: value} for label, value in zip(labels, values, strict=True)}


SUCCESS = "share of runs with a deal that gives the sender more than the status quo"
IN_FORCE = "share of runs in which the reciprocal tariff comes into force"
LET_GO = "share of runs without a deal and with no threat carried out"


def _successes(parameter: str, *values: float) -> Callable[[Plays], Evidence]:
    """How the share of successes changes from the first value of a parameter to the last."""
    return lambda plays: varied(plays, counterpart.success, SUCCESS, _points(parameter, *values))


def _damages(plays: Plays) -> dict[str, dict[str, float]]:
    """The damage of all threats together: at the low ends of the ranges that the scenario gives, as it stands, at the high."""
    ranges = {name: span for name, span in plays.scenario.assumed().items() if name.endswith(".damage")}
    return {
        "damage low": {name: low for name, (low, _) in ranges.items()},
        "as it stands": {},
        "high": {name: high for name, (_, high) in ranges.items()},
    }


def _groups(**groups: str) -> Callable[[Path], Evidence]:
    """How the success of trade threats differs between the first group and the last."""
    named = {label: f"issue13 {code}" for label, code in groups.items()}
    return lambda folder: data.compared_disputes(folder, named)


def _level(measure: Measure, what: str) -> Callable[[Plays], Evidence]:
    """A measure in the scenario as it stands."""
    return lambda plays: as_it_stands(plays, measure, what)


def _carried_out(plays: Plays) -> Evidence:
    """How often the reciprocal tariff comes into force in the scenario as it stands, with a deal and without one."""
    return split_by_end(plays, counterpart.carried_out, IN_FORCE)


COMMITMENT = (
    FROM_TIES + "Commitment there is a coder's judgement after the event; here it is the prior that the sender never takes less "
    "than its demand, from 0 to 0.3, the range that the scenario gives."
)
SPECIFIC = _groups(specific="bspecif=2", ambiguous="bspecif=1")

FACTS: tuple[Fact, ...] = (
    Fact(
        "ambiguity", "Ambiguous trade threats succeed less often than specific ones (unclear reservation value).",
        "difference", "share", SPECIFIC, _successes("sender.ambiguity", 0, 0.2, 0.4), "out of sample",
        FROM_TIES + "Here ambiguity is the spread of what the sender would settle for.",
    ),
    Fact(
        "voices", "Ambiguous trade threats succeed less often than specific ones (unclear priorities).",
        "difference", "share", SPECIFIC, _successes("sender.ambiguous_voices", 0, 0.5, 1), "out of sample",
        FROM_TIES + "Here ambiguity is how far the sender's negotiators differ in what they want.",
    ),
    Fact(
        "target-cost", "Trade threats succeed more often where they would cost the target much.", "difference", "share",
        _groups(minor="target_cost=1", major="target_cost=2"),
        lambda plays: varied(plays, counterpart.success, f"{SUCCESS}; damage of all threats within its ranges", _damages(plays)),
        "out of sample", FROM_TIES + "Which damage counts as minor or major is not known.",
    ),
    Fact(
        "commitment-low", "Threats of a moderately committed sender succeed less often than those of a weakly committed one.",
        "difference", "share", _groups(weak="scommit=1", moderate="scommit=2"),
        _successes("sender.commitment", 0, 0.15), "out of sample", COMMITMENT,
    ),
    Fact(
        "commitment-high", "Threats of a strongly committed sender succeed more often than those of a moderately committed one.",
        "difference", "share", _groups(moderate="scommit=2", strong="scommit=3"),
        _successes("sender.commitment", 0.15, 0.3), "out of sample", COMMITMENT,
    ),
    Fact(
        "backing-down", "In some trade disputes the sender backs down at the threat stage.", "level", "share",
        lambda folder: data.back_downs(folder, "issue13(trade) threats", "all trade threats"),
        _level(counterpart.let_go, LET_GO), "out of sample",
        "No number of the scenario is from these disputes. They are many cases and the scenario is one; in it the tariffs on "
        "cars and steel are in force from the start and the reciprocal one is paused, and that pause is not counted.",
    ),
    Fact(
        "backing-down-japan", "The United States sometimes backs down towards Japan at the threat stage.", "level", "share",
        lambda folder: data.back_downs(folder, "US->Japan", "US threats against Japan"),
        _level(counterpart.let_go, LET_GO), "out of sample", "As for backing-down; here the threats are about all issues.",
    ),
    Fact(
        "letters", "Some of the tariff letters of July 2025 were carried out at the letter's rate, the others lowered.",
        "level", "share",
        lambda folder: data.carried_out(folder, "letters of 7 July 2025 applied exactly at the letter rate"),
        _carried_out, "in sample",
        "The noise in carrying out threats was assumed with these letters in mind. The rate that comes into force in the model "
        "has moved with the announced level. The record here does not tell a rate lowered for a deal from one lowered without.",
        weak="one sender on one day",
    ),
    Fact(
        "carried-out", "Some tariff threats of 2024-26 were carried out in full.", "level", "share",
        lambda folder: data.carried_out(folder, "tariff threats carried out in full"),
        _carried_out, "in sample",
        "The noise in carrying out threats was assumed with this share in mind.", weak="a study known from a summary",
    ),
    Fact(
        "withdrawn", "Some tariff threats of 2024-26 were withdrawn or not carried out.", "level", "share",
        lambda folder: data.carried_out(folder, "tariff threats withdrawn or not carried out"),
        _level(counterpart.let_go, LET_GO), "in sample",
        "The chance that a threat is carried out at the deadline is one less this share. The record does not tell threats "
        "withdrawn for a deal from those withdrawn for nothing; in the model the first are deals.",
        weak="a study known from a summary",
    ),
    Fact(
        "deal-rate", "The deal of July 2025 lowered the reciprocal tariff below the letter's rate.", "level", "%",
        data.agreed_rate, _level(counterpart.agreed_rate, "mean reciprocal tariff of the deals"), "in sample",
        "The saliences were chosen so that the reported deal can be reached.",
    ),
    Fact(
        "deal-date", "The deal of 2025 came months after the threat.", "level", "days", data.days_to_the_deal,
        _level(counterpart.days_to_the_deal, "mean days from round 1, the day of the threat, to a deal"), "in sample",
        "Rounds and deadlines of the scenario are those of 2025.",
    ),
    Fact(
        "first-deadline", "The first deadline of 2025 passed without a deal.", "level", "share", data.past_the_first_deadline,
        _level(counterpart.past_the_first_deadline, "share of runs that go on after the round of the first deadline"),
        "in sample", "That the first deadline can be moved, and by how much, is taken from 2025.",
    ),
    Fact(
        "deadline", "Deals are struck within a fortnight of the deadline.", "level", "share",
        lambda folder: data.deals_near_the_deadline(folder, FORTNIGHT),
        _level(
            lambda outcomes: counterpart.near_the_deadline(outcomes, FORTNIGHT),
            "share of deals at most 14 days, one round, before the deadline then in force",
        ),
        "in sample", "The scenario was built on the talks of 2025; those of 1995 had no part in it.",
    ),
    Fact(
        "uncertainty", "Trade policy uncertainty dies away slowly.", "level", "correlation",
        data.persistence, counterpart.weekly_persistence, "in sample",
        "The persistence of market stress is set from this correlation.",
    ),
)
"""Every fact, in the order of the table."""
