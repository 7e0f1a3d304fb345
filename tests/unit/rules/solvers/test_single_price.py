"""One price: who trades at it, what is gained there, and that it is the Nash solution where nothing is in doubt."""

from __future__ import annotations

import numpy as np
import pytest

from negosim import Scenario
from negosim.engine.prepare import prepare
from negosim.rules.solvers.single_price import NO_PRICE, best_node, product_of_gains, refined, trade_at
from negosim.strategies.tables import round_one

SEALED = {"talks.protocol": "double-auction", "talks.rounds": 1, "sender.strategy": "shaded-bid", "target.strategy": "shaded-bid"}
FINE = (np.arange(120_000) + 0.5) / 120_000


@pytest.mark.parametrize("worth", (-0.1, 0.0, 0.13, 0.5, 0.9, 1.3))
def test_who_trades_and_what_is_gained_are_means_over_types(worth: float) -> None:
    nothing = np.array([0.0, 0.4, 0.6, 1.2])
    types = np.interp(FINE, np.linspace(0.0, 1.0, 4), nothing)
    share, gain = trade_at(worth, nothing)
    assert share == pytest.approx(float((types < worth).mean()), abs=2e-5)
    assert gain == pytest.approx(float(np.maximum(worth - types, 0.0).mean()), abs=1e-9)


def test_a_known_type_trades_or_not() -> None:
    assert trade_at(0.5, np.full(5, 0.3)) == pytest.approx((1.0, 0.2))
    assert trade_at(0.3, np.full(5, 0.3)) == (0.0, 0.0)


def test_the_product_is_that_of_what_both_expect_where_a_side_gains_only_if_the_other_trades() -> None:
    """By hand: at an even split 0.5 of types uniform on [0, 1] trade and gain 0.125; of types on [0, 0.5] all, gaining 0.25."""
    game = prepare(Scenario.load("pie").vary(SEALED))
    nothing = np.array([np.linspace(0.0, 1.0, 9), np.linspace(0.0, 0.5, 9)])
    row, middle = np.zeros(game.menus.shape[3]), 64.0
    assert product_of_gains(game.menus[0, 0], round_one(game).images, nothing, middle, row) == pytest.approx(0.125 * 0.5 * 0.25)


def price_of(scenario: Scenario) -> tuple[float, float]:
    """Return what both sides bid at one price."""
    game = prepare(scenario.vary(SEALED))
    tables = game.sender_outlook, game.target_outlook
    return tuple(float(table[0, 1, 1, 0, 0, 0, 0]) for table in tables)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("name", "changes", "nash"),
    [
        ("pie", {"sender.disagreement": 0.2, "target.disagreement": 0.3}, (0.45, 0.55)),
        ("pie", {"sender.disagreement": 0.2, "target.disagreement": 0.3, "talks.auction_weight": 0.0}, (0.45, 0.55)),
        ("three-issues", {"sender.disagreement": 0.0, "target.disagreement": 0.0}, (0.6, 0.7)),
        ("three-issues", {"sender.disagreement": 0.3, "target.disagreement": 0.1}, (0.7, 0.58)),
    ],
)
def test_between_known_types_it_is_the_nash_solution(name: str, changes: dict[str, float], nash: tuple[float, float]) -> None:
    assert price_of(Scenario.load(name).vary(changes)) == pytest.approx(nash, abs=1e-6)


def test_aversion_to_risk_moves_it_as_it_does_the_nash_solution() -> None:
    """x^(1 - a) (1 - x) is largest at x = (1 - a) / (2 - a); a bid is in the unit of the utility x^(1 - a)."""
    known = {"sender.disagreement": 0.0, "target.disagreement": 0.0}
    bids = price_of(Scenario.load("pie").vary({**known, "sender.risk_aversion": 0.5}))
    assert bids[1] == pytest.approx(2.0 / 3.0, abs=1e-3)


def test_there_is_none_where_no_package_is_worth_more_than_no_bargain_to_some_of_both_sides() -> None:
    game = prepare(Scenario.load("pie").vary(SEALED))
    nothing = np.array([np.linspace(0.6, 0.9, 9), np.linspace(0.4, 0.8, 9)])
    assert best_node(game.world[0], game.menus[0, 0], round_one(game).images, nothing)[0] == NO_PRICE


@pytest.mark.parametrize(("first", "best"), [("sender", 2 / 3), ("target", 1 / 3)])
def test_of_two_prices_as_good_as_one_another_it_is_the_one_best_for_the_first_proposer(first: str, best: float) -> None:
    settings = {"issues.pie.levels": 4, "talks.first_proposer": first, "sender.disagreement": 0.1, "target.disagreement": 0.1}
    assert price_of(Scenario.load("pie").vary(settings)) == pytest.approx((best, 1 - best))


def test_it_is_refined_between_nodes_only_if_that_is_better() -> None:
    game = prepare(Scenario.load("pie").vary(SEALED))
    menu, images, world = game.menus[0, 0], round_one(game).images, game.world[0]
    for low, place in ((0.0, 64.0), (0.1, 70.4)):
        nothing = np.array([np.full(9, low), np.zeros(9)])
        assert refined(menu, images, nothing, *best_node(world, menu, images, nothing)) == pytest.approx(place, abs=1e-5)
