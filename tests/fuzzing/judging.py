"""What a mutant may come to: it is refused with one clear error, or accepted, and then every number is finite that is due."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from negosim import Negotiation, Scenario
from negosim.common.errors import ScenarioError, StoreError
from negosim.common.vocabulary import Ending
from negosim.engine.kernel import simulate
from negosim.engine.outcomes import RUN, Outcomes
from negosim.store.failures import PointsFailedError
from tests.laws.playing import differences

RUNS, SEED = 3, 3
"""Runs that the kernel plays of what is accepted, and their seed."""

LONGEST = 1500
"""Characters of an error at most."""

ALWAYS = ("payoff", "ledger", "reservation", "peak_stress")
"""The numbers that every run has."""

WITH_A_DEAL = ("utility", "frontier_distance", "nash_distance")
"""The numbers that a run has if, and only if, something was settled."""

Found = TypeVar("Found")


def refused_or(work: Callable[[], Found], mutant: object = "") -> Found | None:
    """What some work gives; None where it is refused with one clear error. Any other error is raised with the mutant's number."""
    try:
        return work()
    except (ScenarioError, StoreError, PointsFailedError) as error:
        said = str(error)
        assert said and "\n" not in said and len(said) <= LONGEST, f"mutant {mutant}: not one clear line: {said!r}"
        assert said[-1] in ".?)", f"mutant {mutant}: no whole sentence: {said!r}"
        return None
    except Exception as error:
        error.add_note(f"mutant {mutant}")
        raise


def check_scenario(scenario: Scenario, mutant: object = "") -> None:
    """Play an accepted scenario in both engines, look at every number, and let it come back from its text."""
    assert Scenario.build(tomllib.loads(scenario.to_toml())) == scenario, f"mutant {mutant} comes back from its text changed"
    many = simulate(scenario, RUNS, SEED)
    check_runs(many, mutant)
    one = Negotiation(scenario, SEED, 0).play().outcome
    assert one is not None
    first = Outcomes(scenario, 0, many.runs[:1], many.settlements[:1], many.in_force[:1])
    assert not differences(first, one), f"mutant {mutant}: the engines differ"


def check_runs(outcomes: Outcomes, mutant: object = "") -> None:
    """Every number of some runs is finite where one is due, and missing only where there is none."""
    runs = outcomes.runs
    deal = np.isin(runs["ending"], (Ending.SETTLED, Ending.SETTLED_IN_PART))
    numbers = {name: runs[name] for name in (*ALWAYS, *WITH_A_DEAL)}
    assert {*numbers, "reversed_after"} == {name for name in RUN.names or () if RUN[name].base.kind == "f"}
    numbers |= {"settlements": outcomes.settlements, "in_force": outcomes.in_force}
    for name, column in (refused_or(outcomes.columns, mutant) or {}).items():
        if column.dtype.kind == "f":
            numbers[name] = column
    numbers.pop("reversed_after", None)  # which is missing where nothing is taken back
    for name, values in numbers.items():
        needs_a_deal = name in WITH_A_DEAL or name.startswith("settle") or name.endswith(("_utility", "_distance"))
        due = deal if needs_a_deal else np.ones(len(runs), dtype=bool)
        assert (_finite(values) == due).all(), f"mutant {mutant}: {name} = {values}"
    assert not np.isinf(runs["reversed_after"]).any(), f"mutant {mutant}: reversed after {runs['reversed_after']}"


def _finite(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether all numbers of a run are finite, run by run."""
    return np.asarray(np.isfinite(values).reshape(len(values), -1).all(axis=1))
