"""Playing runs in both engines, and saying where two runs differ."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negosim import Negotiation, Scenario
from negosim.engine import kernel
from negosim.engine.outcomes import RUN, Outcomes


def differences(ours: Outcomes, theirs: Outcomes) -> list[str]:
    """Return the fields of the run records, "settlement" and "in force", where two batches are not the same bits."""
    fields = [name for name in RUN.names or () if not same_bits(ours.runs[name], theirs.runs[name])]
    fields += ["settlement"] * (not same_bits(ours.settlements, theirs.settlements))
    return fields + ["in force"] * (not same_bits(ours.in_force, theirs.in_force))


def same_bits(ours: NDArray[np.generic], theirs: NDArray[np.generic]) -> bool:
    """Return whether two arrays are equal, NaN where the other has NaN, and a zero of the same sign."""
    if ours.dtype.kind != "f":
        return np.array_equal(ours, theirs)
    return np.array_equal(ours, theirs, equal_nan=True) and np.array_equal(np.signbit(ours), np.signbit(theirs))


def by_mesa(scenario: Scenario, seed: int, replication: int = 0) -> Outcomes:
    """Return one run as the Mesa model plays it, person by person."""
    outcome = Negotiation(scenario, seed, replication).play().outcome
    assert outcome is not None
    return outcome


def by_kernel(scenario: Scenario, seed: int, replication: int = 0) -> Outcomes:
    """Return the same run as the batch kernel plays it."""
    return kernel.simulate(scenario, 1, seed, first=replication)
