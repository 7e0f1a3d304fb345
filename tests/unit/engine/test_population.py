"""Runs between people who differ are the runs that a scenario varied run by run would play."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from negosim import Scenario, ScenarioError, simulate
from negosim.engine import population
from negosim.engine.kernel import FIRST_SLICE
from negosim.engine.outcomes import Outcomes
from negosim.engine.population import simulate_each
from tests.laws.playing import differences

SIDES = ("sender", "target")
CHANGES: dict[str, Any] = {f"issues.{name}.levels": 7 for name in ("price", "delivery")}
CHANGES |= {f"{side}.{name}": value for side in SIDES for name, value in (("offer_noise", 0.05), ("ambiguity", 0.1))}
GAME = Scenario.load("logrolling").vary(CHANGES)
RUNS = 12


def drawn(runs: int = RUNS) -> tuple[np.ndarray, np.ndarray]:
    """Return saliences and toughness of some runs."""
    draw = np.random.default_rng(1)
    return draw.dirichlet(np.ones(2), (runs, 2)), draw.uniform(0.5, 3.0, (runs, 2))


def one_by_one(scenario: Scenario, saliences: np.ndarray, toughness: np.ndarray, seed: int, first: int) -> list[Outcomes]:
    """Return the same runs, each of a scenario of its own."""
    names, found = [issue.name for issue in scenario.issues], []
    for n, weights in enumerate(saliences.tolist()):
        changes = {f"{side}.principal.salience": dict(zip(names, weights[i], strict=True)) for i, side in enumerate(SIDES)}
        changes |= {f"{side}.toughness": float(toughness[n, i]) for i, side in enumerate(SIDES)}
        found.append(simulate(scenario.vary(changes), 1, seed, first=first + n))
    return found


@pytest.mark.parametrize("changes", [{}, {"talks.protocol": "random-proposer"}, {"sender.strategy": "veto-aware"}])
def test_each_run_is_the_one_that_its_own_scenario_plays(changes: dict[str, Any]) -> None:
    scenario, (saliences, toughness) = GAME.vary(changes), drawn()
    together = simulate_each(scenario, saliences, toughness, seed=4, first=20)
    for n, alone in enumerate(one_by_one(scenario, saliences, toughness, seed=4, first=20)):
        row = slice(n, n + 1)
        same = Outcomes(scenario, 20 + n, together.runs[row], together.settlements[row], together.in_force[row])
        assert differences(same, alone) == []


def test_people_who_differ_play_differently_and_those_who_do_not_play_the_scenario_as_it_stands() -> None:
    saliences, toughness = drawn()
    assert len(np.unique(simulate_each(GAME, saliences, toughness).runs["utility"][:, 0])) > 1
    same = np.broadcast_to([[0.8, 0.2], [0.2, 0.8]], (RUNS, 2, 2)), np.ones((RUNS, 2))
    assert differences(simulate_each(GAME, *same, seed=2), simulate(GAME, RUNS, seed=2)) == []


def test_the_game_that_is_kept_for_other_design_points_is_left_as_it_was() -> None:
    before = simulate(GAME, 5)
    simulate_each(GAME, *drawn())
    assert differences(before, simulate(GAME, 5)) == []


@pytest.mark.parametrize(
    ("saliences", "toughness", "said"),
    [
        (np.full((3, 2, 3), 1 / 3), np.ones((3, 2)), r"shape \(3, 2, 3\)"),
        (np.full((3, 2, 2), 0.5), np.ones((2, 2)), r"toughness \(2, 2\)"),
        (np.full((3, 2, 2), 0.6), np.ones((3, 2)), "sum to 1"),
        (np.full((3, 2, 2), (1.5, -0.5)), np.ones((3, 2)), "negative"),
        (np.full((3, 2, 2), np.nan), np.ones((3, 2)), "sum to 1"),
        (np.full((3, 2, 2), 0.5), np.zeros((3, 2)), "above 0"),
        (np.full((3, 2, 2), 0.5), np.full((3, 2), np.inf), "finite"),
    ],
)
def test_arrays_that_are_no_population_are_refused(saliences: np.ndarray, toughness: np.ndarray, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        simulate_each(GAME, saliences, toughness)


@pytest.mark.parametrize("where", [{"first": -1}, {"seed": -1}, {"seed": 2**64}])
def test_a_seed_or_a_first_run_out_of_range_is_refused(where: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"lies outside \[0, 2\*\*64\)"):
        simulate_each(GAME, *drawn(), **where)


def test_runs_beyond_the_last_number_are_refused() -> None:
    with pytest.raises(ValueError, match="leaves 1 number below"):
        simulate_each(GAME, *drawn(), first=2**64 - 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"issues.price.levels": None}, "issues.price.levels"),
        ({"target.disagreement": None}, "target.disagreement"),
        ({"sender.strategy": "risk-return"}, "sender.strategy"),
        ({"target.strategy": "attrition"}, "target.strategy"),
    ],
)
def test_a_scenario_that_has_to_be_prepared_otherwise_is_refused_with_what_to_do(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ScenarioError, match=f"{field}.*Use simulate"):
        simulate_each(GAME.vary(changes), *drawn())


def test_a_linked_scenario_and_several_voices_are_refused() -> None:
    case = Scenario.load("us-japan-2025")
    levels = {f"issues.{issue.name}.levels": 3 for issue in case.issues}
    people = np.full((1, 2, len(case.issues)), 1.0 / len(case.issues)), np.ones((1, 2))
    with pytest.raises(ScenarioError, match=r"sender\.linkage"):
        simulate_each(case.vary(levels), *people)
    with pytest.raises(ScenarioError, match=r"sender\.negotiators"):
        simulate_each(case.vary(levels | {"sender.linkage": 0.0}), *people)


def test_ctrl_c_keeps_the_runs_that_were_played(monkeypatch: pytest.MonkeyPatch) -> None:
    play_each, calls = population.play_each, []

    def until_stopped(*arguments: Any) -> None:
        if calls:
            raise KeyboardInterrupt
        calls.append(play_each(*arguments))

    saliences, toughness = drawn(100)
    monkeypatch.setattr(population, "play_each", until_stopped)
    with pytest.raises(KeyboardInterrupt) as stopped:
        simulate_each(GAME, saliences, toughness, seed=2)
    monkeypatch.undo()
    assert len(stopped.value.outcomes) == FIRST_SLICE
    whole = simulate_each(GAME, saliences[:FIRST_SLICE], toughness[:FIRST_SLICE], seed=2)
    assert differences(stopped.value.outcomes, whole) == []
