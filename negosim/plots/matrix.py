"""A payoff matrix as two heat maps with numbers: one a side, the best responses framed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from negosim.matrix import Matrix
from negosim.plots.style import INK, SMALL, dress, figure, head
from negosim.scenario import Scenario
from negosim.vocabulary import Side
from negosim.wording import side_name

PALETTES = {Side.SENDER: "Blues", Side.TARGET: "Oranges"}
LIGHTEST, DARKEST = 0.05, 0.6
"""The part of a palette that is used: dark numbers are read on all of it."""


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
