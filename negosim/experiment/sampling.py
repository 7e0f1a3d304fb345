"""Designs that sample the factors: shares of [0, 1] by SciPy's quasi-Monte Carlo and by SALib, and the points they make.

A row of shares is a point of the design, and a column a factor. SALib's rows come in the order in which its analyses
expect the results, so row r of the sample is point r + 1, after the baseline (see `Experiment.sample`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy
from numpy.typing import NDArray

from negosim.common.errors import ExperimentError, ScenarioError
from negosim.experiment.factors import Vary, problem
from negosim.experiment.overrides import Overrides, Value
from negosim.scenario.salience import normalised, salience_of
from negosim.scenario.scenario import Scenario

SAMPLED = ("latin-hypercube", "sobol", "saltelli", "morris")
"""The designs whose points are a sample of the factors."""

GROUPED = ("saltelli", "morris")
"""Those that are made for an analysis by SALib, and can move factors in groups."""

BALANCED = ("sobol", "saltelli")
"""Those on a Sobol sequence, which is balanced at powers of 2 only."""

MORRIS_LEVELS = 4
"""Levels of a Morris design, the usual number (Morris 1991; Saltelli et al. 2008, Global Sensitivity Analysis, 3.2)."""

SECOND_ORDER = True
"""Whether a Saltelli design has the rows that indices of pairs of factors need: 2 (factors + 1) for each base point."""


def rows_of(design: str, factors: Sequence[Vary], size: int) -> int:
    """How many points a design has, the baseline not counted.

    size : points of a Latin hypercube and of a Sobol sequence, base points of Saltelli's, trajectories of Morris's

    >>> two = [Vary(parameter="a", range=[0, 1]), Vary(parameter="b", range=[0, 1])]
    >>> [rows_of(design, two, 8) for design in SAMPLED]
    [8, 8, 48, 24]
    """
    groups = len({factor.group or factor.parameter for factor in factors})
    steps = {"saltelli": 2 * groups + 2 if SECOND_ORDER else groups + 2, "morris": groups + 1}
    return size * steps.get(design, 1)


def unit_sample(design: str, factors: Sequence[Vary], size: int, seed: int) -> NDArray[numpy.float64]:
    """The sample as shares in [0, 1]: (points, factors). The same seed gives the same sample.

    latin-hypercube : one point in each of `size` equal parts of every factor (McKay, Beckman and Conover 1979)
    sobol : a scrambled Sobol sequence (Owen 1998), `size` a power of 2
    saltelli : for Sobol indices of first, second and total order (Saltelli 2002), by SALib.sample.sobol
    morris : trajectories that change one factor, or group, at a time (Morris 1991), by SALib.sample.morris
    """
    generator = numpy.random.default_rng(seed)
    if design == "latin-hypercube":
        from scipy.stats import qmc

        return qmc.LatinHypercube(len(factors), rng=generator).random(size)
    if design == "sobol":
        from scipy.stats import qmc

        return qmc.Sobol(len(factors), scramble=True, rng=generator).random_base2(size.bit_length() - 1)
    if design == "saltelli":
        from SALib.sample import sobol

        return sobol.sample(problem(factors), size, calc_second_order=SECOND_ORDER, seed=generator)
    from SALib.sample import morris

    return morris.sample(problem(factors), size, num_levels=MORRIS_LEVELS, seed=generator)


def sampled(
    factors: Sequence[Vary], shares: NDArray[numpy.float64], whole: frozenset[str], bases: Sequence[Scenario]
) -> Iterator[Overrides]:
    """The points of a sample: each share as a value of its factor.

    whole : parameters that take whole numbers
    bases : the scenarios in which the points are played

    Drawn weights of a salience in which no other weight is positive are divided by their sum; else they stay as drawn,
    and `Scenario.vary` rescales the others. ExperimentError with the point's number for a value that is infinite.
    """
    names = [factor.parameter for factor in factors]
    columns = [_column(number, factor, shares[:, number - 1], whole) for number, factor in enumerate(factors, start=1)]
    relative = [weights for weights in drawn_weights(names) if not any(_others(base, weights) for base in bases)]
    for number, row in enumerate(zip(*columns, strict=True), start=1):
        point: dict[str, Any] = dict(zip(names, row, strict=True))
        try:
            for weights in relative:
                point |= normalised({name: point[name] for name in weights})
        except ScenarioError as error:
            raise ExperimentError.of(error, place=f"point {number}: {salience_of(weights[0])}") from None
        yield point


def _column(place: int, factor: Vary, shares: NDArray[numpy.float64], whole: frozenset[str]) -> list[Value]:
    """The values of a factor, one a point."""
    try:
        values = factor.spread(shares, factor.parameter in whole)
    except ExperimentError as error:
        raise error.at(field=f"vary.{place}") from None
    for number, value in enumerate(values, start=1):
        if isinstance(value, float) and not math.isfinite(value):
            raise ExperimentError(
                f"is {value}: its distribution has no end",
                field=f"point {number}: {factor.parameter}",
                remedy="Take a distribution with ends, such as truncated-normal, or a range.",
            )
    return values


def drawn_weights(names: Iterable[str]) -> list[list[str]]:
    """The names of weights among the names, salience by salience."""
    found: dict[str, list[str]] = {}
    for name in names:
        salience = salience_of(name)
        if salience is not None:
            found.setdefault(salience, []).append(name)
    return list(found.values())


def _others(base: Scenario, weights: Sequence[str]) -> bool:
    """Whether the salience that some weights belong to has another positive weight."""
    salience: Any = base.get(str(salience_of(weights[0])))
    given = {name.rpartition(".")[2] for name in weights}
    return any(weight > 0.0 for issue, weight in salience.items() if issue not in given)
