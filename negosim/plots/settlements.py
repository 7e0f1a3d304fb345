"""What is settled: every issue in its own unit, with the status quo and what was reported of the case."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import pandas
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from negosim.outcomes import settled_column
from negosim.parameters import Issue
from negosim.plots.readings import NothingToDrawError, measured, number_of, scenario_of
from negosim.plots.style import ENDINGS, INK, SMALL, TEXT, dress, head, key_below, panels
from negosim.results import Results
from negosim.scenario import Scenario
from negosim.summary import QUANTILES, spreads
from negosim.vocabulary import Ending, Side
from negosim.wording import amount, in_a_sentence

DEAL = ENDINGS[Ending.SETTLED][0]


def settlements(results: Results, point: int | None = None, axes: Sequence[Axes] | None = None) -> list[Axes]:
    """How each issue is settled at a point, in its unit: median, middle half, and 5 to 95 % of the settlements.

    The target's end is on the left of every panel, the sender's on the right. NothingToDrawError if nothing is ever settled.
    """
    point = number_of(results, point)
    scenario = scenario_of(results, point)
    names = [settled_column(issue.name) for issue in scenario.issues]
    spread = spreads(results, measured(results, names), range(point, point + 1)).set_index("quantity")
    settled = int(spread["runs"].max())
    if settled == 0:
        raise NothingToDrawError(f"No run of point {point} is settled: there is no settlement to draw. Name another point.")
    drawn = panels(axes, len(names), height=1.45)
    for place, issue, name in zip(drawn, scenario.issues, names, strict=True):
        _strip(place, issue, spread.loc[name], results.experiment.reported.get(issue.name))
    head(drawn[0], _heading(scenario, settled, results.experiment.replications))
    key_below(drawn, _key(bool(results.experiment.reported)))
    return drawn


def _heading(scenario: Scenario, settled: int, runs: int) -> str:
    sender, target = (in_a_sentence(scenario, side) for side in Side)
    ends = f"On every scale the end that {target} would like best is on the left, that of {sender} on the right."
    return f"{scenario.title}: terms of {settled:,} deals from {runs:,} runs\n{ends}"


def _strip(axes: Axes, issue: Issue, row: pandas.Series, reported: float | None) -> None:
    """One issue: a thin line from 5 to 95 %, a thick one over the middle half, the median; status quo and report."""
    q05, q25, q50, q75, q95 = (float(row[name]) for name in QUANTILES)
    axes.plot([q05, q95], [0, 0], color=DEAL, linewidth=2.0, solid_capstyle="butt")
    axes.plot([q25, q75], [0, 0], color=DEAL, linewidth=11.0, solid_capstyle="butt", alpha=0.55)
    axes.plot(q50, 0, "|", color=INK, markersize=15, markeredgewidth=2.2, zorder=4)
    axes.plot(issue.status_quo, 0, "x", color=INK, markersize=8, markeredgewidth=1.8, zorder=5, clip_on=False)
    if reported is not None:
        axes.plot(reported, 0, "D", mfc="white", mec=INK, markersize=6.5, markeredgewidth=1.4, zorder=6, clip_on=False)
    margin = 0.05 * (issue.sender_end - issue.target_end)
    axes.set_xlim(issue.target_end - margin, issue.sender_end + margin)
    axes.set_ylim(-1.0, 1.6)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: amount(value)))
    dress(axes, x=issue.unit, grid="x")
    axes.set_title(textwrap.fill(issue.title, 46), fontsize=TEXT, loc="left", color=INK)
    axes.spines["left"].set_visible(False)
    said = f"median {amount(q50)}, middle half {amount(q25)} to {amount(q75)}"
    axes.text(0.0, 0.98, said, transform=axes.transAxes, fontsize=SMALL, va="top", color=INK)


def _key(reported: bool) -> list[Line2D]:
    shown = [
        Line2D([], [], color=DEAL, linewidth=2.0, label="5 to 95 % of the deals"),
        Line2D([], [], color=DEAL, linewidth=11.0, alpha=0.55, label="middle half of the deals"),
        Line2D([], [], color=INK, marker="|", markersize=13, markeredgewidth=2.2, linestyle="", label="median"),
        Line2D([], [], color=INK, marker="x", markersize=8, markeredgewidth=1.8, linestyle="", label="status quo"),
    ]
    if reported:
        diamond: dict[str, Any] = {"marker": "D", "markerfacecolor": "white", "markeredgecolor": INK, "markersize": 6.5}
        shown.append(Line2D([], [], linestyle="", label="reported of the case", **diamond))
    return shown
