"""What a sweep keeps: columns of the runs, rounds of single runs, and parts that hold several points."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pandas
import pytest

import negosim.sweeps.play
from negosim import Negotiation, Scenario, plots
from negosim.common.errors import ExperimentError, StoreError
from negosim.engine.kernel import simulate
from negosim.engine.outcomes import KEPT, outcome_names
from negosim.report.write import write_report
from negosim.results.results import Results
from negosim.store.manifest import manifest_of
from negosim.store.plan import LEAST_PARTS, PATHS_IN_PART, planned_chunks, planned_parts, planned_paths, points_in_part
from negosim.sweeps.runner import sweep
from tests.unit import pretend
from tests.unit.pretend import experiment

# ---- columns ----


@pytest.mark.parametrize("name", ["pie", "us-japan-2025", "logrolling"])
def test_the_names_of_the_columns_are_those_of_the_kernel(name: str) -> None:
    scenario = Scenario.load(name)
    columns = simulate(scenario, replications=3).table().column_names
    assert outcome_names(scenario) == columns and set(KEPT) <= set(columns)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A real sweep that keeps two columns and the rounds of two runs, in two cases with luck of their own."""
    made = experiment(
        scenario="us-japan-2025", case=[{"name": "usual"}, {"name": "pie", "scenario": "pie"}], luck="independent",
        columns=["settled_rice", "peak_stress"], paths=2, replications=20, chunk=8,
    )
    return sweep(made, tmp_path_factory.mktemp("kept") / "runs", workers=2)


def test_only_the_wanted_columns_and_those_that_always_stay_are_kept(kept: Results) -> None:
    assert kept.columns == ["point", *KEPT, "settled_rice", "peak_stress"]
    whole = simulate(kept.experiment.base, replications=20, seed=7).frame()
    assert kept.frame(limit=20)["settled_rice"].equals(whole["settled_rice"])


def test_no_column_named_keeps_those_that_always_stay_and_none_at_all_keeps_all() -> None:
    assert experiment(columns=[]).columns == () and experiment().columns is None


def test_a_sweep_with_few_columns_is_summed_up_and_told(kept: Results) -> None:
    findings, text = write_report(kept)
    assert set(findings.baseline.means) == {"sender_payoff", "target_payoff", "joint_payoff", "peak_stress"}
    assert [settled.issue for settled in findings.baseline.settled] == ["rice"] and "nan" not in text.lower()
    summary = pandas.read_parquet(kept.out / "summary.parquet")
    assert {"sender_payoff", "no_deal", "settled_rice"} <= set(summary["quantity"])


@pytest.mark.slow
def test_figures_of_columns_that_are_not_kept_are_left_out_and_named(kept: Results, tmp_path: Path, caplog: Any) -> None:
    with caplog.at_level(logging.INFO):
        drawn = {path.stem for path in plots.draw_all(kept, tmp_path)}
    assert {"linkage", "path"} <= drawn and "frontier" not in drawn
    assert "keeps no column sender_utility. Add it to columns in the experiment." in caplog.text


def test_a_question_about_a_column_that_is_not_kept_is_refused(kept: Results) -> None:
    with pytest.raises(StoreError, match=r"has no column sender_reservation\. .* Or add it to columns in the experiment"):
        kept.interim()


def test_an_unknown_column_is_refused_with_the_nearest() -> None:
    with pytest.raises(ExperimentError, match=r"columns = 'setled_pie' is no column of the runs\. .*\"settled_pie\""):
        experiment(columns=["setled_pie"])
    with pytest.raises(ExperimentError, match="columns = 'settled_rice' is no column"):
        experiment(columns=["settled_rice"])
    with pytest.raises(ExperimentError, match=r"columns\.1 = 3 has the wrong type"):
        experiment(columns=[3])


# ---- paths ----


def test_the_rounds_of_the_first_runs_of_each_point_are_those_of_the_model(kept: Results) -> None:
    paths, made = kept.paths(), kept.experiment
    assert paths[["point", "replication"]].drop_duplicates().to_numpy().tolist() == [
        [point, 20 * point + run] for point in range(6) for run in (0, 1)
    ]
    for point, replication in ((2, 41), (4, 80)):
        frame = Negotiation(made.scenario_at(made.design_points[point]), seed=7, replication=replication).play().frame()
        told = paths[(paths["point"] == point) & (paths["replication"] == replication)]
        for name in ("round", "answer", "sender_value", "proposer", *(name for name in frame if name.startswith("offer_"))):
            assert told[name].tolist() == frame[name].tolist(), name


def test_paths_and_runs_are_the_same_runs(kept: Results) -> None:
    asked = kept.query(
        "select point, run, max(round) as last, any_value(rounds) as rounds from paths join runs using (point, run) group by all"
    )
    assert len(asked) == 12 and (asked["last"] == asked["rounds"]).all()


def test_paths_of_a_case_without_dates_or_such_issues_have_nothing_there(kept: Results) -> None:
    paths = kept.paths()
    usual, pie = paths[paths["point"] < 3], paths[paths["point"] >= 3]
    assert not usual["date"].isna().any() and pie["date"].isna().all()
    assert pie["offer_rice"].isna().all() and usual["offer_pie"].isna().all() and not pie["offer_pie"].isna().any()


def test_a_damaged_part_of_paths_is_found_and_played_again(kept: Results) -> None:
    path = kept.out / "paths" / "paths-from-0003.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:-8])
    with pytest.raises(StoreError, match=r"paths-from-0003\.parquet is damaged"):
        kept.check()
    sweep(kept.experiment, kept.out)
    assert path.read_bytes() == whole


def test_a_sweep_without_paths_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)
    with pytest.raises(StoreError, match=r"has no paths\. Set paths in the experiment"):
        sweep(experiment(), tmp_path / "runs").paths()


def test_more_paths_than_runs_are_refused() -> None:
    with pytest.raises(ExperimentError, match="paths = 11 is more than the runs of a point, 10"):
        experiment(paths=11)
    with pytest.raises(ExperimentError, match="paths = -1 is out of range"):
        experiment(paths=-1)


def test_the_model_is_among_the_sources_only_where_it_is_played() -> None:
    assert manifest_of(experiment())["sources"] != manifest_of(experiment(paths=1))["sources"]


# ---- parts ----


def many(points: int, **changes: Any) -> Any:
    vary = [{"parameter": "sender.ambiguity", "range": [0.0, 0.4]}]
    return experiment(design="latin-hypercube", size=points - 1, vary=vary, **changes)


def test_a_point_has_parts_of_its_own_unless_there_are_many() -> None:
    assert points_in_part(experiment(chunk=25_000)) == 1 and points_in_part(many(127, chunk=25_000)) == 1
    assert points_in_part(many(1_000, chunk=25_000)) == 15 and points_in_part(many(1_000, chunk=60)) == 6
    assert points_in_part(many(1_000, chunk=19)) == 1  # a part has room for one point only


def test_parts_of_several_points_hold_every_run_once_and_enough_parts_are_left() -> None:
    made = many(1_000, chunk=25_000)
    parts = list(planned_chunks(made))
    assert len(parts) == 67 >= LEAST_PARTS and len({part.name for part in parts}) == 67
    assert parts[0].name == "points-0000-to-0014" and parts[-1].name == "points-0990-to-0999"
    assert [chunk.point for part in parts for chunk in part.chunks] == list(made.design_points)
    assert sum(part.rows for part in parts) == made.runs


def test_no_part_holds_points_of_two_cases() -> None:
    made = many(100, chunk=25_000, case=[{"name": "a"}, {"name": "b"}], paths=3)
    for part in [*planned_chunks(made), *planned_paths(made)]:
        points = part.points if hasattr(part, "points") else [chunk.point for chunk in part.chunks]
        assert {point.case for point in points} == {part.case}
    assert sum(part.runs for part in planned_paths(made)) == 600
    assert max(part.runs for part in planned_paths(made)) <= PATHS_IN_PART


def test_runs_are_the_same_in_parts_of_several_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)
    together = sweep(many(200, chunk=25_000), tmp_path / "together", workers=2)
    apart = sweep(many(200, chunk=10), tmp_path / "apart", workers=1)
    assert len(planned_parts(together.experiment)) < len(planned_parts(apart.experiment)) == 200
    assert together.frame().equals(apart.frame()) and together.summary().equals(apart.summary())
