"""What each tactic does when it is raised alone: to both sides' payoffs and the endings, and in its textbook world."""

from __future__ import annotations

from collections.abc import Sequence

import numpy
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from negosim.common.vocabulary import Ending, Side
from negosim.experiment.design import Point
from negosim.experiment.quantities import ending_quantity
from negosim.plots.lettering import literal
from negosim.plots.readings import differences, levels, means_at
from negosim.plots.responses import MARKER, band, closed_form, dress_levels, mark_own, mark_range, measured_beside, own_key
from negosim.plots.style import ENDINGS, FAINT, INK, SHADE, SIDES, dress, head, key_below, panels
from negosim.report.words import POINTS, side_name
from negosim.results.results import Results
from negosim.scenario.scenario import Scenario
from negosim.validation.tactics import Overlay

FAILURES = (Ending.BREAKDOWN, Ending.IMPASSE, Ending.RATIFICATION_FAILED, Ending.WALK_OUT)
"""The endings without a deal, from the bottom of the stack to its top."""


@literal
def tactic_payoffs(results: Results, axes: Sequence[Axes] | None = None) -> list[Axes]:
    """Both sides' mean payoff against the level of each parameter, less that at its lowest level, one panel each.

    In points, run for run with the same luck, with bands of 95 %. NothingToDrawError if no parameter is varied alone.
    """
    found, scenario = levels(results), results.shown_base
    lowest = {point.number: some[0][1].number for some in found.values() for _, point in some}
    frame = differences(results, [f"{side.label}_payoff" for side in Side], lowest).set_index(["quantity", "point"])
    drawn = panels(axes, len(found), height=2.5, sharey=True)
    for number, (place, (name, some)) in enumerate(zip(drawn, found.items(), strict=True)):
        x = [level for level, _ in some]
        mark_range(place, scenario, name)
        place.axhline(0.0, color=FAINT, linewidth=0.9)
        for side in Side:
            rows = 100.0 * _rows(frame.loc[f"{side.label}_payoff"], some, ("difference", "low", "high"))
            band(place, x, rows, SIDES[side])
        dress_levels(place, scenario, name, POINTS if number % 3 == 0 else "")
    pairs = int(frame["pairs"].min())
    head(drawn[0], f"Mean payoff against each tactic, less that at its lowest level ({pairs:,} pairs of runs a level)")
    has_range = any(name in scenario.assumed() for name in found)
    key_below(drawn, [*_sides_key(scenario), *([Patch(facecolor=SHADE, label="plausible range")] * has_range), own_key()])
    return drawn


@literal
def tactic_endings(results: Results, axes: Sequence[Axes] | None = None) -> list[Axes]:
    """The share of runs without a deal, by ending, against the level of each parameter that is varied alone.

    The line is the share of all these endings together, with its interval of 95 %. NothingToDrawError as in `tactic_payoffs`.
    """
    found, scenario = levels(results), results.shown_base
    names = [ending_quantity(ending) for ending in FAILURES]
    frame = means_at(results, [*names, "no_deal"]).set_index(["quantity", "point"])
    shown = [end for end, name in zip(FAILURES, names, strict=True) if frame.loc[name, "mean"].max() > 0.0]
    drawn = panels(axes, len(found), height=2.5, sharey=True)
    for number, (place, (name, some)) in enumerate(zip(drawn, found.items(), strict=True)):
        x, bottom = [level for level, _ in some], numpy.zeros(len(some))
        for ending in shown:
            share = 100.0 * _rows(frame.loc[ending_quantity(ending)], some, ("mean",))[0]
            colour, hatch = ENDINGS[ending]
            place.fill_between(x, bottom, bottom + share, facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0.0)
            bottom = bottom + share
        total, low, high = 100.0 * _rows(frame.loc["no_deal"], some, ("mean", "low", "high"))
        place.errorbar(x, total, [total - low, high - total], color=INK, marker=".", markersize=5, linewidth=1.3, capsize=2)
        mark_own(place, scenario, name)
        dress_levels(place, scenario, name, "% of runs" if number % 3 == 0 else "")
        place.set_ylim(0.0, 100.0)
    head(drawn[0], f"Runs without a deal against each tactic ({int(frame['runs'].min()):,} runs a level)")
    key_below(drawn, [*_endings_key(shown), own_key()])
    return drawn


def _rows(frame: object, some: list[tuple[float, Point]], columns: tuple[str, ...]) -> numpy.ndarray:
    """Columns of a frame by point as rows of an array, in the order of the levels."""
    chosen = frame.loc[[point.number for _, point in some], list(columns)]  # type: ignore[attr-defined]
    return numpy.asarray(chosen, dtype=float).T


def _sides_key(scenario: Scenario) -> list[Artist]:
    return [
        Line2D(
            [], [], color=look.colour, linestyle=look.line, marker=look.marker, markersize=MARKER,
            label=f"{side_name(scenario, side)}, with its 95 % interval",
        )
        for side, look in SIDES.items()
    ]


def _endings_key(shown: Sequence[Ending]) -> list[Artist]:
    patches: list[Artist] = [
        Patch(facecolor=ENDINGS[end][0], hatch=ENDINGS[end][1], edgecolor="white", label=end.words) for end in shown
    ]
    together = Line2D([], [], color=INK, marker=".", label="all of these, with 95 % interval")
    return [*patches, together]


@literal
def textbook_tactics(overlays: Sequence[Overlay], axes: Sequence[Axes] | None = None) -> list[Axes]:
    """Both sides' payoffs against each tactic in its textbook world, a panel each: closed form as line, engine as points."""
    drawn = panels(axes, len(overlays), height=2.6)
    for number, (place, overlay) in enumerate(zip(drawn, overlays, strict=True)):
        world = overlay.world
        if world.turn[0] > 0.0:
            place.axvline(world.turn[0], color=FAINT, linewidth=1.0, linestyle=":")
        for side in Side:
            look = SIDES[side]
            closed_form(place, overlay.curve, overlay.closed_form[:, side], look)
            measured_beside(place, overlay.levels, overlay.means[:, side], overlay.margins[:, side], look)
        dress(place, f"{world.title} ({world.source})", world.meaning, "payoff" if number % 3 == 0 else "")
    head(drawn[0], "Six kinds of uncertainty in textbook worlds: the closed form (lines) and the engine (points, 95 % intervals)")
    key_below(drawn, [*_textbook_key(), Line2D([], [], color=FAINT, linestyle=":", label="where the formula turns")])
    return drawn


def _textbook_key() -> list[Line2D]:
    return [
        Line2D(
            [], [], color=look.colour, linestyle=look.line, marker=look.marker, markersize=4.5, markerfacecolor="white",
            label=f"{side.label} of the tactic" if side is Side.SENDER else side.label,
        )
        for side, look in SIDES.items()
    ]
