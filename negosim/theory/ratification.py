"""Home: a ratifier behind a side, whose threshold binds the negotiators or stops the deal."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from negosim.theory.domain import NOT_NEGATIVE, Interval, Numbers, arguments, plain
from negosim.theory.pareto import TOLERANCE
from negosim.theory.ultimatum import opaque_sender

_LINE = Interval(-np.inf, np.inf, "()", "Give a position on the line, a finite number.")


class UncertainHome(NamedTuple):
    """A demand on a side whose home is unclear: the ``demand``, the chance of ``failure``, the expected ``payoff``."""

    demand: Numbers
    failure: Numbers
    payoff: Numbers


def home_threshold_share(threshold_1: ArrayLike, threshold_2: ArrayLike = 0.0) -> Numbers:
    """Return side 1's share of a pie of 1 where each home refuses less than its threshold.

    max(1/2, theta_1) while theta_1 + theta_2 <= 1, at most 1 - theta_2;   0 beyond: there is no deal

    threshold_1, threshold_2 (theta) not negative; rounding does not decide whether they leave a deal. The Nash solution with
    nothing without a deal, over the deals that both homes ratify: tied hands help until there is nothing left to agree on.
    Source: Schelling (1960), The Strategy of Conflict; Putnam (1988), Diplomacy and Domestic Politics, International
    Organization 42.

    >>> home_threshold_share(0.3), home_threshold_share(0.7), home_threshold_share(0.7, 0.4)
    (0.5, 0.7, 0.0)
    """
    own, other = arguments(threshold_1=(threshold_1, NOT_NEGATIVE), threshold_2=(threshold_2, NOT_NEGATIVE))
    return plain(np.where(own + other <= 1 + TOLERANCE, np.minimum(np.maximum(0.5, own), 1 - other), 0.0))


def uncertain_home(mean: ArrayLike, half_width: ArrayLike, disagreement: ArrayLike) -> UncertainHome:
    """Return the best take-it-or-leave-it demand on a side whose home's threshold is known to be uniform only.

    S = 1 - m - d
    s <= S / 3 :  x = 1 - m - s,            P(failure) = 0,                    E = x
    s >  S / 3 :  x = (1 + d - m + s) / 2,  P(failure) = (3 s - S) / (4 s),    E = x (1 - P) + d P

    The demand x leaves the other side 1 - x, which its home ratifies iff that is at least its threshold, uniform on
    mean +- half_width (m, s), within [0, 1]; disagreement (d) in [0, 1] is what the side that demands has if it fails, with
    m + d below 1. It is the game of `opaque_sender` seen from the side that makes the offer.
    Source: Fearon (1995), International Organization 49, for the trade of risk against return; Putnam (1988),
    International Organization 42, for the home.

    >>> [[round(number, 4) for number in uncertain_home(0.4, width, 0.15)] for width in (0.10, 0.20)]
    [[0.5, 0.0, 0.5], [0.475, 0.1875, 0.4141]]
    """
    best = opaque_sender(mean, half_width, disagreement)
    demand, failure = 1 - np.asarray(best.offer), np.asarray(best.breakdown)
    payoff = demand * (1 - failure) + np.asarray(disagreement) * failure
    return UncertainHome(plain(demand), plain(failure), plain(payoff))


def agenda_setter(setter: ArrayLike, veto: ArrayLike, status_quo: ArrayLike) -> Numbers:
    """Return what an agenda setter proposes to a player who can only accept it or keep the status quo.

    v <= a :  x = min(a, 2 v - q) for q <= v,   x = q for v < q <= a,   x = a for q > a   (a < v is its mirror image)
    all of them:  x = min(max(a, v - |q - v|), v + |q - v|)

    setter, veto (a, v) ideal points and status_quo (q), any finite numbers on one line; both players like a point the less
    the further it lies from their ideal. The veto player accepts what is at least as near to v as q is, and the setter takes of
    that what is nearest to a: it gains most where the status quo is bad for the veto player, and nothing where q lies between.
    Source: Romer & Rosenthal (1978), Political Resource Allocation, Controlled Agendas, and the Status Quo, Public Choice 33.

    >>> agenda_setter(1.0, 0.5, 0.25), agenda_setter(1.0, 0.5, 0.75), agenda_setter(1.0, 0.5, 2.0)
    (0.75, 0.75, 1.0)
    """
    own, pivot, reversion = arguments(setter=(setter, _LINE), veto=(veto, _LINE), status_quo=(status_quo, _LINE))
    reach = np.abs(reversion - pivot)
    return plain(np.minimum(np.maximum(own, pivot - reach), pivot + reach))
