"""A check is worth something only if it can fail: with one rule mutated, each known result does."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest

from negosim.validation.textbook.run import RESULTS
from tests.architecture.house import ROOT
from tests.oracles.mutants import BATCHES, INDUCTION, MUTANTS, PERFECT, TRADE, Mutant
from tests.oracles.mutating import holds, mutated, mutated_source

ALONE = (PERFECT, INDUCTION, TRADE)
"""A strategy, rules that Python calls, and plain Python: what is compiled anew without a fault, as a counter-trial."""


def test_every_known_result_has_a_mutant() -> None:
    assert set(MUTANTS) == set(RESULTS)
    assert all(mutant.old != mutant.new and mutant.wrong for mutant in MUTANTS.values())


def test_every_mutant_is_tried_once() -> None:
    tried = Counter(name for batch in BATCHES.values() for name in batch.results)
    assert tried == Counter(MUTANTS.keys())
    for batch in BATCHES.values():
        assert {MUTANTS[name].module for name in batch.results} <= set(batch.compiled_anew)


@pytest.mark.parametrize("batch", BATCHES)
def test_each_result_fails_with_its_rule_mutated(batch: str) -> None:
    results = BATCHES[batch].results
    with mutated((MUTANTS[name] for name in results), BATCHES[batch].compiled_anew):
        assert [name for name in results if holds(RESULTS[name])] == []


@pytest.mark.parametrize("batch", [name for name, batch in BATCHES.items() if batch.compiled_anew[-1] in ALONE])
def test_a_result_still_holds_with_its_rules_compiled_anew_and_no_fault_in_them(batch: str) -> None:
    """Compiling a rule apart from the package does not make a result fail by itself."""
    with mutated((), BATCHES[batch].compiled_anew):
        assert holds(RESULTS[BATCHES[batch].results[0]])


def test_what_is_loaded_for_the_first_time_keeps_no_mutant() -> None:
    """Strategies are loaded when they are first asked for; in a process of its own, in which none has been."""
    program = (
        "from tests.oracles.mutating import mutated\n"
        "with mutated((), (%r,)):\n"
        "    from negosim.strategies.shipped import subgame_perfect\n"
        "from negosim.rules.solvers import induction\n"
        "assert subgame_perfect.solve_induction is induction.solve_induction\n"
    )
    subprocess.run([sys.executable, "-c", program % INDUCTION], check=True, cwd=ROOT)


def test_a_text_that_a_mutant_would_exchange_but_that_is_not_there_is_found_out() -> None:
    mutant = Mutant("negosim.rules.clock", "gone", "there", "nothing")
    with pytest.raises(AssertionError, match="stands 0 times"):
        mutated_source("x = 1\n", [mutant])
