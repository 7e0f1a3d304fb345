"""The linkage graph, with the issues coloured by who is winning them and the settled ones marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

from negosim.app.panels import svg
from negosim.common.text import amount
from negosim.common.vocabulary import Side
from negosim.engine.events import column
from negosim.plots.style import COMPLEMENTS, INK, SIDES, SUBSTITUTES
from negosim.report.words import side_name
from negosim.scenario.linkage import layout, linkage_graph
from negosim.scenario.parameters import Edge, Issue
from negosim.scenario.scenario import Scenario

Facts = Mapping[str, Any]

HEIGHT, MARGIN, RADIUS, RING = 330, 52.0, 15.0, 6.0
EVEN = 0.05
"""A lead of so much of the way or less is none."""


class IssueState(NamedTuple):
    """Where an issue stands: its real value, how far it lies towards the sender, in [0, 1], and whether it is settled."""

    issue: Issue
    value: float
    share: float
    is_settled: bool

    def leader(self) -> Side | None:
        """The side that is winning it; None if neither is."""
        if abs(self.share - 0.5) <= EVEN:
            return None
        return Side.SENDER if self.share > 0.5 else Side.TARGET


def issue_states(scenario: Scenario, offers: Sequence[Facts], end: Facts | None = None) -> list[IssueState]:
    """Where each issue stands by the offers so far: the last offer's terms, what is settled, or else the status quo.

    The end, if it has come, says what holds: the settlement, or the status quo without one.
    """
    settled = _settled(offers)
    states = []
    for issue in scenario.issues:
        value, is_settled = float(issue.status_quo), issue.name in settled
        if offers:
            value = float(offers[-1][column("offer", issue.name)])
        if end is not None:
            is_settled = is_settled and bool(end["agreed"])
            value = float(end[column("settled", issue.name)]) if is_settled else float(issue.status_quo)
        states.append(IssueState(issue, value, towards_sender(issue, value), is_settled))
    return states


def _settled(offers: Sequence[Facts]) -> set[str]:
    """The issues of the parts that are settled by now."""
    count = offers[-1]["parts_settled"] if offers else 0
    return {name for facts in offers if facts["part"] <= count for name in str(facts["on_the_table"]).split()}


def towards_sender(issue: Issue, value: float) -> float:
    """How far a value has come from the target's ideal to the sender's, in [0, 1]; a half where both want the same.

    >>> rice = Issue(name="rice", title="Rice", unit="t", target_end=0.0, sender_end=10.0, status_quo=0.0)
    >>> towards_sender(rice, 7.5)
    0.75
    """
    ideals = (issue.sender_ideal, issue.sender_end), (issue.target_ideal, issue.target_end)
    sender, target = (abs(value - (end if ideal is None else ideal)) for ideal, end in ideals)
    return 0.5 if sender + target == 0.0 else target / (sender + target)


def linkage_panel(scenario: Scenario, offers: Sequence[Facts], end: Facts | None = None) -> str:
    """The graph of issues: each a disc shared between the sides as the issue is, numbered as in the list of terms."""
    places = _places(scenario.issues, scenario.linkage)
    parts = []
    for edge in scenario.linkage:
        (first, second), weight = edge.between, edge.weight
        colour, dashes = (COMPLEMENTS, "") if weight >= 0.0 else (SUBSTITUTES, "6 4")
        parts.append(svg.line(places[first], places[second], colour, max(1.0, 9.0 * abs(weight)), dashes))
    states = issue_states(scenario, offers, end)
    for number, state in enumerate(states, start=1):
        parts += [_disc(places[state.issue.name], state, number)]
    parts += [_name(places[state.issue.name], state.issue) for state in states]
    return svg.document(HEIGHT + 22, _in_words(scenario, states), [*parts, _key(scenario)])


@lru_cache(maxsize=32)
def _places(issues: tuple[Issue, ...], linkage: tuple[Edge, ...]) -> dict[str, svg.Point]:
    """Where each issue stands in the picture; kept, because laying out takes longer than all the rest."""
    laid = layout(linkage_graph(issues, linkage))
    return {
        name: (MARGIN + (x + 1) / 2 * (svg.WIDTH - 2 * MARGIN), 26 + (1 - y) / 2 * (HEIGHT - 74))
        for name, (x, y) in laid.items()
    }


def _disc(place: svg.Point, state: IssueState, number: int) -> str:
    """A number in a ring, of which the sender's share is in its colour, from the top clockwise; settled issues have a frame."""
    x, y = place
    frame = RADIUS + 4.0
    parts = [svg.element("circle", cx=x, cy=y, r=frame, fill="white", stroke=INK, stroke_width=2.5)] if state.is_settled else []
    ring: dict[str, object] = {"cx": x, "cy": y, "r": RADIUS - RING / 2, "stroke_width": RING}
    parts.append(svg.element("circle", **ring, fill="white", stroke=SIDES[Side.TARGET].colour))
    if state.share > 0.0:
        part = {"pathLength": 100, "stroke_dasharray": f"{100.0 * state.share:.1f} 100"}
        ring |= {"fill": "none", "stroke": SIDES[Side.SENDER].colour, "transform": f"rotate(-90 {x:.1f} {y:.1f})"}
        parts.append(svg.element("circle", **ring, **part))
    parts.append(svg.words((x, y + 4), str(number), svg.SMALL, weight="bold"))
    if state.is_settled:
        parts.append(svg.words((x + frame, y - frame + 6), "✓", 16, weight="bold", halo=True))
    return svg.element("g", f"{svg.element('title', escape(_said(state)))}{''.join(parts)}")


def _name(place: svg.Point, issue: Issue) -> str:
    return svg.words((place[0], place[1] + RADIUS + 15), issue.name.replace("-", " "), svg.SMALL, halo=True)


def _said(state: IssueState) -> str:
    settled = ", settled" if state.is_settled else ""
    return f"{state.issue.title}: {amount(state.value, state.issue.unit)}{settled}"


def _key(scenario: Scenario) -> str:
    parts, x = [], 8.0
    for side in Side:
        text = f"towards {side_name(scenario, side)}"
        parts += [svg.mark(side, (x + 5, HEIGHT + 9), SIDES[side].colour), svg.words((x + 15, HEIGHT + 13), text, anchor="start")]
        x += 28.0 + 7.0 * len(text)
    for text, colour, dashes in (("complements", COMPLEMENTS, ""), ("substitutes", SUBSTITUTES, "6 4")):
        parts.append(svg.line((x, HEIGHT + 9), (x + 22, HEIGHT + 9), colour, 3.0, dashes))
        parts.append(svg.words((x + 27, HEIGHT + 13), text, anchor="start"))
        x += 38.0 + 7.0 * len(text)
    return "".join(parts)


def _in_words(scenario: Scenario, states: Sequence[IssueState]) -> str:
    leads = [state.leader() for state in states]
    counts = [f"{side_name(scenario, side)} leads on {leads.count(side)}" for side in Side]
    settled = sum(state.is_settled for state in states)
    return f"Linkage graph of {len(states)} issues: {', '.join(counts)}, {settled} settled. The list of terms has the values."


def term_rows(scenario: Scenario, offers: Sequence[Facts], end: Facts | None = None) -> list[dict[str, str]]:
    """The issues as rows of a table: number, title, value now, value today, and who is winning, in words."""
    rows = []
    for number, state in enumerate(issue_states(scenario, offers, end), start=1):
        leader = state.leader()
        unit = state.issue.unit
        rows.append(
            {
                "number": str(number),
                "title": state.issue.title,
                "now": amount(state.value, unit),
                "before": amount(float(state.issue.status_quo), unit),
                "lead": "even" if leader is None else side_name(scenario, leader),
                "side": "" if leader is None else leader.label,
                "settled": "settled" if state.is_settled else "",
            }
        )
    return rows
