"""How the runs of a point end: payoffs of both sides, the round and the kind of the ending, and the terms of the deals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy
import pandas
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from negosim.common.text import amount, percent
from negosim.common.vocabulary import Ending, Side
from negosim.engine.outcomes import settled_column
from negosim.plots.lettering import filled, literal
from negosim.plots.readings import NothingToDrawError, counted, means_at, measured, named, number_of, require, scenario_of
from negosim.plots.style import ENDINGS, FAINT, INK, SIDES, SMALL, TEXT, dress, figure, head, key, key_below, one, panels
from negosim.report.words import PAYOFF, day, in_a_sentence, side_name
from negosim.results.results import Results
from negosim.results.summary import QUANTILES, spreads
from negosim.scenario.parameters import Issue
from negosim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas

BIN = 0.02
"""Width of a bin of payoffs."""

MOST_TICKS = 12


@literal
def outcomes(results: Results, point: int | None = None) -> list[Axes]:
    """Payoffs, rounds and endings of the runs at a point (None = the baseline), in one figure of three panels."""
    point = number_of(results, point)
    made = figure(9.6, 6.6)
    places = made.subplot_mosaic([["payoffs", "payoffs"], ["rounds", "endings"]], width_ratios=[1.5, 1.0])
    drawn = [
        payoffs(results, point, places["payoffs"]),
        rounds(results, point, places["rounds"]),
        endings(results, point, places["endings"]),
    ]
    head(drawn[0], _heading(results, point))
    return drawn


def _heading(results: Results, point: int) -> str:
    runs = f"{results.experiment.replications:,} runs of {named(results, point)}"
    return f"{scenario_of(results, point).title}: how {runs} end"


@literal
def payoffs(results: Results, point: int | None = None, axes: Axes | None = None) -> Axes:
    """The distribution of both sides' payoffs over all runs of a point, with their means."""
    names = [f"{side.label}_payoff" for side in Side]
    require(results, names)
    point = number_of(results, point)
    scenario, axes = scenario_of(results, point), one(axes)
    means, curves = means_at(results, names, point).set_index("quantity")["mean"], []
    for side, name in zip(Side, names, strict=True):
        look = SIDES[side]
        edges, counts = counted(results, name, BIN, point)
        shares = 100.0 * counts / counts.sum()
        label = f"{side_name(scenario, side)}, mean {means[name]:.3f}"
        axes.stairs(shares, edges, fill=True, fc=look.colour, ec=look.colour, linewidth=0, alpha=0.35, hatch=look.hatch)
        curves.append(axes.stairs(shares, edges, color=look.colour, linewidth=1.8, linestyle=look.line, label=label))
        axes.axvline(float(means[name]), color=look.colour, linewidth=1.2, linestyle=look.line)
        axes.plot(float(means[name]), 0.0, look.marker, color=look.colour, markersize=7, clip_on=False, zorder=4)
    dress(axes, "Payoffs, costs included", PAYOFF, f"% of runs in each {BIN:g} of payoff")
    axes.set_ylim(bottom=0.0)
    key(axes, curves, loc="upper left")  # named: matplotlib passes over what begins with an underscore
    return axes


def _ended(results: Results, point: int) -> pandas.DataFrame:
    """Runs of a point by round and ending: columns round, ending, share."""
    require(results, ["ending", "rounds"])
    scenario_of(results, point)
    frame = results.query(
        f"select rounds as round, ending, count(*) as runs from runs where point = {point} group by 1, 2 order by 1, 2",
        points=[point],
    )
    return frame.assign(share=frame["runs"] / frame["runs"].sum())


@literal
def rounds(results: Results, point: int | None = None, axes: Axes | None = None) -> Axes:
    """In which round the runs of a point end, and how; with the days of the rounds and the deadlines."""
    point = number_of(results, point)
    scenario, axes, frame = scenario_of(results, point), one(axes), _ended(results, point)
    last = max(_deadlines(scenario)[-1], int(frame["round"].max()))
    number, bottom, shown = numpy.arange(1, last + 1), numpy.zeros(last), []
    for ending in Ending:
        here = frame[frame["ending"] == ending.label].set_index("round")["share"]
        if here.empty:
            continue
        heights = 100.0 * here.reindex(number, fill_value=0.0).to_numpy()
        colour, hatch = ENDINGS[ending]
        axes.bar(number, heights, bottom=bottom, color=colour, hatch=hatch, edgecolor="white", linewidth=0.4, width=0.85)
        bottom = bottom + heights
        shown.append(Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=ending.words))
    dress(axes, "Round in which the talks end", round_label(scenario), "% of runs")
    mark_rounds(axes, scenario, last)
    _mark_deadlines(axes, scenario)
    key(axes, shown, loc="upper left")
    return axes


def _deadlines(scenario: Scenario) -> list[int]:
    """The rounds of the deadline and, if it may be extended, of the extended one."""
    if scenario.talks.protocol == "one-round":
        return [1]
    first, more = scenario.talks.rounds, scenario.talks.extension_rounds
    return [first, first + more] if more and scenario.talks.extension_probability > 0.0 else [first]


def _mark_deadlines(axes: Axes, scenario: Scenario) -> None:
    axes.set_ylim(top=1.12 * axes.get_ylim()[1])
    for number, word in zip(_deadlines(scenario), ("deadline", "extended\ndeadline"), strict=False):
        axes.axvline(number + 0.5, color=INK, linewidth=1.0, linestyle=":")
        axes.text(
            number + 0.46, 0.99, word, transform=axes.get_xaxis_transform(), fontsize=SMALL, ha="right", va="top", color=INK
        )


def round_label(scenario: Scenario) -> str:
    """The label of an axis of rounds."""
    year = "" if scenario.calendar is None else f" and its day in {scenario.calendar.first_round.year}"
    return f"round{year}"


def mark_rounds(axes: Axes, scenario: Scenario, last: int) -> None:
    """Tick the rounds from 1 to `last`, with their days where they have any; every second or third if they are many."""
    step = -(-last // MOST_TICKS)
    ticks = [*range(1, last + 1, step)]
    axes.set_xticks(ticks, [f"{n}" if (date := day(scenario, n)) is None else f"{n}\n{_two_lines(date)}" for n in ticks])
    axes.set_xlim(0.4, last + 0.6)


def _two_lines(date: str) -> str:
    return date.replace(" ", "\n")


@literal
def endings(results: Results, point: int | None = None, axes: Axes | None = None) -> Axes:
    """The share of the runs of a point that end in each way."""
    axes = one(axes)
    shares = _ended(results, number_of(results, point)).groupby("ending")["share"].sum()
    for place, ending in enumerate(Ending):
        share = float(shares.get(ending.label, 0.0))
        colour, hatch = ENDINGS[ending]
        axes.barh(place, 100.0 * share, color=colour, hatch=hatch, edgecolor="white", height=0.7)
        ink = FAINT if share == 0.0 else INK
        axes.annotate(
            percent(share), (100.0 * share, place), (4, 0), textcoords="offset points", va="center", fontsize=SMALL, color=ink
        )
    axes.set_yticks(range(len(Ending)), [ending.words for ending in Ending])
    axes.invert_yaxis()
    axes.set_xlim(0.0, 118.0)
    axes.set_xticks([0, 25, 50, 75, 100])
    dress(axes, "How the talks end", "% of runs", grid="x")
    return axes


DEAL = ENDINGS[Ending.SETTLED][0]


@literal
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
    head(drawn[0], _heading_of_terms(scenario, settled, results.experiment.replications))
    key_below(drawn, _key(bool(results.experiment.reported)))
    return drawn


def _heading_of_terms(scenario: Scenario, settled: int, runs: int) -> str:
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
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: amount(value, fine=True)))
    dress(axes, x=issue.unit, grid="x")
    axes.set_title(filled(issue.title, 46), fontsize=TEXT, loc="left", color=INK)
    axes.spines["left"].set_visible(False)
    said = f"median {amount(q50, fine=True)}, middle half {amount(q25, fine=True)} to {amount(q75, fine=True)}"
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
