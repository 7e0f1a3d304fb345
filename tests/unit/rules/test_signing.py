"""Nobody signs what is worth less to it than no deal, by its own reckoning: `moves.worth_signing`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from negosim import Negotiation, Scenario, simulate, strategy
from negosim.common.vocabulary import Ending, Side
from negosim.engine.outcomes import Outcomes
from tests.laws.playing import differences

PIE = Scenario.load("pie").vary({"talks.rounds": 3, "sender.discount": 1.0, "target.discount": 1.0})
CASES = ("pie", "threat", "us-japan-2025", "us-japan-2025-flows")


def settled(outcomes: Outcomes) -> np.ndarray:
    return outcomes.runs["ending"] == Ending.SETTLED


def signed_below(outcomes: Outcomes) -> int:
    """How many runs left a side with less than its reservation value, where talks and settlements cost nothing."""
    runs = outcomes.runs[settled(outcomes)]
    return int((runs["payoff"] < runs["reservation"] - 1e-6).any(axis=1).sum())


def with_a_home_that_rejects(**sender: Any) -> Scenario:
    """The pie, of which the target's home surely rejects any share for the sender above one half."""
    tree = PIE.model_dump(mode="json", exclude_unset=True)
    tree.pop("notes", None)
    tree["talks"]["failed_ratification"] = "setback"
    tree["sender"] |= {"discount": 1.0, "disagreement": 0.6, **sender}
    home = {"name": "home", "title": "The home audience", "threshold": 0.5, "half_width": 0.0, "salience": {"pie": 1.0}}
    tree["target"] |= {"disagreement": 0.1, "ratifiers": [home]}
    return Scenario.build(tree)


@pytest.mark.parametrize("name", ["risk-return", "bluff", "subgame-perfect", "time-dependent"])
def test_a_side_does_not_sign_less_than_no_deal_where_a_home_rejects_all_that_is_better(name: str) -> None:
    outcomes = simulate(with_a_home_that_rejects(strategy=name), 200, seed=3)
    assert not settled(outcomes).any()
    assert outcomes.runs["payoff"][:, 0] == pytest.approx(0.6)
    assert settled(simulate(with_a_home_that_rejects(strategy=name, disagreement=0.3), 200, seed=3)).any()


@pytest.mark.parametrize("side", list(Side))
def test_a_subgame_perfect_side_with_a_private_value_takes_no_less_than_it(side: Side) -> None:
    values = {"sender.strategy": "subgame-perfect", "target.strategy": "subgame-perfect", f"{side.label}.ambiguity": 0.3}
    outcomes = simulate(PIE.vary({f"{side.label}.disagreement": 0.4, **values}), 400, seed=11)
    assert signed_below(outcomes) == 0
    assert settled(outcomes).mean() > 0.4


@pytest.mark.parametrize("name", ["time-dependent", "tit-for-tat", "micro", "subgame-perfect", "risk-return", "bluff"])
def test_a_type_that_the_whole_pie_does_not_satisfy_signs_nothing(name: str) -> None:
    outcomes = simulate(PIE.vary({"sender.disagreement": 0.9, "sender.ambiguity": 0.3, "sender.strategy": name}), 400, seed=5)
    greedy = outcomes.runs["reservation"][:, 0] > 1.0 + 1e-6
    assert greedy.any()
    assert not settled(outcomes)[greedy].any()


def accept(own, other, public, belief, homes, offer, outlook):
    return 1


def leave(own, other, public, belief, homes, offer, outlook):
    return 2


def ask_for_all(own, other, public, belief, homes, menu, outlook, noise):
    return 1.0


def offer_all(own, other, public, belief, homes, menu, outlook, noise):
    return 0.0


def test_a_strategy_of_the_users_own_cannot_sign_below_no_deal_either() -> None:
    generous = dict.fromkeys(Side, strategy(offer_all, accept))
    outcomes = simulate(PIE.vary({"sender.disagreement": 0.4, "target.disagreement": 0.3}), 50, seed=2, strategies=generous)
    assert not settled(outcomes).any()
    assert settled(simulate(PIE, 50, seed=2, strategies=generous)).all()


@pytest.mark.parametrize("name", CASES)
def test_a_side_that_walks_out_without_an_outside_option_has_what_no_deal_pays(name: str) -> None:
    scenario, walkers = Scenario.load(name), dict.fromkeys(Side, strategy(ask_for_all, leave))
    outcomes = simulate(scenario, 40, seed=4, strategies=walkers)
    assert (outcomes.runs["ending"] == Ending.WALK_OUT).all()
    assert np.isfinite(outcomes.runs["payoff"]).all()
    for replication in range(3):
        mesa = Negotiation(scenario, 4, replication, strategies=walkers).play().outcome
        assert differences(mesa, simulate(scenario, 1, seed=4, first=replication, strategies=walkers)) == []


def test_walking_out_pays_what_the_talks_would_have_that_ended_so() -> None:
    scenario = PIE.vary({"sender.disagreement": 0.4, "target.disagreement": 0.3})
    outcomes = simulate(scenario, 10, strategies=dict.fromkeys(Side, strategy(ask_for_all, leave)))
    assert outcomes.runs["payoff"] == pytest.approx(np.tile([0.4, 0.3], (10, 1)))
    option = simulate(scenario.vary({"target.outside_option": 0.35}), 10, strategies={Side.TARGET: strategy(ask_for_all, leave)})
    assert option.runs["payoff"] == pytest.approx(np.tile([0.4, 0.35], (10, 1)))
