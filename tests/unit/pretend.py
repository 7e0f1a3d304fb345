"""A pretended kernel, for tests of what surrounds the real one: quick, and exact to the last digit."""

from __future__ import annotations

from typing import Any

import numpy
import pyarrow
import pytest

import negosim.sweeps.play
from negosim.experiment.experiment import Experiment
from negosim.scenario.scenario import Scenario


class Outcomes:
    """Outcomes with the methods that a sweep uses."""

    def __init__(self, table: pyarrow.Table) -> None:
        self._table = table

    def table(self) -> pyarrow.Table:
        return self._table

    def columns(self) -> dict[str, numpy.ndarray]:
        return {name: self._table[name].to_numpy() for name in self._table.column_names}


def simulate(scenario: Scenario, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> Outcomes:
    """Runs whose luck depends on the seed and the replication alone, and whose payoffs also on the scenario.

    Each sender's payoff is a number of luck plus its ambiguity; every fourth run ends without a settlement.
    `between` is not told of slices: a batch is one.
    """
    runs = numpy.arange(first, first + replications, dtype=numpy.int64)
    luck = ((runs * 7919 + seed * 104729) % 1009) / 1009
    agreed = runs % 4 != 3
    return Outcomes(
        pyarrow.table(
            {
                "replication": runs,
                "ending": numpy.where(agreed, "settled", "impasse").astype(object),
                "agreed": agreed,
                "rounds": (runs % scenario.talks.rounds + 1).astype(numpy.int32),
                "sender_payoff": luck + scenario.sender.ambiguity,
                "target_payoff": 1.0 - luck,
                "settled_pie": pyarrow.array(100.0 * luck, mask=~agreed),
            }
        )
    )


def experiment(**changes: Any) -> Experiment:
    """A small experiment on the pie: the baseline and two points, ten runs each, in chunks of four."""
    fields: dict[str, Any] = {
        "name": "small",
        "title": "A small experiment",
        "question": "Does ambiguity pay?",
        "scenario": "pie",
        "vary": [{"parameter": "sender.ambiguity", "values": [0.1, 0.2]}],
        "replications": 10,
        "seed": 7,
        "chunk": 4,
    }
    return Experiment(**{**fields, **changes})


ASSUMING = {
    "sender.toughness": (0.5, 2.0),
    "talks.rounds": (3, 12),
}


def assuming(ranges: dict[str, tuple[float, float]] | None = None, name: str = "pie") -> Scenario:
    """The pie, or another scenario, with assumed numbers that have a range."""
    scenario = Scenario.load(name)
    notes = {
        parameter: {"assumed": "for the test", "range": span} for parameter, span in (ranges or ASSUMING).items()
    }
    values = {name: getattr(scenario, name) for name in Scenario.model_fields}
    return Scenario.model_validate(values | {"notes": notes})


EXPERIMENT = """
name = "small"
title = "A small experiment"
question = "Does ambiguity pay?"
scenario = "pie"
replications = 10
chunk = 4
seed = 7

[[vary]]
parameter = "sender.ambiguity"
values = [0.0, 0.1, 0.2]
headline = [0.0, 0.2]
"""
"""The file of an experiment."""


def failing_at(monkeypatch: pytest.MonkeyPatch, level: float, begin: int | None = None) -> None:
    """Have the runner play pretended runs, of which those at this ambiguity of the sender fail, or those that `begin` there."""

    def failing(scenario: Scenario, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> Outcomes:
        if scenario.sender.ambiguity == level and begin in (None, first):
            raise ArithmeticError("wages were not found")
        return simulate(scenario, replications, seed, first)

    monkeypatch.setattr(negosim.sweeps.play, "simulate", failing)
