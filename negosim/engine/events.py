"""What happened, as plain data: the state of a round for tables, and the events that a transcript tells.

Facts are plain values by name: whole numbers, fractions, texts, dates, True, False or None.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from negosim.common.plain import without_numpy
from negosim.common.vocabulary import Response, Side, ThreatState
from negosim.engine.run import Run
from negosim.rules.beliefs import summary
from negosim.rules.columns import ratifier_column
from negosim.scenario.parameters import Threat
from negosim.scenario.scenario import Scenario
from negosim.strategies.record import OWN_RULE, Weighing


class Event(NamedTuple):
    """One thing to tell: ``kind`` is "opening", "round", "fork" or "end"."""

    kind: str
    facts: dict[str, Any]


class Answered(NamedTuple):
    """An offer and its answer: what the state of the talks at the end of the round does not show any more.

    ``lead`` is the number of the negotiator who spoke, ``threats`` are the states (threats,) under which the offer was made,
    ``part`` the part of the agenda on the table, ``offer`` a row of a menu and ``package`` (issues,) what was tabled.
    """

    proposer: Side
    lead: int
    answer: Response
    weighing: Weighing
    votes: list[bool]
    threats: list[ThreatState]
    part: int
    signed: bool
    offer: NDArray[np.float64]
    package: NDArray[np.float64]


def column(prefix: str, name: str) -> str:
    """Return the name of a fact about an issue, threat or person: ``column("offer", "car-tariff")`` is ``offer_car_tariff``."""
    return f"{prefix}_{name.replace('-', '_')}"


def threatened(threat: Threat, level: float) -> float:
    """Return the threatened value in its unit at this level (a multiple of the rate)."""
    return threat.rate * level


def _threat_facts(run: Run) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for j, threat in enumerate(run.scenario.threats):
        state, level = ThreatState(int(run.talks.threat_state[j])), float(run.talks.threat_level[j])
        rate = threatened(threat, level)
        facts[column("threat", threat.key)] = state.label
        facts[column("level", threat.key)] = level
        facts[column("threatened", threat.key)] = rate
        facts[column("in_force", threat.key)] = rate if state is ThreatState.IMPOSED else run.scenario.without(threat)
    return facts


def _belief_facts(run: Run, side: Side) -> dict[str, Any]:
    own, belief = run.talks.owns[side], run.talks.beliefs[side]
    mean, committed = summary(belief, own)
    label, other = side.label, side.other.label
    facts: dict[str, Any] = {
        f"{label}_trust": float(own["trust"]),
        f"{label}_believes_{other}_reservation": float(mean),
        f"{label}_believes_{other}_committed": max(0.0, float(committed)),
    }
    voices = run.scenario.delegation(side.other).negotiators
    if len(voices) > 1:
        masses = belief[: len(voices), : own["believed_cells"] + 1].sum(axis=1)
        facts |= {column(f"{label}_believes_{other}_is", v.name): float(m) for v, m in zip(voices, masses, strict=True)}
    return facts


def standing(run: Run) -> dict[str, Any]:
    """Return how things stand: the clock, the world, the threats, and what each side believes."""
    public = run.talks.public[0]
    facts: dict[str, Any] = {
        "round": int(public["round"]),
        "date": run.scenario.date(int(public["round"])),
        "deadline": int(public["deadline"]),
        "parts_settled": int(public["part"]),
        "stress": float(public["stress"]),
        "credibility": float(public["credibility"]),
    }
    return facts | _threat_facts(run) | _belief_facts(run, Side.SENDER) | _belief_facts(run, Side.TARGET)


def opening_event(run: Run) -> Event:
    """Return the opening: how things stand before round 1, and each side's plan and type, which only a teller knows."""
    facts = standing(run) | {"date": None}
    for side in Side:
        own, plays = run.talks.owns[side], run.scenario.delegation(side).strategy
        facts[f"{side.label}_strategy"] = OWN_RULE if side in run.own_strategies else plays
        facts[f"{side.label}_reservation"] = float(own["reservation"])
        facts[f"{side.label}_no_deal"] = float(own["reservation"] - run.game.sides[side]["gap"])
        facts[f"{side.label}_committed"] = bool(own["committed"])
        facts[f"{side.label}_demands"] = float(own["committed_demand"])
    return Event("opening", facts)


def round_state(run: Run, played: Answered) -> dict[str, Any]:
    """Return the state of the round just played."""
    scenario, talks = run.scenario, run.talks
    lead = scenario.delegation(played.proposer).negotiators[played.lead]
    names = [issue.name for issue, p in zip(scenario.issues, run.game.part_of_issue, strict=True) if p == played.part]
    facts = standing(run)
    facts |= {
        "part": played.part + 1,
        "parts": int(run.game.world[0]["parts"]),
        "on_the_table": " ".join(names),
        "proposer": played.proposer.label,
        "lead": lead.name,
        "answer": played.answer.name.lower().replace("_", "-"),
        "answer_worth": float(played.weighing.worth),
        "answer_needed": float(played.weighing.needed),
        "answer_basis": played.weighing.basis,
        "signed": played.signed,
    }
    for k, issue in enumerate(scenario.issues):
        facts[column("offer", issue.name)] = scenario.real(issue.name, float(played.package[k]))
    for side in Side:
        facts[f"{side.label}_value"] = float(played.offer[talks.owns[side]["kept_column"]])
        facts[f"{side.label}_without_deal"] = float(talks.owns[side]["no_deal"])
    for threat, state in zip(scenario.threats, played.threats, strict=True):
        facts[column("before_answer", threat.key)] = state.label
    return facts | vote_facts(run, played.votes)


def vote_facts(run: Run, votes: list[bool]) -> dict[str, Any]:
    """Return each ratifier's vote; None for all where nothing was put to them."""
    cast: list[bool | None] = [*votes] or [None] * len(run.homes)
    names = [column(f"vote_{side.label}", person.name) for side, person in run.homes]
    return dict(zip(names, cast, strict=True))


def home_facts(run: Run, offer: NDArray[np.float64]) -> dict[str, Any]:
    """Return what an offer is worth to each ratifier, what it asks for, and the least that both sides know it to ask for.

    ``offer`` is a row of a menu.
    """
    facts, first = {}, int(run.talks.public[0]["home_column"])
    for number, (side, person) in enumerate(run.homes):
        facts[column(f"home_{side.label}_worth", person.name)] = float(offer[ratifier_column(first, number)])
        facts[column(f"home_{side.label}_needed", person.name)] = float(run.talks.thresholds[number])
        facts[column(f"home_{side.label}_least", person.name)] = float(run.talks.homes[number, 0])
    return facts


def fork_event(run: Run, changes: Mapping[str, Any]) -> Event:
    """Return the parting of the ways: how things stand after the changes, and the changes as text by dotted name."""
    return Event("fork", standing(run) | {"changes": {name: str(value) for name, value in changes.items()}})


def end_event(run: Run, votes: list[bool]) -> Event:
    """Return the end: the row of the outcome, how threats are left, which a settlement lifts or not in spite of it, and votes."""
    assert run.outcome is not None
    row = run.outcome.frame().iloc[0].to_dict()
    facts = {name: without_numpy(value) for name, value in row.items()}
    facts |= {"date": run.scenario.date(run.round)} | _threat_facts(run) | vote_facts(run, votes)
    settled = int(run.talks.public[0]["part"]) if facts["agreed"] else 0
    for threat, record, level in zip(run.scenario.threats, run.game.threats, run.outcome.in_force[0], strict=True):
        facts[column("lifted", threat.key)] = lifted = bool(run.game.part_of_issue[record["issue"]] < settled)
        facts[column("punished", threat.key)] = lifted and bool(level > 0.0)
    facts |= home_facts(run, run.talks.offer)
    return Event("end", facts | {"taken_back": reversal_date(run.scenario, facts)})


def reversal_date(scenario: Scenario, facts: Mapping[str, Any]) -> datetime.date | None:
    """Return the day on which a settlement is taken back; None if it is not, or where rounds have no dates."""
    kept = facts["reversed_after"]
    if scenario.calendar is None or facts["date"] is None or not math.isfinite(kept):
        return None
    days = kept * scenario.calendar.days_per_round
    last = datetime.date.max - facts["date"]
    return facts["date"] + datetime.timedelta(days=days) if days < last.days else None


