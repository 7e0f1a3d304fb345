"""Known results beside mutated rules: sources with one place changed, compiled apart from the package while a test runs.

A mutated module, and the compiled modules that have its rules built in, are executed anew from their sources, and put where
Python looks for them. Their machine code is not kept on disk: it is compiled for a source that is no file of the package.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType

import pytest

from negosim.strategies import catalogue
from negosim.validation.textbook.result import Result
from negosim.validation.textbook.run import rows_of
from tests.oracles.mutants import Mutant
from tests.tracing import kept

COMPILED = ("negosim.rules", "negosim.strategies", "negosim.engine.kernel")
"""Modules whose rules keep what was built into them: they are compiled anew or left as they are, never changed in part."""


def _built_in(module: ModuleType) -> set[str]:
    """Return the names that the rules of such a module use, and so keep as they are; what its plain functions use is free."""
    if not module.__name__.startswith(COMPILED):
        return set()
    rules = [value.py_func for value in vars(module).values() if hasattr(value, "py_func")]
    return {name for function in rules for name in function.__code__.co_names}


def mutated_source(source: str, mutants: Iterable[Mutant]) -> str:
    """Return a source with the text of each mutant exchanged; it must stand there once."""
    for mutant in mutants:
        assert source.count(mutant.old) == 1, f"{mutant.old!r} stands {source.count(mutant.old)} times in {mutant.module}"
        source = source.replace(mutant.old, mutant.new)
    return source


def _put(patch: pytest.MonkeyPatch, name: str, fresh: ModuleType) -> None:
    """Put a module where ``import`` and ``from package import module`` find it."""
    patch.setitem(sys.modules, name, fresh)
    package, _, last = name.rpartition(".")
    patch.setattr(sys.modules[package], last, fresh)


def _hand_on(patch: pytest.MonkeyPatch, original: ModuleType, fresh: ModuleType) -> None:
    """Let plain Python that holds a module, or what is defined in it, hold its mutated double."""
    doubles = {id(value): vars(fresh)[name] for name, value in vars(original).items() if callable(value) and name in vars(fresh)}
    doubles[id(original)] = fresh
    for name, module in list(sys.modules.items()):
        if name.startswith("negosim") and module is not fresh:
            kept = _built_in(module)
            for attribute, value in list(vars(module).items()):
                if id(value) in doubles and not attribute.startswith("__") and attribute not in kept:
                    patch.setattr(module, attribute, doubles[id(value)])


@contextmanager
def mutated(mutants: Iterable[Mutant], compiled_anew: Iterable[str] = ()) -> Iterator[None]:
    """Exchange the rules of mutants within the block; ``compiled_anew`` are modules to compile, imported ones first."""
    for strategy in catalogue.NAMES:
        catalogue.strategy(strategy)  # what is loaded in the block for the first time would keep the mutants after it
    chosen = list(dict.fromkeys(mutants))
    names = list(dict.fromkeys([*compiled_anew, *(mutant.module for mutant in chosen)]))
    originals = {name: import_module(name) for name in names}
    with kept(), pytest.MonkeyPatch.context() as patch:
        doubles = {}
        for name, original in originals.items():
            source = mutated_source(inspect.getsource(original), [mutant for mutant in chosen if mutant.module == name])
            doubles[name] = ModuleType(name)
            _put(patch, name, doubles[name])
            exec(compile(source, f"<{name}, mutated>", "exec"), doubles[name].__dict__)
        for name, original in originals.items():
            _hand_on(patch, original, doubles[name])
        yield


def holds(result: Result, seed: int = 0) -> bool:
    """Return whether every row of a result holds; it stops at the first that does not."""
    return all(row.passes for parameters in result.cases for row in rows_of(result, parameters, seed))
