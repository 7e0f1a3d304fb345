"""What a run does not have is missing everywhere: in the files, in frames and in SQL, never a number among the others."""

from __future__ import annotations

import json

import duckdb
import numpy
import pandas
import pyarrow.dataset
import pytest

from negosim.engine.kernel import simulate
from negosim.engine.outcomes import NOT_IN_EVERY_RUN
from negosim.experiment.design import design_table
from negosim.experiment.quantities import quantities
from negosim.report.write import write_report
from negosim.results.results import Results
from negosim.scenario.scenario import Scenario
from negosim.sweeps.runner import sweep
from tests.unit.pretend import experiment


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A real sweep in which some runs have no settlement, and some draws no run with one."""
    made = experiment(
        scenario="us-japan-2025", vary=[{"parameter": "sender.ambiguity", "values": [0.3]}], replications=60, chunk=25, paths=20,
        assumed_draws=20, draw_replications=2,
    )
    return sweep(made, tmp_path_factory.mktemp("missing") / "runs", workers=2)


def statistics(results: Results, table: str, names: list[str]) -> dict[str, list[float]]:
    """Count, median and greatest number of columns in SQL."""
    asked = ", ".join(f'count("{name}"), median("{name}"), max("{name}")' for name in names)
    row = results.query(f"select {asked} from {table}").iloc[0].astype(float).tolist()
    return {name: row[3 * place : 3 * place + 3] for place, name in enumerate(names)}


@pytest.mark.parametrize("table", ["runs", "draws", "paths"])
def test_a_question_in_sql_and_pandas_agree_on_every_number(results: Results, table: str) -> None:
    frame = {"runs": results.frame, "draws": results.draws, "paths": results.paths}[table]()
    names = [name for name in frame.select_dtypes("number") if name not in ("point", "replication")]
    lacking = [name for name in names if frame[name].isna().any()]
    assert lacking or table == "paths"
    expected = {name: [frame[name].count(), frame[name].median(), frame[name].max()] for name in names}
    found = statistics(results, table, names)
    for name in names:
        assert found[name] == pytest.approx(expected[name], rel=1e-12), name


def test_what_is_above_a_number_is_counted_among_the_runs_that_have_one(results: Results) -> None:
    name, frame = "settled_reciprocal_tariff", results.frame()
    (above,) = results.query(f"select count(*) filter ({name} > 15.5) as above from runs")["above"]
    assert above == (frame[name] > 15.5).sum() and 0 < frame[name].count() < len(frame)
    summary = results.summary()
    rows = summary[summary["quantity"] == name]
    asked = results.query(f"select median({name}) as middle, count({name}) as runs from runs group by point order by point")
    assert rows["q50"].tolist() == pytest.approx(asked["middle"].tolist()) and rows["runs"].tolist() == asked["runs"].tolist()


@pytest.mark.parametrize("kind", ["parts", "draws", "paths"])
def test_no_file_holds_a_nan(results: Results, kind: str) -> None:
    table = pyarrow.dataset.dataset(results.out / kind).to_table()
    for name in table.column_names:
        if pyarrow.types.is_floating(table[name].type):
            assert not pyarrow.compute.is_nan(table[name]).to_pandas().any(), name
    assert kind == "paths" or table["sender_utility"].null_count > 0


def test_the_numbers_that_only_some_runs_have_are_the_quantities_that_are_not_everywhere() -> None:
    case = Scenario.load("us-japan-2025")
    table = simulate(case, replications=200, seed=1).table()
    lacking = {name for name in table.column_names if table[name].null_count}
    known = {each.name for each in quantities(case, table.column_names) if not each.everywhere}
    assert lacking == known.intersection(table.column_names) and set(NOT_IN_EVERY_RUN) <= lacking


def test_a_nan_where_every_run_must_have_a_number_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = simulate(Scenario.load("pie"), replications=3, seed=1)
    outcomes.runs["payoff"][1, 0] = numpy.nan
    column = outcomes.table()["sender_payoff"]
    assert column.null_count == 0 and numpy.isnan(column.to_numpy()).tolist() == [False, True, False]


def test_truths_and_whole_numbers_that_are_missing_keep_their_kind_in_pandas(results: Results) -> None:
    paths = results.paths()
    votes = [name for name in paths if name.startswith("vote_")]
    asked = results.query("select * from paths")
    assert votes and all(paths[name].dtype == asked[name].dtype == "boolean" for name in votes)
    assert paths[votes].isna().any().all() and paths[votes].notna().any().all()
    assert paths["round"].dtype.kind == "i" and paths["signed"].dtype == bool
    made = experiment(vary=[{"parameter": "issues.pie.levels", "values": [5, 11]}])
    levels = design_table(made.bases, made.design_points)["issues.pie.levels"]
    assert levels.dtype == "Int64" and levels.isna().tolist() == [True, False, False]


def test_cells_of_what_is_missing_are_empty_in_the_summary(results: Results) -> None:
    write_report(results)
    lines = (results.out / "summary.csv").read_text(encoding="utf-8").splitlines()
    assert not any(word in line.lower().split(",") for line in lines for word in ("nan", "none", "<na>", "null"))
    nan = duckdb.sql(f"select count(*) from '{results.out}/summary.parquet' where isnan(difference) or isnan(low)")
    assert nan.fetchall() == [(0,)]
    assert "NaN" not in (results.out / "findings.json").read_text() and json.loads((results.out / "findings.json").read_text())
    assert pandas.read_csv(results.out / "summary.csv")["difference"].isna().any()
