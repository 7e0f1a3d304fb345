"""A threshold at home as bargaining power (Schelling 1960; Putnam 1988), and an agenda setter against a veto."""

from __future__ import annotations

import numpy as np
import pytest

from negosim import Scenario, Side, simulate
from negosim.common.vocabulary import Ending
from tests.oracles.textbook import EXACT, PIE, QUIET, RESOLUTION, is_mean, is_near, one_shot, the_ending, the_position

RUNS = 40_000


def with_home(scenario: Scenario, threshold: float, half_width: float = 0.0) -> Scenario:
    """Return a scenario over the pie in which the target's home consents from a threshold U[m - s, m + s] on."""
    home = {"name": "home", "title": "The home", "salience": {"pie": 1.0}, "threshold": threshold, "half_width": half_width}
    tree = scenario.model_dump(exclude_unset=True, exclude={"notes"})
    return Scenario.build({**tree, "target": {**tree["target"], "ratifiers": [home]}})


CASES = [(m, d, s) for m, d in ((0.4, 0.15), (0.3, 0.2)) for s in (0.0, 0.1, 0.15, 0.2, 0.3)]


def doubtful(mean: float, outside: float, spread: float) -> Scenario:
    """Return the sender's one offer to a target that takes anything, whose home has the last word."""
    return with_home(one_shot(Side.SENDER, sender__disagreement=outside), mean, spread)


def best_demand(m: float, d: float, s: float) -> float:
    """Return x = 1 - m - s while s <= S/3, then (1 + d - m + s)/2, with S = 1 - m - d (design page on theory, 6)."""
    return 1.0 - m - s if s <= (1.0 - m - d) / 3 + EXACT else (1.0 + d - m + s) / 2


def failure(m: float, d: float, s: float) -> float:
    """Return (3 s - S)/(4 s), the chance that the home rejects the best demand; 0 while s <= S/3."""
    surplus = 1.0 - m - d
    return 0.0 if s <= surplus / 3 + EXACT else (3 * s - surplus) / (4 * s)


@pytest.mark.parametrize(("mean", "outside", "spread"), CASES)
def test_a_doubtful_threshold_at_home_is_priced_as_the_formula_says(mean: float, outside: float, spread: float) -> None:
    outcomes = simulate(doubtful(mean, outside, spread), RUNS, seed=1)
    demand, lost = best_demand(mean, outside, spread), failure(mean, outside, spread)
    assert is_near(the_position(outcomes), demand, RESOLUTION)
    failed = outcomes.runs["ending"] == Ending.RATIFICATION_FAILED
    assert is_mean(failed, lost, RESOLUTION / max(2 * spread, RESOLUTION))
    assert is_mean(outcomes.runs["payoff"][:, Side.SENDER], (1.0 - lost) * demand + lost * outside, RESOLUTION)
    assert (failed | (outcomes.runs["ending"] == Ending.SETTLED)).all()


def test_a_wrong_price_of_the_threshold_is_found_out() -> None:
    """Without the proposer's own disagreement payoff, or with the sign of the spread turned, the demand misses by far."""
    outcomes = simulate(doubtful(0.4, 0.15, 0.3), RUNS, seed=1)
    assert not is_near(the_position(outcomes), (1.0 - 0.4 + 0.3) / 2, RESOLUTION)
    assert not is_near(the_position(outcomes), (1.0 + 0.15 - 0.4 - 0.3) / 2, RESOLUTION)
    failed = outcomes.runs["ending"] == Ending.RATIFICATION_FAILED
    assert not is_mean(failed, failure(0.4, 0.15, 0.2), RESOLUTION)


def veto_aware_pair(threshold: float, outside: float = 0.0) -> Scenario:
    """Return two sides that concede alike over 200 rounds and keep to what the target's home would pass."""
    settings = {"talks.rounds": 200, "sender.strategy": "veto-aware", "target.strategy": "veto-aware"}
    return with_home(PIE.vary({**QUIET, **settings, "sender.disagreement": outside}), threshold)


@pytest.mark.parametrize("threshold", (0.2, 0.4, 0.5, 0.6, 0.75, 0.9))
def test_a_threshold_at_home_is_a_strength_once_it_binds(threshold: float) -> None:
    """Schelling's conjecture: the side gets max(1/2, theta); veto-aware offers are nodes, 1/96 apart, and rounds 1/200."""
    assert is_near(1.0 - the_position(simulate(veto_aware_pair(threshold), 1)), max(0.5, threshold), 1 / 96 + 1 / 200)


def test_a_threshold_at_home_that_leaves_no_deal_leaves_nothing() -> None:
    """With 0.45 for the other side elsewhere, 0.5 at home can be met and 0.6 cannot."""
    assert the_ending(veto_aware_pair(0.5, outside=0.45)) is Ending.SETTLED
    assert the_ending(veto_aware_pair(0.6, outside=0.45)) is not Ending.SETTLED


def against_a_veto(setter: float, veto: float, status_quo: float) -> Scenario:
    """Return the sender's one offer, on a line with a status quo, to a side whose ideal lies inside the line."""
    line = {"status_quo": status_quo, "target_ideal": veto, "sender_ideal": setter}
    scenario = one_shot(Side.SENDER).vary({f"issues.pie.{name}": 100 * x for name, x in line.items()})
    tree = scenario.model_dump(exclude_unset=True, exclude={"notes"})
    for side in Side:
        del tree[side.label]["disagreement"]  # the status quo holds
    return Scenario.build(tree)


VETOES = [(0.9, 0.5, 0.3), (0.9, 0.5, 0.1), (0.6, 0.5, 0.1), (1.0, 0.4, 0.25), (0.8, 0.45, 0.4)]


@pytest.mark.parametrize(("setter", "veto", "status_quo"), VETOES)
def test_an_agenda_setter_gets_as_far_as_the_veto_lets_it(setter: float, veto: float, status_quo: float) -> None:
    """Romer & Rosenthal (1978): x = min(a, 2 v - q) for an ideal a, a veto player's ideal v and a status quo q < v."""
    assert is_near(the_position(simulate(against_a_veto(setter, veto, status_quo), 1)), min(setter, 2 * veto - status_quo), EXACT)


def test_a_wrong_reach_of_the_agenda_setter_is_found_out() -> None:
    """2 v - q is not 2 v - 2 q, and not the veto player's ideal."""
    x = np.array([the_position(simulate(against_a_veto(*case), 1)) for case in VETOES])
    for wrong in (lambda a, v, q: min(a, 2 * v - 2 * q), lambda a, v, q: v, lambda a, v, q: a):
        assert np.abs(x - [wrong(*case) for case in VETOES]).max() > 0.05
