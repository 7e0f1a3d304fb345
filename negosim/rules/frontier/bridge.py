"""Packages between two neighbours of a frontier that no weighted sum of utilities picks out.

Where the frontier is hollow, because linked issues come as bundles, the bundles are taken apart in log-rolling order, and
issues are exchanged until no exchange helps.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negosim.rules.compiled import rule
from negosim.rules.frontier.log_rolling import log_roll
from negosim.rules.frontier.stakes import Stakes, worth

HALVINGS = 40
CLOSE = 1e-10  # utility within which a demanded level is met
MISSED = 1e-6  # a package that misses the level by more is not compared


@rule(lean=True)
def meet_level(
    stakes: Stakes, held: int, level: float, low: NDArray[np.float64], high: NDArray[np.float64],
    package: NDArray[np.float64],
) -> None:
    """Write the package on the line from ``low`` to ``high`` that is worth ``level`` to the held side, by bisection."""
    near, far = 0.0, 1.0
    for _ in range(HALVINGS):
        share = 0.5 * (near + far)
        for k in range(package.shape[0]):
            package[k] = low[k] + share * (high[k] - low[k])
        gap = worth(stakes, held, package) - level
        if abs(gap) <= CLOSE:
            return
        if gap < 0.0:
            near = share
        else:
            far = share


@rule(lean=True)
def _next_issue(
    stakes: Stakes, held: int, sign: float, package: NDArray[np.float64], goal: NDArray[np.float64]
) -> int:
    """Return the issue that, moved to its place in ``goal``, leaves the other most per unit that the held side gains.

    With ``sign`` -1 it is per unit that the held side loses. If none moves the held side that way, the first that is not
    in its place yet; -1 if all are.
    """
    own, other = worth(stakes, held, package), worth(stakes, 1 - held, package)
    issue, best = -1, -np.inf
    for k in range(package.shape[0]):
        if package[k] == goal[k]:
            continue
        old = package[k]
        package[k] = goal[k]
        gain = sign * (worth(stakes, held, package) - own)
        change = worth(stakes, 1 - held, package) - other
        package[k] = old
        rate = change / gain if gain > 0.0 else -np.inf
        if issue < 0 or rate > best:
            issue, best = k, rate
    return issue


@rule
def move_in_order(
    stakes: Stakes, held: int, level: float, start: NDArray[np.float64], goal: NDArray[np.float64],
    package: NDArray[np.float64],
) -> None:
    """Write the package worth ``level`` to the held side on the way from ``start`` to ``goal``, one issue after another.

    If the level is not reached on the way, it is the package at its end.
    """
    package[:] = start
    before = start.copy()
    sign = 1.0 if worth(stakes, held, start) < level else -1.0
    while sign * (level - worth(stakes, held, package)) > 0.0:
        k = _next_issue(stakes, held, sign, package, goal)
        if k < 0:
            return
        before[:] = package
        package[k] = goal[k]
    after = package.copy()
    if sign > 0.0:
        meet_level(stakes, held, level, before, after, package)
    else:
        meet_level(stakes, held, level, after, before, package)


@rule
def bridge(
    stakes: Stakes, held: int, first: NDArray[np.float64], second: NDArray[np.float64], utilities: NDArray[np.float64],
    package: NDArray[np.float64], rates: NDArray[np.float64],
) -> None:
    """Write a package that no exchange betters, halfway between two neighbours in the utility of the held side.

    ``utilities`` (2, 2) are those of the neighbours, ``rates`` (K, 2, 2) is scratch. Tried are the straight line from one
    neighbour to the other, the log-rolling order, and in that order from either neighbour on past the other, as its kind of
    package may be the better one for some way yet.
    """
    level = 0.5 * (utilities[0, held] + utilities[1, held])
    low, high = (first, second) if held == 0 else (second, first)
    meet_level(stakes, held, level, low, high, package)
    log_roll(stakes, held, package, rates)
    most = worth(stakes, 1 - held, package)
    other = np.empty_like(package)
    for way in range(3):
        start = high if way == 2 else low
        goal = high if way == 0 else (stakes.ideal[held] if way == 1 else stakes.ideal[1 - held])
        move_in_order(stakes, held, level, start, goal, other)
        log_roll(stakes, held, other, rates)
        value = worth(stakes, 1 - held, other)
        if value > most and abs(worth(stakes, held, other) - level) < MISSED:
            most = value
            package[:] = other
