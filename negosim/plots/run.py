"""One run: what each offer is worth to both, round by round, with market stress and threats; and its tariffs by date."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy
from matplotlib.axes import Axes
from matplotlib.dates import ConciseDateFormatter, MonthLocator, date2num
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from negosim.common.vocabulary import Ending, Response, Side, ThreatState
from negosim.engine.events import column
from negosim.engine.outcomes import settled_column
from negosim.engine.transcript.names import threat_title
from negosim.plots.endings import mark_rounds, round_label
from negosim.plots.lettering import literal
from negosim.plots.readings import NothingToDrawError, require_talks
from negosim.plots.style import ENDINGS, FAINT, INK, SIDES, SMALL, TEXT, dress, head, key, key_below, stacked
from negosim.report.words import WORTH, in_a_sentence
from negosim.validation.record.data import DATA, Rate, rates_on_record

if TYPE_CHECKING:
    import pandas

    from negosim.engine.model import Negotiation
    from negosim.scenario.parameters import Threat
    from negosim.scenario.scenario import Scenario

STATES = {
    ThreatState.NONE: ("white", ""),
    ThreatState.ANNOUNCED: ("#F0E442", "///"),
    ThreatState.PAUSED: ("#DDDDDD", "..."),
    ThreatState.IMPOSED: ("#4D4D4D", ""),
}
"""Colour and hatching of a threat's state."""

STATE_WORDS = {
    ThreatState.NONE: "no threat",
    ThreatState.ANNOUNCED: "announced",
    ThreatState.PAUSED: "paused",
    ThreatState.IMPOSED: "in force",
}

LEAST = ("aspiration", "commitment", "reservation", "reciprocity", "rung", "bid")
"""What an answer was weighed against where that is the least utility that a side would take."""

ANSWERS = {Response.ACCEPT: "accepted", Response.REFUSE: "refused", Response.WALK_OUT: "talks left"}
FAILED = "accepted, fails at home"

MOST_ACROSS, ACROSS = 11, 10
"""Rounds up to which the answers are written across, and letters in a line of theirs."""


@literal
def path(talks: Negotiation, axes: Sequence[Axes] | None = None) -> list[Axes]:
    """A run as far as it is played, by round and day: offers and, where there are any, market stress and threats.

    axes : one a strip, from top to bottom. ValueError for a run of which no round is played yet.
    """
    require_talks(talks)
    if not talks.rounds:
        raise ValueError("no round of these talks is played yet. Call step() or play() first.")
    scenario, frame = talks.scenario, talks.frame()
    strips = [(_offers, 4.2)]
    if scenario.has_market_stress:
        strips.append((_stress, 1.3))
    if scenario.threats:
        strips.append((_threats, 0.35 + 0.32 * len(scenario.threats)))
    drawn = stacked(axes, [height for _, height in strips])
    for place, (strip, _) in zip(drawn, strips, strict=True):
        strip(place, scenario, frame)
        mark_rounds(place, scenario, max(int(frame["deadline"].max()), int(frame["round"].max())))
        for deadline in sorted(set(frame["deadline"])):
            place.axvline(deadline + 0.5, color=INK, linestyle=":", linewidth=1.0)
    drawn[-1].set_xlabel(round_label(scenario), fontsize=TEXT, color=INK)
    head(drawn[0], _heading(talks))
    return drawn


def _heading(talks: Negotiation) -> str:
    which = f"{talks.scenario.title}: run {int(talks.run.replication)} of seed {int(talks.run.seed)}"
    if talks.outcome is None:
        return f"{which}, {talks.round} rounds played"
    return f"{which}, {Ending(int(talks.outcome.runs['ending'][0])).words} in round {talks.round}"


def _offers(axes: Axes, scenario: Scenario, frame: pandas.DataFrame) -> None:
    """What each offer is worth to each side; who made it, and how the other answered."""
    rounds = frame["round"].to_numpy()
    for side in Side:
        look, name = SIDES[side], in_a_sentence(scenario, side)
        values, own = frame[f"{side.label}_value"].to_numpy(), (frame["proposer"] == side.label).to_numpy()
        axes.plot(rounds, values, color=look.colour, linestyle=look.line, linewidth=1.6, label=f"worth of the offer to {name}")
        axes.plot(rounds[own], values[own], look.marker, color=look.colour, markersize=8, label=f"offer made by {name}")
        axes.plot(rounds[~own], values[~own], look.marker, mfc="white", mec=look.colour, markersize=8, mew=1.5)
        ends = frame[f"{side.label}_without_deal"].to_numpy()
        axes.plot(rounds, ends, color=look.colour, linestyle=":", linewidth=1.4, label=f"what {name} expects without a deal")
        asked = ~own & frame["answer_basis"].isin(LEAST).to_numpy()
        if asked.any():
            needed = frame["answer_needed"].to_numpy()[asked]
            least = f"least that {name} takes in that round"
            axes.plot(rounds[asked], needed, "_", color=look.colour, markersize=16, mew=3, label=least)
    axes.plot([], [], color=INK, linestyle=":", linewidth=1.0, label="deadline")
    _answers(axes, frame)
    dress(axes, "Worth of the offers, and the answers", y=WORTH)
    axes.set_ylim(-0.03, 1.25)
    axes.set_yticks([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    key(axes, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _answers(axes: Axes, frame: pandas.DataFrame) -> None:
    """Over every round, how its offer was answered; upright words where the rounds are many."""
    upright = 90 if len(frame) > MOST_ACROSS else 0
    for number, answer, failed in zip(frame["round"], frame["answer"], _failed(frame), strict=True):
        said = FAILED if failed else ANSWERS[Response[answer.upper().replace("-", "_")]]
        words = said if upright else textwrap.fill(said, ACROSS)
        axes.text(number, 1.24, words, fontsize=SMALL - 0.5, ha="center", va="top", color=INK, rotation=upright)


def _failed(frame: pandas.DataFrame) -> list[bool]:
    """For every round, whether a ratifier refused the deal of that round."""
    votes = [name for name in frame.columns if name.startswith("vote_")]
    return [bool(failed) for failed in (~frame[votes].fillna(True)).any(axis=1)]


def _stress(axes: Axes, scenario: Scenario, frame: pandas.DataFrame) -> None:
    markets = scenario.markets
    axes.plot(frame["round"], frame["stress"], color=INK, marker=".", linewidth=1.4)
    for level, line, word in (
        (markets.pause_threshold, "--", f"pauses from {markets.pause_threshold:g}"),
        (markets.resume_threshold, ":", f"may resume below {markets.resume_threshold:g}"),
    ):
        axes.axhline(level, color=FAINT, linestyle=line, linewidth=1.2, label=word)
    dress(axes, "Market stress", y="stress")
    axes.set_ylim(0.0, 1.15 * max(markets.pause_threshold, float(frame["stress"].max())))
    key(axes, loc="upper left", bbox_to_anchor=(1.0, 1.05))


def _threats(axes: Axes, scenario: Scenario, frame: pandas.DataFrame) -> None:
    """The state of every threat at the end of each round."""
    for row, threat in enumerate(scenario.threats):
        for number, state in zip(frame["round"], frame[column("threat", threat.key)], strict=True):
            colour, hatch = STATES[ThreatState[state.upper()]]
            axes.barh(row, 1.0, left=number - 0.5, height=0.72, facecolor=colour, hatch=hatch, edgecolor=FAINT, linewidth=0.5)
    axes.set_yticks(range(len(scenario.threats)), [threat_title(threat, scenario) for threat in scenario.threats])
    axes.invert_yaxis()
    dress(axes, "Threats at the end of the round", grid=None)
    handles = [
        Patch(facecolor=colour, hatch=hatch, edgecolor=FAINT, label=STATE_WORDS[state])
        for state, (colour, hatch) in STATES.items()
    ]
    key(axes, handles, loc="upper left", bbox_to_anchor=(1.0, 1.4))


WEEKS = datetime.timedelta(weeks=4)
"""What is shown before the first round and after the last."""

NEAR, HEIGHTS = 24.0, (0.99, 0.87)
"""Days within which the words of two events would touch, and the heights at which they stand."""

SETTLED = ENDINGS[Ending.SETTLED][0]


@literal
def timeline(talks: Negotiation, axes: Sequence[Axes] | None = None) -> list[Axes]:
    """The threatened value and the value in force of each threat, a strip each, in the run and on record, by date.

    The deadline of the run is marked, its end, and what was settled. The record is in `negosim/validation/record/csv`.
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
        of_sender = threat.holder == Side.SENDER.label  # a countermeasure is not on record
        _draw_record(place, [each for each in record if of_sender and each.issue == threat.issue], last)
        _draw_run(place, talks, frame, threat)
        dress(place, threat_title(threat, scenario), y=scenario.unit_of(threat))
        place.set_ylim(bottom=min(0.0, place.get_ylim()[0]), top=1.45 * place.get_ylim()[1])
        _mark_end(place, talks, frame)
    drawn[-1].set_xlim(_at(first), _at(last))
    drawn[-1].xaxis.set_major_locator(MonthLocator())
    drawn[-1].xaxis.set_major_formatter(ConciseDateFormatter(MonthLocator()))
    which = f"in run {int(talks.run.replication)} of seed {int(talks.run.seed)}{' and on record' if record else ''}"
    head(drawn[0], f"{scenario.title}: threats and tariffs by date, {which}")
    colours = {SIDES[Side[threat.holder.upper()]].colour for threat in scenario.threats}
    key_below(drawn, _legend(bool(record), INK if len(colours) > 1 else colours.pop()))
    drawn[-1].set_xlabel("day", fontsize=TEXT, color=INK)
    return drawn


def _at(day: datetime.date) -> float:
    return float(date2num(day))


def _draw_run(axes: Axes, talks: Negotiation, frame: pandas.DataFrame, threat: Threat) -> None:
    """What is threatened and what is in force from round to round, up to the end; nothing is threatened where no threat is."""
    look, days = SIDES[Side[threat.holder.upper()]], [_at(day.date()) for day in frame["date"]]
    states, threatened = frame[column("threat", threat.key)], frame[column("threatened", threat.key)]
    threatened = threatened.where(states != ThreatState.NONE.label)
    for values, line in ((threatened, (0, (4, 1.5))), (frame[column("in_force", threat.key)], "-")):
        axes.step(days, values, where="post", color=look.colour, linestyle=line, linewidth=1.8, zorder=3)
    paused = (states == ThreatState.PAUSED.label).to_numpy()
    axes.plot(numpy.array(days)[paused], threatened[paused], "|", color=look.colour, markersize=9, zorder=3)
    if talks.outcome is not None and threat.holder == Side.SENDER.label:
        settled = talks.outcome.frame()[settled_column(threat.issue)].iloc[0]
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
        )


def _mark_end(axes: Axes, talks: Negotiation, frame: pandas.DataFrame) -> None:
    deadline = talks.scenario.date(int(frame["deadline"].iloc[-1]))
    for day, line in ((deadline, ":"), (frame["date"].iloc[-1].date() if talks.outcome is not None else None, "-")):
        if day is not None:
            axes.axvline(_at(day), color=INK, linestyle=line, linewidth=1.1, zorder=4)


def _legend(record: bool, colour: str) -> list[Any]:
    """The key: lines of both sides' threats in ink, as they have the colours of their holders."""
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
