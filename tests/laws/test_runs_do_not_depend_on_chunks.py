"""A run is a function of the scenario, the seed and its number: chunks, order, threads and earlier runs change nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest

from negosim import Scenario, simulate
from negosim.engine import kernel, prepare
from negosim.engine.outcomes import Outcomes
from tests.laws.playing import by_mesa, differences, same_bits
from tests.laws.worlds import flow_world, world
from tests.tracing import kept

RUNS = 60
CUTS = (0, 1, 8, 31, RUNS)
SCENARIOS = [*map(world, (7, 33, 61, 94, 101, 133)), *map(flow_world, (7, 41))]


def joined(chunks: list[Outcomes]) -> Outcomes:
    """Return chunks as one batch, in the order of their first runs."""
    chunks = sorted(chunks, key=lambda chunk: chunk.first)
    arrays = {name: np.concatenate([getattr(c, name) for c in chunks]) for name in ("runs", "settlements", "in_force")}
    return Outcomes(chunks[0].scenario, chunks[0].first, **arrays)


@pytest.fixture(params=["us-japan-2025", *SCENARIOS], ids=lambda s: s if isinstance(s, str) else s.name)
def scenario(request: pytest.FixtureRequest) -> Scenario:
    return Scenario.load(request.param) if isinstance(request.param, str) else request.param


def test_chunks_give_the_runs_of_one_batch(scenario: Scenario) -> None:
    chunks = [simulate(scenario, b - a, seed=5, first=a) for a, b in pairwise(CUTS)]
    assert differences(joined(chunks), simulate(scenario, RUNS, seed=5)) == []


def test_chunks_may_be_played_in_any_order(scenario: Scenario) -> None:
    chunks = [simulate(scenario, b - a, seed=5, first=a) for a, b in reversed(list(pairwise(CUTS)))]
    assert differences(joined(chunks), simulate(scenario, RUNS, seed=5)) == []


def test_a_batch_in_slices_has_the_runs_of_one_in_one_go(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "FIRST_SLICE", 7)
    slices: list[int] = []
    sliced = simulate(scenario, 20 * RUNS, seed=5, between=slices.append)
    assert sum(slices) == 20 * RUNS and slices[0] == 7 and len(slices) > 2
    assert differences(sliced, simulate(scenario, 20 * RUNS, seed=5)) == []


def test_threads_that_share_a_game_do_not_disturb_each_other(scenario: Scenario) -> None:
    shared = prepare.prepare(scenario)
    many = 40 * RUNS
    starts = range(0, many, RUNS)
    with ThreadPoolExecutor(4) as pool:
        chunks = list(pool.map(lambda first: simulate(scenario, RUNS, seed=5, first=first, game=shared), starts))
    assert differences(joined(chunks), simulate(scenario, many, seed=5)) == []


def test_a_run_far_out_is_the_run_that_mesa_plays(scenario: Scenario) -> None:
    far = 2**40 + 3
    assert differences(simulate(scenario, 1, seed=5, first=far), by_mesa(scenario, 5, far)) == []


def test_a_scenario_prepared_anew_gives_the_same_game(scenario: Scenario) -> None:
    first = prepare.prepare(scenario)
    with kept():
        again = prepare.prepare(scenario)
    assert again.menus is not first.menus
    for ours, theirs in zip(first, again, strict=True):
        assert ours.tobytes() == theirs.tobytes()


def test_other_runs_played_in_between_leave_no_trace(scenario: Scenario) -> None:
    before = simulate(scenario, RUNS, seed=5)
    simulate(world(3), RUNS, seed=9)
    simulate(scenario, RUNS, seed=6)
    assert differences(before, simulate(scenario, RUNS, seed=5)) == []


@pytest.mark.parametrize("seed", [0, 1, 2**63, 2**64 - 1])
def test_every_seed_is_a_seed(scenario: Scenario, seed: int) -> None:
    ours = simulate(scenario, 3, seed=seed)
    assert differences(ours, simulate(scenario, 3, seed=seed)) == []
    assert differences(ours, joined([by_mesa(scenario, seed, run) for run in range(3)])) == []


def test_different_seeds_and_different_runs_have_different_luck() -> None:
    scenario = Scenario.load("us-japan-2025").vary({"sender.ambiguity": 0.2})
    drawn = {seed: simulate(scenario, RUNS, seed=seed).runs["reservation"][:, 0] for seed in (0, 1, 2, 2**63)}
    assert np.unique(np.concatenate(list(drawn.values()))).size == 4 * RUNS


def test_the_same_run_has_the_same_luck_at_another_design_point() -> None:
    scenario = world(61)
    varied = scenario.vary({"talks.flow_discount": 0.5, "target.toughness": 3.0})
    ours, theirs = simulate(scenario, RUNS, seed=5).runs, simulate(varied, RUNS, seed=5).runs
    for private in ("reservation", "profile", "committed"):
        assert same_bits(ours[private], theirs[private])
