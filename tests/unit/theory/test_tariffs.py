"""Optimal tariffs against a world of two countries, solved for its prices and searched for the best tariff."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from negosim import theory

SYMMETRIC = np.ones((2, 2))


def world(tariffs, sizes, taste, sigma):
    """Welfare of both countries and the own share of country 2 at world prices.

    Country i makes sizes[i] of its good at wage w_i (w_1 = 1) and spends on good k a share of taste[i, k] p^(1 - sigma);
    ``tariffs`` are those of country 1 on good 2 and of country 2 on good 1; their revenue is spent. Trade balances.
    """
    gross = np.array([[1, 1 + tariffs[0]], [1 + tariffs[1], 1]])

    def state(log_wage):
        wages = np.array([1.0, np.exp(log_wage)])
        prices = gross * wages
        weights = taste * prices ** (1 - sigma)
        shares = weights / weights.sum(axis=1, keepdims=True)
        incomes = wages * sizes / (shares / gross).sum(axis=1)  # Y = w L + revenue, and revenue is a share of Y
        return shares / gross * incomes[:, None], incomes / weights.sum(axis=1) ** (1 / (1 - sigma))

    def deficit(log_wage):
        spent, _ = state(log_wage)
        return spent[0, 1] - spent[1, 0]

    spent, welfare = state(optimize.brentq(deficit, -8, 8, xtol=1e-14))
    return welfare, spent[1, 1] / spent[1].sum()


def best_tariff(other, sizes, taste, sigma):
    """The tariff of country 1 with the largest welfare, given that of country 2."""
    found = optimize.minimize_scalar(
        lambda tariff: -world((tariff, other), sizes, taste, sigma)[0][0], bounds=(0, 6), method="bounded",
        options={"xatol": 1e-9},
    )
    return found.x


@pytest.mark.parametrize("sigma", [1.8, 3.0, 5.0, 9.0])
def test_the_best_tariff_is_one_over_the_elasticity_and_the_foreign_own_share(sigma):
    rng = np.random.default_rng(11)
    for _ in range(3):
        sizes, taste, other = rng.uniform(0.5, 2, 2), rng.uniform(0.5, 2, (2, 2)), rng.uniform(0, 0.5)
        tariff = best_tariff(other, sizes, taste, sigma)
        _, share = world((tariff, other), sizes, taste, sigma)
        assert theory.optimal_tariff(sigma - 1, share) == pytest.approx(tariff, abs=1e-5)


@pytest.mark.parametrize("sigma", [1.8, 3.0, 5.0, 9.0])
def test_in_equilibrium_each_tariff_is_the_best_answer_to_its_like(sigma):
    tariff = theory.symmetric_tariff(sigma)
    assert best_tariff(tariff, np.ones(2), SYMMETRIC, sigma) == pytest.approx(tariff, abs=1e-5)


def test_the_known_number():
    assert theory.symmetric_tariff(3.0) == pytest.approx(0.618034, abs=5e-7)


@pytest.mark.parametrize("sigma", [1.0001, 1.1, 2.0, 50.0, 1e6])
def test_the_equilibrium_tariff_solves_its_equation_from_end_to_end(sigma):
    gross = 1 + theory.symmetric_tariff(sigma)
    assert (gross - 1) * (sigma - 1) == pytest.approx(1 + gross**-sigma, rel=1e-7)
