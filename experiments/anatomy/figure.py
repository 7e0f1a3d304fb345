"""Six tactics of a case as a figure: what each does alone, and how they act on each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle

from anatomy.words import Anatomy, is_clear, share_of_draws, word
from negosim.common.text import percent, signed
from negosim.common.vocabulary import CHANNEL_NAMES, Side
from negosim.plots.lettering import literal
from negosim.plots.style import FAINT, INK, SHADE, SIDES, SMALL, TEXT, TITLE, dress, figure, head, key_below
from negosim.report.words import side_name
from negosim.results.findings import Difference
from negosim.scenario.scenario import Scenario

DIVERGING = "PuOr"
"""Orange below 0 and purple above, told apart by colour-blind eyes; the sign is written too."""


@literal
def tactics_together(anatomy: Anatomy, scenario: Scenario, axes: Sequence[Axes] | None = None) -> list[Axes]:
    """Two panels of a case: what each tactic does alone, with its main channel, and what two do beyond the sum."""
    if axes is None:
        axes = list(figure(10.8, 5.2).subplots(1, 2, width_ratios=(1.1, 1.0)))
    left, right = axes
    effects(left, anatomy, scenario)
    interaction_matrix(right, anatomy, scenario)
    head(left, f"{scenario.title}: each tactic from none to much, alone and two at a time, in points")
    key_below(
        [left, right],
        [
            Rectangle((0, 0), 1, 1, facecolor=look.colour, hatch=look.hatch, edgecolor="white", label=side_name(scenario, side))
            for side, look in SIDES.items()
        ],
    )
    return [left, right]


def effects(axes: Axes, anatomy: Anatomy, scenario: Scenario) -> Axes:
    """What each tactic does to both sides' payoffs, with 95 % intervals, the largest single channel, and the share of draws."""
    found = anatomy.single()
    for side in Side:
        look = SIDES[side]
        for row, finding in enumerate(found):
            change = next(d for d in finding.differences if d.quantity == f"{side.label}_payoff")
            y, value = row + (-0.2 if side is Side.SENDER else 0.2), 100.0 * change.difference
            margin = 100.0 * (change.high - change.low) / 2
            axes.barh(y, value, height=0.38, color=look.colour, hatch=look.hatch, edgecolor="white", linewidth=0.3)
            axes.errorbar(value, y, xerr=margin, color=INK, linewidth=1.0, capsize=2)
            _say_channel(axes, y, value, change, finding.channels[side.label])
    axes.axvline(0.0, color=FAINT, linewidth=0.9)
    axes.set_yticks(range(len(found)), [f"{word(str(finding.parameter))}\n0 to {finding.end}" for finding in found])
    axes.set_ylim(len(found) - 0.5, -0.5)
    axes.margins(x=0.62)  # room for the words
    meaning = "points, the largest single channel, and the share of joint draws\nwith this sign; neither where the runs can tell "
    dress(axes, "Alone: change of payoff", f"{meaning}no change", grid="x")
    return axes


def _say_channel(axes: Axes, y: float, value: float, change: Difference, channels: Mapping[str, float]) -> None:
    """Name the largest channel of a change, and the share of joint draws with its sign, beyond the end of its bar."""
    if change.sign:
        channel = max(channels, key=lambda name: change.sign * channels[name])
        right, end = value > 0, 100.0 * (change.high if value > 0 else change.low)
        robust = change.robustness
        share = "" if robust is None else f", {percent(robust.higher if right else robust.lower, 0)}"
        axes.annotate(
            f"{CHANNEL_NAMES[channel]}{share}", (end, y), (6 if right else -6, 0), textcoords="offset points", va="center",
            ha="left" if right else "right", fontsize=SMALL - 1.0, color=INK,
        )


def interaction_matrix(axes: Axes, anatomy: Anatomy, scenario: Scenario) -> Axes:
    """What two tactics do beyond the sum: the sender above the diagonal, the target below, with the share of draws."""
    names = [str(finding.parameter) for finding in anatomy.single()]
    rows = {side: anatomy.interaction(f"{side.label}_payoff") for side in Side}
    widest = 100.0 * max(abs(row["difference"]) for some in rows.values() for row in some)
    colours = _colours(widest)
    for side in Side:
        for row in rows[side]:
            i, j = sorted((names.index(row["first"]), names.index(row["second"])))
            _cell(axes, (j, i) if side is Side.SENDER else (i, j), row, colours)
    for k in range(len(names)):
        axes.add_patch(Rectangle((k - 0.5, k - 0.5), 1, 1, facecolor=SHADE, edgecolor="white"))
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_aspect("equal")
    labels = [word(name) for name in names]
    axes.set_xticks(range(len(names)), labels, rotation=30, ha="right")
    axes.set_yticks(range(len(names)), labels)
    title = f"Two at a time: {side_name(scenario, Side.SENDER)} above, {side_name(scenario, Side.TARGET)} below the diagonal"
    meaning = "points beyond the sum of both alone, and the share of joint draws\nwith this sign; – where the runs can tell none"
    dress(axes, title, meaning, grid=None)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(length=0)
    return axes


def _colours(widest: float) -> Any:
    """A colour for each interaction in points."""
    scale, palette = Normalize(-2.2 * widest, 2.2 * widest), colormaps[DIVERGING]
    return lambda value: palette(scale(value))


def _cell(axes: Axes, place: tuple[int, int], row: Mapping[str, Any], colours: Any) -> None:
    x, y = place
    value = 100.0 * row["difference"]
    axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=colours(value), edgecolor="white"))
    if is_clear(row):
        axes.text(x, y - 0.13, signed(value), ha="center", va="center", fontsize=TEXT, color=INK)
        axes.text(x, y + 0.24, percent(share_of_draws(row), 0), ha="center", va="center", fontsize=SMALL - 1.0, color=INK)
    else:
        axes.text(x, y, "–", ha="center", va="center", fontsize=TITLE, color=INK)
