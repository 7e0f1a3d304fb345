"""Samples side by side, points of a sweep or batches of runs by name: their distribution functions, ridges and endings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from negosim.common.errors import nearest
from negosim.common.text import percent
from negosim.common.vocabulary import Ending, Side
from negosim.engine.outcomes import Outcomes
from negosim.experiment.design import shown
from negosim.plots.lettering import literal
from negosim.plots.readings import levels, require, scenario_of
from negosim.plots.responses import as_written
from negosim.plots.style import ENDINGS, INK, SIDES, SMALL, TEXT, Dashes, dress, key, key_below, one
from negosim.report.words import PAYOFF, parameter_title, quantity_title, side_name
from negosim.results.results import Results
from negosim.scenario.scenario import Scenario

Source = Results | Outcomes | Mapping[str, Outcomes]
"""The results of a sweep, a batch of runs, or batches by name: ``{"mine": ns.simulate(...), "theirs": ns.simulate(...)}``."""

Points = str | Sequence[int] | None
"""Which points of a sweep: those of a parameter that is varied alone, by its dotted name; or by number; None = all."""


class Samples(NamedTuple):
    """Some columns of some samples: ``columns[label][name]`` (runs,); what tells the samples apart, and the case."""

    scenario: Scenario
    told_apart_by: str
    columns: dict[str, dict[str, NDArray[numpy.generic]]]


def samples_of(source: Source, names: Sequence[str], points: Points = None) -> Samples:
    """Return columns of the samples. ValueError for no sample or an unknown point, StoreError for an unknown column."""
    if isinstance(source, Results):
        return _of_sweep(source, names, points)
    if isinstance(source, Outcomes):
        source = {source.scenario.name: source}
    if not isinstance(source, Mapping) or not source:
        raise ValueError('there is nothing to draw. Give results, or batches by name: {"mine": ns.simulate(...)}.')
    if points is not None:
        raise ValueError("points are those of a sweep. Leave them out where batches of runs are given.")
    columns = {}
    for label, outcomes in source.items():
        if not len(outcomes):
            raise ValueError(f"{label!r} has no runs. Simulate some.")
        found = outcomes.columns()
        for name in names:
            if name not in found:
                raise ValueError(f"{label!r} has no column {name!r}. {nearest(name, found)}")
        columns[label] = {name: numpy.asarray(found[name]) for name in names}
    return Samples(next(iter(source.values())).scenario, "", columns)


def _of_sweep(results: Results, names: Sequence[str], points: Points) -> Samples:
    require(results, names)
    told_apart_by, labels = "", {}
    if isinstance(points, str):
        alone = levels(results)
        if points not in alone:
            raise ValueError(f"{points} is not varied alone. {nearest(points, alone)}")
        told_apart_by = parameter_title(results.experiment.base, points)
        labels = {point.number: shown(value) for value, point in alone[points]}
    else:
        chosen = [point.number for point in results.points] if points is None else points
        labels = {number: results.experiment.design_points[number].label for number in chosen if scenario_of(results, number)}
    wanted = ", ".join(map(str, labels))
    question = f"select point, {', '.join(names)} from runs where point in ({wanted}) order by point, run"
    frame = results.query(question, points=[*labels])
    groups = dict(tuple(frame.groupby("point")))
    columns = {label: {name: groups[number][name].to_numpy() for name in names} for number, label in labels.items()}
    return Samples(results.experiment.base, told_apart_by, columns)


LEVEL = 0.95
"""How surely a band holds the whole of the true curve."""

LINES: tuple[Dashes, ...] = ("-", (0, (5, 1.5)), (0, (1, 1.2)), (0, (6, 1.5, 1, 1.5)), (0, (2, 3)))
SHADES = (1.0, 0.6, 0.8, 0.4, 0.7)
"""How the samples are told apart: by lines, and by how far the colour of the side is darkened."""


def band_half_width(runs: int, level: float = LEVEL) -> float:
    """Return how far an empirical distribution function may lie from the true one anywhere: sqrt(ln(2 / (1 - level)) / (2 n)).

    Dvoretzky, Kiefer & Wolfowitz 1956, with the constant of Massart 1990.

    >>> round(band_half_width(10_000), 5)
    0.01358
    """
    return math.sqrt(math.log(2.0 / (1.0 - level)) / (2.0 * runs))


@literal
def ecdf(source: Source, column: str, points: Points = None, axes: Axes | None = None) -> Axes:
    """The share of runs in which a column is at most x, for each sample, with a band of 95 % around the whole curve.

    source, points : as in `ridge`; column : of numbers, such as target_payoff. Runs without a value (a term where nothing
    was settled) are left out, and the label says how many are in.
    """
    found, axes = samples_of(source, [column], points), one(axes, 6.8, 4.4)
    owner = next((side for side in Side if column.startswith(f"{side.label}_")), None)
    colour = INK if owner is None else SIDES[owner].colour
    lines = []
    for number, (label, columns) in enumerate(found.columns.items()):
        values = numpy.sort(columns[column].astype(float))
        values = values[numpy.isfinite(values)]
        if not len(values):
            raise ValueError(f"{label!r} has no value of {column}. Leave it out.")
        x, share = numpy.unique(values, return_counts=True)
        y = numpy.cumsum(share) / len(values)
        x, y = numpy.concatenate([x[:1], x]), numpy.concatenate([[0.0], y])
        half, shown = band_half_width(len(values)), _darkened(colour, SHADES[number % len(SHADES)])
        low, high = numpy.clip(y - half, 0.0, 1.0), numpy.clip(y + half, 0.0, 1.0)
        axes.fill_between(x, 100.0 * low, 100.0 * high, step="post", color=shown, alpha=0.2, linewidth=0)
        lines += axes.step(
            x, 100.0 * y, where="post", color=shown, linestyle=LINES[number % len(LINES)], linewidth=1.7,
            label=f"{label} ({len(values):,} runs)",
        )
    name = quantity_title(found.scenario, column)
    issue = next((each for each in found.scenario.issues if each.title == name), None)
    unit = f" ({issue.unit})" if issue is not None else ""
    dress(axes, f"{found.scenario.title}:\n{name}, with bands of 95 %", f"{name}{unit}", "% of runs at most there", grid="both")
    axes.xaxis.set_major_formatter(lambda value, _: as_written(value))
    axes.set_ylim(0.0, 100.0)
    loc = "upper left" if len(found.columns) < 6 else "center left"
    key(axes, lines, loc=loc, title=found.told_apart_by or None, title_fontsize=8)
    return axes


def _darkened(colour: str, share: float) -> str:
    """A colour with so much of its light; all of it leaves it as it is."""
    red, green, blue = to_rgb(colour)
    return colour if share == 1.0 else to_hex((share * red, share * green, share * blue))


BIN, OVERLAP = 0.01, 1.6
"""Width of a bin of payoffs, and the height of the highest ridge in steps from one ridge to the next."""

SMOOTHED = numpy.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9.0
"""Weights with which neighbouring bins are averaged: a ridge is read by its shape, not by its grain."""


@literal
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


LEAST_TOLD = 0.06
"""The share from which on a part of a bar has its number in it."""


@literal
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
            )
        left += shares
        shown.append(Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=ending.words))
    axes.set_yticks(range(rows), [*found.columns])
    axes.invert_yaxis()
    axes.set_xlim(0.0, 100.0)
    dress(axes, f"{found.scenario.title}: how the talks end", "% of runs", found.told_apart_by, grid="x")
    key_below([axes], shown)
    return axes
