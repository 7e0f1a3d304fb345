"""The straight lines between consecutive points of a frontier of two sides, and where on them a solution can lie.

Everything on a line is feasible: a traced frontier is interpolated between its nodes, and with additive linear utilities the
true frontier is such a line, its corners being packages in which all issues but one are at an end. On a line the gain of
each side is linear, g(s) = start + s change with s in [0, 1]. So the part that both accept is an interval, a Nash product is
a quadratic with one closed-form peak, and the lesser of two gains is largest at an end or where they cross.

A *place* counts points from 0, with a fraction: 2.25 is a quarter of the way from point 2 to point 3.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
