"""The summary and paired differences, against numbers worked out by hand."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import duckdb
import numpy
import pyarrow
import pytest

import negosim.experiment.quantities
import negosim.sweeps.play
from negosim.experiment.quantities import Quantity, columns_of, quantities
from negosim.results.intervals import half_width
from negosim.results.paired import paired
from negosim.results.results import Results
from negosim.results.summary import QUANTILES, summarise, wide
from negosim.scenario.scenario import Scenario
from negosim.sweeps.runner import sweep
from tests.unit import pretend
from tests.unit.pretend import experiment

NAN = math.nan
SENDER = {0.0: [0.0, 1.0, 2.0, 3.0], 0.1: [1.0, 3.0, 5.0, 9.0], 0.2: [0.0, 1.0, 2.0, 2.0]}
PIE = {0.0: [10.0, 20.0, NAN, 60.0], 0.1: [NAN] * 4, 0.2: [5.0, NAN, NAN, NAN]}
T3 = 3.182446305284263  # 0.975 quantile of Student's distribution with 3 degrees of freedom


def four_runs(scenario: Scenario, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> pretend.Outcomes:
    """Four runs whose numbers stand above."""
    level, part = scenario.sender.ambiguity, slice(first, first + replications)
    pie = numpy.array(PIE[level])
    return pretend.Outcomes(
        pyarrow.table(
            {
                "replication": numpy.arange(4),
                "ending": numpy.where(numpy.isnan(pie), "impasse", "settled").astype(object),
                "agreed": ~numpy.isnan(pie),
                "rounds": numpy.array([1, 2, 3, 4], dtype=numpy.int32),
                "sender_payoff": numpy.array(SENDER[level]),
                "target_payoff": numpy.array([1.0, 1.0, 1.0, 1.0]),
                "settled_pie": pyarrow.array(pie, from_pandas=True),
                "reversed_after": pyarrow.array([None, 5.0, None, None]),
            }
        ).slice(part.start, replications)
    )


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Results:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", four_runs)
    return sweep(experiment(replications=4, chunk=3), tmp_path / "runs")


def row(frame: Any, point: int, quantity: str) -> Any:
    (found,) = frame[(frame["point"] == point) & (frame["quantity"] == quantity)].to_dict("records")
    return found


def test_a_quantity_is_spread_as_its_runs_are(results: Results) -> None:
    found = row(summarise(results), 0, "sender_payoff")
    assert (found["runs"], found["mean"], found["unit"]) == (4, 1.5, "utility")
    assert found["sd"] == pytest.approx(math.sqrt(5 / 3))
    assert [found[name] for name in ("q05", "q25", "q50", "q75", "q95")] == pytest.approx([0.15, 0.75, 1.5, 2.25, 2.85])


def test_what_only_some_runs_have_is_summed_up_over_those(results: Results) -> None:
    summary = summarise(results)
    found = row(summary, 0, "settled_pie")
    assert (found["runs"], found["mean"], found["q50"]) == (3, 30.0, 20.0)
    nobody = row(summary, 1, "settled_pie")
    assert nobody["runs"] == 0 and all(math.isnan(nobody[name]) for name in ("mean", "sd", "q50", "difference"))
    alone = row(summary, 2, "settled_pie")
    assert (alone["runs"], alone["mean"], alone["q05"]) == (1, 5.0, 5.0) and math.isnan(alone["sd"])


def test_endings_and_runs_without_a_deal_are_shares_of_all_runs(results: Results) -> None:
    summary = summarise(results)
    assert [row(summary, point, "no_deal")["mean"] for point in (0, 1, 2)] == [0.25, 1.0, 0.75]
    assert [row(summary, 0, f"ending_{end}")["mean"] for end in ("settled", "impasse", "walk_out")] == [0.75, 0.25, 0.0]
    assert row(summary, 0, "agreed")["mean"] == 0.75


def test_rounds_to_agreement_are_those_of_agreed_runs(results: Results) -> None:
    summary = summarise(results)
    rounds = row(summary, 0, "rounds_to_agreement")
    assert (rounds["runs"], rounds["mean"]) == (3, pytest.approx(7 / 3))
    assert row(summary, 0, "reversed_after")["runs"] == 1


def test_a_deal_is_counted_as_taken_back_if_that_happens_within_a_year_of_the_calendar() -> None:
    case = Scenario.load("us-japan-2025")
    (within,) = [q for q in quantities(case, ["reversed_after"]) if q.name == "reversed_within_a_year"]
    runs = "(values (true, 26.0), (true, 26.1), (true, null), (false, null)) as runs(agreed, reversed_after)"
    assert [value for (value,) in duckdb.sql(f"select {within.sql} from {runs}").fetchall()] == [True, False, False, None]
    assert "reversed_within_a_year" not in [q.name for q in quantities(Scenario.load("pie"), ["reversed_after"])]


def test_a_difference_is_taken_run_for_run_with_its_interval(results: Results) -> None:
    found = row(summarise(results), 1, "sender_payoff")  # the differences are 1, 2, 3 and 6
    error = math.sqrt(14 / 3) / 2
    assert (found["difference"], found["pairs"], found["higher"], found["lower"]) == (3.0, 4, 1.0, 0.0)
    assert found["low"] == pytest.approx(3 - T3 * error) and found["high"] == pytest.approx(3 + T3 * error)
    other = row(summarise(results), 2, "sender_payoff")  # 0, 0, 0 and -1
    assert (other["difference"], other["higher"], other["lower"]) == (-0.25, 0.0, 0.25)
    assert row(summarise(results), 1, "joint_payoff")["difference"] == 3.0
    assert row(summarise(results), 0, "sender_payoff")["difference"] == 0.0


def test_any_two_points_can_be_compared(results: Results) -> None:
    found = row(paired(results, against=2, point=1), 1, "sender_payoff")  # 1, 2, 3 and 7
    assert (found["difference"], found["error"]) == (3.25, pytest.approx(math.sqrt(20.75 / 3) / 2))
    assert set(paired(results, against=2, point=1)["point"]) == {1}


@pytest.mark.parametrize(("against", "point"), [(3, None), (0, 3), (-1, 0)])
def test_a_point_that_is_not_there_is_refused(results: Results, against: int, point: int | None) -> None:
    with pytest.raises(ValueError, match=r"not in the design\. Its points are 0 to 2"):
        paired(results, against=against, point=point)


@pytest.mark.slow
def test_small_pieces_give_the_same_summary(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = summarise(results)
    for at_once in (3, 4, 8, 100):  # with 3 a point is larger than what may be in memory: its quantiles come from sorting
        monkeypatch.setattr(negosim.experiment.quantities, "AT_ONCE", at_once)
        assert summarise(results).equals(whole)


def test_the_quantiles_of_a_large_point_are_those_of_numpy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)
    results = sweep(experiment(replications=503, chunk=100), tmp_path / "runs")
    monkeypatch.setattr(negosim.experiment.quantities, "AT_ONCE", 500)
    found = row(summarise(results), 1, "settled_pie")
    frame = results.frame(["point", "settled_pie"])
    settled = frame.loc[frame["point"] == 1, "settled_pie"].dropna()
    assert [found[name] for name in QUANTILES] == pytest.approx(numpy.quantile(settled, list(QUANTILES.values())), abs=1e-12)


def test_every_row_says_its_point_and_a_wide_table_has_one_row_a_point(results: Results) -> None:
    summary = summarise(results)
    assert row(summary, 2, "rounds")["label"] == "sender.ambiguity = 0.2" and row(summary, 2, "rounds")["value"] == 0.2
    table = wide(summary)
    assert table.index.tolist() == [0, 1, 2] and table["sender_payoff"].tolist() == [1.5, 4.5, 1.25]
    assert not summary.duplicated(["point", "quantity"]).any()


def test_one_pair_has_no_interval_and_equal_pairs_one_without_width() -> None:
    assert math.isnan(half_width(1.0, 1)) and half_width(0.0, 4) == 0.0
    assert half_width(2.0, 4) == pytest.approx(T3)


def test_a_run_that_lacks_what_every_run_must_have_shows_in_the_mean() -> None:
    payoff, pie = Quantity("a", "a", "share"), Quantity("b", "b", "share", everywhere=False)
    assert columns_of([payoff, pie]) == '(a)::double as "a", (b)::double as "b"'


def test_the_summary_knows_every_number_that_the_kernel_gives() -> None:
    scenario = Scenario.load("us-japan-2025")
    from negosim.engine.kernel import simulate

    columns = simulate(scenario, replications=2).table().column_names
    text = columns_of(quantities(scenario, columns))
    own = ("replication", "proposer", "reservation", "profile", "committed")
    assert [name for name in columns if name not in text and not name.endswith(own)] == []
