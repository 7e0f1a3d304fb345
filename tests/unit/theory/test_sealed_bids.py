"""The linear equilibrium of the double auction: best answers, and integrals over both sides' values."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, optimize

from negosim import theory

WEIGHTS = (0.0, 0.2, 0.5, 0.8, 1.0)
UNIT = (np.arange(20_000) + 0.5) / 20_000


@pytest.mark.parametrize("weight", WEIGHTS)
def test_no_other_bid_is_better_against_the_other_side(weight):
    bids = np.linspace(0, 1, 401)[:, None]
    asked, offered = theory.seller_bid(UNIT, weight), theory.buyer_bid(UNIT, weight)
    for worth in (0.1, 0.5, 0.7, 0.9):
        buys = np.where(bids >= asked, worth - weight * bids - (1 - weight) * asked, 0.0).mean(axis=1)
        sells = np.where(offered >= bids, weight * offered + (1 - weight) * bids - worth, 0.0).mean(axis=1)
        own_bid, own_ask = theory.buyer_bid(worth, weight), theory.seller_bid(worth, weight)
        bought = np.where(own_bid >= asked, worth - weight * own_bid - (1 - weight) * asked, 0.0).mean()
        sold = np.where(offered >= own_ask, weight * offered + (1 - weight) * own_ask - worth, 0.0).mean()
        assert bought >= buys.max() - 1e-4 and sold >= sells.max() - 1e-4
        assert (buys.max() > 0.01) == (bought > 0.0099)


def integrated(weight, gain):
    """The mean of ``gain(value, cost)`` over the pairs that trade: the seller trades below the cost where the bids cross."""

    def inner(value):
        bid = theory.buyer_bid(value, weight)
        if theory.seller_bid(0.0, weight) >= bid:
            return 0.0
        crossing = 1.0
        if theory.seller_bid(1.0, weight) > bid:
            crossing = optimize.brentq(lambda cost: theory.seller_bid(cost, weight) - bid, 0.0, 1.0)
        return integrate.quad(lambda cost: gain(value, cost), 0, crossing)[0]

    return integrate.quad(inner, 0, 1, points=[(1 - weight) / 2] if 0 < weight < 1 else None)[0]


@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_means_are_the_integrals_over_the_pairs_that_trade(weight):
    def price(value, cost):
        return weight * theory.buyer_bid(value, weight) + (1 - weight) * theory.seller_bid(cost, weight)

    found = theory.sealed_bid_trade(weight)
    assert found.trade == pytest.approx(integrated(weight, lambda value, cost: 1.0), abs=1e-7)
    assert found.gains == pytest.approx(integrated(weight, lambda value, cost: value - cost), abs=1e-7)
    assert found.buyer == pytest.approx(integrated(weight, lambda value, cost: value - price(value, cost)), abs=1e-7)
    assert found.seller == pytest.approx(integrated(weight, lambda value, cost: price(value, cost) - cost), abs=1e-7)
    first_best = integrate.dblquad(lambda cost, value: value - cost, 0, 1, 0, lambda value: value)[0]
    assert found.efficiency == pytest.approx(found.gains / first_best, abs=1e-9)


def test_the_known_numbers():
    found = theory.sealed_bid_trade(0.5)
    assert (found.trade, found.gains, found.efficiency) == pytest.approx((9 / 32, 9 / 64, 27 / 32), abs=1e-12)
    assert found.trade / 0.5 == pytest.approx(9 / 16)
    assert theory.sealed_bid_trade([0.0, 1.0]).efficiency == pytest.approx([0.75, 0.75])


def paid_in(margin):
    """What a mechanism that trades iff v - c >= margin leaves after both sides have had what keeps them honest."""
    return integrate.dblquad(lambda c, v: (2 * v - 1) - 2 * c, margin, 1, 0, lambda v: v - margin)[0]


def test_the_best_mechanism_is_the_one_that_just_pays_for_itself():
    margin = optimize.brentq(paid_in, 0.01, 0.9)
    chance = integrate.dblquad(lambda c, v: 1.0, margin, 1, 0, lambda v: v - margin)[0]
    gains = integrate.dblquad(lambda c, v: v - c, margin, 1, 0, lambda v: v - margin)[0]
    # by the envelope a buyer of value v has the integral of its chances of trade below v, (x - margin)+
    buyer = integrate.dblquad(lambda x, v: x - margin, margin, 1, margin, lambda v: v)[0]
    assert theory.best_mechanism() == pytest.approx((chance, buyer, gains - buyer, gains, 6 * gains), abs=1e-9)


def test_no_weight_of_the_linear_equilibrium_beats_the_best_mechanism_and_one_half_attains_it():
    gains = theory.sealed_bid_trade(np.linspace(0, 1, 101)).gains
    assert gains.max() == pytest.approx(theory.best_mechanism().gains) and gains.argmax() == 50
