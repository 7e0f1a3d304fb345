"""Log-rolling: give way on one issue for a gain on another, so that one side is left as it was and the other gains.

Each issue has a price: what the other loses per unit of utility that the held side gains on it. While the held side can
buy on one issue more cheaply than it sells on another, an exchange of the two makes the other better off at no cost. This
reaches efficient packages that no weighted sum of utilities picks out (Tollison & Willett 1979).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negosim.rules.compiled import rule
from negosim.rules.frontier.stakes import Stakes, issue_worth, linked_worth, marginal

NUDGE = 1e-9  # prices are read this far inside, since a curved issue's first unit is beyond price
SPREAD = 1e-4  # prices closer than this are equal
GAIN = 1e-8  # exchanges that gain less are left
EXCHANGES = 80
HALVINGS = 40
BISECTIONS = 12
PRECISE = 1e-9


@rule(lean=True)
def _rates(stakes: Stakes, package: NDArray[np.float64], rates: NDArray[np.float64]) -> None:
    """Write what each side gains per unit by which each issue moves up or down: (K, 2 ways, 2 sides); NaN without room."""
    for k in range(package.shape[0]):
        for way in range(2):
            _rate(stakes, package, k, way, rates[k, way])


@rule(lean=True)
def _rate(stakes: Stakes, package: NDArray[np.float64], k: int, way: int, rate: NDArray[np.float64]) -> None:
    """Write what each side gains per unit by which issue k moves up (way 0) or down (way 1); NaN without room."""
    step = 1.0 - 2.0 * way
    x = package[k] + step * NUDGE
    if x <= 0.0 or x >= 1.0 or stakes.levels[k] > 0:
        rate[0] = rate[1] = np.nan
        return
    for side in range(2):
        rising = 1.0 if x < stakes.ideal[side, k] else -1.0
        rate[side] = step * marginal(stakes, side, k, x, linked_worth(stakes, side, k, package), rising)[0]


@rule(lean=True)
def _limit(stakes: Stakes, k: int, x: float, way: int) -> float:
    """Return how far issue k can move before it meets an ideal or an end."""
    limit = 1.0 - way
    for side in range(2):
        ideal = stakes.ideal[side, k]
        if (way == 0 and x < ideal < limit) or (way == 1 and limit < ideal < x):
            limit = ideal
    return limit


@rule(lean=True)
def _shift(stakes: Stakes, side: int, package: NDArray[np.float64], k: int, new: float) -> float:
    """Return the change of a side's utility when issue k alone moves to ``new``."""
    linked = linked_worth(stakes, side, k, package)
    return issue_worth(stakes, side, k, new, linked) - issue_worth(stakes, side, k, package[k], linked)


@rule(lean=True)
def _repay(
    stakes: Stakes, held: int, package: NDArray[np.float64], k: int, limit: float, change: float
) -> float:
    """Return the position of issue k up to ``limit`` that changes the held utility by ``change``; NaN if there is none.

    False position (Illinois); the held utility moves one way between here and the limit.
    """
    linked = linked_worth(stakes, held, k, package)
    goal = issue_worth(stakes, held, k, package[k], linked) + change
    near, far = package[k], limit
    at_near, at_far = -change, issue_worth(stakes, held, k, limit, linked) - goal
    if at_near * at_far > 0.0:
        return np.nan
    for _ in range(HALVINGS):
        if abs(at_far) <= PRECISE:
            break
        x = (near * at_far - far * at_near) / (at_far - at_near)
        value = issue_worth(stakes, held, k, x, linked) - goal
        if value * at_far < 0.0:
            near, at_near = far, at_far
        else:
            at_near *= 0.5
        far, at_far = x, value
    return far


@rule(lean=True)
def _trade(
    stakes: Stakes, held: int, package: NDArray[np.float64], k: int, to_k: float, j: int, to_j: float
) -> tuple[float, float]:
    """Return (position of j, up to ``to_j``, that repays the held side for k at ``to_k``, the other's gain); NaN if none."""
    old = package[k]
    own, gain = _shift(stakes, held, package, k, to_k), _shift(stakes, 1 - held, package, k, to_k)
    package[k] = to_k
    place = _repay(stakes, held, package, j, to_j, -own)
    gain += _shift(stakes, 1 - held, package, j, place)
    package[k] = old
    return place, gain


@rule(lean=True)
def _full_trade(
    stakes: Stakes, held: int, package: NDArray[np.float64], k: int, to_k: float, j: int, to_j: float
) -> tuple[float, float, float]:
    """Return (position of k, position of j, the other's gain) for the largest exchange: one of the two is at its limit."""
    place, gain = _trade(stakes, held, package, k, to_k, j, to_j)
    if not np.isnan(place):
        return to_k, place, gain
    place, gain = _trade(stakes, held, package, j, to_j, k, to_k)
    return place, to_j, gain


@rule(lean=True)
def _exchange(
    stakes: Stakes, held: int, package: NDArray[np.float64], k: int, way_k: int, j: int, way_j: int,
    rates: NDArray[np.float64],
) -> float:
    """Move issue k for the held side and j against it until their prices meet or one is at its limit; return the gain."""
    old_k, old_j = package[k], package[j]
    to_j = _limit(stakes, j, old_j, way_j)
    to_k = _limit(stakes, k, old_k, way_k)
    best_k, best_j, gain = _full_trade(stakes, held, package, k, to_k, j, to_j)
    if np.isnan(gain):
        return 0.0
    near, far = old_k, best_k
    for _ in range(BISECTIONS):
        middle = 0.5 * (near + far)
        place, value = _trade(stakes, held, package, k, middle, j, to_j)
        if np.isnan(place):
            break
        package[k], package[j] = middle, place
        _rate(stakes, package, k, way_k, rates[k, way_k])
        _rate(stakes, package, j, way_j, rates[j, way_j])
        package[k], package[j] = old_k, old_j
        if value > gain:
            best_k, best_j, gain = middle, place, value
        bought, sold = rates[k, way_k], rates[j, way_j]
        if bought[1 - held] / bought[held] > sold[1 - held] / sold[held]:
            near = middle
        else:
            far = middle
    if gain > 0.0:
        package[k], package[j] = best_k, best_j
    return gain


@rule(lean=True)
def _cheapest(rates: NDArray[np.float64], held: int, buying: bool) -> tuple[int, int, float]:
    """Return (issue, way, price) where the held side buys most cheaply, or sells most dearly; issue -1 if nowhere."""
    issue, direction, best = -1, 0, np.inf
    for k in range(rates.shape[0]):
        for way in range(2):
            own, other = rates[k, way, held], rates[k, way, 1 - held]
            if (own > 0.0) if buying else (own < 0.0):
                price = -other / own if buying else other / own
                if price < best:
                    issue, direction, best = k, way, price
    return issue, direction, best


@rule(lean=True)
def _jump(stakes: Stakes, held: int, package: NDArray[np.float64], rates: NDArray[np.float64]) -> float:
    """Make the best full exchange of two issues that helps though its first unit does not; return the gain."""
    best, best_k, best_j, place_k, place_j = 0.0, 0, 0, 0.0, 0.0
    for k in range(package.shape[0]):
        for j in range(package.shape[0]):
            for ways in range(4 if k != j else 0):
                way_k, way_j = ways & 1, ways >> 1
                if rates[k, way_k, held] > 0.0 and rates[j, way_j, held] < 0.0:
                    to_k, to_j = _limit(stakes, k, package[k], way_k), _limit(stakes, j, package[j], way_j)
                    at_k, at_j, gain = _full_trade(stakes, held, package, k, to_k, j, to_j)
                    if gain > best:
                        best, best_k, best_j, place_k, place_j = gain, k, j, at_k, at_j
    if best > GAIN:
        package[best_k], package[best_j] = place_k, place_j
    return best


@rule(lean=True)
def log_roll(stakes: Stakes, held: int, package: NDArray[np.float64], rates: NDArray[np.float64]) -> None:
    """Exchange issues, in place, until no exchange of two makes one side better off with the held side where it is.

    ``rates`` (K, 2, 2) is scratch. Discrete issues stay where they are.
    """
    for _ in range(EXCHANGES):
        _rates(stakes, package, rates)
        k, way_k, price = _cheapest(rates, held, True)
        j, way_j, minus_refund = _cheapest(rates, held, False)
        gain = 0.0
        if k >= 0 and j >= 0 and k != j and price + minus_refund < -SPREAD:
            gain = _exchange(stakes, held, package, k, way_k, j, way_j, rates)
        if gain <= GAIN:
            _rates(stakes, package, rates)
            if _jump(stakes, held, package, rates) <= GAIN:
                return
