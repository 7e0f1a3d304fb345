"""Bargaining while the state of the world pays: a round of talks pays both sides a flow, and so does a round after they failed.

The pie of 1 is a flow as well: who has a share of it has it in every round from the agreement on. A payoff is the mean of the
flows, weighted by (1 - d) d^(t - 1). Player 1 proposes first; inside_i (g) is what a round of talks pays player i,
breakdown_i (b) what a round pays once the talks have broken down, both at most 1 in sum. With all four 0 these are the
formulas of `alternating_offers`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from negosim.theory.domain import (
    DISCOUNT,
    INNER_SHARE,
    NOT_NEGATIVE,
    PROBABILITY,
    Array,
    Interval,
    Numbers,
    arguments,
    plain,
    require,
)

FLOW = Interval(-np.inf, np.inf, "()", "Give a finite number, in shares of the pie.")
_ROUNDS = Interval(1, np.inf, "[)", "Give the number of rounds, 1 or more.")


def _flows(**given: ArrayLike) -> dict[str, tuple[ArrayLike, Interval]]:
    return {name: (value, FLOW) for name, value in given.items()}


def _leaves_room(inside_1: Array, inside_2: Array, breakdown_1: Array, breakdown_2: Array) -> None:
    remedy = "Lower one: with more there is nothing to agree on."
    require(inside_1 + inside_2 <= 1, "inside_1 + inside_2 must be at most 1", remedy, inside_1=inside_1, inside_2=inside_2)
    bound = "breakdown_1 + breakdown_2 must be at most 1"
    require(breakdown_1 + breakdown_2 <= 1, bound, remedy, breakdown_1=breakdown_1, breakdown_2=breakdown_2)


def flow_share(
    discount_1: ArrayLike, discount_2: ArrayLike, hazard: ArrayLike, inside_1: ArrayLike, inside_2: ArrayLike,
    breakdown_1: ArrayLike = 0.0, breakdown_2: ArrayLike = 0.0,
) -> Numbers:
    """Return the share of player 1, who proposes first, where talks may go on for ever and may break down after every refusal.

    x1 = {1 - p b2 - (1 - p)(1 - d2) g2 - (1 - p) d2 [1 - p b1 - (1 - p)(1 - d1) g1]} / [1 - (1 - p)^2 d1 d2]

    discount_1, discount_2 (d) in (0, 1]; hazard (p) in [0, 1], with (1 - p)^2 d1 d2 below 1. Without a hazard it is
    [(1 - d2)(1 - g2) + d2 (1 - d1) g1] / (1 - d1 d2).
    Source: Muthoo (1999), Bargaining Theory with Applications, ch. 6 (inside options); Binmore, Rubinstein & Wolinsky (1986),
    RAND Journal of Economics 17 (breakdown).

    >>> round(flow_share(0.9, 0.9, 0.0, 0.2, 0.1), 6), round(flow_share(0.9, 0.9, 0.05, 0.2, 0.1, 0.1, 0.0), 6)
    (0.568421, 0.580054)
    """
    first, second, p, g1, g2, b1, b2 = arguments(
        discount_1=(discount_1, DISCOUNT), discount_2=(discount_2, DISCOUNT), hazard=(hazard, PROBABILITY),
        **_flows(inside_1=inside_1, inside_2=inside_2, breakdown_1=breakdown_1, breakdown_2=breakdown_2),
    )
    _leaves_room(g1, g2, b1, b2)
    kept = (1 - p) ** 2 * first * second
    remedy = "Let a side lose something by waiting: with nothing lost every division is an equilibrium."
    bound = "(1 - hazard)^2 discount_1 discount_2 must lie below 1"
    require(kept < 1, bound, remedy, discount_1=first, discount_2=second, hazard=p)
    to_propose = 1 - p * b1 - (1 - p) * (1 - first) * g1
    return plain((1 - p * b2 - (1 - p) * (1 - second) * g2 - (1 - p) * second * to_propose) / (1 - kept))


def flow_limit(
    rate_1: ArrayLike, rate_2: ArrayLike, hazard_rate: ArrayLike, inside_1: ArrayLike, inside_2: ArrayLike,
    breakdown_1: ArrayLike = 0.0, breakdown_2: ArrayLike = 0.0,
) -> Numbers:
    """Return the share of player 1 as the rounds become short: who proposes first no longer matters.

    x1 = z1 + w (1 - z1 - z2),    z_i = (r_i g_i + L b_i) / (r_i + L),    w = (r2 + L) / (r1 + r2 + 2 L)

    rate_1, rate_2 (r) and hazard_rate (L) not negative, per unit of time, with r_i + L above 0. It is the asymmetric Nash
    solution: what a side has while nobody gives way is z, a mean of both flows, and patience and the hazard are power.
    Source: Binmore, Rubinstein & Wolinsky (1986), RAND Journal of Economics 17, with flows.

    >>> round(flow_limit(0.05, 0.05, 0.1, 0.2, 0.1, 0.1, 0.0), 6), round(flow_limit(0.05, 0.1, 0.1, 0.2, 0.1, 0.2, 0.1), 6)
    (0.55, 0.6)
    """
    first, second, hazard, g1, g2, b1, b2 = arguments(
        rate_1=(rate_1, NOT_NEGATIVE), rate_2=(rate_2, NOT_NEGATIVE), hazard_rate=(hazard_rate, NOT_NEGATIVE),
        **_flows(inside_1=inside_1, inside_2=inside_2, breakdown_1=breakdown_1, breakdown_2=breakdown_2),
    )
    _leaves_room(g1, g2, b1, b2)
    mine, other = first + hazard, second + hazard
    remedy = "Let each side lose by waiting, by its rate or by the hazard."
    require(np.minimum(mine, other) > 0, "rate_i + hazard_rate must exceed 0", remedy, rate_1=first, rate_2=second)
    point_1, point_2 = (first * g1 + hazard * b1) / mine, (second * g2 + hazard * b2) / other
    return plain(point_1 + other / (mine + other) * (1 - point_1 - point_2))


def flow_deadline_share(
    discount: ArrayLike, horizon: ArrayLike, inside_1: ArrayLike, inside_2: ArrayLike,
    breakdown_1: ArrayLike = 0.0, breakdown_2: ArrayLike = 0.0,
) -> Numbers:
    """Return the share of player 1, who proposes first, where the talks end after ``horizon`` rounds.

    x1 = g1 + S [1 - (-d)^(T - 1)] / (1 + d) + (-d)^(T - 1) (S - b_o + g_o),    S = 1 - g1 - g2

    discount (d) of both sides in (0, 1]; horizon (T) a whole number of rounds from 1 on; o is the player who does not propose
    last, 2 if T is odd.
    Source: Stahl (1972), Bargaining Theory, Stockholm School of Economics, with flows.

    >>> round(flow_deadline_share(0.9, 3, 0.0, 0.0), 6), round(flow_deadline_share(0.9, 9, 0.2, 0.1, 0.3, 0.0), 6)
    (0.91, 0.754202)
    """
    delta, rounds, g1, g2, b1, b2 = arguments(
        discount=(discount, DISCOUNT), horizon=(horizon, _ROUNDS),
        **_flows(inside_1=inside_1, inside_2=inside_2, breakdown_1=breakdown_1, breakdown_2=breakdown_2),
    )
    require(rounds == np.floor(rounds), "it must be a whole number", "Give the number of rounds.", horizon=rounds)
    _leaves_room(g1, g2, b1, b2)
    surplus, power = 1 - g1 - g2, (-delta) ** (rounds - 1)
    last = surplus + np.where(rounds % 2 == 1, g2 - b2, g1 - b1)
    return plain(g1 + surplus * (1 - power) / (1 + delta) + power * last)


def fair_flow_share(
    discount: ArrayLike, hazard: ArrayLike, inside_1: ArrayLike, inside_2: ArrayLike, breakdown_1: ArrayLike,
    breakdown_2: ArrayLike, resumption: ArrayLike = 0.0,
) -> Numbers:
    """Return what player 1 expects before a fair coin names the first proposer, where talks that broke down may be resumed.

    V1 = 1/2 + {A (b1 - b2) + (1 - p)(1 - d)(g1 - g2)} / {2 (1 - E)}
    A = p (1 - d) / [1 - d (1 - m)],    E = p d m / [1 - d (1 - m)] + (1 - p) d

    discount (d) of both sides in (0, 1); hazard (p) and resumption (m) in [0, 1], the chances a round that talks break down
    after a refusal and that broken ones are taken up again. It does not matter whether the coin is thrown once or in every
    round, as V1 - V2 = R1 - R2 either way, R_i being what a refusal is worth. With g1 - g2 = b1 - b2 it is g1 + (1 - g1 - g2)
    / 2 whatever the hazard: brinkmanship is worth nothing. It gains player 1 if and only if b1 - b2 > g1 - g2: no deal must
    hurt the other more.
    Source: after Binmore, Rubinstein & Wolinsky (1986), RAND Journal of Economics 17.

    >>> [round(fair_flow_share(0.9, p, 0.2, 0.1, 0.2, 0.1), 6) for p in (0.0, 0.05, 0.3)]
    [0.55, 0.55, 0.55]
    >>> round(fair_flow_share(0.9, 0.05, 0.2, 0.1, 0.3, 0.0, 0.1), 6)
    0.571692
    """
    delta, p, again, g1, g2, b1, b2 = arguments(
        discount=(discount, INNER_SHARE), hazard=(hazard, PROBABILITY), resumption=(resumption, PROBABILITY),
        **_flows(inside_1=inside_1, inside_2=inside_2, breakdown_1=breakdown_1, breakdown_2=breakdown_2),
    )
    _leaves_room(g1, g2, b1, b2)
    broken = 1 - delta * (1 - again)
    apart = p * (1 - delta) / broken * (b1 - b2) + (1 - p) * (1 - delta) * (g1 - g2)
    return plain(0.5 * (1 + apart / (1 - p * delta * again / broken - (1 - p) * delta)))
