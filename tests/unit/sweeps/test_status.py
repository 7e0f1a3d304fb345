"""The state of a folder, without a look into its parts."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

import negosim.sweeps.play
from negosim.common.errors import StoreError
from negosim.report.write import write_report
from negosim.store.failures import PointsFailedError
from negosim.store.lock import gate, lock_file, take
from negosim.sweeps.runner import sweep, sweep_shard
from negosim.sweeps.shards import Shard
from negosim.sweeps.status import status_of
from tests.unit import pretend
from tests.unit.pretend import assuming, experiment


@pytest.fixture(autouse=True)
def _pretended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)


def test_a_finished_sweep_has_everything(tmp_path: Path) -> None:
    made = experiment(scenario=assuming(), assumed_draws=12, draw_replications=4)
    results = sweep(made, tmp_path / "runs")
    found = status_of(results.out)
    assert (found.name, found.scenario, found.seed) == ("small", "pie", 7)
    assert (found.parts, found.done, found.failed, found.missing) == (11, 11, 0, 0)
    assert found.runs == found.runs_done == 30 + 12 * 3 * 4
    assert (found.writers, found.rate, found.left, found.set_aside) == ((), None, None, 0)
    sizes = [path.stat().st_size for path in results.out.rglob("*.parquet")]
    assert found.bytes == sum(sizes) and found.written is not None and found.begun <= found.written
    assert found.has_report is False
    write_report(results)
    assert status_of(results.out).has_report
    assert json.loads(json.dumps(found.plain()))["parts"] == 11


def test_what_failed_and_what_is_missing_are_counted_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend.failing_at(monkeypatch, 0.2)
    with pytest.raises(PointsFailedError):
        sweep(experiment(), tmp_path / "runs")
    (tmp_path / "runs" / "parts" / "point-0000-chunk-0001.parquet").unlink()
    found = status_of(tmp_path / "runs")
    assert (found.done, found.failed, found.missing, found.runs_done) == (5, 3, 1, 16)
    assert [failure.why for failure in found.failures] == ["ArithmeticError: wages were not found"] * 3


def test_who_is_playing_is_told_with_rate_and_time_left(tmp_path: Path) -> None:
    sweep_shard(experiment(), tmp_path / "runs", Shard(1, 2))
    with gate(tmp_path / "runs"):
        held = take(tmp_path / "runs", "2-of-2")
    with held:
        ago = time.time() - 8.0
        os.utime(lock_file(tmp_path / "runs", "2-of-2"), (ago, ago))
        for number, path in enumerate(sorted((tmp_path / "runs" / "parts").glob("*.parquet"))):
            os.utime(path, (ago + number - 2.5,) * 2)  # two before the process began, of 4 and 2 runs
        found = status_of(tmp_path / "runs")
    assert found.writers == ("2-of-2",) and found.rate is not None and found.left is not None
    assert found.rate == pytest.approx((found.runs_done - 4 - 2 - 4) / 8.0, rel=0.2)
    assert found.left == pytest.approx((30 - found.runs_done) / found.rate)
    assert status_of(tmp_path / "runs").writers == ()


def test_a_sweep_that_has_just_begun_has_no_time_left_yet(tmp_path: Path) -> None:
    sweep_shard(experiment(), tmp_path / "runs", Shard(12, 12))
    with gate(tmp_path / "runs"):
        held = take(tmp_path / "runs", None)
    with held:
        found = status_of(tmp_path / "runs")
    assert (found.writers, found.rate, found.left, found.written, found.done) == (("",), 0.0, None, None, 0)


def test_what_is_set_aside_is_counted(tmp_path: Path) -> None:
    results = sweep(experiment(), tmp_path / "runs")
    (results.out / "parts" / "point-0000-chunk-0001.parquet").write_bytes(b"precious")
    sweep(experiment(), tmp_path / "runs")
    assert status_of(tmp_path / "runs").set_aside == 1


def test_a_folder_without_results_has_no_state(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="holds no results"):
        status_of(tmp_path)
