"""The frame of `negosim check`: verdicts, the false-alarm rate, what is printed, and a wrong formula that is found out."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from negosim import ScenarioError, cli
from negosim.report.checks import heading, line, markdown, strain, summary
from negosim.validation.textbook import RESULTS, Checked, Row, alternating_offers, check
from negosim.validation.textbook.result import Measured, limit_of, mean_of, share_of


def row(engine: float, error: float = 0.0, bound: float = 1e-6, result: str = "a") -> Row:
    return Row(result, "A result", "Somebody 1950", {"x": 1.0}, "a number", 0.5, engine, error, bound, 100, 0.1)


@pytest.mark.parametrize(
    ("engine", "error", "bound", "verdict"),
    [(0.5, 0.0, 1e-6, "holds"), (0.500002, 0.0, 1e-6, "fails"), (0.504, 0.001, 1e-6, "holds"), (0.5041, 0.001, 1e-6, "fails"),
     (0.5049, 0.001, 1e-3, "holds"), (0.5, 0.00251, 1e-6, "too few runs"), (math.nan, 0.0, 1e-6, "fails"),
     (0.5, 0.0, 0.02, "holds"), (0.5, 0.0, 0.0201, "bound too wide"), (0.5, 0.002, 0.0121, "bound too wide"),
     (0.5, 0.0, math.inf, "bound too wide"), (0.5, 0.0, math.nan, "bound too wide")],
)
def test_a_number_holds_within_four_standard_errors_and_its_bound(
    engine: float, error: float, bound: float, verdict: str
) -> None:
    assert row(engine, error, bound).verdict == verdict
    assert row(engine, error, bound).passes == (verdict == "holds")


def test_each_row_says_how_far_off_the_engine_may_be() -> None:
    assert row(0.5, 0.001, 1e-3).allowed == row(0.5, 0.001, 1e-3).plain()["allowed"] == 0.005
    assert "0.0050" in line(row(0.5, 0.001, 1e-3)) and "allowed" in heading(row(0.5))
    assert row(0.5, 0.0, math.inf).plain()["allowed"] is None


def test_the_false_alarm_rate_adds_up_the_rows_that_luck_has_a_part_in() -> None:
    assert Checked((row(0.5), row(0.5))).false_alarm_rate == 0.0
    assert Checked((row(0.5), row(0.5, 0.001), row(0.5, 0.002))).false_alarm_rate == pytest.approx(2 * 6.334e-5, rel=1e-3)


def test_a_mean_comes_with_its_standard_error() -> None:
    measured = mean_of("m", np.array([0.0, 1.0, 0.0, 1.0]), 0.5)
    assert (measured.engine, measured.runs) == (0.5, 4)
    assert measured.standard_error == pytest.approx(np.sqrt(1 / 3) / 2)


def passes(hits: int, runs: int, share: float, bound: float = 0.0) -> bool:
    what, closed_form, engine, within, error, _ = share_of("s", np.arange(runs) < hits, share, bound)
    return Row("a", "A", "B", {}, what, closed_form, engine, error, within, runs, 0.0).passes


@pytest.mark.parametrize("expected", [0.1, 0.42, 1.0, 3.0, 20.0, 200.0])
def test_a_true_share_is_refused_as_seldom_as_is_said_however_rare_what_it_counts_is(expected: float) -> None:
    """Once in 15,787 tables at most, by the binomial distribution itself; ten times as many are always refused."""
    from scipy.stats import binom

    runs, share = 8_000, expected / 8_000
    near = range(round(expected + 10 * expected**0.5) + 12)
    refused = [hits for hits in near if not passes(hits, runs, share)]
    assert binom.pmf(refused, runs, share).sum() + binom.sf(near[-1], runs, share) < 1 / 15_787
    assert passes(round(expected), runs, share) and not passes(round(10 * expected + 8), runs, share)


def test_what_never_happens_must_not_happen_and_a_bound_widens_what_luck_may_do() -> None:
    assert passes(0, 2_000, 0.0) and not passes(1, 2_000, 0.0)
    assert passes(2_000, 2_000, 1.0) and not passes(1_999, 2_000, 1.0)
    assert share_of("s", np.zeros(100, bool), 0.3, 0.1).standard_error == pytest.approx(math.sqrt(0.4 * 0.6 / 100))
    assert share_of("s", np.zeros(100, bool), 0.45, 0.1).standard_error == pytest.approx(0.05)


def test_a_first_order_gap_is_extrapolated_away() -> None:
    coarse = Measured("x", 0.0, 0.3 + 0.2, standard_error=0.01, runs=10)
    fine = Measured("x", 0.0, 0.3 + 0.1, standard_error=0.02, runs=20)
    limit = limit_of("x", 0.3, coarse, fine, 1e-3)
    assert limit.engine == pytest.approx(0.3)
    assert limit.standard_error == pytest.approx(np.hypot(0.04, 0.01))
    assert limit.runs == 30


def test_a_wrong_formula_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alternating_offers, "stahl_share", lambda d1, d2, horizon: (1 - d2) / (1 - d1 * d2))
    checked = check(["stahl"])
    assert not checked.passes
    assert [r.verdict for r in checked.rows if r.parameters["horizon"] == 1] == ["fails", "fails"]


def test_results_and_chapters_are_chosen_by_name_and_each_is_checked_once() -> None:
    checked = check(["no-delay", "stahl", "no-delay"])
    assert list(dict.fromkeys(r.result for r in checked.rows)) == ["no-delay", "stahl"]
    assert len(checked.rows) == len(RESULTS["no-delay"].cases) + len(RESULTS["stahl"].cases)


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ScenarioError, match='The nearest known name is "rubinstein"'):
        check(["rubinstien"])


def test_the_table_has_a_line_for_each_result_and_names_the_farthest_number() -> None:
    table = markdown([row(0.5), row(0.5000005), row(0.5, 0.001, result="b")])
    lines = table.splitlines()
    assert len(lines) == 4
    assert "| 2 | 200 |" in lines[2]
    assert "50 %" in lines[2]
    assert "0.5 ± 0.0010" in lines[3]
    assert strain(row(0.5000005)) == pytest.approx(0.5)


def test_the_summary_names_what_does_not_hold() -> None:
    assert summary(Checked((row(0.5), row(0.9, result="b")))) == (
        "1 of 2 numbers hold. Not so: b. If all were true, none would ever be refused."
    )


def test_a_long_name_stands_on_a_line_of_its_own_and_is_not_cut() -> None:
    short, long = line(row(0.5)), line(replace(row(0.5), what="w" * 40))
    assert "\n" not in short and long.splitlines()[0].strip() == "w" * 40
    assert len(long.splitlines()[1]) == len(short) <= 100


def test_a_name_may_stand_alone() -> None:
    assert {found.result for found in check("no-delay").rows} == {"no-delay"}


def test_the_rows_come_as_a_frame() -> None:
    frame = Checked((row(0.5), row(0.9, result="b"))).frame()
    assert list(frame["verdict"]) == ["holds", "fails"] and "closed_form" in frame


def test_the_command_prints_each_number_and_ends_well() -> None:
    result = CliRunner().invoke(cli.app, ["check", "--only", "no-delay"])
    assert result.exit_code == 0
    assert "no-delay: Agreement is immediate (Rubinstein 1982)" in result.output
    assert "2 of 2 numbers hold." in result.output


def test_the_command_gives_json() -> None:
    result = CliRunner().invoke(cli.app, ["check", "--only", "no-delay", "--json"])
    found = json.loads(result.output)
    assert found["passes"] is True
    assert {"result", "closed_form", "engine", "standard_error", "bound", "verdict", "runs", "seconds"} <= set(found["rows"][0])


def test_the_command_fails_with_1_if_a_number_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alternating_offers, "stahl_share", lambda d1, d2, horizon: 0.5)
    result = CliRunner().invoke(cli.app, ["check", "--only", "stahl"])
    assert result.exit_code == 1
    assert "Not so: stahl." in result.output


def test_the_command_refuses_an_unknown_name_with_2() -> None:
    result = CliRunner().invoke(cli.app, ["check", "--only", "nonsense"])
    assert result.exit_code == 2
    assert "is no result that can be checked" in result.output
