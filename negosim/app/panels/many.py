"""Distributions of many runs, with one run marked in them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from negosim.app.panels import svg
from negosim.common.text import MINUS, number, percent
from negosim.common.vocabulary import Ending, Side
from negosim.plots.style import ENDINGS, FAINT, INK, SIDES
from negosim.report.words import side_name
from negosim.scenario.scenario import Scenario

BINS = 40
TAIL = 0.005
"""The share of the games at either end that does not stretch the scale: a few of them can lie a hundred times as far out."""

ROW, BAR = 30.0, 150.0


def payoff_panel(scenario: Scenario, payoffs: Mapping[Side, NDArray[np.float64]], marked: Mapping[Side, float], mark: str) -> str:
    """A histogram of the payoffs of each side, one above the other on one scale, with one payoff marked in each.

    Games far out lie in the outermost bars, and a line says how many there are and how far they reach.
    """
    ends = [np.quantile(found, (TAIL, 1.0 - TAIL)) for found in payoffs.values()]
    values = np.concatenate([*ends, np.array(list(marked.values()))])
    low, high = float(np.floor(values.min() * 10) / 10), float(np.ceil(values.max() * 10) / 10)
    low, high = (low, high) if high > low else (low - 0.1, high + 0.1)
    parts, top = [], 8.0
    for side, found in payoffs.items():
        frame = svg.Frame(40, top + 34, 404, 92, (low, high), (0.0, 1.0))
        parts += [_histogram(frame, side, found), frame.x_axis(_ticks(low, high))]
        name = side_name(scenario, side)
        middle = f"{name}: median {np.median(found):.2f}, mean {found.mean():.2f}"
        parts.append(svg.words((40, top + 12), middle, svg.TEXT, "start", "bold"))
        if far_out := _far_out(found, low, high):
            parts.append(svg.words((40, top + 158), far_out, anchor="start"))
        if side in marked:
            parts.append(_marked(frame, marked[side], mark))
        top += 170.0
    label = "; ".join(f"payoff of {side_name(scenario, side)}, median {np.median(found):.2f}" for side, found in payoffs.items())
    told = "; ".join(f"{mark} {value:.2f}" for value in marked.values())
    return svg.document(top, f"Histograms: {label}. Marked: {told}.", parts)


def _far_out(values: NDArray[np.float64], low: float, high: float) -> str:
    """What lies beyond the ends of the scale, in words; nothing if nothing does."""
    below, above = int((values < low).sum()), int((values > high).sum())
    told = [f"{below:,} games lie lower, down to {values.min():.1f}"] if below else []
    told += [f"{above:,} lie higher, up to {values.max():.1f}"] if above else []
    return "; ".join(told).replace("-", "\N{MINUS SIGN}")


def _histogram(frame: svg.Frame, side: Side, values: NDArray[np.float64]) -> str:
    counts, edges = np.histogram(np.clip(values, *frame.x), bins=BINS, range=frame.x)
    parts = []
    for count, left, right in zip(counts / counts.max(), edges, edges[1:], strict=False):
        if count > 0.0:
            x, y = frame.at(left, count)
            width = frame.at(right, 0.0)[0] - x
            height = frame.top + frame.height - y
            parts.append(svg.element("rect", x=x, y=y, width=max(1.0, width - 1.0), height=height, fill=SIDES[side].colour))
    return "".join(parts)


def _marked(frame: svg.Frame, value: float, mark: str) -> str:
    x, bottom = frame.at(value, 0.0)
    line = svg.line((x, frame.top - 4), (x, bottom), INK, 2.5)
    corners = f"{x - 6:.1f},{frame.top - 10:.1f} {x + 6:.1f},{frame.top - 10:.1f} {x:.1f},{frame.top:.1f}"
    arrow = svg.element("polygon", points=corners)
    anchor = "end" if x > frame.left + frame.width / 2 else "start"
    away = -9 if anchor == "end" else 9
    return line + arrow + svg.words((x + away, frame.top - 2), f"{mark}: {value:.2f}", svg.SMALL, anchor, "bold", halo=True)


def _ticks(low: float, high: float) -> list[tuple[float, str]]:
    step = next(s for s in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0) if (high - low) / s <= 8 or s == 10.0)
    places = np.arange(np.ceil(low / step - 1e-9) * step, high + 1e-9, step)
    return [(float(x), number(float(x), 1, MINUS)) for x in places]


def ending_panel(shares: Mapping[Ending, float], marked: Ending | None) -> str:
    """How often the runs end in each way, the commonest first; the way in which one run ended is marked."""
    parts = []
    for row, (ending, share) in enumerate(shares.items()):
        y = 8.0 + ROW * row
        colour = ENDINGS[ending][0]
        parts.append(svg.words((132, y + 15), ending.words, svg.TEXT, "end", "bold" if ending is marked else "normal"))
        parts.append(svg.element("rect", x=140, y=y, width=max(1.5, BAR * share), height=20, fill=colour, stroke=FAINT))
        told = percent(share) + ("  ◀ this run" if ending is marked else "")
        parts.append(svg.words((146 + BAR * share, y + 15), told, svg.TEXT, "start", "bold" if ending is marked else "normal"))
    label = ", ".join(f"{ending.words} {percent(share)}" for ending, share in shares.items())
    return svg.document(14.0 + ROW * len(shares), f"Endings: {label}.", parts)


def round_panel(rounds: NDArray[np.int64], marked: int) -> str:
    """How many rounds the runs take; the bars of one run's number stand out."""
    last = int(max(rounds.max(), marked))
    wide = -(-last // 30)
    counts = np.bincount((rounds - 1) // wide, minlength=(last - 1) // wide + 1)
    frame = svg.Frame(40, 20, 404, 110, (0.5, len(counts) + 0.5), (0.0, 1.0))
    parts = []
    for place, count in enumerate(counts / counts.max()):
        x, y = frame.at(place + 0.5, count)
        here = (marked - 1) // wide == place
        bar = {"fill": INK if here else "#A8A8A8", "height": frame.top + frame.height - y}
        parts.append(svg.element("rect", x=x + 1, y=y, width=frame.width / len(counts) - 2, **bar))
        if here:
            parts.append(svg.words((x + frame.width / len(counts) / 2, y - 5), "this run", weight="bold", halo=True))
    every = -(-len(counts) // 12)
    parts.append(frame.x_axis([(n + 1.0, str(n * wide + 1)) for n in range(0, len(counts), every)]))
    parts.append(svg.words((frame.left + frame.width / 2, 166), "rounds to the end"))
    return svg.document(172, f"Rounds to the end: median {np.median(rounds):.0f}; this run took {marked}.", parts)
