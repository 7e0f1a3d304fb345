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

_FLOW = Interval(-np.inf, np.inf, "()", "Give a finite number, in shares of the pie.")
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


def flow_attrition_rate(rate: ArrayLike, wins: ArrayLike, loses: ArrayLike, flow: ArrayLike) -> Numbers:
    """Return the hazard rate at which each of two like sides gives way while both hold out, nobody being committed.

    lambda = r (l - g) / (a - l),    of the mean delay 1 / (2 lambda)

    rate (r) positive, the discount rate; wins (a) and loses (l) the flows for ever of the side that prevails and of the one
    that gives way, a above l; flow (g) of both while they hold out, below l. Each side is indifferent, so that it expects l.
    Source: the war of attrition (Maynard Smith 1974; Hendricks, Weiss & Wilson 1988, International Economic Review 29), in flows.

    >>> round(flow_attrition_rate(0.05, 0.7, 0.4, 0.2), 6), round(flow_attrition_rate(0.05, 0.7, 0.4, -0.3), 6)
    (0.033333, 0.116667)
    """
    discount, most, least, meanwhile = _stakes(rate, wins, loses, flow)
    return plain(discount * (least - meanwhile) / (most - least))


def flow_attrition_chance(rate: ArrayLike, wins: ArrayLike, loses: ArrayLike, flow: ArrayLike, step: ArrayLike) -> Numbers:
    """Return the chance that a side gives way when it is asked, if the two are asked in turn in rounds of length ``step``.

    P = (1 - d^2)(l - g) / {d [a - d l - (1 - d) g]},    d = exp(-r step)

    The symbols and the domain are those of `flow_attrition_rate`, step positive. It leaves the other side indifferent between
    giving way in the round before and in the round after: l = (1 - d) g + d {P a + (1 - P) [(1 - d) g + d l]}. It may exceed
    1 where rounds are too long for both to hold out.

    >>> round(flow_attrition_chance(0.05, 0.7, 0.4, 0.2, 1.0), 6)
    0.064594
    """
    discount, most, least, meanwhile = _stakes(rate, wins, loses, flow)
    (length,) = arguments(step=(step, POSITIVE))
    delta = np.exp(-discount * length)
    return plain((1 - delta**2) * (least - meanwhile) / (delta * (most - delta * least - (1 - delta) * meanwhile)))


def enforceable_share(rate: ArrayLike, temptation: ArrayLike, flow: ArrayLike) -> Numbers:
    """Return the least share of a pie of 1 that keeps a side to a deal that it could break in any round, at the price of no deal.

    l = (1 - d) t + d g,    d = exp(-r)

    rate (r) positive, the discount rate per round; temptation (t), what a side has in the round in which it breaks the deal;
    flow (g) of a round without one. Neither side can be held to less, so that both bargain over who has l and who 1 - l, by
    attrition (`flow_attrition_rate`): a longer shadow of the future enforces more, and delays agreement by the order of 1 /
    r^2.
    Source: a reduced form of Fearon (1998), Bargaining, Enforcement, and International Cooperation, International
    Organization 52.

    >>> round(enforceable_share(0.2, 0.6, 0.3), 6)
    0.354381
    """
    discount, tempting, meanwhile = arguments(rate=(rate, POSITIVE), temptation=(temptation, _FLOW), flow=(flow, _FLOW))
    delta = np.exp(-discount)
    return plain((1 - delta) * tempting + delta * meanwhile)


def _stakes(rate: ArrayLike, wins: ArrayLike, loses: ArrayLike, flow: ArrayLike) -> list[Array]:
    found = arguments(rate=(rate, POSITIVE), wins=(wins, _FLOW), loses=(loses, _FLOW), flow=(flow, _FLOW))
    _, most, least, meanwhile = found
    require(most > least, "wins must exceed loses", "Raise it: else nobody holds out.", wins=most, loses=least)
    require(least > meanwhile, "loses must exceed flow", "Lower the flow: else nobody gives way.", loses=least, flow=meanwhile)
    return found
