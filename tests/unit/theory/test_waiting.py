"""Waiting: the threshold against a binomial walk of the project's value, in which the best threshold is searched for."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import optimize

from negosim import theory


def walked_multiple(rate, payout, volatility, step):
    """The best threshold in a walk of up and down moves of volatility * sqrt(step), discounted in each step.

    rho is what one now is worth that comes with the first move up by one: rho = d (q + (1 - q) rho^2). Who waits for n
    moves has rho^n (exp(n move) - 1) of a project that is worth its cost today.
    """
    move, discount = volatility * math.sqrt(step), math.exp(-rate * step)
    up = (math.exp((rate - payout) * step) - math.exp(-move)) / (math.exp(move) - math.exp(-move))
    rho = optimize.brentq(lambda x: discount * (up + (1 - up) * x * x) - x, 0.0, 1.0 - 1e-15)
    found = optimize.minimize_scalar(
        lambda log_value: -(rho ** (log_value / move)) * (math.exp(log_value) - 1), bounds=(1e-9, 6), method="bounded",
        options={"xatol": 1e-10},
    )
    return math.exp(found.x)


@pytest.mark.parametrize(("volatility", "multiple"), [(0.1, 1.421535), (0.2, 2.0)])
def test_the_known_numbers(volatility, multiple):
    assert theory.waiting_multiple(0.04, 0.04, volatility) == pytest.approx(multiple, abs=5e-7)


def test_the_threshold_is_the_best_one_of_a_fine_walk():
    for rate, payout, volatility in np.random.default_rng(13).uniform((0.02, 0.03, 0.1), (0.1, 0.1, 0.4), (20, 3)):
        expected = walked_multiple(rate, payout, volatility, 1e-3)
        assert theory.waiting_multiple(rate, payout, volatility) == pytest.approx(expected, rel=2e-4)


def test_the_exponent_keeps_the_value_of_the_option_in_balance():
    """F = V^b solves s^2 V^2 F'' / 2 + (r - y) V F' - r F = 0, with derivatives taken by differences."""
    for rate, payout, volatility in np.random.default_rng(14).uniform(0.05, 0.5, (20, 3)):
        b, h = theory.waiting_root(rate, payout, volatility), 1e-4
        low, middle, high = ((1 + shift) ** b for shift in (-h, 0, h))
        slope, bend = (high - low) / (2 * h), (high - 2 * middle + low) / h**2
        assert volatility**2 * bend / 2 + (rate - payout) * slope - rate * middle == pytest.approx(0.0, abs=1e-4)
        assert b > 1


@pytest.mark.parametrize(("rate", "payout", "limit"), [(0.08, 0.04, 2.0), (0.04, 0.08, 1.0), (0.05, 0.05, 1.0)])
def test_without_volatility_one_waits_only_for_growth(rate, payout, limit):
    assert theory.waiting_multiple(rate, payout, 1e-5) == pytest.approx(limit, abs=1e-3)


def test_volatility_delays():
    multiples = theory.waiting_multiple(0.04, 0.04, np.linspace(0.01, 1.0, 50))
    assert (np.diff(multiples) > 0).all()


def test_a_target_that_may_wait_loses_what_the_cheaper_of_both_costs_on_average():
    """E[min(c, D L)] and P(D L >= c) against quadrature over the standard normal, for drawn numbers."""
    fine = np.linspace(-9.0, 9.0, 200_001)
    density = np.exp(-fine * fine / 2) / math.sqrt(2 * math.pi) * (fine[1] - fine[0])
    for damage, cost, volatility in np.random.default_rng(15).uniform(0.1, 0.9, (20, 3)):
        whole = volatility * math.sqrt(3)
        level = damage * np.exp(whole * fine - whole * whole / 2)
        found = theory.waiting_target(damage, cost, volatility, 3)
        assert found.loss == pytest.approx(density @ np.minimum(cost, level), abs=1e-6)
        assert found.complies == pytest.approx(density @ (level >= cost), abs=1e-4)


def test_where_nothing_moves_a_target_complies_iff_that_is_cheaper():
    assert theory.waiting_target(0.5, [0.4, 0.5, 0.6], 0.0, 8).complies.tolist() == [1.0, 1.0, 0.0]
    assert theory.waiting_target(0.5, [0.4, 0.5, 0.6], 0.3, 0).loss.tolist() == [0.4, 0.5, 0.5]


def test_volatility_is_worth_something_to_the_target_only():
    found = theory.waiting_target(0.5, 0.4, np.linspace(0.0, 1.0, 50), 8)
    assert (np.diff(found.loss) < 0).all() and (np.diff(found.complies) < 0).all()
