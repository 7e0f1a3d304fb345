"""Brinkmanship: each stopping rule is the best answer to itself, and contests are played by drawing types and disasters."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, special

from negosim import theory

RISKS = np.linspace(0, 12, 4001)
TYPES = (np.arange(4000) + 0.5) / 4000


def payoffs_of_stopping(other_stops, prize, disaster):
    """What stopping at each of RISKS brings against a side that stops at ``other_stops`` with equal chances, (risks,)."""
    first = np.minimum(RISKS[:, None], other_stops)
    wins = other_stops < RISKS[:, None]
    survived = np.exp(-first)
    return (wins * survived * prize - (1 - survived) * disaster).mean(axis=1)


def played(first_stops, second_stops, rng):
    """The share of contests that end in disaster: it comes at an exponential amount of risk."""
    return (rng.exponential(size=len(first_stops)) < np.minimum(first_stops, second_stops)).mean()


def is_share(measured, expected, draws):
    """Whether a share agrees within five standard errors: a true one is refused once in 1.7 million times."""
    return abs(measured - expected) < 5 * math.sqrt(expected * (1 - expected) / draws)


@pytest.mark.parametrize(("largest", "disaster"), [(1.0, 1.0), (1.5, 0.75), (0.4, 1.5)])
def test_who_values_the_prize_stops_where_a_little_more_risk_no_longer_pays(largest, disaster):
    others = theory.stop_by_value(largest * TYPES, largest, disaster)
    for share in (0.2, 0.5, 0.8):
        payoffs = payoffs_of_stopping(others, share * largest, disaster)
        own = theory.stop_by_value(share * largest, largest, disaster)
        assert np.interp(own, RISKS, payoffs) >= payoffs.max() - 2e-4 * largest
        assert (np.interp([own / 2, 2 * own], RISKS, payoffs) < payoffs.max() - 3e-4 * largest).all()


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (0.3, 1.0), (0.5, 4.0)])
def test_who_fears_the_disaster_stops_where_a_little_more_risk_no_longer_pays(low, high):
    others = theory.stop_by_cost(low + (high - low) * TYPES, low, high)
    for share in (0.3, 0.6, 0.9):
        cost = low + share * (high - low)
        payoffs = payoffs_of_stopping(others, 1.0, cost)
        own = theory.stop_by_cost(cost, low, high)
        assert np.interp(own, RISKS, payoffs) >= payoffs.max() - 2e-4
        assert (np.interp([own / 2, 2 * own], RISKS, payoffs) < payoffs.max() - 3e-4).all()


def test_the_known_number():
    assert theory.disaster_by_value(1.0, 1.0) == pytest.approx(0.126873, abs=5e-7)
    assert theory.disaster_by_value(1.0, 1.0) == pytest.approx(11 - 4 * math.e, abs=1e-12)


@pytest.mark.parametrize("a", [1e-4, 0.1, 0.5, 1.0, 3.0, 10.0, 100.0])
def test_the_disaster_by_value_is_the_integral_over_the_smaller_value(a):
    survived, _ = integrate.quad(lambda s: 2 * (1 - s) * math.exp(-theory.stop_by_value(s, 1.0, 1 / a)), 0, 1, epsabs=1e-12)
    assert theory.disaster_by_value(a, 1.0) == pytest.approx(1 - survived, abs=1e-9)


@pytest.mark.parametrize("smallest", [0.0, 1e-3, 0.2, 0.9])
def test_with_a_smallest_value_it_is_the_integral_from_there(smallest):
    def survived(share):
        return 2 * (1 - share) * math.exp(-theory.stop_by_value(smallest + (1 - smallest) * share, 1.0, 0.7, smallest))

    value, _ = integrate.quad(survived, 0, 1, epsabs=1e-12)
    assert theory.disaster_by_value(1.0, 0.7, smallest) == pytest.approx(1 - value, abs=1e-9)
    assert theory.stop_by_value(smallest, 1.0, 0.7, smallest) == 0.0


def test_a_prize_that_is_worth_nothing_is_not_worth_a_disaster_and_one_worth_everything_is():
    assert theory.disaster_by_value(1e-100, 1.0) == 0.0 and theory.disaster_by_value(1e8, 1.0) > 0.999
    assert theory.disaster_by_cost(0.0, 1e-6) > 0.999 and theory.disaster_by_cost(0.0, 1e6) < 1e-5


@pytest.mark.parametrize("high", [0.01, 0.05, 0.2, 1.0, 5.0, 100.0])
def test_from_a_cost_of_nothing_on_the_disaster_is_an_exponential_integral(high):
    expected = 1 - 2 * math.exp(1 / high) * special.expn(3, 1 / high)
    assert theory.disaster_by_cost(0.0, high) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("low", "high"), [(0.2, 1.0), (0.1, 0.11), (1.0, 30.0), (0.005, 0.01)])
def test_the_disaster_by_cost_is_a_hypergeometric_number(low, high):
    """1 - 2/(n + 2) 2F1(1, n; n + 3; 1 - l/h) with n = 1/l, by Pfaff's transformation of the integral."""
    n = 1 / low
    expected = 1 - 2 / (n + 2) * special.hyp2f1(1, n, n + 3, 1 - low / high)
    assert theory.disaster_by_cost(low, high) == pytest.approx(expected, abs=1e-9)


def test_a_small_least_cost_is_hardly_different_from_none():
    assert theory.stop_by_cost(0.4, 1e-9, 1.0) == pytest.approx(theory.stop_by_cost(0.4, 0.0, 1.0), abs=1e-7)
    assert theory.disaster_by_cost(1e-9, 1.0) == pytest.approx(theory.disaster_by_cost(0.0, 1.0), abs=1e-7)


@pytest.mark.parametrize("case", ["values", "values from 0.3", "costs from 0", "costs"])
def test_contests_that_are_played_end_in_disaster_as_often(case):
    rng, draws = np.random.default_rng(15), 400_000
    if case.startswith("values"):
        least = 0.0 if case == "values" else 0.3
        stops = theory.stop_by_value(least + (0.8 - least) * rng.random((2, draws)), 0.8, 0.5, least)
        expected = theory.disaster_by_value(0.8, 0.5, least)
    else:
        low = 0.0 if case == "costs from 0" else 0.4
        stops = theory.stop_by_cost(2.0 - (2.0 - low) * rng.random((2, draws)), low, 2.0)
        expected = theory.disaster_by_cost(low, 2.0)
    measured = played(*stops, rng)
    assert is_share(measured, expected, draws) and not is_share(measured, expected + 0.01, draws)
