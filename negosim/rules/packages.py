"""The frontier of efficient packages between two utilities, traced once and looked up in the runs.

Nodes run from the target's best package to the sender's best; straight lines between neighbours are nearly efficient.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negosim.rules.ascent import ascend, best_position
from negosim.rules.bridge import bridge
from negosim.rules.compiled import rule
from negosim.rules.nodes import Nodes, admit, longest, no_nodes
from negosim.rules.stakes import Stakes, lay_out, worth
from negosim.rules.utility import best_satisfaction

ASTRAY = 8.0  # weight of the error of interpolation against length when a piece is chosen for one more node
NEAR = 0.2  # neighbours that differ less on every issue have one ascent between them
ABOVE = 1e-7  # a package this little above a straight line is on it


@rule(lean=True)
def _place_of(s: float, ideal: float, other: float) -> float:
    """Return the position with satisfaction s for a side, on the other side's side of its ideal where there is one."""
    reach = (1.0 - s) * max(ideal, 1.0 - ideal)
    first, second = (ideal + reach, ideal - reach) if other > ideal else (ideal - reach, ideal + reach)
    return first if 0.0 <= first <= 1.0 else second


@rule
def _best_package(
    stakes: Stakes, side: int, salience: NDArray[np.float64], attitude: NDArray[np.float64],
    edges_i: NDArray[np.int64], edges_j: NDArray[np.int64], edges_g: NDArray[np.float64],
) -> NDArray[np.float64]:  # fmt: skip
    """Return a side's best package; what it does not care about goes to the other, what neither does to the middle."""
    wanted = best_satisfaction(salience, attitude[0], attitude[1], edges_i, edges_j, edges_g)
    towards = 1.0 if side == 0 else 0.0
    package = np.empty(salience.shape[0])
    for k in range(salience.shape[0]):
        package[k] = 0.5
        if stakes.weight[side, k] > 0.0:
            package[k] = _place_of(wanted[k], stakes.ideal[side, k], stakes.ideal[1 - side, k])
        elif stakes.weight[1 - side, k] > 0.0:
            package[k] = stakes.ideal[1 - side, k]
        if stakes.levels[k] > 0:
            package[k] = round(package[k] * (stakes.levels[k] - 1)) / (stakes.levels[k] - 1)
    ascend(stakes, package, towards)
    for _ in range(salience.shape[0]):
        for k in range(salience.shape[0]):
            if stakes.weight[side, k] <= 0.0 and stakes.weight[1 - side, k] > 0.0:
                package[k] = best_position(stakes, k, package, 1.0 - towards)
    return package


@rule(lean=True)
def _measure(stakes: Stakes, nodes: Nodes, m: int, scratch: NDArray[np.float64]) -> None:
    """Set the length of piece m: the distance in utility, and more where the straight line leaves the frontier."""
    if m < 0 or m >= nodes.used[0] - 1:
        return
    start, end = nodes.utilities[m], nodes.utilities[m + 1]
    length = end[0] - start[0] + start[1] - end[1]
    for k in range(scratch.shape[0]):
        scratch[k] = 0.5 * (nodes.positions[m, k] + nodes.positions[m + 1, k])
    astray = 0.0
    for side in range(2):
        astray = max(astray, abs(worth(stakes, side, scratch) - 0.5 * (start[side] + end[side])))
    nodes.length[m] = length + ASTRAY * min(astray, length)


@rule
def _search(stakes: Stakes, nodes: Nodes, m: int, package: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Write the package with the largest sum of utilities, weighted so that the ends of piece m have the same.

    Return whether it lies above the piece. Ascents start from the middle and, where the ends differ much, from them too.
    """
    start, end = nodes.utilities[m], nodes.utilities[m + 1]
    gain_s, gain_t = end[0] - start[0], start[1] - end[1]
    towards = gain_t / (gain_s + gain_t)
    apart = 0.0
    for k in range(package.shape[0]):
        package[k] = 0.5 * (nodes.positions[m, k] + nodes.positions[m + 1, k])
        apart = max(apart, abs(nodes.positions[m, k] - nodes.positions[m + 1, k]))
    best = ascend(stakes, package, towards)
    for side in range(2 if apart > NEAR else 0):
        other[:] = nodes.positions[m + side]
        value = ascend(stakes, other, towards)
        if value > best:
            best = value
            package[:] = other
    return best > towards * start[0] + (1.0 - towards) * start[1] + ABOVE


@rule
def _refine(
    stakes: Stakes, nodes: Nodes, m: int, package: NDArray[np.float64], other: NDArray[np.float64],
    rates: NDArray[np.float64],
) -> None:  # fmt: skip
    """Put one more node into piece m, or find that there is none."""
    if not nodes.straight[m]:
        nodes.straight[m] = True
        if _search(stakes, nodes, m, package, other):
            place = admit(nodes, package, worth(stakes, 0, package), worth(stakes, 1, package))
            if place >= 0:
                nodes.straight[place] = False
                nodes.straight[max(place - 1, 0)] = False
                _measure(stakes, nodes, place - 1, other)
                _measure(stakes, nodes, place, other)
        return
    for k in range(package.shape[0]):
        package[k] = 0.5 * (nodes.positions[m, k] + nodes.positions[m + 1, k])
    start, end = nodes.utilities[m], nodes.utilities[m + 1]
    gain_s, gain_t = end[0] - start[0], start[1] - end[1]
    below = gain_t * (worth(stakes, 0, package) - start[0]) + gain_s * (worth(stakes, 1, package) - start[1])
    if below < -ABOVE * (gain_s + gain_t):
        bridge(stakes, nodes.positions[m], nodes.positions[m + 1], nodes.utilities[m : m + 2], package, rates)
    place = admit(nodes, package, worth(stakes, 0, package), worth(stakes, 1, package))
    if place < 0:
        nodes.length[m] = 0.0
        return
    _measure(stakes, nodes, place - 1, other)
    _measure(stakes, nodes, place, other)


@rule
def trace_frontier(
    salience_s: NDArray[np.float64], salience_t: NDArray[np.float64], ideals: NDArray[np.float64],
    attitudes: NDArray[np.float64], edges_i: NDArray[np.int64], edges_j: NDArray[np.int64],
    edges_g: NDArray[np.float64], bounds_s: NDArray[np.float64], bounds_t: NDArray[np.float64],
    levels: NDArray[np.int64], most: int,
) -> NDArray[np.float64]:  # fmt: skip
    """First version."""
    issues = salience_s.shape[0]
    saliences = np.empty((2, issues))
    saliences[0], saliences[1] = salience_s, salience_t
    bounds = np.empty((2, 2))
    bounds[0], bounds[1] = bounds_s, bounds_t
    stakes = lay_out(saliences, ideals, attitudes, edges_i, edges_j, edges_g, bounds, levels)
    nodes = no_nodes(most, issues)
    scratch, rates = np.empty(issues), np.empty((issues, 2, 2))
    for side in range(2):
        package = _best_package(stakes, side, saliences[side], attitudes[side], edges_i, edges_j, edges_g)
        admit(nodes, package, worth(stakes, 0, package), worth(stakes, 1, package))
    _measure(stakes, nodes, 0, scratch)
    package = np.empty(issues)
    while nodes.used[0] < most:
        m = longest(nodes)
        if m < 0:
            break
        _refine(stakes, nodes, m, package, scratch, rates)
    for m in range(nodes.used[0], most):
        nodes.positions[m] = nodes.positions[nodes.used[0] - 1]
    return nodes.positions
