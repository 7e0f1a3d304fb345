"""Curves against the levels of a parameter: what they are drawn with, and what is marked on the levels."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from negosim.plots.style import INK, SHADE, Look, dress
from negosim.scenario import Scenario
from negosim.wording import parameter_meaning, parameter_title

MARKER = 4.5
"""Size of the markers, in points."""


def band(axes: Axes, x: Any, rows: Any, look: Look) -> None:
    """A curve through its levels with its interval as a band; rows : middle, low and high at each level."""
    middle, low, high = rows
    axes.fill_between(x, low, high, color=look.colour, alpha=0.25, linewidth=0)
    axes.plot(x, middle, color=look.colour, linestyle=look.line, marker=look.marker, markersize=MARKER, linewidth=1.8)


def measured_beside(axes: Axes, x: Any, means: Any, margins: Any, look: Look) -> None:
    """Means with their intervals as hollow markers, to lie beside the line of a closed form."""
    axes.errorbar(
        x, means, margins, color=look.colour, marker=look.marker, markersize=MARKER, linestyle="none",
        markerfacecolor="white", capsize=2,
    )  # fmt: skip


def closed_form(axes: Axes, x: Any, y: Any, look: Look) -> None:
    """The line of a closed form."""
    axes.plot(x, y, color=look.colour, linestyle=look.line, linewidth=1.8)


def mark_range(axes: Axes, scenario: Scenario, name: str) -> None:
    """Shade the range of values that the scenario holds plausible, and mark its own."""
    span = scenario.assumed().get(name)
    if span is not None:
        axes.axvspan(*span, color=SHADE, zorder=0)
    mark_own(axes, scenario, name)


def mark_own(axes: Axes, scenario: Scenario, name: str) -> None:
    """Mark the level that a parameter has in the scenario."""
    own = scenario.get(name)
    if isinstance(own, (int, float)):
        axes.axvline(own, color=INK, linewidth=1.0, linestyle=":")


def dress_levels(axes: Axes, scenario: Scenario, name: str, y: str) -> None:
    """Name the parameter, say what it means, and write its levels as people do."""
    dress(axes, parameter_title(scenario, name), parameter_meaning(scenario, name), y)
    axes.xaxis.set_major_formatter(lambda value, _: as_written(value))


def as_written(value: float) -> str:
    """A number on a scale as people write it, thousands apart: none is rounded, or two levels could read the same.

    >>> as_written(0.125), as_written(0.1 + 0.2), as_written(605_500.0)
    ('0.125', '0.3', '605,500')
    """
    return f"{value:,.10g}"


def own_key() -> Line2D:
    """The mark of a parameter's own level, in a legend."""
    return Line2D([], [], color=INK, linewidth=1.0, linestyle=":", label="level in the scenario")
