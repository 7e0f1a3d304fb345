"""Cases side by side: the whole design in each, its own baseline in each, and columns united by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy
import pyarrow
import pytest

import negosim.sweeps.play
from negosim.common.errors import ExperimentError
from negosim.experiment.design import design_table
from negosim.experiment.experiment import Experiment
from negosim.experiment.quantities import quantities_of
from negosim.plots.readings import levels
from negosim.report.findings import findings_text
from negosim.report.write import write_report
from negosim.results.findings import findings_of
from negosim.results.interactions import Couple, couples
from negosim.results.paired import paired
from negosim.results.results import Results
from negosim.scenario.scenario import Scenario
from negosim.store.manifest import differences, experiment_of, manifest_of, renewed
from negosim.sweeps.runner import sweep
from tests.unit import pretend
from tests.unit.pretend import assuming, experiment

CASES = [
    {"name": "plain", "title": "as it is"},
    {"name": "short", "set": {"talks.rounds": 3}},
    {"name": "rolling", "scenario": "logrolling"},
]

FILE = """
name = "cases"
title = "Cases"
question = "?"
scenario = "pie"
replications = 4
seed = 0

[[case]]
name = "plain"

[[case]]
name = "other"
scenario = "other.toml"
set.talks.rounds = 7

[[vary]]
parameter = "sender.ambiguity"
values = [0.1]
"""


def simulate(
    scenario: Scenario, replications: int, seed: int = 0, first: int = 0, between: Any = None
) -> pretend.Outcomes:
    """Pretended runs, with the issues of the scenario and 0.25 more for the sender at three rounds."""
    table = pretend.simulate(scenario, replications, seed, first).table()
    table = table.drop_columns(["settled_pie"])
    payoff = table["sender_payoff"].to_numpy() + 0.25 * (scenario.talks.rounds == 3)
    table = table.set_column(table.schema.get_field_index("sender_payoff"), "sender_payoff", pyarrow.array(payoff))
    for issue in scenario.issues:
        table = table.append_column(f"settled_{issue.name}", pyarrow.array(numpy.full(replications, 5.0)))
    return pretend.Outcomes(table)


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Results:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", simulate)
    return sweep(experiment(case=CASES), tmp_path / "runs", workers=2)


def test_points_are_numbered_through_case_by_case_each_with_its_baseline() -> None:
    made = experiment(case=CASES)
    assert [(point.number, point.case, point.label) for point in made.design_points[2:5]] == [
        (2, "plain", "plain: sender.ambiguity = 0.2"),
        (3, "short", "short: baseline"),
        (4, "short", "short: sender.ambiguity = 0.1"),
    ]
    assert [point.number for point in made.points_of("rolling")] == [6, 7, 8] and made.runs == 90


def test_a_case_has_its_own_scenario_and_settings_over_the_baseline() -> None:
    made = experiment(case=CASES, baseline={"talks.rounds": 5, "sender.discount": 0.8})
    assert [base.talks.rounds for base in made.bases.values()] == [5, 3, 5]
    assert [base.name for base in made.bases.values()] == ["pie", "pie", "logrolling"]
    assert made.base == made.bases["plain"]
    assert made.scenario_at(made.design_points[4]).talks.rounds == 3
    assert made.scenario_at(made.design_points[4]).sender.ambiguity == 0.1


def test_a_file_names_the_scenarios_of_its_cases_from_where_it_lies(tmp_path: Path) -> None:
    Scenario.load("pie").vary(**{"sender.discount": 0.7}).save(tmp_path / "other.toml")
    (tmp_path / "cases.toml").write_text(FILE, encoding="utf-8")
    made = Experiment.load(tmp_path / "cases.toml")
    assert made.bases["other"].sender.discount == 0.7 and made.bases["other"].talks.rounds == 7


def test_each_point_is_compared_with_the_baseline_of_its_case() -> None:
    made = experiment(case=CASES[:2])
    assert [(pair.point.number, pair.against.number) for pair in made.comparisons] == [(1, 0), (2, 0), (4, 3), (5, 3)]
    assert made.comparisons[2].label == "short: sender.ambiguity = 0.1 against the baseline"
    vary = [{"parameter": "sender.ambiguity", "values": [0.0, 0.1], "headline": [0.0, 0.1]}]
    headlines = experiment(case=CASES[:2], vary=vary).comparisons
    assert [(pair.point.number, pair.against.number) for pair in headlines] == [(2, 1), (5, 4)]
    assert headlines[1].label == "short: sender.ambiguity from 0 to 0.1"


def test_every_case_has_the_same_sample() -> None:
    made = experiment(case=CASES, design="sobol", size=8, vary=[{"parameter": "sender.ambiguity", "range": [0, 0.4]}])
    plain, short, rolling = (made.points_of(name)[1:] for name in ("plain", "short", "rolling"))
    assert [p.overrides for p in plain] == [p.overrides for p in short] == [p.overrides for p in rolling]


def test_the_manifest_gives_back_every_case_with_its_scenario_and_its_notes() -> None:
    made = experiment(case=[CASES[1], {"name": "assuming", "scenario": assuming()}])
    manifest = manifest_of(made)
    again = experiment_of(json.loads(json.dumps(manifest)))
    assert again.bases == made.bases and again.case[1].scenario == assuming() and again.case[1].scenario.notes
    assert manifest_of(again) == manifest and manifest["points"][3]["case"] == "assuming"
    assert "case_scenarios" in manifest["sha256"]


def test_another_scenario_of_a_case_is_another_experiment_and_another_title_is_not() -> None:
    one = manifest_of(experiment(case=CASES))
    other = manifest_of(experiment(case=[*CASES[:2], {"name": "rolling", "scenario": "three-issues"}]))
    assert any(clause.startswith("case_scenarios.rolling.name") for clause in differences(one, other))
    titled = manifest_of(experiment(case=[{"name": "plain", "title": "better said"}, *CASES[1:]]))
    assert differences(one, titled) == [] and renewed(one, titled)["experiment"]["case"][0]["title"] == "better said"


def test_runs_of_all_cases_are_one_table_with_nothing_where_a_case_has_no_such_issue(results: Results) -> None:
    frame = results.frame()
    assert len(frame) == 90 and {"settled_pie", "settled_price", "settled_delivery"} <= set(results.columns)
    assert frame["settled_pie"].isna().tolist() == [False] * 60 + [True] * 30
    assert frame["settled_price"].isna().tolist() == [True] * 60 + [False] * 30
    asked = results.query("select case_name, count(*) as runs, count(settled_price) as priced from runs group by all order by 1")
    assert asked.to_dict("list") == {"case_name": ["plain", "rolling", "short"], "runs": [30] * 3, "priced": [0, 30, 0]}


def test_the_design_table_says_the_case_and_the_usual_values_of_each(results: Results) -> None:
    table = results.design()
    assert list(table.columns) == ["point", "case_name", "label", "parameter", "sender.ambiguity"]
    assert table["case_name"].tolist() == ["plain"] * 3 + ["short"] * 3 + ["rolling"] * 3
    patience = experiment(case=CASES[::2], vary=[{"parameter": "sender.discount", "values": [0.8]}])
    usual = [base.sender.discount for base in patience.bases.values()]
    assert usual[0] != usual[1]
    assert design_table(patience.bases, patience.design_points)["sender.discount"].tolist() == [usual[0], 0.8, usual[1], 0.8]


def test_a_summary_compares_each_point_with_the_baseline_of_its_case(results: Results) -> None:
    summary = results.summary()
    payoff = summary[summary["quantity"] == "sender_payoff"]
    assert payoff["difference"].to_numpy() == pytest.approx([0.0, 0.1, 0.2] * 3, abs=1e-12)
    assert payoff["case_name"].tolist() == ["plain"] * 3 + ["short"] * 3 + ["rolling"] * 3
    pie = summary[summary["quantity"] == "settled_pie"]
    assert pie["runs"].tolist() == [10] * 6 + [0] * 3 and pie["unit"].iloc[0] == "%"


def test_two_cases_are_compared_by_their_points_run_for_run(results: Results) -> None:
    frame = paired(results, against=1, point=4).set_index("quantity")
    assert frame.loc["sender_payoff", "difference"] == pytest.approx(0.25, abs=1e-12)
    assert frame.loc["sender_payoff", "pairs"] == 10 and frame.loc["sender_payoff", "error"] == pytest.approx(0.0, abs=1e-12)


def test_a_quantity_that_cases_read_otherwise_is_read_as_in_its_own_case() -> None:
    days = {"name": "weekly", "set": {"calendar.days_per_round": 7}}
    made = experiment(scenario="us-japan-2025", case=[{"name": "usual"}, days, {"name": "pie", "scenario": "pie"}], vary=[])
    known = {each.name: each for each in quantities_of(made, ["reversed_after", "agreed", "settled_rice"])}
    sql = known["reversed_within_a_year"].sql
    assert "when point between 0 and 0 then" in sql and "* 14 <=" in sql and "* 7 <=" in sql and "between 2" not in sql
    assert known["settled_rice"].unit == made.base.issue("rice").unit
    both = experiment(case=[{"name": "one"}, {"name": "two", "set": {"issues.pie.unit": "slices"}}], vary=[])
    (pie,) = quantities_of(both, ["settled_pie"])
    assert (pie.unit, pie.sql) == ("% or slices", "settled_pie")


def test_findings_tell_the_baseline_of_every_case_and_each_comparison_with_its_case(results: Results) -> None:
    findings = findings_of(results, results.summary())
    assert findings.baseline.case == "plain" and [each.case for each in findings.other_baselines] == ["short", "rolling"]
    assert [finding.case for finding in findings.findings] == ["plain"] * 2 + ["short"] * 2 + ["rolling"] * 2
    means = [each.means["sender_payoff"] for each in (findings.baseline, *findings.other_baselines)]
    assert means[1] - means[0] == pytest.approx(0.25) and means[2] == pytest.approx(means[0])
    assert [settled.issue for settled in findings.other_baselines[1].settled] == ["price", "delivery"]
    _, text = write_report(results)
    for line in ("90 runs of 3 cases (as it is, short, rolling)", "## The baseline of as it is", "## The baseline of rolling",
                 "short: sender.ambiguity = 0.2 against the baseline", "| The sender | The target |"):
        assert line in text
    assert "Price paid to the sender" in text.split("## The baseline of rolling")[1]


def test_without_cases_the_text_is_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)
    results = sweep(experiment(), tmp_path / "runs")
    text = findings_text(findings_of(results, results.summary()), results.experiment.base)
    assert "\n## The baseline\n" in text and "30 runs of pie, seed 7" in text and "case" not in text


def test_figures_show_the_levels_of_the_first_case(results: Results) -> None:
    assert [point.number for _, point in levels(results)["sender.ambiguity"]] == [1, 2]


def test_private_types_are_called_by_the_names_of_their_own_case(tmp_path: Path) -> None:
    cases = [{"name": "talks"}, {"name": "pie", "scenario": "pie"}]
    made = experiment(scenario="us-japan-2025", vary=[], case=cases, replications=60)
    found = sweep(made, tmp_path / "runs", workers=1).interim()
    priorities = found[(found["kind"] == "priorities") & (found["side"] == "sender")].groupby("label")["type"].agg(set)
    voices = {case: {each.title for each in base.sender.negotiators} for case, base in made.bases.items()}
    assert len(voices["talks"]) == 2 and priorities["talks: baseline"] == voices["talks"]
    assert priorities["pie: baseline"] == voices["pie"] != voices["talks"]


def test_joint_draws_are_played_in_every_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)
    cases = [{"name": "plain"}, {"name": "tough", "set": {"sender.toughness": 1.5}}]
    made = experiment(scenario=assuming(), case=cases, assumed_draws=4, draw_replications=4)
    assert all(set(drawn) == {"talks.rounds"} for draw in made.draws for drawn in draw.values())  # what a case sets is not drawn
    assert all(draw["plain"] == draw["tough"] for draw in made.draws)
    draws = sweep(made, tmp_path / "runs").draws()
    assert draws["point"].tolist() == [0, 1, 2, 3, 4, 5] * 4 and set(draws["against"]) == {0, 3}
    assert draws["sender_payoff_gain"].to_numpy() == pytest.approx([0.0, 0.1, 0.2] * 8, abs=1e-12)


def test_cases_of_another_scenario_have_joint_draws_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, float]] = []

    def noted(scenario: Scenario, *given: Any, **named: Any) -> pretend.Outcomes:
        seen.append((scenario.name, scenario.sender.discount if scenario.name == "logrolling" else scenario.sender.toughness))
        return simulate(scenario, *given, **named)

    monkeypatch.setattr(negosim.sweeps.play, "simulate", noted)
    other = assuming({"talks.rounds": (20, 30), "sender.discount": (0.5, 0.9)}, "logrolling")
    cases = [{"name": "a"}, {"name": "rolling", "scenario": other}, {"name": "b"}, {"name": "again", "scenario": other}]
    vary = [{"parameter": "sender.ambiguity", "values": [0.1]}]
    made = experiment(scenario=assuming(), case=cases, vary=vary, assumed_draws=12, draw_replications=4)
    alone = {case: experiment(scenario=scenario, vary=vary, assumed_draws=12).draws for case, scenario in made.bases.items()}
    assert made.draws == [{case: draws[n][None] for case, draws in alone.items()} for n in range(12)]
    frame = sweep(made, tmp_path / "runs", workers=1).draws()
    of = {"a": "sender.toughness", "rolling": "sender.discount", "b": "sender.toughness", "again": "sender.discount"}
    drawn = [draw[case][name] for draw in made.draws for case, name in of.items() for _ in ("baseline", "point")]
    assert [value for _, value in seen[-96:]] == drawn
    assert frame["point"].tolist() == list(range(8)) * 12
    settled = frame[["settled_pie", *(f"settled_{issue.name}" for issue in other.issues)]].notna().to_numpy().tolist()
    pie, rolling = [[True, False, False]] * 2, [[False, True, True]] * 2
    assert settled == [*pie, *rolling] * 24


def test_a_case_without_assumed_numbers_is_named_when_joint_draws_are_wanted(tmp_path: Path) -> None:
    made = experiment(scenario=assuming(), case=CASES, assumed_draws=4)
    with pytest.raises(ExperimentError, match=r"logrolling has no assumed number with a range to draw from.*assumed_draws = 0"):
        sweep(made, tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_couples_are_points_of_one_case() -> None:
    points = [{"talks.rounds": 3}, {"sender.ambiguity": 0.1}, {"talks.rounds": 3, "sender.ambiguity": 0.1}]
    found = couples(experiment(vary=[], points=points, case=CASES[::2]).design_points)
    assert found == [
        Couple("talks.rounds", "sender.ambiguity", 3, 1, 2, 0),
        Couple("talks.rounds", "sender.ambiguity", 7, 5, 6, 4),
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"case": [{"name": "a"}, {"name": "a"}]}, ["case.2.name = 'a' names two cases"]),
        ({"case": [{"name": "Two Words"}]}, ["name = 'Two Words' is no short name"]),
        ({"case": [{"title": "?"}]}, ["case.1.name is missing"]),
        ({"case": [{"name": "a", "sett": {}}]}, ["case.a.sett", "unknown key", '"set"']),
        ({"case": {"name": "a"}}, ["case has the wrong type", "a list"]),
        ({"case": [{"name": "a", "scenario": "pei"}]}, ['no scenario named "pei"', "case.a.scenario"]),
        ({"case": [{"name": "a", "set": {"sender.ambigity": 0}}]}, ["case a: sender.ambigity is unknown", "nearest"]),
        ({"case": [{"name": "a", "set": {"sender.ambiguity": 0.9}}]}, ["case a: sender.ambiguity = 0.9 is out of range"]),
        (
            {"vary": [{"parameter": "issues.pie.status_quo", "values": [0.1]}], "case": CASES},
            ["vary.1.parameter = 'issues.pie.status_quo' is no parameter of the scenario of case rolling", "nearest"],
        ),
        (
            {"vary": [], "points": [{"issues.pie.status_quo": 0.1}], "case": CASES},
            ["point 5 of case rolling: issues.pie is unknown", "nearest"],
        ),
        (
            {"vary": [{"parameter": "markets.pause_threshold", "values": [0.6]}],
             "case": [{"name": "a"}, {"name": "b", "set": {"markets.resume_threshold": 0.7, "markets.pause_threshold": 0.8}}]},
            ["point 3 of case b:"],
        ),
        (
            {"scenario": assuming(), "design": "joint-draws", "size": 4, "vary": [], "case": CASES},
            ["case.rolling.scenario = 'logrolling' cannot stand beside", "joint-draws"],
        ),
    ],
)
def test_what_a_case_cannot_be_is_refused_before_the_start(changes: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(ExperimentError) as caught:
        experiment(**changes)
    assert all(word in str(caught.value) for word in words), caught.value


def test_a_scenario_of_a_case_that_is_not_there_is_named_with_the_file(tmp_path: Path) -> None:
    (tmp_path / "cases.toml").write_text(FILE, encoding="utf-8")
    said = r"cases\.toml: case\.2\.scenario = 'other\.toml' cannot be loaded: .*no such file.*\w\.$"
    with pytest.raises(ExperimentError, match=said):
        Experiment.load(tmp_path / "cases.toml")
