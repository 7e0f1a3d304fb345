"""Packages between two neighbours of a frontier where issues have discrete levels: a local search in steps of levels.

This is the neighbourhood of Pareto local search (Paquete, Chiarandini & Stützle 2004): from a package on the frontier,
change one discrete issue or two, let the continuous issues follow, and keep what is not dominated.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negosim.rules.compiled import rule
from negosim.rules.frontier.bridge import meet_level
from negosim.rules.frontier.log_rolling import log_roll
from negosim.rules.frontier.nodes import APART
from negosim.rules.frontier.stakes import Stakes, worth


@rule
def _follow(
    stakes: Stakes, held: int, utilities: NDArray[np.float64], package: NDArray[np.float64], rates: NDArray[np.float64]
) -> None:
    """Let the continuous issues bring the held side halfway between the neighbours, or near, and log-roll them."""
    low, high = package.copy(), package.copy()
    for k in range(package.shape[0]):
        if stakes.levels[k] == 0:
            low[k], high[k] = stakes.ideal[1 - held, k], stakes.ideal[held, k]
    level = 0.5 * (utilities[0, held] + utilities[1, held])
    meet_level(stakes, held, level, low, high, package)
    log_roll(stakes, held, package, rates)


@rule
def _change_levels(
    stakes: Stakes, start: NDArray[np.float64], number: int, pairs: bool, package: NDArray[np.float64]
) -> bool:
    """Write a package with change ``number``: a level for one issue or, with ``pairs``, for two. Return False if none."""
    issues = package.shape[0]
    pair, rest = number % issues**2, number // issues**2
    first, second = pair // issues, pair % issues
    choices = stakes.levels[second] if second != first else 1
    if second < first or (second != first and not pairs) or choices == 0 or rest >= stakes.levels[first] * choices:
        return False
    package[:] = start
    package[first] = (rest // choices) / (stakes.levels[first] - 1)
    if second != first:
        package[second] = (rest % choices) / (stakes.levels[second] - 1)
    return True


@rule
def step(
    stakes: Stakes, first: NDArray[np.float64], second: NDArray[np.float64], utilities: NDArray[np.float64],
    package: NDArray[np.float64], rates: NDArray[np.float64],
) -> bool:
    """Write the best package at most two changes of levels from either neighbour; say whether one lies between them.

    One change is enough where continuous issues can make up for another.
    Best is the largest product of both sides' gains over the worse of the neighbours for each. ``utilities`` (2, 2) are
    those of the neighbours; ``rates`` (K, 2, 2) is scratch.
    """
    trial = np.empty_like(package)
    ways = 2 if (stakes.levels == 0).any() else 1
    best = 0.0
    for number in range(2 * ways * package.shape[0] ** 2 * stakes.levels.max() ** (2 if ways == 1 else 1)):
        start = first if number % 2 == 0 else second
        if _change_levels(stakes, start, number // (2 * ways), ways == 1, trial):
            if ways > 1:
                _follow(stakes, number // 2 % 2, utilities, trial, rates)
            sender = worth(stakes, 0, trial) - utilities[0, 0]
            target = worth(stakes, 1, trial) - utilities[1, 1]
            if sender > APART and target > APART and sender * target > best:
                best = sender * target
                package[:] = trial
    return best > 0.0
