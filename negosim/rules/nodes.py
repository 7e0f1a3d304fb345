"""The nodes of a frontier while it is being traced: in order of the sender's utility, none better than another for both."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from negosim.rules.compiled import rule

APART = 1e-9  # packages closer than this in utility are one node


class Nodes(NamedTuple):
    """Up to M packages; piece m joins node m to node m + 1. The first ``used`` nodes are in use."""

    used: NDArray[np.int64]  # (1,)
    positions: NDArray[np.float64]  # (M, K)
    utilities: NDArray[np.float64]  # (M, 2)
    length: NDArray[np.float64]  # (M,): of a piece, 0 once nothing more is to be found between its ends
    straight: NDArray[np.bool_]  # (M,): no weighted sum of utilities is higher between the ends of the piece


@rule
def no_nodes(most: int, issues: int) -> Nodes:
    """Return room for ``most`` nodes, none of them in use."""
    return Nodes(
        np.zeros(1, np.int64), np.empty((most, issues)), np.empty((most, 2)), np.zeros(most), np.zeros(most, np.bool_)
    )


@rule
def _move(nodes: Nodes, start: int, by: int) -> None:
    """Shift the nodes and pieces from ``start`` on by a number of places, to close a gap or to open one."""
    count = nodes.used[0]
    for i in range(count - start):
        m = start + i if by < 0 else count - 1 - i
        nodes.positions[m + by] = nodes.positions[m]
        nodes.utilities[m + by] = nodes.utilities[m]
        nodes.length[m + by] = nodes.length[m]
        nodes.straight[m + by] = nodes.straight[m]
    nodes.used[0] += by


@rule
def admit(nodes: Nodes, package: NDArray[np.float64], sender: float, target: float) -> int:
    """Put a package among the nodes and strike out those that it dominates; return its place, or -1 if it is dominated.

    The pieces at its sides are new: not straight, unless it was put inside a straight one, and of length 0 so far.
    """
    count = nodes.used[0]
    after = 0
    while after < count and nodes.utilities[after, 0] < sender - APART:
        after += 1
    # from here on the sender has as much
    for m in range(after, count):
        if nodes.utilities[m, 1] >= target - APART:
            return -1
        break
    before = after
    while before > 0 and nodes.utilities[before - 1, 1] <= target + APART:
        before -= 1
    while after < count and nodes.utilities[after, 0] <= sender + APART:
        after += 1
    inside = before == after and before > 0 and nodes.straight[before - 1]
    if before == after and count == nodes.positions.shape[0]:
        return -1
    if after - before != 1:
        _move(nodes, after, 1 - (after - before))
    nodes.positions[before] = package
    nodes.utilities[before, 0], nodes.utilities[before, 1] = sender, target
    nodes.straight[before] = inside
    nodes.length[before] = 0.0
    if before > 0:
        nodes.straight[before - 1] = inside
        nodes.length[before - 1] = 0.0
    return before


@rule(lean=True)
def longest(nodes: Nodes) -> int:
    """Return the longest piece, or -1 if nothing more is to be found."""
    best, length = -1, 0.0
    for m in range(nodes.used[0] - 1):
        if nodes.length[m] > length:
            best, length = m, nodes.length[m]
    return best
