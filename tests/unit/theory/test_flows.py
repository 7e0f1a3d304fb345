"""The closed forms of bargaining with flows against backward induction over the rounds, which knows none of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from negosim import theory

LONG = 4000  # rounds that stand for ever: what lies beyond them is worth less than 1e-9 where a round costs 1 % or more


def by_recursion(rounds, discounts, inside, breakdown, *, hazard=0.0):
    """What player 1 has, who proposes first: backward induction from the last round, after which breakdown's flows are had."""
    values = breakdown
    for number in range(rounds, 0, -1):
        i = (number - 1) % 2
        j, ends = 1 - i, 1.0 if number == rounds else hazard
        refusal = ends * breakdown[j] + (1 - ends) * ((1 - discounts[j]) * inside[j] + discounts[j] * values[j])
        values = (1 - refusal, refusal) if i == 0 else (refusal, 1 - refusal)
    return values[0]


def drawn_flows(rng):
    inside = rng.uniform(0.0, 0.5, 2)
    return inside, inside - rng.uniform(0.0, 0.3, 2)


@pytest.mark.parametrize("seed", range(30))
def test_talks_that_pay_and_may_break_down_are_solved_from_far_away(seed):
    rng = np.random.default_rng(seed)
    inside, breakdown = drawn_flows(rng)
    discounts, hazard = rng.uniform(0.3, 0.99, 2), rng.uniform(0.0, 0.5)
    expected = by_recursion(LONG, discounts, inside, breakdown, hazard=hazard)
    assert theory.flow_share(*discounts, hazard, *inside, *breakdown) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", range(30))
def test_talks_that_pay_and_have_a_deadline_are_solved_from_their_last_round(seed):
    rng = np.random.default_rng(seed)
    inside, breakdown = drawn_flows(rng)
    discount, horizon = rng.uniform(0.3, 1.0), int(rng.integers(1, 40))
    expected = by_recursion(horizon, (discount, discount), inside, breakdown)
    assert theory.flow_deadline_share(discount, horizon, *inside, *breakdown) == pytest.approx(expected, abs=1e-12)


def test_without_flows_the_formulas_are_those_of_lumps():
    assert theory.flow_share(0.9, 0.8, 0.1, 0.0, 0.0) == theory.breakdown_share(0.9, 0.8, 0.1)
    assert theory.flow_deadline_share(0.9, 10, 0.0, 0.0) == pytest.approx(theory.stahl_share(0.9, 0.9, 10))
    assert theory.flow_limit(0.05, 0.1, 0.2, 0.0, 0.0) == pytest.approx(theory.random_deadline_limit(0.05, 0.1, 0.2))


@pytest.mark.parametrize("seed", range(10))
def test_the_limit_is_that_of_short_rounds(seed):
    rng = np.random.default_rng(seed)
    inside, breakdown = drawn_flows(rng)
    rates, length = rng.uniform(0.01, 0.5, 3), 1e-5
    discounts, hazard = np.exp(-rates[:2] * length), -math.expm1(-rates[2] * length)
    expected = theory.flow_share(*discounts, hazard, *inside, *breakdown)
    assert theory.flow_limit(*rates, *inside, *breakdown) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("seed", range(10))
def test_the_coin_that_names_the_first_proposer_takes_the_mean(seed):
    rng = np.random.default_rng(seed)
    (g1, g2), (b1, b2) = drawn_flows(rng)
    discount, hazard = rng.uniform(0.3, 0.99), rng.uniform()
    first = theory.flow_share(discount, discount, hazard, g1, g2, b1, b2)
    second = 1 - theory.flow_share(discount, discount, hazard, g2, g1, b2, b1)
    assert theory.fair_flow_share(discount, hazard, g1, g2, b1, b2) == pytest.approx((first + second) / 2, abs=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_talks_that_are_taken_up_again_are_the_fixed_point_of_their_recursion(seed):
    rng = np.random.default_rng(seed)
    inside, breakdown = drawn_flows(rng)
    d, p, again = rng.uniform(0.3, 0.95), rng.uniform(), rng.uniform()
    value, broken = np.array([0.5, 0.5]), breakdown
    for _ in range(LONG):
        broken = (1 - d) * breakdown + d * (again * value + (1 - again) * broken)
        refusal = p * broken + (1 - p) * ((1 - d) * inside + d * value)
        value = (1 - refusal[::-1] + refusal) / 2
    assert theory.fair_flow_share(d, p, *inside, *breakdown, again) == pytest.approx(value[0], abs=1e-9)


def test_brinkmanship_is_worth_nothing_with_equal_flows_and_gains_whom_no_deal_hurts_less():
    hazards = np.array([0.0, 0.05, 0.3, 0.99])
    assert theory.fair_flow_share(0.9, hazards, 0.2, 0.1, 0.2, 0.1) == pytest.approx([0.55] * 4, abs=1e-15)
    assert (np.diff(theory.fair_flow_share(0.9, hazards, 0.2, 0.1, 0.1, -0.1)) > 0).all()
    assert (np.diff(theory.fair_flow_share(0.9, hazards, 0.2, 0.1, 0.0, 0.1)) < 0).all()


def test_flows_that_leave_nothing_to_agree_on_are_refused():
    with pytest.raises(ValueError, match=r"inside_1 is 0.7, inside_2 is 0.5; inside_1 \+ inside_2 must be at most 1"):
        theory.flow_share(0.9, 0.9, 0.1, 0.7, 0.5)
    with pytest.raises(ValueError, match=r"breakdown_1 \+ breakdown_2 must be at most 1"):
        theory.fair_flow_share(0.9, 0.1, 0.2, 0.1, 0.7, 0.5)
