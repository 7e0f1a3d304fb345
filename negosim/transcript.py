"""A run told in plain English, with dates and real units."""

from __future__ import annotations

import datetime
from typing import Any

from negosim.events import Event
from negosim.parameters import Issue
from negosim.scenario import Scenario
from negosim.vocabulary import CHANNELS, Ending, Side


def amount(value: float, unit: str) -> str:
    """Return a value with its unit, rounded to what a reader needs: ``11 %``, ``550 bn USD``, ``346,000 t a year``.

    >>> amount(10.96, "%"), amount(346000.4, "t a year"), amount(0.5, "%")
    ('11 %', '346,000 t a year', '0.5 %')
    """
    digits = 0 if abs(value) >= 9.95 or abs(value - round(value)) < 0.05 else 1
    text = f"{value:,.{digits}f}"
    return f"{text if float(text.replace(',', '')) else text.lstrip('-')} {unit}".strip()


def _day(date: datetime.date | None) -> str:
    return f", {date.day} {date:%B}" if date is not None else ""


def _short(scenario: Scenario, side: Side) -> str:
    name = scenario.delegation(side).short
    return f"the {name}" if scenario.delegation(side).name.lower().startswith("the ") else name


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _key(prefix: str, name: str) -> str:
    return f"{prefix}_{name.replace('-', '_')}"


def _package(scenario: Scenario, facts: dict[str, Any]) -> str:
    def item(issue: Issue) -> str:
        return f"{issue.title[:1].lower() + issue.title[1:]} {amount(facts[_key('offer', issue.name)], issue.unit)}"

    items = [item(issue) for issue in scenario.issues]
    return "; ".join(items)


def _threats(scenario: Scenario, facts: dict[str, Any]) -> list[str]:
    sentences = []
    sender = _short(scenario, Side.SENDER)
    for threat in scenario.threats:
        issue = scenario.issue(threat.issue)
        state, level = facts[_key("threat", threat.issue)], facts[_key("level", threat.issue)]
        before = facts.get(_key("before", threat.issue), state)
        rate = amount(threat.rate * level, issue.unit)
        held = amount(issue.status_quo, issue.unit)
        title = issue.title[:1].lower() + issue.title[1:]
        if state == before:
            if state == "paused":
                sentences.append(f"the {title} of {rate} stays paused, {held} in force")
        elif state == "announced":
            sentences.append(f"{sender} announces the {title} of {rate}")
        elif state == "paused":
            sentences.append(f"{sender} pauses the {title} of {rate}, {held} in force")
        elif state == "imposed":
            sentences.append(f"{sender} puts the {title} of {rate} into force")
    return sentences


def _answer(scenario: Scenario, facts: dict[str, Any], side: Side) -> str:
    name = _short(scenario, side)
    value, without = facts[f"{side.label}_value"], facts[f"{side.label}_without_deal"]
    worth = f"worth {value:.2f} to it, against {without:.2f} if the talks ended now"
    if facts["answer"] == "accept":
        return f"{name} accepts ({worth})"
    if facts["answer"] == "walk-out":
        return f"{name} leaves the talks ({worth})"
    return f"{name} refuses ({worth})"


def _home(scenario: Scenario, facts: dict[str, Any]) -> str:
    if not facts["voted"]:
        return ""
    if not facts["refused_at_home"]:
        return "The deal passes at home on both sides."
    titles = []
    for entry in facts["refused_at_home"].split(", "):
        side, name = entry.split(":")
        people = scenario.delegation(Side[side.upper()]).ratifiers
        titles.append(next(person.title for person in people if person.name == name))
    return f"It fails at home: {' and '.join(titles)} will not have it."


def _round(scenario: Scenario, facts: dict[str, Any]) -> str:
    proposer = Side[facts["proposer"].upper()]
    lead = next(p for p in scenario.delegation(proposer).negotiators if p.name == facts["lead"])
    head = f"Round {facts['round']}{_day(facts['date'])}: "
    offer = f"{_short(scenario, proposer)} ({lead.title}) offers {_package(scenario, facts)}"
    sentence = f"{head}{offer}; {_answer(scenario, facts, proposer.other)}"
    tail = [*_threats(scenario, facts), f"market stress {facts['stress']:.2f}"] if scenario.threats else []
    text = "; ".join([sentence, *tail]) + "."
    home = _home(scenario, facts)
    target = Side.TARGET
    believes = facts["target_believes_sender_committed"]
    belief = ""
    if believes > 0.005:
        belief = f"{_capital(_short(scenario, target))} now gives {100 * believes:.0f} % to a US demand that is final."
        belief = belief.replace("a US demand", f"a demand of {_short(scenario, Side.SENDER)}")
    return " ".join(part for part in (text, home, belief) if part)


def _ledger(facts: dict[str, Any], side: Side) -> str:
    items = [(c.replace("_", " "), facts[f"{side.label}_{c}"]) for c in CHANNELS]
    return ", ".join(f"{name} {value:+.3f}" for name, value in items if abs(value) >= 0.0005)


def _end(scenario: Scenario, facts: dict[str, Any]) -> str:
    ending = next(e for e in Ending if e.label == facts["ending"])
    lines = [f"The end, in round {facts['rounds']}: {ending.label}. {ending.sentence}"]
    if facts["agreed"]:
        terms = [
            f"  {i.title}: {amount(facts[_key('settled', i.name)], i.unit)} (status quo {amount(i.status_quo, i.unit)})"
            for i in scenario.issues
        ]
        lines += ["Settled:", *terms]
    for side in Side:
        name = _capital(_short(scenario, side))
        lines.append(f"{name}'s payoff is {facts[f'{side.label}_payoff']:.3f}: {_ledger(facts, side)}.")
    if facts["reversed_after"] == facts["reversed_after"]:
        lines.append(f"The settlement is taken back after {facts['reversed_after']:.0f} rounds.")
    return "\n".join(lines)


def narrate(scenario: Scenario, events: list[Event]) -> str:
    """Return the events of a run as text: a title, what stands at the opening, a paragraph a round, and the end."""
    blocks = [scenario.title]
    for kind, facts in events:
        if kind == "opening":
            standing = _threats(scenario, facts)
            blocks.append(_capital("; ".join(standing)) + "." if standing else "No threat stands at the opening.")
        elif kind == "round":
            blocks.append(_round(scenario, facts))
        else:
            blocks.append(_end(scenario, facts))
    return "\n\n".join(blocks)
