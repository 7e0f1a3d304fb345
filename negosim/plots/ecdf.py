"""Empirical distribution functions with bands that hold for the whole curve at once."""

from __future__ import annotations

import math

import numpy
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb

from negosim.plots.curves import as_written
from negosim.plots.samples import Points, Source, samples_of
from negosim.plots.style import INK, SIDES, Dashes, dress, key, one
from negosim.vocabulary import Side
from negosim.wording import quantity_title

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


def ecdf(source: Source, column: str, points: Points = None, axes: Axes | None = None) -> Axes:
    """The share of runs in which a column is at most x, for each sample, with a band of 95 % around the whole curve.

    source, points : as in `ridge`; column : of numbers, such as target_payoff. Runs without a value (a term where nothing
    was settled) are left out, and the label says how many are in.
    """
    found, axes = samples_of(source, [column], points), one(axes, 6.8, 4.4)
    owner = next((side for side in Side if column.startswith(f"{side.label}_")), None)
    colour = INK if owner is None else SIDES[owner].colour
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
        axes.step(
            x, 100.0 * y, where="post", color=shown, linestyle=LINES[number % len(LINES)], linewidth=1.7,
            label=f"{label} ({len(values):,} runs)",
        )  # fmt: skip
    name = quantity_title(found.scenario, column)
    issue = next((each for each in found.scenario.issues if each.title == name), None)
    unit = f" ({issue.unit})" if issue is not None else ""
    dress(axes, f"{found.scenario.title}:\n{name}, with bands of 95 %", f"{name}{unit}", "% of runs at most there", grid="both")
    axes.xaxis.set_major_formatter(lambda value, _: as_written(value))
    axes.set_ylim(0.0, 100.0)
    key(axes, loc="upper left" if len(found.columns) < 6 else "center left", title=found.told_apart_by or None, title_fontsize=8)
    return axes


def _darkened(colour: str, share: float) -> str:
    """A colour with so much of its light; all of it leaves it as it is."""
    red, green, blue = to_rgb(colour)
    return colour if share == 1.0 else to_hex((share * red, share * green, share * blue))
