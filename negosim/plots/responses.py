"""Response curves: means against the levels of one parameter, beside a closed form; and what such curves are drawn with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from negosim.common.text import capital
from negosim.experiment.quantities import Quantity
from negosim.plots.factors import Level, factors_of, level_means, levels_of
from negosim.plots.lettering import literal
from negosim.plots.readings import NothingToDrawError, measured, shown_points
from negosim.plots.style import INK, SHADE, SIDES, TITLE, Dashes, Look, dress, head, key_below, panels
from negosim.report.words import PAYOFF, parameter_meaning, parameter_title, quantity_title
from negosim.results.results import Results
from negosim.scenario.scenario import Scenario

PAYOFFS = ("sender_payoff", "target_payoff")

OTHERS = (
    Look("#009E73", "-.", "^", ""),
    Look("#CC79A7", ":", "D", ""),
    Look(INK, "-", "v", ""),
    Look("#56B4E9", (0, (6, 1.5, 1, 1.5)), "P", ""),
)
"""How quantities are drawn that belong to no side, or to one that is drawn already."""

ClosedForm = Callable[[Any], Any]
"""What a closed form says at levels (levels,): an array of them, or one number for all; see `negosim.theory`."""

FINE = 401
"""Levels at which the line of a closed form is taken."""


@literal
def response_curves(
    results: Results,
    parameter: str,
    quantities: Sequence[str] = PAYOFFS,
    overlay: ClosedForm | Mapping[str, ClosedForm] | None = None,
    axes: Sequence[Axes] | None = None,
) -> list[Axes]:
    """Mean quantities against the levels of a parameter, with their 95 % intervals: a panel for each unit.

    results : of a sweep in which the parameter is varied alone, or in a grid, where means are over the other factors
    overlay : the closed form of a quantity, by its name; a function alone is that of the one quantity that is drawn. Its line
        is drawn, and the means beside it as hollow markers.

    StoreError for a quantity that the runs lack, NothingToDrawError for a parameter without levels to compare, ValueError for
    an overlay of another quantity, or one that does not give a number for each level.
    """
    some, found = measured(results, quantities), levels_of(results, parameter)
    forms = _by_quantity(overlay, [quantity.name for quantity in some])
    frame = level_means(results, found, quantities)
    units = list(dict.fromkeys(quantity.unit for quantity in some))
    drawn = panels(axes, len(units), height=3.2)
    handles: list[Artist] = []
    for place, unit in zip(drawn, units, strict=True):
        here = [quantity for quantity in some if quantity.unit == unit]
        handles += _panel(place, results.shown_base, parameter, here, frame, forms)
        place.set_title(_titled(results.shown_base, here), fontsize=TITLE, loc="left", color=INK)
    head(drawn[0], _heading(results, parameter, found, frame))
    key_below(drawn, [*handles, *_marks(results.shown_base, parameter)])
    return drawn


def _by_quantity(overlay: ClosedForm | Mapping[str, ClosedForm] | None, names: Sequence[str]) -> dict[str, ClosedForm]:
    """The closed form of each quantity that has one."""
    if overlay is None:
        return {}
    if isinstance(overlay, Mapping):
        unknown = [name for name in overlay if name not in names]
        if unknown:
            raise ValueError(f"overlay has {unknown[0]}, which is not drawn. Draw it too, or take one of {', '.join(names)}.")
        return dict(overlay)
    if len(names) != 1:
        raise ValueError(f"overlay is one function where {len(names)} quantities are drawn. Name its quantity.")
    return {names[0]: overlay}


def _panel(
    axes: Axes, scenario: Scenario, parameter: str, some: Sequence[Quantity], frame: Any, forms: Mapping[str, ClosedForm]
) -> list[Artist]:
    """The curves of the quantities of one unit; return what explains them in a legend."""
    mark_range(axes, scenario, parameter)
    factor = 100.0 if some[0].unit == "share" else 1.0
    handles: list[Artist] = []
    for quantity, look in zip(some, _looks(some), strict=True):
        rows = frame[frame["quantity"] == quantity.name]
        x, means = rows["level"].to_numpy(), factor * rows[["mean", "low", "high"]].to_numpy(dtype=float).T
        title = quantity_title(scenario, quantity.name)
        if quantity.name in forms:
            fine = numpy.linspace(x[0], x[-1], FINE)
            closed_form(axes, fine, factor * _taken(forms[quantity.name], fine, quantity.name), look)
            measured_beside(axes, x, means[0], means[0] - means[1], look)
            handles += [_handle(look, f"{title}: runs", line="", face="white"), _handle(look, f"{title}: closed form", marker="")]
        else:
            band(axes, x, means, look)
            handles.append(_handle(look, title))
    dress_levels(axes, scenario, parameter, _unit(some))
    axes.yaxis.set_major_formatter(lambda value, _: as_written(value))
    return handles


def _looks(some: Sequence[Quantity]) -> list[Look]:
    """A look for each quantity: that of its side for the first of each side. ValueError for more than there are looks."""
    sides, others, found = dict(SIDES), list(OTHERS), []
    for quantity in some:
        side = next((side for side in sides if quantity.name.startswith(f"{side.label}_")), None)
        if side is None and not others:
            raise ValueError(f"{len(some)} quantities in {some[0].unit} are too many for one panel. Draw fewer.")
        found.append(others.pop(0) if side is None else sides.pop(side))
    return found


def _taken(form: ClosedForm, levels: Any, name: str) -> Any:
    """A closed form at these levels; ValueError unless it gives a number for each."""
    values = numpy.asarray(form(levels), dtype=float)
    if values.shape not in ((), levels.shape):
        raise ValueError(
            f"the overlay of {name} gives an array of shape {values.shape} for {len(levels)} levels. It must give one each."
        )
    return numpy.broadcast_to(values, levels.shape)


def _unit(some: Sequence[Quantity]) -> str:
    """The label of the axis of some quantities of one unit."""
    if some[0].unit == "share":
        return "% of runs" if all(quantity.everywhere for quantity in some) else "% of the runs that have it"
    return PAYOFF.replace(" (", "\n(") if all(quantity.name in PAYOFFS for quantity in some) else some[0].unit


def _titled(scenario: Scenario, some: Sequence[Quantity]) -> str:
    """What a panel shows: its one quantity, or what its quantities have in common."""
    if len(some) > 1:
        return "Payoffs" if all(quantity.name in PAYOFFS for quantity in some) else f"In {some[0].unit}"
    title = quantity_title(scenario, some[0].name)
    return capital(title)


def _handle(look: Look, label: str, line: Dashes = None, marker: str | None = None, face: str | None = None) -> Line2D:
    """A line of the legend; None = as the look has it."""
    return Line2D(
        [], [], color=look.colour, linestyle=look.line if line is None else line, markersize=MARKER,
        marker=look.marker if marker is None else marker, markerfacecolor=face or look.colour, label=label,
    )


def _marks(scenario: Scenario, parameter: str) -> list[Artist]:
    """What is marked on the levels, for a legend."""
    marks: list[Artist] = [Patch(facecolor=SHADE, label="plausible range")] if parameter in scenario.assumed() else []
    return [*marks, *([own_key()] if isinstance(scenario.get(parameter), (int, float)) else [])]


def _heading(results: Results, parameter: str, found: Sequence[Level], frame: Any) -> str:
    scenario, points = results.shown_base, len(found[0][1])
    over = f", mean over {points} combinations of the other factors" if points > 1 else ""
    what = f"{scenario.title}: response to {parameter_title(scenario, parameter)}"
    return f"{what}\n{int(frame['runs'].min()):,} runs a point{over}; with 95 % intervals"


@literal
def main_effects(results: Results, axes: Sequence[Axes] | None = None) -> list[Axes]:
    """Both sides' mean payoffs against each factor of a grid, over all combinations of the others: a panel a factor.

    NothingToDrawError for a design that varies each parameter alone, or one alone: see `tactic_payoffs`.
    """
    scenario = results.shown_base
    names = factors_of(results)
    if any(point.parameter for point in shown_points(results)) or len(names) < 2:
        raise NothingToDrawError(f'{results.experiment.name} is no grid of two factors or more. Play one: design = "grid".')
    found = {name: levels_of(results, name) for name in names if isinstance(scenario.get(name), (int, float))}
    drawn = panels(axes, len(found), height=2.6, sharey=True)
    some, handles = measured(results, PAYOFFS), list[Artist]()
    for number, (place, (name, levels)) in enumerate(zip(drawn, found.items(), strict=True)):
        handles = _panel(place, scenario, name, some, level_means(results, levels, PAYOFFS), {})
        place.set_ylabel(place.get_ylabel() if number % 3 == 0 else "")
    runs = f"{results.experiment.replications:,} runs a point; with 95 % intervals"
    head(drawn[0], f"{scenario.title}: mean payoff against each factor\nOver all levels of the others, {runs}")
    has_range = any(name in scenario.assumed() for name in found)
    key_below(drawn, [*handles, *([Patch(facecolor=SHADE, label="plausible range")] * has_range), own_key()])
    return drawn


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
    )


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
