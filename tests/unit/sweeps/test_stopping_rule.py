"""Runs are added, in whole chunks, until the intervals are narrow enough: the same number whatever comes in between."""

from __future__ import annotations

import hashlib
import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow
import pytest

import negosim.sweeps.play
from negosim.common.errors import ExperimentError, StoreError
from negosim.experiment.experiment import Experiment
from negosim.experiment.spec import LEAST_RUNS
from negosim.report.findings import findings_text
from negosim.results.findings import findings_of
from negosim.results.intervals import half_width
from negosim.results.paired import paired
from negosim.results.results import Results
from negosim.store.failures import PointsFailedError
from negosim.store.precision import FILE, Reached, Widest, read_reached
from negosim.sweeps.merge import merge
from negosim.sweeps.reproduce import reproduce
from negosim.sweeps.runner import sweep, sweep_shard
from negosim.sweeps.shards import Shard
from negosim.sweeps.status import status_of
from negosim.sweeps.stopping_rule import look, next_runs
from tests.architecture.house import ROOT
from tests.unit import pretend

pytestmark = pytest.mark.slow

WANTED = 0.02
"""The payoffs of the pretended kernel are spread evenly over [0, 1]: 1.96 / sqrt(12 n) is as much from some 800 runs on."""


def experiment(**changes: Any) -> Experiment:
    """Three points of the pie, 100 runs and more at each."""
    return pretend.experiment(**{"replications": 100, "chunk": 100, "precision": {"half_width": WANTED}, **changes})


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The first runs of the calls of the pretended kernel."""
    made: list[int] = []

    def simulate(scenario: Any, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> Any:
        made.append(first)
        return pretend.simulate(scenario, replications, seed, first)

    monkeypatch.setattr(negosim.sweeps.play, "simulate", simulate)
    return made


def contents(folder: Path) -> dict[str, str]:
    """The checksums of all parts, and of what the sweep came to."""
    files = [*(folder / "parts").iterdir(), folder / FILE]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


# ---- how many ----


def test_runs_are_added_at_every_point_until_all_intervals_are_narrow_enough(tmp_path: Path, calls: list[int]) -> None:
    results = sweep(experiment(), tmp_path / "runs", workers=1)
    runs = results.experiment.replications
    assert runs % 100 == 0 and 800 <= runs <= 1_000 and len(results.frame()) == 3 * runs
    assert len(calls) == 3 * runs / 100 and len(set(calls)) == runs / 100
    summary = results.summary()
    payoffs = summary[summary["quantity"].isin(["sender_payoff", "target_payoff"])]
    assert (payoffs["runs"] == runs).all() and half_width(payoffs["sd"], runs).max() <= WANTED
    before = look(Results(tmp_path / "runs", runs - 100))
    assert not before.is_enough and before.widest[0].half_width == pytest.approx(1.96 / math.sqrt(12 * (runs - 100)), rel=0.05)
    assert results.reached == look(results) and (payoffs["pairs"] == runs).all()


def test_the_runs_are_those_of_a_sweep_of_as_many_replications(tmp_path: Path, calls: list[int]) -> None:
    added = sweep(experiment(), tmp_path / "added")
    plain = sweep(experiment(precision=None, replications=added.experiment.replications), tmp_path / "plain")
    assert added.frame().equals(plain.frame()) and added.summary().equals(plain.summary())


def test_the_next_look_is_where_the_interval_will_be_narrow_enough() -> None:
    made = experiment().with_runs(200)

    def after(half: float) -> int:
        return next_runs(made, Reached(200, 0.1, "means", (Widest("sender_payoff", half, 0),)))

    assert after(0.1) == 200 and after(0.1001) == 300
    assert after(0.15) == 500  # 200 x 1.5^2 = 450, in whole chunks
    assert after(0.9) == after(math.inf) == 4_000  # twenty times as many at most
    assert next_runs(made, Reached(200, 0.1, "means", ())) == 200
    capped = experiment(precision={"half_width": WANTED, "most": 399}).with_runs(200)
    assert next_runs(capped, Reached(200, 0.1, "means", (Widest("sender_payoff", 9.0, 0),))) == 300
    assert next_runs(capped.with_runs(300), Reached(300, 0.1, "means", (Widest("sender_payoff", 9.0, 0),))) == 300


def test_differences_with_the_same_luck_need_fewer_runs_than_means(tmp_path: Path, calls: list[int]) -> None:
    precision = {"half_width": WANTED, "of": "differences", "quantity": "sender_payoff"}
    results = sweep(experiment(precision=precision), tmp_path / "runs")
    assert results.experiment.replications == 100  # the pretended payoffs differ by the same in every run
    assert results.reached is not None and results.reached.widest[0].half_width < 1e-12


def test_no_sweep_stops_before_the_least_number_of_runs(tmp_path: Path, calls: list[int]) -> None:
    results = sweep(experiment(replications=10, chunk=10, precision={"half_width": 9.0}), tmp_path / "runs")
    assert results.reached is not None and results.reached.runs == LEAST_RUNS == 100 and results.reached.is_enough
    assert not look(Results(results.out, 10)).is_enough


def test_differences_are_those_of_the_findings(tmp_path: Path, calls: list[int]) -> None:
    """With luck of its own at each point a difference needs twice the runs of a mean; the headline leaves out the baseline."""
    vary = [{"parameter": "sender.ambiguity", "values": [0.1, 0.2], "headline": [0.1, 0.2]}]
    asked = {"precision": {"half_width": 0.04, "of": "differences", "quantity": "sender_payoff"}, "vary": vary}
    results = sweep(experiment(luck="independent", design="one-at-a-time", **asked), tmp_path / "runs")
    row = paired(results, against=1, point=2).set_index("quantity").loc["sender_payoff"]
    assert results.reached is not None and row["pairs"] == results.reached.runs
    assert results.reached.widest == (Widest("sender_payoff", pytest.approx(row["high"] - row["difference"]), 2),)


def test_luck_of_its_own_is_kept_apart_however_many_runs_a_point_gets(tmp_path: Path, calls: list[int]) -> None:
    precision = {"half_width": WANTED, "most": 5_000}
    results = sweep(experiment(luck="independent", precision=precision), tmp_path / "runs", workers=1)
    frame, runs = results.frame(["point", "replication"]), results.experiment.replications
    firsts = frame.groupby("point")["replication"].min().tolist()
    assert firsts == [0, 5_000, 10_000] and runs < 5_000 and not frame["replication"].duplicated().any()
    assert (paired(results)["pairs"].drop_duplicates() == runs).all()
    numbered = results.query("select point, run, replication from runs")
    assert (numbered["run"] == numbered["replication"] - 5_000 * numbered["point"]).all()


def test_the_most_that_is_allowed_ends_it_and_the_findings_say_that_it_is_not_enough(tmp_path: Path, calls: list[int]) -> None:
    results = sweep(experiment(precision={"half_width": 0.0001, "most": 350}), tmp_path / "runs")
    assert results.experiment.replications == 300 and results.reached is not None and not results.reached.is_enough
    findings = findings_of(results, results.summary())
    text = findings_text(findings, results.experiment.base)
    assert "300 runs at each point were the most allowed, and **not enough**: ±0.0" in text
    assert json.loads(findings.json())["reached"]["runs"] == 300


def test_the_findings_say_until_when_runs_were_added(tmp_path: Path, calls: list[int]) -> None:
    results = sweep(experiment(), tmp_path / "runs")
    text = findings_text(findings_of(results, results.summary()), results.experiment.base)
    runs = results.experiment.replications
    assert f"{3 * runs:,} runs of pie" in text
    assert "Runs were added until the 95 % interval of the mean at every point was" in text
    assert f"no wider than ±0.02, for payoff (First) and payoff (Second): {runs:,} runs at each point." in text


def test_a_quantity_that_no_run_of_a_point_has_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def simulate(scenario: Any, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> Any:
        table = pretend.simulate(scenario, replications, seed, first).table()
        if scenario.sender.ambiguity == 0.1:
            nothing = pyarrow.nulls(replications, pyarrow.float64())
            table = table.set_column(table.column_names.index("settled_pie"), "settled_pie", nothing)
        return pretend.Outcomes(table)

    monkeypatch.setattr(negosim.sweeps.play, "simulate", simulate)
    results = sweep(experiment(precision={"quantity": "settled_pie", "half_width": 3.0}), tmp_path / "runs")
    assert results.reached is not None and results.reached.is_enough and results.reached.widest[0].point != 1


# ---- whatever comes in between ----


def test_workers_and_interruptions_change_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: list[int]) -> None:
    sweep(experiment(), tmp_path / "whole", workers=1)
    whole, all_calls = contents(tmp_path / "whole"), len(calls)
    sweep(experiment(), tmp_path / "three", workers=3)
    assert contents(tmp_path / "three") == whole
    for stop in range(0, all_calls, 5):
        folder, left = tmp_path / f"stopped-{stop}", [stop]

        def simulate(*given: Any, left: list[int] = left, **named: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            return pretend.simulate(*given, **named)

        monkeypatch.setattr(negosim.sweeps.play, "simulate", simulate)
        with pytest.raises(KeyboardInterrupt):
            sweep(experiment(), folder, workers=1)
        assert not (folder / FILE).exists()
        monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)
        sweep(experiment(), folder, workers=2)
        assert contents(folder) == whole


KILLED = """
import os, signal, sys
import negosim.sweeps.play
from negosim.sweeps.runner import sweep
from tests.unit import pretend
from tests.unit.sweeps.test_stopping_rule import experiment

left = [int(sys.argv[2])]

def simulate(*given, **named):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return pretend.simulate(*given, **named)

negosim.sweeps.play.simulate = simulate
sweep(experiment(), sys.argv[1], workers=1)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
@pytest.mark.parametrize("calls_before", [2, 17])
def test_a_killed_sweep_goes_on_to_the_same_number_of_runs(calls_before: int, tmp_path: Path, calls: list[int]) -> None:
    """Killed in the chunks that it begins with, and among those that are added."""
    command = [sys.executable, "-c", KILLED, str(tmp_path / "killed"), str(calls_before)]
    assert subprocess.run(command, check=False, cwd=ROOT).returncode == -signal.SIGKILL
    assert len(list((tmp_path / "killed" / "parts").glob("*.parquet"))) == calls_before
    sweep(experiment(), tmp_path / "killed")
    sweep(experiment(), tmp_path / "whole")
    assert contents(tmp_path / "killed") == contents(tmp_path / "whole")


def test_what_it_came_to_is_found_again_from_the_parts_when_it_is_lost(tmp_path: Path, calls: list[int]) -> None:
    results = sweep(experiment(), tmp_path / "runs")
    whole, made = contents(results.out), len(calls)
    for spoilt in (None, b'{"runs": 100}', b"\xff"):
        (results.out / FILE).unlink()
        if spoilt is not None:
            (results.out / FILE).write_bytes(spoilt)
        with pytest.raises(StoreError, match="it is not settled yet how many runs are enough"):
            Results(results.out)
        sweep(experiment(), results.out)
        assert contents(results.out) == whole and len(calls) == made


def test_a_damaged_part_that_was_added_is_played_again(tmp_path: Path, calls: list[int]) -> None:
    results = sweep(experiment(), tmp_path / "runs")
    whole, made = contents(results.out), len(calls)
    (results.out / "parts" / "point-0001-chunk-0005.parquet").write_bytes(b"damaged")
    sweep(experiment(), results.out)
    assert contents(results.out) == whole and len(calls) == made + 1


def test_another_precision_does_not_mix(tmp_path: Path, calls: list[int]) -> None:
    sweep(experiment(), tmp_path / "runs")
    with pytest.raises(StoreError, match=r"experiment\.precision\.half_width: 0\.02 there, 0\.01 here"):
        sweep(experiment(precision={"half_width": 0.01}), tmp_path / "runs")
    with pytest.raises(StoreError, match=r"experiment\.precision"):
        sweep(experiment(precision=None), tmp_path / "runs")


def test_a_point_that_fails_does_not_keep_the_others_from_being_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once it is mended it counts, and has the widest interval of all."""

    def simulate(scenario: Any, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> Any:
        table = pretend.simulate(scenario, replications, seed, first).table()
        if scenario.sender.ambiguity != 0.2:
            return pretend.Outcomes(table)
        if broken:
            raise ArithmeticError("no solution")
        wide = 2.0 * table["sender_payoff"].to_numpy()
        return pretend.Outcomes(table.set_column(table.column_names.index("sender_payoff"), "sender_payoff", [wide]))

    broken = True
    monkeypatch.setattr(negosim.sweeps.play, "simulate", simulate)
    with pytest.raises(PointsFailedError, match="no solution"):
        sweep(experiment(), tmp_path / "runs")
    results = Results(tmp_path / "runs")
    assert list(results.points_left_out) == [2] and results.reached is not None and results.reached.is_enough
    broken = False
    mended = sweep(experiment(), tmp_path / "runs")
    sweep(experiment(), tmp_path / "whole")
    assert not mended.points_left_out and mended.experiment.replications > 3 * results.experiment.replications
    assert contents(tmp_path / "runs") == contents(tmp_path / "whole")


def test_its_state_and_its_reproduction_know_what_was_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: list[int]
) -> None:
    results = sweep(experiment(), tmp_path / "runs")
    parts = 3 * results.experiment.replications // 100
    state, again = status_of(results.out), reproduce(results.out)
    assert (state.parts, state.done, state.missing) == (parts, parts, 0) and state.runs == 100 * parts
    assert (again.parts, again.compared, again.differing, again.changes) == (parts, parts, (), ())
    (results.out / FILE).unlink()
    (results.out / "parts" / "point-0002-chunk-0003.parquet").unlink()
    state = status_of(results.out)
    assert (state.done, state.missing) == (parts - 1, 1)


def test_joint_draws_and_paths_are_as_without(tmp_path: Path, calls: list[int]) -> None:
    asked = {"scenario": pretend.assuming(), "assumed_draws": 3, "draw_replications": 4, "vary": []}
    added = sweep(experiment(**asked), tmp_path / "added")
    plain = sweep(experiment(**asked, precision=None), tmp_path / "plain")
    assert added.draws().equals(plain.draws()) and len(added.frame()) > len(plain.frame())


# ---- what is refused ----


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"precision": {"half_width": 0.0}}, "precision.half_width = 0.0 is out of range. It must be above 0"),
        ({"precision": {"half_width": 0.1, "quantity": "sender_payof"}}, "is no quantity of the runs.*sender_payoff"),
        ({"precision": {"half_width": 0.1, "quantity": "settled_pie", "of": "differences"}}, "is not in every run"),
        ({"precision": {"half_width": 0.1, "most": 150}}, "leaves no chunk of 100 to add to 100 replications"),
        ({"replications": 40, "chunk": 40, "precision": {"half_width": 0.1, "most": 110}}, "comes to 80 runs, in whole chunks"),
        ({"replications": 150}, "is no whole number of chunks of 100, in which runs are added. Set chunk = 150"),
        ({"columns": [], "precision": {"half_width": 0.1, "quantity": "peak_stress"}}, "Or add its column to columns"),
        ({"precision": {"half_width": 0.1, "width": 3}}, "precision.width"),
        ({"precision": {"half_width": 0.1, "quantity": []}}, "precision.quantity"),
    ],
)
def test_what_cannot_be_is_refused_before_the_start(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ExperimentError, match=said):
        experiment(**changes)


def test_it_is_played_whole(tmp_path: Path, calls: list[int]) -> None:
    with pytest.raises(ExperimentError, match="precision cannot be played in shards"):
        sweep_shard(experiment(), tmp_path / "shard", Shard(1, 2))
    results = sweep(experiment(), tmp_path / "runs")
    with pytest.raises(StoreError, match="adds runs until they are enough, and cannot be merged"):
        merge(tmp_path / "all", [results.out])


def test_what_it_came_to_is_of_this_experiment_alone(tmp_path: Path, calls: list[int]) -> None:
    results = sweep(experiment(), tmp_path / "runs")
    assert read_reached(results._store, "another") is None
