"""Mutated experiments and tables of points: refused with one clear error, or played with finite numbers."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from negosim.engine.kernel import simulate
from negosim.experiment.experiment import Experiment
from negosim.experiment.spec import ExperimentSpec
from tests.fuzzing.judging import check_runs, refused_or
from tests.fuzzing.mutating import mutated, spoilt

MUTANTS = 40
"""Mutants in a batch."""

MOST_POINTS = 12
"""Points of an accepted experiment that are played."""

USUAL: dict[str, Any] = {
    "name": "mine", "title": "Mine", "question": "Who gains?", "scenario": "pie", "replications": 4, "seed": 1,
}
"""What every experiment says."""

DRAWN = (
    {"kind": "uniform", "low": 0.8, "high": 1.0},
    {"kind": "log-uniform", "low": 0.3, "high": 1.0},
    {"kind": "truncated-normal", "mean": 0.9, "sd": 0.05, "low": 0.8, "high": 1.0},
    {"kind": "lognormal", "median": 0.5, "log_sd": 0.1},
    {"kind": "triangular", "low": 0.8, "mode": 0.9, "high": 1.0},
    {"kind": "beta", "a": 2.0, "b": 3.0, "low": 0.5, "high": 0.9},
    {"kind": "normal", "mean": 0.5, "sd": 0.01},
)
"""A distribution of each kind."""

PATIENCE = {"range": [0.8, 1.0], "group": "patience"}

TREES: tuple[dict[str, Any], ...] = (
    {**USUAL, "vary": [{"parameter": "sender.ambiguity", "values": [0.0, 0.2]}, {"parameter": "talks.rounds", "values": [2, 4]}]},
    {**USUAL, "vary": [{"parameter": "talks.rounds", "range": [2.0, 6.0], "levels": 3}], "baseline": {"target.ambiguity": 0.1}},
    {
        **USUAL, "scenario": "logrolling", "design": "one-at-a-time", "chunk": 2, "columns": ["sender_utility"], "paths": 1,
        "vary": [{"parameter": "sender.strategy", "values": ["micro", "bluff"], "headline": ["micro", "bluff"]}],
    },
    {**USUAL, "points": [{"sender.ambiguity": 0.1}, {"sender.toughness": 2.0, "talks.rounds": 3}], "luck": "independent"},
    {
        **USUAL, "design": "morris", "size": 2, "scenario": "logrolling", "vary": [
            {"parameter": "sender.discount", **PATIENCE}, {"parameter": "target.discount", **PATIENCE},
            {"parameter": "talks.rounds", "range": [1, 9]}, {"parameter": "sender.principal.salience.price", "range": [0.2, 0.8]},
        ],
    },
    *(
        {**USUAL, "design": "sobol", "size": 4, "vary": [{"parameter": "sender.discount", "distribution": drawn}]}
        for drawn in DRAWN
    ),
    {**USUAL, "scenario": "us-japan-2025", "design": "joint-draws", "size": 3},
    {
        **USUAL, "scenario": "us-japan-2025", "assumed_draws": 2, "draw_replications": 2, "reported": {"rice": 0.5}, "vary": [
            {"parameter": "trade.elasticity", "values": [3.0, 5.0]},
            {"parameter": "trade.flows.japan-to-us.amount", "values": [150.0]},
        ],
    },
    {
        **USUAL, "precision": {"quantity": ["sender_payoff"], "half_width": 0.1, "of": "means", "most": 100},
        "vary": [{"parameter": "sender.ambiguity", "values": [0.1]}], "case": [
            {"name": "plain"}, {"name": "short", "title": "Short", "set": {"talks.rounds": 3}},
            {"name": "rolling", "scenario": "logrolling"},
        ],
    },
)
"""Experiments that use every key between them."""

TABLE = """\
sender.ambiguity, talks.rounds, sender.strategy, target.discount
0.1, 3, commitment, 0.9
,5,,
0.2,,"time-dependent",1e-1
0.3,4,micro,0.95
"""


def test_the_experiments_that_are_mutated_use_every_key() -> None:
    used = {key for tree in TREES for key in tree}
    assert used == set(ExperimentSpec.model_fields)
    for tree in TREES:
        Experiment(**tree)


@pytest.mark.parametrize("batch", range(10))
def test_a_mutated_experiment_is_refused_or_played_with_finite_numbers(batch: int) -> None:
    for number in range(batch * MUTANTS, (batch + 1) * MUTANTS):
        judge_experiment(number)


def judge_experiment(number: int) -> None:
    """Judge a mutant of the values of an experiment."""
    rng = random.Random(f"experiment {number}")
    tree = {str(key): value for key, value in mutated(rng, rng.choice(TREES)).items()}
    _judge(refused_or(lambda: Experiment(**tree), number), number)


@pytest.mark.parametrize("batch", range(8))
def test_a_mutated_table_of_points_is_refused_or_played_with_finite_numbers(batch: int, tmp_path: Path) -> None:
    for number in range(batch * MUTANTS, (batch + 1) * MUTANTS):
        judge_table(number, tmp_path / "points.csv")


def judge_table(number: int, path: Path) -> None:
    """Judge an experiment whose table of points has other cells, or is spoilt."""
    rng = random.Random(f"table {number}")
    cells = mutated(rng, {"lines": [line.split(",") for line in TABLE.splitlines()]})
    lines = cells["lines"] if isinstance(cells.get("lines"), list) else []
    text = "\n".join(",".join(map(_cell, line)) if isinstance(line, list) else _cell(line) for line in lines)
    if rng.random() < 0.2:
        text = text.replace(",", rng.choice(";\t|"))
    content = text.encode(errors="surrogatepass")
    path.write_bytes(spoilt(rng, content) if rng.random() < 0.5 else content)
    _judge(refused_or(lambda: Experiment(**USUAL, points=path), number), number)


def _cell(value: Any) -> str:
    return str(value) if not isinstance(value, int) or value.bit_length() < 10_000 else "9" * 5_000


def _judge(experiment: Experiment | None, number: int) -> None:
    """Play some runs of some points of an accepted experiment, and look at every number."""
    if experiment is None:
        return
    points = experiment.design_points
    for point in points[:: max(1, len(points) // MOST_POINTS)][:MOST_POINTS]:
        check_runs(simulate(experiment.scenario_at(point), 2, experiment.seed), number)
