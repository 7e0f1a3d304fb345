"""A bad point does not sink the ship: its failure is recorded and told, the rest goes on, and nothing passes for whole."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

import negosim.sweeps.play
from negosim.common.errors import StoreError
from negosim.plots.readings import levels, scenario_of
from negosim.report.findings import findings_text
from negosim.report.write import write_report
from negosim.results.findings import findings_of
from negosim.results.paired import paired
from negosim.results.results import Results
from negosim.store.failures import PointsFailedError
from negosim.sweeps.runner import sweep
from tests.unit import pretend
from tests.unit.pretend import assuming, experiment
from tests.unit.sweeps.test_runner import contents

LEVELS = [{"parameter": "sender.ambiguity", "values": [0.0, 0.1, 0.2, 0.3, 0.4], "headline": [0.0, 0.4]}]


def failing(monkeypatch: pytest.MonkeyPatch, *bad: float, first: int | None = None) -> list[tuple[float, int]]:
    """Have the runs at these ambiguities fail, or those alone that begin at `first`; return what was played."""
    played: list[tuple[float, int]] = []

    def simulate(scenario: Any, replications: int, seed: int = 0, first_run: int = 0, between: Any = None, **named: Any) -> Any:
        where = named.get("first", first_run)
        played.append((scenario.sender.ambiguity, where))
        if scenario.sender.ambiguity in bad and first in (None, where):
            raise ArithmeticError("wages were not found")
        return pretend.simulate(scenario, replications, seed, where)

    monkeypatch.setattr(negosim.sweeps.play, "simulate", simulate)
    return played


def swept(folder: Path, **changes: Any) -> tuple[Results, PointsFailedError]:
    with pytest.raises(PointsFailedError) as caught:
        sweep(experiment(**{"vary": LEVELS, **changes}), folder, workers=2)
    return Results(folder), caught.value


def test_what_fails_is_recorded_with_its_reason_and_the_rest_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, 0.2)
    results, error = swept(tmp_path / "runs")
    assert str(error).startswith("3 of 18 parts failed, each for the reason in ")
    assert "The first: point 3 (sender.ambiguity = 0.2), runs 0 to 3: ArithmeticError: wages were not found." in str(error)
    assert len(list((results.out / "parts").glob("*.parquet"))) == 15
    record = json.loads((results.out / "failed" / "point-0003-chunk-0002.json").read_text())
    assert record["place"] == "point 3 (sender.ambiguity = 0.2), runs 4 to 7" and record["error"] == "ArithmeticError"
    assert "wages were not found" in record["message"] and any("simulate" in line for line in record["traceback"])


def test_a_sweep_tries_again_what_failed_and_forgets_it_when_it_can_be_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, 0.2, 0.3)
    swept(tmp_path / "runs")
    played = failing(monkeypatch, 0.3)
    results, error = swept(tmp_path / "runs")
    assert sorted(set(played)) == [(level, first) for level in (0.2, 0.3) for first in (0, 4, 8)]
    assert len(error.failures) == 3 and sorted(results.points_left_out) == [4]
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)
    assert Results(sweep(experiment(vary=LEVELS), tmp_path / "runs").out).failures == []
    sweep(experiment(vary=LEVELS), tmp_path / "whole")
    assert contents(tmp_path / "runs") == contents(tmp_path / "whole")
    assert list((tmp_path / "runs" / "failed").iterdir()) == []


def test_a_point_of_which_some_runs_are_missing_is_left_out_whole_and_the_reader_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failing(monkeypatch, 0.2, first=4)
    with caplog.at_level(logging.WARNING):
        results, _ = swept(tmp_path / "runs")
    said = "Point 3 (sender.ambiguity = 0.2) is left out: ArithmeticError: wages were not found."
    assert results.left_out == said and any(said in message for message in caplog.messages)
    assert set(results.frame()["point"]) == {0, 1, 2, 4, 5} and len(results.design()) == 6
    assert set(results.query("select distinct point from runs")["point"]) == {0, 1, 2, 4, 5}
    assert set(results.summary()["point"]) == {0, 1, 2, 4, 5}
    assert [point.number for point in results.points] == [0, 1, 2, 4, 5]
    results.check()


def test_the_findings_leave_it_out_and_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, 0.2)
    results, _ = swept(tmp_path / "runs")
    findings, text = write_report(results)
    assert findings.runs == 50 and [finding.point for finding in findings.findings] == [5]
    assert "**Something failed.** Point 3 (sender.ambiguity = 0.2) is left out: ArithmeticError" in text
    assert json.loads((results.out / "findings.json").read_text())["left_out"] == results.left_out
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)
    _, whole = write_report(sweep(experiment(vary=LEVELS), tmp_path / "runs"))
    assert "failed" not in whole


def test_a_comparison_with_a_point_that_failed_is_no_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, 0.4)
    results, _ = swept(tmp_path / "runs")
    findings = findings_of(results, results.summary())
    assert findings.findings == () and "is left out" in findings_text(findings, results.experiment.base)


def test_without_its_baseline_a_sweep_has_no_summary_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, 0.0)
    vary = [{"parameter": "sender.ambiguity", "values": [0.1, 0.2]}]
    results, _ = swept(tmp_path / "runs", vary=vary)
    for asked in (results.summary, lambda: write_report(results), lambda: paired(results), lambda: scenario_of(results, 0)):
        with pytest.raises(StoreError, match="lacks point 0, which failed: ArithmeticError: wages were not found"):
            asked()
    assert paired(results, against=1)["point"].unique().tolist() == [1, 2]
    with pytest.raises(StoreError, match="lacks point 0"):
        paired(results, against=1, point=0)


def test_a_case_without_its_baseline_has_no_differences_and_the_other_cases_have_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, 0.05)
    cases = [{"name": "plain"}, {"name": "vague", "set": {"sender.ambiguity": 0.05}}]
    results, _ = swept(tmp_path / "runs", case=cases, vary=[{"parameter": "sender.ambiguity", "values": [0.1, 0.2]}])
    assert results.baselines == {"plain": 0} and sorted(results.points_left_out) == [3]
    summary = results.summary().query("quantity == 'sender_payoff'").set_index("point")
    assert list(summary.index) == [0, 1, 2, 4, 5] and summary["difference"].notna().tolist() == [True, True, True, False, False]
    findings, text = write_report(results)
    assert findings.baseline.case == "plain" and findings.other_baselines == () and "Point 3" in text


def test_of_a_part_with_several_points_all_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, 0.003)
    vary = [{"parameter": "sender.ambiguity", "values": [number / 1000 for number in range(1, 150)]}]
    results, error = swept(tmp_path / "runs", vary=vary, replications=2)
    assert [failure.place for failure in error.failures] == ["points 2 to 3"]
    assert sorted(results.points_left_out) == [2, 3] and len(results.frame()) == 2 * 148


def test_rounds_that_could_not_be_told_are_left_out_and_the_runs_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)

    def untold(*_: Any) -> Any:
        raise ArithmeticError("nobody remembers")

    monkeypatch.setattr("negosim.sweeps.play.path_table", untold)
    results, _ = swept(tmp_path / "runs", paths=1)
    assert results.left_out == "The rounds of points 0 to 5 are left out: ArithmeticError: nobody remembers."
    assert len(results.frame()) == 60 and results.points_left_out == {}
    with pytest.raises(StoreError, match="has no paths"):
        results.paths()


def test_figures_have_the_points_that_are_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, 0.2)
    results, _ = swept(tmp_path / "runs")
    assert [level for level, _ in levels(results)["sender.ambiguity"]] == [0.0, 0.1, 0.3, 0.4]


def test_when_everything_fails_nothing_is_read_and_the_reason_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, 0.0, 0.1, 0.2, 0.3, 0.4)
    results, error = swept(tmp_path / "runs")
    assert str(error).startswith("18 of 18 parts failed")
    assert results.left_out.count("is left out") == 5 and results.left_out.endswith("So are 1 more.")
    with pytest.raises(StoreError, match=r"has no point that is whole\. Point 0 \(baseline\) is left out"):
        results.frame()


def test_a_part_that_is_missing_without_a_reason_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, 0.2)
    results, _ = swept(tmp_path / "runs")
    (results.out / "parts" / "point-0001-chunk-0001.parquet").unlink()
    with pytest.raises(StoreError, match="lacks 1 of 18 parts, such as point-0001-chunk-0001"):
        Results(results.out)


def test_joint_draws_that_fail_are_left_out_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {"scenario": assuming(), "assumed_draws": 25, "draw_replications": 4, "replications": 10}

    def simulate(scenario: Any, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> Any:
        if 40 <= first < 80 and replications == 4 and scenario.talks.rounds != 10:
            raise ArithmeticError("wages were not found")
        return pretend.simulate(scenario, replications, seed, first)

    monkeypatch.setattr(negosim.sweeps.play, "simulate", simulate)
    results, _ = swept(tmp_path / "runs", **made)
    assert results.left_out == "The joint draws 11 to 20 are left out: ArithmeticError: wages were not found."
    assert sorted(results.draws()["draw"].unique()) == [*range(1, 11), *range(21, 26)] and results.points_left_out == {}
    findings, text = write_report(results)
    assert findings.draws == 15 and findings.draw_runs == 15 * 4 * 2 and "The joint draws 11 to 20 are left out" in text


def test_joint_draws_that_all_fail_are_no_joint_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def simulate(scenario: Any, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> Any:
        if replications == 3:
            raise ArithmeticError("wages were not found")
        return pretend.simulate(scenario, replications, seed, first)

    monkeypatch.setattr(negosim.sweeps.play, "simulate", simulate)
    results, _ = swept(tmp_path / "runs", scenario=assuming(), assumed_draws=5, draw_replications=3, replications=8)
    findings, _ = write_report(results)
    assert findings.draws == 0 and all(d.robustness is None for f in findings.findings for d in f.differences)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), PermissionError(13, "Permission denied")])
def test_what_is_not_the_fault_of_a_point_stops_the_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    def simulate(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(negosim.sweeps.play, "simulate", simulate)
    with pytest.raises(StoreError, match=rf"point-0000-chunk-0001 cannot be played: .*{error.strerror}.*are kept in"):
        sweep(experiment(), tmp_path / "runs", workers=1)
    assert not (tmp_path / "runs" / "failed").exists()
