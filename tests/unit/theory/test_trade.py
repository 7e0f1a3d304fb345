"""The Armington world: markets clear, nothing depends on units or order, and what cannot be is refused."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from negosim.theory.trade import Economy, equilibrium

EXACT = 1e-11
PAIR = np.array([[5.0, 1.0], [1.0, 3.0]])


def table(rng: np.random.Generator, countries: int, low: float, high: float, *batch: int) -> NDArray[np.float64]:
    """Return random tariffs (*batch, N, N), none on own goods."""
    return rng.uniform(low, high, (*batch, countries, countries)) * (1.0 - np.eye(countries))


def world(seed: int) -> tuple[Economy, NDArray[np.float64]]:
    """Return 2 to 8 unlike countries with moderate deficits and old tariffs, and five tables of new ones."""
    rng = np.random.default_rng(seed)
    countries = 2 + seed % 7
    flows = rng.lognormal(0.0, 1.5, (countries, countries))
    flows = (flows + flows.T) * rng.uniform(0.9, 1.1, flows.shape) + np.diag(rng.lognormal(3.0, 1.0, countries))
    economy = Economy(flows, rng.uniform(0.5, 8.0), table(rng, countries, -0.1, 0.4))
    return economy, table(rng, countries, -0.2, 1.5, 5)


WORLDS = range(21)


@pytest.mark.parametrize("seed", WORLDS)
def test_every_market_clears_and_every_budget_holds(seed: int) -> None:
    """Walras's law besides: the accounts of all countries together add up, since those of each do."""
    economy, after = world(seed)
    found = equilibrium(economy, after)
    sold, bought = found.flows.sum(axis=-1), found.flows.sum(axis=-2)
    assert np.allclose(sold, found.wages * economy.output, rtol=EXACT, atol=0.0)
    assert np.allclose(bought, found.wages * economy.output + economy.deficits, rtol=EXACT, atol=0.0)
    assert np.allclose(found.wages @ economy.output, economy.output.sum(), rtol=EXACT, atol=0.0)
    assert np.allclose(found.revenue, (found.flows * after).sum(axis=-2), rtol=EXACT, atol=1e-15)
    before = (economy.flows * (1.0 + economy.tariffs)).sum(axis=0)
    assert np.allclose(found.welfare * found.prices * before, bought + found.revenue, rtol=EXACT, atol=0.0)


@pytest.mark.parametrize("seed", WORLDS)
def test_relative_demand_has_the_elasticity_that_was_asked_for(seed: int) -> None:
    """log (X'_ij / X'_jj) changes by -theta log (w_i/w_j) - (theta + 1) log of the change of the tariff's factor."""
    economy, after = world(seed)
    found, theta = equilibrium(economy, after), economy.elasticity
    own, own_before = (np.diagonal(flows, axis1=-2, axis2=-1)[..., None, :] for flows in (found.flows, economy.flows))
    dearer = found.wages[..., :, None] / found.wages[..., None, :]
    factor = (1.0 + after) / (1.0 + economy.tariffs)
    expected = economy.flows / own_before * dearer**-theta * factor ** -(theta + 1.0)
    assert np.allclose(found.flows / own, expected, rtol=1e-9, atol=0.0)


@pytest.mark.parametrize("seed", WORLDS)
def test_no_change_is_no_change_to_the_last_digit(seed: int) -> None:
    economy, _ = world(seed)
    assert economy.tariffs is not None
    found = equilibrium(economy, economy.tariffs)
    assert (found.wages == 1.0).all() and (found.prices == 1.0).all() and (found.welfare == 1.0).all()


@pytest.mark.parametrize("seed", WORLDS)
def test_units_do_not_matter(seed: int) -> None:
    economy, after = world(seed)
    in_yen = Economy(150.0 * economy.flows, economy.elasticity, economy.tariffs)
    ours, theirs = equilibrium(economy, after), equilibrium(in_yen, after)
    assert np.allclose(ours.welfare, theirs.welfare, rtol=EXACT, atol=0.0)
    assert np.allclose(150.0 * ours.revenue, theirs.revenue, rtol=1e-9, atol=0.0)


@pytest.mark.parametrize("seed", WORLDS)
def test_the_order_of_countries_does_not_matter(seed: int) -> None:
    economy, after = world(seed)
    order = np.random.default_rng(seed).permutation(len(economy.flows))
    assert economy.tariffs is not None
    other = Economy(economy.flows[order][:, order], economy.elasticity, economy.tariffs[order][:, order])
    ours, theirs = equilibrium(economy, after), equilibrium(other, after[:, order][:, :, order])
    assert np.allclose(ours.welfare[:, order], theirs.welfare, rtol=EXACT, atol=0.0)


@pytest.mark.parametrize("seed", WORLDS)
def test_there_and_back_again_is_where_it_began(seed: int) -> None:
    """The world after, taken as the world before: the same prices and flows come out of the way back."""
    economy, after = world(seed)
    there = equilibrium(economy, after[0])
    assert economy.tariffs is not None
    back = equilibrium(Economy(there.flows, economy.elasticity, after[0]), economy.tariffs)
    assert np.allclose(back.flows, economy.flows, rtol=1e-9, atol=0.0)
    assert np.allclose(back.welfare * there.welfare, 1.0, rtol=1e-9, atol=0.0)


def test_like_countries_that_do_alike_fare_alike_and_a_mirrored_tariff_mirrors_welfare() -> None:
    economy = Economy(np.array([[9.0, 1.0], [1.0, 9.0]]), 4.0)
    both, one, other = (np.array([[0.0, a], [b, 0.0]]) for a, b in ((0.3, 0.3), (0.3, 0.0), (0.0, 0.3)))
    welfare = equilibrium(economy, np.array([both, one, other])).welfare
    assert welfare[0, 0] == pytest.approx(welfare[0, 1], rel=EXACT) and welfare[0, 0] < 1.0
    assert welfare[1] == pytest.approx(welfare[2, ::-1], rel=EXACT)


@pytest.mark.parametrize("seed", WORLDS)
def test_tariffs_leave_less_than_free_trade_to_share_out(seed: int) -> None:
    """From free trade all cannot gain: sum E_j (W_j - 1) is at most 0, even where some gain (Dixit & Norman 1980)."""
    economy, after = world(seed)
    flows = economy.flows + economy.flows.T  # balanced
    gains = equilibrium(Economy(flows, economy.elasticity), np.abs(after)).welfare - 1.0
    assert (gains @ flows.sum(axis=0) < 0.0).all()


def test_a_batch_gives_what_each_table_gives_by_itself() -> None:
    economy, after = world(3)
    together = equilibrium(economy, after.reshape(5, 1, *after.shape[1:]))
    assert together.welfare.shape == (5, 1, len(economy.flows))
    for number, rates in enumerate(after):
        assert np.allclose(together.welfare[number, 0], equilibrium(economy, rates).welfare, rtol=EXACT, atol=0.0)


def test_a_prohibitive_tariff_ends_the_imports_and_leaves_the_gains_of_trade_with_others() -> None:
    found = equilibrium(Economy(np.ones((2, 2)), 3.0), np.array([[0.0, 1e6], [1e6, 0.0]]))
    assert found.flows[0, 1] < 1e-20
    assert found.welfare == pytest.approx([0.5 ** (1.0 / 3.0)] * 2, abs=1e-9)  # (own share before)^(1/theta)


# ---- what cannot be ----


@pytest.mark.parametrize(
    ("flows", "said"),
    [
        (np.ones((2, 3)), "no square table"),
        (np.ones(4), "no square table"),
        (np.ones((1, 1)), "two countries or more"),
        ([[1.0, -0.5], [1.0, 1.0]], "a flow of -0.5 is out of range"),
        ([[1.0, np.nan], [1.0, 1.0]], "a flow of nan is out of range"),
        ([[1.0, 1.0], [0.0, 0.0]], "country 1 sells nothing"),
        ([[1.0, 0.0], [1.0, 0.0]], "country 1 buys nothing"),
        (np.eye(3), "country 1 does not trade with country 0"),
    ],
)
def test_flows_that_cannot_be_are_refused(flows: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Economy(np.array(flows), 4.0)


@pytest.mark.parametrize("elasticity", [0.0, -4.0, np.nan, np.inf])
def test_an_elasticity_that_is_not_above_0_is_refused(elasticity: float) -> None:
    with pytest.raises(ValueError, match="It must be above 0"):
        Economy(PAIR, elasticity)


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        (np.zeros((3, 3)), r"do not fit 2 countries. Give tables of shape \(\.\.\., 2, 2\)"),
        (np.zeros(2), "do not fit 2 countries"),
        ([[0.0, -1.0], [0.0, 0.0]], "a tariff of -1.0 is out of range"),
        ([[0.0, np.inf], [0.0, 0.0]], "a tariff of inf is out of range"),
        ([[0.1, 0.0], [0.0, 0.0]], "on its own goods"),
    ],
)
def test_tariffs_that_cannot_be_are_refused_before_and_after(rates: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        equilibrium(Economy(PAIR, 4.0), np.array(rates))
    with pytest.raises(ValueError, match=said):
        Economy(PAIR, 4.0, np.array(rates))


def test_more_than_one_table_before_is_refused() -> None:
    with pytest.raises(ValueError, match="are not one table"):
        Economy(PAIR, 4.0, np.zeros((2, 2, 2)))


def test_an_economy_cannot_be_written_to() -> None:
    flows = PAIR.copy()
    economy = Economy(flows, 4.0)
    flows[0, 1] = 7.0
    assert economy.flows[0, 1] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        economy.flows[0, 1] = 7.0


def test_a_surplus_that_cannot_be_paid_any_more_is_an_error_that_says_so() -> None:
    """Country 1 gives away 9 of its 10; a tariff against it leaves it with less than that to earn."""
    economy = Economy(np.array([[10.0, 0.5], [9.5, 0.5]]), 4.0)
    with pytest.raises(ArithmeticError, match="flows with smaller deficits"):
        equilibrium(economy, np.array([[0.0, 0.0], [9.0, 0.0]]))
