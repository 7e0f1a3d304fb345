"""Tariffs into welfare (Gros 1987): there is no game behind these results; ``trade.equilibrium`` is held against them.

A tariff that is best is found by searching the solver's welfare, which is flat at its top: to the root of the rounding error of
its height, FLAT. Draws cover unlike countries with balanced trade and any tariff of the other between 0 and 50 %; a deficit that
is kept in world prices would be a motive of its own, and a home that buys nothing abroad has no tariff. The table of
three countries is a reference of six digits at given flows: nothing in it is drawn but which row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from negosim.theory import optimal_tariff, symmetric_tariff
from negosim.theory.trade import Economy, equilibrium
from negosim.validation.textbook.result import EXACT, Measured, Result

US, JAPAN, REST = range(3)
WORLD = Economy(np.array([[24620.0, 87.0, 2199.0], [116.0, 3518.0, 580.0], [2170.0, 609.0, 71413.0]]), 4.0)
"""Balanced flows of three countries in bn USD a year, without tariffs before: the reference's own table."""

REFERENCE = {0.0: (1.000050, 0.997738, 1.000014), 0.24: (0.999799, 0.997878, 1.000023)}
"""Japan's answer to 24 % -> welfare of the United States, Japan and the rest."""

BEST_OF_US = 0.254660
SIX_DIGITS = 5.1e-7
FLAT = 2e-6


def _table(us_on_japan: float, japan_on_us: float = 0.0, us_on_rest: float = 0.0) -> NDArray[np.float64]:
    """Return the tariffs of the three: the column's on goods from the row."""
    return np.array([[0.0, japan_on_us, 0.0], [us_on_japan, 0.0, 0.0], [us_on_rest, 0.0, 0.0]])


def _best(welfare: Callable[[float], float], highest: float) -> float:
    """Return the tariff at which a welfare is highest."""
    found = minimize_scalar(lambda t: -welfare(t), bounds=(0.0, highest), method="bounded", options={"xatol": 1e-9})
    return float(found.x)


def best_tariff(seed: int, theta: float, size: float, openness: float, abroad: float) -> Iterator[Measured]:
    """The tariff that is best for a home of ``size`` times the foreign country, which levies ``abroad``."""
    traded = openness * min(size, 1.0)
    economy = Economy(np.array([[size - traded, traded], [traded, 1.0 - traded]]), theta)

    def tariffs(rate: float) -> NDArray[np.float64]:
        return np.array([[0.0, abroad], [rate, 0.0]])

    found = _best(lambda t: float(equilibrium(economy, tariffs(t)).welfare[0]), 8.0 / theta)
    foreign = equilibrium(economy, tariffs(found)).flows[:, 1]
    closed = float(optimal_tariff(theta, foreign[1] / foreign.sum()))
    yield Measured("best tariff", closed, found, FLAT * max(1.0, closed) / np.sqrt(traded / size))


def tariff_war(seed: int, sigma: float) -> Iterator[Measured]:
    """The tariffs of two equal countries, each the best reply to the other."""
    economy = Economy(np.ones((2, 2)), sigma - 1.0)

    def reply(abroad: float) -> float:
        rates = np.array([[0.0, abroad], [0.0, 0.0]])
        mine = np.array([[0.0, 0.0], [1.0, 0.0]])
        return _best(lambda t: float(equilibrium(economy, rates + t * mine).welfare[0]), 4.0 / (sigma - 1.0))

    before, mine = 0.0, reply(0.0)
    while abs(mine - before) > EXACT:
        before, mine = mine, reply(mine)
    yield Measured("tariff of both", float(symmetric_tariff(sigma)), mine, FLAT * max(1.0, 1.0 / (sigma - 1.0)))


def three_countries(seed: int, answer: float) -> Iterator[Measured]:
    """Welfare of three countries once the United States levies 24 % on Japan."""
    welfare = equilibrium(WORLD, _table(0.24, answer)).welfare
    for name, reference, value in zip(("United States", "Japan", "rest"), REFERENCE[answer], welfare, strict=True):
        yield Measured(f"welfare, {name}", reference, float(value), SIX_DIGITS)


def best_of_the_us(seed: int) -> Iterator[Measured]:
    """The best uniform tariff of the United States."""
    found = _best(lambda t: float(equilibrium(WORLD, _table(t, 0.0, t)).welfare[US]), 3.0)
    yield Measured("best uniform tariff", BEST_OF_US, found, FLAT)


def zone_of_agreement(seed: int, threatened: float) -> Iterator[Measured]:
    """Deals on the two countries' tariffs that both prefer to a threat that is carried out, out of 13 x 7.

    The rest pays 25 %. Without an answer from Japan there are none; with an answer in kind there are.
    """
    cuts, offers = np.linspace(0.0, threatened, 13), np.linspace(0.0, 0.3, 7)
    deals = equilibrium(WORLD, np.array([_table(cut, its, 0.25) for cut in cuts for its in offers])).welfare
    for what, answer, wanted in (("keeps still", 0.0, 0.0), ("answers in kind", threatened, 1.0)):
        threat = equilibrium(WORLD, _table(threatened, answer, 0.25)).welfare
        both = (deals[:, [US, JAPAN]] > threat[[US, JAPAN]] + 1e-12).all(axis=1)
        yield Measured(f"there is a deal for both if Japan {what}", wanted, float(both.any()))


def _two(rng: np.random.Generator) -> dict[str, float]:
    return {
        "theta": float(rng.uniform(0.5, 10.0)), "size": float(np.exp(rng.uniform(np.log(0.001), np.log(10.0)))),
        "openness": float(rng.uniform(0.05, 0.6)), "abroad": float(rng.uniform(0.0, 0.5)),
    }


PAGE = "Armington 1969; Dekle, Eaton & Kortum 2008"
RESULTS = (
    Result(
        "optimal-tariff", "The best tariff if nobody answers", "Gros 1987",
        tuple(
            {"theta": theta, "size": size, "openness": openness, "abroad": abroad}
            for theta, size, openness, abroad in ((4.0, 0.001, 0.3, 0.0), (4.0, 1.0, 0.2, 0.0), (2.0, 0.5, 0.4, 0.25))
        ),
        _two, best_tariff,
    ),
    Result(
        "tariff-war", "The tariff war of two equal countries", "Gros 1987", tuple({"sigma": s} for s in (3.0, 2.0, 5.0, 9.0)),
        lambda rng: {"sigma": float(rng.uniform(1.3, 12.0))}, tariff_war,
    ),
    Result(
        "three-countries", "Welfare in three countries", PAGE, tuple({"answer": a} for a in REFERENCE),
        lambda rng: {"answer": float(rng.choice(list(REFERENCE)))}, three_countries,
    ),
    Result("best-of-the-us", "The best uniform tariff of the United States", PAGE, ({},), lambda rng: {}, best_of_the_us),
    Result(
        "zone-of-agreement", "Tariffs alone leave nothing to agree on unless an answer is credible", PAGE,
        ({"threatened": 0.24}, {"threatened": 0.25}),
        lambda rng: {"threatened": float(rng.uniform(0.01, 0.25))}, zone_of_agreement,
    ),
)
