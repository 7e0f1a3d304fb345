"""Which factors matter: Sobol indices as bars, and the plane of Morris's elementary effects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from negosim.plots.lettering import literal
from negosim.plots.readings import NothingToDrawError, measured
from negosim.plots.style import FAINT, INK, SMALL, dress, head, key_below, panels
from negosim.report.sensitivity import factor_title, leading_factors
from negosim.report.words import quantity_title
from negosim.results.results import Results
from negosim.results.sensitivity import factor_names, sensitivity

if TYPE_CHECKING:
    import pandas

SHOWN = ("sender_payoff", "target_payoff", "no_deal")

MOST_BARS = 30
"""Factors that have bars; more would be too small to read."""

MOST_NAMED = 8
"""Factors that have their name in the plane; more names would cover each other."""

BARS = {"total": ("#0072B2", ""), "first": ("#E69F00", "////")}
"""Colour and hatching of the bars: dark and light in grey."""

THICK = 0.38
"""Width of a bar, of which a factor has two."""


@literal
def sobol_indices(results: Results, quantities: Sequence[str] = SHOWN, axes: Sequence[Axes] | None = None) -> list[Axes]:
    """First and total Sobol indices with their 95 % intervals, a panel a quantity, the leading factor on top.

    NothingToDrawError for another design than Saltelli's, StoreError for a quantity that the runs lack.
    """
    frame = _indices(results, quantities, "saltelli")
    order = leading_factors(frame, "total")[:MOST_BARS]
    drawn = panels(axes, len(quantities), height=0.3 * len(order) + 0.6, sharey=True)
    base = results.shown_base
    for place, name in zip(drawn, quantities, strict=True):
        _bars(place, frame[frame["quantity"] == name], order)
        dress(place, quantity_title(base, name), "share of the variance", grid="x")
    drawn[0].set_yticks(range(len(order)), [factor_title(base, name) for name in order])
    drawn[0].set_ylim(len(order) - 0.5, -0.5)
    head(drawn[0], f"{_heading(results, len(order))}\nSobol indices of the means by point, with 95 % intervals")
    words = {"total": "total: with its interactions", "first": "first: alone"}
    key_below(drawn, [Patch(facecolor=BARS[index][0], hatch=BARS[index][1], edgecolor=INK, label=words[index]) for index in BARS])
    return drawn


def _bars(place: Axes, frame: pandas.DataFrame, order: Sequence[str]) -> None:
    """Two bars a factor, the total index above the first."""
    for shift, (index, (colour, hatch)) in zip((-THICK / 2, THICK / 2), BARS.items(), strict=True):
        rows = frame[frame["index"] == index].set_index("parameter").loc[list(order)]
        y, value = numpy.arange(len(order)) + shift, rows["value"].to_numpy()
        half = (rows["high"] - rows["value"]).to_numpy()
        place.barh(
            y, value, THICK, xerr=half, color=colour, hatch=hatch, edgecolor=INK, linewidth=0.5,
            error_kw={"ecolor": INK, "elinewidth": 1.0, "capsize": 2.0},
        )
    place.axvline(0.0, color=INK, linewidth=0.8)
    if frame["value"].isna().all():
        _say_nothing(place)


def _say_nothing(place: Axes) -> None:
    """Write into a panel why it is empty."""
    said = "the same at all points,\nrounding apart: no indices"
    place.text(0.5, 0.5, said, transform=place.transAxes, fontsize=SMALL, color=INK, ha="center", va="center")


@literal
def morris_plane(results: Results, quantities: Sequence[str] = SHOWN, axes: Sequence[Axes] | None = None) -> list[Axes]:
    """Mean size and standard deviation of the elementary effects of each factor, a panel a quantity, with 95 % intervals.

    What lies right matters; what lies above the line sigma = mu* hangs on other factors, or bends. The leading factors are named.
    A group of several factors has no standard deviation, and is left out. NothingToDrawError for another design than Morris's,
    StoreError for a quantity that the runs lack.
    """
    frame = _indices(results, quantities, "morris")
    drawn = panels(axes, len(quantities), height=4.6)
    base = results.shown_base
    for number, (place, name) in enumerate(zip(drawn, quantities, strict=True)):
        own = frame[frame["quantity"] == name]
        unit = "percentage points" if own["unit"].iloc[0] == "share" else "points"
        _plane(results, place, own)
        y = f"standard deviation of the effects, {unit}" if number == 0 else unit
        dress(place, quantity_title(base, name), f"mean size of the effects, {unit}", y, grid="both")
    head(drawn[0], f"{_heading(results)}\nEffects of each factor's whole way through its range, with 95 % intervals")
    line = Line2D([], [], color=FAINT, linestyle="--", label="as much spread as size: above it a factor hangs on the others")
    key_below(drawn, [line])
    return drawn


def _plane(results: Results, place: Axes, frame: pandas.DataFrame) -> None:
    """One panel of the plane."""
    if frame["value"].isna().all():
        _say_nothing(place)
        return
    table = 100.0 * frame.pivot(index="parameter", columns="index", values=["value", "high"])
    table = table[table[("value", "sigma")].notna()].sort_values(("value", "mu_star"), ascending=False, kind="stable")
    x, y = table[("value", "mu_star")], table[("value", "sigma")]
    x_half, y_half = table[("high", "mu_star")] - x, table[("high", "sigma")] - y
    named = list(table.index[:MOST_NAMED])
    end = 1.08 * max(float((x + x_half).max()), float((y + y_half).max()), 1e-9)
    place.plot([0.0, end], [0.0, end], color=FAINT, linestyle="--", linewidth=1.0)
    few = table.index.isin(named)
    place.errorbar(
        x[few], y[few], xerr=x_half[few], yerr=y_half[few], color=INK, marker="o", markersize=5, linestyle="none", linewidth=0.8
    )
    place.plot(x[~few], y[~few], color=FAINT, marker="o", markersize=3.5, linestyle="none")
    for rank, name in enumerate(named, start=1):
        at = (x[name], y[name])
        place.annotate(str(rank), at, (4, 4), textcoords="offset points", fontsize=SMALL, color=INK, weight="bold")
    words = [f"{rank} {factor_title(results.shown_base, name)}" for rank, name in enumerate(named, start=1)]
    place.text(0.0, -0.2, "\n".join(words), transform=place.transAxes, fontsize=SMALL, color=INK, va="top")
    place.set_xlim(0.0, end)
    place.set_ylim(0.0, end)


def _indices(results: Results, quantities: Sequence[str], design: str) -> pandas.DataFrame:
    """The indices of the case that is shown; NothingToDrawError for another design, or where points failed."""
    own = results.experiment.design
    if own != design:
        raise NothingToDrawError(f"The design of {results.experiment.name} is {own or 'grid'}. Play one of design {design}.")
    measured(results, quantities)
    if results.points_left_out:
        raise NothingToDrawError(f"Indices need every point of the design. {results.left_out}")
    frame = sensitivity(results, quantities)
    case = results.shown_case
    return frame if case is None else frame[frame["case_name"] == case]


def _heading(results: Results, shown: int | None = None) -> str:
    experiment = results.experiment
    factors = len(factor_names(experiment))
    leading = f", the leading {shown} of {factors}" if shown is not None and shown < factors else ""
    points = len(experiment.points_of(results.shown_case)) - 1
    return f"{results.shown_base.title}: which factors matter{leading} ({points:,} points, {experiment.replications:,} runs each)"
