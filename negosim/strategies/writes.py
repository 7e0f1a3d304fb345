"""What a user's functions write into of all that they are given: a write would change what the other side and later runs see.

Arrays are handed over read-only, so that Numba itself refuses most writes. What it lets through is found in the code that it
typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numba
import numpy as np
from numba import types
from numba.core import ir

from negosim.rules.records import Own, Public

CANNOT = (numba.core.errors.NumbaError, numba.core.errors.UnsupportedBytecodeError, KeyError, AttributeError)
"""What Numba raises for a function that it cannot compile."""

WAYS_ROUND = (np.ascontiguousarray, np.asfortranarray, np.fill_diagonal)
"""Functions of NumPy that write into an array, or return it as one to write into, although it is read-only."""


def read_only(kind: Any) -> bool:
    """Return whether a type is that of an array that may only be read."""
    return isinstance(kind, types.Array) and not kind.mutable


def arrays_written(function: Callable[..., Any], names: Sequence[str], kinds: Sequence[Any]) -> list[str]:
    """Return the arrays that keep a function from being compiled because they are read-only.

    names, kinds : of the arguments, the arrays among them read-only
    """
    open_kinds = [kind.copy(readonly=False) if read_only(kind) else kind for kind in kinds]
    if not _compiles(function, open_kinds):
        return []
    arrays = [place for place, kind in enumerate(kinds) if read_only(kind)]
    alone = {place: [kinds[place] if k == place else kind for k, kind in enumerate(open_kinds)] for place in arrays}
    return [names[place] for place, tried in alone.items() if not _compiles(function, tried)]


def _compiles(function: Callable[..., Any], kinds: Sequence[Any]) -> bool:
    try:
        numba.njit(tuple(kinds))(function)
    except CANNOT:
        return False
    return True


def written(compiled: Any) -> str:
    """Return what a compiled function, or one that it calls, writes into of what it is given; an empty text for nothing."""
    return next(_written(compiled, set()), "")


def _written(compiled: Any, seen: set[int]) -> Iterator[str]:
    if id(compiled) in seen:
        return
    seen.add(id(compiled))
    for result in compiled.overloads.values():
        if not hasattr(result.type_annotation, "typemap"):  # a rule of the package, loaded from the cache
            continue
        kinds = result.type_annotation.typemap
        yield from _by_statements(result.type_annotation, kinds)
        for kind in list(kinds.values()):
            if isinstance(kind, types.NumpyNdIterType) and any(map(read_only, kind.arrays)):
                yield "an array by numpy.nditer"
            elif isinstance(kind, types.Dispatcher):
                yield from _written(kind.dispatcher, seen)


def _by_statements(annotation: Any, kinds: Any) -> Iterator[str]:
    """Yield the fields that are set, the items that are set through ``flat``, and the calls that lead round what is read-only."""
    for block in annotation.blocks.values():
        for statement in block.body:
            target = kinds.get(getattr(getattr(statement, "target", None), "name", ""))
            if isinstance(statement, ir.SetAttr | ir.StaticSetItem) and target in (Own, Public):
                yield f".{getattr(statement, 'attr', None) or statement.index} of a record"
            elif isinstance(statement, ir.SetItem | ir.StaticSetItem) and isinstance(target, types.NumpyFlatType):
                if read_only(target.array_type):
                    yield "an array by its flat"
    for call, signature in annotation.calltypes.items():
        if getattr(call, "op", "") == "call" and any(map(read_only, signature.args)):
            called = getattr(kinds[call.func.name], "typing_key", None)
            if called in WAYS_ROUND:
                yield f"an array by numpy.{called.__name__}"
