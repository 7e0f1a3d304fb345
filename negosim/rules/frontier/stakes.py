"""What both sides have at stake on the issues, laid out for the search for efficient packages.

The marginal worth of an issue to a side is w c s^(c-1) + (pull of the linked issues), per unit of its satisfaction.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from negosim.rules.compiled import rule
from negosim.rules.utility import curved, edge_pull, satisfaction


class Stakes(NamedTuple):
    """Both sides' utilities over the same issues, scaled; axes: sides 2, issues K, edges E (each listed at both ends)."""

    weight: NDArray[np.float64]  # (2, K): salience / (high - low)
    ideal: NDArray[np.float64]  # (2, K)
    curvature: NDArray[np.float64]  # (2,)
    offset: NDArray[np.float64]  # (2,): low / (high - low)
    first: NDArray[np.int64]  # (K + 1,): where the edges of an issue begin
    neighbour: NDArray[np.int64]  # (2 E,)
    pull: NDArray[np.float64]  # (2, 2 E): worth of full satisfaction at both ends of an edge
    levels: NDArray[np.int64]  # (K,): number of discrete levels, or 0


@rule
def lay_out(
    saliences: NDArray[np.float64], ideals: NDArray[np.float64], attitudes: NDArray[np.float64],
    edges_i: NDArray[np.int64], edges_j: NDArray[np.int64], edges_g: NDArray[np.float64],
    bounds: NDArray[np.float64], levels: NDArray[np.int64],
) -> Stakes:
    """Return the stakes of two sides; saliences, ideals (2, K), attitudes (2, 2 or more), bounds (2, 2)."""
    issues, edges = levels.shape[0], edges_i.shape[0]
    span = bounds[:, 1] - bounds[:, 0]
    span[span <= 0.0] = 1.0  # who cares about nothing has utility 0 everywhere
    weight = np.empty((2, issues))
    for side in range(2):
        weight[side] = saliences[side] / span[side]
    first = np.zeros(issues + 1, np.int64)
    neighbour = np.empty(2 * edges, np.int64)
    pull = np.empty((2, 2 * edges))
    place = 0
    for k in range(issues):
        for e in range(edges):
            i, j = edges_i[e], edges_j[e]
            if i == k or j == k:
                neighbour[place] = j if i == k else i
                for side in range(2):
                    whole = edge_pull(attitudes[side, 1], edges_g[e], saliences[side, i], saliences[side, j])
                    pull[side, place] = whole / span[side]
                place += 1
        first[k + 1] = place
    offset = bounds[:, 0] / span
    return Stakes(weight, ideals, attitudes[:, 0].copy(), offset, first, neighbour, pull, levels)


@rule(lean=True)
def linked_worth(stakes: Stakes, side: int, k: int, package: NDArray[np.float64]) -> float:
    """Return what the linked issues, where they stand, add per unit of satisfaction on issue k."""
    total = 0.0
    for place in range(stakes.first[k], stakes.first[k + 1]):
        j = stakes.neighbour[place]
        total += stakes.pull[side, place] * satisfaction(package[j], stakes.ideal[side, j])
    return total


@rule(lean=True)
def worth(stakes: Stakes, side: int, package: NDArray[np.float64]) -> float:
    """Return the scaled utility of a package."""
    total = -stakes.offset[side]
    for k in range(package.shape[0]):
        s = satisfaction(package[k], stakes.ideal[side, k])
        alone = stakes.weight[side, k] * curved(s, stakes.curvature[side])
        total += alone + 0.5 * s * linked_worth(stakes, side, k, package)  # half, as each edge is met at both its ends
    return total


@rule(lean=True)
def issue_worth(stakes: Stakes, side: int, k: int, x: float, linked: float) -> float:
    """Return the part of scaled utility that depends on issue k at position x, given ``linked_worth``."""
    s = satisfaction(x, stakes.ideal[side, k])
    return stakes.weight[side, k] * curved(s, stakes.curvature[side]) + linked * s


@rule(lean=True)
def marginal(stakes: Stakes, side: int, k: int, x: float, linked: float, rising: float) -> tuple[float, float]:
    """Return the first and second derivative of ``issue_worth`` by position.

    ``rising`` is +1 below the side's ideal, -1 above; at the ideal it says which way is meant. A curved issue has an
    infinite first derivative where its satisfaction is 0.
    """
    ideal, weight, c = stakes.ideal[side, k], stakes.weight[side, k], stakes.curvature[side]
    pace = rising / max(ideal, 1.0 - ideal)
    if weight <= 0.0:
        return 0.0, 0.0
    if c == 1.0:
        return pace * (weight + linked), 0.0
    s = satisfaction(x, ideal)
    if s <= 0.0:
        return pace * np.inf, -np.inf
    slope = weight * c * s ** (c - 1.0)
    return pace * (slope + linked), pace * pace * slope * (c - 1.0) / s
