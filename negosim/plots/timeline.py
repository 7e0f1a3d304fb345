"""Threats and tariffs of one run by date, and beside them those on record, where the record has this case."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy
from matplotlib.axes import Axes
from matplotlib.dates import ConciseDateFormatter, MonthLocator, date2num
from matplotlib.lines import Line2D

from negosim.events import column
from negosim.outcomes import settled_column
from negosim.plots.readings import NothingToDrawError, require_talks
from negosim.plots.style import ENDINGS, FAINT, INK, SIDES, SMALL, TEXT, dress, head, key_below, stacked
from negosim.record import DATA, Rate, rates_on_record
from negosim.vocabulary import Ending, Side, ThreatState

if TYPE_CHECKING:
    import pandas

    from negosim.model import Negotiation

WEEKS = datetime.timedelta(weeks=4)
"""What is shown before the first round and after the last."""

NEAR, HEIGHTS = 24.0, (0.99, 0.87)
"""Days within which the words of two events would touch, and the heights at which they stand."""

SETTLED = ENDINGS[Ending.SETTLED][0]


def timeline(talks: Negotiation, axes: Sequence[Axes] | None = None) -> list[Axes]:
    """The threatened value and the value in force of each threat, a strip each, in the run and on record, by date.

    The deadline of the run is marked, its end, and what was settled. The record is in `negosim/data`, with its sources.
    NothingToDrawError for talks without threats, without dates or without a round.
    """
    require_talks(talks)
    scenario = talks.scenario
    if not scenario.threats or scenario.calendar is None or not talks.rounds:
        missing = "threats" if not scenario.threats else "dates" if scenario.calendar is None else "round that is played"
        raise NothingToDrawError(f"{scenario.name} has no {missing}: there is nothing to draw by date.")
    frame, record = talks.frame(), [rate for rate in rates_on_record(DATA) if rate.case == scenario.name]
    drawn = stacked(axes, [1.5] * len(scenario.threats))
    first, last = frame["date"].iloc[0].date() - WEEKS, frame["date"].iloc[-1].date() + WEEKS
    if record:
        first, last = min(first, min(each.date for each in record)), max(last, max(each.date for each in record) + WEEKS)
    for place, threat in zip(drawn, scenario.threats, strict=True):
        _draw_record(place, [each for each in record if each.issue == threat.issue], last)
        _draw_run(place, talks, frame, threat.issue)
        issue = scenario.issue(threat.issue)
        dress(place, issue.title, y=issue.unit)
        place.set_ylim(bottom=min(0.0, place.get_ylim()[0]), top=1.45 * place.get_ylim()[1])
        _mark_end(place, talks, frame)
    drawn[-1].set_xlim(_at(first), _at(last))
    drawn[-1].xaxis.set_major_locator(MonthLocator())
    drawn[-1].xaxis.set_major_formatter(ConciseDateFormatter(MonthLocator()))
    which = f"in run {int(talks.replication)} of seed {int(talks.luck_seed)}{' and on record' if record else ''}"
    head(drawn[0], f"{scenario.title}: threats and tariffs by date, {which}")
    key_below(drawn, _legend(bool(record)))
    drawn[-1].set_xlabel("day", fontsize=TEXT, color=INK)
    return drawn


def _at(day: datetime.date) -> float:
    return float(date2num(day))


def _draw_run(axes: Axes, talks: Negotiation, frame: pandas.DataFrame, issue: str) -> None:
    """What is threatened and what is in force from round to round, up to the end; nothing is threatened where no threat is."""
    look, days = SIDES[Side.SENDER], [_at(day.date()) for day in frame["date"]]
    states, threatened = frame[column("threat", issue)], frame[column("threatened", issue)]
    threatened = threatened.where(states != ThreatState.NONE.label)
    for values, line in ((threatened, (0, (4, 1.5))), (frame[column("in_force", issue)], "-")):
        axes.step(days, values, where="post", color=look.colour, linestyle=line, linewidth=1.8, zorder=3)
    paused = (states == ThreatState.PAUSED.label).to_numpy()
    axes.plot(numpy.array(days)[paused], threatened[paused], "|", color=look.colour, markersize=9, zorder=3)
    if talks.outcome is not None:
        settled = talks.outcome.frame()[settled_column(issue)].iloc[0]
        axes.plot(days[-1], settled, "*", color=SETTLED, markeredgecolor=INK, markersize=13, zorder=6)


def _draw_record(axes: Axes, record: Sequence[Rate], last: datetime.date) -> None:
    """The same on record, in grey, with what happened; words that would touch stand one under the other."""
    if not record:
        return
    days = [*(_at(each.date) for each in record), _at(last)]
    for values, line in (([each.threatened for each in record], (0, (1, 1))), ([each.in_force for each in record], "-")):
        axes.step(days, [*values, values[-1]], where="post", color=FAINT, linestyle=line, linewidth=3.2, alpha=0.7, zorder=2)
    before, height = None, HEIGHTS[0]
    for each in (rate for rate in record if rate.label):
        day = _at(each.date)
        low = before is not None and day - before < NEAR and height == HEIGHTS[0]
        before, height = day, HEIGHTS[1] if low else HEIGHTS[0]
        axes.axvline(day, color=FAINT, linewidth=0.7, zorder=1)
        axes.text(
            day + 1, height, each.label, transform=axes.get_xaxis_transform(), fontsize=SMALL - 1, color=INK, va="top", zorder=5,
            bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.8},
        )  # fmt: skip


def _mark_end(axes: Axes, talks: Negotiation, frame: pandas.DataFrame) -> None:
    deadline = talks.scenario.date(int(frame["deadline"].iloc[-1]))
    for day, line in ((deadline, ":"), (frame["date"].iloc[-1].date() if talks.outcome is not None else None, "-")):
        if day is not None:
            axes.axvline(_at(day), color=INK, linestyle=line, linewidth=1.1, zorder=4)


def _legend(record: bool) -> list[Any]:
    colour = SIDES[Side.SENDER].colour
    shown = [
        Line2D([], [], color=colour, linestyle=(0, (4, 1.5)), linewidth=1.8, label="threatened in the run"),
        Line2D([], [], color=colour, marker="|", linestyle="none", markersize=9, label="… and paused"),
        Line2D([], [], color=colour, linewidth=1.8, label="in force in the run"),
        Line2D([], [], color=INK, linestyle=":", linewidth=1.1, label="deadline of the run"),
        Line2D([], [], color=INK, linewidth=1.1, label="end of the run"),
        Line2D([], [], color=SETTLED, marker="*", linestyle="none", mec=INK, markersize=11, label="settled in the run"),
    ]
    if record:
        shown[3:3] = [
            Line2D([], [], color=FAINT, linestyle=(0, (1, 1)), linewidth=3.2, label="threatened on record"),
            Line2D([], [], color=FAINT, linewidth=3.2, label="in force on record"),
        ]
    return shown
