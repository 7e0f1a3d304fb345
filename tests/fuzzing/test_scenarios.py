"""Mutated scenarios: refused with one clear error, or played by both engines with finite numbers; saved and loaded unchanged."""

from __future__ import annotations

import math
import random
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from negosim import Scenario
from negosim.common.errors import ScenarioError
from negosim.scenario import dotted_names
from negosim.scenario.dotted_names import Leaf
from tests.fuzzing.judging import check_scenario, refused_or
from tests.fuzzing.mutating import mutated, spoilt
from tests.laws.worlds import world

MUTANTS = 50
"""Mutants in a batch."""

USUAL = {"rounds": 12, "levels": 6}
"""Numbers by which time grows, and how far they go here."""


@cache
def scenarios() -> tuple[Scenario, ...]:
    """The scenarios that are mutated: those shipped, and random small worlds, which reach every parameter."""
    return (*map(Scenario.load, Scenario.names()), *map(world, range(0, 300, 10)))


@cache
def trees() -> tuple[dict[str, Any], ...]:
    """The same as files have them, notes included."""
    return tuple(tomllib.loads(scenario.to_toml()) for scenario in scenarios())


def ends(leaf: Leaf) -> tuple[float, float]:
    """The least and the largest number that a parameter may be."""
    bounds = {
        sign: getattr(entry, sign)
        for entry in leaf.declared.metadata
        for sign in ("ge", "gt", "le", "lt")
        if getattr(entry, sign, None) is not None
    }
    low = bounds["ge"] if "ge" in bounds else math.nextafter(bounds.get("gt", -math.inf), math.inf)
    high = bounds["le"] if "le" in bounds else math.nextafter(bounds.get("lt", math.inf), -math.inf)
    return low, min(high, USUAL.get(leaf.name.rpartition(".")[2], high))


def at_the_ends(rng: random.Random, scenario: Scenario) -> Scenario:
    """The scenario with some of its numbers at the ends of their ranges, as far as they go together."""
    for _ in range(rng.choice((1, 2, 4, 8, 16))):
        leaf = rng.choice([leaf for leaf in dotted_names.leaves(scenario) if leaf.sweepable])
        if leaf.name.endswith(".salience"):
            name, value = f"{leaf.name}.{rng.choice(scenario.issues).name}", rng.choice((0.0, 1.0, 0.5, 5e-324, 1e-300))
        else:
            low, high = ends(leaf)
            name, value = leaf.name, rng.choice((low, high, low + rng.random() * (high - low)))
            value = int(value) if leaf.is_whole else value
        try:
            scenario = scenario.vary({name: value})
        except ScenarioError:
            continue
    return scenario


@pytest.mark.parametrize("batch", range(16))
def test_a_mutated_scenario_is_refused_or_played_with_finite_numbers(batch: int) -> None:
    for number in range(batch * MUTANTS, (batch + 1) * MUTANTS):
        judge_tree(number)


def judge_tree(number: int) -> None:
    """Judge a mutant of the values of a scenario."""
    rng = random.Random(f"scenario {number}")
    tree = mutated(rng, rng.choice(trees()))
    scenario = refused_or(lambda: Scenario.build(tree, file="mine.toml"), number)
    if scenario is not None:
        check_scenario(scenario, number)


@pytest.mark.parametrize("batch", range(3))
def test_a_scenario_at_the_ends_of_its_ranges_is_played_with_finite_numbers(batch: int) -> None:
    for number in range(batch * MUTANTS, (batch + 1) * MUTANTS):
        judge_ends(number)


def judge_ends(number: int) -> None:
    """Judge a scenario with numbers at the ends of their ranges."""
    rng = random.Random(f"ends {number}")
    check_scenario(at_the_ends(rng, rng.choice(scenarios())), number)


@pytest.mark.parametrize("batch", range(6))
def test_a_spoilt_file_of_a_scenario_is_refused_or_played_with_finite_numbers(batch: int, tmp_path: Path) -> None:
    for number in range(batch * MUTANTS, (batch + 1) * MUTANTS):
        judge_file(number, tmp_path / "mine.toml")


def judge_file(number: int, path: Path) -> None:
    """Judge a scenario whose file is spoilt; what is accepted also comes back from a file."""
    rng = random.Random(f"file {number}")
    path.write_bytes(spoilt(rng, rng.choice(scenarios()).to_toml().encode()))
    scenario = refused_or(lambda: Scenario.load(path), number)
    if scenario is not None:
        check_scenario(scenario, number)
        scenario.save(path)
        assert Scenario.load(path) == scenario, f"mutant {number} comes back from its file changed"
