"""Distributions one above another: both sides' payoffs at each point of a sweep, or in each of some batches."""

from __future__ import annotations

import numpy
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from negosim.plots.samples import Points, Source, samples_of
from negosim.plots.style import INK, SIDES, TEXT, dress, key_below, one
from negosim.vocabulary import Side
from negosim.wording import PAYOFF, side_name

BIN, OVERLAP = 0.01, 1.6
"""Width of a bin of payoffs, and the height of the highest ridge in steps from one ridge to the next."""

SMOOTHED = numpy.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9.0
"""Weights with which neighbouring bins are averaged: a ridge is read by its shape, not by its grain."""


def ridge(source: Source, points: Points = None, axes: Axes | None = None) -> Axes:
    """Both sides' payoffs as ridges, a row for each sample, from the first at the top; a marker at each mean.

    source : results, or batches of runs by name; points : a parameter that is varied alone, numbers, or None = all points.
    Every ridge has the same area. ValueError for a sample that is not there.
    """
    names = [f"{side.label}_payoff" for side in Side]
    found = samples_of(source, names, points)
    rows = len(found.columns)
    axes = one(axes, 7.6, 1.6 + 0.55 * rows)
    every = numpy.concatenate([values for each in found.columns.values() for values in each.values()]).astype(float)
    edges = BIN * numpy.arange(numpy.floor(every.min() / BIN) - 3, numpy.ceil(every.max() / BIN) + 4)
    drawn = {(label, name): _density(found.columns[label][name], edges) for label in found.columns for name in names}
    scale = OVERLAP / max(density.max() for density in drawn.values())
    middles = 0.5 * (edges[:-1] + edges[1:])
    for row, label in enumerate(found.columns):
        base, front = float(rows - 1 - row), 2.0 + row  # lower rows stand before upper ones
        for side, name in zip(Side, names, strict=True):
            look, density = SIDES[side], scale * drawn[label, name]
            top = base + numpy.where(density > 0.0, density, numpy.nan)
            axes.fill_between(
                middles, base, base + density, color=look.colour, alpha=0.3, linewidth=0, hatch=look.hatch, zorder=front
            )
            axes.plot(middles, top, color=look.colour, linestyle=look.line, linewidth=1.5, zorder=front)
            mean = float(found.columns[label][name].mean())
            axes.plot(mean, base, look.marker, color=look.colour, markeredgecolor="white", markersize=6, zorder=front + 0.5)
    axes.set_yticks(range(rows), [*reversed(found.columns)])
    dress(axes, f"{found.scenario.title}: payoffs, costs included", PAYOFF, found.told_apart_by, grid="both")
    axes.set_ylim(-0.35, rows - 1 + 1.1 * OVERLAP)
    axes.yaxis.label.set_fontsize(TEXT)
    shown = [
        Line2D([], [], color=look.colour, linestyle=look.line, marker=look.marker, label=f"{name}, mean marked")
        for look, name in ((SIDES[side], side_name(found.scenario, side)) for side in Side)
    ]
    key_below([axes], shown)
    axes.spines["bottom"].set_color(INK)
    return axes


def _density(values: numpy.ndarray, edges: numpy.ndarray) -> numpy.ndarray:
    """The smoothed share of runs in each bin, an area of 1 for all."""
    counts, _ = numpy.histogram(values.astype(float), edges)
    return numpy.convolve(counts / counts.sum(), SMOOTHED, mode="same") / BIN
