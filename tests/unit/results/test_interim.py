"""Payoffs by private type, against the same means taken with pandas."""

from __future__ import annotations

from pathlib import Path

import pandas
import pytest

from negosim.experiment.experiment import Experiment
from negosim.results.results import Results
from negosim.sweeps.runner import sweep

RUNS = 400


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder: Path = tmp_path_factory.mktemp("interim")
    experiment = Experiment(
        name="types", title="Types", question="Who gains?", scenario="pie", replications=RUNS, seed=3,
        baseline={"target.strategy": "risk-return", "sender.commitment": 0.3},
        vary=[{"parameter": "sender.ambiguity", "values": [0.2]}],
    )
    return sweep(experiment, out=folder / "runs", workers=1)


def rows(frame: pandas.DataFrame, point: int, side: str, kind: str) -> pandas.DataFrame:
    return frame[(frame["point"] == point) & (frame["side"] == side) & (frame["kind"] == kind)]


def test_each_type_has_the_mean_of_its_runs(results: Results) -> None:
    runs = results.frame()
    for point in (0, 1):
        found = rows(results.interim(), point, "sender", "commitment").set_index("type")
        here = runs[runs["point"] == point].groupby("sender_committed")["sender_payoff"]
        assert found["mean"].to_dict() == pytest.approx({"not committed": here.mean()[False], "committed": here.mean()[True]})
        assert found["error"]["committed"] == pytest.approx(here.std()[True] / here.count()[True] ** 0.5)
        assert found["runs"].sum() == RUNS


def test_reservation_values_are_told_by_thirds_where_they_are_drawn(results: Results) -> None:
    frame = results.interim()
    assert rows(frame, 0, "sender", "reservation value").empty
    thirds = rows(frame, 1, "sender", "reservation value")
    assert thirds["type"].tolist() == ["lowest third", "middle third", "highest third"]
    runs = results.frame()
    ranked = runs[runs["point"] == 1].sort_values("sender_reservation")["sender_payoff"].to_numpy()
    assert thirds["mean"].iloc[0] == pytest.approx(ranked[: thirds["runs"].iloc[0]].mean())
    assert thirds["runs"].between(RUNS // 3 - 1, RUNS // 3 + 2).all()


def test_a_side_with_one_voice_has_the_priorities_of_that_voice(results: Results) -> None:
    found = rows(results.interim(), 0, "target", "priorities")
    assert (len(found), found["runs"].iloc[0]) == (1, RUNS)
    assert found["type"].iloc[0] == results.experiment.base.target.negotiators[0].title
