"""Threats and promises that are not sure: up to where the target gives in, and what they cost and pay as flows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from negosim.theory.domain import (
    INNER_SHARE,
    NOT_NEGATIVE,
    POSITIVE,
    PROBABILITY,
    Interval,
    Numbers,
    arguments,
    plain,
    require,
)

_FLOW = Interval(-np.inf, np.inf, "()", "Give a finite number.")


class ThreatOfEachRound(NamedTuple):
    """What the first proposer has at least and at most in equilibrium, and the ``dearest`` threat that is credible."""

    lowest: Numbers
    highest: Numbers
    dearest: Numbers


def threat_needed(cost: ArrayLike, damage: ArrayLike) -> Numbers:
    """Return the least probability with which a threat must be carried out for the target to comply.

    complies iff q D >= c:   q* = c / D

    cost (c) of complying, not negative; damage (D) of the threat, positive. Above 1 no threat of this damage suffices.
    Source: Schelling (1960), The Strategy of Conflict: the threat that leaves something to chance.

    >>> threat_needed(0.2, 0.5)
    0.4
    """
    price, harm = arguments(cost=(cost, NOT_NEGATIVE), damage=(damage, POSITIVE))
    return plain(price / harm)


def dearest_compliance(damage: ArrayLike, unpredictability: ArrayLike) -> Numbers:
    """Return the largest cost at which the target complies with a threat that is carried out unpredictably.

    punished with 1 - u/2 if it refuses, with u/2 if it complies:   c + D u/2 <= D (1 - u/2),   c* = (1 - u) D

    damage (D) not negative; unpredictability (u) in [0, 1]. It falls in u: a threat persuades only with the assurance that
    who complies is spared.
    Source: Schelling (1966), Arms and Influence.

    >>> dearest_compliance(0.5, 0.0), dearest_compliance(0.5, 0.4)
    (0.5, 0.3)
    """
    harm, noise = arguments(damage=(damage, NOT_NEGATIVE), unpredictability=(unpredictability, PROBABILITY))
    return plain((1 - noise) * harm)


def tolerated_reversal(flow: ArrayLike, cost: ArrayLike, rate: ArrayLike) -> Numbers:
    """Return the largest hazard rate of reversal at which the target still pays once for a flow that lasts until then.

    pays iff g / (r + hazard) >= C:   hazard* = g / C - r

    flow (g) per unit of time, not negative; cost (C) positive, paid at once; rate (r) not negative, the discount rate per unit
    of time. Below 0 the flow is not worth its cost even if it lasts for ever.
    Source: present value of a flow that ends at a constant hazard rate, which acts as a discount rate.

    >>> round(tolerated_reversal(0.06, 0.5, 0.04), 6)
    0.08
    """
    stream, price, discount = arguments(flow=(flow, NOT_NEGATIVE), cost=(cost, POSITIVE), rate=(rate, NOT_NEGATIVE))
    return plain(stream / price - discount)


def kept_share(rate: ArrayLike, hazard: ArrayLike, horizon: ArrayLike = np.inf) -> Numbers:
    """Return the mean share of a settlement's value that is had before it is taken back, if nothing counts after a horizon.

    K = r / (r + h) [1 - exp(-(r + h) T)] / [1 - exp(-r T)],    r / (r + h) for ever

    rate (r) positive, the discount rate; hazard (h) of being taken back, not negative; horizon (T) positive, infinite for none.
    Source: present value of a flow that ends at a constant hazard rate.

    >>> round(kept_share(0.02, 0.01, 50), 6), round(kept_share(0.1, 0.3), 6)
    (0.819327, 0.25)
    """
    discount, danger = arguments(rate=(rate, POSITIVE), hazard=(hazard, NOT_NEGATIVE))
    left = np.asarray(horizon, dtype=np.float64)
    require(left > 0, "it must lie in (0, inf]", "Give the rounds that are left, or infinity.", horizon=left)
    return plain(discount / (discount + danger) * np.expm1(-(discount + danger) * left) / np.expm1(-discount * left))


def share_until_lifted(discount: ArrayLike, resumption: ArrayLike) -> Numbers:
    """Return which share of a flow for ever one has that lasts until a threat is lifted.

    E = (1 - d) / [1 - d (1 - m)]

    discount (d) in (0, 1); resumption (m) in [0, 1], the chance a round that the threat is lifted, from the second round on.
    Source: present value of a flow that ends at a constant hazard.

    >>> share_until_lifted(0.9, 0.0), round(share_until_lifted(0.9, 0.1), 6), round(share_until_lifted(0.9, 1.0), 6)
    (1.0, 0.526316, 0.1)
    """
    delta, lifted = arguments(discount=(discount, INNER_SHARE), resumption=(resumption, PROBABILITY))
    return plain((1 - delta) / (1 - delta * (1 - lifted)))


def gain_of_a_lasting_threat(
    benefit: ArrayLike, stress_cost: ArrayLike, added: ArrayLike, persistence: ArrayLike, discount: ArrayLike
) -> Numbers:
    """Return what a side gains by a threat that is in force for ever, if the stress that it causes costs the side a flow.

    v = beta - s I d / (1 - d phi)

    benefit (beta) of a round in force; stress_cost (s) of a round per unit of stress, not negative; added (I), the stress
    that a round in force adds, not negative; persistence (phi) in [0, 1] of stress from round to round, which is phi S + I
    next; discount (d) in (0, 1). Stress that is there already is in neither term, as the cost is linear in it: what pays once
    pays at any stress, so that pausing at a threshold is never best. A threat in force for n rounds gains (1 - d^n) v.
    Source: optimal stopping with a linear cost, present value.

    >>> round(gain_of_a_lasting_threat(0.087, 0.0821, 0.25, 0.77, 0.985), 6)
    0.003303
    """
    gain, cost, more, kept, delta = arguments(
        benefit=(benefit, _FLOW), stress_cost=(stress_cost, NOT_NEGATIVE), added=(added, NOT_NEGATIVE),
        persistence=(persistence, PROBABILITY), discount=(discount, INNER_SHARE),
    )
    return plain(gain - cost * more * delta / (1 - delta * kept))


def threat_of_each_round(
    discount: ArrayLike, inside_1: ArrayLike, inside_2: ArrayLike, damage: ArrayLike, cost: ArrayLike
) -> ThreatOfEachRound:
    """Return what player 1 can have who proposes first and may, after each refusal, hurt both for a round: strike or hold out.

    lowest (1 - g2 + d g1) / (1 + d),  highest (1 - g2 + D + d g1) / (1 + d) if c <= d^2 D / (1 - d^2), else the lowest

    discount (d) of both in (0, 1); inside_1, inside_2 (g) flows of a round without agreement, at most 1 in sum; damage (D)
    not negative, what the threat takes from player 2 in a round in which it is carried out; cost (c) not negative, what it
    takes from player 1. Talks may go on for ever. In the highest equilibrium player 1 carries it out after its own offers are
    refused and not after it has refused the other's; if it does not, the lowest equilibrium is played from then on. A strike
    is g = (w, 1 - w), c = w, D = 1 - w: from w to (1 + d w) / (1 + d).
    Source: Haller & Holden (1990), Journal of Economic Theory 52; Fernandez & Glazer (1991), American Economic Review 81;
    bounds in the sense of Busch & Wen (1995), Econometrica 63.

    >>> [round(share, 6) for share in threat_of_each_round(0.9, 0.3, 0.7, 0.7, 0.3)]
    [0.3, 0.668421, 2.984211]
    """
    delta, g1, g2, harm, price = arguments(
        discount=(discount, INNER_SHARE), inside_1=(inside_1, _FLOW), inside_2=(inside_2, _FLOW),
        damage=(damage, NOT_NEGATIVE), cost=(cost, NOT_NEGATIVE),
    )
    remedy = "Lower one: with more there is nothing to agree on."
    require(g1 + g2 <= 1, "inside_1 + inside_2 must be at most 1", remedy, inside_1=g1, inside_2=g2)
    dearest = delta**2 * harm / (1 - delta**2)
    lowest = (1 - g2 + delta * g1) / (1 + delta)
    return ThreatOfEachRound(plain(lowest), plain(lowest + np.where(price <= dearest, harm, 0.0) / (1 + delta)), plain(dearest))
