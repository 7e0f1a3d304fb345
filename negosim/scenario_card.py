"""How a notebook shows a scenario: who talks about what, how, and which kinds of uncertainty are on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negosim.markup import card, counted, line, table
from negosim.vocabulary import Side

if TYPE_CHECKING:
    from negosim.parameters import Issue
    from negosim.scenario import Scenario

TACTICS = ("ambiguity", "ambiguous_voices", "commitment", "unpredictability", "volatility", "reversal", "brinkmanship")
"""The parameters of a side that make it uncertain to the other."""


def scenario_card(scenario: Scenario) -> str:
    """Return a scenario as HTML: its title and summary, the issues in their units, both sides, the clock."""
    sides = [scenario.delegation(side) for side in Side]
    head = ["issue", "unit", *(f"end of {each.short}" for each in reversed(sides)), "status quo"]
    head += [f"weight to {each.short}" for each in sides]
    talks = scenario.talks
    clock = f"{talks.protocol}, {talks.rounds} rounds, agenda {talks.agenda}"
    if scenario.calendar is not None:
        clock += f"; round 1 is {scenario.calendar.first_round}, a round has {scenario.calendar.days_per_round} days"
    return card(
        f"{scenario.title} ({scenario.name})",
        line(scenario.summary),
        table(head, [_issue_row(scenario, issue) for issue in scenario.issues], words=2),
        *(line(_side_text(scenario, side)) for side in Side),
        line(f"{clock}. {counted(len(scenario.linkage), 'link')} between issues, {counted(len(scenario.threats), 'threat')}."),
    )


def _issue_row(scenario: Scenario, issue: Issue) -> list[str]:
    numbers = [f"{value:,.6g}" for value in (issue.target_end, issue.sender_end, issue.status_quo)]
    names = [each.name for each in scenario.issues]
    place = names.index(issue.name)
    weights = [scenario.delegation(side).principal.salience.vector(names)[place] for side in Side]
    return [issue.title, issue.unit, *numbers, *(f"{weight:.2f}" for weight in weights)]


def _side_text(scenario: Scenario, side: Side) -> str:
    """Say who a side is, what it plays, and in what it is uncertain."""
    delegation = scenario.delegation(side)
    given = {name: getattr(delegation, name, 0.0) for name in TACTICS}
    tactics = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in given.items() if value)
    people = f"{counted(len(delegation.negotiators), 'negotiator')}, {counted(len(delegation.ratifiers), 'ratifier')}"
    return f"{delegation.name} ({side.label}): {delegation.strategy}; {people}; uncertain: {tactics or 'nothing'}."
