"""Interactions: run for run they are the sum that the formula says, and a design that lacks a point is refused."""

from __future__ import annotations

from pathlib import Path

import numpy
import pytest

from negosim.common.errors import ExperimentError
from negosim.experiment.design import Point
from negosim.experiment.experiment import Experiment
from negosim.results.interactions import couples, interaction_draws, interactions
from negosim.results.intervals import half_width
from negosim.results.results import Results
from negosim.sweeps.runner import sweep

OFF = {"sender.ambiguity": 0.0, "sender.reversal": 0.0, "sender.brinkmanship": 0.0}
RUNS = 150


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Two tactics alone and together, and a third alone, in the real case."""
    experiment = Experiment(
        name="two", title="Two tactics", question="Together?", scenario="us-japan-2025", baseline=OFF,
        points=[
            {"sender.ambiguity": 0.2}, {"sender.reversal": 0.05}, {"sender.brinkmanship": 0.1},
            {"sender.reversal": 0.05, "sender.ambiguity": 0.2},
        ],
        replications=RUNS, seed=3, assumed_draws=4, draw_replications=30,
    )
    folder: Path = tmp_path_factory.mktemp("interactions") / "runs"
    return sweep(experiment, folder, workers=1)


def by_run(results: Results, quantity: str) -> numpy.ndarray:
    """A quantity by point and run, (points, runs)."""
    frame = results.frame(["point", "replication", quantity])
    return frame.pivot(index="point", columns="replication", values=quantity).to_numpy(dtype=float)


def test_an_interaction_is_both_less_each_plus_neither_run_for_run(results: Results) -> None:
    frame = interactions(results).set_index("quantity")
    for quantity in ("sender_payoff", "target_payoff", "target_threat_damage"):
        values = by_run(results, quantity)
        sums = values[4] - values[1] - values[2] + values[0]
        row = frame.loc[quantity]
        assert row["difference"] == pytest.approx(sums.mean(), abs=1e-12) and row["pairs"] == RUNS
        assert row["error"] == pytest.approx(sums.std(ddof=1) / numpy.sqrt(RUNS), abs=1e-12)
        assert row["high"] - row["low"] == pytest.approx(2 * half_width(sums.std(ddof=1), RUNS), abs=1e-12)


def test_without_the_luck_in_common_the_error_would_be_larger(results: Results) -> None:
    """The luck of other runs: the spread of a sum of four means that have nothing in common."""
    values = by_run(results, "target_payoff")
    apart = numpy.sqrt(sum(values[point].var(ddof=1) for point in (0, 1, 2, 4)) / RUNS)
    frame = interactions(results).set_index("quantity")
    assert frame.loc["target_payoff", "error"] < apart


def test_the_channels_of_the_ledgers_add_up_to_the_interaction_of_the_payoff(results: Results) -> None:
    frame = interactions(results).set_index("quantity")["difference"]
    for side in ("sender", "target"):
        channels = [name for name in frame.index if name.startswith(f"{side}_") and not name.endswith(("payoff", "utility"))]
        assert frame[channels].sum() == pytest.approx(frame[f"{side}_payoff"], abs=1e-9)


def test_the_draws_are_counted_by_the_sign_of_their_own_interaction(results: Results) -> None:
    means = results.draws().set_index(["draw", "point"])["target_payoff"].unstack()
    contrast = means[4] - means[1] - means[2] + means[0]
    row = interaction_draws(results).set_index("quantity").loc["target_payoff"]
    assert row["draws"] == 4 and row["median"] == pytest.approx(contrast.median())
    assert (row["higher"], row["lower"]) == ((contrast > 0).mean(), (contrast < 0).mean())


def test_a_couple_whose_part_is_nowhere_alone_is_refused() -> None:
    points = (Point(0, {}), Point(1, {"a": 1}), Point(2, {"a": 2, "b": 5}), Point(3, {"b": 5}))
    with pytest.raises(ExperimentError, match=r"changed together with another parameter, but nowhere alone"):
        couples(points)
