"""Rounds in which both sides have the floor: what their answers come to, and the bargain between two sealed bids."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from negosim import Negotiation, Scenario, simulate
from negosim.common.vocabulary import Ending

PIE = Scenario.load("pie").vary({"sender.offer_noise": 0.0, "target.offer_noise": 0.0})
RUNS = 4_000


def demands(protocol: str, sender: float, target: float, **changes: Any) -> Scenario:
    """Return two sides that never take less than these demands, over one round."""
    return PIE.vary(
        {"talks.protocol": protocol, "talks.rounds": 1, "sender.strategy": "commitment", "target.strategy": "commitment",
         "sender.committed_demand": sender, "target.committed_demand": target,
         **{name.replace("__", "."): value for name, value in changes.items()}}
    )


def test_on_the_clock_incompatible_demands_end_in_an_impasse() -> None:
    assert set(simulate(demands("concession-clock", 0.6, 0.5), 10).runs["ending"]) == {Ending.IMPASSE}


def test_on_the_clock_the_side_that_gives_way_takes_the_demand_of_the_other() -> None:
    """The bluff gives way in its last round; a side that is committed for certain does not."""
    scenario = demands("concession-clock", 0.7, 0.6).vary({"target.strategy": "bluff"})
    outcomes = simulate(scenario, 10)
    assert outcomes.settlements[:, 0] == pytest.approx(0.7)
    assert set(outcomes.runs["proposer"]) == {0}


def test_on_the_clock_chance_says_whose_demand_stands_where_both_give_way() -> None:
    """0.6 and 0.3 leave more than either asks: each accepts the other's. A fair coin, within 4 standard errors (1 in 16,000)."""
    outcomes = simulate(demands("concession-clock", 0.6, 0.3), RUNS)
    settled = np.round(outcomes.settlements[:, 0], 9)
    assert set(settled) == {0.6, 0.7}
    assert abs((settled == 0.6).mean() - 0.5) < 4 * 0.5 / np.sqrt(RUNS)
    assert ((settled == 0.6) == (outcomes.runs["proposer"] == 0)).all()


def test_on_the_clock_a_side_that_leaves_goes_before_one_that_gives_way() -> None:
    scenario = demands("concession-clock", 0.6, 0.3).vary({"target.strategy": "risk-return", "target.outside_option": 0.9})
    outcomes = simulate(scenario, 20)
    assert set(outcomes.runs["ending"]) == {Ending.WALK_OUT}
    assert outcomes.runs["payoff"][:, 1] == pytest.approx(0.9)


@pytest.mark.parametrize("weight", (0.0, 0.25, 0.5, 1.0))
def test_two_bids_that_satisfy_each_other_are_split_by_the_weight(weight: float) -> None:
    """The sender asks for 0.6, the target leaves 0.7: (1 - k) 0.6 + k 0.7."""
    outcomes = simulate(demands("double-auction", 0.6, 0.3, talks__auction_weight=weight), 5)
    assert outcomes.settlements[:, 0] == pytest.approx((1 - weight) * 0.6 + weight * 0.7)
    assert set(outcomes.frame()["proposer"]) == {"both"}


def test_bids_that_do_not_meet_strike_no_bargain() -> None:
    assert set(simulate(demands("double-auction", 0.6, 0.41), 5).runs["ending"]) == {Ending.IMPASSE}


def test_a_bargain_between_levels_goes_to_the_nearest_level() -> None:
    scenario = demands("double-auction", 0.5, 0.0, talks__auction_weight=0.4).vary({"issues.pie.levels": 5})
    assert simulate(scenario, 1).settlements[0, 0] == pytest.approx(0.75)  # 0.5 and 1 at weight 0.4: 0.7


def test_both_offers_of_a_round_are_told_and_the_one_that_stands_is_the_last() -> None:
    talks = Negotiation(demands("concession-clock", 0.7, 0.6).vary({"target.strategy": "bluff"}), seed=1).play()
    frame = talks.frame()
    assert list(frame["round"]) == [1, 1]
    assert list(frame["proposer"]) == ["target", "sender"]
    assert list(frame["answer"]) == ["refuse", "accept"]
    assert talks.transcript().count("Round 1:") == 2


def test_the_other_protocols_give_the_floor_to_one_side() -> None:
    for protocol in ("alternating", "random-proposer", "one-round"):
        frame = Negotiation(PIE.vary({"talks.protocol": protocol}), seed=1).play().frame()
        assert list(frame["round"]) == list(range(1, len(frame) + 1))


def test_issue_by_issue_settles_every_issue_by_itself() -> None:
    scenario = Scenario.load("logrolling").vary({"talks.agenda": "issue-by-issue"})
    frame = Negotiation(scenario, seed=2).play().frame()
    assert set(frame["parts"]) == {2}
    assert set(frame["on_the_table"]) == {"price", "delivery"}
