"""The nodes of a frontier while it is being traced: in order of the sender's utility, none better than another for both."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from negosim.rules.compiled import rule

APART = 1e-9  # packages closer than this in utility are one node
ASTRAY = 8.0  # weight of the error of interpolation against length when a piece is chosen for one more node
ROUGH = 0.01  # utility by which the middle of a piece may miss the mean of its ends

STEEP = 0.002  # a piece along which a side gains less is not halved in that side's utility

# Phases of the search in a piece: a weighted sum of utilities may be higher inside; none is, but there may be a package
# halfway in the utility in which the ends are farther apart; only halfway in the other; nothing more is found.
OPEN, HOLLOW, JUMP, DONE = 0, 1, 2, 3


class Nodes(NamedTuple):
    """Up to M packages; piece m joins node m to node m + 1. The first ``used`` nodes are in use."""

    used: NDArray[np.int64]  # (1,)
    positions: NDArray[np.float64]  # (M, K)
    utilities: NDArray[np.float64]  # (M, 2): scaled utility of the sender and of the target
    astray: NDArray[np.float64]  # (M,): |utility of the middle of a piece - mean of its ends|, the larger of both sides'
    phase: NDArray[np.int64]  # (M,): of a piece, from OPEN to DONE


@rule
def no_nodes(most: int, issues: int) -> Nodes:
    """Return room for ``most`` nodes, none of them in use."""
    return Nodes(
        np.zeros(1, np.int64), np.empty((most, issues)), np.empty((most, 2)), np.zeros(most), np.zeros(most, np.int64)
    )


@rule
def put(nodes: Nodes, before: int, after: int, package: NDArray[np.float64], sender: float, target: float) -> None:
    """Put a package between node ``before`` - 1 and node ``after`` and strike out those in between, if any."""
    count = nodes.used[0]
    by = 1 - (after - before)
    for i in range(count - after if by != 0 else 0):
        m = after + i if by < 0 else count - 1 - i
        nodes.positions[m + by] = nodes.positions[m]
        nodes.utilities[m + by] = nodes.utilities[m]
        nodes.astray[m + by] = nodes.astray[m]
        nodes.phase[m + by] = nodes.phase[m]
    nodes.used[0] += by
    nodes.positions[before] = package
    nodes.utilities[before, 0], nodes.utilities[before, 1] = sender, target


@rule
def admit(nodes: Nodes, package: NDArray[np.float64], sender: float, target: float, phase: int) -> int:
    """Put a package in its place and strike out those that it dominates; the pieces at its sides begin in ``phase``.

    Return its place, or -1 if a node is as good for both sides, or there is no room.
    """
    count = nodes.used[0]
    after = 0
    while after < count and nodes.utilities[after, 0] < sender - APART:
        after += 1
    if after < count and nodes.utilities[after, 1] >= target - APART:
        return -1
    before = after
    while before > 0 and nodes.utilities[before - 1, 1] <= target + APART:
        before -= 1
    while after < count and nodes.utilities[after, 0] <= sender + APART:
        after += 1
    if before == after and count == nodes.positions.shape[0]:
        return -1
    put(nodes, before, after, package, sender, target)
    nodes.phase[before] = nodes.phase[max(before - 1, 0)] = phase
    return before


@rule(lean=True)
def gains(nodes: Nodes, m: int) -> tuple[float, float]:
    """Return what the sender gains and what the target loses along piece m."""
    return nodes.utilities[m + 1, 0] - nodes.utilities[m, 0], nodes.utilities[m, 1] - nodes.utilities[m + 1, 1]


@rule(lean=True)
def neediest(nodes: Nodes, discrete: bool) -> int:
    """Return the piece most in want of a node, or -1 if all are DONE.

    The want grows with the length of a piece and with how far it goes astray. With discrete levels, where nothing lies
    between nodes, it is the area in which a package better than the worse end for each would be.
    """
    best, most = -1, 0.0
    for m in range(nodes.used[0] - 1):
        sender, target = gains(nodes, m)
        want = sender * target if discrete else sender + target + ASTRAY * min(nodes.astray[m], sender + target)
        if nodes.phase[m] != DONE and want > most:
            best, most = m, want
    return best


@rule(lean=True)
def roughest(nodes: Nodes) -> int:
    """Return the piece that goes astray most, or -1 if none does by more than ROUGH."""
    best, most = -1, ROUGH
    for m in range(nodes.used[0] - 1):
        if nodes.astray[m] > most:
            best, most = m, nodes.astray[m]
    return best


@rule(lean=True)
def wanted_for_gaps(nodes: Nodes) -> int:
    """Return how many nodes it takes to lead through the gaps of the frontier; halving a piece quarters what it strays.

    A gap is a piece that goes astray by more than its length, or that is rough and DONE.
    """
    total = 0
    for m in range(nodes.used[0] - 1):
        sender, target = gains(nodes, m)
        if nodes.astray[m] > ROUGH and (nodes.phase[m] == DONE or nodes.astray[m] > sender + target):
            total += int(np.sqrt(nodes.astray[m] / ROUGH))
    return total
