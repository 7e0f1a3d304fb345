"""Factors: the values that they go through, those that a share stands for, and what is no factor."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negosim.common.errors import ExperimentError
from negosim.experiment.factors import Vary, problem
from tests.unit.pretend import experiment

SHARES = numpy.array([0.0, 0.2, 0.5, 0.8, 1.0])


def factor(**fields: Any) -> Vary:
    return Vary(parameter="sender.ambiguity", **fields)


def test_the_levels_of_a_range_are_evenly_spaced_with_both_ends() -> None:
    assert factor(range=[0, 0.4], levels=5).levelled(whole=False) == pytest.approx((0.0, 0.1, 0.2, 0.3, 0.4))


def test_levels_are_the_decimals_that_people_write() -> None:
    assert factor(range=[0.1, 1.0], levels=10).levelled(whole=False) == (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
    assert factor(range=[-0.3, 0.3], levels=7).levelled(whole=False) == (-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3)
    assert factor(range=[0, 1], levels=65).levelled(whole=False)[3] == 3 / 64  # 0.046875
    assert factor(range=[1e-7, 4e-7], levels=4).levelled(whole=False) == (1e-7, 2e-7, 3e-7, 4e-7)


def test_a_level_that_is_no_short_decimal_has_the_digits_that_it_is_shown_with() -> None:
    assert factor(range=[0, 1], levels=4).levelled(whole=False) == (0.0, 0.333333, 0.666667, 1.0)
    assert factor(range=[0.123456789, 0.5], levels=3).levelled(whole=False) == (0.123456789, 0.311728, 0.5)
    near = factor(range=[10_000, 10_001], levels=7).levelled(whole=False)  # six digits of the step, not of the number
    assert near == (10_000.0, 10_000.166667, 10_000.333333, 10_000.5, 10_000.666667, 10_000.833333, 10_001.0)
    assert factor(range=[0, 4e6], levels=4).levelled(whole=False) == (0.0, 1_333_330.0, 2_666_670.0, 4e6)


@given(
    low=st.decimals(-1000, 1000, places=3), steps=st.integers(1, 60),
    step=st.sampled_from(["0.001", "0.01", "0.025", "0.1", "0.125", "0.3", "7"]),
)
def test_a_range_of_short_decimals_has_short_decimals_for_levels(low: Decimal, steps: int, step: str) -> None:
    wanted = [low + place * Decimal(step) for place in range(steps + 1)]
    made = factor(range=[float(wanted[0]), float(wanted[-1])], levels=steps + 1)
    assert made.levelled(whole=False) == tuple(map(float, wanted))


@given(low=st.floats(-1e12, 1e12), width=st.floats(1e-3, 1e12), levels=st.integers(2, 50))
def test_levels_rise_evenly_from_one_end_to_the_other(low: float, width: float, levels: int) -> None:
    high = low + width
    if Fraction(high) - Fraction(low) < Fraction(width) / 2 or (high - low) / levels < 1e-12 * abs(low):
        return  # too near for floating point
    found = numpy.array(factor(range=[low, high], levels=levels).levelled(whole=False))
    assert (found[0], found[-1]) == (low, high) and (numpy.diff(found) > 0).all()
    assert found == pytest.approx(numpy.linspace(low, high, levels), abs=1e-5 * (high - low) / (levels - 1))


def test_levels_that_floating_point_cannot_keep_apart_are_refused() -> None:
    with pytest.raises(ExperimentError, match="has too few numbers in its range, fewer than its 5 levels"):
        factor(range=[1.0, 1.0 + 2**-52], levels=5).levelled(whole=False)


def test_whole_numbers_have_whole_levels() -> None:
    levels = factor(range=[2.5, 12], levels=4).levelled(whole=True)
    assert levels == (3, 6, 9, 12) and all(type(level) is int for level in levels)


def test_more_levels_than_whole_numbers_are_refused() -> None:
    with pytest.raises(ExperimentError, match="has 3 whole numbers in its range, fewer than its 4 levels"):
        factor(range=[3, 5], levels=4).levelled(whole=True)


def test_listed_values_have_equal_shares() -> None:
    words = factor(values=["bluff", "micro", "attrition"]).spread(numpy.linspace(0, 1, 301), whole=False)
    assert [words.count(word) for word in ("bluff", "micro", "attrition")] == [100, 100, 101]  # 1 itself is in the last
    assert factor(values=[True, 2, "x"]).spread(SHARES, whole=False) == [True, True, 2, "x", "x"]


def test_a_range_is_taken_evenly() -> None:
    assert factor(range=[0.1, 0.3]).spread(SHARES, whole=False) == pytest.approx([0.1, 0.14, 0.2, 0.26, 0.3])
    assert max(factor(range=[0.1, 0.3]).spread(SHARES, whole=False)) == 0.3  # type: ignore[type-var]


def test_whole_numbers_in_a_range_have_equal_shares() -> None:
    numbers = factor(range=[3, 5]).spread(numpy.linspace(0, 1, 301), whole=True)
    assert [numbers.count(number) for number in (3, 4, 5)] == [100, 100, 101] and type(numbers[0]) is int


def test_a_quantile_is_rounded_where_numbers_are_whole() -> None:
    drawn = factor(distribution={"kind": "normal", "mean": 10, "sd": 2})
    numbers = drawn.spread(numpy.array([0.1, 0.5, 0.9]), whole=True)
    assert numbers == [7, 10, 13] and all(type(number) is int for number in numbers)
    assert drawn.spread(numpy.array([0.5]), whole=False) == [10.0]


@given(low=st.floats(-1e6, 1e6), width=st.floats(1e-6, 1e6), share=st.floats(0, 1))
def test_no_share_leaves_its_range(low: float, width: float, share: float) -> None:
    if low < low + width:
        (value,) = factor(range=[low, low + width]).spread(numpy.array([share]), whole=False)
        assert isinstance(value, float) and low <= value <= low + width


def test_a_problem_for_salib_has_shares_for_bounds() -> None:
    found = problem([factor(range=[0, 0.4]), Vary(parameter="sender.strategy", values=["micro", "bluff"])])
    assert found == {"num_vars": 2, "names": ["sender.ambiguity", "sender.strategy"], "bounds": [[0.0, 1.0]] * 2}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, ["vary.1 needs one of values, range and distribution, and has none"]),
        ({"values": [0.1], "range": [0, 1]}, ["vary.1 needs one of", "and has values and range", "Keep one"]),
        ({"values": [0.1], "levels": 3}, ["vary.1 has levels without a range"]),
        ({"range": [0.4, 0.1], "levels": 3}, ["vary.1.range goes from 0.4 to 0.1", "[low, high]"]),
        ({"range": [0.1], "levels": 3}, ["vary.1.range"]),
        ({"range": [0.1, "much"], "levels": 3}, ["vary.1.range.2 = 'much' has the wrong type", "a number"]),
        ({"range": 0.3}, ["vary.1.range = 0.3 has the wrong type", "a list"]),
        ({"range": [0, 0.4], "levels": 1}, ["vary.1.levels = 1 is out of range", "between 2 and 10000"]),
        ({"range": [0, 0.4], "levels": 2.5}, ["vary.1.levels = 2.5", "a whole number"]),
        ({"range": [0, 0.4]}, ["vary.1.range needs levels in the design grid", "levels = 5"]),
        ({"range": [0, 0.4], "levels": 3, "group": "x"}, ["vary.1.group = 'x' means nothing in the design grid"]),
        ({"distribution": {"kind": "uniform", "low": 0, "high": 0.4}}, ["vary.1.distribution cannot be drawn from"]),
        ({"values": [0.1], "group": "Two Words"}, ["vary.1.group = 'Two Words' is no short name"]),
        ({"range": [0, 0.4], "levels": 3, "headline": [0, 0.3]}, ["vary.1.headline = 0.3 is none of the values"]),
        ({"range": [0, 0.9], "levels": 3}, ["point 3: sender.ambiguity = 0.9 is out of range", "between 0 and 0.5"]),
    ],
)
def test_what_is_no_factor_is_refused(fields: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(ExperimentError) as caught:
        experiment(vary=[{"parameter": "sender.ambiguity", **fields}])
    assert all(word in str(caught.value) for word in words), caught.value


def test_a_word_has_no_range_and_no_level_between_two_whole_numbers_is_made_up() -> None:
    with pytest.raises(ExperimentError, match=r"vary\.1\.parameter = 'sender\.strategy' is no number\. List its values"):
        experiment(vary=[{"parameter": "sender.strategy", "range": [0, 1], "levels": 3}])
    with pytest.raises(ExperimentError, match=r"vary\.1 has 3 whole numbers in its range, fewer than its 5 levels"):
        experiment(vary=[{"parameter": "talks.rounds", "range": [3, 5], "levels": 5}])
    with pytest.raises(ExperimentError, match=r"vary\.1 has no whole number in its range, 3\.2 to 3\.8"):
        experiment(vary=[{"parameter": "talks.rounds", "range": [3.2, 3.8]}], design="sobol", size=2)
