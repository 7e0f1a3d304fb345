"""Cooperative solutions: which outcomes the parties would choose if they could bind themselves, by one axiom or another.

All take ``utilities`` (outcomes, sides), of two or more sides, and a ``disagreement`` point (sides,): what each side has
without an agreement, or its reservation value. Outcomes that give somebody less are left out. All steps compare within a
``tolerance`` (see `negosim.theory.pareto`), in units of utility, since equal utilities seldom come out of a computer equal.

With ``connected=True`` the rows are consecutive points of a frontier of two sides, and the straight lines between neighbours
count as feasible; on each the best point is found in closed form (`negosim.theory.pareto`).

For the packages behind the utilities of a scenario see `negosim.BargainingProblem`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negosim.theory.pareto import (
    TOLERANCE,
    Pieces,
    accepted_pieces,
    at,
    checked_tolerance,
    crossings,
    levels,
    outcome_utilities,
    pareto,
    peaks_of_products,
    places,
)

__all__ = [
    "Solution",
    "asymmetric_nash",
    "egalitarian",
    "fallback_bargaining",
    "kalai_smorodinsky",
    "nash",
    "pareto",
    "utilitarian",
    "win_set",
    "zone_of_agreement",
]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Solution:
    """What a solution concept picks: all outcomes that do equally well, none of which another of them dominates.

    outcomes : row numbers, in order; of a connected frontier places, 2.25 being a quarter of the way from row 2 to row 3
    utilities : what each of them is worth to each side
    value : what they make largest; -inf, the largest of nothing, if there are none. Fallback bargaining makes a rank smallest.

    Where nobody can do as well as without an agreement, ``outcomes`` and ``utilities`` are empty.
    """

    name: str
    outcomes: tuple[float, ...]
    utilities: tuple[tuple[float, ...], ...]
    value: float


class _Accepted(NamedTuple):
    """The outcomes that nobody refuses: utilities (outcomes, sides), and where they come from (outcomes,)."""

    utilities: Array
    places: NDArray[np.int64] | Array
    connected: bool


def nash(
    utilities: ArrayLike, disagreement: ArrayLike, tolerance: float = TOLERANCE, *, connected: bool = False
) -> Solution:
    """Return the Nash solution: the largest product of gains over disagreement, prod_i (u_i - d_i) (Nash 1950).

    value : that product. Where one side cannot gain in any outcome it is 0, and all efficient outcomes tie.

    Products are compared by their geometric means, which are in units of utility. ValueError as for `asymmetric_nash`.

    >>> corners = [(0, 1), (0.6, 0.7), (0.85, 0.4), (1, 0)]
    >>> nash(corners, (0, 0))
    Solution(name='Nash', outcomes=(1,), utilities=((0.6, 0.7),), value=0.42)
    >>> [round(u, 6) for u in nash(corners, (0.3, 0.1), connected=True).utilities[0]]
    [0.7, 0.58]
    >>> nash(corners, (0.9, 0.9)).outcomes
    ()
    """
    sides = outcome_utilities(utilities).shape[1]
    found = asymmetric_nash(utilities, disagreement, np.ones(sides), tolerance, connected=connected)
    product = found.value  # -inf or 0 are the same for the product and for its root
    if product > 0.0:
        product = max(math.prod(np.subtract(row, disagreement).tolist()) for row in found.utilities)
    return Solution("Nash", found.outcomes, found.utilities, product)


def asymmetric_nash(
    utilities: ArrayLike, disagreement: ArrayLike, weights: ArrayLike, tolerance: float = TOLERANCE, *,
    connected: bool = False,
) -> Solution:
    """Return the asymmetric Nash solution: the largest prod_i (u_i - d_i)^w_i (Harsanyi & Selten 1972).

    weights : bargaining powers (sides,), not negative; they are divided by their sum. A side without weight still has its
        reservation value.
    value : the product, a weighted geometric mean in units of utility

    ValueError for utilities as in `pareto`, for a disagreement point or weights of another shape or not finite, for negative
    weights or weights that are all 0, and for a connected frontier of more than two sides.

    >>> corners = [(0, 1), (0.6, 0.7), (0.85, 0.4), (1, 0)]
    >>> [round(u, 6) for u in asymmetric_nash(corners, (0, 0), (0.6, 0.4), connected=True).utilities[0]]
    [0.71, 0.568]
    """
    array, point = _checked(utilities, disagreement, tolerance, connected)
    powers = _checked_weights(weights, array.shape[1])
    # 1. The outcomes that nobody refuses; of a connected frontier also the peak of each line.
    accepted = _accepted(array, point, tolerance, connected, lambda pieces: peaks_of_products(pieces, powers))
    # 2. Gains. One within the tolerance is none: a product must not live on rounding.
    gains = accepted.utilities - point
    gains[gains <= tolerance] = 0.0
    # 3. The weighted geometric mean of the gains, and all outcomes where it is largest.
    return _largest("asymmetric Nash", accepted, np.prod(gains**powers, axis=1), tolerance)


def kalai_smorodinsky(
    utilities: ArrayLike, disagreement: ArrayLike, tolerance: float = TOLERANCE, *, connected: bool = False
) -> Solution:
    """Return the Kalai-Smorodinsky solution in its max-min variant: the largest least ratio of gain to ideal gain.

    The ratio of side i is (u_i - d_i) / (m_i - d_i), where d is the disagreement point and m_i the most that i has in any
    outcome that nobody refuses. On a convex frontier all ratios are equal, as Kalai & Smorodinsky (1975) ask; on separate
    outcomes, where equal ratios may not exist, the least is made as large as can be. A side that cannot gain has all that it
    can have, and its ratio is 1.

    value : the least ratio, in [0, 1]. ValueError as for `asymmetric_nash`.

    >>> corners = [(0, 1), (0.6, 0.7), (0.85, 0.4), (1, 0)]
    >>> [round(u, 6) for u in kalai_smorodinsky(corners, (0, 0), connected=True).utilities[0]]
    [0.645455, 0.645455]
    """
    array, point = _checked(utilities, disagreement, tolerance, connected)
    # 1. What each side would have at its best among the outcomes that nobody refuses.
    within_reach = _accepted(array, point, tolerance, connected)
    ideal = np.max(within_reach.utilities, axis=0, initial=-np.inf) - point
    can_gain = ideal > tolerance
    units = np.where(can_gain, ideal, 1.0)
    # 2. Ratios; of a connected frontier also where they cross.
    accepted = _accepted(array, point, tolerance, connected, lambda pieces: crossings(pieces, units))
    ratios = np.where(can_gain, (accepted.utilities - point) / units, 1.0)
    # 3. The largest least ratio.
    return _largest("Kalai-Smorodinsky (max-min)", accepted, ratios.min(axis=1), tolerance)


def egalitarian(
    utilities: ArrayLike, disagreement: ArrayLike, tolerance: float = TOLERANCE, *, connected: bool = False
) -> Solution:
    """Return the egalitarian solution: the largest least gain, min_i (u_i - d_i) (Kalai 1977).

    value : the least gain. ValueError as for `asymmetric_nash`.

    >>> egalitarian([(0, 0.9), (0.4, 0.6), (0.5, 0.4), (0.5, 0.4)], (0, 0))
    Solution(name='egalitarian', outcomes=(1, 2, 3), utilities=((0.4, 0.6), (0.5, 0.4), (0.5, 0.4)), value=0.4)
    """
    array, point = _checked(utilities, disagreement, tolerance, connected)
    accepted = _accepted(array, point, tolerance, connected, lambda pieces: crossings(pieces, np.ones(2)))
    return _largest("egalitarian", accepted, (accepted.utilities - point).min(axis=1), tolerance)


def utilitarian(
    utilities: ArrayLike, disagreement: ArrayLike, tolerance: float = TOLERANCE, *, connected: bool = False
) -> Solution:
    """Return the utilitarian solution: the largest sum of utilities among the outcomes that nobody refuses (Harsanyi 1955).

    value : the sum. If all points of a line of a connected frontier tie, its ends are given. ValueError as for
    `asymmetric_nash`.

    >>> utilitarian([(0, 1), (0.6, 0.7), (0.85, 0.45), (1, 0)], (0, 0)).outcomes
    (1, 2)
    """
    array, point = _checked(utilities, disagreement, tolerance, connected)
    accepted = _accepted(array, point, tolerance, connected)
    # Whoever is better by more than the tolerance for one, and worse for nobody, has the larger sum: no tie dominates another.
    return _largest("utilitarian", accepted, accepted.utilities.sum(axis=1), tolerance, may_dominate=False)


def zone_of_agreement(utilities: ArrayLike, disagreement: ArrayLike, tolerance: float = TOLERANCE) -> NDArray[np.bool_]:
    """Return a mask (outcomes,) of the outcomes that give every side at least its reservation value (Raiffa 1982).

    ValueError as for `asymmetric_nash`.

    >>> zone_of_agreement([(0, 1), (0.6, 0.7), (1, 0)], (0.3, 0.1)).tolist()
    [False, True, False]
    """
    array, point = _checked(utilities, disagreement, tolerance)
    return np.asarray((array >= point - tolerance).all(axis=1))


def win_set(
    utilities: ArrayLike, status_quo: ArrayLike, voters: Sequence[int] | None = None, tolerance: float = TOLERANCE
) -> NDArray[np.bool_]:
    """Return a mask (outcomes,) of the outcomes that are at least as good as the status quo for all of the voters.

    status_quo : utilities (voters,) of the status quo, or of whatever holds without consent
    voters : the columns of utilities whose consent is needed; everybody's if none are given

    Several groups at home have one win-set (Putnam 1988); what two sides can both bring home is ``one & other``. ValueError
    as for `asymmetric_nash`, and for voters that are no columns, or an empty list.

    >>> proposals = [(3, -1), (-1, 2), (2, 1)]
    >>> win_set(proposals, (0, 0)).tolist(), win_set(proposals, (0, 0), voters=[1]).tolist()
    ([False, False, True], [False, True, True])
    """
    array, point = _checked(utilities, status_quo, tolerance)
    needed = list(range(array.shape[1])) if voters is None else list(voters)
    if not needed or not all(0 <= voter < array.shape[1] for voter in needed):
        raise ValueError(
            f"voters are {needed}; each must be a column between 0 and {array.shape[1] - 1}, and there must be one at least. "
            "Leave voters out to ask for everybody's consent."
        )
    return np.asarray((array[:, needed] >= point[needed] - tolerance).all(axis=1))


def fallback_bargaining(utilities: ArrayLike, tolerance: float = TOLERANCE) -> Solution:
    """Return the fallback solution: the outcomes with the least maximal rank (Brams & Kilgour 2001).

    All sides fall back from their best outcome to their second best, third best and so on, in step, until one outcome is
    among those that every side has come down to. Ranks count distinct utilities, 1 the best; by row numbers instead, ties
    would count as ranks. Nobody has a reservation value here.

    value : the rank that the sides come down to. All outcomes that share it tie, as in the definition: where a side is
    indifferent between two, one may dominate the other. ValueError for utilities as in `pareto`.

    >>> fallback_bargaining([(4, 1), (3, 2), (2, 3), (1, 4)])
    Solution(name='fallback', outcomes=(1, 2), utilities=((3.0, 2.0), (2.0, 3.0)), value=3.0)
    """
    array = outcome_utilities(utilities)
    # 1. Ranks, 1 the best, and the depth to which all have to come down for an outcome.
    level = levels(array, tolerance)
    depth = (level.max(axis=0, initial=0) - level + 1).max(axis=1)
    # 2. The outcomes that are reached first; with no outcomes none are, at whatever depth.
    least = float(depth.min()) if len(depth) else math.inf
    reached = np.flatnonzero(depth == least)
    return _solution("fallback", reached, array[reached], least)


# ---- the steps that all share --------------------------------------------------------------------------------------


def _checked(
    utilities: ArrayLike, disagreement: ArrayLike, tolerance: float, connected: bool = False
) -> tuple[Array, Array]:
    """Return utilities (outcomes, sides) and the disagreement point (sides,), or raise ValueError."""
    array = outcome_utilities(utilities)
    checked_tolerance(tolerance)
    sides = array.shape[1]
    if connected and sides != 2:
        raise ValueError(
            f"a connected frontier has {sides} sides here; it is a line, and has 2. Leave connected out for separate outcomes."
        )
    return array, _one_each(disagreement, sides, "the disagreement point")


def _one_each(values: ArrayLike, sides: int, what: str) -> Array:
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (sides,) or not np.isfinite(array).all():
        raise ValueError(
            f"{what} is {array.tolist()}; it must be {sides} finite numbers. Give one for each column of utilities."
        )
    return array


def _checked_weights(weights: ArrayLike, sides: int) -> Array:
    array = _one_each(weights, sides, "the list of weights")
    if (array < 0.0).any() or not array.sum() > 0.0:
        raise ValueError(
            f"weights are {array.tolist()}; they must be at least 0, and one above 0. Give each side its bargaining power."
        )
    return array / array.sum()


def _accepted(
    array: Array, disagreement: Array, tolerance: float, connected: bool,
    inner: Callable[[Pieces], Array] | None = None,
) -> _Accepted:
    """Return what nobody refuses. Of a connected frontier these are the places at which a solution can lie: the ends of the
    accepted part of each line, and the share inside it that ``inner`` gives."""
    if not connected:
        rows = np.flatnonzero((array >= disagreement - tolerance).all(axis=1))
        return _Accepted(array[rows], rows, connected)
    pieces = accepted_pieces(array, disagreement, tolerance)
    where = places(pieces, None if inner is None else inner(pieces))
    return _Accepted(at(array, where), where, connected)


def _largest(
    name: str, accepted: _Accepted, objective: Array, tolerance: float, may_dominate: bool = True
) -> Solution:
    """Return all outcomes where the objective is largest, without those that one of them dominates, if it may."""
    best = float(np.max(objective, initial=-np.inf))
    tied = np.flatnonzero(objective >= best - tolerance)
    if accepted.connected:
        tied = _ends_of_ties(accepted.utilities, objective, tied, tolerance)
    if may_dominate:
        tied = tied[pareto(accepted.utilities[tied], tolerance)]
    return _solution(name, accepted.places[tied], accepted.utilities[tied], best)


def _ends_of_ties(utilities: Array, objective: Array, tied: NDArray[np.int64], tolerance: float) -> NDArray[np.int64]:
    """Return the ends of each stretch of a line on which all points tie.

    An objective is flat at its top: points closer than the root of the tolerance may tie by that alone, and the best of
    them stands for all.
    """
    picked: list[int] = []
    for stretch in np.split(tied, np.flatnonzero(np.diff(tied) > 1) + 1):
        if len(stretch) == 0:
            continue
        length = np.abs(utilities[stretch[-1]] - utilities[stretch[0]]).max()
        is_one = length <= math.sqrt(tolerance)
        picked += [int(stretch[np.argmax(objective[stretch])])] if is_one else [int(stretch[0]), int(stretch[-1])]
    return np.array(picked, dtype=np.int64)


def _solution(name: str, outcomes: NDArray[np.int64] | Array, utilities: Array, value: float) -> Solution:
    rows = tuple(tuple(row) for row in utilities.tolist())
    return Solution(name, tuple(outcomes.tolist()), rows, value)
