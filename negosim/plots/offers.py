"""One run in the plane of both sides' utilities: its offers, round by round, against the frontier of the true types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from negosim.plots.frontier import MARGIN, enlarge, frontier_line, status_quo_point
from negosim.plots.readings import require_talks
from negosim.plots.style import ENDINGS, INK, SIDES, SMALL, dress, key, one
from negosim.vocabulary import Ending, Response, Side
from negosim.wording import WORTH, in_a_sentence, side_name

if TYPE_CHECKING:
    import pandas

    from negosim.model import Negotiation

VALUES = [f"{side.label}_value" for side in Side]
"""The columns with what an offer is worth to both sides."""

BESIDE = {Side.SENDER: (-9, -8), Side.TARGET: (10, 8)}
"""Where the number of a side's offer stands, in points: offers of both may lie on one another."""

CROWDED = 0.5
"""The part of the plane, by its longer edge, up to which offers are shown once more, enlarged."""

MOST_NUMBERED = 12
"""Offers that have the number of their round beside them; of more, the first and the last."""


def offers(talks: Negotiation, until: int | None = None, axes: Axes | None = None) -> Axes:
    """The offers of a run up to a round (None = all) against the frontier; what each side has without a deal; what is settled.

    Utilities are of the package alone, before all costs, after the attitude to risk. The frontier is that of the true
    types, which neither side knows.
    """
    require_talks(talks)
    axes, game, scenario = one(axes, 9.6, 6.0), talks.game, talks.scenario
    pair = (int(talks.talks.owns["profile"][0]), int(talks.talks.owns["profile"][1]))
    whole = talks.frame()
    frame = whole if until is None else whole[whole["round"] <= until]
    spans = [(float(whole[name].min()), float(whole[name].max())) for name in VALUES]
    is_crowded = len(whole) > 0 and max(high - low for low, high in spans) < CROWDED
    closer = axes.inset_axes((1.12, 0.02, 0.5, 0.5)) if is_crowded else None  # beside the plane, where it covers nothing
    for place in (axes, closer) if closer is not None else (axes,):
        place.plot(*frontier_line(game, pair), color=INK, linewidth=1.3, label="frontier of the true types", zorder=2)
        x, y = status_quo_point(game, pair)
        place.plot(x, y, "D", color="white", markeredgecolor=INK, markersize=7, label="status quo as a package", zorder=3)
        if len(frame):
            _draw_offers(place, talks, frame, numbered=closer is None or place is closer)
    if closer is not None:
        enlarge(axes, closer, spans)
    first, second = (side_name(scenario, side) for side in Side)
    dress(axes, f"{scenario.title}: offers against the frontier", f"{first}: {WORTH}", f"{second}: {WORTH}", grid="both")
    axes.set_xlim(-MARGIN, 1.0 + MARGIN)
    axes.set_ylim(-MARGIN, 1.0 + MARGIN)
    axes.set_aspect("equal", anchor="W")
    key(axes, loc="upper left", bbox_to_anchor=(1.0, 1.0), labelspacing=0.7)
    return axes


def _draw_offers(axes: Axes, talks: Negotiation, frame: pandas.DataFrame, numbered: bool) -> None:
    """Each side's offers as a line with markers, the last one full, and a star where it is accepted; the rounds beside them."""
    for side, draw in ((Side.SENDER, axes.axvline), (Side.TARGET, axes.axhline)):
        look, name = SIDES[side], in_a_sentence(talks.scenario, side)
        without = float(frame[f"{side.label}_without_deal"].iloc[-1])
        draw(without, color=look.colour, linestyle=":", linewidth=1.3, zorder=1, label=f"what {name} expects without a deal")
        own = frame[frame["proposer"] == side.label]
        x, y = own["sender_value"], own["target_value"]
        axes.plot(
            x, y, color=look.colour, linestyle=look.line, marker=look.marker, markersize=7, markerfacecolor="white",
            linewidth=1.2, label=f"offers of {name}", zorder=4,
        )  # fmt: skip
        named = own.iloc[:0] if not numbered else own if len(own) <= MOST_NUMBERED else own.iloc[[0, -1]]
        for number, x, y in zip(named["round"], *(named[name] for name in VALUES), strict=True):
            axes.annotate(
                f"{number}", (x, y), BESIDE[side], textcoords="offset points", fontsize=SMALL, color=INK, ha="center",
                va="center", zorder=8,
            )  # fmt: skip
    last = frame.iloc[-1]
    look = SIDES[Side[str(last["proposer"]).upper()]]
    axes.plot(last["sender_value"], last["target_value"], look.marker, color=look.colour, markersize=8, zorder=5)
    if last["answer"] == Response.ACCEPT.name.lower():
        green = ENDINGS[Ending.SETTLED][0]
        axes.plot(
            last["sender_value"], last["target_value"], "*", color=green, markeredgecolor=INK, markersize=16, zorder=7,
            label=f"accepted in round {int(last['round'])}",
        )  # fmt: skip
