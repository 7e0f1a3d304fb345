"""Lines of bids: best replies against brute force, the lines that they come to, and what a type gains by leaving them."""

from __future__ import annotations

import numpy as np
import pytest

from negosim import Scenario
from negosim.engine.prepare import prepare
from negosim.rules.solvers.bidding import best_bid, expected_gain, gain_by_deviating, reply_in_lines
from negosim.strategies.tables import round_one
from negosim.theory import buyer_bid, seller_bid

TYPES = np.linspace(0.0, 1.0, 129)
MANY = np.array([np.linspace(0.0, 1.0, 1025)] * 2)


def by_hand(bid: float, least: float, own_share: float, left: np.ndarray) -> float:
    """Return the expected gain by a fine sum over types."""
    fine = np.interp(np.linspace(0, 1, 200_001), TYPES, left)
    return float(np.where(fine >= bid, own_share * bid + (1 - own_share) * fine - least, 0.0).mean())


@pytest.mark.parametrize("own_share", (0.0, 0.3, 1.0))
@pytest.mark.parametrize("left", (TYPES, 0.8 * TYPES**2, np.full(129, 0.6), 1.0 - TYPES), ids=("line", "square", "flat", "fall"))
def test_the_expected_gain_is_the_mean_over_the_types_that_strike(own_share: float, left: np.ndarray) -> None:
    for bid in (0.1, 0.35, 0.6, 0.95):
        assert expected_gain(bid, 0.1, own_share, left) == pytest.approx(by_hand(bid, 0.1, own_share, left), abs=2e-5)


@pytest.mark.parametrize("least", (0.0, 0.2, 0.55))
def test_no_bid_on_a_grid_gains_more_than_the_best(least: float) -> None:
    for own_share, left in ((0.5, TYPES), (1.0, TYPES), (0.5, 0.1 + 0.7 * TYPES)):
        best = expected_gain(best_bid(least, own_share, left), least, own_share, left)
        assert max(expected_gain(bid, least, own_share, left) for bid in np.linspace(least, 1, 801)) <= best + 1e-9


def test_where_no_bargain_can_be_struck_the_bid_is_truthful() -> None:
    assert best_bid(0.9, 0.5, 0.8 * TYPES) == 0.9


@pytest.mark.parametrize("weight", (0.0, 0.3, 0.5, 1.0))
def test_replies_come_to_rest_at_the_lines_of_the_textbook_which_no_type_gains_by_leaving(weight: float) -> None:
    game = prepare(Scenario.load("sealed-bids").vary({"talks.auction_weight": weight}))
    world, menu, images, lines = game.world[0], game.menus[0, 0], round_one(game).images, np.zeros((2, 2))
    assert reply_in_lines(world, menu, images, MANY, MANY, lines)
    costs = np.array([0.1, 0.4])
    assert lines[0, 0] * costs + lines[0, 1] == pytest.approx(seller_bid(costs, weight), abs=1e-6)
    assert lines[1, 0] * costs + lines[1, 1] == pytest.approx(1.0 - buyer_bid(1.0 - costs, weight), abs=1e-6)
    bids = np.maximum(lines[:, :1] * MANY + lines[:, 1:], MANY)
    assert max(gain_by_deviating(world, menu, images, side, bids, MANY) for side in (0, 1)) <= 1e-4
    bids[0] += 0.1
    assert gain_by_deviating(world, menu, images, 0, bids, MANY) > 0.003


def test_replies_do_not_come_to_rest_where_every_type_can_take_what_the_least_keen_of_the_other_side_leaves() -> None:
    game = prepare(Scenario.load("sealed-bids"))
    assert not reply_in_lines(game.world[0], game.menus[0, 0], round_one(game).images, 0.3 * MANY, 0.3 * MANY, np.zeros((2, 2)))
