"""The batch kernel's face: what it takes, what it gives, what it refuses."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from negosim import BargainingProblem, Negotiation, Scenario, simulate
from negosim.common.vocabulary import CHANNELS
from negosim.engine import kernel
from negosim.engine.kernel import FIRST_SLICE, new_talks, strategies_of
from negosim.engine.outcomes import RUN
from negosim.engine.prepare import prepare
from negosim.strategies.shipped import risk_return, time_dependent
from tests.laws.playing import differences

PIE = Scenario.load("pie")
CASE = Scenario.load("us-japan-2025")


def test_a_batch_has_as_many_runs_as_were_asked_for() -> None:
    outcomes = simulate(CASE, 7, seed=1)
    assert len(outcomes) == len(outcomes.frame()) == outcomes.settlements.shape[0] == 7
    assert outcomes.settlements.shape[1] == len(CASE.issues)
    assert outcomes.scenario is CASE


def test_outcomes_scenarios_and_problems_are_shown_in_a_line() -> None:
    case = Scenario.load("us-japan-2025")
    assert repr(simulate(case, replications=3)) == "<Outcomes of 3 runs of us-japan-2025>"
    assert repr(case) == "<Scenario us-japan-2025: US (time-dependent) and Japan (risk-return), 11 issues, 8 rounds>"
    pie = BargainingProblem.of(Scenario.load("pie"))
    assert repr(pie) == f"<BargainingProblem of pie: {len(pie.utilities)} packages on the frontier>"


@pytest.mark.parametrize("use", [simulate, BargainingProblem.of])
def test_a_name_in_place_of_a_scenario_is_refused_with_how_to_load_it(use: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match=r"scenario = 'pie' is no Scenario\. Load one: Scenario\.load\('pie'\)"):
        use("pie")
    with pytest.raises(TypeError, match=r"scenario = 3 is no Scenario\. Load one"):
        Negotiation(3)  # type: ignore[arg-type]


def test_no_runs_give_an_empty_table_with_all_columns() -> None:
    frame = simulate(PIE, 0).frame()
    assert len(frame) == 0
    assert list(frame.columns) == list(simulate(PIE, 1).frame().columns)


def test_a_game_prepared_before_gives_the_same_runs() -> None:
    assert differences(simulate(CASE, 20, seed=3), simulate(CASE, 20, seed=3, game=prepare(CASE))) == []


def test_what_is_raised_between_slices_ends_the_batch() -> None:
    played: list[int] = []

    def stop_at_once(runs: int) -> None:
        played.append(runs)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(PIE, 1000, between=stop_at_once)
    assert played == [FIRST_SLICE]


def test_ctrl_c_keeps_the_runs_that_were_played(monkeypatch: pytest.MonkeyPatch) -> None:
    left = 3
    play_many = kernel.play_many

    def until_stopped(*arguments: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise KeyboardInterrupt
        play_many(*arguments)

    monkeypatch.setattr(kernel, "play_many", until_stopped)
    with pytest.raises(KeyboardInterrupt, match="of 1,000,000 runs, which are the `outcomes` of this exception") as stopped:
        simulate(CASE, 1_000_000, seed=3, first=5)
    kept = stopped.value.outcomes
    assert FIRST_SLICE < len(kept) < 1000
    monkeypatch.undo()
    assert differences(kept, simulate(CASE, len(kept), seed=3, first=5)) == []


def test_more_runs_than_memory_is_for_are_refused_with_the_bound_and_the_remedy() -> None:
    with pytest.raises(ValueError, match=r"replications = 1000000000000 is out of range\. .* 10,000,000 at most\. .*sweep"):
        simulate(PIE, 10**12)


def test_slices_follow_the_time_that_runs_take(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    monkeypatch.setattr(kernel.time, "perf_counter", lambda: now)
    slices: list[int] = []
    for begin, end in kernel.slices(500):
        now += (end - begin) / (128 if begin < 400 else 16)  # runs a second, at first and later
        slices.append(end - begin)
    assert slices == [16] + [32] * 13 + [4] * 17  # a quarter of a second each, but for the first and the one that slowed down


def test_the_default_seed_is_zero_and_the_largest_seed_is_taken() -> None:
    assert differences(simulate(PIE, 5), simulate(PIE, 5, seed=0)) == []
    assert differences(simulate(PIE, 5), simulate(PIE, 5, seed=2**64 - 1)) != []


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"replications": -1}, "replications = -1"),
        ({"replications": 1, "first": -5}, "first = -5"),
        ({"replications": 1, "seed": -1}, "seed = -1"),
        ({"replications": 1, "seed": 2**64}, "seed = 18446744073709551616"),
        ({"replications": 3, "first": 2**64 - 2}, "first = 18446744073709551614 leaves 2 numbers below .* for 3 runs"),
    ],
)
def test_counts_and_seeds_outside_their_range_are_refused_with_their_value(arguments: dict[str, int], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        simulate(PIE, **arguments)


@pytest.mark.parametrize("arguments", [{"seed": 7.5}, {"seed": "x"}, {"replications": 1e4}, {"replications": 1, "first": None}])
def test_what_is_no_whole_number_is_refused_and_not_cut_off(arguments: dict[str, Any]) -> None:
    (name, value) = list(arguments.items())[-1]
    with pytest.raises(TypeError, match=re.escape(f"{name} = {value!r} is not a whole number. Write {name} = 7, say.")):
        simulate(PIE, **arguments)


def test_a_record_has_a_place_for_each_channel_of_both_ledgers() -> None:
    assert RUN["ledger"].shape == (2, len(CHANNELS))
    assert new_talks(prepare(PIE)).ledger.shape == (2, len(CHANNELS))


def test_the_strategies_are_those_that_the_scenario_names() -> None:
    sender, target = strategies_of(CASE)
    assert (sender.propose, sender.respond) == (time_dependent.propose, time_dependent.respond)
    assert (target.propose, target.respond) == (risk_return.propose, risk_return.respond)


def test_fresh_talks_fit_their_game() -> None:
    game = prepare(CASE)
    talks = new_talks(game)
    assert talks.offer.shape == (game.menus.shape[3],)
    assert talks.menu.shape == game.menus.shape[2:]
    assert talks.beliefs.shape == (2, 2, 17)  # two voices on one side, 16 cells and the committed type
    assert talks.homes.shape == (6, 2)
    assert all(not np.isnan(array).any() for array in talks if array.dtype.kind == "f")
