"""The frontier of efficient packages between two utilities, traced once and looked up in the runs.

Nodes run from the target's best package to the sender's best. One more node goes where the straight line between two
neighbours is longest, or farthest from what the package halfway is worth. First a weighted sum of both utilities is
climbed between them, which finds the hull of the frontier (Cohon 1978, "Multiobjective Programming and Planning", the
noninferior set estimation method); where the hull has nothing between two neighbours, log-rolling does (``bridge``), and
steps of levels where issues are discrete (``steps``). Where all are discrete and none is linked, the frontier is found exactly
(``additive``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negosim.rules.compiled import rule
from negosim.rules.frontier.additive import ROOMS, additive_frontier, adds_up
from negosim.rules.frontier.ascent import ascend, best_position
from negosim.rules.frontier.bridge import bridge
from negosim.rules.frontier.nodes import (
    HOLLOW,
    JUMP,
    OPEN,
    STEEP,
    Nodes,
    admit,
    gains,
    neediest,
    no_nodes,
    put,
    roughest,
    wanted_for_gaps,
)
from negosim.rules.frontier.stakes import Stakes, lay_out, worth
from negosim.rules.frontier.steps import step
from negosim.rules.utility import best_satisfaction

NEAR = 0.2  # neighbours that differ less on every issue have one ascent between them
ABOVE = 1e-7  # a package this little above a straight line is on it
TRIES = 10  # pieces looked into per node, at most; about two are needed


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
) -> NDArray[np.float64]:
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
def _write_middle(nodes: Nodes, m: int, package: NDArray[np.float64]) -> None:
    """Write the package halfway along piece m."""
    for k in range(package.shape[0]):
        package[k] = 0.5 * (nodes.positions[m, k] + nodes.positions[m + 1, k])


@rule(lean=True)
def _measure(stakes: Stakes, nodes: Nodes, place: int, scratch: NDArray[np.float64]) -> None:
    """Measure how far the two pieces at the sides of a node go astray."""
    for m in range(max(place - 1, 0), min(place + 1, nodes.used[0] - 1)):
        _write_middle(nodes, m, scratch)
        nodes.astray[m] = 0.0
        for side in range(2):
            mean = 0.5 * (nodes.utilities[m, side] + nodes.utilities[m + 1, side])
            nodes.astray[m] = max(nodes.astray[m], abs(worth(stakes, side, scratch) - mean))


@rule
def _climb_between(
    stakes: Stakes, nodes: Nodes, m: int, package: NDArray[np.float64], other: NDArray[np.float64]
) -> bool:
    """Write the package with the largest sum of utilities, weighted so that the ends of piece m have the same.

    Return whether it lies above the piece. Ascents start from the middle and, where they differ much, from both ends.
    """
    start, end = nodes.utilities[m], nodes.utilities[m + 1]
    towards = (start[1] - end[1]) / (end[0] - start[0] + start[1] - end[1])
    best = -np.inf
    near = np.abs(nodes.positions[m + 1] - nodes.positions[m]).max() <= NEAR
    for attempt in range(1 if near else 3):
        _write_middle(nodes, m, other)
        if attempt > 0:
            other[:] = nodes.positions[m + attempt - 1]
        value = ascend(stakes, other, towards)
        if value > best:
            best = value
            package[:] = other
    return best > towards * start[0] + (1.0 - towards) * start[1] + ABOVE


@rule
def _cross(
    stakes: Stakes, nodes: Nodes, m: int, package: NDArray[np.float64], rates: NDArray[np.float64]
) -> bool:
    """Write a package inside piece m, in which no weighted sum is higher; return whether there may be one."""
    first, second, utilities = nodes.positions[m], nodes.positions[m + 1], nodes.utilities[m : m + 2]
    if stakes.levels.any():
        return nodes.phase[m] == HOLLOW and step(stakes, first, second, utilities, package, rates)
    gain_s, gain_t = gains(nodes, m)
    if nodes.phase[m] == JUMP:
        if min(gain_s, gain_t) <= STEEP:
            return False
        bridge(stakes, 0 if gain_s <= gain_t else 1, first, second, utilities, package, rates)
        return True
    _write_middle(nodes, m, package)
    below = gain_t * (worth(stakes, 0, package) - utilities[0, 0]) + gain_s * (worth(stakes, 1, package) - utilities[0, 1])
    if below < -ABOVE * (gain_s + gain_t):
        bridge(stakes, 0 if gain_s > gain_t else 1, first, second, utilities, package, rates)
    return True


@rule
def _refine(
    stakes: Stakes, nodes: Nodes, m: int, package: NDArray[np.float64], other: NDArray[np.float64],
    rates: NDArray[np.float64],
) -> None:
    """Put one more node into piece m, or go on to the next phase of the search in it."""
    phase = nodes.phase[m]
    if phase == OPEN:
        found = _climb_between(stakes, nodes, m, package, other)
    else:
        found = _cross(stakes, nodes, m, package, rates)
    sender, target = worth(stakes, 0, package), worth(stakes, 1, package)
    place = admit(nodes, package, sender, target, min(phase, HOLLOW)) if found else -1
    if place >= 0:
        _measure(stakes, nodes, place, other)
    else:
        nodes.phase[m] = phase + 1


@rule
def _lead_through_gaps(stakes: Stakes, nodes: Nodes, package: NDArray[np.float64]) -> None:
    """Halve the pieces that go astray, efficient or not, so that places between nodes are worth what they seem."""
    m = roughest(nodes)
    while m >= 0 and nodes.used[0] < nodes.positions.shape[0]:
        _write_middle(nodes, m, package)
        put(nodes, m + 1, m + 1, package, worth(stakes, 0, package), worth(stakes, 1, package))
        _measure(stakes, nodes, m + 1, package)
        m = roughest(nodes)


@rule
def trace_frontier(
    salience_s: NDArray[np.float64], salience_t: NDArray[np.float64], ideals: NDArray[np.float64],
    attitudes: NDArray[np.float64], edges_i: NDArray[np.int64], edges_j: NDArray[np.int64],
    edges_g: NDArray[np.float64], bounds_s: NDArray[np.float64], bounds_t: NDArray[np.float64],
    levels: NDArray[np.int64], most: int,
) -> NDArray[np.float64]:
    """Return efficient packages (most, issues) in [0, 1], from the target's best to the sender's best.

    Saliences (issues,), ideals (2, issues), attitudes (2, 2 or more) with curvature and linkage first, bounds (2,) from
    ``utility_bounds``, levels (issues,): the number of an issue's discrete levels, or 0. Needs ``most`` >= 2.

    From one node to the next the target loses and the sender gains. Two exceptions: if there are fewer packages worth
    listing, the last is repeated; and where the frontier jumps from one kind of package to another, packages on the
    straight way lead across, since a place between two nodes has to be worth about what its neighbours say. They may be
    dominated. With discrete levels nothing leads across, as nothing lies between nodes.
    """
    issues = salience_s.shape[0]
    saliences = np.empty((2, issues))
    saliences[0], saliences[1] = salience_s, salience_t
    bounds = np.empty((2, 2))
    bounds[0], bounds[1] = bounds_s, bounds_t
    stakes = lay_out(saliences, ideals, attitudes, edges_i, edges_j, edges_g, bounds, levels)
    if adds_up(stakes):
        for room in ROOMS:
            exact = additive_frontier(stakes, most, room)
            if exact.shape[0] > 0:
                return exact
    nodes = no_nodes(most, issues)
    package, scratch, rates = np.empty(issues), np.empty(issues), np.empty((issues, 2, 2))
    for side in range(2):
        package = _best_package(stakes, side, saliences[side], attitudes[side], edges_i, edges_j, edges_g)
        admit(nodes, package, worth(stakes, 0, package), worth(stakes, 1, package), OPEN)
    _measure(stakes, nodes, 0, scratch)
    discrete = bool(levels.any())
    for _ in range(TRIES * most):
        m = neediest(nodes, discrete)
        reserved = 0 if discrete else wanted_for_gaps(nodes)
        if m < 0 or nodes.used[0] + reserved >= most:
            break
        _refine(stakes, nodes, m, package, scratch, rates)
    if not discrete:
        _lead_through_gaps(stakes, nodes, scratch)
    for m in range(nodes.used[0], most):
        nodes.positions[m] = nodes.positions[nodes.used[0] - 1]
    return nodes.positions
