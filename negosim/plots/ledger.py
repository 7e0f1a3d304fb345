"""Through which channels payoffs come about, a tactic works, and two scenarios or results differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from negosim.common.text import signed
from negosim.common.vocabulary import CHANNEL_NAMES, CHANNELS, Ending, Side
from negosim.experiment.design import Comparison, shown
from negosim.experiment.quantities import ending_quantity
from negosim.plots.lettering import literal
from negosim.plots.readings import NothingToDrawError, differences, means_at, named, number_of, scenario_of, shown_points
from negosim.plots.style import FAINT, INK, SHADE, SIDES, SMALL, Look, dress, figure, head, key_below, panels
from negosim.report.words import PLAIN_QUANTITIES, POINTS, parameter_title, side_name
from negosim.results.contrast import Contrast
from negosim.results.results import Results
from negosim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas

LEAST = 0.05
"""Points below which a channel is left out of the panels: it would read as 0.0."""


@literal
def ledger(results: Results, point: int | None = None, axes: Sequence[Axes] | None = None) -> list[Axes]:
    """From the worth of the ending down to the payoff: both sides' mean ledgers at a point, in points, a panel each."""
    point = number_of(results, point)
    scenario = scenario_of(results, point)
    names = [f"{side.label}_{what}" for side in Side for what in (*CHANNELS, "payoff")]
    means = 100.0 * means_at(results, names, point).set_index("quantity")["mean"]
    kept = [name for name in CHANNELS if max(abs(means[f"{side.label}_{name}"]) for side in Side) >= LEAST]
    drawn = panels(axes, 2, height=0.32 * (len(kept) + 1) + 1.0, columns=2, sharey=True)
    for side, place in zip(Side, drawn, strict=True):
        steps = numpy.array([means[f"{side.label}_{name}"] for name in kept])
        _cascade(place, side, steps, float(means[f"{side.label}_payoff"]))
        place.set_yticks(range(len(kept) + 1), [*(CHANNEL_NAMES[name] for name in kept), "payoff"])
        dress(place, side_name(scenario, side), POINTS, grid="x")
    drawn[0].invert_yaxis()
    runs = f"{results.experiment.replications:,} runs of {named(results, point)}"
    head(drawn[0], f"From the worth of the ending to the payoff: means over {runs}")
    return drawn


def _cascade(axes: Axes, side: Side, steps: numpy.ndarray, payoff: float) -> None:
    """Bars that each begin where the one before ends, and the payoff from 0."""
    look, ends = SIDES[side], numpy.cumsum(steps)
    starts = ends - steps
    for row, (start, step) in enumerate(zip(starts, steps, strict=True)):
        axes.barh(row, step, left=start, height=0.7, color=look.colour, hatch=look.hatch, edgecolor="white")
        axes.plot([ends[row], ends[row]], [row, row + 1], color=FAINT, linewidth=0.8)
        _number(axes, max(start, ends[row]), row, signed(step))
    axes.barh(len(steps), payoff, height=0.7, color=INK)
    _number(axes, max(0.0, payoff), len(steps), f"{payoff:.1f}")
    axes.set_xlim(min(0.0, float(ends.min()), payoff), 1.12 * max(float(ends.max()), payoff))


def _number(axes: Axes, x: float, row: int, text: str) -> None:
    axes.annotate(text, (x, row), (4, 0), textcoords="offset points", va="center", fontsize=SMALL, color=INK)


@literal
def ledger_changes(results: Results, axes: Sequence[Axes] | None = None) -> list[Axes]:
    """Through which channels each headline of the experiment works: mean changes run for run in points, a panel each.

    NothingToDrawError if the experiment has no headline.
    """
    experiment = results.experiment
    shown = shown_points(results)
    compared = [
        pair
        for pair in results.comparisons
        if pair.point.parameter and pair.point.parameter == pair.against.parameter and pair.point in shown
    ]
    if not compared:
        raise NothingToDrawError(f"{experiment.name} has no headline. Give a parameter that it varies two values to compare.")
    names = [f"{side.label}_{what}" for side in Side for what in (*CHANNELS, "payoff")]
    against = {pair.point.number: pair.against.number for pair in compared}
    frame = differences(results, names, against).set_index(["point", "quantity"])
    change = 100.0 * frame["difference"]
    kept = [what for what in CHANNELS if max(abs(change[n, f"{s.label}_{what}"]) for n in against for s in Side) >= LEAST]
    rows = [*kept, "payoff"]
    drawn = panels(axes, len(compared), height=0.27 * len(rows) + 1.0, sharey=True, sharex=True)
    for place, pair in zip(drawn, compared, strict=True):
        for side in Side:
            look = SIDES[side]
            values = [change[pair.point.number, f"{side.label}_{what}"] for what in rows]
            y = numpy.arange(len(rows)) + (-0.2 if side is Side.SENDER else 0.2)
            place.barh(y, values, height=0.38, color=look.colour, hatch=look.hatch, edgecolor="white", linewidth=0.3)
        place.axvline(0.0, color=FAINT, linewidth=0.9)
        place.axhline(len(kept) - 0.5, color=INK, linewidth=0.8)
        place.set_yticks(range(len(rows)), [*(CHANNEL_NAMES[name] for name in kept), "payoff"])
        dress(place, _title(results, pair), POINTS, grid="x")
    drawn[0].invert_yaxis()
    head(drawn[0], "Through which channels each tactic works: mean change of the ledger, run for run")
    key_below(drawn, _key(results.shown_base))
    return drawn


def _key(scenario: Scenario) -> list[Patch]:
    return [
        Patch(facecolor=look.colour, hatch=look.hatch, edgecolor="white", label=side_name(scenario, side))
        for side, look in SIDES.items()
    ]


def _title(results: Results, pair: Comparison) -> str:
    """What is compared, in words."""
    name = pair.point.parameter
    assert name is not None
    start, end = pair.against.overrides[name], pair.point.overrides[name]
    return f"{parameter_title(results.shown_base, name)}, {shown(start)} to {shown(end)}"


ENDINGS_LOOK = Look(INK, "-", "D", "")
"""The shares of endings belong to no side."""

ROOM = 0.47
"""Share of the width of a panel that is kept for the numbers beside the intervals."""


@literal
def forest(contrast: Contrast, place: int = 0, axes: Sequence[Axes] | None = None) -> list[Axes]:
    """Mean differences with their 95 % intervals, B less A: the channels of both ledgers and the payoffs, and the endings.

    place : which of the compared points, counted from 0; ValueError for one that is not compared
    axes : three, from left to right

    A marker is full where the interval leaves out 0. Endings and channels in which A and B are the same are left out.
    """
    here = contrast.at(place)
    channels = [name for name in CHANNELS if any(_counts(here, f"{side.label}_{name}") for side in Side)]
    shares = {ending_quantity(end): end.words for end in Ending if _counts(here, ending_quantity(end))}
    shares["no_deal"] = PLAIN_QUANTITIES["no_deal"]
    rows = max(len(channels) + 1, len(shares))
    if axes is None:
        axes = list(figure(10.8, 0.33 * rows + 1.9).subplots(1, 3))
    if len(axes) != 3:
        raise ValueError(f"{len(axes)} axes were given where 3 panels are to be drawn. Give 3, or none.")
    names = {**{name: CHANNEL_NAMES[name] for name in channels}, "payoff": "payoff"}
    for side, panel in zip(Side, axes, strict=False):
        some = {f"{side.label}_{name}": words if side is Side.SENDER else "" for name, words in names.items()}
        _panel(panel, here, some, SIDES[side], rows)
        dress(panel, _side(contrast, side), POINTS, grid="x")
    _panel(axes[2], here, shares, ENDINGS_LOOK, rows)
    dress(axes[2], "How the talks end", "percentage points of runs", grid="x")
    for panel in axes:
        panel.spines["left"].set_visible(False)
        panel.tick_params(axis="y", length=0)
    head(axes[0], _heading(contrast, here))
    key_below(axes, _key_of_intervals())
    return list(axes)


def _counts(here: pandas.DataFrame, quantity: str) -> bool:
    """Whether a quantity is there, and differs by more than would read as 0."""
    if quantity not in here.index:
        return False
    row = here.loc[quantity]
    return bool(100.0 * max(abs(row["low"]), abs(row["high"])) >= LEAST)


def _panel(axes: Axes, here: pandas.DataFrame, names: Mapping[str, str], look: Look, rows: int) -> None:
    """Quantities from top to bottom, the last set apart: marker, interval, and the numbers on the right."""
    axes.axvline(0.0, color=FAINT, linewidth=0.9)
    axes.axhspan(len(names) - 1.5, len(names) - 0.5, color=SHADE, zorder=0)
    ends = [0.0]
    for y, name in enumerate(names):
        if not _counts(here, name):
            _write(axes, y, "0", FAINT)
            continue
        row = here.loc[name]
        value, low, high = (100.0 * row[key] for key in ("difference", "low", "high"))
        face = look.colour if low > 0.0 or high < 0.0 else "white"
        axes.errorbar(
            value, y, xerr=[[value - low], [high - value]], color=look.colour, marker=look.marker, markersize=6,
            markerfacecolor=face, linewidth=1.8, capsize=4,
        )
        _write(axes, y, f"{signed(value)} ({signed(low)}, {signed(high)})", INK)
        ends += [low, high]
    axes.set_yticks(range(len(names)), list(names.values()))
    axes.set_ylim(rows - 0.5, -0.5)
    _leave_room(axes, min(ends), max(ends))


def _write(axes: Axes, y: int, text: str, ink: str) -> None:
    """Write numbers at the right end of a row."""
    across = axes.get_yaxis_transform()
    axes.text(0.995, y, text, transform=across, ha="right", va="center", fontsize=SMALL - 1.0, color=ink)


def _leave_room(axes: Axes, low: float, high: float) -> None:
    """Scale x from the lowest to the highest of what is drawn, with room for the numbers to the right of it."""
    if low == high:
        low, high = -1.0, 1.0
    ticks = MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(low, high)
    margin = 0.08 * (high - low)
    axes.set_xticks([tick for tick in ticks if low - margin <= tick <= high + margin])
    axes.set_xlim(low - margin, high + margin + (high - low + 2 * margin) * ROOM / (1.0 - ROOM))


def _side(contrast: Contrast, side: Side) -> str:
    """What a side is called in both."""
    a, b = (side_name(scenario, side) for scenario in contrast.scenarios)
    return a if a == b else f"{a} (A), {b} (B)"


def _heading(contrast: Contrast, here: pandas.DataFrame) -> str:
    a, b = (scenario.title for scenario in contrast.scenarios)
    row = here.loc["sender_payoff"]
    luck = f"{row['pairs']:,} pairs of runs" if row["luck"] == "common" else f"{row['runs_a']:,} and {row['runs_b']:,} runs"
    what = f"{a}: {_changed(contrast)}" if a == b else f"{b} (B) against {a} (A)"
    point = "" if row["label"] == "baseline" else f", at {row['label']}"
    return f"{what}{point} ({luck})\nMean differences, B less A, with 95 % intervals"


def _changed(contrast: Contrast) -> str:
    """What changed, in a heading: the one value, or how many."""
    frame = contrast.changes
    if len(frame) != 1:
        return f"{len(frame) or 'no'} changes"
    first = frame.iloc[0]
    return f"{parameter_title(contrast.scenarios[1], first['name'])} from {first['a']} to {first['b']}"


def _key_of_intervals() -> list[Line2D]:
    return [
        Line2D([], [], color=INK, marker="o", markersize=6, linewidth=1.8, label="the interval leaves out 0"),
        Line2D([], [], color=INK, marker="o", markersize=6, markerfacecolor="white", linewidth=1.8, label="it does not"),
    ]
