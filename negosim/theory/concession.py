"""Concession paths in time: how far a side has come from its opening towards its reservation value.

In the code's words `toughness` is the exponent of elapsed time, above 1 Boulware, below 1 conceder. Faratin, Sierra & Jennings
(1998) write beta = 1 / toughness.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from negosim.theory.domain import POSITIVE, SHARE, Interval, Numbers, arguments, plain

_OPENING = Interval(0, 1, "(]", "Give the share conceded at once; at 0 the exponential path stands still until the deadline.")


def polynomial_concession(time: ArrayLike, toughness: ArrayLike, opening: ArrayLike) -> Numbers:
    """Return the share of its range that a side has conceded, on the polynomial path.

    alpha(t) = k + (1 - k) t^toughness,   toughness = 1 / beta

    time (t) in [0, 1], elapsed share of the time there is; toughness positive; opening (k) in [0, 1], conceded at once.
    Source: Faratin, Sierra & Jennings (1998), Negotiation Decision Functions for Autonomous Agents, Robotics and Autonomous
    Systems 24.

    >>> [round(polynomial_concession(0.5, 1 / beta, 0.1), 6) for beta in (0.2, 1, 5)]
    [0.128125, 0.55, 0.883496]
    """
    elapsed, exponent, start = arguments(time=(time, SHARE), toughness=(toughness, POSITIVE), opening=(opening, SHARE))
    return plain(start + (1 - start) * elapsed**exponent)


def exponential_concession(time: ArrayLike, toughness: ArrayLike, opening: ArrayLike) -> Numbers:
    """Return the share of its range that a side has conceded, on the exponential path.

    alpha(t) = exp((1 - t)^(1 / toughness) ln k),   1 / toughness = beta

    time (t) in [0, 1], elapsed share of the time there is; toughness positive; opening (k) in (0, 1], conceded at once.
    Source: Faratin, Sierra & Jennings (1998), Robotics and Autonomous Systems 24.

    >>> [round(exponential_concession(0.5, 1 / beta, 0.1), 6) for beta in (0.2, 1, 5)]
    [0.134725, 0.316228, 0.930572]
    """
    elapsed, exponent, start = arguments(time=(time, SHARE), toughness=(toughness, POSITIVE), opening=(opening, _OPENING))
    return plain(np.exp((1 - elapsed) ** (1 / exponent) * np.log(start)))


def meeting_time(toughness_1: ArrayLike, toughness_2: ArrayLike) -> Numbers:
    """Return the elapsed share of time at which two polynomial paths over one pie meet, each from all of it to none.

    t^toughness_1 + t^toughness_2 = 1

    toughness_1, toughness_2 positive; neither side concedes anything at once.
    Source: the paths of Faratin, Sierra & Jennings (1998) meet when what both have conceded adds up to the pie.

    >>> round(meeting_time(5.0, 1.0), 6), meeting_time(1.0, 1.0)
    (0.754878, 0.5)
    """
    first, second = arguments(toughness_1=(toughness_1, POSITIVE), toughness_2=(toughness_2, POSITIVE))
    return plain(np.vectorize(_meeting, otypes=[np.float64])(first, second))


def _meeting(first: float, second: float) -> float:
    return float(brentq(lambda time: time**first + time**second - 1, 0.0, 1.0, xtol=1e-14, rtol=1e-14))
