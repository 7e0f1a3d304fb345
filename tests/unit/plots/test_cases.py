"""Figures of an experiment with cases: each case has its own, from its own runs and with its own names."""

from __future__ import annotations

from pathlib import Path

import pytest

import negosim.plots.gallery
from negosim import plots
from negosim.common.errors import StoreError
from negosim.experiment.experiment import Experiment
from negosim.results.results import Results
from negosim.sweeps.runner import sweep

BRINK = "sender.brinkmanship"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    experiment = Experiment(
        name="cases", title="Two cases", question="?", scenario="us-japan-2025", replications=30, seed=4,
        case=[{"name": "tariffs"}, {"name": "autos", "scenario": "us-japan-autos-1995"}],
        vary=[{"parameter": BRINK, "values": [0.0, 0.1], "headline": [0.0, 0.1]}],
    )
    return sweep(experiment, tmp_path_factory.mktemp("cases") / "runs")


def words(results: Results, name: str) -> str:
    """All that a figure says."""
    axes = plots.FIGURES[name](results)
    first = axes if not isinstance(axes, list) else axes[0]
    return " ".join(text.get_text() for text in first.figure.findobj(match=lambda artist: hasattr(artist, "get_text")))


def test_the_first_case_is_shown_unless_another_is_asked_for(results: Results) -> None:
    other = results.of_case("autos")
    assert (results.shown_case, results.shown_baseline) == ("tariffs", 0)
    assert (other.shown_case, other.shown_baseline) == ("autos", 3)
    assert results.of_case("tariffs").shown_base == results.experiment.base
    with pytest.raises(StoreError, match=r'has no case auto\. The nearest known name is "autos"'):
        results.of_case("auto")


@pytest.mark.parametrize("name", ["outcomes", "settlements", "ledger", "frontier", "path", "ledger-changes"])
def test_a_figure_of_a_case_is_about_that_case(results: Results, name: str) -> None:
    tariffs, autos = words(results, name), words(results.of_case("autos"), name)
    assert tariffs != autos
    if name == "outcomes":
        assert "30 runs of the baseline" in autos and results.experiment.bases["autos"].title in autos


def test_the_runs_shown_are_those_of_the_case(results: Results) -> None:
    axes = plots.ledger(results.of_case("autos"))
    payoff = results.query("select 100 * avg(sender_payoff) as mean from runs where point = 3")["mean"][0]
    assert f"{payoff:.1f}" in [text.get_text() for text in axes[0].texts]
    assert plots.typical_run(results.of_case("autos")).scenario.name == "us-japan-autos-1995"


def test_each_case_has_a_folder_of_its_figures(results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = {name: plots.FIGURES[name] for name in ("outcomes", "tactic-payoffs")}
    monkeypatch.setattr(negosim.plots.gallery, "FIGURES", few)
    paths = plots.draw_all(results, tmp_path)
    assert [str(path.relative_to(tmp_path)) for path in paths] == [
        "tariffs/outcomes.png", "tariffs/tactic-payoffs.png", "autos/outcomes.png", "autos/tactic-payoffs.png"
    ]
    assert paths[0].read_bytes() != paths[2].read_bytes()
