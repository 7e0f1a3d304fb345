"""Bids of the double auction: best replies against brute force, and the line that they settle on."""

from __future__ import annotations

import numpy as np
import pytest

from negosim import Scenario
from negosim.game import prepare
from negosim.rules.bidding import best_bid, expected_gain, read_bid

TYPES = np.linspace(0.0, 1.0, 129)


def by_hand(bid: float, nothing: float, own_share: float, left: np.ndarray) -> float:
    """Return the expected gain by a fine sum over types."""
    fine = np.interp(np.linspace(0, 1, 200_001), TYPES, left)
    return float(np.where(fine >= bid, own_share * bid + (1 - own_share) * fine - nothing, 0.0).mean())


@pytest.mark.parametrize("own_share", (0.0, 0.3, 1.0))
@pytest.mark.parametrize("left", (TYPES, 0.8 * TYPES**2, np.full(129, 0.6), 1.0 - TYPES), ids=("line", "square", "flat", "fall"))
def test_the_expected_gain_is_the_mean_over_the_types_that_strike(own_share: float, left: np.ndarray) -> None:
    for bid in (0.1, 0.35, 0.6, 0.95):
        assert expected_gain(bid, 0.1, own_share, left) == pytest.approx(by_hand(bid, 0.1, own_share, left), abs=2e-5)


@pytest.mark.parametrize("nothing", (0.0, 0.2, 0.55))
def test_no_bid_on_a_grid_gains_more_than_the_best(nothing: float) -> None:
    for own_share, left in ((0.5, TYPES), (1.0, TYPES), (0.5, 0.1 + 0.7 * TYPES)):
        best = expected_gain(best_bid(nothing, own_share, left), nothing, own_share, left)
        assert max(expected_gain(bid, nothing, own_share, left) for bid in np.linspace(nothing, 1, 801)) <= best + 1e-9


def test_where_no_bargain_can_be_struck_the_bid_is_truthful() -> None:
    assert best_bid(0.9, 0.5, 0.8 * TYPES) == 0.9


def test_a_bid_between_two_types_lies_between_theirs() -> None:
    table = np.array([[0.0, 0.5, 1.0], [0.2, 0.4, 1.0]])
    assert [read_bid(r, table) for r in (0.0, 0.25, 0.75, 1.0, 2.0)] == pytest.approx([0.2, 0.3, 0.7, 1.0, 1.0])
    assert read_bid(0.3, np.array([[0.4, 0.4], [0.7, 0.7]])) == 0.7


def test_known_reservation_values_leave_the_first_to_reply_all_there_is() -> None:
    game = prepare(
        Scenario.load("pie").vary(
            {"talks.protocol": "double-auction", "sender.strategy": "shaded-bid", "target.strategy": "shaded-bid",
             "sender.disagreement": 0.2, "target.disagreement": 0.3}
        )
    )  # fmt: skip
    assert game.sender_outlook[0, 1, 0].item() == pytest.approx(0.7, abs=1e-6)
    assert game.target_outlook[0, 1, 0].item() == pytest.approx(0.3, abs=1e-6)
