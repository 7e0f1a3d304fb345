"""Sealed bids: the k-double auction of a buyer and a seller whose values are private, both uniform on [0, 1].

They trade iff the buyer's bid is at least the seller's, at the price k * (buyer's bid) + (1 - k) * (seller's bid): with
k = 1 the buyer names the price, with k = 0 the seller does.
"""

from __future__ import annotations

from typing import NamedTuple

from numpy.typing import ArrayLike

from negosim.theory.domain import SHARE, Numbers, arguments, plain


class Trade(NamedTuple):
    """Chance of ``trade``, expected gains of ``buyer`` and ``seller``, their sum ``gains``, its share ``efficiency`` of 1/6."""

    trade: Numbers
    buyer: Numbers
    seller: Numbers
    gains: Numbers
    efficiency: Numbers


def buyer_bid(value: ArrayLike, buyer_weight: ArrayLike) -> Numbers:
    """Return the buyer's bid in the linear equilibrium.

    b(v) = v / (1 + k) + k (1 - k) / (2 (1 + k))

    value (v) in [0, 1], what the good is worth to the buyer; buyer_weight (k) in [0, 1], the weight of its bid in the price.
    Source: Chatterjee & Samuelson (1983), Bargaining under Incomplete Information, Operations Research 31.

    >>> round(buyer_bid(0.75, 0.5), 6), buyer_bid(0.6, 1.0)
    (0.583333, 0.3)
    """
    worth, weight = arguments(value=(value, SHARE), buyer_weight=(buyer_weight, SHARE))
    return plain(worth / (1 + weight) + weight * (1 - weight) / (2 * (1 + weight)))


def seller_bid(cost: ArrayLike, buyer_weight: ArrayLike) -> Numbers:
    """Return the seller's bid in the linear equilibrium.

    s(c) = c / (2 - k) + (1 - k) / 2

    cost (c) in [0, 1], what the good is worth to the seller; buyer_weight (k) in [0, 1].
    Source: Chatterjee & Samuelson (1983), Operations Research 31.

    >>> round(seller_bid(0.25, 0.5), 6), seller_bid(0.6, 1.0)
    (0.416667, 0.6)
    """
    worth, weight = arguments(cost=(cost, SHARE), buyer_weight=(buyer_weight, SHARE))
    return plain(worth / (2 - weight) + (1 - weight) / 2)


def sealed_bid_trade(buyer_weight: ArrayLike) -> Trade:
    """Return what the linear equilibrium brings on average.

    P(trade) = (2 - k) (1 + k) / 8          gains = P(trade) / 2,   efficiency = gains / (1/6)
    buyer = P(trade) (1 + k) / 6            seller = P(trade) (2 - k) / 6

    buyer_weight (k) in [0, 1]. Trade takes place iff v >= (1 - k) / 2 + c (1 + k) / (2 - k): a triangle of types, over which
    values, costs and bids are linear, so that the means are those at its centre of gravity. Given that v exceeds c at all
    (half of the time), they trade with probability 2 P(trade): 9/16 for k = 1/2.
    Source: Chatterjee & Samuelson (1983), Operations Research 31, for k = 1/2; integrated here for every k.

    >>> sealed_bid_trade(0.5) == (9 / 32, 9 / 128, 9 / 128, 9 / 64, 27 / 32)
    True
    """
    (weight,) = arguments(buyer_weight=(buyer_weight, SHARE))
    trade = (2 - weight) * (1 + weight) / 8
    buyer, seller = trade * (1 + weight) / 6, trade * (2 - weight) / 6
    return Trade(plain(trade), plain(buyer), plain(seller), plain(trade / 2), plain(3 * trade))


def best_mechanism() -> Trade:
    """Return the most that any voluntary, balanced mechanism can bring on average.

    trade iff v - c >= m, with m = 1/4:   P(trade) = (1 - m)^2 / 2 = 9/32,   gains = (1 - m)^2 (1 + 2 m) / 6 = 9/64

    Of all mechanisms in which nobody gains by misreporting, nobody is worse off for taking part and nobody pays in from
    outside, this one has the largest expected gains. m is where it pays for itself: E[(2 v - 1 - 2 c) 1(v - c >= m)] = 0. Either
    side has half of the gains, (1 - m)^3 / 6. The linear equilibrium with k = 1/2 attains it; no such mechanism attains
    the 1/6 there is, by trading whenever v exceeds c.
    Source: Myerson & Satterthwaite (1983), Efficient Mechanisms for Bilateral Trading, Journal of Economic Theory 29.

    >>> best_mechanism().gains, best_mechanism().efficiency
    (0.140625, 0.84375)
    """
    margin = 0.25
    gains = (1 - margin) ** 2 * (1 + 2 * margin) / 6
    side = (1 - margin) ** 3 / 6
    return Trade((1 - margin) ** 2 / 2, side, side, gains, 6 * gains)
