"""The findings as numbers, against numbers worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy
import pandas
import pyarrow
import pytest

import negosim.sweeps.play
from negosim.experiment.experiment import Experiment
from negosim.report.write import write_report
from negosim.results.findings import MOST_TOLD, Difference, Findings, findings_of
from negosim.sweeps.runner import sweep
from tests.unit import pretend
from tests.unit.pretend import assuming, experiment

GAINS = {0.0: 0.0, 0.1: 0.3, 0.2: 0.1, 0.3: 0.2}


def with_a_peak(scenario: Any, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> pretend.Outcomes:
    """The pretended runs with a payoff that is best at 0.1, and a ledger and distances besides."""
    table = pretend.simulate(scenario, replications, seed, first).table()
    gain = GAINS[scenario.sender.ambiguity]
    constant = {"sender_value": gain, "sender_delay": -0.5, "target_value": 1.0 - gain, "frontier_distance": 0.02,
                "nash_distance": 0.1}
    for name, value in constant.items():
        table = table.append_column(name, pyarrow.array(numpy.full(replications, value)))
    payoff = table["replication"].to_numpy() % 2 + gain
    return pretend.Outcomes(
        table.set_column(table.schema.get_field_index("sender_payoff"), "sender_payoff", pyarrow.array(payoff))
    )


def made(**changes: Any) -> Experiment:
    vary = [{"parameter": "sender.ambiguity", "values": [0.3, 0.0, 0.1, 0.2], "headline": [0.0, 0.2]}]
    return experiment(**{"vary": vary, "replications": 8, "reported": {"pie": 50}, **changes})


def found(folder: Path, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> Findings:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", with_a_peak)
    results = sweep(made(**changes), folder / "runs")
    return findings_of(results, results.summary())


def test_a_headline_is_the_difference_between_its_two_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (finding,) = found(tmp_path, monkeypatch).findings
    assert (finding.label, finding.parameter) == ("sender.ambiguity from 0 to 0.2", "sender.ambiguity")
    assert (finding.start, finding.end, finding.against, finding.point) == (0.0, 0.2, 2, 4)
    differences = {difference.quantity: difference for difference in finding.differences}
    assert list(differences) == ["sender_payoff", "target_payoff", "joint_payoff", "no_deal"]
    assert differences["sender_payoff"].difference == pytest.approx(0.1)
    assert differences["target_payoff"].difference == 0.0 and differences["sender_payoff"].pairs == 8
    assert differences["sender_payoff"].sign == 1 and differences["target_payoff"].sign == 0
    assert differences["sender_payoff"].robustness is None
    assert finding.no_deal == (0.25, 0.25)


def test_the_ledger_of_a_finding_has_the_channels_that_the_runs_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (finding,) = found(tmp_path, monkeypatch).findings
    assert finding.channels["sender"] == {"value": pytest.approx(0.1), "delay": 0.0}
    assert finding.channels["target"] == {"value": pytest.approx(-0.1)}


def test_the_best_level_is_looked_for_in_the_order_of_the_levels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (finding,) = found(tmp_path, monkeypatch).findings
    best = {best.quantity: best for best in finding.best}
    sender = best["sender_payoff"]
    assert (sender.level, sender.lowest, sender.highest) == (0.1, 0.0, 0.3)
    assert sender.over_lowest is not None and sender.over_lowest.difference == pytest.approx(0.3)
    assert sender.over_highest is not None and sender.over_highest.difference == pytest.approx(0.1)
    assert {item.quantity: pytest.approx(item.difference) for item in sender.there}["joint_payoff"] == 0.3
    assert best["target_payoff"].level == 0.0 and best["target_payoff"].over_lowest is None


def test_the_baseline_has_the_quartiles_of_the_settlements_beside_what_was_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    baseline = found(tmp_path, monkeypatch).baseline
    assert baseline.endings["settled"] == 0.75 and baseline.endings["impasse"] == 0.25
    runs = numpy.array([0, 1, 2, 4, 5, 6])
    luck = 100 * ((runs * 7919 + 7 * 104729) % 1009 / 1009)
    (pie,) = baseline.settled
    assert [pie.low, pie.median, pie.high] == pytest.approx(numpy.quantile(luck, [0.25, 0.5, 0.75]).tolist())
    assert (pie.reported, pie.holds_reported) == (50, pie.low <= 50 <= pie.high)
    assert pie.stays == (numpy.abs(luck - pie.status_quo) <= 2.0).mean()
    assert baseline.rounds == tuple(numpy.quantile(runs % 10 + 1, [0.25, 0.5, 0.75]))
    assert baseline.means["frontier_distance"] == pytest.approx(0.02)


def test_joint_draws_stand_beside_their_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    findings = found(tmp_path, monkeypatch, scenario=assuming(), assumed_draws=3, draw_replications=6)
    assert (findings.draws, findings.draw_runs) == (3, 3 * 2 * 6)
    robust = findings.findings[0].differences[0].robustness
    assert robust is not None and (robust.draws, robust.higher, robust.clearly_higher) == (3, 1.0, 1.0)


def test_a_grid_is_compared_with_its_baseline_and_has_no_best_level(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vary = [
        {"parameter": "sender.ambiguity", "values": [0.0, 0.1]},
        {"parameter": "sender.strategy", "values": ["commitment", "time-dependent"]},
    ]
    findings = found(tmp_path, monkeypatch, vary=vary).findings
    assert len(findings) == 4 and all(finding.best == () for finding in findings)
    assert findings[2].label == "sender.ambiguity = 0.1, sender.strategy = commitment against the baseline"
    assert findings[2].differences[0].difference == pytest.approx(0.3)


def test_runs_of_which_none_is_settled_are_summed_up_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(scenario: Any, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> pretend.Outcomes:
        table = pretend.simulate(scenario, replications, seed, first).table()
        nothing = pyarrow.nulls(replications, pyarrow.float64())
        for name, value in (("agreed", pyarrow.array(numpy.zeros(replications, bool))), ("settled_pie", nothing)):
            table = table.set_column(table.schema.get_field_index(name), name, value)
        return pretend.Outcomes(table)

    monkeypatch.setattr(negosim.sweeps.play, "simulate", never)
    results = sweep(made(), tmp_path / "runs")
    findings = findings_of(results, results.summary())
    told = json.loads(findings.json())
    assert findings.findings[0].no_deal == (1.0, 1.0)
    assert told["baseline"]["rounds"] == [None] * 3 and told["baseline"]["settled"][0]["median"] is None


def test_the_findings_are_plain_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = json.loads(found(tmp_path, monkeypatch).json())
    assert told["name"] == "small" and told["findings"][0]["differences"][0]["pairs"] == 8
    assert told["findings"][0]["best"][0]["level"] == 0.1


@pytest.mark.parametrize(
    ("low", "high", "sign"), [(0.1, 0.2, 1), (-0.2, -0.1, -1), (-0.1, 0.1, 0), (0.0, 0.1, 0), (0.0, 0.0, 0)]
)
def test_a_difference_has_a_sign_only_where_its_interval_leaves_out_0(low: float, high: float, sign: int) -> None:
    assert Difference("sender_payoff", (low + high) / 2, low, high, 10).sign == sign


@pytest.mark.parametrize(
    ("changes", "points"),
    [
        ({"vary": [{"parameter": "sender.ambiguity", "values": [n / 1000 for n in range(1, MOST_TOLD + 2)]}]}, MOST_TOLD + 2),
        ({"vary": [{"parameter": "sender.ambiguity", "range": [0, 0.4]}], "design": "sobol", "size": 8}, 9),
    ],
)
def test_points_too_many_to_be_told_one_by_one_are_left_to_the_summary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], points: int
) -> None:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)
    findings, text = write_report(sweep(experiment(replications=2, **changes), tmp_path / "runs"))
    assert not findings.told and findings.findings == () and findings.runs == 2 * points
    assert "too many to be told one by one: the summary has" in text and "## The baseline" in text
    summary = pandas.read_parquet(tmp_path / "runs" / "summary.parquet")
    assert summary["point"].nunique() == points and not summary.loc[summary["quantity"] == "no_deal", "difference"].isna().any()


def test_a_baseline_alone_is_told_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)
    findings, text = write_report(sweep(experiment(vary=[]), tmp_path / "runs"))
    assert findings.told and "too many" not in text
