"""What happened, as plain data: the state of a round for tables, and the events that a transcript tells.

Facts are plain values by name: whole numbers, fractions, texts, dates, True, False or None.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from negosim.parameters import Threat
from negosim.rules.beliefs import summary
from negosim.scenario import Scenario
from negosim.vocabulary import Response, Side, ThreatState
from negosim.weighing import OWN_RULE, Weighing

if TYPE_CHECKING:
    from negosim.model import Negotiation


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
    """Return the name of a fact about an issue or a person: ``column("offer", "car-tariff")`` is ``offer_car_tariff``."""
    return f"{prefix}_{name.replace('-', '_')}"


def threatened(threat: Threat, level: float) -> float:
    """Return the threatened value in the issue's unit at this level (a multiple of the rate)."""
    return threat.rate * level


def _threat_facts(model: Negotiation) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for j, threat in enumerate(model.scenario.threats):
        state, level = ThreatState(int(model.talks.threat_state[j])), float(model.talks.threat_level[j])
        rate = threatened(threat, level)
        status_quo = float(model.scenario.issue(threat.issue).status_quo)
        facts[column("threat", threat.issue)] = state.label
        facts[column("level", threat.issue)] = level
        facts[column("threatened", threat.issue)] = rate
        facts[column("in_force", threat.issue)] = rate if state is ThreatState.IMPOSED else status_quo
    return facts


def _belief_facts(model: Negotiation, side: Side) -> dict[str, Any]:
    own, belief = model.talks.owns[side], model.talks.beliefs[side]
    mean, committed = summary(belief, own)
    label, other = side.label, side.other.label
    facts: dict[str, Any] = {
        f"{label}_trust": float(own["trust"]),
        f"{label}_believes_{other}_reservation": float(mean),
        f"{label}_believes_{other}_committed": max(0.0, float(committed)),
    }
    voices = model.scenario.delegation(side.other).negotiators
    if len(voices) > 1:
        masses = belief[: len(voices), : own["believed_cells"] + 1].sum(axis=1)
        facts |= {column(f"{label}_believes_{other}_is", v.name): float(m) for v, m in zip(voices, masses, strict=True)}
    return facts


def standing(model: Negotiation) -> dict[str, Any]:
    """Return how things stand: the clock, the world, the threats, and what each side believes."""
    public = model.talks.public[0]
    facts: dict[str, Any] = {
        "round": int(public["round"]),
        "date": model.scenario.date(int(public["round"])),
        "deadline": int(public["deadline"]),
        "parts_settled": int(public["part"]),
        "stress": float(public["stress"]),
        "credibility": float(public["credibility"]),
    }
    return facts | _threat_facts(model) | _belief_facts(model, Side.SENDER) | _belief_facts(model, Side.TARGET)


def opening_event(model: Negotiation) -> Event:
    """Return the opening: how things stand before round 1, and each side's plan and type, which only a teller knows."""
    facts = standing(model) | {"date": None}
    for side in Side:
        own, plays = model.talks.owns[side], model.scenario.delegation(side).strategy
        facts[f"{side.label}_strategy"] = OWN_RULE if side in model.own_strategies else plays
        facts[f"{side.label}_reservation"] = float(own["reservation"])
        facts[f"{side.label}_committed"] = bool(own["committed"])
        facts[f"{side.label}_demands"] = float(own["committed_demand"])
    return Event("opening", facts)


def round_state(model: Negotiation, played: Answered) -> dict[str, Any]:
    """Return the state of the round just played."""
    scenario, talks = model.scenario, model.talks
    lead = scenario.delegation(played.proposer).negotiators[played.lead]
    names = [issue.name for issue, p in zip(scenario.issues, model.game.part_of_issue, strict=True) if p == played.part]
    facts = standing(model)
    facts |= {
        "part": played.part + 1,
        "parts": int(model.game.world[0]["parts"]),
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
        facts[column("before_answer", threat.issue)] = state.label
    return facts | vote_facts(model, played.votes)


def vote_facts(model: Negotiation, votes: list[bool]) -> dict[str, Any]:
    """Return each ratifier's vote; None for all where nothing was put to them."""
    cast: list[bool | None] = [*votes] or [None] * len(model.ratifiers)
    names = [column(f"vote_{ratifier.side.label}", ratifier.person.name) for ratifier in model.ratifiers]
    return dict(zip(names, cast, strict=True))


def home_facts(model: Negotiation, offer: NDArray[np.float64]) -> dict[str, Any]:
    """Return what an offer is worth to each ratifier, what it asks for, and the least that both sides know it to ask for.

    ``offer`` is a row of a menu.
    """
    facts, first = {}, int(model.talks.public[0]["home_column"])
    for ratifier in model.ratifiers:
        name, label = ratifier.person.name, ratifier.side.label
        facts[column(f"home_{label}_worth", name)] = float(offer[first + ratifier.number])
        facts[column(f"home_{label}_needed", name)] = float(model.talks.thresholds[ratifier.number])
        facts[column(f"home_{label}_least", name)] = float(model.talks.homes[ratifier.number, 0])
    return facts


def fork_event(model: Negotiation, changes: Mapping[str, Any]) -> Event:
    """Return the parting of the ways: how things stand after the changes, and the changes as text by dotted name."""
    return Event("fork", standing(model) | {"changes": {name: str(value) for name, value in changes.items()}})


def end_event(model: Negotiation, votes: list[bool]) -> Event:
    """Return the end: the row of the outcome, how threats are left and which a settlement lifts, votes on one in part."""
    assert model.outcome is not None
    row = model.outcome.frame().iloc[0].to_dict()
    facts = {name: value.item() if hasattr(value, "item") else value for name, value in row.items()}
    facts |= {"date": model.scenario.date(model.round)} | _threat_facts(model) | vote_facts(model, votes)
    settled = int(model.talks.public[0]["part"]) if facts["agreed"] else 0
    for threat, record in zip(model.scenario.threats, model.game.threats, strict=True):
        facts[column("lifted", threat.issue)] = bool(model.game.part_of_issue[record["issue"]] < settled)
    facts |= home_facts(model, model.talks.offer)
    return Event("end", facts | {"taken_back": reversal_date(model.scenario, facts)})


def reversal_date(scenario: Scenario, facts: Mapping[str, Any]) -> datetime.date | None:
    """Return the day on which a settlement is taken back; None if it is not, or where rounds have no dates."""
    kept = facts["reversed_after"]
    if scenario.calendar is None or facts["date"] is None or not math.isfinite(kept):
        return None
    days = kept * scenario.calendar.days_per_round
    last = datetime.date.max - facts["date"]
    return facts["date"] + datetime.timedelta(days=days) if days < last.days else None


def plain(value: Any) -> Any:
    """Return facts as JSON has them: a date as text (2025-04-02), what is not a number as None, lists for tuples."""
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat() if isinstance(value, datetime.date) else value
