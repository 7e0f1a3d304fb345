"""Reputation for firmness: the war of attrition of two sides that may be committed (Abreu & Gul 2000); what silence teaches."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from negosim.theory.domain import (
    INNER_SHARE,
    NOT_NEGATIVE,
    POSITIVE,
    PROBABILITY,
    Array,
    Interval,
    Numbers,
    arguments,
    plain,
    require,
)

_PRIOR = Interval(0, 1, "[)", "Give the probability of the commitment type; at 1 nobody is left who could concede.")


class Attrition(NamedTuple):
    """The equilibrium of the war of attrition, for a rational side 1 and a rational side 2.

    concession_rate_1, concession_rate_2 : lambda_i, hazard rate at which a side concedes, committed or not
    certain_at : T, the time by which only commitment types are left
    remaining_1, remaining_2 : c_i, the probability that a side does not concede at once
    at_once_1, at_once_2 : 1 - c_i, the mass that concedes at time 0; at least one of the two is 0
    payoff_1, payoff_2 : u_i, expected payoff of the rational type
    never_agree : probability that both are committed
    """

    concession_rate_1: Numbers
    concession_rate_2: Numbers
    certain_at: Numbers
    remaining_1: Numbers
    remaining_2: Numbers
    at_once_1: Numbers
    at_once_2: Numbers
    payoff_1: Numbers
    payoff_2: Numbers
    never_agree: Numbers

    def conceded_1(self, time: ArrayLike) -> Numbers:
        """Return the probability that side 1 has conceded by a time: F_1(t) = 1 - c_1 exp(-lambda_1 min(t, T))."""
        return _conceded(time, self.remaining_1, self.concession_rate_1, self.certain_at)

    def conceded_2(self, time: ArrayLike) -> Numbers:
        """Return the probability that side 2 has conceded by a time: F_2(t) = 1 - c_2 exp(-lambda_2 min(t, T))."""
        return _conceded(time, self.remaining_2, self.concession_rate_2, self.certain_at)


def attrition(
    demand_1: ArrayLike, demand_2: ArrayLike, rate_1: ArrayLike, rate_2: ArrayLike, prior_1: ArrayLike, prior_2: ArrayLike
) -> Attrition:
    """Return the equilibrium in which each side holds out for its demand or concedes the other's.

    lambda_i = r_j (1 - a_i) / (a_1 + a_2 - 1)          T = min_i(-ln z_i / lambda_i)
    c_i = z_i exp(lambda_i T)                           F_i(t) = 1 - c_i exp(-lambda_i t),  0 <= t <= T
    u_i = F_j(0) a_i + (1 - F_j(0)) (1 - a_j)           P(never agree) = z_1 z_2

    demand_1, demand_2 (a) in (0, 1), incompatible: together above 1; rate_1, rate_2 (r) positive discount rates per unit of
    time; prior_1, prior_2 (z) in [0, 1), the probability that a side is committed to its demand, not both 0 (one at 0 is the
    limit, in which that side concedes at once). In rounds of length dt a side concedes with 1 - exp(-lambda dt).
    Source: Abreu & Gul (2000), Bargaining and Reputation, Econometrica 68.

    >>> talks = attrition(0.6, 0.6, 1.0, 1.0, 0.1, 0.1)
    >>> round(talks.concession_rate_1, 6), round(talks.certain_at, 6), round(talks.payoff_1, 6), round(talks.payoff_2, 6)
    (2.0, 1.151293, 0.4, 0.4)
    """
    demand_1, demand_2, rate_1, rate_2, prior_1, prior_2 = arguments(
        demand_1=(demand_1, INNER_SHARE), demand_2=(demand_2, INNER_SHARE), rate_1=(rate_1, POSITIVE), rate_2=(rate_2, POSITIVE),
        prior_1=(prior_1, _PRIOR), prior_2=(prior_2, _PRIOR),
    )
    somebody = "prior_1 + prior_2 must exceed 0"
    require(prior_1 + prior_2 > 0, somebody, "Give a side a small prior.", prior_1=prior_1, prior_2=prior_2)
    lambda_1, lambda_2 = _rates(demand_1, demand_2, rate_1, rate_2)
    with np.errstate(divide="ignore"):  # a prior of 0 is never certain: ln 0 = -inf is meant
        log_1, log_2 = np.log(prior_1), np.log(prior_2)
    certain_at = np.minimum(-log_1 / lambda_1, -log_2 / lambda_2)
    # in logarithms, as exp(lambda T) alone may be too large; one of the two is 1 up to rounding, and never above
    remaining_1, remaining_2 = (
        np.minimum(np.exp(log + rate * certain_at), 1.0) for log, rate in ((log_1, lambda_1), (log_2, lambda_2))
    )
    payoff_1 = (1 - remaining_2) * demand_1 + remaining_2 * (1 - demand_2)
    payoff_2 = (1 - remaining_1) * demand_2 + remaining_1 * (1 - demand_1)
    return Attrition(
        plain(lambda_1), plain(lambda_2), plain(certain_at), plain(remaining_1), plain(remaining_2), plain(1 - remaining_1),
        plain(1 - remaining_2), plain(payoff_1), plain(payoff_2), plain(prior_1 * prior_2),
    )


def commitment_threshold(
    demand_1: ArrayLike, demand_2: ArrayLike, rate_1: ArrayLike, rate_2: ArrayLike, prior_2: ArrayLike
) -> Numbers:
    """Return the prior above which being taken for committed pays side 1: only then does side 2 concede at once at times.

    z1* = z2^(lambda_1 / lambda_2)

    The symbols and the domain are those of `attrition`; prior_2 (z2) in (0, 1).
    Source: Abreu & Gul (2000), Econometrica 68.

    >>> round(commitment_threshold(0.7, 0.6, 0.05, 0.05, 0.05), 6)
    0.105737
    """
    demand_1, demand_2, rate_1, rate_2, prior_2 = arguments(
        demand_1=(demand_1, INNER_SHARE), demand_2=(demand_2, INNER_SHARE), rate_1=(rate_1, POSITIVE), rate_2=(rate_2, POSITIVE),
        prior_2=(prior_2, INNER_SHARE),
    )
    lambda_1, lambda_2 = _rates(demand_1, demand_2, rate_1, rate_2)
    return plain(prior_2 ** (lambda_1 / lambda_2))


def _rates(demand_1: Array, demand_2: Array, rate_1: Array, rate_2: Array) -> tuple[Array, Array]:
    """The rates at which each side concedes so that the other is indifferent between waiting and conceding."""
    excess = demand_1 + demand_2 - 1
    bound, remedy = "together they must exceed 1", "Raise one: what is compatible is simply shared."
    require(excess > 0, bound, remedy, demand_1=demand_1, demand_2=demand_2)
    return np.asarray(rate_2 * (1 - demand_1) / excess), np.asarray(rate_1 * (1 - demand_2) / excess)


def _conceded(time: ArrayLike, remaining: ArrayLike, rate: ArrayLike, certain_at: ArrayLike) -> Numbers:
    (elapsed,) = arguments(time=(time, NOT_NEGATIVE))
    return plain(1 - np.asarray(remaining) * np.exp(-np.asarray(rate) * np.minimum(elapsed, certain_at)))


def commitment_after_silence(prior: ArrayLike, concession_rate: ArrayLike, time: ArrayLike) -> Numbers:
    """Return the probability that a side is committed to its demand after it has not conceded for a time.

    z(t) = z / (z + (1 - z) exp(-lambda t))

    prior (z) in [0, 1], the probability at time 0; concession_rate (lambda) not negative, the hazard rate at which the
    *other*, uncommitted type concedes, per unit of time; time (t) not negative. The rates of `attrition` are those of both types
    together; there the posterior is z_i exp(lambda_i t) / c_i.
    Source: Bayes' rule, as for the commitment types of Myerson (1991), Game Theory, and Abreu & Gul (2000), Econometrica 68.

    >>> round(commitment_after_silence(0.1, 0.3, 5.0), 6)
    0.332428
    """
    before, rate, elapsed = arguments(
        prior=(prior, PROBABILITY), concession_rate=(concession_rate, NOT_NEGATIVE), time=(time, NOT_NEGATIVE)
    )
    silent = np.exp(-rate * elapsed)
    return plain(before / np.where(before > 0, before + (1 - before) * silent, 1.0))
