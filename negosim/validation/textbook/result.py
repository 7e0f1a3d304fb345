"""What a known result is: its cases, how its parameters are drawn, and how the engine is measured beside the closed form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from negosim.engine.prepare import NODES
from negosim.strategies.shipped.risk_return import GOLDEN, REFINEMENTS, STRIDE

EXACT = 1e-6
"""Bound of a number that does not depend on luck, where nothing is extrapolated and no offer is searched for."""

RESOLUTION = GOLDEN ** (REFINEMENTS + 1) * 2 * STRIDE / (NODES - 1)
"""Bound of an offer that a side finds by golden sections on the frontier (``strategies.shipped.risk_return``), in utility.

The best place lies in the last section, whose width is GOLDEN**REFINEMENTS of 2 STRIDE nodes; what is offered is one of the two
places inside it. Along the frontier of a pie utility is linear, 1 over all nodes."""

ERRORS = 4.0
"""Standard errors within which a mean must lie: a true formula is refused once in 15,787 times."""

WIDEST = 0.01
"""What four standard errors may come to at most, in shares of the pie."""

LOOSEST = 0.02
"""What four standard errors and the bound may come to together: a number that may lie further off is not held to anything."""

RARE = (ERRORS**2 - 1.0) / 6.0 + 0.5
"""Runs by which a count of what is rare may be further off, as counts are skewed (Cornish & Fisher 1938) and whole."""

Parameters = Mapping[str, float]


class Measured(NamedTuple):
    """One number: what it is, what the closed form says, what the engine played, and how near they have to be.

    The bound is beside the standard errors: what rounding, the search for an offer, a horizon or a step that is not
    infinitesimal may move. ``runs`` is the number of runs that were played for it.
    """

    what: str
    closed_form: float
    engine: float
    bound: float = EXACT
    standard_error: float = 0.0
    runs: int = 1


class Result(NamedTuple):
    """A known result: where it stands in the literature, the cases that are always tried, and how to draw others.

    ``measure`` takes a case's parameters by keyword and the seed of all luck; it plays the engine and yields numbers. ``draw``
    returns parameters anywhere in the domain of the result.
    """

    name: str
    title: str
    source: str
    cases: tuple[Parameters, ...]
    draw: Callable[[np.random.Generator], Parameters]
    measure: Callable[..., Iterable[Measured]]


def mean_of(what: str, values: NDArray[Any], closed_form: float, bound: float = 0.0) -> Measured:
    """Return the mean of values (runs,) beside its closed form, with its standard error."""
    error = float(np.std(values, ddof=1)) / np.sqrt(len(values))
    return Measured(what, closed_form, float(np.mean(values)), max(bound, EXACT), error, len(values))


def share_of(what: str, hits: NDArray[Any], closed_form: float, bound: float = 0.0) -> Measured:
    """Return the share of hits (runs,), true or false, beside its closed form p, with the standard error sqrt(p (1 - p) / runs).

    That of the runs would be nothing where something rare did not happen. Where the bound lets p be another, the error is the
    largest of those. What happens sometimes, yet not always, may be RARE runs further off.
    """
    nearest_half = float(np.clip(0.5, closed_form - bound, closed_form + bound))
    error = float(np.sqrt(nearest_half * (1.0 - nearest_half) / len(hits)))
    rare = RARE / len(hits) if 0.0 < closed_form < 1.0 else 0.0
    return Measured(what, closed_form, float(np.mean(hits)), max(bound + rare, EXACT), error, len(hits))


def limit_of(what: str, closed_form: float, coarse: Measured, fine: Measured, bound: float) -> Measured:
    """Return two measurements extrapolated to a step of length zero: 2 x fine - coarse, the step of fine being half as long.

    The gap of a first-order scheme halves with the step. Standard errors add up as those of independent runs.
    """
    error = float(np.hypot(2.0 * fine.standard_error, coarse.standard_error))
    return Measured(what, closed_form, 2.0 * fine.engine - coarse.engine, bound, error, coarse.runs + fine.runs)
