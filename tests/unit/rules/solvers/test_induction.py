"""Backward induction: the best acceptable package against brute force, and induction by hand with threats and three issues."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from negosim import Negotiation, Scenario, Side, simulate
from negosim.common.vocabulary import Ending
from negosim.rules.solvers.induction import best_acceptable, deal_worth

PIE = Scenario.load("pie")
BOTH = {"sender.strategy": "subgame-perfect", "target.strategy": "subgame-perfect", "sender.offer_noise": 0.0,
        "target.offer_noise": 0.0}


def game(**changes: Any) -> Scenario:
    return PIE.vary({**BOTH, **{name.replace("__", "."): value for name, value in changes.items()}})


@pytest.mark.parametrize("name", ("pie", "logrolling", "us-japan-2025"))
@pytest.mark.parametrize("side", Side)
def test_no_package_on_the_frontier_that_the_other_takes_is_better(name: str, side: Side) -> None:
    talks = Negotiation(Scenario.load(name), seed=1)
    talks.step()
    menu, homes, public = talks.game.menus[-1, -1], talks.talks.homes, talks.talks.public[0]
    mine, theirs = talks.talks.images[side], talks.talks.images[side.other]
    fine = np.concatenate([menu[:-1] + s * np.diff(menu, axis=0) for s in np.linspace(0, 1, 41)])
    column = public["home_column"]
    own, other = (np.array([deal_worth(r, row, homes, column, 0.0) for row in fine]) for r in (mine, theirs))
    for need in (other.min() - 0.1, 0.2 * other.max(), 0.6 * other.max()):
        _, most, left = best_acceptable(menu, mine, theirs, homes, public, need, (0.0, 0.0), np.empty(menu.shape[1]))
        assert most >= own[other >= need].max() - 1e-9
        assert left >= need - 1e-9


def test_nothing_is_acceptable_to_a_side_that_needs_more_than_there_is() -> None:
    talks = Negotiation(PIE, seed=1)
    talks.step()
    mine, theirs, homes = talks.talks.images[0], talks.talks.images[1], talks.talks.homes
    menu = talks.game.menus[-1, -1]
    place, most, _ = best_acceptable(menu, mine, theirs, homes, talks.talks.public[0], 1.5, (0.0, 0.0), np.empty(menu.shape[1]))
    assert (place, most) == (-1.0, -np.inf)


def test_two_rounds_by_hand() -> None:
    """In round 2 the target has all but 0.1 of the sender; discounted by 0.8 it needs 0.72 in round 1."""
    outcome = simulate(game(talks__rounds=2, sender__disagreement=0.1, target__discount=0.8), 1)
    assert outcome.settlements[0, 0] == pytest.approx(1 - 0.8 * 0.9)


def test_a_threat_that_will_be_carried_out_lowers_what_the_target_needs() -> None:
    """One round, disagreement 0.5, damage 0.3 carried out for certain: the sender asks for 0.8."""
    tree = PIE.model_dump(exclude_unset=True, exclude={"notes"})
    tree["threats"] = [{"issue": "pie", "rate": 100.0, "state": "announced", "damage": 0.3, "execution": 1.0}]
    scenario = Scenario.build(tree).vary({**BOTH, "talks.rounds": 1, "target.disagreement": 0.5})
    assert simulate(scenario, 1).settlements[0, 0] == pytest.approx(0.8)


def test_an_unacceptable_demand_is_tabled_where_no_deal_is_possible() -> None:
    outcomes = simulate(game(talks__rounds=3, sender__disagreement=0.7, target__disagreement=0.6), 5)
    assert set(outcomes.runs["ending"]) == {Ending.IMPASSE}


def test_a_side_with_a_better_outside_option_leaves() -> None:
    outcomes = simulate(game(talks__rounds=3, sender__disagreement=0.7, target__outside_option=0.6), 5)
    assert set(outcomes.runs["ending"]) == {Ending.WALK_OUT}
    assert (outcomes.runs["rounds"] == 1).all()


def test_a_threshold_at_home_is_reckoned_with() -> None:
    """The target's home passes nothing worth less than 0.4 to it, so the sender asks for 0.6 though 1 would be accepted."""
    tree = PIE.model_dump(exclude_unset=True, exclude={"notes"})
    tree["target"]["ratifiers"] = [{"name": "home", "title": "Home", "salience": {"pie": 1.0}, "threshold": 0.4}]
    scenario = Scenario.build(tree).vary({**BOTH, "talks.rounds": 1})
    assert simulate(scenario, 1).settlements[0, 0] == pytest.approx(0.6)
