"""Two sides over the same issues, with their utility written plainly in NumPy: what the rules are held against."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from negosim.rules.frontier.stakes import Stakes, lay_out
from negosim.rules.frontier.trace import trace_frontier
from negosim.rules.utility import utility_bounds

NODES = 97


@dataclass(frozen=True)
class TwoSides:
    """Saliences and ideals (2, issues), one curvature and linkage a side, edges (first, second, weight), levels."""

    saliences: NDArray[np.float64]
    ideals: NDArray[np.float64]
    curvature: tuple[float, float] = (1.0, 1.0)
    linkage: tuple[float, float] = (0.0, 0.0)
    edges: tuple[tuple[int, int, float], ...] = ()
    levels: tuple[int, ...] = ()

    @classmethod
    def with_ends(cls, sender, target, **rest) -> TwoSides:
        """The sender's ideal is 1 on every issue and the target's is 0, as without stated ideals."""
        issues = len(sender)
        return cls(np.array([sender, target], dtype=float), np.array([np.ones(issues), np.zeros(issues)]), **rest)

    @property
    def issues(self) -> int:
        return self.saliences.shape[1]

    @property
    def edge_arrays(self):
        first, second, weight = zip(*self.edges, strict=True) if self.edges else ((), (), ())
        return np.array(first, np.int64), np.array(second, np.int64), np.array(weight, np.float64)

    @property
    def attitudes(self):
        return np.array([[self.curvature[side], self.linkage[side], 0.0] for side in range(2)])

    @property
    def level_array(self):
        return np.array(self.levels or (0,) * self.issues, np.int64)

    def preferences(self, side: int):
        return self.saliences[side], self.ideals[side], self.curvature[side], self.linkage[side], *self.edge_arrays

    def bounds(self, side: int) -> tuple[float, float]:
        return utility_bounds(*self.preferences(side))

    def stakes(self) -> Stakes:
        bounds = np.array([self.bounds(0), self.bounds(1)])
        return lay_out(self.saliences, self.ideals, self.attitudes, *self.edge_arrays, bounds, self.level_array)

    def raw(self, side: int, packages: NDArray[np.float64]) -> NDArray[np.float64]:
        """raw = sum w s^c + lambda sum g sqrt(w_k w_l) s_k s_l of packages (..., issues)."""
        ideal, weight = self.ideals[side], self.saliences[side]
        s = np.clip(1.0 - np.abs(packages - ideal) / np.maximum(ideal, 1.0 - ideal), 0.0, 1.0)
        total = (weight * s ** self.curvature[side]).sum(axis=-1)
        for k, j, g in self.edges:
            total = total + self.linkage[side] * g * np.sqrt(weight[k] * weight[j]) * s[..., k] * s[..., j]
        return total

    def utility(self, side: int, packages: NDArray[np.float64]) -> NDArray[np.float64]:
        low, high = self.bounds(side)
        return (self.raw(side, packages) - low) / (high - low)

    def trace(self, most: int = NODES) -> NDArray[np.float64]:
        return trace_frontier(
            self.saliences[0], self.saliences[1], self.ideals, self.attitudes, *self.edge_arrays,
            np.array(self.bounds(0)), np.array(self.bounds(1)), self.level_array, most,
        )

    def grid(self, steps: int) -> NDArray[np.float64]:
        """Packages (n, issues) of a grid that has the ideals and the levels among its positions."""
        axes = []
        for k in range(self.issues):
            if self.level_array[k]:
                axes.append(np.linspace(0.0, 1.0, self.level_array[k]))
            else:
                axes.append(np.unique(np.concatenate([np.linspace(0.0, 1.0, steps), self.ideals[:, k]])))
        return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, self.issues)


def drawn(rng: np.random.Generator, issues: int, *, interior: bool = False, negative: float = 0.0, **rest) -> TwoSides:
    """Two sides with drawn saliences, an edge between half of the pairs, and half of the ideals drawn if ``interior``."""
    saliences = rng.dirichlet(np.ones(issues), 2)
    ideals = np.array([np.ones(issues), np.zeros(issues)])
    if interior:
        ideals = np.where(rng.random(issues) < 0.5, rng.random((2, issues)), ideals)
    edges = tuple(
        (k, j, float(rng.choice([-1.0, 1.0], p=[negative, 1.0 - negative]) * rng.uniform(0.2, 1.0)))
        for k, j in itertools.combinations(range(issues), 2)
        if rng.random() < 0.5
    )
    return TwoSides(saliences, ideals, edges=edges, **rest)
