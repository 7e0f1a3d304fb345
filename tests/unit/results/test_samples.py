"""Differences of two means against numbers worked out by hand, and how often their intervals hold the truth."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy
import pytest

from negosim.results.samples import Differences, Sample, independent_differences, paired_differences

NAN = math.nan
EVERY, SOME = numpy.array([True]), numpy.array([False])
T3 = 3.182446305284263  # 0.975 quantile of Student's distribution with 3 degrees of freedom
Compare = Callable[[Sample, Sample], Differences]


def sample(*values: float, everywhere: numpy.ndarray = EVERY) -> Sample:
    return Sample.of(numpy.array(values, dtype=float)[:, None], everywhere)


def numbers(found: Differences) -> dict[str, float]:
    return {name: float(value[0]) for name, value in found._asdict().items()}


def test_a_pair_of_samples_that_are_the_same_differs_by_exactly_nothing() -> None:
    luck = numpy.random.default_rng(3).normal(size=1001)
    luck[::7] = NAN
    same = sample(*luck, everywhere=SOME)
    found = numbers(paired_differences(same, same))
    assert [found[name] for name in ("difference", "error", "low", "high", "in_both", "higher", "lower")] == [0.0] * 7
    assert found["pairs"] == found["runs_a"] == 858


def test_pairs_that_all_have_a_quantity_are_compared_by_their_differences() -> None:
    found = numbers(paired_differences(sample(0, 1, 2, 3), sample(1, 3, 5, 9)))  # the differences are 1, 2, 3 and 6
    error = math.sqrt(14 / 3) / 2
    assert (found["mean_a"], found["mean_b"], found["difference"], found["pairs"]) == (1.5, 4.5, 3.0, 4)
    assert [found[f"in_both{end}"] for end in ("", "_low", "_high")] == [found[name] for name in ("difference", "low", "high")]
    assert (found["error"], found["low"], found["high"]) == pytest.approx((error, 3 - T3 * error, 3 + T3 * error))
    assert (found["higher"], found["lower"]) == (1.0, 0.0)


def test_what_only_some_runs_have_is_compared_by_its_means_over_those() -> None:
    found = numbers(paired_differences(sample(1, 2, NAN, 6, everywhere=SOME), sample(3, NAN, 7, 11, everywhere=SOME)))
    assert (found["mean_a"], found["mean_b"], found["difference"]) == (3.0, 7.0, 4.0)
    assert (found["runs_a"], found["runs_b"], found["pairs"], found["higher"]) == (3, 3, 2, 1.0)
    assert found["in_both"] == ((3 - 1) + (11 - 6)) / 2  # runs 0 and 3 alone have it in both
    margin = 12.706205 * math.sqrt(((2 - 3.5) ** 2 + (5 - 3.5) ** 2) / 2)  # the quantile of one degree of freedom
    assert (found["in_both_low"], found["in_both_high"]) == pytest.approx((3.5 - margin, 3.5 + margin))
    z = [(-4 + 2) / 0.75, 1 / 0.75, 0.0, (4 - 3) / 0.75]  # deviations of b less those of a, 0 where a run has none, over 3 / 4
    assert found["error"] == pytest.approx(numpy.std(z, ddof=1) / 2)


def test_independent_samples_have_the_interval_of_welch() -> None:
    from scipy.stats import ttest_ind

    a, b = [0.0, 1.0, 5.0, 2.0, 2.0], [4.0, 4.5, 3.5]
    found = numbers(independent_differences(sample(*a), sample(*b)))
    interval = ttest_ind(b, a, equal_var=False).confidence_interval(0.95)
    assert (found["difference"], found["low"], found["high"]) == pytest.approx((2.0, interval.low, interval.high))
    assert found["pairs"] == 0 and all(math.isnan(found[name]) for name in ("higher", "in_both", "in_both_low"))


@pytest.mark.parametrize("compare", [paired_differences, independent_differences])
def test_what_fewer_than_two_runs_of_a_sample_have_has_no_interval(compare: Compare) -> None:
    one, none = sample(1, NAN, NAN, everywhere=SOME), sample(NAN, NAN, NAN, everywhere=SOME)
    found = numbers(compare(sample(1, 2, 3, everywhere=SOME), one))
    assert found["difference"] == -1.0 and math.isnan(found["low"])
    assert math.isnan(numbers(compare(one, none))["difference"])
    assert math.isnan(numbers(compare(sample(1), sample(2)))["high"])


@pytest.mark.parametrize("compare", [paired_differences, independent_differences])
def test_a_run_that_lacks_what_every_run_must_have_shows_in_the_mean(compare: Compare) -> None:
    found = numbers(compare(sample(1, 2), sample(1, NAN)))
    assert found["mean_a"] == 1.5 and math.isnan(found["mean_b"]) and math.isnan(found["low"])


# Of 2,000 intervals of 95 % some 1,900 hold the truth. The bounds are four standard errors, 1.9 points, either way: a right
# interval would miss them once in 16,000 seeds, and the seed is fixed.
TRIES, RUNS = 2_000, 60


@pytest.mark.parametrize(
    ("shared", "missing", "compare"),
    [
        (0.8, 0.0, paired_differences),
        (0.8, 0.3, paired_differences),
        (-0.8, 0.3, paired_differences),
        (0.0, 0.3, independent_differences),
    ],
)
def test_the_intervals_hold_the_truth_in_ninety_five_per_cent_of_all_tries(
    shared: float, missing: float, compare: Compare
) -> None:
    draws = numpy.random.default_rng(2025)
    luck, own = draws.normal(size=(2, TRIES, RUNS))
    a, b = luck, 0.5 + 2.0 * (shared * luck + math.sqrt(1 - shared**2) * own)
    a = numpy.where(draws.random(a.shape) < missing, NAN, a)
    b = numpy.where(luck > 0.2, b, numpy.where(draws.random(b.shape) < missing, NAN, b))  # whether it is there hangs on luck too
    truth = _mean_of_those_that_have(shared, missing)
    everywhere = numpy.full(TRIES, missing == 0.0)
    found = compare(Sample.of(a.T, everywhere), Sample.of(b.T, everywhere))
    held = numpy.mean((found.low <= truth) & (truth <= found.high))
    assert held == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / TRIES))


def _mean_of_those_that_have(shared: float, missing: float) -> float:
    """E(b | b is there): a run is left out with a chance `missing` if its luck is 0.2 at most; that of a is 0."""
    below = 0.5 * (1.0 + math.erf(0.2 / math.sqrt(2.0)))
    density = math.exp(-0.02) / math.sqrt(2.0 * math.pi)
    return 0.5 + 2.0 * shared * missing * density / (1.0 - missing * below)
