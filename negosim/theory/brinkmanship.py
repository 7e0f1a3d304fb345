"""Brinkmanship in units of risk: both sides let the risk of disaster grow, and the first to stop concedes the prize.

R is the accumulated hazard: the disaster has happened with probability 1 - exp(-R) by the time that it has grown to R. What a
side privately knows decides at which R it stops, in the symmetric equilibrium: what it loses by a little more risk equals
what it gains as the other may stop just then.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import integrate, special

from negosim.theory.domain import NOT_NEGATIVE, POSITIVE, Array, Numbers, arguments, plain, require


def stop_by_value(
    value: ArrayLike, largest_value: ArrayLike, disaster_cost: ArrayLike, smallest_value: ArrayLike = 0.0
) -> Numbers:
    """Return the risk at which a side concedes, if the prize is worth ``value`` to it and the other knows its distribution.

    R(v) = (v0 - v + V ln[(V - v0) / (V - v)]) / D,   from   R'(v) = v / (D (V - v)),  R(v0) = 0

    value (v) in [v0, V), uniform on [smallest_value, largest_value] (v0, V) for either side, privately known; 0 <= v0 < V;
    disaster_cost (D) positive. A side that concedes has 0. The stopping hazard of the other, per unit of risk, is D / v.
    Source: after Nalebuff (1986), Brinkmanship and Nuclear Deterrence, Conflict Management and Peace Science 9; Powell (1990),
    Nuclear Deterrence Theory.

    >>> round(stop_by_value(0.5, 1.0, 1.0), 6)
    0.193147
    """
    worth, largest, cost, smallest = arguments(
        value=(value, NOT_NEGATIVE), largest_value=(largest_value, POSITIVE), disaster_cost=(disaster_cost, POSITIVE),
        smallest_value=(smallest_value, NOT_NEGATIVE),
    )
    bound = "value must lie below largest_value"
    require(worth < largest, bound, "Lower it: the largest value never concedes.", value=worth, largest_value=largest)
    require(smallest <= worth, "value must not lie below smallest_value", "Raise it.", value=worth, smallest_value=smallest)
    return plain((smallest - worth + largest * (np.log1p(-smallest / largest) - np.log1p(-worth / largest))) / cost)


def disaster_by_value(largest_value: ArrayLike, disaster_cost: ArrayLike, smallest_value: ArrayLike = 0.0) -> Numbers:
    """Return the probability that the contest of `stop_by_value` ends in disaster.

    P = 1 - 2 int_0^1 (1 - s)^(1 + a) exp(b s) ds = 1 - 2 / (2 + a) 1F1(1; 3 + a; b),    a = V / D,  b = (V - v0) / D

    with 1F1 the confluent hypergeometric function. largest_value (V) and disaster_cost (D) positive, smallest_value (v0) in
    [0, V). Source: as `stop_by_value`; the smaller value stops first, at s = (v - v0) / (V - v0) with density 2 (1 - s).

    >>> round(disaster_by_value(1.0, 1.0), 6)  # 11 - 4 e
    0.126873
    """
    largest, cost, smallest = arguments(
        largest_value=(largest_value, POSITIVE), disaster_cost=(disaster_cost, POSITIVE),
        smallest_value=(smallest_value, NOT_NEGATIVE),
    )
    inside = "smallest_value must lie below largest_value"
    require(smallest < largest, inside, "Part them: a value that is known is another game.", smallest_value=smallest)
    a = largest / cost
    return plain(1 - 2 / (2 + a) * special.hyp1f1(1, 3 + a, (largest - smallest) / cost))


def stop_by_cost(cost: ArrayLike, cost_low: ArrayLike, cost_high: ArrayLike) -> Numbers:
    """Return the risk at which a side concedes, if the disaster costs it ``cost`` and the other knows its distribution.

    R(c) = ln[ (c / (c - l)) ((h - l) / h) ] / l,   and 1/c - 1/h for l = 0,   from   -R'(c) = 1 / (c (c - l))

    cost (c), in units of the prize, uniform on [cost_low, cost_high] (l, h) for either side, 0 <= l < h, privately known, with
    l < c <= h. A side that wins has 1, one that concedes 0, and -c in the disaster. The stopping hazard of the other,
    per unit of risk, is c; the side with the larger cost stops first.
    Source: the contest of `stop_by_value` with the other number private.

    >>> stop_by_cost(0.5, 0.0, 1.0), round(stop_by_cost(1.5, 1.0, 2.0), 6)
    (1.0, 0.405465)
    """
    own, low, high = arguments(cost=(cost, POSITIVE), cost_low=(cost_low, NOT_NEGATIVE), cost_high=(cost_high, POSITIVE))
    inside = "cost must lie above cost_low and not above cost_high"
    remedy = "Move it into the interval: the smallest cost never concedes."
    require((low < own) & (own <= high), inside, remedy, cost=own, cost_low=low, cost_high=high)
    return plain(_risk(own, low, high))


def disaster_by_cost(cost_low: ArrayLike, cost_high: ArrayLike) -> Numbers:
    """Return the probability that the contest of `stop_by_cost` ends in disaster, by numerical integration.

    P = 1 - 2 int_0^1 s exp(-R(l + (h - l) s)) ds,    and 1 - 2 e^(1/h) E_3(1/h) for l = 0

    with E_3 the exponential integral of order 3. cost_low, cost_high (l, h) in units of the prize, 0 <= l < h.
    Source: as `stop_by_cost`; the side with the larger cost stops first, at s = (c - l) / (h - l) with density 2 s.

    >>> round(disaster_by_cost(0.0, 1.0), 6), round(disaster_by_cost(0.5, 1.0), 6)
    (0.403653, 0.364468)
    """
    low, high = arguments(cost_low=(cost_low, NOT_NEGATIVE), cost_high=(cost_high, POSITIVE))
    remedy = "Exchange the two, or part them: a cost that is known is another game."
    require(low < high, "cost_low must lie below cost_high", remedy, cost_low=low, cost_high=high)
    return plain(np.vectorize(_disaster, otypes=[np.float64])(low, high))


def _risk(cost: Array, low: Array, high: Array) -> Array:
    """R(c), written with log1p so that it goes to 1/c - 1/h as l goes to 0."""
    positive = low > 0
    floor = np.where(positive, low, 1.0)
    with_floor = (np.log1p(-low / high) - np.log1p(-low / cost)) / floor
    return np.where(positive, with_floor, 1 / cost - 1 / high)


def _disaster(low: float, high: float) -> float:
    def survived(share: float) -> float:
        cost = low + (high - low) * share
        return float(2 * share * np.exp(-_risk(np.array(cost), np.array(low), np.array(high)))) if cost > low else 0.0

    # where disaster is cheap only those with the largest costs stop in time: within about h of the upper end
    steep = [1 - 10 * high, 1 - high] if high < 0.1 else None
    value, _ = integrate.quad(survived, 0, 1, points=steep, limit=200, epsabs=1e-12, epsrel=1e-12)
    return float(1 - value)
