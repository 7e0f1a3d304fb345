"""Through which channels the payoffs come about, and through which of them a tactic works."""

from __future__ import annotations

from collections.abc import Sequence

import numpy
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from negosim.design import Comparison, shown
from negosim.plots.readings import NothingToDrawError, differences, means_at, named, number_of, scenario_of, shown_points
from negosim.plots.style import FAINT, INK, SIDES, SMALL, dress, head, key_below, panels
from negosim.results import Results
from negosim.scenario import Scenario
from negosim.vocabulary import CHANNELS, Side
from negosim.wording import CHANNEL_NAMES, POINTS, parameter_title, side_name, signed

LEAST = 0.05
"""Points below which a channel is left out of the panels: it would read as 0.0."""


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
