"""Evidence: a number with its standard error, as the record has it or as the model measures it."""

from __future__ import annotations

import math
from dataclasses import dataclass

CLEAR = 2.0
"""Standard errors from which on a number counts as different from another."""


@dataclass(frozen=True)
class Estimate:
    """A value and its standard error, None where there is none to give.

    >>> Estimate(0.5, 0.03) - Estimate(0.3, 0.04)
    Estimate(value=0.2, error=0.05)
    """

    value: float
    error: float | None = None

    def __sub__(self, other: Estimate) -> Estimate:
        """The difference of two independent estimates: the errors add in squares."""
        if self.error is None or other.error is None:
            return Estimate(self.value - other.value)
        return Estimate(self.value - other.value, math.hypot(self.error, other.error))

    @property
    def is_clear(self) -> bool:
        """Whether it differs from 0 by more than two standard errors; never without one."""
        return self.error is not None and abs(self.value) > CLEAR * self.error


@dataclass(frozen=True)
class Level:
    """One group of cases or one point of the model.

    label : what is special about it
    estimate : the value there
    n : cases or runs behind it
    of : all cases of the group, with those whose outcome is not known; n where all are known
    """

    label: str
    estimate: Estimate
    n: int
    of: int

    @classmethod
    def share(cls, label: str, count: int, n: int, of: int | None = None) -> Level:
        """The share p = count / n with its binomial standard error sqrt(p (1 - p) / n); at 0 and 1 that says nothing.

        >>> Level.share("a coin", 50, 100).estimate
        Estimate(value=0.5, error=0.05)
        >>> Level.share("always", 2, 2).estimate
        Estimate(value=1.0, error=None)
        """
        p = count / n
        error = math.sqrt(p * (1.0 - p) / n) if 0 < count < n else None
        return cls(label, Estimate(p, error), n, n if of is None else of)

    @property
    def floor(self) -> Level:
        """The share if no case whose outcome is not known counts.

        >>> Level.share("half of them known", 50, 100, 200).floor.estimate.value
        0.25
        """
        return Level.share(self.label, self._count, self.of)

    @property
    def ceiling(self) -> Level:
        """The share if every case whose outcome is not known counts.

        >>> Level.share("half of them known", 50, 100, 200).ceiling.estimate.value
        0.75
        """
        return Level.share(self.label, self._count + self.of - self.n, self.of)

    @property
    def _count(self) -> int:
        return round(self.estimate.value * self.n)


@dataclass(frozen=True)
class Evidence:
    """What stands on one side of a comparison.

    levels : the groups or points
    value : their one number: a level, or the difference of the last to the first
    source : where it comes from, or how it is measured
    floor : `value` if no case whose outcome is not known counts; None where all are known
    bounds : the least and the most that `value` can be, whatever became of those cases; None where all are known
    """

    levels: tuple[Level, ...]
    value: Estimate
    source: str
    floor: Estimate | None = None
    bounds: tuple[float, float] | None = None
