"""What a sweep leaves beside its runs: the summary and the findings, each file whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import json
from pathlib import Path
from typing import Any

import numpy
import pandas
import pytest

import negosim.report.write
import negosim.store.store
import negosim.sweeps.play
from negosim.common.errors import StoreError
from negosim.report.write import report_paths, with_part, write_report
from negosim.results.results import Results
from negosim.scenario.scenario import Scenario
from negosim.store.failures import PointsFailedError
from negosim.store.store import FILES
from negosim.sweeps.runner import sweep
from tests.unit import pretend
from tests.unit.pretend import experiment


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Results:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)
    return sweep(experiment(), tmp_path / "runs")


def test_the_files_hold_the_summary_and_the_findings(results: Results) -> None:
    findings, text = write_report(results)
    summary = results.summary()
    pandas.testing.assert_frame_equal(pandas.read_parquet(results.out / "summary.parquet"), summary)
    with (results.out / "summary.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["quantity"] for row in rows] == summary["quantity"].tolist() and list(rows[0]) == list(summary.columns)
    written = numpy.array([float(row["mean"] or "nan") for row in rows])
    assert numpy.array_equal(written, summary["mean"].to_numpy(), equal_nan=True)
    assert (results.out / "findings.md").read_text(encoding="utf-8") == text
    assert (results.out / "findings.json").read_text(encoding="utf-8") == findings.json()
    assert json.loads(findings.json())["name"] == "small"


@pytest.mark.parametrize("failing", [(), (0.1,)])
def test_a_summary_in_pieces_is_the_summary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: tuple[float, ...]
) -> None:
    def simulate(scenario: Scenario, *arguments: Any, **more: Any) -> pretend.Outcomes:
        if scenario.sender.ambiguity in failing:
            raise ArithmeticError("no solution")
        return pretend.simulate(scenario, *arguments, **more)

    monkeypatch.setattr(negosim.sweeps.play, "simulate", simulate)
    changes = {"one": {}, "two": {"sender.toughness": 2.0}, "three": {"sender.ambiguity": 0.1}}
    cases = [{"name": name, "set": changed} for name, changed in changes.items()]
    made = experiment(case=cases, vary=[{"parameter": "target.ambiguity", "values": [0.1, 0.2, 0.3]}])
    with contextlib.suppress(PointsFailedError):
        sweep(made, tmp_path / "runs")
    results = Results(tmp_path / "runs")
    findings, _ = write_report(results)
    whole = {path: path.read_bytes() for path in report_paths(results) if path.suffix != ".parquet"}
    for points in (1, 2, 5):
        monkeypatch.setattr(negosim.report.write, "POINTS_AT_ONCE", points)
        again, _ = write_report(results)
        assert again.json() == findings.json()
        assert {path: path.read_bytes() for path in whole} == whole
        pandas.testing.assert_frame_equal(pandas.read_parquet(results.out / "summary.parquet"), results.summary())


def test_more_rows_than_a_spreadsheet_takes_become_one_row_a_point(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negosim.report.write, "MOST_ROWS", 10)
    monkeypatch.setattr(negosim.report.write, "POINTS_AT_ONCE", 2)
    write_report(results)
    summary = results.summary()
    pandas.testing.assert_frame_equal(pandas.read_parquet(results.out / "summary.parquet"), summary)
    table = pandas.read_csv(results.out / "summary.csv")
    quantities = list(dict.fromkeys(summary["quantity"]))
    assert list(table) == ["point", "label", "parameter", "value", *quantities]
    assert table["point"].tolist() == [0, 1, 2] and table["label"].tolist() == results.design()["label"].tolist()
    for name in quantities:
        assert table[name].tolist() == summary.loc[summary["quantity"] == name, "mean"].tolist()


def test_the_folder_is_still_one_that_a_sweep_goes_on_in(results: Results) -> None:
    write_report(results)
    before = {path: path.read_bytes() for path in report_paths(results)}
    write_report(sweep(experiment(), results.out))
    assert {path: path.read_bytes() for path in report_paths(results)} == before


def test_words_and_numbers_among_the_values_are_written_as_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)
    vary = [
        {"parameter": "sender.ambiguity", "values": [0.1]},
        {"parameter": "sender.strategy", "values": ["commitment"]},
        {"parameter": "sender.ambiguity_belief_only", "values": [True]},
    ]
    results = sweep(experiment(vary=vary, design="one-at-a-time"), tmp_path / "runs")
    write_report(results)
    values = pandas.read_parquet(results.out / "summary.parquet").groupby("point")["value"].first()
    assert values.isna().tolist() == [True, False, False, False]
    assert values.tolist()[1:] == ["0.1", "commitment", "True"]


def test_a_file_that_cannot_be_written_is_named_and_the_one_before_stays(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_report(results)
    before = {path: path.read_bytes() for path in report_paths(results)}

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(negosim.store.store.os, "replace", refuse)
    with pytest.raises(StoreError, match=r"summary\.parquet cannot be written: No space left on device\. Free some space"):
        write_report(results)
    assert {path.name for path in results.out.iterdir() if path.is_file()} == {*FILES, "manifest.json", ".lock", ".gate"}
    assert {path: path.read_bytes() for path in report_paths(results)} == before


@pytest.mark.parametrize("page", ["nothing here", "<!-- a: generated -->\n<!-- end of a -->\n" * 2])
def test_a_page_without_one_part_of_the_name_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match=r"the page has [02] generated parts named a\. Give it one"):
        with_part(page, "a", "text")
