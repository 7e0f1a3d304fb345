"""Tariffs into welfare, held against the closed forms of optimal tariffs and the reference values of three countries.

Optimal tariff (Johnson 1953): in the Armington world t = 1/(theta s), where s is the share of its own goods in what the foreign
country buys, at world prices (Gros 1987).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar

from negosim.theory.trade import Economy, equilibrium

US, JAPAN, REST = range(3)
WORLD = Economy(np.array([[24620.0, 87.0, 2199.0], [116.0, 3518.0, 580.0], [2170.0, 609.0, 71413.0]]), 4.0)
"""Balanced flows of three countries in bn USD a year, without tariffs before."""

SIX_DIGITS = 5.1e-7
FLAT = 2e-6
"""A search finds a maximum to the root of the rounding error of its height."""


def tariffs(**rates: float) -> NDArray[np.float64]:
    """Return a table from rates by buyer and seller: ``us_on_japan=0.24``."""
    names = {"us": US, "japan": JAPAN, "rest": REST}
    table = np.zeros((3, 3))
    for name, rate in rates.items():
        buyer, seller = name.split("_on_")
        table[names[seller], names[buyer]] = rate
    return table


def best(welfare: Callable[[float], float], highest: float = 3.0) -> float:
    """Return the tariff at which a welfare is highest."""
    found = minimize_scalar(lambda t: -welfare(t), bounds=(0.0, highest), method="bounded", options={"xatol": 1e-9})
    return float(found.x)


@pytest.mark.parametrize(
    ("rates", "welfare"),
    [
        ({"us_on_japan": 0.24}, (1.000050, 0.997738, 1.000014)),
        ({"us_on_japan": 0.24, "japan_on_us": 0.24}, (0.999799, 0.997878, 1.000023)),
    ],
    ids=["japan keeps still", "japan answers"],
)
def test_24_per_cent_on_japan_has_the_welfare_of_the_reference(rates: dict[str, float], welfare: tuple[float, ...]) -> None:
    assert equilibrium(WORLD, tariffs(**rates)).welfare == pytest.approx(welfare, abs=SIX_DIGITS)


def test_the_best_uniform_tariff_of_the_us_is_that_of_the_reference() -> None:
    found = best(lambda t: equilibrium(WORLD, tariffs(us_on_japan=t, us_on_rest=t)).welfare[US])
    assert found == pytest.approx(0.254660, abs=FLAT)


@pytest.mark.parametrize(("sigma", "reference"), [(3.0, 0.618034), (2.0, None), (5.0, None), (9.0, None)])
def test_two_like_countries_without_home_bias_answer_the_root_of_their_equation_with_itself(
    sigma: float, reference: float | None
) -> None:
    """(T - 1)(sigma - 1) = 1 + T^(-sigma): where both set it, the foreign own-share is 1 / (1 + T^-sigma)."""
    root = brentq(lambda factor: (factor - 1.0) * (sigma - 1.0) - 1.0 - factor**-sigma, 1.0, 4.0) - 1.0
    assert reference is None or root == pytest.approx(reference, abs=SIX_DIGITS)
    economy = Economy(np.ones((2, 2)), sigma - 1.0)

    def welfare(t: float) -> float:
        return float(equilibrium(economy, np.array([[0.0, root], [t, 0.0]])).welfare[0])

    assert best(welfare) == pytest.approx(root, abs=FLAT)


@pytest.mark.parametrize("seed", range(12))
def test_the_optimal_tariff_is_one_over_elasticity_and_foreign_own_share(seed: int) -> None:
    """Two unlike countries; the other's tariff may stand at anything, and neither had one, or both had, before."""
    rng = np.random.default_rng(seed)
    flows = rng.lognormal(0.0, 0.7, (2, 2)) + np.diag(rng.lognormal(1.0, 0.7, 2))
    flows[0, 1] = flows[1, 0]  # balanced: a deficit kept in world prices would be a motive of its own
    theta, foreign = rng.uniform(1.0, 8.0), rng.uniform(0.0, 0.5) * (seed % 2)
    economy = Economy(flows, theta, np.array([[0.0, 0.1], [0.2, 0.0]]) * (seed % 3 == 0))

    def after(t: float) -> NDArray[np.float64]:
        return np.array([[0.0, foreign], [t, 0.0]])

    found = best(lambda t: equilibrium(economy, after(t)).welfare[0])
    there = equilibrium(economy, after(found)).flows
    assert found == pytest.approx(1.0 / (theta * there[1, 1] / there[:, 1].sum()), rel=2e-5)


# ---- what there is to agree on by tariffs alone ----


def test_without_an_answer_from_japan_there_is_no_tariff_only_zone_of_agreement() -> None:
    """With the rest at 25 % the US gains by each point on Japan up to 25.6 %: every cut from 24 or 25 % costs the US."""
    cut = equilibrium(WORLD, np.array([tariffs(us_on_rest=0.25, us_on_japan=t) for t in np.arange(0.0, 0.24, 0.01)])).welfare
    threat = equilibrium(WORLD, tariffs(us_on_rest=0.25, us_on_japan=0.24)).welfare
    assert (cut[:, US] < threat[US]).all() and (cut[:, JAPAN] > threat[JAPAN]).all()
    highest = best(lambda t: equilibrium(WORLD, tariffs(us_on_rest=0.25, us_on_japan=t)).welfare[US])
    assert 0.25 < highest < 0.26


def test_a_tariff_of_japan_cannot_buy_the_cut_either() -> None:
    """Nor is there one where Japan raises its own tariff from 0: that costs the US in addition."""
    pairs = [(mine, its) for mine in np.linspace(0.0, 0.24, 13) for its in np.linspace(0.0, 0.3, 7) if (mine, its) != (0.24, 0.0)]
    tables = np.array([tariffs(us_on_rest=0.25, us_on_japan=mine, japan_on_us=its) for mine, its in pairs])
    threat = equilibrium(WORLD, tariffs(us_on_rest=0.25, us_on_japan=0.24)).welfare
    assert (equilibrium(WORLD, tables).welfare[:, US] < threat[US]).all()


def test_a_credible_answer_of_japan_opens_a_zone_of_agreement() -> None:
    """Against 24 % on both sides, no tariffs between the two are better for both, and worse for the rest."""
    war, peace = (equilibrium(WORLD, tariffs(us_on_japan=t, japan_on_us=t)).welfare for t in (0.24, 0.0))
    assert peace[US] > war[US] and peace[JAPAN] > war[JAPAN] and peace[REST] < war[REST]
