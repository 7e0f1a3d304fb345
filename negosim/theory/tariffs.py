"""Optimal tariffs where each country's goods are another kind (Armington): power over the terms of trade."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from negosim.theory.domain import POSITIVE, Interval, Numbers, arguments, plain

_OWN_SHARE = Interval(0, 1, "(]", "Give the share of the foreign country's spending at world prices that stays at home.")
_ELASTICITY = Interval(1, np.inf, "()", "Give an elasticity of substitution above 1; at 1 the tariff has no bound.")


def optimal_tariff(trade_elasticity: ArrayLike, foreign_own_share: ArrayLike) -> Numbers:
    """Return the tariff that is best for a country if the other does not answer, as a share of the price at the border.

    t = 1 / (theta s)

    trade_elasticity (theta) positive, the elasticity of substitution less 1; foreign_own_share (s) in (0, 1], the share of
    the foreign country's spending, valued at world prices, that goes to its own goods. Both countries trade goods of one kind
    each, with balanced trade. s depends on the tariff itself: the equation holds at the optimum.
    Source: Gros (1987), A Note on the Optimal Tariff, Retaliation and the Welfare Loss from Tariff Wars, Journal of
    International Economics 23.

    >>> optimal_tariff(4.0, 1.0), optimal_tariff(4.0, 0.5)
    (0.25, 0.5)
    """
    elasticity, share = arguments(
        trade_elasticity=(trade_elasticity, POSITIVE), foreign_own_share=(foreign_own_share, _OWN_SHARE)
    )
    return plain(1 / (elasticity * share))


def symmetric_tariff(substitution: ArrayLike) -> Numbers:
    """Return the tariff that each of two equal countries sets against the other's in the Nash equilibrium.

    (T - 1) (sigma - 1) = 1 + T^(-sigma),    t = T - 1

    substitution (sigma) above 1, the elasticity of substitution between the two goods, which nobody prefers for being
    home-made. It is `optimal_tariff` with the share s = 1 / (1 + T^(-sigma)) that the same tariff abroad brings about. The
    left side rises in T and the right side falls from 2, so that t lies between 1/(sigma - 1) and 2/(sigma - 1).
    Source: as `optimal_tariff`.

    >>> round(symmetric_tariff(3.0), 6)
    0.618034
    """
    (elasticity,) = arguments(substitution=(substitution, _ELASTICITY))
    return plain(np.vectorize(_symmetric, otypes=[np.float64])(elasticity))


def _symmetric(sigma: float) -> float:
    def excess(tariff: float) -> float:
        return tariff * (sigma - 1) - 1 - (1 + tariff) ** -sigma

    return float(brentq(excess, 0.5 / (sigma - 1), 2 / (sigma - 1), xtol=1e-14, rtol=1e-14))
