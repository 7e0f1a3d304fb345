"""How the runs of several samples end, as bars of shares that add up to all runs."""

from __future__ import annotations

import numpy
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from negosim.plots.samples import Points, Source, samples_of
from negosim.plots.style import ENDINGS, INK, SMALL, dress, key_below, one
from negosim.vocabulary import Ending
from negosim.wording import ENDED, percent

LEAST_TOLD = 0.06
"""The share from which on a part of a bar has its number in it."""


def ending_shares(source: Source, points: Points = None, axes: Axes | None = None) -> Axes:
    """The shares of all endings, one bar a sample, from the first at the top. source, points : as in `ridge`."""
    found = samples_of(source, ["ending"], points)
    rows = len(found.columns)
    axes = one(axes, 7.6, 1.7 + 0.36 * rows)
    left, shown = numpy.zeros(rows), []
    for ending in Ending:
        shares = numpy.array([float((each["ending"] == ending.label).mean()) for each in found.columns.values()])
        if not shares.any():
            continue
        colour, hatch = ENDINGS[ending]
        axes.barh(range(rows), 100.0 * shares, left=100.0 * left, color=colour, hatch=hatch, edgecolor="white", height=0.78)
        for row in map(int, numpy.flatnonzero(shares >= LEAST_TOLD)):
            axes.text(
                100.0 * (left[row] + 0.5 * shares[row]), row, percent(shares[row]), fontsize=SMALL - 0.5, color=INK, ha="center",
                va="center", bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none", "alpha": 0.85},
            )  # fmt: skip
        left += shares
        shown.append(Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=ENDED[ending]))
    axes.set_yticks(range(rows), [*found.columns])
    axes.invert_yaxis()
    axes.set_xlim(0.0, 100.0)
    dress(axes, f"{found.scenario.title}: how the talks end", "% of runs", found.told_apart_by, grid="x")
    key_below([axes], shown)
    return axes
