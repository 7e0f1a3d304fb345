"""The results of a sweep, read back from its folder."""

from __future__ import annotations

import math
import os
import signal
import threading
from pathlib import Path
from typing import Any

import duckdb
import numpy
import pyarrow
import pytest

import negosim.sweeps.play
from negosim.common.errors import StoreError
from negosim.results.results import Results
from negosim.sweeps.runner import sweep
from tests.unit import pretend
from tests.unit.pretend import assuming, experiment


@pytest.fixture(autouse=True)
def _pretended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)


@pytest.fixture
def results(tmp_path: Path) -> Results:
    made = experiment(scenario=assuming(), assumed_draws=3, draw_replications=8)
    return sweep(made, tmp_path / "runs [1] * 'a'", workers=2)  # a path that means much to a glob and to SQL


def test_a_frame_has_the_columns_and_rows_asked_for(results: Results) -> None:
    frame = results.frame(["sender_payoff", "point"], limit=12)
    assert list(frame.columns) == ["sender_payoff", "point"] and frame["point"].tolist() == [0] * 10 + [1] * 2
    assert len(results.frame(limit=0)) == 0


def test_an_unknown_column_is_refused_with_the_nearest(results: Results) -> None:
    with pytest.raises(StoreError, match=r'no column sender_payof\. The nearest .* is "sender_payoff"'):
        results.frame(["sender_payof"])


def test_runs_can_be_asked_about_in_sql_beside_their_design(results: Results) -> None:
    answer = results.query(
        'select point, label, "sender.ambiguity" as ambiguity, count(*) as runs, avg(sender_payoff) as mean '
        "from runs group by all order by point"
    )
    assert answer["ambiguity"].tolist() == [0.0, 0.1, 0.2] and answer["runs"].tolist() == [10] * 3
    assert answer["label"].tolist() == results.design()["label"].tolist()
    assert answer["mean"].to_numpy() == pytest.approx(
        results.frame().groupby("point")["sender_payoff"].mean().to_numpy(), abs=1e-12
    )


def test_ctrl_c_ends_a_question_as_it_ends_anything_else(results: Results) -> None:
    pressed = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    pressed.start()
    with pytest.raises(KeyboardInterrupt):
        results.query("select sum(range) from range(100000000000000)")  # hours
    pressed.join()
    assert len(results.query("select point from design")) == 3


def test_a_question_about_some_points_opens_their_files_alone(results: Results) -> None:
    for number in (1, 2, 3):
        (results.out / "parts" / f"point-0002-chunk-000{number}.parquet").write_bytes(b"")
    assert results.query("select count(*) as runs from runs", points=[0, 1])["runs"].tolist() == [20]
    with pytest.raises(StoreError, match="point-0002-chunk-0001"):
        results.query("select count(*) as runs from runs")


def test_a_question_may_use_little_memory_and_goes_by_way_of_the_disk(results: Results) -> None:
    assert results.query("select max(rounds) as most from runs", memory="50MB")["most"].tolist() == [10]


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="holds no results"):
        Results(tmp_path)


def test_results_can_be_opened_again(results: Results) -> None:
    again = Results(results.out)
    assert again.frame().equals(results.frame()) and again.manifest == results.manifest
    assert again.experiment.draws == results.experiment.draws


def test_each_draw_has_the_means_of_every_point_over_runs_of_its_own(results: Results) -> None:
    draws = results.draws()
    assert draws["draw"].tolist() == [1] * 3 + [2] * 3 + [3] * 3 and draws["point"].tolist() == [0, 1, 2] * 3
    assert set(draws["runs"]) == {8} and set(draws["against"]) == {0}
    assert draws["agreed"].tolist() == [0.75] * 9 and draws["no_deal"].tolist() == [0.25] * 9
    for number in (1, 2, 3):
        runs = numpy.arange(8) + 8 * (number - 1)
        luck = (runs * 7919 + 7 * 104729) % 1009 / 1009
        drawn = draws[draws["draw"] == number]
        assert drawn["settled_pie"].to_numpy() == pytest.approx(100 * luck[runs % 4 != 3].mean(), abs=1e-12)
        assert drawn["joint_payoff"].to_numpy() == pytest.approx([1.0, 1.1, 1.2], abs=1e-12)
    assert draws["sender_payoff_gain"].to_numpy() == pytest.approx([0.0, 0.1, 0.2] * 3, abs=1e-12)
    assert draws["sender_payoff_gain_error"].to_numpy() == pytest.approx(0.0, abs=1e-12)


def test_the_error_of_a_draw_is_that_of_its_paired_differences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def simulate(scenario: Any, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> Any:
        table = pretend.simulate(scenario, replications, seed, first).table()
        payoffs = numpy.array([1.0, 2.0, 3.0, 6.0]) * (scenario.sender.ambiguity > 0.0)
        column = table.schema.get_field_index("sender_payoff")
        return pretend.Outcomes(table.set_column(column, "sender_payoff", pyarrow.array(payoffs)))

    monkeypatch.setattr(negosim.sweeps.play, "simulate", simulate)
    made = experiment(scenario=assuming(), replications=4, assumed_draws=1, draw_replications=4)
    row = sweep(made, tmp_path / "runs").draws().iloc[1]
    assert row["sender_payoff_gain"] == 3.0
    assert row["sender_payoff_gain_error"] == pytest.approx(math.sqrt(14 / 3) / 2)  # squares 4 + 1 + 0 + 9, over 3


def test_a_quantity_that_no_run_of_a_draw_has_is_nan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def simulate(scenario: Any, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> Any:
        table = pretend.simulate(scenario, replications, seed, first).table()
        column = table.schema.get_field_index("settled_pie")
        return pretend.Outcomes(
            table.set_column(column, "settled_pie", pyarrow.nulls(replications, pyarrow.float64()))
        )

    monkeypatch.setattr(negosim.sweeps.play, "simulate", simulate)
    made = experiment(scenario=assuming(), assumed_draws=2, draw_replications=4)
    draws = sweep(made, tmp_path / "runs").draws()
    assert draws["settled_pie"].isna().all() and not draws["sender_payoff"].isna().any()


@pytest.mark.parametrize("harm", [lambda content: content[:-30], lambda content: b""], ids=["cut", "emptied"])
def test_reading_a_damaged_part_names_it_and_the_remedy(results: Results, harm: Any) -> None:
    path = results.out / "parts" / "point-0001-chunk-0003.parquet"
    path.write_bytes(harm(path.read_bytes()))
    again = Results(results.out)
    for reading in (again.check, again.frame, lambda: again.query("select avg(sender_payoff) from runs")):
        with pytest.raises(StoreError, match=r"point-0001-chunk-0003\.parquet is damaged.*plays this part anew"):
            reading()


def test_a_mistake_in_a_question_is_not_taken_for_damage(results: Results) -> None:
    results.check()
    with pytest.raises(duckdb.BinderException, match="nothing_like_it"):
        results.query("select nothing_like_it from runs")


def test_draws_are_asked_about_in_sql_too(results: Results) -> None:
    share = results.query(
        "select label, avg((sender_payoff_gain > 0)::int) as share from draws where point > 0 group by all"
    )
    assert share["share"].tolist() == [1.0, 1.0]


def test_a_sweep_without_draws_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no joint draws"):
        sweep(experiment(), tmp_path / "runs").draws()
