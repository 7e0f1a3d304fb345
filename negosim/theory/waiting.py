"""Waiting: the option value of not signing yet while what is signed for moves (Dixit & Pindyck 1994)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from negosim.theory.domain import POSITIVE, Array, Numbers, arguments, plain


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


def _root_above_1(rate: Array, payout: Array, volatility: Array) -> Array:
    """b - 1, the positive root of h^2 + 2 p h - 2 y / s^2 = 0 with p = (r - y) / s^2 + 1/2: no digits are lost near b = 1."""
    half = (rate - payout) / volatility**2 + 0.5
    constant = 2 * payout / volatility**2
    root = np.sqrt(half**2 + constant)
    # the first form cancels where p is large and positive, the second where it is large and negative
    return np.where(half < 0, root - half, constant / np.where(half < 0, 1.0, root + half))
