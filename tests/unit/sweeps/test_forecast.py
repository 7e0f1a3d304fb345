"""A dry run: what it estimates, and what it says of a design."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

import negosim.sweeps.forecast
import negosim.sweeps.play
from negosim.report.forecast import dry_run_text
from negosim.sweeps.forecast import POINTS, RUNS, Forecast, forecast
from negosim.sweeps.runner import sweep
from tests.unit import pretend
from tests.unit.pretend import assuming, experiment

READY, EACH = 0.02, 0.0005
"""Seconds that a pretended point takes to be made ready, and that each of its runs takes."""


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that only playing moves on, so that an estimate can be worked out by hand."""
    now = [0.0]

    def simulate(scenario: Any, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> Any:
        now[0] += READY + EACH * replications
        return pretend.simulate(scenario, replications, seed, first)

    monkeypatch.setattr(negosim.sweeps.play, "simulate", simulate)
    monkeypatch.setattr(negosim.sweeps.forecast.time, "perf_counter", lambda: now[0])
    return now


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.name != ".lock")


def test_an_estimate_scales_up_what_a_few_runs_took() -> None:
    made = experiment(replications=3_000, chunk=1_000)  # three points of three chunks each
    found = forecast(made)
    ready = READY + EACH  # one run is played to see how long a point takes to be made ready
    assert found.points == 3 and found.runs == 3 * RUNS
    assert found.locked == pytest.approx(9 * ready) and found.alone == pytest.approx(9 * ready + 9_000 * EACH)
    assert found.seconds(1) == found.alone and found.seconds(2) == pytest.approx(found.alone / 2)


def test_what_only_one_thread_can_do_is_not_shared() -> None:
    assert Forecast(alone=10.0, locked=4.0, disk=0.0, points=1, runs=1).seconds(16) == 4.0


def test_no_more_points_are_tried_than_a_handful_from_the_first_to_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[float] = []

    def simulate(scenario: Any, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> Any:
        seen.append(scenario.sender.ambiguity)
        return pretend.simulate(scenario, replications, seed, first)

    monkeypatch.setattr(negosim.sweeps.play, "simulate", simulate)
    values = [number / 1000 for number in range(1, 301)]
    found = forecast(experiment(vary=[{"parameter": "sender.ambiguity", "values": values}], replications=5, chunk=9))
    assert found.points == POINTS == len(set(seen)) and {0.0, 0.3} <= set(seen) and found.runs == 5 * POINTS


def test_joint_draws_and_paths_are_counted() -> None:
    made = experiment(scenario=assuming(), assumed_draws=20, draw_replications=100)
    without = forecast(experiment(scenario=assuming()))
    with_draws = forecast(made)
    assert with_draws.alone - without.alone == pytest.approx(60 * (READY + 100 * EACH))
    assert with_draws.locked - without.locked == pytest.approx(60 * (READY + 2 * EACH))
    assert forecast(experiment(paths=3)).disk > without.disk


@pytest.mark.parametrize("changes", [{"replications": 2_000, "chunk": 500}, {"replications": 300, "paths": 20}])
def test_the_disk_space_is_about_that_of_the_sweep(tmp_path: Path, changes: dict[str, Any]) -> None:
    made = experiment(**changes)
    sweep(made, tmp_path / "runs")
    assert forecast(made).disk == pytest.approx(size_of(tmp_path / "runs"), rel=0.25)


def test_the_real_clock_is_one_that_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    before = time.perf_counter()
    assert time.perf_counter() >= before
    assert forecast(experiment(paths=1)).alone > 0.0


def told(width: int = 100, workers: int = 2, **changes: Any) -> str:
    made = experiment(**changes)
    found = Forecast(600.0, 5.0, 3.4e6, points=6, runs=2_400, summary=2e4, standing=4e8, part=1e8)
    return dry_run_text(made, found, workers, width)


def test_a_dry_run_says_the_design_the_runs_and_the_estimate() -> None:
    lines = told().splitlines()
    assert lines[0] == "A small experiment (small). A dry run: nothing is written."
    for line in (
        "design    grid: the baseline and 2 points, 3 in all",
        "luck      common, seed 7, the same at every point",
        "scenario  pie",
        "  sender.ambiguity  2 values from 0.1 to 0.2",
        "  point  sender.ambiguity",
        "      2               0.2",
        "runs      30: 10 at each point",
    ):
        assert line in lines, line
    assert "estimate  about 5 min on 2 threads, the summing up not counted," in told()
    assert "          3.4 MB of runs and 20 kB of summary on disk, and 700 MB of memory." in told()
    assert "about 10 min on 1 thread," in told(workers=1) and "and 600 MB of memory" in told(workers=1)


def test_a_dry_run_says_what_is_kept_and_drawn_and_the_baseline() -> None:
    text = told(
        scenario=assuming(), assumed_draws=4, draw_replications=50, luck="independent", columns=["peak_stress"], paths=2,
        baseline={"sender.discount": 0.9},
    )
    assert "and 600 in 4 joint draws of the assumed numbers, at 3 points each" in text
    assert "independent, seed 7, with luck of its own at each point" in text
    assert "columns   point, replication, ending, agreed, rounds, sender_payoff, target_payoff, peak_stress" in text
    assert "paths     the rounds of the first 2 runs of each point" in text and "baseline  sender.discount = 0.9" in text


def test_a_dry_run_says_the_cases() -> None:
    text = told(case=[{"name": "plain"}, {"name": "short", "scenario": "logrolling", "set": {"talks.rounds": 3}}])
    assert "the baseline and 2 points in each of 2 cases, 6 in all" in text
    assert "  plain: pie\n  short: logrolling, talks.rounds = 3\n" in text and "case_name" in text


def test_a_long_design_shows_its_first_and_last_points_and_the_factors_there_is_room_for() -> None:
    vary = [
        {"parameter": "sender.ambiguity", "range": [0.0, 0.4], "group": "tactics"},
        {"parameter": "sender.commitment", "distribution": {"kind": "beta", "a": 1.0, "b": 3.0, "high": 0.5}, "group": "tactics"},
        {"parameter": "sender.strategy", "values": ["micro", "bluff"]},
        {"parameter": "talks.rounds", "range": [3, 12]},
    ]
    text = told(width=80, vary=vary, design="morris", size=8)
    lines = text.splitlines()
    assert "design    morris, size 8: the baseline and 32 points, 33 in all" in lines
    assert any("sender.ambiguity" in line and "range 0 to 0.4, group tactics" in line for line in lines)
    assert "beta (high = 0.5, a = 1, b = 3), group tactics" in text and "micro, bluff" in text and "4 values from 3 to 12" in text
    table = lines[lines.index("points") + 1 : lines.index("points") + 12]
    assert [line.split()[0] for line in table[1:]] == ["0", "1", "2", "3", "4", "5", "...", "30", "31", "32"]
    assert table[0].endswith("more ...") and max(map(len, lines)) <= 130


def test_a_design_of_joint_draws_names_the_assumed_ranges() -> None:
    text = told(scenario=assuming(), vary=[], design="joint-draws", size=4)
    assert "sender.toughness  4 values from" in text and "assumed: 0.5 to 2" in text
    assert "  none: the baseline alone" in told(vary=[])
