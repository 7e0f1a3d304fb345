"""Linkage: what two sides gain by bargaining over several issues at once instead of one by one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from negosim.theory.domain import SHARE, Array, Numbers, arguments, plain, require


class Utilities(NamedTuple):
    """What ``side_1`` and ``side_2`` have, each in shares of what all issues together are worth to it."""

    side_1: Numbers
    side_2: Numbers


def additive_frontier(weights_1: ArrayLike, weights_2: ArrayLike) -> Array:
    """Return the corners of the frontier of utilities that add up over issues, from side 2's best to side 1's.

    U1 = sum_k w_k x_k,   U2 = sum_k v_k (1 - x_k)

    weights_1, weights_2 (w, v) : (..., issues), not negative, sum 1 over the issues. Returns (..., issues + 1, 2), pairs
    (U1, U2): in corner k side 1 has the k issues with the largest w/v, side 2 the others; the frontier is straight between
    them. Issues of equal w/v keep their order; the corner between them lies on a straight line.
    Source: the ordering of issues by relative weight, as in log-rolling (Tollison & Willett 1979, International Organization
    33; Sebenius 1983, International Organization 37).

    >>> additive_frontier([0.3, 0.7], [0.8, 0.2]).round(6).tolist()
    [[0.0, 1.0], [0.7, 0.8], [1.0, 0.0]]
    """
    first, second = arguments(weights_1=(weights_1, SHARE), weights_2=(weights_2, SHARE))
    require(first.ndim > 0, "there must be a weight for each issue", "Give a list of weights.", weights_1=first)
    for name, weights in (("weights_1", first), ("weights_2", second)):
        total = np.sum(weights, axis=-1)
        require(np.abs(total - 1) < 1e-9, f"{name} must sum to 1", "Divide by the sum.", sum=total)
    # by the angle of (v, w), as the ratio w/v fails where side 2 does not care at all
    order = np.argsort(-np.arctan2(first, second), axis=-1, kind="stable")
    taken, given = (np.cumsum(np.take_along_axis(weights, order, axis=-1), axis=-1) for weights in (first, second))
    start = np.zeros((*taken.shape[:-1], 1))
    corners = np.stack([np.concatenate([start, taken], -1), 1 - np.concatenate([start, given], -1)], axis=-1)
    return np.clip(corners, 0.0, 1.0)  # a sum of weights may miss 1 by rounding


def separate_nash(weight_1: ArrayLike, weight_2: ArrayLike) -> Utilities:
    """Return what both have if each of two issues is shared by the Nash solution on its own: half of each.

    U1 = U2 = 1/2

    weight_1, weight_2 in [0, 1], the weight of the first issue to either side; the second has the rest. Without a deal on
    an issue neither has anything of it.
    Source: Nash (1950), The Bargaining Problem, Econometrica 18, for each issue.

    >>> separate_nash(0.8, 0.3)
    Utilities(side_1=0.5, side_2=0.5)
    """
    first, _ = arguments(weight_1=(weight_1, SHARE), weight_2=(weight_2, SHARE))
    return Utilities(plain(np.full(first.shape, 0.5)), plain(np.full(first.shape, 0.5)))


def linked_nash(weight_1: ArrayLike, weight_2: ArrayLike) -> Utilities:
    """Return what both have if the Nash solution is taken over both issues at once.

    With w and v the weights of the issue that side 1 weighs more than side 2 does (w >= v):
    (w, 1 - v) if w >= 1/2 >= v;   (w / (2 v), 1/2) if v > 1/2;   (1/2, (1 - v) / (2 (1 - w))) if w < 1/2

    weight_1, weight_2 in [0, 1], the weight of the first issue to either side; the second has the rest; (0, 0) without a deal.
    Linking gains exactly if the weights differ: then a corner at which each side has the issue it weighs more lies above
    the straight line between the two ends.
    Source: Tollison & Willett (1979), International Organization 33; Sebenius (1983), International Organization 37.

    >>> [round(utility, 6) for utility in linked_nash(0.8, 0.3)], linked_nash(0.5, 0.5)
    ([0.8, 0.7], Utilities(side_1=0.5, side_2=0.5))
    """
    first, second = arguments(weight_1=(weight_1, SHARE), weight_2=(weight_2, SHARE))
    own = np.where(first >= second, first, 1 - first)  # w: side 1's weight of the issue that it weighs more
    other = np.where(first >= second, second, 1 - second)  # v: side 2's weight of the same issue
    dear, cheap = other > 0.5, own < 0.5
    side_1 = np.where(dear, own / np.where(dear, 2 * other, 1.0), np.where(cheap, 0.5, own))
    side_2 = np.where(dear, 0.5, np.where(cheap, (1 - other) / np.where(cheap, 2 * (1 - own), 1.0), 1 - other))
    return Utilities(plain(side_1), plain(side_2))
