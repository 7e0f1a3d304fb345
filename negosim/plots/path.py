"""One run over its rounds: what each offer is worth to both, and under it market stress and threats, where there are any."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from negosim.events import column
from negosim.plots.distributions import mark_rounds, round_label
from negosim.plots.readings import require_talks
from negosim.plots.style import FAINT, INK, SIDES, SMALL, TEXT, dress, head, key, stacked
from negosim.vocabulary import Ending, Response, Side, ThreatState
from negosim.wording import ENDED, WORTH, in_a_sentence

if TYPE_CHECKING:
    import pandas

    from negosim.model import Negotiation
    from negosim.scenario import Scenario

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
    which = f"{talks.scenario.title}: run {int(talks.replication)} of seed {int(talks.luck_seed)}"
    if talks.outcome is None:
        return f"{which}, {talks.round} rounds played"
    return f"{which}, {ENDED[Ending(int(talks.outcome.runs['ending'][0]))]} in round {talks.round}"


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
        for number, state in zip(frame["round"], frame[column("threat", threat.issue)], strict=True):
            colour, hatch = STATES[ThreatState[state.upper()]]
            axes.barh(row, 1.0, left=number - 0.5, height=0.72, facecolor=colour, hatch=hatch, edgecolor=FAINT, linewidth=0.5)
    axes.set_yticks(range(len(scenario.threats)), [scenario.issue(threat.issue).title for threat in scenario.threats])
    axes.invert_yaxis()
    dress(axes, "Threats at the end of the round", grid=None)
    handles = [
        Patch(facecolor=colour, hatch=hatch, edgecolor=FAINT, label=STATE_WORDS[state])
        for state, (colour, hatch) in STATES.items()
    ]
    key(axes, handles, loc="upper left", bbox_to_anchor=(1.0, 1.4))
