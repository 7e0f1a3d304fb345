"""The frontier of packages of discrete issues whose utilities add up: exact, one issue merged after another.

A package can be efficient only if what it says on some of the issues is efficient among them; so what is dominated is dropped
before the next issue is added, and few packages are left to look at (Nemhauser & Ullmann 1969, "Discrete dynamic programming and
capital allocation", for the knapsack problem).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from negosim.rules.compiled import rule
from negosim.rules.frontier.nodes import APART
from negosim.rules.frontier.stakes import Stakes, issue_worth

ROOMS = (512, 16_384)
"""Packages for which there is room at any time; with more the frontier is traced like any other. A small room is a fast one."""


class Front(NamedTuple):
    """Efficient packages of the first issues, from the sender's best to the target's best; the first ``used`` are in use."""

    used: NDArray[np.int64]  # (1,)
    utilities: NDArray[np.float64]  # (room, 2)
    before: NDArray[np.int64]  # (room,): which package of one issue less it goes on from
    level: NDArray[np.int64]  # (room,): the level of the last issue


@rule(lean=True)
def adds_up(stakes: Stakes) -> bool:
    """Return whether all issues are discrete and none is linked to another."""
    for k in range(stakes.levels.shape[0]):
        if stakes.levels[k] == 0:
            return False
    for side in range(2):
        for place in range(stakes.pull.shape[1]):
            if stakes.pull[side, place] != 0.0:
                return False
    return True


@rule
def _no_front(room: int) -> Front:
    return Front(np.zeros(1, np.int64), np.empty((room, 2)), np.empty(room, np.int64), np.empty(room, np.int64))


@rule(lean=True)
def _put(front: Front, sender: float, target: float, before: int, level: int) -> None:
    """Put a package at the end of a front, unless it is dominated; it takes the place of one that it dominates.

    Packages come in order of the sender's utility, highest first.
    """
    last = front.used[0] - 1
    if last >= 0 and target <= front.utilities[last, 1] + APART:
        return
    place = last if last >= 0 and sender >= front.utilities[last, 0] - APART else last + 1
    front.used[0] = place + 1
    front.utilities[place, 0], front.utilities[place, 1] = sender, target
    front.before[place], front.level[place] = before, level


@rule(lean=True)
def _merge(found: Front, start: Front, sender: float, target: float, level: int, merged: Front) -> None:
    """Fill ``merged`` with what is efficient among ``found`` and the packages of ``start`` with one more level of an issue.

    ``sender`` and ``target`` are what the level is worth to the sides.
    """
    merged.used[0] = i = j = 0
    while i < found.used[0] or j < start.used[0]:
        takes_new = i == found.used[0]
        if not takes_new and j < start.used[0]:
            ahead = start.utilities[j, 0] + sender - found.utilities[i, 0]
            takes_new = ahead > 0.0 or (ahead == 0.0 and start.utilities[j, 1] + target > found.utilities[i, 1])
        if takes_new:
            _put(merged, start.utilities[j, 0] + sender, start.utilities[j, 1] + target, j, level)
            j += 1
        else:
            _put(merged, found.utilities[i, 0], found.utilities[i, 1], found.before[i], found.level[i])
            i += 1


@rule(lean=True)
def _far(front: Front, m: int) -> float:
    """Return how far package m is from the first: what the sender loses and the target gains."""
    return front.utilities[0, 0] - front.utilities[m, 0] + front.utilities[m, 1] - front.utilities[0, 1]


@rule(lean=True)
def _pick(front: Front, most: int, picked: NDArray[np.int64]) -> int:
    """Fill ``picked`` with packages in order, all or, of too many, ``most`` at even distances. Returns how many."""
    used = front.used[0]
    count = min(most, used)
    m = 0
    for i in range(count):
        if used > most:
            goal = i * _far(front, used - 1) / (most - 1)
            while m < used - count + i and _far(front, m) < goal:
                m += 1
        picked[i] = m
        m += 1
    return count


@rule
def additive_frontier(stakes: Stakes, most: int, room: int) -> NDArray[np.float64]:
    """Return the efficient packages (most, issues) from the target's best to the sender's best, the last one repeated.

    If there are more than ``most``, so many are picked at even distances. Empty (0, issues) if at any time there
    are more than ``room`` to look at. What neither side cares about lies in the middle.
    """
    issues = stakes.levels.shape[0]
    start, found, merged = _no_front(room), _no_front(room), _no_front(room)
    before, level = np.empty((issues, room), np.int64), np.empty((issues, room), np.int64)
    start.used[0] = 1
    start.utilities[0] = 0.0
    for k in range(issues):
        found.used[0], top = 0, stakes.levels[k] - 1
        indifferent = stakes.weight[0, k] <= 0.0 and stakes.weight[1, k] <= 0.0
        first, last = (top // 2, top // 2) if indifferent else (0, top)
        for n in range(first, last + 1):
            if found.used[0] + start.used[0] > room:
                return np.zeros((0, issues))
            _merge(found, start, issue_worth(stakes, 0, k, n / top, 0.0), issue_worth(stakes, 1, k, n / top, 0.0), n, merged)
            found, merged = merged, found
        before[k], level[k] = found.before, found.level
        start, found = found, start
    picked, positions = np.empty(most, np.int64), np.empty((most, issues))
    count = _pick(start, most, picked)
    for m in range(count):
        package = picked[count - 1 - m]
        for k in range(issues - 1, -1, -1):
            positions[m, k] = level[k, package] / (stakes.levels[k] - 1)
            package = before[k, package]
    positions[count:] = positions[count - 1]
    return positions
