"""A factor of an experiment: one parameter, and the values that it takes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import Annotated

import numpy
from numpy.typing import NDArray
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from negosim.common.errors import ExperimentError
from negosim.experiment.distributions import Distribution
from negosim.experiment.overrides import PlainValue, Value, as_tuple, each_once
from negosim.scenario.parameters import FARTHEST, Part, Slug


def _in_order(ends: tuple[float, float]) -> tuple[float, float]:
    if not ends[0] < ends[1]:
        raise ExperimentError(f"goes from {ends[0]} to {ends[1]}", remedy="Write [low, high].")
    return ends


DIGITS = 6
"""Significant digits of the step between two levels: a level that is not a short decimal is rounded to as many decimals."""

End = Annotated[float, Field(ge=-FARTHEST, le=FARTHEST)]
"""The type of an end of a range."""


class Vary(Part):
    """One parameter and what it takes: one of `values`, `range` and `distribution`.

    >>> Vary(parameter="sender.ambiguity", range=[0.0, 0.4], levels=3).levelled(whole=False)
    (0.0, 0.2, 0.4)
    >>> Vary(parameter="sender.toughness", range=[0.1, 1.0], levels=4).levelled(whole=False)
    (0.1, 0.4, 0.7, 1.0)
    >>> Vary(parameter="sender.strategy", values=["bluff", "micro"]).spread(numpy.array([0.1, 0.5, 0.9]), whole=False)
    ['bluff', 'micro', 'micro']
    """

    parameter: str = Field(description="dotted name, such as sender.ambiguity")
    values: (
        Annotated[tuple[PlainValue, ...], Field(min_length=1), BeforeValidator(as_tuple), AfterValidator(each_once)] | None
    ) = Field(None, description="the values it takes; a design that samples gives each an equal share")
    range: Annotated[tuple[End, End], BeforeValidator(as_tuple), AfterValidator(_in_order)] | None = Field(
        None, description="the ends of the range it is taken from, evenly"
    )
    levels: int | None = Field(
        None, ge=2, le=10_000, description="how many evenly spaced values of the range a grid or one-at-a-time takes"
    )
    distribution: Distribution | None = Field(None, description="the distribution it is drawn from")
    group: Slug | None = Field(None, description="factors of one group move together in a Saltelli or Morris design")
    headline: Annotated[tuple[PlainValue, PlainValue] | None, BeforeValidator(as_tuple)] = Field(
        None, description="two of the values, from and to: their difference is a finding"
    )

    @model_validator(mode="after")
    def _says_once_what_it_takes(self) -> Vary:
        said = [name for name in ("values", "range", "distribution") if getattr(self, name) is not None]
        if len(said) != 1:
            has = f"has {' and '.join(said)}" if said else "has none"
            raise ExperimentError(f"needs one of values, range and distribution, and {has}", remedy="Keep one of them.")
        if self.levels is not None and self.range is None:
            raise ExperimentError("has levels without a range", remedy="Levels divide a range: leave them out.")
        return self

    def levelled(self, whole: bool) -> tuple[Value, ...]:
        """The values one by one: those listed, or the levels of the range, both ends included.

        The levels are worked out in decimals, from the ends as they are written. One that is not a short decimal, such as a
        third, is rounded to the decimals with which the step between two levels has DIGITS significant digits. So each level
        is the number that it is shown as.

        whole : whether the parameter takes whole numbers, to which the levels are rounded then
        """
        if self.values is not None:
            return self.values
        if self.range is None or self.levels is None:
            raise ExperimentError("has no values to go through", remedy="List values, or give a range and levels.")
        first, last = _whole_ends(self.range) if whole else self.range
        low, high = Fraction(str(first)), Fraction(str(last))
        step = (high - low) / (self.levels - 1)
        digits = 0 if whole else DIGITS - 1 - math.floor(math.log10(step.numerator) - math.log10(step.denominator))
        between = [round(low + place * step, digits) for place in range(1, self.levels - 1)]
        found = (first, *(int(level) if whole else float(level) for level in between), last)
        if len(set(found)) < len(found):
            there = f"{int(high - low) + 1} whole numbers" if whole else "too few numbers"
            raise ExperimentError(f"has {there} in its range, fewer than its {self.levels} levels", remedy="Take fewer levels.")
        return found

    def spread(self, shares: NDArray[numpy.float64], whole: bool) -> list[Value]:
        """The value at each of these shares in [0, 1]: the quantile function of the factor.

        Listed values have equal shares, and so have the whole numbers in a range; a quantile of a distribution is
        rounded to a whole number where the parameter takes no other. A quantile may be infinite.
        """
        if self.values is not None:
            return [self.values[place] for place in _places(shares, len(self.values))]
        if self.range is not None:
            low, high = self.range
            if whole:
                first, last = _whole_ends(self.range)
                return [first + place for place in _places(shares, last - first + 1)]
            found: list[Value] = numpy.clip(low + shares * (high - low), low, high).tolist()
            return found
        assert self.distribution is not None
        quantiles = self.distribution.quantile(shares)
        found = (numpy.rint(quantiles) if whole else quantiles).tolist()
        return [int(value) if whole and isinstance(value, float) and math.isfinite(value) else value for value in found]


def _places(shares: NDArray[numpy.float64], n: int) -> list[int]:
    """Which of n equal parts of [0, 1] each share lies in, from 0; 1 itself lies in the last."""
    places: list[int] = numpy.minimum((shares * n).astype(int), n - 1).tolist()
    return places


def _whole_ends(ends: tuple[float, float]) -> tuple[int, int]:
    """The first and the last whole number of a range; ExperimentError when it has none."""
    first, last = math.ceil(ends[0]), math.floor(ends[1])
    if first > last:
        raise ExperimentError(f"has no whole number in its range, {ends[0]} to {ends[1]}", remedy="Widen the range.")
    return first, last


def problem(factors: Iterable[Vary]) -> dict[str, object]:
    """The factors as SALib describes a problem: names, bounds and, if any has one, groups.

    Every bound is [0, 1]: SALib sees the shares, of which `Vary.spread` makes the values. A factor without a group is
    a group of its own.

    >>> problem([Vary(parameter="a", range=[1, 2], group="x"), Vary(parameter="b", values=[1, 2])])["groups"]
    ['x', 'b']
    """
    known = list(factors)
    names = [factor.parameter for factor in known]
    found: dict[str, object] = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0] for _ in names]}
    if any(factor.group for factor in known):
        found["groups"] = [factor.group or factor.parameter for factor in known]
    return found
