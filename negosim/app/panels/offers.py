"""Offers as points in the plane of both utilities, approaching the frontier; and over the rounds for one side alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negosim.app.panels import svg
from negosim.app.panels.rounds import round_axis
from negosim.common.text import listed
from negosim.common.vocabulary import Side
from negosim.engine.problem import BargainingProblem
from negosim.plots.style import FAINT, INK, SIDES
from negosim.report.words import side_name
from negosim.scenario.scenario import Scenario

Facts = Mapping[str, Any]

FRAME = svg.Frame(46, 12, 396, 330)
TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@lru_cache(maxsize=32)
def _problem(scenario: Scenario) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[float, float] | None]:
    """The frontier, the disagreement point, and the Nash solution if there is one."""
    problem = BargainingProblem.of(scenario)
    nash = problem.nash()
    return problem.utilities, problem.disagreement, nash[0].utilities if nash else None


def map_panel(scenario: Scenario, offers: Sequence[Facts], end: Facts | None = None) -> str:
    """Every offer so far by what it is worth to each side, with the frontier, the disagreement point and the Nash solution."""
    frontier, disagreement, nash = _problem(scenario)
    parts = [_axes(scenario), svg.path([FRAME.at(*point) for point in frontier], INK, 1.8)]
    parts += [_cross(FRAME.at(*disagreement))]
    if nash is not None:
        parts.append(_star(FRAME.at(*nash)))
    for side in Side:
        own = [(FRAME.at(facts["sender_value"], facts["target_value"]), facts) for facts in offers
               if facts["proposer"] == side.label]
        colour = SIDES[side].colour
        parts.append(svg.path([place for place, _ in own], colour, 1.2, "" if side is Side.SENDER else "5 3"))
        parts += [svg.mark(side, place, colour, 7.0 if facts is offers[-1] else 4.5) for place, facts in own]
    parts += _numbers(offers)
    if end is not None and end["agreed"]:
        place = FRAME.at(end["sender_utility"], end["target_utility"])
        parts.append(svg.element("circle", cx=place[0], cy=place[1], r=12.0, fill="none", stroke=INK, stroke_width=2.0))
    return svg.document(418, _in_words(scenario, offers), [*parts, _key(scenario)])


def _axes(scenario: Scenario) -> str:
    left, bottom = FRAME.left, FRAME.top + FRAME.height
    sender, target = (side_name(scenario, side) for side in Side)
    across = svg.words((left + FRAME.width / 2, bottom + 31), f"worth to {sender} (1 = its ideal)")
    up = svg.element(
        "g", svg.words((0, 0), f"worth to {target} (1 = its ideal)"), transform=f"translate(13 {FRAME.top + 165}) rotate(-90)"
    )
    return FRAME.y_axis(TICKS) + FRAME.x_axis([(tick, f"{tick:g}") for tick in TICKS]) + across + up


def _cross(place: svg.Point) -> str:
    x, y = place
    return svg.line((x - 6, y - 6), (x + 6, y + 6), INK, 2.0) + svg.line((x - 6, y + 6), (x + 6, y - 6), INK, 2.0)


def _star(place: svg.Point) -> str:
    angles = np.pi / 2 + np.arange(10) * np.pi / 5
    radii = np.where(np.arange(10) % 2 == 0, 9.0, 3.8)
    points = zip(place[0] + radii * np.cos(angles), place[1] - radii * np.sin(angles), strict=True)
    return svg.element("polygon", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points), fill="white", stroke=INK)


def _numbers(offers: Sequence[Facts]) -> list[str]:
    """The rounds of the offers beside them, the latest first, and none where it would cover another."""
    taken: list[svg.Point] = []
    parts = []
    for facts in reversed(offers):
        x, y = FRAME.at(facts["sender_value"], facts["target_value"])
        if all(abs(x - other[0]) > 16.0 or abs(y - other[1]) > 13.0 for other in taken):
            taken.append((x, y))
            parts.append(svg.words((x + 9, y - 8), str(facts["round"]), 11, "start", halo=True))
    return parts


def _key(scenario: Scenario) -> str:
    y, parts, x = 404.0, [], 8.0
    for side in Side:
        text = f"offers of {side_name(scenario, side)}"
        parts += [svg.mark(side, (x + 5, y - 4), SIDES[side].colour), svg.words((x + 14, y), text, anchor="start")]
        x += 28.0 + 7.0 * len(text)
    parts += [_cross((x + 6, y - 4)), svg.words((x + 17, y), "no deal", anchor="start")]
    parts += [_star((x + 78, y - 4)), svg.words((x + 90, y), "Nash solution", anchor="start")]
    return "".join(parts)


def _in_words(scenario: Scenario, offers: Sequence[Facts]) -> str:
    if not offers:
        return "Offers against the frontier: none yet."
    last = offers[-1]
    worths = [f"{last[f'{side.label}_value']:.2f} to {side_name(scenario, side)}" for side in Side]
    return f"Offers against the frontier: {len(offers)} so far, the last worth {listed(worths)}."


def own_panel(scenario: Scenario, side: Side, offers: Sequence[Facts], reservation: float, last_round: int) -> str:
    """Every offer so far by what it is worth to one side, over the rounds, with what it expects without a deal."""
    frame = svg.Frame(40, 12, 404, 190, (0.5, last_round + 0.5), (0.0, 1.0))
    parts = [frame.y_axis(TICKS), round_axis(frame, scenario, last_round)]
    colour = SIDES[side].colour
    parts.append(frame.level(reservation, colour, "7 4", 2.0))
    without = [frame.at(facts["round"], facts[f"{side.label}_without_deal"]) for facts in offers]
    parts.append(svg.path(without, FAINT, 2.0, "2 3"))
    for facts in offers:
        proposer = Side[str(facts["proposer"]).upper()]
        place = frame.at(facts["round"], facts[f"{side.label}_value"])
        parts.append(svg.mark(proposer, place, SIDES[proposer].colour, 6.0))
    label = f"What the offers so far are worth to {side_name(scenario, side)}; its reservation value is {reservation:.2f}."
    return svg.document(284, label, [*parts, _own_key(scenario, colour)])


def _own_key(scenario: Scenario, colour: str) -> str:
    y, x, parts = 256.0, 8.0, []
    for side in Side:
        text = f"offers of {side_name(scenario, side)}"
        parts += [svg.mark(side, (x + 5, y - 4), SIDES[side].colour), svg.words((x + 14, y), text, anchor="start")]
        x += 26.0 + 7.0 * len(text)
    x, y = 8.0, y + 18.0
    for text, stroke, dashes in (("reservation value", colour, "7 4"), ("expected without a deal", FAINT, "2 3")):
        parts += [svg.line((x, y - 4), (x + 22, y - 4), stroke, 2.0, dashes), svg.words((x + 26, y), text, anchor="start")]
        x += 34.0 + 7.0 * len(text)
    return "".join(parts)
