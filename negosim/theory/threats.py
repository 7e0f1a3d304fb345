"""Threats and promises that are not sure: the thresholds at which the target still gives in."""

from __future__ import annotations

from numpy.typing import ArrayLike

from negosim.theory.domain import NOT_NEGATIVE, POSITIVE, PROBABILITY, Numbers, arguments, plain


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
