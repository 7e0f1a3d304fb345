"""Take it or leave it under uncertainty: the trade of risk against return, and what an opaque side gains from it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from negosim.theory.domain import NOT_NEGATIVE, SHARE, Array, Numbers, arguments, plain, require


class RiskReturn(NamedTuple):
    """A demand under an unknown cost: ``premium`` above the expected result of war, ``demand``, ``breakdown``, ``payoff``."""

    premium: Numbers
    demand: Numbers
    breakdown: Numbers
    payoff: Numbers


class OpaqueSender(NamedTuple):
    """An offer to a side of unknown reservation value: the ``offer``, ``breakdown``, the ``sender``'s expected payoff."""

    offer: Numbers
    breakdown: Numbers
    sender: Numbers


def risk_return_demand(winning: ArrayLike, own_cost: ArrayLike, cost_low: ArrayLike, cost_high: ArrayLike) -> RiskReturn:
    """Return the best demand on a target whose cost of war is known to be uniform only.

    x = p + s,   s = min(max(l, (h - c) / 2), 1 - p),   P(breakdown) = (s - l) / (h - l), not below 0
    E = P(breakdown) (p - c) + (1 - P(breakdown)) (p + s)

    winning (p) in [0, 1], the chance that the side that demands would win; own_cost (c) of war, not negative; the target's
    cost is uniform on [cost_low, cost_high] (l, h), 0 <= l <= h (l = h: it is known, and nothing breaks down). The target
    refuses iff its cost lies below the premium s.
    Source: Fearon (1995), Rationalist Explanations for War, International Organization 49; Powell (1999), In the Shadow of
    Power.

    >>> [round(number, 6) for number in risk_return_demand(0.5, 0.1, 0.0, 0.4)]
    [0.15, 0.65, 0.375, 0.55625]
    """
    win, cost, low, high = arguments(
        winning=(winning, SHARE), own_cost=(own_cost, NOT_NEGATIVE),
        cost_low=(cost_low, NOT_NEGATIVE), cost_high=(cost_high, NOT_NEGATIVE),
    )
    require(low <= high, "cost_low must be at most cost_high", "Exchange the two.", cost_low=low, cost_high=high)
    premium = np.minimum(np.maximum(low, (high - cost) / 2), 1 - win)
    breakdown = np.maximum(premium - low, 0.0) / np.where(high > low, high - low, 1.0)
    payoff = breakdown * (win - cost) + (1 - breakdown) * (win + premium)
    return RiskReturn(plain(premium), plain(win + premium), plain(breakdown), plain(payoff))


def opaque_sender(mean: ArrayLike, half_width: ArrayLike, disagreement: ArrayLike) -> OpaqueSender:
    """Return the target's best offer to a sender whose reservation value is private, and what it brings the sender.

    S = 1 - d - m
    s <= S / 3 :  y = m + s,                P(breakdown) = 0,                 E = m + s
    s >  S / 3 :  y = (1 - d + m - s) / 2,  P(breakdown) = (3 s - S) / (4 s),  E = m + (S + s)^2 / (16 s)

    The sender's reservation value is uniform on mean +- half_width (m, s), within [0, 1], and is what a refusal brings it;
    disagreement (d) in [0, 1] is what a refusal brings the target, with d + m below 1: there is something to gain (S > 0).
    Source: the screening problem of Fearon (1995), International Organization 49, seen from the side that is screened.

    >>> [[round(number, 6) for number in opaque_sender(0.4, width, 0.15)] for width in (0.10, 0.15, 0.20)]
    [[0.5, 0.0, 0.5], [0.55, 0.0, 0.55], [0.525, 0.1875, 0.532031]]
    """
    middle, width, target = _reservation(mean, half_width, disagreement)
    surplus = 1 - target - middle
    safe = 3 * width <= surplus
    spread = np.where(safe, 1.0, width)
    offer = np.where(safe, middle + width, (1 - target + middle - width) / 2)
    breakdown = np.where(safe, 0.0, (3 * width - surplus) / (4 * spread))
    sender = np.where(safe, middle + width, middle + (surplus + width) ** 2 / (16 * spread))
    return OpaqueSender(plain(offer), plain(breakdown), plain(sender))


def opaque_sender_peak(mean: ArrayLike, disagreement: ArrayLike) -> Numbers:
    """Return the half-width at which opacity brings the sender most: all of it that the target still buys off.

    s* = S / 3 = (1 - d - m) / 3,    for s up to 3 S

    mean (m), disagreement (d) as in `opaque_sender`; s* may exceed m, and then no reservation value on [0, 1] is so spread. Past
    the peak the sender's expectation falls until s = S, then rises with what it keeps when it is strong, and passes the peak
    at 3 S.
    Source: as `opaque_sender`.

    >>> round(opaque_sender_peak(0.4, 0.15), 6)
    0.15
    """
    middle, _, target = _reservation(mean, 0.0, disagreement)
    return plain((1 - target - middle) / 3)


def believed_opaque_sender(mean: ArrayLike, half_width: ArrayLike, disagreement: ArrayLike) -> OpaqueSender:
    """Return the same where only the target's belief is spread, and the sender's reservation value is the mean.

    y as in `opaque_sender`;  E = max(y, m);  P(breakdown) = 0 for s <= S, 1 beyond

    The symbols and the domain are those of `opaque_sender`.
    Source: as `opaque_sender`.

    >>> [round(number, 6) for number in believed_opaque_sender(0.4, 0.20, 0.15)]
    [0.525, 0.0, 0.525]
    """
    middle, width, target = _reservation(mean, half_width, disagreement)
    offer = np.asarray(opaque_sender(middle, width, target).offer)
    refused = width > 1 - target - middle
    return OpaqueSender(plain(offer), plain(np.where(refused, 1.0, 0.0)), plain(np.maximum(offer, middle)))


def _reservation(mean: ArrayLike, half_width: ArrayLike, disagreement: ArrayLike) -> tuple[Array, Array, Array]:
    middle, width, target = arguments(
        mean=(mean, SHARE), half_width=(half_width, NOT_NEGATIVE), disagreement=(disagreement, SHARE)
    )
    room = np.minimum(middle, 1 - middle) + 1e-12  # what rounding adds to 0.4 + 0.6 is no offence
    inside = "mean - half_width and mean + half_width must lie in [0, 1]"
    require(width <= room, inside, "Lower half_width.", mean=middle, half_width=width)
    gain = "mean + disagreement must lie below 1"
    require(middle + target < 1, gain, "Lower one: nothing is left to gain from a deal.", mean=middle, disagreement=target)
    return middle, width, target
