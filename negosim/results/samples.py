"""The difference of two means with its 95 % interval, from runs paired by their luck or from two independent samples.

A quantity need not be known of every run: a settlement is not, where the talks fail. Its mean m is then that of the runs that
have it, a share p of all n. With I = 1 for a run that has it and 0 for one that does not, the difference D = m_b - m_a has

    paired:       z_r = I_br (y_br - m_b) / p_b - I_ar (y_ar - m_a) / p_a,  s = sd(z) / sqrt(n)
    independent:  s^2 = sd(y_a)^2 / n_a + sd(y_b)^2 / n_b

as its standard error, n_a and n_b being the runs that have it. The interval is D -+ t s. Paired, t has as many degrees of
freedom as the fewer of n_a and n_b, less one; where every run has the quantity z_r is the difference of a pair less D, and this
is the paired t interval (Law and Kelton 2000, Simulation Modeling and Analysis, ch. 10); where not, the first-order variance of
a difference of two ratios (Cochran 1977, Sampling Techniques, ch. 6). Independent, it is Welch's (1947, Biometrika 34, 28-35).
Shares have the intervals of `negosim.results.intervals`, which are right for rare events too.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy
from numpy.typing import NDArray

from negosim.common.text import NOISE
from negosim.results.intervals import CONFIDENCE, difference_interval, independent_interval, unseen

Numbers = NDArray[numpy.float64]
Shares = NDArray[numpy.bool_] | bool


class Differences(NamedTuple):
    """Differences of quantities: b less a, an array (quantities,) each.

    mean_a, mean_b, runs_a, runs_b : means, and the runs that they are over
    pairs, in_both, higher, lower : the pairs of runs that both have the quantity, the mean difference over these alone, and the
        shares of them in which b is higher or lower; 0 and NaN for independent samples
    in_both_low, in_both_high : the paired interval of in_both; NaN for fewer than two pairs
    """

    mean_a: Numbers
    mean_b: Numbers
    runs_a: Numbers
    runs_b: Numbers
    difference: Numbers
    error: Numbers
    low: Numbers
    high: Numbers
    pairs: Numbers
    in_both: Numbers
    in_both_low: Numbers
    in_both_high: Numbers
    higher: Numbers
    lower: Numbers


class Sample(NamedTuple):
    """Runs of one kind: `values` (runs, quantities), and whether each run has the quantity."""

    values: Numbers
    has: NDArray[numpy.bool_]

    @classmethod
    def of(cls, values: Numbers, everywhere: NDArray[numpy.bool_]) -> Sample:
        """The sample in which a NaN says that the run lacks a quantity, save one that every run must have: there it stays NaN."""
        return cls(values, everywhere | ~numpy.isnan(values))

    @property
    def runs(self) -> Numbers:
        """How many runs have each quantity."""
        return self.has.sum(axis=0).astype(float)

    @property
    def means(self) -> Numbers:
        """The mean of each quantity over the runs that have it; NaN if none has."""
        with numpy.errstate(invalid="ignore"):
            return numpy.where(self.has, self.values, 0.0).sum(axis=0) / self.runs

    @property
    def variances(self) -> Numbers:
        """The variance of each quantity over the runs that have it; NaN for fewer than two."""
        with numpy.errstate(invalid="ignore", divide="ignore"):
            return (self._deviations**2).sum(axis=0) / numpy.where(self.runs > 1, self.runs - 1, numpy.nan)

    @property
    def influences(self) -> Numbers:
        """I_r (y_r - m) / p, what each run adds to the error of the mean: (runs, quantities)."""
        with numpy.errstate(invalid="ignore", divide="ignore"):
            return self._deviations / (self.runs / len(self.values))

    @property
    def _deviations(self) -> Numbers:
        return numpy.where(self.has, self.values - self.means, 0.0)


def paired_differences(a: Sample, b: Sample, shares: Shares = False) -> Differences:
    """The differences of two samples whose r-th runs have the same luck; both have as many runs.

    shares : which quantities are 1 for a run that has something and 0 for one that does not

    >>> every = numpy.array([True])
    >>> found = paired_differences(*(Sample.of(numpy.array([y]).T, every) for y in ([0.0, 1.0, 2.0, 3.0], [1.0, 3.0, 5.0, 9.0])))
    >>> [round(float(number[0]), 3) for number in (found.difference, found.low, found.high, found.higher)]
    [3.0, -0.437, 6.437, 1.0]
    """
    n = len(a.values)
    z = b.influences - a.influences
    with numpy.errstate(invalid="ignore", divide="ignore"):
        error = z.std(axis=0, ddof=1) / numpy.sqrt(n) if n > 1 else numpy.full(z.shape[1], numpy.nan)
    both = a.has & b.has
    pairs = both.sum(axis=0).astype(float)
    apart = Sample(b.values - a.values, both)
    with numpy.errstate(invalid="ignore"):
        higher = (both & (apart.values > NOISE)).sum(axis=0) / pairs
        lower = (both & (apart.values < -NOISE)).sum(axis=0) / pairs
    in_both = (apart.means, *difference_interval(apart.means, numpy.sqrt(apart.variances), pairs, shares))
    fewer = numpy.minimum(a.runs, b.runs)
    margin, difference = numpy.maximum(_margin(error, fewer - 1), unseen(fewer)), b.means - a.means
    in_all = difference_interval(difference, error * numpy.sqrt(n), n, shares)
    of_shares = numpy.where(pairs == n, in_all, (difference - margin, difference + margin))
    return _differences(a, b, error, fewer - 1, (pairs, *in_both, higher, lower), shares, of_shares)


def independent_differences(a: Sample, b: Sample, shares: Shares = False) -> Differences:
    """The differences of two samples whose luck has nothing in common; `shares` as in `paired_differences`."""
    of_a, of_b = a.variances / a.runs, b.variances / b.runs
    with numpy.errstate(invalid="ignore", divide="ignore"):
        freedom = (of_a + of_b) ** 2 / (of_a**2 / (a.runs - 1) + of_b**2 / (b.runs - 1))
    unknown = numpy.full(of_a.shape, numpy.nan)
    nothing = (numpy.zeros(of_a.shape), *[unknown] * 5)
    of_shares = numpy.asarray(independent_interval((a.means, a.runs), (b.means, b.runs)))
    return _differences(a, b, numpy.sqrt(of_a + of_b), freedom, nothing, shares, of_shares)


def _differences(
    a: Sample, b: Sample, error: Numbers, freedom: Numbers, pairs: tuple[Numbers, ...], shares: Shares, of_shares: Numbers
) -> Differences:
    """The differences with their intervals, those of shares given; NaN for what fewer than two runs of a sample have."""
    known = (a.runs > 1) & (b.runs > 1)
    error = numpy.where(known, error, numpy.nan)
    margin = _margin(error, freedom)
    mean_a, mean_b = a.means, b.means
    difference = mean_b - mean_a
    low, high = numpy.where(known, numpy.where(shares, of_shares, (difference - margin, difference + margin)), numpy.nan)
    return Differences(mean_a, mean_b, a.runs, b.runs, difference, error, low, high, *pairs)


def _margin(error: Numbers, freedom: Numbers) -> Numbers:
    """t s, half an interval; 0 for an error of 0 whatever its degrees of freedom."""
    from scipy.stats import t

    with numpy.errstate(invalid="ignore"):
        return numpy.where(error == 0.0, 0.0, t.ppf(0.5 + CONFIDENCE / 2, freedom) * error)
