"""The linkage graph: which issues are worth more together, and which stand in for one another."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Wedge
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from negosim.common.text import signed
from negosim.common.vocabulary import Side
from negosim.plots.lettering import filled, literal, settle
from negosim.plots.style import COMPLEMENTS, HEAD, INK, SIDES, SMALL, SUBSTITUTES, Dashes, one
from negosim.report.words import side_name
from negosim.scenario.linkage import layout, linkage_graph
from negosim.scenario.scenario import Scenario, require_loaded

Curve = NDArray[numpy.float64]
"""Points (points, 2) along an edge, in units of the layout."""

RADIUS = 0.43
"""Radius of the half disc of an issue that has all the weight, in units of the layout."""

WIDTH = 9.0
"""Width of a line of weight 1, in points."""

BENDS = (0.0, 0.15, -0.15, 0.3, -0.3, 0.45, -0.45)
"""How far the middle of an edge is moved aside, as a share of its length: as little as keeps it off other issues."""

ANGLES = (270, 90, 0, 180, 315, 225, 45, 135, 290, 250, 70, 110, 20, 340, 160, 200)
"""Directions in which a title may stand from its issue, the best first."""

BROKEN: Dashes = (0, (2.2, 0.9))


@literal
def linkage(scenario: Scenario, axes: Axes | None = None) -> Axes:
    """The linkage graph: an issue is two half discs, whose areas are its weights for the two principals.

    Full lines join complements, broken ones substitutes; width and number are the weight of the linkage.
    """
    require_loaded(scenario)
    axes = one(axes, 9.0, 8.0)
    graph = linkage_graph(scenario.issues, scenario.linkage)
    places = {name: numpy.array(place) for name, place in layout(graph).items()}
    discs = {name: (place, max(radius(scenario, side, name) for side in Side)) for name, place in places.items()}
    curves = []
    for first, second, weight in graph.edges(data="weight"):
        others = [disc for name, disc in discs.items() if name not in (first, second)]
        curves.append(_edge(axes, places[first], places[second], weight, others))
    for name, place in places.items():
        for side in Side:
            _half_disc(axes, place, side, radius(scenario, side, name))
    _frame(axes, scenario, list(discs.values()))
    marks = [
        _write_weight(axes, curve, weight, list(discs.values()))
        for curve, weight in zip(curves, (edge[2] for edge in graph.edges(data="weight")), strict=True)
    ]
    _write_titles(axes, scenario, places, curves, marks)
    return axes


def radius(scenario: Scenario, side: Side, issue: str) -> float:
    """The radius of an issue's half disc: its area is as the issue's weight for the side's principal."""
    return RADIUS * math.sqrt(scenario.delegation(side).principal.salience.get(issue, 0.0))


def _frame(axes: Axes, scenario: Scenario, discs: list[tuple[Curve, float]]) -> None:
    """Room around the graph for the titles, no axes, a heading and a legend."""
    low = numpy.min([place - size for place, size in discs], axis=0)
    high = numpy.max([place + size for place, size in discs], axis=0)
    axes.set_aspect("equal")
    axes.set_axis_off()
    axes.set_xlim(min(-1.0, low[0]) - 0.35, max(1.0, high[0]) + 0.35)
    axes.set_ylim(min(-0.6, low[1]) - 0.25, max(0.6, high[1]) + 0.25)
    axes.set_title(f"{scenario.title}: issues and linkages", fontsize=HEAD, loc="left", color=INK)
    axes.legend(
        handles=_key(scenario), loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=2, fontsize=SMALL, frameon=False
    )


def _edge(axes: Axes, start: Curve, end: Curve, weight: float, others: list[tuple[Curve, float]]) -> Curve:
    """Draw an edge, bent where it would else run through another issue; return the points along it."""
    colour, line = (COMPLEMENTS, "-") if weight >= 0.0 else (SUBSTITUTES, BROKEN)
    candidates = [_curve(start, end, bend) for bend in BENDS]
    hidden = [sum((numpy.hypot(*(curve - place).T) < size + 0.02).sum() for place, size in others) for curve in candidates]
    curve = candidates[hidden.index(min(hidden))]
    axes.plot(*curve.T, color=colour, linestyle=line, linewidth=max(0.8, WIDTH * abs(weight)), zorder=1)
    return curve


def _curve(start: Curve, end: Curve, bend: float) -> Curve:
    """A quadratic Bezier curve whose middle lies aside by this share of its length."""
    share = numpy.linspace(0.0, 1.0, 61)[:, None]
    across = numpy.array([start[1] - end[1], end[0] - start[0]])
    control = (start + end) / 2 + 2.0 * bend * across
    return (1 - share) ** 2 * start + 2 * share * (1 - share) * control + share**2 * end


def _half_disc(axes: Axes, place: Curve, side: Side, size: float) -> None:
    angles = (90.0, 270.0) if side is Side.SENDER else (270.0, 90.0)
    look = SIDES[side]
    disc = Wedge(
        (place[0], place[1]), size, *angles, facecolor=look.colour, hatch=look.hatch, edgecolor="white", linewidth=0.8, zorder=3
    )
    axes.add_patch(disc)


def _key(scenario: Scenario) -> list[Line2D | Patch]:
    halves: list[Line2D | Patch] = [
        Patch(
            facecolor=look.colour, hatch=look.hatch, edgecolor="white",
            label=f"{half} half: weight for {scenario.delegation(side).principal.title} ({side_name(scenario, side)})",
        )
        for (side, look), half in zip(SIDES.items(), ("left", "right"), strict=True)
    ]
    return [
        *halves,
        Line2D([], [], color=COMPLEMENTS, linewidth=0.3 * WIDTH, label="complements: worth more together"),
        Line2D(
            [], [], color=SUBSTITUTES, linewidth=0.3 * WIDTH, linestyle=BROKEN, label="substitutes: one can stand for the other"
        ),
    ]


def _write_weight(axes: Axes, curve: Curve, weight: float, discs: list[tuple[Curve, float]]) -> Text:
    """The weight on its line, as far from all discs as the line goes."""
    clearance = [min(float(numpy.hypot(*(point - place))) - size for place, size in discs) for point in curve]
    x, y = curve[clearance.index(max(clearance))]
    text = signed(weight, None)
    white = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    return axes.text(x, y, text, fontsize=SMALL - 0.5, ha="center", va="center", color=INK, bbox=white, zorder=4)


def _write_titles(
    axes: Axes, scenario: Scenario, places: Mapping[str, Curve], curves: list[Curve], marks: list[Text]
) -> None:
    """Write each issue's title beside it, where it covers least of discs, lines and other words."""
    owner = axes.figure
    assert isinstance(owner, Figure)
    renderer = FigureCanvasAgg(owner).get_renderer()
    settle(axes)
    owner.draw_without_rendering()  # lays the axes out, so that sizes on paper are known
    on_paper = axes.transData.transform
    sizes = {name: {side: radius(scenario, side, name) for side in Side} for name in places}
    discs = {
        name: Bbox(on_paper([place - max(sizes[name].values()), place + max(sizes[name].values())]))
        for name, place in places.items()
    }
    lines = numpy.concatenate([on_paper(curve) for curve in curves]) if curves else numpy.empty((0, 2))
    taken = [mark.get_window_extent(renderer) for mark in marks]
    for issue in scenario.issues:
        text = axes.text(0, 0, filled(issue.title, 24), fontsize=SMALL + 0.5, color=INK, zorder=5)
        settle(text)
        boxes = [_placed(text, places[issue.name], sizes[issue.name], angle, renderer) for angle in ANGLES]
        blocked = [*taken, *(disc for name, disc in discs.items() if name != issue.name)]
        costs = [_covered(box, blocked, lines) + 0.3 * number for number, box in enumerate(boxes)]
        taken.append(_placed(text, places[issue.name], sizes[issue.name], ANGLES[costs.index(min(costs))], renderer))


def _placed(text: Text, place: Curve, sizes: Mapping[Side, float], angle: float, renderer: object) -> Bbox:
    """Put a text beside an issue in this direction; return what it covers on paper."""
    across, up = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    size = sizes[Side.SENDER] if across < -0.3 else sizes[Side.TARGET] if across > 0.3 else max(sizes.values())
    text.set_position((place[0] + (size + 0.03) * across, place[1] + (size + 0.03) * up))
    text.set_horizontalalignment("left" if across > 0.3 else "right" if across < -0.3 else "center")
    text.set_verticalalignment("bottom" if up > 0.3 else "top" if up < -0.3 else "center")
    return text.get_window_extent(renderer).padded(2.0)  # type: ignore[arg-type]


def _covered(box: Bbox, blocked: list[Bbox], lines: Curve) -> float:
    """How much a title would cover: words and discs weigh most, points along the lines least."""
    inside = (lines > box.min).all(axis=1) & (lines < box.max).all(axis=1)
    return 100.0 * sum(map(box.overlaps, blocked)) + float(inside.sum())
