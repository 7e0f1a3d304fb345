"""Packages between two neighbours of a frontier that no weighted sum of utilities picks out.

Where the frontier is straight, the straight line does. Where it is hollow, because linked issues come as bundles, the
bundle is taken apart in log-rolling order, and issues are exchanged until no exchange helps.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negosim.rules.compiled import rule
from negosim.rules.exchange import log_roll
from negosim.rules.stakes import Stakes, worth

HALVINGS = 40
CLOSE = 1e-10  # utility within which a demanded level is met


@rule(lean=True)
def meet_level(
    stakes: Stakes, held: int, level: float, low: NDArray[np.float64], high: NDArray[np.float64],
    package: NDArray[np.float64],
) -> None:  # fmt: skip
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
def _next_concession(
    stakes: Stakes, held: int, package: NDArray[np.float64], goal: NDArray[np.float64]
) -> int:
    """Return the issue that, moved to its place in ``goal``, costs the other least per unit that the held side gains.

    If none gains the held side anything, the first that is not in its place yet.
    """
    own, other = worth(stakes, held, package), worth(stakes, 1 - held, package)
    issue, best = -1, -np.inf
    for k in range(package.shape[0]):
        if package[k] == goal[k]:
            continue
        old = package[k]
        package[k] = goal[k]
        gain = worth(stakes, held, package) - own
        change = worth(stakes, 1 - held, package) - other
        package[k] = old
        rate = change / gain if gain > 0.0 else -np.inf
        if issue < 0 or rate > best:
            issue, best = k, rate
    return issue


@rule
def concede_in_order(
    stakes: Stakes, held: int, level: float, low: NDArray[np.float64], high: NDArray[np.float64],
    package: NDArray[np.float64],
) -> None:  # fmt: skip
    """Write the package worth ``level`` to the held side on the way from ``low`` to ``high``, one issue after another."""
    package[:] = low
    before = package.copy()
    while worth(stakes, held, package) < level:
        k = _next_concession(stakes, held, package, high)
        if k < 0:
            return
        before[:] = package
        package[k] = high[k]
    after = package.copy()
    meet_level(stakes, held, level, before, after, package)


@rule
def bridge(
    stakes: Stakes, first: NDArray[np.float64], second: NDArray[np.float64], utilities: NDArray[np.float64],
    package: NDArray[np.float64], rates: NDArray[np.float64],
) -> None:  # fmt: skip
    """Write an efficient package halfway between two neighbours, in the utility in which they are farther apart.

    ``utilities`` (2, 2) are those of the neighbours. The line between them and the log-rolling order are both tried.
    """
    held = 0 if utilities[1, 0] - utilities[0, 0] > utilities[0, 1] - utilities[1, 1] else 1
    level = 0.5 * (utilities[0, held] + utilities[1, held])
    low, high = (first, second) if held == 0 else (second, first)
    meet_level(stakes, held, level, low, high, package)
    log_roll(stakes, held, package, rates)
    most = worth(stakes, 1 - held, package)
    other = np.empty_like(package)
    concede_in_order(stakes, held, level, low, high, other)
    log_roll(stakes, held, other, rates)
    if worth(stakes, 1 - held, other) > most and abs(worth(stakes, held, other) - level) < 1e-6:
        package[:] = other
