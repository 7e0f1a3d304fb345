"""The package with the largest weighted sum of both utilities, by coordinate ascent.

Between 0, the two ideals and 1 the sum is concave in one position, so its peak there is the one root of its derivative.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negosim.rules.compiled import rule
from negosim.rules.frontier.stakes import Stakes, issue_worth, linked_worth, marginal, worth

SWEEPS = 60
STEPS = 60
SETTLED = 1e-6  # a sweep that moves no position by more is the last one; the sum is then right to about its square
EXACT = 1e-2  # relative to the distance from the ends of the piece; Newton's error there is about the square
BETTER = 1e-14  # a jump must gain more than rounding


@rule(lean=True)
def _sum_at(
    stakes: Stakes, k: int, x: float, towards: float, linked_s: float, linked_t: float
) -> float:
    """Return the part of the weighted sum that depends on issue k."""
    sender = issue_worth(stakes, 0, k, x, linked_s) if towards > 0.0 else 0.0
    target = issue_worth(stakes, 1, k, x, linked_t) if towards < 1.0 else 0.0
    return towards * sender + (1.0 - towards) * target


@rule(lean=True)
def _slope(
    stakes: Stakes, k: int, x: float, middle: float, towards: float, linked_s: float, linked_t: float
) -> tuple[float, float]:
    """Return both derivatives of the weighted sum by x_k, on the piece that has ``middle`` inside."""
    first = second = 0.0
    if towards > 0.0:
        rising = 1.0 if middle < stakes.ideal[0, k] else -1.0
        a, b = marginal(stakes, 0, k, x, linked_s, rising)
        first, second = towards * a, towards * b
    if towards < 1.0:
        rising = 1.0 if middle < stakes.ideal[1, k] else -1.0
        a, b = marginal(stakes, 1, k, x, linked_t, rising)
        first, second = first + (1.0 - towards) * a, second + (1.0 - towards) * b
    return first, second


@rule(lean=True)
def _peak(
    stakes: Stakes, k: int, low: float, high: float, start: float, towards: float, linked_s: float, linked_t: float
) -> float:
    """Return the best position within a piece [low, high]: Newton's method on the derivative, kept in a bracket."""
    middle = 0.5 * (low + high)
    at_low = _slope(stakes, k, low, middle, towards, linked_s, linked_t)[0]
    at_high = _slope(stakes, k, high, middle, towards, linked_s, linked_t)[0]
    if at_low <= 0.0 and at_high >= 0.0:  # flat: stay
        return min(high, max(low, start))
    if at_low <= 0.0:
        return low
    if at_high >= 0.0:
        return high
    left, right = low, high
    x = start if low < start < high else middle
    for _ in range(STEPS):
        first, second = _slope(stakes, k, x, middle, towards, linked_s, linked_t)
        if first > 0.0:
            left = x
        else:
            right = x
        following = x - first / second if second < 0.0 else left
        if following <= left:
            following = left + 0.1 * (x - left) if x > left else 0.5 * (left + right)
        elif following >= right:
            following = right - 0.1 * (right - x) if x < right else 0.5 * (left + right)
        if not left < following < right:  # the bracket is down to neighbouring numbers
            return x
        if abs(following - x) <= EXACT * min(following - low, high - following):
            return following
        x = following
    return x


@rule(lean=True)
def _best_level(stakes: Stakes, k: int, x: float, towards: float, linked_s: float, linked_t: float) -> float:
    """Return the best of an issue's discrete levels, the nearest to x or else the lowest on a tie."""
    top = stakes.levels[k] - 1
    best = round(x * top) / top
    most = _sum_at(stakes, k, best, towards, linked_s, linked_t) + BETTER
    for level in range(stakes.levels[k]):
        place = level / top
        value = _sum_at(stakes, k, place, towards, linked_s, linked_t)
        if value > most:
            best, most = place, value + BETTER
    return best


@rule(lean=True)
def best_position(stakes: Stakes, k: int, package: NDArray[np.float64], towards: float) -> float:
    """Return the position on issue k that makes ``towards`` u_sender + (1 - ``towards``) u_target largest."""
    linked_s, linked_t = linked_worth(stakes, 0, k, package), linked_worth(stakes, 1, k, package)
    now = package[k]
    if stakes.levels[k] > 0:
        return _best_level(stakes, k, now, towards, linked_s, linked_t)
    near = min(stakes.ideal[0, k], stakes.ideal[1, k])
    far = max(stakes.ideal[0, k], stakes.ideal[1, k])
    if near == 0.0 and far == 1.0:
        return _peak(stakes, k, 0.0, 1.0, now, towards, linked_s, linked_t)
    best, most = now, _sum_at(stakes, k, now, towards, linked_s, linked_t) + BETTER
    for piece in range(3):
        low = 0.0 if piece == 0 else (near if piece == 1 else far)
        high = near if piece == 0 else (far if piece == 1 else 1.0)
        if low < high:
            place = _peak(stakes, k, low, high, now, towards, linked_s, linked_t)
            value = _sum_at(stakes, k, place, towards, linked_s, linked_t)
            if value > most:
                best, most = place, value
    return best


@rule(lean=True)
def ascend(stakes: Stakes, package: NDArray[np.float64], towards: float) -> float:
    """Climb to a package that no change of one issue betters, in place; return its weighted sum.

    Issues of weight 0 in the sum stay where they are.
    """
    for _ in range(SWEEPS):
        moved = 0.0
        for k in range(package.shape[0]):
            if stakes.weight[0, k] * towards > 0.0 or stakes.weight[1, k] * (1.0 - towards) > 0.0:
                place = best_position(stakes, k, package, towards)
                moved = max(moved, abs(place - package[k]))
                package[k] = place
        if moved <= SETTLED:
            break
    return towards * worth(stakes, 0, package) + (1.0 - towards) * worth(stakes, 1, package)
