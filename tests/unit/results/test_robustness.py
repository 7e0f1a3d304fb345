"""In how many joint draws a difference has its sign, worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pyarrow
import pytest

import negosim.sweeps.play
from negosim.common.errors import StoreError
from negosim.results.robustness import robustness
from negosim.sweeps.runner import sweep
from tests.unit import pretend
from tests.unit.pretend import assuming, experiment

# In each draw, which has four runs: the differences of the sender's payoff, run for run.
GAINS = [[1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 3.0, 6.0], [0.0, 4.0, -2.0, 1.0], [0.0] * 4, [-1.0, -1.0, -1.0, -2.0]]


def with_gains(scenario: Any, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> pretend.Outcomes:
    """The runs of a draw, `first` being four times the number of the draws before it."""
    table = pretend.simulate(scenario, replications, seed, first).table()
    gains = numpy.array(GAINS[first // 4]) * (scenario.sender.ambiguity == 0.2)
    return pretend.Outcomes(
        table.set_column(table.schema.get_field_index("sender_payoff"), "sender_payoff", pyarrow.array(gains))
    )


@pytest.fixture
def frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", with_gains)
    vary = [{"parameter": "sender.ambiguity", "values": [0.1, 0.2], "headline": [0.1, 0.2]}]
    made = experiment(scenario=assuming(), vary=vary, replications=4, assumed_draws=5, draw_replications=4)
    return robustness(sweep(made, tmp_path / "runs")).set_index("quantity")


def test_a_sign_is_counted_over_the_draws_and_again_where_it_is_clear(frame: Any) -> None:
    found = frame.loc["sender_payoff"]
    assert (found["draws"], found["point"], found["against"]) == (5, 2, 1)
    assert (found["higher"], found["lower"]) == (0.6, 0.2)
    # 1 without error is clear; 3 has a margin of 3.44, 0.75 one of 4, and -1.25 one of 0.80
    assert (found["clearly_higher"], found["clearly_lower"]) == (0.2, 0.2)


def test_the_median_and_the_median_error_are_those_of_the_draws(frame: Any) -> None:
    found = frame.loc["joint_payoff"]
    assert found["median"] == pytest.approx(0.75)
    assert found["error"] == pytest.approx(0.25)  # errors 0, 1.08, 1.25, 0 and 0.25


def test_what_never_differs_has_no_sign_in_any_draw(frame: Any) -> None:
    found = frame.loc["target_payoff"]
    assert [found[name] for name in ("higher", "lower", "clearly_higher", "clearly_lower", "error")] == [0.0] * 5


def test_without_joint_draws_there_is_nothing_to_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)
    with pytest.raises(StoreError, match="no joint draws"):
        robustness(sweep(experiment(), tmp_path / "runs"))
