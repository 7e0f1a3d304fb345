"""When sides that hold out give way: indifference, reputations that reach 1 together, and types on the margin."""

from __future__ import annotations

import numpy as np
import pytest

from negosim import Scenario, simulate
from negosim.common.vocabulary import Ending
from negosim.engine.prepare import prepare

PIE = Scenario.load("pie")


def war(strategy: str = "attrition", **changes: float) -> Scenario:
    named = {name.replace("__", "."): value for name, value in changes.items()}
    return PIE.vary(
        {"sender.strategy": strategy, "target.strategy": strategy, "talks.rounds": 400, "sender.committed_demand": 0.7,
         "target.committed_demand": 0.6, "sender.discount": 0.98, "target.discount": 0.97, "sender.commitment": 0.1,
         "target.commitment": 0.2, **named}
    )


def chances(scenario: Scenario, prior: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return the chance that each side gives way in each round, over all its types, and its reputation after it: (2, rounds)."""
    ordinary = prepare(scenario).giving_way[:, 1:, 0]
    total, reputation = np.zeros_like(ordinary), np.zeros_like(ordinary)
    for i in range(2):
        z = prior[i]
        for t in range(ordinary.shape[1]):
            total[i, t] = (1 - z) * ordinary[i, t]
            z = z / (1 - total[i, t]) if total[i, t] < 1 else 1.0
            reputation[i, t] = z
    return total, reputation


def test_reputations_reach_one_within_a_turn_of_each_other() -> None:
    _, reputation = chances(war(), (0.1, 0.2))
    ends = [int(np.argmax(row > 1 - 1e-9)) for row in reputation]
    assert max(ends) < 399
    assert abs(ends[0] - ends[1]) == 1


def test_each_chance_leaves_the_other_side_indifferent() -> None:
    """The sender is asked in even rounds: 1 - 0.6 now equals waiting for the target's turn and giving way after it."""
    total, reputation = chances(war(), (0.1, 0.2))
    lose, win, delta = 0.4, 0.7, 0.98
    for t in range(10, 30, 2):  # round t + 1 is odd: the target's turn
        assert reputation[:, t].max() < 1
        chance = total[1, t]
        waiting = delta * (chance * win + (1 - chance) * delta * lose)
        assert waiting == pytest.approx(lose, abs=1e-12)


def test_sides_give_way_in_their_turns_alone() -> None:
    total, _ = chances(war(), (0.1, 0.2))
    assert (total[0, 0::2] == 0.0).all()
    assert (total[1, 1::2] == 0.0).all()


def test_a_side_without_a_reputation_gives_way_at_once() -> None:
    outcomes = simulate(war(target__commitment=0.0), 200)
    ordinary = outcomes.runs["committed"][:, 0] == 0
    assert (outcomes.runs["rounds"] == 1).all()
    assert outcomes.settlements[ordinary, 0] == pytest.approx(0.7)


def test_a_side_for_which_no_deal_is_better_never_gives_way() -> None:
    outcomes = simulate(war(target__disagreement=0.5), 200)
    assert set(outcomes.runs["rounds"][outcomes.runs["ending"] == Ending.SETTLED]) <= {1, 2}
    assert (outcomes.runs["utility"][outcomes.runs["ending"] == Ending.SETTLED, 1] >= 0.5).all()


def test_sides_whose_demands_fit_together_agree_at_once() -> None:
    outcomes = simulate(war(sender__committed_demand=0.5, target__committed_demand=0.4), 50)
    assert (outcomes.runs["rounds"] == 1).all()


def contest(low: float, high: float, hazard: float = 0.02) -> Scenario:
    return war(
        "brinkmanship", sender__committed_demand=0.6, target__committed_demand=0.6, sender__discount=1.0, target__discount=1.0,
        sender__commitment=0.0, target__commitment=0.0, sender__disagreement=(low + high) / 2,
        target__disagreement=(low + high) / 2, sender__ambiguity=(high - low) / 2, target__ambiguity=(high - low) / 2,
        sender__brinkmanship=hazard,
    )


def test_in_a_contest_in_risk_the_type_that_loses_more_by_a_breakdown_gives_way_first() -> None:
    outcomes = simulate(contest(0.0, 0.4), 2_000, seed=3)
    settled = outcomes.runs["ending"] == Ending.SETTLED
    winner = outcomes.runs["proposer"][settled]
    reservation = outcomes.runs["reservation"][settled]
    ahead = reservation[np.arange(len(winner)), winner] - reservation[np.arange(len(winner)), 1 - winner]
    assert (ahead > -0.02).mean() > 0.97  # turns are taken one after another, so near ties may go the other way
    assert set(outcomes.runs["ending"]) == {Ending.SETTLED, Ending.BREAKDOWN}


def test_the_margin_rises_from_the_lowest_type_and_stays_on_the_support() -> None:
    margins = prepare(contest(0.1, 0.3)).giving_way[:, 1:, 1]
    assert (np.diff(margins, axis=1) >= 0.0).all()
    assert margins[:, 0].min() < 0.1 < margins[:, 0].max()  # one side is asked first
    assert 0.1 < margins[:, -1].min() <= margins.max() <= 0.3


def test_the_side_asked_first_gives_way_as_if_it_had_been_asked_half_a_turn_before() -> None:
    """With hazard p and cost c of disaster in units of the prize, the other needs p c (2 - p) / ((1 - p)(1 + p c)) a turn."""
    hazard, (low, high) = 0.02, (0.1, 0.3)
    margins = prepare(contest(low, high, hazard)).giving_way[:, 1, 1]
    share = (margins.max() - low) / (high - low)
    cost = (0.4 - margins.max()) / 0.2
    assert 1.0 - (1.0 - share) ** 2 == pytest.approx(hazard * cost * (2.0 - hazard) / ((1.0 - hazard) * (1.0 + hazard * cost)))


def test_sides_that_do_not_hold_out_have_no_rule_for_giving_way() -> None:
    assert np.isnan(prepare(PIE).giving_way).all()
