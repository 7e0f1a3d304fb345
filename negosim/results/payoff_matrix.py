"""The payoff matrix of a choice of each side: best responses, regret, and what is left when dominated choices go.

Rows are choices of the sender, columns of the target. Each cell is the mean over runs with the same luck in every cell, so the
matrix is a game in strategic form whose payoffs are known up to the error of a mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from negosim.common.text import NOISE
from negosim.experiment.overrides import Overrides

if TYPE_CHECKING:
    import pandas

Choices = Mapping[str, Overrides]
"""What a side may choose, by a name for people."""


@dataclass(frozen=True)
class Matrix:
    """Both sides' payoffs (rows, columns) of a bimatrix game.

    >>> game = Matrix(("up", "down"), ("left", "right"), np.array([[3.0, 1.0], [2.0, 0.0]]), np.array([[1.0, 2.0], [4.0, 3.0]]))
    >>> game.best_rows(), game.best_columns(), game.regret("down", "left")
    (('up', 'up'), ('right', 'left'), (1.0, 0.0))
    >>> game.undominated()
    (('up',), ('right',))
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    sender: NDArray[np.float64]
    target: NDArray[np.float64]

    def best_rows(self) -> tuple[str, ...]:
        """The sender's best response to each column; of equals the first."""
        return tuple(self.rows[r] for r in _best(self.sender))

    def best_columns(self) -> tuple[str, ...]:
        """The target's best response to each row; of equals the first."""
        return tuple(self.columns[c] for c in _best(self.target.T))

    def regret(self, row: str, column: str) -> tuple[float, float]:
        """What the sender and the target would gain at most by another choice of their own; ValueError for an unknown name."""
        r, c = self.rows.index(row), self.columns.index(column)
        return float(self.sender[:, c].max() - self.sender[r, c]), float(self.target[r].max() - self.target[r, c])

    def undominated(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The choices that are left when those strictly dominated by another single choice go, again and again.

        Every equilibrium is made of these (Luce and Raiffa 1957, Games and Decisions).
        """
        rows, columns = list(range(len(self.rows))), list(range(len(self.columns)))
        while True:
            sender, target = self.sender[np.ix_(rows, columns)], self.target[np.ix_(rows, columns)].T
            kept = [k for k, i in enumerate(rows) if not _is_dominated(sender, k)]
            also = [k for k, j in enumerate(columns) if not _is_dominated(target, k)]
            if len(kept) == len(rows) and len(also) == len(columns):
                return tuple(self.rows[i] for i in rows), tuple(self.columns[j] for j in columns)
            rows, columns = [rows[k] for k in kept], [columns[k] for k in also]

    def part(self, rows: Sequence[str], columns: Sequence[str]) -> Matrix:
        """The game with these choices only."""
        at = np.ix_([self.rows.index(row) for row in rows], [self.columns.index(column) for column in columns])
        return Matrix(tuple(rows), tuple(columns), self.sender[at], self.target[at])

    def gains(self, base: str, column: str) -> dict[str, tuple[float, float]]:
        """What each row brings the sender over the row ``base``: against one column, and against the best response to each."""
        c, b, best = self.columns.index(column), self.rows.index(base), _best(self.target.T)
        return {
            row: (float(self.sender[r, c] - self.sender[b, c]), float(self.sender[r, best[r]] - self.sender[b, best[b]]))
            for r, row in enumerate(self.rows)
            if r != b
        }


def _best(payoffs: NDArray[np.float64]) -> list[int]:
    """The row with the highest payoff in each column, the first of those that rounding alone keeps apart."""
    found: list[int] = np.argmax(payoffs >= payoffs.max(axis=0) - NOISE, axis=0).tolist()
    return found


def _is_dominated(payoffs: NDArray[np.float64], k: int) -> bool:
    """Whether another row of the payoffs is better than row k in every column, and not by rounding."""
    return bool((payoffs > payoffs[k] + NOISE).all(axis=1).any())


def profiles(rows: Choices, columns: Choices) -> list[dict[str, Any]]:
    """Every choice of the sender with every choice of the target, row by row: the points of an experiment.

    >>> profiles({"a": {"x": 1}}, {"b": {"y": 2}, "c": {"y": 3}})
    [{'x': 1, 'y': 2}, {'x': 1, 'y': 3}]
    """
    return [{**row, **column} for row in rows.values() for column in columns.values()]


def point_of(rows: Choices, columns: Choices, row: str, column: str) -> int:
    """The number of the point of `profiles` in an experiment, whose point 0 is its baseline.

    >>> point_of({"a": {}, "b": {}}, {"c": {}, "d": {}, "e": {}}, "b", "d")
    5
    """
    return 1 + list(rows).index(row) * len(columns) + list(columns).index(column)


def matrix_of(means: pandas.DataFrame, rows: Choices, columns: Choices) -> Matrix:
    """The matrix of mean payoffs by point (columns point, sender_payoff, target_payoff), the points being those of `profiles`."""
    ordered = means[means["point"] > 0].sort_values("point")
    shape = (len(rows), len(columns))
    sender, target = (ordered[f"{side}_payoff"].to_numpy(dtype=float).reshape(shape) for side in ("sender", "target"))
    return Matrix(tuple(rows), tuple(columns), sender, target)
