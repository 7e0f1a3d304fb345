"""The runner: the same results however the work is cut, ordered, stopped and taken up again."""

from __future__ import annotations

import hashlib
import logging
import math
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

import negosim.runner
from negosim.experiment_error import ExperimentError
from negosim.results import Results
from negosim.runner import sweep
from negosim.store import StoreError
from tests.unit import pretend
from tests.unit.pretend import assuming, experiment

PARTS = [f"point-000{point}-chunk-000{chunk}" for point in range(3) for chunk in (1, 2, 3)]


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, int]]:
    """The calls of the pretended kernel: (ambiguity, first run)."""
    calls: list[tuple[float, int]] = []

    def simulate(scenario: Any, replications: int, seed: int = 0, first: int = 0) -> Any:
        calls.append((scenario.sender.ambiguity, first))
        return pretend.simulate(scenario, replications, seed, first)

    monkeypatch.setattr(negosim.runner, "simulate", simulate)
    return calls


def contents(folder: Path) -> dict[str, str]:
    """The checksums of all parts."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (folder / "parts").iterdir()}


def test_every_point_is_played_as_often_as_asked(tmp_path: Path, played: Any) -> None:
    results = sweep(experiment(), tmp_path / "runs", workers=1)
    frame = results.frame()
    assert frame["point"].tolist() == [0] * 10 + [1] * 10 + [2] * 10
    assert frame["replication"].tolist() == list(range(10)) * 3
    assert played == [(point, first) for point in (0.0, 0.1, 0.2) for first in (0, 4, 8)]


def test_the_folder_holds_a_manifest_and_parts_that_say_their_point(tmp_path: Path, played: Any) -> None:
    sweep(experiment(), tmp_path / "runs")
    assert sorted(contents(tmp_path / "runs")) == sorted(
        f"{name}{ending}" for name in PARTS for ending in (".parquet", ".sha256")
    )
    part = pyarrow.parquet.read_table(tmp_path / "runs" / "parts" / f"{PARTS[3]}.parquet")
    assert part["point"].to_pylist() == [1] * 4 and str(part.schema.field("point").type) == "int32"


def test_an_experiment_can_be_given_by_its_file(tmp_path: Path, played: Any) -> None:
    file = tmp_path / "small.toml"
    file.write_text('name = "s"\ntitle = "S"\nquestion = "?"\nscenario = "pie"\nreplications = 3\nseed = 1\n')
    assert len(sweep(file, tmp_path / "runs").frame()) == 3
    file.write_text("name = 3")
    with pytest.raises(ExperimentError, match=r"small\.toml"):
        sweep(file, tmp_path / "runs")


def test_the_number_of_workers_changes_no_byte(tmp_path: Path, played: Any) -> None:
    sweep(experiment(), tmp_path / "one", workers=1)
    sweep(experiment(), tmp_path / "five", workers=5)
    assert contents(tmp_path / "one") == contents(tmp_path / "five")


@pytest.mark.parametrize("chunk", [1, 3, 10, 1000])
def test_the_size_of_the_chunks_changes_no_run(tmp_path: Path, played: Any, chunk: int) -> None:
    usual = sweep(experiment(), tmp_path / "usual").frame()
    other = sweep(experiment(chunk=chunk), tmp_path / "other").frame()
    assert usual.equals(other)


def test_a_finished_sweep_is_not_played_again(tmp_path: Path, played: Any) -> None:
    sweep(experiment(), tmp_path / "runs")
    played.clear()
    assert len(sweep(experiment(), tmp_path / "runs").frame()) == 30
    assert played == []


def test_a_finished_sweep_can_be_read_where_nothing_can_be_written(
    tmp_path: Path, played: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep(experiment(), tmp_path / "runs")

    def refuse(*_: Any, **__: Any) -> None:  # the tests may run as root, who may write everywhere
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert len(sweep(experiment(), tmp_path / "runs").frame()) == 30
    with pytest.raises(StoreError, match="Permission denied"):
        sweep(experiment(), tmp_path / "new")


def test_only_what_is_missing_is_played(tmp_path: Path, played: Any) -> None:
    sweep(experiment(), tmp_path / "runs")
    before = contents(tmp_path / "runs")
    played.clear()
    (tmp_path / "runs" / "parts" / f"{PARTS[4]}.parquet").unlink()
    sweep(experiment(), tmp_path / "runs")
    assert played == [(0.1, 4)]
    assert contents(tmp_path / "runs") == before


def test_a_damaged_part_is_named_and_played_again(
    tmp_path: Path, played: Any, caplog: pytest.LogCaptureFixture
) -> None:
    sweep(experiment(), tmp_path / "runs")
    before = contents(tmp_path / "runs")
    played.clear()
    path = tmp_path / "runs" / "parts" / f"{PARTS[8]}.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    with caplog.at_level(logging.WARNING):
        sweep(experiment(), tmp_path / "runs")
    assert f"{PARTS[8]}.parquet is damaged and is played again" in caplog.text
    assert played == [(0.2, 8)]
    assert contents(tmp_path / "runs") == before


def test_another_experiment_does_not_touch_the_folder(tmp_path: Path, played: Any) -> None:
    sweep(experiment(), tmp_path / "runs")
    before = contents(tmp_path / "runs")
    with pytest.raises(StoreError, match="another experiment"):
        sweep(experiment(seed=8), tmp_path / "runs")
    assert contents(tmp_path / "runs") == before


def test_an_interrupted_sweep_keeps_what_is_finished_and_goes_on(tmp_path: Path, played: Any) -> None:
    def stop_after_two(done: int, total: int, rate: float, left: float) -> None:
        if done >= 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match=r"Stopped after 8 of 30 runs.*Run the same sweep"):
        sweep(experiment(), tmp_path / "runs", workers=1, progress=stop_after_two)
    finished = len(played)
    assert 2 <= finished <= 4
    with pytest.raises(StoreError, match=r"lacks \d of 9 parts.*Run the same sweep"):
        Results(tmp_path / "runs")
    sweep(experiment(), tmp_path / "runs", workers=1)
    assert len(played) == 9 and len(set(played)) == 9
    sweep(experiment(), tmp_path / "whole")
    assert contents(tmp_path / "runs") == contents(tmp_path / "whole")


PROGRAM = """
import sys, time
import negosim.runner
from tests.unit import pretend

def slow(*args, **kwargs):
    time.sleep(0.2)
    return pretend.simulate(*args, **kwargs)

negosim.runner.simulate = slow
negosim.runner.sweep(pretend.experiment(), sys.argv[1], workers=2)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_killed_sweep_goes_on_as_if_nothing_had_happened(tmp_path: Path, played: Any) -> None:
    folder = tmp_path / "runs"
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(folder)])
    deadline = time.monotonic() + 120
    while len(list(folder.glob("parts/*.parquet"))) < 3 and time.monotonic() < deadline:
        assert process.poll() is None, "the sweep ended before it could be killed"
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    there = len(list(folder.glob("parts/*.parquet")))
    assert 3 <= there < 9
    sweep(experiment(), folder)
    assert len(played) == 9 - there
    sweep(experiment(), tmp_path / "whole")
    assert contents(folder) == contents(tmp_path / "whole")


def test_an_error_in_a_run_names_its_part_and_keeps_the_others(
    tmp_path: Path, played: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(scenario: Any, replications: int, seed: int, first: int) -> Any:
        if scenario.sender.ambiguity == 0.2:
            raise ZeroDivisionError("division by zero")
        return pretend.simulate(scenario, replications, seed, first)

    monkeypatch.setattr(negosim.runner, "simulate", fail)
    with pytest.raises(ZeroDivisionError) as caught:
        sweep(experiment(), tmp_path / "runs", workers=1)
    assert "This was in point-0002-chunk-0001 of the sweep" in caught.value.__notes__[0]
    monkeypatch.undo()
    assert len(list((tmp_path / "runs" / "parts").glob("point-000[01]*.parquet"))) == 6


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_no_more_than_one_chunk_waits_beside_those_being_played(
    tmp_path: Path, played: Any, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    flying, most, lock = 0, 0, threading.Lock()

    class Counting(ThreadPoolExecutor):
        def submit(self, *args: Any, **kwargs: Any) -> Any:
            nonlocal flying, most
            with lock:
                flying += 1
                most = max(most, flying)
            future = super().submit(*args, **kwargs)
            future.add_done_callback(landed)
            return future

    def landed(_: Any) -> None:
        nonlocal flying
        with lock:
            flying -= 1

    monkeypatch.setattr(negosim.runner, "ThreadPoolExecutor", Counting)
    sweep(experiment(chunk=1), tmp_path / "runs", workers=workers)
    assert most == workers + 1


def test_progress_ends_at_the_total_and_counts_what_was_there(tmp_path: Path, played: Any) -> None:
    told: list[tuple[int, int, float, float]] = []
    sweep(experiment(), tmp_path / "runs", workers=1, progress=lambda *news: told.append(news))
    assert [news[0] for news in told] == [0, 4, 8, 10, 14, 18, 20, 24, 28, 30]
    assert {news[1] for news in told} == {30}
    assert told[0][2] == 0.0 and math.isnan(told[0][3])
    assert all(rate > 0.0 for _, _, rate, _ in told[1:]) and told[-1][3] == 0.0

    (tmp_path / "runs" / "parts" / f"{PARTS[0]}.parquet").unlink()
    told.clear()
    sweep(experiment(), tmp_path / "runs", workers=1, progress=lambda *news: told.append(news))
    assert [news[0] for news in told] == [26, 30]


def test_no_workers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="workers = 0 is out of range"):
        sweep(experiment(), tmp_path / "runs", workers=0)


def test_joint_draws_play_the_headlines_alone_each_against_the_value_it_starts_from(
    tmp_path: Path, played: Any
) -> None:
    vary = [{"parameter": "sender.ambiguity", "values": [0.0, 0.1, 0.2, 0.3], "headline": [0.1, 0.3]}]
    made = experiment(scenario=assuming(), vary=vary, replications=4, assumed_draws=12, draw_replications=5)
    results = sweep(made, tmp_path / "runs", workers=1)
    assert played[5:] == [(level, first) for first in range(0, 60, 5) for level in (0.1, 0.3)]
    draws = results.draws()
    assert draws["draw"].tolist() == [draw for draw in range(1, 13) for _ in range(2)]
    assert draws["point"].tolist() == [2, 4] * 12 and set(draws["against"]) == {2}
    assert draws["sender_payoff_gain"].to_numpy() == pytest.approx([0.0, 0.2] * 12, abs=1e-12)


def test_each_draw_is_played_with_its_own_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, float, float]] = []

    def simulate(scenario: Any, replications: int, seed: int = 0, first: int = 0) -> Any:
        seen.append((scenario.talks.rounds, scenario.sender.toughness, scenario.sender.ambiguity))
        return pretend.simulate(scenario, replications, seed, first)

    monkeypatch.setattr(negosim.runner, "simulate", simulate)
    made = experiment(scenario=assuming(), assumed_draws=4, replications=4)
    sweep(made, tmp_path / "runs", workers=1)
    expected = [(draw["talks.rounds"], draw["sender.toughness"]) for draw in made.draws]
    assert seen[3:] == [(*pair, ambiguity) for pair in expected for ambiguity in (0.0, 0.1, 0.2)]


def test_the_parts_of_joint_draws_resume_like_the_others(tmp_path: Path, played: Any) -> None:
    made = experiment(scenario=assuming(), replications=4, assumed_draws=25, draw_replications=2)
    sweep(made, tmp_path / "runs", workers=3)
    before = contents(tmp_path / "runs")
    assert [name for name in sorted(before) if name.startswith("draws") and name.endswith("parquet")] == [
        f"draws-from-00{first}.parquet" for first in ("01", "11", "21")
    ]
    (tmp_path / "runs" / "parts" / "draws-from-0011.parquet").unlink()
    played.clear()
    assert len(sweep(made, tmp_path / "runs", workers=1).draws()) == 75
    assert len(played) == 30 and {first for _, first in played} == set(range(20, 40, 2))
    assert contents(tmp_path / "runs") == before


def test_new_words_and_reported_values_are_taken_over_and_play_nothing(tmp_path: Path, played: Any) -> None:
    sweep(experiment(), tmp_path / "runs")
    played.clear()
    before = contents(tmp_path / "runs")
    results = sweep(experiment(title="Better said", reported={"pie": 50}), tmp_path / "runs")
    assert (results.experiment.title, results.experiment.reported) == ("Better said", {"pie": 50})
    assert played == [] and contents(tmp_path / "runs") == before
    assert Results(tmp_path / "runs").experiment.title == "Better said"
