"""Distributions of factors: their quantiles against closed forms, and what is no distribution."""

from __future__ import annotations

import math
from typing import Any

import numpy
import pytest
from pydantic import ValidationError

from negosim.common.errors import ExperimentError
from negosim.experiment.distributions import TAKES, Distribution
from tests.unit.pretend import experiment

Z = 1.6448536269514722  # 0.95 quantile of the standard normal distribution
GIVEN: dict[str, dict[str, float]] = {
    "uniform": {"low": 1.0, "high": 3.0},
    "log-uniform": {"low": 0.01, "high": 100.0},
    "normal": {"mean": 0.2, "sd": 0.05},
    "truncated-normal": {"mean": 0.2, "sd": 0.05, "low": 0.1, "high": 0.3},
    "triangular": {"low": 0.0, "mode": 0.1, "high": 0.4},
    "lognormal": {"median": 2.0, "log_sd": 0.5},
    "beta": {"a": 2.0, "b": 1.0},
}


def quantile(kind: Any, *shares: float) -> list[float]:
    found: list[float] = Distribution(kind=kind, **GIVEN[kind]).quantile(numpy.array(shares)).tolist()
    return found


@pytest.mark.parametrize(
    ("kind", "share", "value"),
    [
        ("uniform", 0.25, 1.5),
        ("log-uniform", 0.75, 10.0),
        ("normal", 0.95, 0.2 + 0.05 * Z),
        ("truncated-normal", 0.5, 0.2),
        ("triangular", 0.25, 0.1),  # the mode cuts off (0.1 - 0) / (0.4 - 0)
        ("lognormal", 0.95, 2.0 * math.exp(0.5 * Z)),
        ("beta", 0.25, 0.5),  # of Beta(2, 1) the share below x is x squared
    ],
)
def test_a_quantile_is_that_of_the_closed_form(kind: str, share: float, value: float) -> None:
    assert quantile(kind, share) == [pytest.approx(value, rel=1e-12)]


def test_a_beta_distribution_can_have_other_ends() -> None:
    wide = Distribution(kind="beta", a=2.0, b=1.0, low=10.0, high=20.0)
    assert wide.quantile(numpy.array([0.25])).tolist() == [pytest.approx(15.0)]


@pytest.mark.parametrize("kind", [kind for kind, takes in TAKES.items() if "low" in takes])
def test_what_has_ends_reaches_them_and_never_passes(kind: str) -> None:
    given = {"low": 0.0, "high": 1.0} | GIVEN[kind]
    values = quantile(kind, *numpy.linspace(0.0, 1.0, 101))
    assert values == sorted(values) and (values[0], values[-1]) == (given["low"], given["high"])


def test_what_has_no_end_is_infinite_there() -> None:
    assert quantile("normal", 0.0, 1.0) == [-math.inf, math.inf] and quantile("lognormal", 0.0, 1.0) == [0.0, math.inf]


def test_every_kind_has_a_test() -> None:
    assert set(GIVEN) == set(TAKES)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "normal", "mean": 0.2}, ["vary.1.distribution lacks sd", "The kind normal takes mean, sd"]),
        ({"kind": "normal", "mean": 0.2, "sd": 0.1, "low": 0.0}, ["has low, which means nothing here", "takes mean, sd"]),
        ({"kind": "normal", "mean": 0.2, "sd": 0.0}, ["distribution.sd = 0.0 is out of range", "above 0"]),
        ({"kind": "uniform", "low": 0.3, "high": 0.3}, ["goes from 0.3 to 0.3", "low must be less than high"]),
        ({"kind": "triangular", "low": 0.0, "mode": 0.5, "high": 0.4}, ["has its mode 0.5 outside 0 to 0.4"]),
        ({"kind": "log-uniform", "low": 0.0, "high": 0.4}, ["starts at 0, which has no logarithm"]),
        ({"kind": "gauss", "mean": 0.2}, ["distribution.kind = 'gauss'", "Allowed: uniform, log-uniform, normal"]),
        ({"kind": "uniform", "low": 0.0, "height": 1.0}, ["distribution.height", "unknown key"]),
        ({"kind": "uniform", "low": 0.0, "high": math.inf}, ["distribution.high = inf is not a finite number"]),
        ({"low": 0.0, "high": 0.4}, ["distribution.kind is missing"]),
        ("normal", ["vary.1.distribution", "a table"]),
    ],
)
def test_what_is_no_distribution_is_refused(given: Any, words: list[str]) -> None:
    vary = [{"parameter": "sender.ambiguity", "distribution": given}]
    with pytest.raises(ExperimentError) as caught:
        experiment(vary=vary, design="sobol", size=4)
    assert all(word in str(caught.value) for word in words), caught.value


def test_a_distribution_alone_is_checked_too() -> None:
    with pytest.raises(ValidationError, match="lacks high"):
        Distribution(kind="uniform", low=0.0)
