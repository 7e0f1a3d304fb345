"""What happened, as plain data: the state of a round for tables, and the events that a transcript tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from negosim.rules.beliefs import summary
from negosim.vocabulary import Response, Side, ThreatState

if TYPE_CHECKING:
    from negosim.model import Negotiation


class Event(NamedTuple):
    """One thing to tell: ``kind`` is "opening", "round" or "end", ``facts`` plain values by name."""

    kind: str
    facts: dict[str, Any]


def _column(prefix: str, name: str) -> str:
    return f"{prefix}_{name.replace('-', '_')}"


def opening_event(model: Negotiation) -> Event:
    """Return the opening: the threats as they stand before round 1."""
    return Event("opening", _threat_facts(model))


def _threat_facts(model: Negotiation) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for j, threat in enumerate(model.scenario.threats):
        facts[_column("threat", threat.issue)] = ThreatState(int(model.talks.threat_state[j])).label
        facts[_column("level", threat.issue)] = float(model.talks.threat_level[j])
    return facts


def _side_facts(model: Negotiation, side: Side) -> dict[str, Any]:
    own, belief = model.talks.owns[side], model.talks.beliefs[side]
    mean, committed = summary(belief, own)
    label, other = side.label, side.other.label
    return {
        f"{label}_value": float(model.talks.offer[own["kept_column"]]),
        f"{label}_without_deal": float(own["no_deal"]),
        f"{label}_trust": float(own["trust"]),
        f"{label}_believes_{other}_reservation": float(mean),
        f"{label}_believes_{other}_committed": float(committed),
    }


def round_state(model: Negotiation, before: Any, proposer: Side, answer: Response, votes: list[bool]) -> dict[str, Any]:
    """Return the state of the round just played; ``before`` holds the threat states in which it began."""
    public, scenario = model.talks.public[0], model.scenario
    t = int(public["round"])
    facts: dict[str, Any] = {
        "round": t,
        "date": scenario.date(t),
        "deadline": int(public["deadline"]),
        "proposer": proposer.label,
        "lead": scenario.delegation(proposer).negotiators[int(public["lead"])].name,
        "answer": answer.name.lower().replace("_", "-"),
        "parts_settled": int(public["part"]),
    }
    for k, issue in enumerate(scenario.issues):
        facts[_column("offer", issue.name)] = scenario.real(issue.name, float(model.talks.package[k]))
    for side in Side:
        facts |= _side_facts(model, side)
    facts |= _threat_facts(model)
    for j, threat in enumerate(scenario.threats):
        facts[_column("before", threat.issue)] = ThreatState(int(before[j])).label
    facts["stress"], facts["credibility"] = float(public["stress"]), float(public["credibility"])
    names = [f"{ratifier.side.label}:{ratifier.person.name}" for ratifier in model.ratifiers]
    facts["refused_at_home"] = ", ".join(n for n, consents in zip(names, votes, strict=False) if not consents)
    facts["voted"] = bool(votes)
    return facts
