"""Concession paths in time."""

from __future__ import annotations

import numpy as np
import pytest

from negosim import theory

BETAS = (0.2, 1, 5)
TIMES = np.linspace(0, 1, 101)
PATHS = (theory.polynomial_concession, theory.exponential_concession)


def test_the_known_numbers():
    polynomial = [theory.polynomial_concession(0.5, 1 / beta, 0.1) for beta in BETAS]
    exponential = [theory.exponential_concession(0.5, 1 / beta, 0.1) for beta in BETAS]
    assert polynomial == pytest.approx([0.128125, 0.55, 0.883496], abs=5e-7)
    assert exponential == pytest.approx([0.134725, 0.316228, 0.930572], abs=5e-7)
    assert theory.meeting_time(1 / 0.2, 1 / 1) == pytest.approx(0.754878, abs=5e-7)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("toughness", [0.1, 1.0, 8.0])
def test_a_path_goes_from_its_opening_to_everything_and_never_back(path, toughness):
    conceded = path(TIMES, toughness, 0.15)
    assert conceded[[0, -1]] == pytest.approx([0.15, 1.0]) and (np.diff(conceded) >= 0).all()


@pytest.mark.parametrize("path", PATHS)
def test_a_boulware_side_concedes_later_than_a_conceder(path):
    assert path(0.5, 5.0, 0.1) < path(0.5, 1.0, 0.1) < path(0.5, 0.2, 0.1)


def test_the_polynomial_path_grows_by_its_exponent():
    """The elasticity of what is conceded after the opening, by differences, is the toughness."""
    for toughness, time in np.random.default_rng(16).uniform((0.2, 0.2), (6, 0.9), (20, 2)):
        near = theory.polynomial_concession(time * np.array([1.0, 1.0 + 1e-6]), toughness, 0.3) - 0.3
        assert np.log(near[1] / near[0]) / np.log1p(1e-6) == pytest.approx(toughness, rel=1e-6)


def test_on_the_exponential_path_the_logarithm_shrinks_by_a_power_of_the_time_left():
    for toughness, left in np.random.default_rng(17).uniform((0.2, 0.2), (6, 0.9), (20, 2)):
        logs = np.log(theory.exponential_concession(1 - left * np.array([1.0, 0.5]), toughness, 0.3))
        assert np.log2(logs[0] / logs[1]) * toughness == pytest.approx(1.0, rel=1e-9)


def test_two_paths_meet_when_what_they_leave_each_other_is_the_pie():
    fine = np.linspace(0, 1, 200_001)
    for first, second in np.random.default_rng(18).uniform(0.2, 6, (20, 2)):
        mine = 1 - theory.polynomial_concession(fine, first, 0.0)
        theirs = 1 - theory.polynomial_concession(fine, second, 0.0)
        assert theory.meeting_time(first, second) == pytest.approx(fine[np.argmax(mine + theirs <= 1)], abs=1e-5)


def test_equal_paths_meet_where_each_has_conceded_half():
    assert theory.meeting_time(3.0, 3.0) == pytest.approx(0.5 ** (1 / 3))
