"""Heat maps with a number in each cell: a quantity over two factors of a grid, and the payoffs of a matrix."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy
from matplotlib import colormaps
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from numpy.typing import NDArray

from negosim.common.text import capital, listed, signed
from negosim.common.vocabulary import Side
from negosim.experiment.overrides import Value
from negosim.experiment.quantities import Quantity
from negosim.plots.factors import Cells, cells_of, factors_of
from negosim.plots.lettering import literal, settle
from negosim.plots.readings import NothingToDrawError, means_at, measured, named, scenario_of
from negosim.plots.style import FAINT, INK, SMALL, Dashes, dress, figure, head, key_below, one
from negosim.report.words import POINTS, parameter_meaning, parameter_title, quantity_title, side_name
from negosim.results.contrast import differences_of
from negosim.results.payoff_matrix import Matrix
from negosim.results.results import Results
from negosim.scenario.scenario import Scenario

Numbers = NDArray[numpy.float64]

DIVERGING, SEQUENTIAL = "PuOr", "YlGnBu"
"""Orange below 0 and purple above, or light to dark: told apart by colour-blind eyes. In grey, hatching says what is below 0."""

PARTS = {DIVERGING: (0.24, 0.76), SEQUENTIAL: (0.05, 0.6)}
"""The part of a palette that is used: dark numbers are read on all of it."""

OWN: Dashes = (0, (2, 1.2))
"""The frame of the cell of the scenario's own levels."""

MOST_WRITTEN = 14
"""Levels of a factor up to which a number is written in each cell; beyond, a bar beside the map tells the colours."""

SHOWN = ("sender_payoff", "target_payoff", "no_deal")
"""What the heat maps of a sweep show."""


class Grid(NamedTuple):
    """What a heat map shows: `values` with intervals (y levels, x levels), in `unit`; `signed` if they are differences."""

    x: list[Value]
    y: list[Value]
    values: Numbers
    low: Numbers
    high: Numbers
    unit: str
    signed: bool


@literal
def heat_map(
    results: Results, x: str, y: str, quantity: str, against: int | None = 0, axes: Axes | None = None
) -> Axes:
    """A quantity at each pair of levels of two factors of a grid, in its unit.

    against : the point to which differences are shown (0 = the baseline), run for run with the same luck; None = the means
        themselves

    A thick line parts the cells below 0, which are hatched, from the others. Numbers in brackets are differences that the runs
    cannot tell from 0. The cell of the scenario's own levels is framed. NothingToDrawError for results without such a grid,
    StoreError for a quantity that the runs lack, ValueError for a point that the design does not have.
    """
    (known,), (across, up, cells) = measured(results, [quantity]), cells_of(results, x, y)
    grid = _grid(results, known, across, up, cells, against)
    scenario, is_alone = results.shown_base, axes is None
    width, height = _cells_size(across, up)
    axes = one(axes, max(6.4, width + 1.0), height + 1.6)
    palette, scale = colours(grid)
    _paint(axes, grid, palette, scale)
    if _has_own(scenario, (x, across), (y, up)):
        _frame(axes, across.index(scenario.get(x)), up.index(scenario.get(y)))
    title = quantity_title(scenario, quantity)
    less = "" if against is None else f",\nless that of {named(results, against)}"
    across_label, up_label = (_label(scenario, name, letters) for name, letters in ((x, 44), (y, 30)))
    dress(axes, f"{capital(title)}{less}\n{grid.unit}", across_label, up_label, grid=None)
    _tick(axes, grid)
    if not _is_written(across, up):
        _bar(axes, grid, palette, scale)
    if is_alone:
        key_below([axes], _key(scenario, (x, across), (y, up), grid.signed))
    return axes


@literal
def heat_maps(results: Results, axes: Sequence[Axes] | None = None) -> list[Axes]:
    """Both payoffs and the share of runs without a deal over the two factors of a grid, less those of the baseline: three maps.

    NothingToDrawError for a design that is no grid of two factors.
    """
    names = factors_of(results)
    if len(names) != 2:
        raise NothingToDrawError(f"{results.experiment.name} varies {len(names)} parameters. Play a grid of two.")
    x, y = names
    across, up, _ = cells_of(results, x, y)
    if axes is None:
        width, height = _cells_size(across, up)
        in_a_row = 3 * width <= 14.0
        size = (max(10.2, 3 * width), height + 2.1) if in_a_row else (max(6.4, width + 1.0), 3 * height + 3.5)
        axes = list(figure(*size).subplots(*((1, 3) if in_a_row else (3, 1))))
    if len(axes) != len(SHOWN):
        raise ValueError(f"{len(axes)} axes were given where 3 panels are to be drawn. Give 3, or none.")
    for place, quantity in zip(axes, SHOWN, strict=True):
        heat_map(results, x, y, quantity, results.shown_baseline, place)
        place.label_outer()
    scenario, runs = results.shown_base, results.experiment.replications
    titles = listed(parameter_title(scenario, name) for name in names)
    head(axes[0], f"{scenario.title}: {titles} together\n{runs:,} pairs of runs a cell")
    key_below(axes, _key(scenario, (x, across), (y, up), signed=True))
    return list(axes)


# ---- the numbers ----


def _grid(
    results: Results, quantity: Quantity, across: list[Value], up: list[Value], cells: Cells, against: int | None
) -> Grid:
    """The means of a quantity in the cells, or their differences to a point."""
    factor = 100.0 if quantity.unit in ("share", "utility") else 1.0
    if against is None:
        rows = means_at(results, [quantity.name]).set_index("point")
        columns = ("mean", "low", "high")
        factor = 100.0 if quantity.unit == "share" else 1.0
    else:
        scenario_of(results, against)
        base = results.experiment.design_points[against]
        couples = [(base, point) for point in cells.values()]
        rows = differences_of(results, results, couples, [(quantity, quantity)]).set_index("point_b")
        columns = ("difference", "low", "high")
    values, low, high = (
        factor * numpy.array([[rows.loc[cells[column, row].number, name] for column in across] for row in up], dtype=float)
        for name in columns
    )
    return Grid(across, up, values, low, high, _unit(quantity, against is not None), against is not None)


def _unit(quantity: Quantity, signed: bool) -> str:
    """The unit of the numbers in the cells."""
    if quantity.unit == "share":
        return "percentage points of runs" if signed else "% of runs"
    if quantity.unit == "utility" and signed:
        return POINTS
    return quantity.unit


# ---- the picture ----


def _is_written(across: list[Value], up: list[Value]) -> bool:
    """Whether there is room for a number in each cell."""
    return max(len(across), len(up)) <= MOST_WRITTEN


def _cells_size(across: list[Value], up: list[Value]) -> tuple[float, float]:
    """Width and height in inches that the cells need, with the words on the left and above."""
    if _is_written(across, up):
        return 0.62 * len(across) + 1.2, max(2.2, 0.36 * len(up)) + 0.5
    return 3.0 + 0.06 * len(across), 2.4 + 0.05 * len(up)


def colours(grid: Grid) -> tuple[Colormap, Normalize]:
    """The palette, and where in it a value lies: differences on both sides of white, at 0."""
    known = grid.values[numpy.isfinite(grid.values)]
    name = DIVERGING if grid.signed else SEQUENTIAL
    palette = LinearSegmentedColormap.from_list(name, colormaps[name](numpy.linspace(*PARTS[name], 256)))
    if grid.signed:
        widest = float(numpy.abs(known).max(initial=0.0)) or 1.0
        return palette, Normalize(-widest, widest)
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    return palette, Normalize(low, high if high > low else low + 1.0)


def _paint(axes: Axes, grid: Grid, palette: Colormap, scale: Normalize) -> None:
    """A rectangle a cell, coloured by its value, hatched where that is below 0, with the value in it."""
    digits, is_written = _digits(grid), _is_written(grid.x, grid.y)
    is_below = grid.signed & (numpy.round(grid.values, digits) < 0.0)
    for r, c in numpy.ndindex(grid.values.shape):
        value = grid.values[r, c]
        colour = palette(scale(value)) if math.isfinite(value) else "white"
        edge: dict[str, Any] = {"edgecolor": "white", "linewidth": 0.8 if is_written else 0.2}
        axes.add_patch(Rectangle((c - 0.5, r - 0.5), 1, 1, facecolor=colour, hatch="///" if is_below[r, c] else "", **edge))
        if is_written:
            ground = {"facecolor": colour, "edgecolor": "none", "pad": 1.2}
            axes.text(c, r, _told(grid, (r, c), digits), ha="center", va="center", fontsize=SMALL, color=INK, bbox=ground)
    axes.set_xlim(-0.5, len(grid.x) - 0.5)
    axes.set_ylim(-0.5, len(grid.y) - 0.5)
    if grid.signed:
        _mark_sign_change(axes, numpy.where(numpy.isfinite(grid.values), numpy.where(is_below, -1, 1), 0))


def _digits(grid: Grid) -> int:
    """Decimals with which half the width of a usual interval has one digit."""
    widths = (grid.high - grid.low)[numpy.isfinite(grid.high - grid.low)] / 2.0
    usual = float(numpy.median(widths[widths > 0.0])) if (widths > 0.0).any() else 0.1
    return min(6, max(0, -math.floor(math.log10(usual))))


def _told(grid: Grid, cell: tuple[int, int], digits: int) -> str:
    """The number in a cell; in brackets one that the runs cannot tell from 0, and a dash where no run has it."""
    value = grid.values[cell]
    if not math.isfinite(value):
        return "–"
    if not grid.signed:
        return f"{value:,.{digits}f}"
    text = signed(value, digits)
    return text if grid.low[cell] > 0.0 or grid.high[cell] < 0.0 or grid.low[cell] == grid.high[cell] else f"({text})"


def _mark_sign_change(axes: Axes, sides: NDArray[numpy.int_]) -> None:
    """A line between every two neighbours of which one lies below 0 (-1) and the other does not (1)."""
    look: dict[str, Any] = {"color": INK, "linewidth": 2.6, "solid_capstyle": "projecting", "zorder": 3}
    for r, c in numpy.argwhere(sides[:, :-1] * sides[:, 1:] < 0):
        axes.plot([c + 0.5, c + 0.5], [r - 0.5, r + 0.5], **look)
    for r, c in numpy.argwhere(sides[:-1] * sides[1:] < 0):
        axes.plot([c - 0.5, c + 0.5], [r + 0.5, r + 0.5], **look)


def _has_own(scenario: Scenario, *factors: tuple[str, list[Value]]) -> bool:
    """Whether the scenario's own levels of both factors are among those of the map."""
    return all(scenario.get(name) in levels for name, levels in factors)


def _frame(axes: Axes, column: int, row: int) -> None:
    corner = column - 0.42, row - 0.38
    axes.add_patch(Rectangle(corner, 0.84, 0.76, fill=False, edgecolor=INK, linewidth=1.3, linestyle=OWN, zorder=4))


def _label(scenario: Scenario, name: str, letters: int) -> str:
    """A factor in words, with its meaning and unit, in lines of so many letters."""
    return f"{parameter_title(scenario, name)}\n{parameter_meaning(scenario, name, letters)}"


def _tick(axes: Axes, grid: Grid) -> None:
    """Write the levels; every second, third ... of many."""
    across, up = (range(0, len(values), -(-len(values) // MOST_WRITTEN)) for values in (grid.x, grid.y))
    slanted = any(isinstance(value, str) for value in grid.x)
    labels = [_level(grid.x[place]) for place in across]
    axes.set_xticks(across, labels, rotation=30 if slanted else 0, ha="right" if slanted else "center")
    axes.set_yticks(up, [_level(grid.y[place]) for place in up])
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(length=0)


def _level(value: Value) -> str:
    return f"{value:,}".removesuffix(".0") if isinstance(value, float) else str(value)


def _bar(axes: Axes, grid: Grid, palette: Colormap, scale: Normalize) -> None:
    """A bar that tells the colours."""
    owner = axes.figure
    if isinstance(owner, Figure):
        bar = owner.colorbar(ScalarMappable(scale, palette), ax=axes)
        bar.ax.tick_params(labelsize=SMALL)
        bar.set_label(grid.unit, fontsize=SMALL, color=INK)
        settle(bar.ax)


def _key(scenario: Scenario, x: tuple[str, list[Value]], y: tuple[str, list[Value]], signed: bool) -> list[Artist]:
    """What explains the marks of a map."""
    marks: list[Artist] = []
    if signed:
        marks.append(Patch(facecolor="white", edgecolor=FAINT, hatch="///", label="below 0"))
        marks.append(Line2D([], [], color=INK, linewidth=2.6, label="where the sign changes"))
    if _has_own(scenario, x, y):
        marks.append(Patch(fill=False, edgecolor=INK, linestyle=OWN, label="as the scenario stands"))
    if signed and _is_written(x[1], y[1]):
        marks.append(Line2D([], [], linestyle="", label="(in brackets): may be 0"))
    return marks


PALETTES = {Side.SENDER: "Blues", Side.TARGET: "Oranges"}
LIGHTEST, DARKEST = 0.05, 0.6
"""The part of a palette that is used: dark numbers are read on all of it."""


@literal
def payoff_matrix(
    game: Matrix, scenario: Scenario, row: str, column: str, axes: Sequence[Axes] | None = None
) -> list[Axes]:
    """Both sides' payoffs in points, the sender's choices down and the target's across; the pair as it stands is in bold.

    Framed are the sender's best choice in each column, and the target's best in each row.
    """
    if axes is None:
        height = 0.29 * len(game.rows)
        axes = list(figure(10.2, 2 * height + 2.3).subplots(2, 1, sharex=True))
    best = {
        Side.SENDER: [(game.rows.index(name), c) for c, name in enumerate(game.best_rows())],
        Side.TARGET: [(r, game.columns.index(name)) for r, name in enumerate(game.best_columns())],
    }
    own = game.rows.index(row), game.columns.index(column)
    for side, place, values in zip(Side, axes, (game.sender, game.target), strict=True):
        _heat_map(place, 100.0 * values, PALETTES[side], own)
        for r, c in best[side]:
            place.add_patch(Rectangle((c - 0.46, r - 0.44), 0.92, 0.88, fill=False, edgecolor=INK, linewidth=1.5))
        place.set_yticks(range(len(game.rows)), game.rows)
        place.set_xticks(range(len(game.columns)), game.columns, rotation=30, ha="right")
        which = "in each column" if side is Side.SENDER else "in each row"
        title = f"Payoff of {side_name(scenario, side)}; framed: its best response {which}"
        dress(place, title, y=f"choice of {side_name(scenario, Side.SENDER)}", grid=None)
        place.spines[["left", "bottom"]].set_visible(False)
        place.tick_params(length=0)
    axes[-1].set_xlabel(f"strategy of {side_name(scenario, Side.TARGET)}", fontsize=SMALL + 1.0, color=INK)
    head(axes[0], f"{scenario.title}: tactics against strategies, in points (bold: as it stands)")
    return list(axes)


def _heat_map(axes: Axes, values: Any, palette: str, own: tuple[int, int]) -> None:
    """Cells coloured by value, with the value in each."""
    low, high = float(values.min()), float(values.max())
    spread = max(high - low, 1e-9)
    for r in range(values.shape[0]):
        for c in range(values.shape[1]):
            colour = colormaps[palette](LIGHTEST + (DARKEST - LIGHTEST) * (values[r, c] - low) / spread)
            axes.add_patch(Rectangle((c - 0.5, r - 0.5), 1, 1, facecolor=colour, edgecolor="white", linewidth=0.8))
            weight = "bold" if (r, c) == own else "normal"
            axes.text(c, r, f"{values[r, c]:.1f}", ha="center", va="center", fontsize=SMALL, color=INK, weight=weight)
    axes.set_xlim(-0.5, values.shape[1] - 0.5)
    axes.set_ylim(values.shape[0] - 0.5, -0.5)
