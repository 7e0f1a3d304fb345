"""The exact frontier of discrete issues whose utilities add up, held against every package there is."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from negosim import Scenario
from negosim.engine.prepare import NODES, prepare
from negosim.rules.frontier.additive import ROOMS, additive_frontier, adds_up
from negosim.rules.frontier.stakes import Stakes, lay_out, worth
from negosim.rules.utility import utility_bounds
from negosim.theory import solutions

NO_EDGES = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
Array = NDArray[np.float64]


def stakes(saliences: Array, levels: list[int], curvature: float = 1.0, ideals: Array | None = None) -> Stakes:
    """Return the stakes of two sides without linkage; by default their ideals are the ends."""
    ideals = np.array([[1.0], [0.0]]) * np.ones(len(levels)) if ideals is None else ideals
    bounds = np.array([utility_bounds(saliences[side], ideals[side], curvature, 0.0, *NO_EDGES) for side in range(2)])
    attitudes = np.array([[curvature, 0.0]] * 2)
    return lay_out(saliences, ideals, attitudes, *NO_EDGES, bounds, np.array(levels, dtype=np.int64))


def utilities(game: Stakes, packages: Array) -> Array:
    return np.array([[worth(game, side, package) for side in range(2)] for package in packages])


def efficient(game: Stakes) -> Array:
    """Return the utilities of all efficient packages, from the target's best to the sender's, each once."""
    packages = np.array(list(product(*(np.arange(n) / (n - 1) for n in game.levels))))
    every = utilities(game, packages)
    every = every[solutions.pareto(every)]
    every = every[np.argsort(every[:, 0])]
    return every[np.append(True, np.diff(every[:, 0]) > 1e-9)]


def listed(game: Stakes, most: int) -> Array:
    """Return the utilities on the frontier, without the last one repeated."""
    positions = additive_frontier(game, most, ROOMS[0])
    assert positions.shape == (most, len(game.levels))
    last = most - 1
    while last > 0 and (positions[last] == positions[last - 1]).all():
        last -= 1
    return utilities(game, positions[: last + 1])


@pytest.mark.parametrize("seed", range(40))
def test_the_frontier_is_that_of_all_packages(seed: int) -> None:
    draw = np.random.default_rng(seed)
    levels = draw.integers(2, 7, draw.integers(1, 5)).tolist()
    saliences = draw.dirichlet(np.ones(len(levels)), 2)
    ideals = np.where(draw.random((2, len(levels))) < 0.5, draw.random((2, len(levels))), [[1.0], [0.0]])
    game = stakes(saliences, levels, curvature=float(draw.choice([1.0, 0.6])), ideals=ideals)
    expected, found = efficient(game), listed(game, most=1_000)
    assert found.shape == expected.shape
    assert found == pytest.approx(expected, abs=2e-9)


def test_two_issues_ranked_differently_are_given_away_one_after_the_other() -> None:
    game = stakes(np.array([[0.8, 0.2], [0.2, 0.8]]), [3, 3])
    assert additive_frontier(game, 5, ROOMS[0]).tolist() == [[0, 0], [0.5, 0], [1, 0], [1, 0.5], [1, 1]]


def test_issues_that_one_side_does_not_care_about_go_to_the_other_and_those_that_neither_does_to_the_middle() -> None:
    game = stakes(np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0]]), [2, 5, 5])
    assert additive_frontier(game, 2, ROOMS[0]).tolist() == [[0.0, 0.0, 0.5], [1.0, 0.0, 0.5]]


def test_of_too_many_packages_both_ends_stay_and_all_that_stay_are_efficient() -> None:
    game = stakes(np.random.default_rng(3).dirichlet(np.ones(4), 2), [11] * 4)
    expected = efficient(game)
    assert len(expected) > 20
    found = listed(game, most=20)
    assert len(found) == 20
    assert found[[0, -1]] == pytest.approx(expected[[0, -1]], abs=1e-9)
    assert (np.abs(found[:, None] - expected[None]).max(axis=2).min(axis=1) < 1e-9).all()
    gaps = np.abs(np.diff(found, axis=0)).sum(axis=1)
    assert gaps.max() < 4 * gaps.mean()


def test_a_game_with_more_packages_than_there_is_room_for_is_left_to_the_search() -> None:
    game = stakes(np.random.default_rng(3).dirichlet(np.ones(4), 2), [11] * 4)
    assert additive_frontier(game, 20, 30).shape == (0, 4)
    assert additive_frontier(game, 20, ROOMS[1]).shape == (20, 4)


def test_linked_or_continuous_issues_do_not_add_up() -> None:
    saliences, ideals = np.full((2, 2), 0.5), np.array([[1.0, 1.0], [0.0, 0.0]])
    edges, bounds = (np.array([0]), np.array([1]), np.array([0.5])), np.array([[0.0, 1.0]] * 2)
    for linkage, levels, expected in ((0.0, [3, 3], True), (0.4, [3, 3], False), (0.0, [3, 0], False)):
        attitudes = np.array([[1.0, linkage]] * 2)
        assert adds_up(lay_out(saliences, ideals, attitudes, *edges, bounds, np.array(levels))) is expected


def test_the_menu_of_a_discrete_scenario_holds_its_efficient_packages() -> None:
    levels = {f"issues.{name}.levels": 11 for name in ("price", "delivery")}
    menu = prepare(Scenario.load("logrolling").vary(levels)).menus[0, 0][:, [0, 3]]
    sums = np.add.outer(0.8 * np.arange(11), 0.2 * np.arange(11)).ravel() / 10, np.add.outer(
        0.2 * np.arange(10, -1, -1), 0.8 * np.arange(10, -1, -1)
    ).ravel() / 10
    every = np.column_stack(sums)
    best = every[solutions.pareto(every)]
    best = best[np.argsort(best[:, 0])]
    assert menu[: len(best)] == pytest.approx(best, abs=1e-12)
    assert (menu[len(best) :] == menu[-1]).all() and len(menu) == NODES
