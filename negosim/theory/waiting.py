"""Waiting: the option value of not signing yet while what is signed for moves (Dixit & Pindyck 1994)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from negosim.theory.domain import NOT_NEGATIVE, POSITIVE, Array, Numbers, arguments, plain


class WaitingTarget(NamedTuple):
    """A target that answers only when the level of a tariff is known: the chance that it ``complies``, its expected ``loss``."""

    complies: Numbers
    loss: Numbers


def waiting_root(rate: ArrayLike, payout: ArrayLike, volatility: ArrayLike) -> Numbers:
    """Return the exponent of the option's value in the value of the project: F(V) = A V^b.

    b = 1/2 - (r - y) / s^2 + sqrt(((r - y) / s^2 - 1/2)^2 + 2 r / s^2)

    rate (r) positive, the discount rate; payout (y) positive, what the project yields per unit of its value and who waits goes
    without; volatility (s) positive, of the logarithm of the value; all per unit of time. b is above 1, the positive root of
    s^2 b (b - 1) / 2 + (r - y) b - r = 0.
    Source: Dixit & Pindyck (1994), Investment under Uncertainty.

    >>> round(waiting_root(0.04, 0.04, 0.2), 6), round(waiting_root(0.04, 0.04, 0.1), 6)
    (2.0, 3.372281)
    """
    discount, dividend, spread = arguments(rate=(rate, POSITIVE), payout=(payout, POSITIVE), volatility=(volatility, POSITIVE))
    return plain(1 + _root_above_1(discount, dividend, spread))


def waiting_multiple(rate: ArrayLike, payout: ArrayLike, volatility: ArrayLike) -> Numbers:
    """Return how many times its cost a project must be worth before it is best to take it.

    V* / I = b / (b - 1),   b as in `waiting_root`

    The symbols and the domain are those of `waiting_root`. It rises with volatility; as volatility goes to 0 it goes to
    max(1, r / y).
    Source: Dixit & Pindyck (1994), Investment under Uncertainty.

    >>> round(waiting_multiple(0.04, 0.04, 0.1), 6), round(waiting_multiple(0.04, 0.04, 0.2), 6)
    (1.421535, 2.0)
    """
    discount, dividend, spread = arguments(rate=(rate, POSITIVE), payout=(payout, POSITIVE), volatility=(volatility, POSITIVE))
    return plain(1 + 1 / _root_above_1(discount, dividend, spread))


def waiting_target(damage: ArrayLike, cost: ArrayLike, volatility: ArrayLike, moves: ArrayLike) -> WaitingTarget:
    """Return what a volatile tariff does to a target that loses nothing by waiting until the deadline.

    loss = E[min(c, D L)] = D N(-d1) + c N(d2),   P(complies) = P(D L >= c) = N(d2)
    d1 = ln(D / c) / v + v / 2,   d2 = d1 - v,   v = s sqrt(n)

    damage (D) of the tariff as announced and cost (c) of complying, positive; the level L begins at 1 and is a lognormal
    martingale with volatility (s), not negative, of its logarithm in each of moves (n) independent moves. N is the standard
    normal distribution. Where nothing moves the target complies iff c <= D. The loss falls in s: the target holds an option.
    Source: Margrabe (1978), The Value of an Option to Exchange One Asset for Another, Journal of Finance 33.

    >>> [round(number, 6) for number in waiting_target(0.5, 0.5, 0.1, 4)]
    [0.460172, 0.460172]
    """
    harm, price, spread, count = arguments(
        damage=(damage, POSITIVE), cost=(cost, POSITIVE), volatility=(volatility, NOT_NEGATIVE), moves=(moves, NOT_NEGATIVE)
    )
    whole = spread * np.sqrt(count)
    still = whole == 0.0
    width = np.where(still, 1.0, whole)
    upper = np.log(harm / price) / width + width / 2
    complies = np.where(still, harm >= price, special.ndtr(upper - width))
    loss = np.where(still, np.minimum(price, harm), harm * special.ndtr(-upper) + price * complies)
    return WaitingTarget(plain(complies), plain(loss))


def _root_above_1(rate: Array, payout: Array, volatility: Array) -> Array:
    """b - 1, the positive root of h^2 + 2 p h - 2 y / s^2 = 0 with p = (r - y) / s^2 + 1/2: no digits are lost near b = 1."""
    half = (rate - payout) / volatility**2 + 0.5
    constant = 2 * payout / volatility**2
    root = np.sqrt(half**2 + constant)
    # the first form cancels where p is large and positive, the second where it is large and negative
    return np.where(half < 0, root - half, constant / np.where(half < 0, 1.0, root + half))
