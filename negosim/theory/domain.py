"""Where a formula holds: its arguments as arrays of one shape, refused outside their domain by value, bound and remedy."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Numbers = float | Array
"""What a formula returns: a float if all that it was given are scalars, otherwise an array of their common shape."""


class Interval(NamedTuple):
    """An interval; ``ends`` says with brackets which ends belong to it, ``remedy`` what to do outside it."""

    low: float
    high: float
    ends: str
    remedy: str

    def has(self, values: Array) -> NDArray[np.bool_]:
        """Return which values lie in it; nan and infinity never do."""
        above = values >= self.low if self.ends[0] == "[" else values > self.low
        below = values <= self.high if self.ends[1] == "]" else values < self.high
        return above & below & np.isfinite(values)

    def __str__(self) -> str:
        return f"{self.ends[0]}{self.low:g}, {self.high:g}{self.ends[1]}"


DISCOUNT = Interval(0, 1, "(]", "Give a discount factor per round; for a rate it is exp(-rate * length of a round).")
PROBABILITY = Interval(0, 1, "[]", "Give a probability; for a hazard rate it is 1 - exp(-rate * length of a round).")
SHARE = Interval(0, 1, "[]", "Measure it in shares of the pie, or of the range from the worst to the best.")
INNER_SHARE = Interval(0, 1, "()", "Give a number between 0 and 1; the ends are limits, in which the formula has no meaning.")
NOT_NEGATIVE = Interval(0, np.inf, "[)", "Give a finite number that is not negative.")
POSITIVE = Interval(0, np.inf, "()", "Give a finite number above 0; the limit at 0 is approached by a small one.")


def arguments(**given: tuple[ArrayLike, Interval]) -> list[Array]:
    """Return the values as float arrays of one shape, each checked against its interval.

    ValueError names the first value that lies outside, its interval and the remedy.

    >>> arguments(discount_1=(0.9, DISCOUNT), discount_2=([0.5, 0.8], DISCOUNT))
    [array([0.9, 0.9]), array([0.5, 0.8])]
    >>> arguments(damage=(-1, NOT_NEGATIVE))
    Traceback (most recent call last):
        ...
    ValueError: damage is -1; it must lie in [0, inf). Give a finite number that is not negative.
    """
    values = {name: np.asarray(value, dtype=np.float64) for name, (value, _) in given.items()}
    for name, (_, interval) in given.items():
        outside = values[name][~interval.has(values[name])]
        if outside.size:
            raise ValueError(f"{name} is {outside[0]:g}; it must lie in {interval}. {interval.remedy}")
    return [np.array(value) for value in np.broadcast_arrays(*values.values())]


def require(holds: ArrayLike, bound: str, remedy: str, **values: ArrayLike) -> None:
    """Raise a ValueError with the first values for which a condition on several arguments does not hold.

    >>> require(False, "demand_1 + demand_2 must exceed 1", "Raise a demand.", demand_1=0.4, demand_2=0.5)
    Traceback (most recent call last):
        ...
    ValueError: demand_1 is 0.4, demand_2 is 0.5; demand_1 + demand_2 must exceed 1. Raise a demand.
    """
    held, *shaped = np.broadcast_arrays(holds, *values.values())
    if not held.all():
        first = ", ".join(f"{name} is {value[~held][0]:g}" for name, value in zip(values, shaped, strict=True))
        raise ValueError(f"{first}; {bound}. {remedy}")


def plain(values: ArrayLike) -> Numbers:
    """Return a float where there is one number, the array otherwise.

    >>> plain(np.array(0.5)), plain(np.array([0.5]))
    (0.5, array([0.5]))
    """
    array = np.asarray(values, dtype=np.float64)
    return float(array) if array.ndim == 0 else array
