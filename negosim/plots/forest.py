"""A forest plot of a comparison: through which channels two scenarios or results differ, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from negosim.contrast import Contrast
from negosim.plots.style import FAINT, INK, SHADE, SIDES, SMALL, Look, dress, figure, head, key_below
from negosim.quantities import ending_quantity
from negosim.vocabulary import CHANNELS, Ending, Side
from negosim.wording import CHANNEL_NAMES, ENDED, POINTS, parameter_title, side_name, signed

if TYPE_CHECKING:
    import pandas

LEAST = 0.05
"""Points below which a channel is left out, if all of its interval lies there too: it would read as 0.0."""

ENDINGS_LOOK = Look(INK, "-", "D", "")
"""The shares of endings belong to no side."""

ROOM = 0.47
"""Share of the width of a panel that is kept for the numbers beside the intervals."""


def forest(contrast: Contrast, place: int = 0, axes: Sequence[Axes] | None = None) -> list[Axes]:
    """Mean differences with their 95 % intervals, B less A: the channels of both ledgers and the payoffs, and the endings.

    place : which of the compared points, counted from 0; ValueError for one that is not compared
    axes : three, from left to right

    A marker is full where the interval leaves out 0. Endings and channels in which A and B are the same are left out.
    """
    here = contrast.at(place)
    channels = [name for name in CHANNELS if any(_counts(here, f"{side.label}_{name}") for side in Side)]
    shares = {ending_quantity(end): ENDED[end] for end in Ending if _counts(here, ending_quantity(end))} | {"no_deal": "no deal"}
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
    key_below(axes, _key())
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
        )  # fmt: skip
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


def _key() -> list[Line2D]:
    return [
        Line2D([], [], color=INK, marker="o", markersize=6, linewidth=1.8, label="the interval leaves out 0"),
        Line2D([], [], color=INK, marker="o", markersize=6, markerfacecolor="white", linewidth=1.8, label="it does not"),
    ]
