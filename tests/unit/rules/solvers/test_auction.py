"""Which equilibrium of the double auction is bid by, in which round, and how a table of bids is read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from negosim import Negotiation, Scenario, Side
from negosim.engine.prepare import prepare
from negosim.rules.beliefs import reservation_at
from negosim.rules.records import Game
from negosim.rules.solvers.auction import OUT_OF_REACH, misreckoned, read_bid, without_a_bargain, write_bids
from negosim.strategies.tables import round_one

BIDDING = {"sender.strategy": "shaded-bid", "target.strategy": "shaded-bid", "talks.protocol": "double-auction"}
NARROW = {"sender.disagreement": 0.2, "target.disagreement": 0.2, "sender.ambiguity": 0.1, "target.ambiguity": 0.1}


def sealed(**changes: Any) -> Game:
    """Return the prepared game of two sides that shade their bids, reservation values on [0, 1] if nothing else is said."""
    return prepare(Scenario.load("sealed-bids").vary({name.replace("__", "."): value for name, value in changes.items()}))


def table(game: Game, side: Side = Side.SENDER, round_number: int = 1, profile: int = 0) -> Any:
    outlook = game.sender_outlook if side is Side.SENDER else game.target_outlook
    return outlook[profile, round_number, :, :, 0, 0, 0]


def test_a_table_has_two_pieces_and_the_type_at_their_meeting_reads_the_first() -> None:
    pieces = np.zeros((2, 4))
    write_bids(pieces, 0.2, 0.6, 1.0, np.array([0.4, 0.5, 2.0, 2.0]))
    found = [read_bid(value, pieces) for value in (0.0, 0.2, 0.4, 0.6, np.nextafter(0.6, 1.0), 1.0, 5.0)]
    assert found == pytest.approx([0.4, 0.4, 0.45, 0.5, 2.0, 2.0, 2.0])


def test_shares_of_types_are_spread_evenly_over_a_support() -> None:
    assert [reservation_at(0.2, 0.6, 1.0, share) for share in (0.0, 0.25, 1.0)] == pytest.approx([0.2, 0.3, 0.6])


def test_what_no_bargain_is_worth_is_discounted_to_the_round_and_ends_when_talks_may() -> None:
    """By hand, patience 0.9, chance 0.8 to go on: W_3 = r, W_2 = 0.2 r + 0.8 * 0.9 r = 0.92 r, W_1 = 0.2 r + 0.72 * 0.92 r."""
    game = sealed(talks__rounds=3, sender__discount=0.9, sender__deadline_hazard=0.2)
    out = np.zeros((4, 2))
    without_a_bargain(game.world[0], round_one(game).images[0], out)
    assert out[1:, 0] == pytest.approx([0.2 + 0.72 * 0.92, 0.92, 1.0])
    assert out[1:, 1] == pytest.approx(np.zeros(3))


def test_a_threat_and_the_costs_of_a_round_make_no_bargain_worth_less() -> None:
    """By hand: damage 0.4 if it is carried out, with 3 in 4; in force 0.4 * 0.25 of it, at a pain of 0.5, while a round lasts."""
    scenario = Scenario.load("threat").vary(
        {"threats.pie.damage": 0.4, "threats.pie.execution": 2 / 3, "threats.pie.early_execution": 0.25,
         "target.tariff_pain": 0.5, "talks.protocol": "double-auction", "talks.rounds": 1, "sender.unpredictability": 0.0}
    )
    game = prepare(scenario)
    out = np.zeros((2, 2))
    without_a_bargain(game.world[0], round_one(game).images[1], out)
    assert out[1] == pytest.approx([1.0, 0.4 * 0.75 + 0.5 * 0.4 * 0.25])


def test_lines_are_bid_by_in_one_round_and_one_price_where_another_may_follow() -> None:
    assert table(sealed())[1] == pytest.approx([0.25, 0.75, 0.75, 1.0], abs=1e-6)
    for changes in ({"talks__rounds": 2}, {"talks__extension_rounds": 1, "talks__extension_probability": 0.5}):
        assert table(sealed(**changes))[1] == pytest.approx([0.5, 0.5, OUT_OF_REACH, OUT_OF_REACH], abs=1e-6)


def test_one_price_is_bid_where_supports_do_not_face_each_other_or_a_type_is_known() -> None:
    narrow = {name.replace(".", "__"): value for name, value in NARROW.items()}
    for changes in (narrow, {**narrow, "sender__ambiguity": 0.0}):
        game = sealed(**changes)
        assert table(game)[1] == pytest.approx([0.5, 0.5, OUT_OF_REACH, OUT_OF_REACH], abs=1e-6)
        assert table(game)[0, 1] == pytest.approx(0.5, abs=1e-6)


def test_types_that_cannot_gain_bid_what_no_bargain_is_worth() -> None:
    game = sealed(sender__disagreement=0.8, sender__ambiguity=0.1, target__disagreement=0.7, target__ambiguity=0.2)
    assert [read_bid(value, table(game)) for value in (0.7, 0.75, 0.9)] == pytest.approx([0.7, 0.75, 0.9])
    assert read_bid(0.6, table(game, Side.TARGET)) == pytest.approx(0.6)


def test_a_type_that_waits_for_less_trades_in_a_round_in_which_it_would_not_trade_later() -> None:
    game = sealed(talks__rounds=3, sender__discount=0.5)
    cuts = [float(table(game, Side.SENDER, round_number)[0, 1]) for round_number in (1, 2, 3)]
    price = float(table(game)[1, 0])
    assert cuts == pytest.approx([4.0 * price, 2.0 * price, price])


def test_a_side_of_several_profiles_asks_for_what_the_price_is_worth_to_each() -> None:
    scenario = Scenario.load("us-japan-2025").vary({**BIDDING, "sender.ambiguous_voices": 1.0})
    prices = {round(float(table(prepare(scenario), Side.SENDER, 1, profile)[1, 0]), 6) for profile in range(3)}
    assert len(prices) == 3


def test_bargains_are_worth_what_lies_between_the_bids_where_utilities_are_linear_alone() -> None:
    for changes, wrong in (({}, 0.0), ({"sender.curvature": 0.5}, 0.05)):
        game = prepare(Scenario.load("logrolling").vary({**BIDDING, "talks.rounds": 1, **changes}))
        found = misreckoned(game, round_one(game), game.menus[0, 0], np.zeros((2, 3)))
        assert found == pytest.approx(0.0, abs=1e-9) if wrong == 0.0 else found > wrong


def test_the_story_tells_that_a_bid_asks_for_more_than_there_is() -> None:
    doubts = {**NARROW, "target.disagreement": 0.7, "target.ambiguity": 0.3}
    talks = Negotiation(Scenario.load("sealed-bids").vary(doubts), seed=0)
    talks.play()
    assert "its own bid asks for more than there is" in talks.transcript()


@pytest.mark.parametrize("protocol", ("alternating", "concession-clock"))
def test_under_another_protocol_a_type_that_does_not_trade_takes_its_reservation_value(protocol: str) -> None:
    known = {"sender.disagreement": 0.1, "sender.ambiguity": 0.0, "target.disagreement": 0.8}
    path = {"talks.protocol": protocol, "talks.rounds": 9, "sender.strategy": "time-dependent"}
    changes = {**known, **path, "target.ambiguity_belief_only": True}
    talks = Negotiation(Scenario.load("sealed-bids").vary(changes), seed=0)
    assert read_bid(0.8, table(talks.game, Side.TARGET)) == OUT_OF_REACH
    outcome = talks.play().outcome
    assert outcome is not None and 0.8 - 1e-9 <= outcome.runs["utility"][0, Side.TARGET] <= 0.9
