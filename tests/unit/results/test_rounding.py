"""What rounding alone keeps from being nothing is nothing: it has no indices, no sign, and no best level."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest

import negosim.sweeps.play
from negosim.plots.sensitivity import morris_plane, sobol_indices
from negosim.report.findings import findings_text
from negosim.report.sensitivity import sensitivity_text
from negosim.results.contrast import contrast_of
from negosim.results.findings import findings_of
from negosim.results.interactions import interactions
from negosim.results.payoff_matrix import Matrix
from negosim.results.results import Results
from negosim.results.robustness import robustness
from negosim.results.samples import Sample, paired_differences
from negosim.sweeps.runner import sweep
from tests.unit import pretend

TINY = 4e-18
"""What sums of numbers between 0 and 1 are off by, about."""

TWO = [{"parameter": "sender.ambiguity", "range": [0.0, 0.4]}, {"parameter": "sender.commitment", "range": [0.0, 0.5]}]


def with_rounding(scenario: Any, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> pretend.Outcomes:
    """Payoffs of which nothing but the last digit hangs on the parameters and on the run."""
    table = pretend.simulate(scenario, replications, seed, first).table()
    runs = numpy.arange(first, first + replications)
    payoff = TINY * (scenario.sender.ambiguity * (1 + runs % 2) + scenario.sender.commitment)
    return pretend.Outcomes(table.set_column(table.column_names.index("sender_payoff"), "sender_payoff", [payoff]))


def swept(folder: Path, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> Results:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", with_rounding)
    return sweep(pretend.experiment(**changes), folder / "runs", workers=1)


@pytest.mark.parametrize("design", ["saltelli", "morris"])
def test_rounding_has_no_indices_and_a_sentence_says_so(design: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = swept(tmp_path, monkeypatch, design=design, size=8, vary=TWO)
    frame = results.sensitivity()
    rounding = frame[frame["quantity"] == "sender_payoff"]
    assert len(rounding) > 3 and rounding[["value", "low", "high"]].isna().all(axis=None) and (rounding["noise"] == 0.0).all()
    text = sensitivity_text(results, frame)
    assert "- Payoff (First): it is the same at all points, rounding apart, so that it has no indices.\n" in text
    figure = sobol_indices if design == "saltelli" else morris_plane
    (panel,) = figure(results, ["sender_payoff"])
    assert any("rounding apart: no indices" in text.get_text() for text in panel.texts)


def test_rounding_has_no_sign_and_no_best_level(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vary = [{"parameter": "sender.ambiguity", "values": [0.1, 0.2, 0.3], "headline": [0.1, 0.3]}]
    results = swept(tmp_path, monkeypatch, vary=vary, assumed_draws=2, scenario=pretend.assuming())
    summary = results.summary().set_index("quantity").loc["sender_payoff"]
    assert (summary[["difference", "low", "high", "higher", "lower"]] == 0.0).all(axis=None)
    draws = robustness(results).set_index("quantity").loc["sender_payoff"]
    assert [draws[name] for name in ("higher", "lower", "clearly_higher", "clearly_lower")] == [0.0] * 4
    found = findings_of(results, results.summary())
    (finding,) = found.findings
    assert finding.differences[0].sign == 0 and finding.best[0].level == 0.1
    assert "The first player: no difference in any of 10 paired runs." in findings_text(found, results.experiment.base)


def test_rounding_is_no_difference_between_two_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = (numpy.full((6, 1), value) for value in (0.3, 0.1 + 0.2))
    every = numpy.array([True])
    found = paired_differences(Sample.of(a, every), Sample.of(b, every))
    assert a[0, 0] != b[0, 0] and (found.higher, found.lower) == (0.0, 0.0)
    one = swept(tmp_path, monkeypatch)
    other = sweep(pretend.experiment(baseline={"sender.commitment": 0.5}), tmp_path / "other", workers=1)
    text = str(contrast_of(one, other))
    assert "- The first player: no difference in any run." in text and "Every quantity is the same in both." in text


def test_rounding_is_no_interaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = {"sender.ambiguity": 0.1}, {"sender.commitment": 0.2}
    results = swept(tmp_path, monkeypatch, vary=[], points=[one, other, {**one, **other}])
    row = interactions(results).set_index("quantity").loc["sender_payoff"]
    assert row[["difference", "error", "low", "high"]].tolist() == [0.0] * 4


def test_rounding_decides_no_best_response_and_dominates_nothing() -> None:
    payoffs = numpy.array([[0.3, 0.5], [0.1 + 0.2, 0.5 + 1e-16]])
    game = Matrix(("up", "down"), ("left", "right"), payoffs, payoffs.T)
    assert game.best_rows() == ("up", "up") and game.best_columns() == ("left", "left")
    assert game.undominated() == (("up", "down"), ("left", "right"))
