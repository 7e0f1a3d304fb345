"""What is said of indices follows from them: in sentences and a table, at the end of a sweep."""

from __future__ import annotations

from pathlib import Path

import numpy
import pandas
import pytest

from negosim.report.sensitivity import factor_title, leading_factors, sensitivity_text
from negosim.report.write import INDICES_FILE, report_paths, write_report
from negosim.scenario.scenario import Scenario
from negosim.store.store import FILES
from tests.unit.results.test_sensitivity import FACTORS, UNIT, Shares, swept, swept_with_failures


def additive(x: Shares) -> float:
    """Shares of the variance 0.2, 0.8 and 0."""
    return 0.1 * x[0] - 0.2 * x[1]


def test_a_saltelli_sweep_ends_with_its_indices_in_sentences_a_table_and_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = swept(monkeypatch, tmp_path, additive, size=512)
    _, text = write_report(results)
    (line,) = (line for line in text.splitlines() if line.startswith("- Payoff (First):"))
    assert line.index("Proposer probability (talks) 0.8") < line.index("Unpredictability (First) 0.2")
    assert "The factors add up" in line and "One of all 3 factors has a total index below 0.01" in line
    assert line.endswith("Hardly any of the variance between points is noise of luck.")
    assert "- Runs without a deal: " in text and "## Which factors matter" in text and "nan" not in text
    written = pandas.read_csv(results.out / INDICES_FILE)
    pandas.testing.assert_frame_equal(written, results.sensitivity(), check_exact=False, rtol=1e-12)
    assert report_paths(results) == [results.out / name for name in (*FILES, INDICES_FILE)]


def test_the_table_has_the_indices_of_the_frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = swept(monkeypatch, tmp_path, additive, size=64)
    frame = results.sensitivity()
    text = sensitivity_text(results, frame)
    values = frame[frame["quantity"] == "target_payoff"].set_index(["parameter", "index"])["value"]
    for name in FACTORS:
        (row,) = (line for line in text.splitlines() if line.startswith(f"| {factor_title(Scenario.load('pie'), name)} |"))
        total, first = (max(0.0, values[(name, index)]) for index in ("total", "first"))
        assert f"{total:.2f} (" in row.split("|")[3] and f"{first:.2f})" in row.split("|")[3].replace("-", "")


def test_a_morris_sweep_tells_the_effects_in_points_and_which_way_they_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = swept(monkeypatch, tmp_path, additive, design="morris", size=8)
    text = sensitivity_text(results, results.sensitivity())
    assert "Proposer probability (talks) 20.0 (20.0 to 20.0, always down), Unpredictability (First) 10.0 (10.0 to 10.0" in text
    assert "Auction weight (talks) 0 (0 to 0)." in text and "One of all 3 factors has less than a hundredth" in text


def test_much_noise_asks_for_more_runs_and_says_what_it_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def own(runs: numpy.ndarray, x: Shares) -> numpy.ndarray:
        return numpy.random.default_rng(int(1e6 * x[0])).uniform(-1.0, 1.0, len(runs))

    common = swept(monkeypatch, tmp_path / "a", additive, own)
    text = sensitivity_text(common, common.sensitivity())
    assert "is noise of luck, by which no index is wrong by more than" in text
    assert "More replications would make that less." in text
    apart = swept(monkeypatch, tmp_path / "b", additive, own, luck="independent")
    assert "which takes that share of each first index away" in sensitivity_text(apart, apart.sensitivity())
    single = swept(monkeypatch, tmp_path / "c", additive, own, replications=1)
    assert "With one run a point nobody can tell how much of this is luck." in sensitivity_text(single, single.sensitivity())


def test_cases_have_a_section_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [{"name": "a", "title": "the one"}, {"name": "b"}]
    _, text = write_report(swept(monkeypatch, tmp_path, additive, case=cases, size=16))
    headings = [line for line in text.splitlines() if line.startswith("## Which")]
    assert headings == ["## Which factors matter in the one", "## Which factors matter in b"]


def test_a_failed_point_leaves_the_report_without_indices_but_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = swept_with_failures(monkeypatch, tmp_path)
    _, text = write_report(results)
    assert "There are no indices. " in text and "which failed: ArithmeticError: no solution." in text
    assert not (results.out / INDICES_FILE).exists()


def test_a_group_is_told_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grouped = [{**block, **({"group": "both"} if number < 2 else {})} for number, block in enumerate(UNIT)]
    results = swept(monkeypatch, tmp_path, additive, vary=grouped, design="morris", size=4)
    text = sensitivity_text(results, results.sensitivity())
    assert "\n| the group both | " in text and "nan" not in text


def test_the_leading_factors_lead_in_any_column() -> None:
    rows = [("a", "x", 1.0), ("b", "x", 0.9), ("c", "x", 0.1), ("a", "y", 0.0), ("b", "y", 0.1), ("c", "y", 9.0)]
    frame = pandas.DataFrame(rows, columns=["parameter", "quantity", "value"]).assign(index="total")
    assert leading_factors(frame, "total") == ["a", "c", "b"]
