"""Alternating offers over a pie of 1: what player 1, who proposes first, has in subgame perfect equilibrium.

Every function returns the share of player 1 (of the pie of today); player 2 has the rest, as the first offer is accepted.
discount_i is what a payoff of the next round is worth to player i now.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from negosim.theory.domain import (
    DISCOUNT,
    NOT_NEGATIVE,
    POSITIVE,
    PROBABILITY,
    SHARE,
    Interval,
    Numbers,
    arguments,
    plain,
    require,
)

_ROUNDS = Interval(1, np.inf, "[)", "Give the number of rounds, 1 or more.")
_IMPATIENT = "Let a side lose something by waiting: with nothing lost every division is an equilibrium."


def rubinstein_share(discount_1: ArrayLike, discount_2: ArrayLike) -> Numbers:
    """Return player 1's share where the talks may go on for ever.

    x1 = (1 - d2) / (1 - d1 d2)

    discount_1, discount_2 (d) in (0, 1], not both 1.
    Source: Rubinstein (1982), Perfect Equilibrium in a Bargaining Model, Econometrica 50.

    >>> round(rubinstein_share(0.9, 0.9), 6), round(rubinstein_share(0.95, 0.9), 6)
    (0.526316, 0.689655)
    """
    return breakdown_share(discount_1, discount_2, 0.0)


def stahl_share(discount_1: ArrayLike, discount_2: ArrayLike, horizon: ArrayLike) -> Numbers:
    """Return player 1's share where nobody has anything unless they agree within ``horizon`` rounds.

    x1 = (1 - d2) (1 - q^m) / (1 - q), plus q^m if T is odd;    q = d1 d2,  m = floor(T / 2)

    discount_1, discount_2 (d) in (0, 1]; horizon (T) a whole number of rounds from 1 on. Player 1 proposes in odd rounds,
    so it makes the last offer if T is odd. With q = 1 the fraction is m.
    Source: Stahl (1972), Bargaining Theory, Stockholm School of Economics.

    >>> round(stahl_share(0.9, 0.9, 3), 6), round(stahl_share(0.9, 0.9, 10), 6)
    (0.91, 0.342801)
    """
    first, second, rounds = arguments(
        discount_1=(discount_1, DISCOUNT), discount_2=(discount_2, DISCOUNT), horizon=(horizon, _ROUNDS)
    )
    require(rounds == np.floor(rounds), "it must be a whole number", "Give the number of rounds.", horizon=rounds)
    both, pairs = first * second, np.floor(rounds / 2)
    power = both**pairs
    series = np.where(both < 1, (1 - power) / np.where(both < 1, 1 - both, 1), pairs)
    return plain((1 - second) * series + np.where(rounds % 2 == 1, power, 0.0))


def breakdown_share(
    discount_1: ArrayLike,
    discount_2: ArrayLike,
    hazard: ArrayLike,
    breakdown_1: ArrayLike = 0.0,
    breakdown_2: ArrayLike = 0.0,
) -> Numbers:
    """Return player 1's share where every refusal may end the talks.

    x1 = [1 - p b2 - (1 - p) d2 (1 - p b1)] / [1 - (1 - p)^2 d1 d2]

    discount_1, discount_2 (d) in (0, 1]; hazard (p) in [0, 1], the chance that the talks break down after a refusal;
    breakdown_1, breakdown_2 (b) what the sides have then, undiscounted, not negative and together at most 1. Without a hazard
    not both discount factors may be 1.
    Source: Binmore, Rubinstein & Wolinsky (1986), The Nash Bargaining Solution in Economic Modelling, RAND Journal of
    Economics 17.

    >>> round(breakdown_share(1.0, 1.0, 0.05), 6)
    0.512821
    """
    first, second, p, b1, b2 = arguments(
        discount_1=(discount_1, DISCOUNT), discount_2=(discount_2, DISCOUNT), hazard=(hazard, PROBABILITY),
        breakdown_1=(breakdown_1, SHARE), breakdown_2=(breakdown_2, SHARE),
    )
    together = "breakdown_1 + breakdown_2 must be at most 1"
    require(b1 + b2 <= 1, together, "Lower one: with more the sides would rather break down.", breakdown_1=b1, breakdown_2=b2)
    kept = (1 - p) ** 2 * first * second
    bound = "(1 - hazard)^2 discount_1 discount_2 must lie below 1"
    require(kept < 1, bound, _IMPATIENT, discount_1=first, discount_2=second, hazard=p)
    return plain((1 - p * b2 - (1 - p) * second * (1 - p * b1)) / (1 - kept))


def outside_option_share(discount_1: ArrayLike, discount_2: ArrayLike, outside_2: ArrayLike) -> Numbers:
    """Return player 1's share where player 2 may leave for an outside option instead of answering.

    x1 = 1 - max(d2 (1 - d1) / (1 - d1 d2), b2)

    discount_1, discount_2 (d) in (0, 1], not both 1; outside_2 (b2) in [0, 1], what player 2 has at once by leaving after an
    offer of player 1. It does nothing until it binds.
    Source: Binmore, Shaked & Sutton (1989), The Outside Option Principle, Quarterly Journal of Economics 104.

    >>> round(outside_option_share(0.9, 0.9, 0.4), 6), round(outside_option_share(0.9, 0.9, 0.6), 6)
    (0.526316, 0.4)
    """
    first, second, outside = arguments(
        discount_1=(discount_1, DISCOUNT), discount_2=(discount_2, DISCOUNT), outside_2=(outside_2, SHARE)
    )
    return plain(np.minimum(rubinstein_share(first, second), 1 - outside))


def random_proposer_share(discount_1: ArrayLike, discount_2: ArrayLike, proposing_1: ArrayLike) -> Numbers:
    """Return player 1's expected share, before it is drawn who proposes, where that is drawn anew each round.

    V1 = pi (1 - d2) / [pi (1 - d2) + (1 - pi) (1 - d1)]

    discount_1, discount_2 (d) in (0, 1]; proposing_1 (pi) in [0, 1], the chance that player 1 proposes. A side that proposes
    leaves the other d V of its own expected share: V1 = pi (1 - d2 V2) + (1 - pi) d1 V1 with V1 + V2 = 1. Somebody
    must lose by waiting for the other's offers, or V1 is not determined.
    Source: Binmore (1987), Perfect Equilibria in Bargaining Models, in Binmore & Dasgupta, The Economics of Bargaining.

    >>> random_proposer_share(0.9, 0.9, 0.3), round(random_proposer_share(0.95, 0.9, 0.5), 6)
    (0.3, 0.666667)
    """
    first, second, chance = arguments(
        discount_1=(discount_1, DISCOUNT), discount_2=(discount_2, DISCOUNT), proposing_1=(proposing_1, PROBABILITY)
    )
    mine, other = chance * (1 - second), (1 - chance) * (1 - first)
    bound = "proposing_1 (1 - discount_2) + (1 - proposing_1) (1 - discount_1) must exceed 0"
    require(mine + other > 0, bound, _IMPATIENT, discount_1=first, discount_2=second, proposing_1=chance)
    return plain(mine / (mine + other))


def random_deadline_share(rate_1: ArrayLike, rate_2: ArrayLike, hazard_rate: ArrayLike, step: ArrayLike) -> Numbers:
    """Return player 1's share where a deadline that nobody knows ends the talks with nothing, in rounds of length ``step``.

    x1 = (1 - D2) / (1 - D1 D2),    D_i = exp(-(r_i + mu) step)

    rate_1, rate_2 (r) not negative, discount rates per unit of time; hazard_rate (mu) not negative, with r1 + r2 + 2 mu above
    0; step positive. The chance that the deadline falls between two rounds is 1 - exp(-mu step). It goes to
    `random_deadline_limit` with the step.
    Source: Binmore, Rubinstein & Wolinsky (1986), RAND Journal of Economics 17: a risk of breakdown acts as a discount rate.

    >>> round(random_deadline_share(0.05, 0.1, 0.2, 1.0), 6), round(random_deadline_share(0.05, 0.1, 0.2, 0.001), 6)
    (0.61265, 0.545523)
    """
    first, second, hazard, length = arguments(
        rate_1=(rate_1, NOT_NEGATIVE), rate_2=(rate_2, NOT_NEGATIVE),
        hazard_rate=(hazard_rate, NOT_NEGATIVE), step=(step, POSITIVE),
    )
    _loses_by_waiting(first, second, hazard)
    mine, other = (first + hazard) * length, (second + hazard) * length
    return plain(np.expm1(-other) / np.expm1(-mine - other))


def random_deadline_limit(rate_1: ArrayLike, rate_2: ArrayLike, hazard_rate: ArrayLike) -> Numbers:
    """Return player 1's share under a random deadline as the rounds become short: who proposes first no longer matters.

    x1 -> (r2 + mu) / (r1 + r2 + 2 mu)

    rate_1, rate_2 (r) not negative, discount rates per unit of time; hazard_rate (mu) not negative, that of the deadline, with
    r1 + r2 + 2 mu above 0.
    Source: Binmore, Rubinstein & Wolinsky (1986), RAND Journal of Economics 17.

    >>> round(random_deadline_limit(0.05, 0.1, 0.2), 6)
    0.545455
    """
    first, second, hazard = arguments(
        rate_1=(rate_1, NOT_NEGATIVE), rate_2=(rate_2, NOT_NEGATIVE), hazard_rate=(hazard_rate, NOT_NEGATIVE)
    )
    _loses_by_waiting(first, second, hazard)
    return plain((second + hazard) / (first + second + 2 * hazard))


def _loses_by_waiting(first: ArrayLike, second: ArrayLike, hazard: ArrayLike) -> None:
    total = np.asarray(first) + np.asarray(second) + 2 * np.asarray(hazard)
    bound = "rate_1 + rate_2 + 2 hazard_rate must exceed 0"
    require(total > 0, bound, _IMPATIENT, rate_1=first, rate_2=second, hazard_rate=hazard)
