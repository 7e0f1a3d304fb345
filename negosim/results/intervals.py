"""The 95 % intervals of means, shares and their differences: tables, texts, figures and the stopping rule have them from here.

A mean m of n numbers with the standard deviation sd has the interval m -+ t sd / sqrt(n), t being the 0.975 quantile of Student's
distribution with n - 1 degrees of freedom. Of a share that says nothing while the event is rare: where no run has it the standard
deviation is 0, and the interval would be 0 -+ 0. So shares have intervals of their own:

a share x / n : the exact interval of Clopper and Pearson (1934, Biometrika 26, 404-413), from quantiles of the beta distribution.
    It holds the true share in 95 % of all samples or more, whatever that is. Where no run of n has the event it ends at
    1 - 0.025^(1/n), some 3.7 / n.
a difference of two shares, run for run : the score interval of Tango (1998, Statistics in Medicine 17, 891-908). With b runs that
    have the event here alone and c there alone it ends where the difference D' has (b - c - n D')^2 = z^2 n (2 q + D' (1 - D')),
    q being the likeliest share of the runs of the second kind, given D'. Pairs that agree say only how many pairs there are, so
    that shared luck makes it narrow. Where all pairs agree it is -+ z^2 / (n + z^2), some 3.8 / n.
a difference of two independent shares : from D - sqrt((p_b - l_b)^2 + (u_a - p_a)^2) to D + sqrt((u_b - p_b)^2 + (p_a - l_a)^2),
    l to u being the exact intervals of the two (Newcombe 1998, Statistics in Medicine 17, 873-890, has those of Wilson; Zou and
    Donner 2008, ibid. 27, 1693-1702, any).
sums of shares with other weights, and shares over other runs here than there : t intervals, with the room of `unseen` at least.

Each interval is that of one number at one point, after runs that were fixed beforehand.
"""

from __future__ import annotations

from typing import Any

import numpy
from numpy.typing import ArrayLike, NDArray

CONFIDENCE = 0.95

Z = 1.959963984540054
"""The 0.975 quantile of the normal distribution."""

HALVINGS = 60
"""Of the interval in which an end of Tango's is looked for: to the last digit."""

Floats = NDArray[numpy.float64]
Interval = tuple[Floats, Floats]
"""The lower and the upper ends."""


def half_width(sd: Any, n: Any) -> Any:
    """Half the width of the 95 % interval of a mean of n numbers with this standard deviation; NaN for n < 2.

    >>> round(float(half_width(2.0, 16)), 3), float(half_width(0.0, 5))
    (1.066, 0.0)
    """
    from scipy.stats import t

    n = numpy.asarray(n, dtype=float)
    with numpy.errstate(invalid="ignore", divide="ignore"):
        return numpy.where(n > 1, t.ppf(0.5 + CONFIDENCE / 2, n - 1) * numpy.asarray(sd) / numpy.sqrt(n), numpy.nan)


def unseen(n: ArrayLike) -> Floats:
    """The share that an event may still have which no run of n has had: z^2 / (n + z^2), the upper end of its score interval.

    >>> round(float(unseen(100)), 4)
    0.037
    """
    runs = numpy.asarray(n, dtype=float)
    return Z**2 / (runs + Z**2)


def mean_interval(mean: ArrayLike, sd: ArrayLike, n: ArrayLike, is_share: ArrayLike) -> Interval:
    """The interval of means of n numbers; NaN for n < 2.

    is_share : which of them are shares: means of numbers that are 0 or 1

    >>> [round(float(end), 4) for end in mean_interval(0.0, 0.0, 100, is_share=True)]
    [0.0, 0.0362]
    """
    return _chosen(mean, sd, n, is_share, _exact)


def difference_interval(difference: ArrayLike, sd: ArrayLike, n: ArrayLike, is_share: ArrayLike) -> Interval:
    """The interval of mean differences of n pairs whose differences have this standard deviation; NaN for n < 2.

    is_share : which of them are differences of shares: means of numbers that are -1, 0 or 1

    >>> [round(float(end), 3) for end in difference_interval(-6 / 21, (44 / 7 / 20) ** 0.5, 21, is_share=True)]  # 1 up, 7 down
    [-0.517, -0.026]
    """
    return _chosen(difference, sd, n, is_share, _score)


def sum_interval(mean: ArrayLike, sd: ArrayLike, n: ArrayLike, is_share: ArrayLike) -> Interval:
    """The t interval of means of n numbers, no arm of those that are made of shares being shorter than `unseen`.

    >>> [round(float(end), 4) for end in sum_interval(0.0, 0.0, 100, is_share=True)]
    [-0.037, 0.037]
    """
    margin = numpy.maximum(half_width(sd, n), numpy.where(is_share, unseen(n), 0.0))
    return numpy.asarray(mean - margin), numpy.asarray(mean + margin)


def independent_interval(a: tuple[ArrayLike, ArrayLike], b: tuple[ArrayLike, ArrayLike]) -> Interval:
    """The interval of the difference of two independent shares, b less a, each given with its number of runs.

    >>> [round(float(end), 3) for end in independent_interval((0.0, 100), (0.0, 100))]
    [-0.036, 0.036]
    """
    (p_a, n_a), (p_b, n_b) = ((numpy.asarray(p, dtype=float), numpy.asarray(n, dtype=float)) for p, n in (a, b))
    (low_a, high_a), (low_b, high_b) = _exact(p_a, p_a, n_a), _exact(p_b, p_b, n_b)
    down, up = numpy.hypot(p_b - low_b, high_a - p_a), numpy.hypot(high_b - p_b, p_a - low_a)
    return p_b - p_a - down, p_b - p_a + up


def _chosen(mean: ArrayLike, sd: ArrayLike, n: ArrayLike, is_share: ArrayLike, of_share: Any) -> Interval:
    """The t interval, or for shares that of the function; all arrays have one shape in the end."""
    m, s, runs, share = numpy.broadcast_arrays(*(numpy.asarray(each, dtype=float) for each in (mean, sd, n, is_share)))
    margin = half_width(s, runs)
    low, high = numpy.array(m - margin), numpy.array(m + margin)
    known = (share > 0.0) & (runs > 1)
    low[known], high[known] = of_share(m[known], s[known], runs[known])
    return low, high


def _exact(share: Floats, _: Floats, n: Floats) -> Interval:
    """Clopper and Pearson's interval."""
    from scipy.stats import beta

    have, tail = numpy.rint(share * n), (1.0 - CONFIDENCE) / 2.0
    with numpy.errstate(invalid="ignore"):
        low = numpy.where(have > 0.0, beta.ppf(tail, have, n - have + 1.0), 0.0)
        high = numpy.where(have < n, beta.ppf(1.0 - tail, have + 1.0, n - have), 1.0)
    return low, high


def _score(difference: Floats, sd: Floats, n: Floats) -> Interval:
    """Tango's interval; the runs that have the event here or there alone follow from mean and standard deviation."""
    differing = numpy.rint(sd**2 * (n - 1.0) + n * difference**2)
    more = numpy.rint(n * difference)
    here, there = (differing + more) / 2.0, (differing - more) / 2.0
    return -_upper(there, here, n), _upper(here, there, n)


def _upper(b: Floats, c: Floats, n: Floats) -> Floats:
    """The upper end, by halving: above it the difference is farther from what was seen than its standard error allows."""
    low, high = (b - c) / n, numpy.ones_like(n)
    for _ in range(HALVINGS):
        tried = (low + high) / 2.0
        linear = (2.0 * n - b + c) * tried - b - c
        root = numpy.sqrt(numpy.maximum(linear**2 + 8.0 * n * c * tried * (1.0 - tried), 0.0))
        of_there = (root - linear) / (4.0 * n)
        is_inside = (n * tried - b + c) ** 2 <= Z**2 * n * (2.0 * of_there + tried * (1.0 - tried))
        low, high = numpy.where(is_inside, tried, low), numpy.where(is_inside, high, tried)
    return high
