"""The Pareto frontier of a set of outcomes, with a tolerance, and the straight lines between its points.

Utilities that differ by rounding alone must not count as different, or dominated outcomes stay on the frontier. A relation
such as "no more than a tolerance worse" is not transitive: with three sides or more it has circles, in which every outcome
is dominated by another. So each side's utilities are first sorted into *levels*, and levels are compared exactly.

Everything on a line between consecutive points of a frontier of two sides is feasible: a traced frontier is interpolated between
its nodes, and with additive linear utilities the true frontier is such a line, its corners being packages in which all issues but
one are at an end. On a line the gain of each side is linear, g(s) = start + s change with s in [0, 1]. So the part that both
accept is an interval, a Nash product is a quadratic with one closed-form peak, and the lesser of two gains is largest at an end
or where they cross. A *place* counts points from 0, with a fraction: 2.25 is a quarter of the way from point 2 to point 3.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

TOLERANCE = 1e-9
"""Utilities that differ by no more are one level, unless another tolerance is given."""


def outcome_utilities(utilities: ArrayLike) -> NDArray[np.float64]:
    """Return utilities as an array (outcomes, sides); ValueError unless there are two sides or more and all are finite."""
    array = np.asarray(utilities, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] < 2:
        raise ValueError(
            f"utilities have shape {array.shape}; they must have shape (outcomes, sides) with at least 2 sides. "
            "Give one row an outcome and one column a side."
        )
    if not np.isfinite(array).all():
        row, side = np.argwhere(~np.isfinite(array))[0]
        raise ValueError(
            f"utilities[{row}, {side}] is {array[row, side]}; utilities must be finite. Leave out outcomes without a utility."
        )
    return array


def checked_tolerance(tolerance: float) -> float:
    """Return the tolerance; ValueError unless it is finite and not negative."""
    if not (np.isfinite(tolerance) and tolerance >= 0.0):
        raise ValueError(f"tolerance is {tolerance}; it must be finite and at least 0. Leave it out for {TOLERANCE:g}.")
    return float(tolerance)


def levels(utilities: ArrayLike, tolerance: float = TOLERANCE) -> NDArray[np.int64]:
    """Return the level (outcomes, sides) of each utility among the distinct values of its side, 0 the lowest.

    Upwards from the lowest utility, a level holds all that are at most ``tolerance`` above its lowest. So a higher utility
    never has a lower level, and two that differ by more than the tolerance never have the same. ValueError as for `pareto`.

    >>> levels([(0.5, 0.1 + 0.2), (0.7, 0.3), (0.7, 0.9)]).tolist()
    [[0, 0], [1, 0], [1, 1]]
    """
    array, tolerance = outcome_utilities(utilities), checked_tolerance(tolerance)
    return np.column_stack([_levels_of_side(column, tolerance) for column in array.T])


def _levels_of_side(values: NDArray[np.float64], tolerance: float) -> NDArray[np.int64]:
    distinct, where = np.unique(values, return_inverse=True)
    opens = np.diff(distinct, prepend=-np.inf) > tolerance
    # Neighbours within the tolerance form chains. A chain is mostly one level; only a longer one has to be walked through.
    starts = np.flatnonzero(opens)
    ends = np.append(starts[1:], len(distinct))[: len(starts)]
    long = distinct[ends - 1] - distinct[starts] > tolerance
    for start, end in zip(starts[long].tolist(), ends[long].tolist(), strict=True):
        chain = distinct[start:end].tolist()
        place = bisect_right(chain, chain[0] + tolerance)
        while place < len(chain):
            opens[start + place] = True
            place = bisect_right(chain, chain[place] + tolerance)
    return (np.cumsum(opens) - 1)[where]


def pareto(utilities: ArrayLike, tolerance: float = TOLERANCE) -> NDArray[np.bool_]:
    """Return a mask (outcomes,) of the outcomes that no other dominates: at least as good for all, and better for one.

    Better and as good are told by `levels`: an outcome on the frontier is beaten by none by more than the tolerance, and for
    each one off it the frontier has another that is better for somebody, and worse for nobody by more than the tolerance.
    Outcomes of equal levels stay on it together. Utilities have shape (outcomes, sides). ValueError if they have another
    shape, fewer than two sides, or an entry that is not finite, or if the tolerance is negative.

    Two sides cost one sorting, three O(n log^2 n) whatever the outcomes (after Kung, Luccio & Preparata 1975, "On finding
    the maxima of a set of vectors"). Four or more cost one pass over what is left for each outcome of the frontier: quick
    while the frontier has some thousand outcomes.

    >>> pareto([(0.6, 0.7), (0.6, 0.4), (0.85, 0.4), (0.5, 0.7 - 1e-12)]).tolist()
    [True, False, True, False]
    """
    places = levels(utilities, tolerance)
    order = np.lexsort(places.T[::-1])[::-1]  # best first, by the first side, then by the second, and so on
    ranked = places[order]
    new = np.ones(len(ranked), dtype=bool)
    new[1:] = (ranked[1:] != ranked[:-1]).any(axis=1)
    kinds = ranked[new]
    sweep = {2: _two_sides, 3: _three_sides}.get(places.shape[1], _many_sides)
    mask = np.empty(len(places), dtype=bool)
    mask[order] = sweep(kinds)[np.cumsum(new) - 1]
    return mask


def _two_sides(kinds: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Keep the rows, distinct and best first, in which the second side has more than in any row before."""
    before = np.maximum.accumulate(np.append(-1, kinds[:, 1]))[:-1]
    return kinds[:, 1] > before


def _three_sides(kinds: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Keep the rows, distinct and best first, before which none is at least as good for the second and the third side.

    Blocks of rows are halved, all of a size at once. In each, the rows are read from the second side's best down, and the
    best that the third side has had in the first half is held against the rows of the second half.
    """
    block = 1 << max(len(kinds) - 1, 1).bit_length()
    second, third = np.full((2, block), -1)  # rows that fill up to a power of 2, below all others
    second[: len(kinds)], third[: len(kinds)] = kinds[:, 1], kinds[:, 2]
    order = np.argsort(-second, kind="stable")  # of equals the earlier row first: it is better for the first side
    beaten = np.zeros(block, dtype=bool)
    while block > 1:
        rows = order.reshape(-1, block)
        later = (rows & (block // 2)) != 0
        own = third[rows]
        best = np.maximum.accumulate(np.where(later, -1, own), axis=1)
        beaten[rows[later & (best >= own)]] = True
        halves = [rows[half].reshape(-1, block // 2) for half in (~later, later)]
        order, block = np.stack(halves, axis=1).ravel(), block // 2
    return ~beaten[: len(kinds)]


def _many_sides(kinds: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Keep the row with the largest sum, drop what it is at least as good as for everybody, and so on with the rest."""
    keep = np.zeros(len(kinds), dtype=bool)
    left = np.argsort(-kinds.sum(axis=1), kind="stable")
    rows = kinds[left]
    while len(left):
        keep[left[0]] = True
        ahead = (rows > rows[0]).any(axis=1)
        left, rows = left[ahead], rows[ahead]
    return keep


Array = NDArray[np.float64]


class Pieces(NamedTuple):
    """The pieces of a frontier that have a part which both sides accept."""

    number: NDArray[np.int64]  # (pieces,): the point at which each starts
    start: Array  # (pieces, 2): the gains there
    change: Array  # (pieces, 2): what the gains change by along the whole piece
    low: Array  # (pieces,): the share of the piece from which both accept
    high: Array  # (pieces,): and up to which


def accepted_pieces(points: Array, disagreement: Array, tolerance: float) -> Pieces:
    """Return the pieces between points (points, 2) with a part that both accept; a lone point is one.

    Parts end where a gain is 0. The tolerance decides only whether a piece that no more than touches 0 has such a part.
    """
    if len(points) == 1:
        points = np.repeat(points, 2, axis=0)
    start, change = points[:-1] - disagreement, np.diff(points, axis=0)
    with np.errstate(over="ignore"):  # far beyond the ends is beyond the ends
        crossing = np.divide(-start, change, out=np.zeros_like(start), where=change != 0.0)
    crossing = np.clip(crossing, 0.0, 1.0)
    rising = np.where(change > 0.0, crossing, 0.0).max(axis=1, initial=0.0)
    falling = np.where(change < 0.0, crossing, 1.0).min(axis=1, initial=1.0)
    low, high = np.minimum(rising, falling), np.maximum(rising, falling)
    ends = [start + share[:, None] * change for share in (low, high)]
    accepted = (np.minimum(*ends) >= -tolerance).all(axis=1)
    return Pieces(np.flatnonzero(accepted), start[accepted], change[accepted], low[accepted], high[accepted])


def peaks_of_products(pieces: Pieces, weights: Array) -> Array:
    """Return the share (pieces,) at which g_1^w_1 g_2^w_2 peaks: w_1 g_1' / g_1 + w_2 g_2' / g_2 = 0.

    With g linear that is s = -(w_1 g_1' g_2(0) + w_2 g_2' g_1(0)) / ((w_1 + w_2) g_1' g_2'). A piece along which one gain
    stands still has no peak, and its start is returned.
    """
    (first, second), (rise, fall) = pieces.start.T, pieces.change.T
    top = -(weights[0] * rise * second + weights[1] * fall * first)
    return _share(pieces, top, weights.sum() * rise * fall)


def crossings(pieces: Pieces, units: Array) -> Array:
    """Return the share (pieces,) at which g_1 / units_1 = g_2 / units_2; the start where the two run in parallel."""
    start, change = pieces.start / units, pieces.change / units
    return _share(pieces, start[:, 1] - start[:, 0], change[:, 0] - change[:, 1])


def _share(pieces: Pieces, top: Array, bottom: Array) -> Array:
    with np.errstate(over="ignore"):
        share = np.divide(top, bottom, out=pieces.low.copy(), where=bottom != 0.0)
    return np.clip(share, pieces.low, pieces.high)


def places(pieces: Pieces, inner: Array | None = None) -> Array:
    """Return the places of the ends of the accepted parts, and of a share inside each, in order and each once."""
    shares = [pieces.low, pieces.high, *([] if inner is None else [inner])]
    return np.unique(np.concatenate([pieces.number + share for share in shares]))


def at(points: NDArray[np.float64], where: Array) -> Array:
    """Return the points (places, columns) at some places of a line of points (points, columns).

    >>> at(np.array([(0.0, 1.0), (0.6, 0.7)]), np.array([0.5, 1.0])).tolist()
    [[0.3, 0.85], [0.6, 0.7]]
    """
    number = np.minimum(where.astype(np.int64), len(points) - 1)
    following = np.minimum(number + 1, len(points) - 1)
    share = (where - number)[:, None]
    return np.asarray((1.0 - share) * points[number] + share * points[following])
