"""A sweep does not stop because something rare has not happened yet, and where it stops its interval holds the truth."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy
import pytest

import negosim.sweeps.play
from negosim.experiment.experiment import Experiment
from negosim.results.intervals import difference_interval
from negosim.results.results import Results
from negosim.store.precision import Reached, Widest
from negosim.sweeps.runner import sweep
from negosim.sweeps.stopping_rule import look, next_runs
from tests.unit import pretend

pytestmark = pytest.mark.slow


def experiment(**changes: Any) -> Experiment:
    """Three points of the pie, 100 runs and more at each."""
    return pretend.experiment(**{"replications": 100, "chunk": 100, "precision": {"half_width": 0.02}, **changes})


def with_rare(monkeypatch: pytest.MonkeyPatch, chance: float, seed: int, column: str = "ending") -> None:
    """Let an event happen in some runs of the baseline alone: a breakdown, or a cost of 1 in some column of numbers."""

    def simulate(scenario: Any, replications: int, seed: int = seed, first: int = 0, between: Any = None) -> Any:
        table = pretend.simulate(scenario, replications, seed, first).table()
        happens = numpy.random.default_rng(seed).random(first + replications)[first:] < chance
        happens &= scenario.sender.ambiguity == 0.0
        if column == "ending":
            values = numpy.where(happens, "breakdown", "settled").astype(object)
            return pretend.Outcomes(table.set_column(table.column_names.index("ending"), "ending", [values]))
        return pretend.Outcomes(table.append_column(column, [happens.astype(float)]))

    monkeypatch.setattr(negosim.sweeps.play, "simulate", simulate)


@pytest.mark.parametrize("of", ["means", "differences"])
@pytest.mark.parametrize(("quantity", "column"), [("ending_breakdown", "ending"), ("threats_executed", "threats_executed")])
def test_no_sweep_stops_because_nothing_has_happened_yet(
    of: str, quantity: str, column: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a chance of .005 nothing happens in 100 runs of the baseline in three sweeps of five."""
    happened = 0
    for seed in range(12):
        with_rare(monkeypatch, 0.005, seed, column)
        precision = {"quantity": quantity, "half_width": 0.0005, "of": of, "most": 300}
        results = sweep(experiment(seed=seed, precision=precision), tmp_path / str(seed), workers=1)
        first = look(Results(results.out, 100))
        assert not first.is_enough and first.widest[0].half_width > 0.019
        assert results.reached is not None and results.reached.runs == 300 and not results.reached.is_enough
        happened += numpy.random.default_rng(seed).random(100).min() < 0.005
    assert 2 <= happened <= 8


def test_what_never_happens_is_settled_once_the_runs_leave_no_room_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_rare(monkeypatch, 0.0, 0)
    precision = {"quantity": "ending_breakdown", "half_width": 0.01}
    results = sweep(experiment(precision=precision), tmp_path / "runs", workers=1)
    assert results.reached is not None and results.reached.is_enough
    assert 368 <= results.reached.runs <= 1_400  # 1 - 0.025^(1/n) is 0.01 from 368 runs on; the next look was set by n q^2


@pytest.mark.parametrize(("chance", "wanted"), [(0.005, 0.002), (0.02, 0.02), (0.001, 0.0005)])
def test_the_intervals_at_which_sweeps_stop_hold_a_rare_difference_as_often_as_others(chance: float, wanted: float) -> None:
    """Of 400 sweeps 380 should hold the truth; seeded, and 18 below that is four standard errors. None stops at 100 runs."""
    draws, held, made = numpy.random.default_rng(6), 0, experiment()
    for _ in range(400):
        runs, events, then = 0, 0, 100
        while then != runs:
            events, runs = events + draws.binomial(then - runs, chance), then
            difference = events / runs
            sd = math.sqrt((events - runs * difference**2) / (runs - 1))
            low, high = (float(end) for end in difference_interval(difference, sd, runs, True))
            widest = Widest("ending_breakdown", max(high - difference, difference - low), 1)
            then = next_runs(made.with_runs(runs), Reached(runs, wanted, "differences", (widest,)))
        held += low <= chance <= high
        assert runs > 100
    assert held >= 362


def test_a_real_sweep_does_not_stop_before_a_rare_difference_shows(tmp_path: Path) -> None:
    """Without its damage a threat raises breakdowns of the case by half a point: 100 pairs of runs mostly show no difference."""
    vary = [{"parameter": "threats.reciprocal-tariff.damage", "values": [0.0]}]
    precision = {"quantity": "ending_breakdown", "of": "differences", "half_width": 0.0005, "most": 200}
    fields = {"name": "rare", "title": "Rare", "question": "How rare?", "scenario": "us-japan-2025", "vary": vary}
    unseen_at_first = 0
    for seed in range(12):
        made = Experiment(**fields, precision=precision, replications=100, chunk=100, seed=seed)
        results = sweep(made, tmp_path / str(seed), workers=1)
        assert results.reached is not None and results.reached.runs == 200 and not results.reached.is_enough
        frame = results.query("select run, point, (ending = 'breakdown')::int as x from runs where run < 100 order by point, run")
        unseen_at_first += (frame["x"].to_numpy()[:100] == frame["x"].to_numpy()[100:]).all()
    assert unseen_at_first >= 3  # each of these stopped at once while the interval was 0 +- 0
