"""Tariffs into welfare: the Armington model of world trade in exact hat algebra, for any number of countries.

Goods differ by where they come from (Armington 1969), each country makes one, and all substitute between them with the same
elasticity sigma. What tariffs do then follows from the flows before them and the trade elasticity theta = sigma - 1 alone, in
changes relative to before (Dekle, Eaton & Kortum 2008). Everybody is employed, investment does not react, and there is one kind
of good a country: neither a crisis nor a supply chain nor a passing disruption is in the numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

TOLERANCE, ROUNDING = 1e-12, 1e-11
"""Excess demand for any country's goods that counts as none, relative to its trade with others, and that which is let pass where
rounding lets no step come nearer."""

ROUNDS, HALVINGS, LARGEST_STEP = 100, 40, 2.0
"""Newton's steps, halvings of one step, and the largest change of a log wage in one step."""


@dataclass(frozen=True)
class Economy:
    """The world before: who buys how much from whom, under which tariffs.

    flows : (N, N) value at the border, before the buyer's tariff; row i sells, column j buys; the diagonal is home trade
    elasticity : trade elasticity theta = sigma - 1, above 0
    tariffs : (N, N) rates that j levies on goods from i, 0.25 = 25 %; None = no tariffs. Nobody levies one on its own goods

    Raises ValueError for a table that is not square, for flows that are negative or not finite, for a country that sells or
    buys nothing, for groups of countries without trade between them, and for rates of -100 % or less.
    """

    flows: Array
    elasticity: float
    tariffs: Array | None = None

    def __post_init__(self) -> None:
        """Check the world and keep copies that cannot be written to."""
        flows = np.array(self.flows, dtype=np.float64)
        if flows.ndim != 2 or flows.shape[0] != flows.shape[1] or len(flows) < 2:
            wanted = "Give a row and a column for each of two countries or more."
            raise ValueError(f"flows of shape {flows.shape} are no square table. {wanted}")
        _check_flows(flows)
        if not (np.isfinite(self.elasticity) and self.elasticity > 0.0):
            raise ValueError(f"elasticity = {self.elasticity} is out of range. It must be above 0, such as 4.")
        rates = np.zeros_like(flows) if self.tariffs is None else np.array(self.tariffs, dtype=np.float64)
        check_tariffs(rates, len(flows))
        if rates.ndim != 2:
            raise ValueError(f"tariffs of shape {rates.shape} are not one table. Give the one that was in force before.")
        flows.flags.writeable = rates.flags.writeable = False
        object.__setattr__(self, "flows", flows)
        object.__setattr__(self, "tariffs", rates)

    @property
    def output(self) -> Array:
        """What each country sells, Y_i, (N,)."""
        return np.asarray(self.flows.sum(axis=1))

    @property
    def deficits(self) -> Array:
        """What each country buys beyond what it sells, D_j, at border prices, (N,); the sum is 0."""
        abroad = self.flows * (1.0 - np.eye(len(self.flows)))
        return np.asarray(abroad.sum(axis=0) - abroad.sum(axis=1))


class Equilibrium(NamedTuple):
    """The world after, for each table of tariffs; leading axes are those of the tariffs."""

    wages: Array
    """w (..., N): price of a country's goods relative to before, at its border; world output Sum w_i Y_i is as before."""
    prices: Array
    """P (..., N): price index of what a country buys, tariffs included, relative to before."""
    flows: Array
    """X' (..., N, N): flows at the border, in the unit of the flows before."""
    revenue: Array
    """(..., N): tariff revenue, in the same unit."""
    welfare: Array
    """W (..., N): real expenditure relative to before, (E'/E) / P; 0.99 = a loss of 1 %."""


def equilibrium(economy: Economy, tariffs: Array) -> Equilibrium:
    """Return the world under other tariffs: rates (..., N, N), j's on goods from i, as in ``Economy``.

    With T_ij = (1 + t'_ij) / (1 + t_ij), wages w clear every market, w_i Y_i = Sum_j X'_ij, where

    X'_ij = q_ij (w_j Y_j + D_j),  q_ij proportional to X_ij T_ij^-(theta+1) w_i^-theta with Sum_i q_ij = 1,
    P_j = (Sum_i l_ij (w_i T_ij)^-theta)^(-1/theta) with l_ij the shares of j's expenditure E_j before, tariffs included,
    E'_j = Sum_i (1 + t'_ij) X'_ij: income w_j Y_j, tariff revenue, and the deficit D_j.

    Deficits are kept in units of world output at border prices, which is the numeraire: Sum w_i Y_i = Sum Y_i.
    Newton's method in log wages, each step halved until it comes nearer, to an excess demand of 1e-12 of trade at most.
    Raises ValueError for a table that does not fit or a rate of -100 % or less, ArithmeticError where no wages are found:
    a country whose surplus is kept cannot pay for it any more.

    Two like countries without home bias, theta = 1, that both put 100 % on imports: of 2 spent at border prices 1.6 go to
    own goods and 0.4 abroad, spending is 2.4 in place of 2, prices are up by a third, and welfare is 1.2 / (4/3) = 0.9.

    >>> after = equilibrium(Economy(np.ones((2, 2)), 1.0), np.array([[0.0, 1.0], [1.0, 0.0]]))
    >>> [round(float(value), 9) for value in (after.flows[0, 0], after.revenue[0], after.prices[0], after.welfare[0])]
    [1.6, 0.4, 1.333333333, 0.9]
    """
    after = np.asarray(tariffs, dtype=np.float64)
    check_tariffs(after, len(economy.flows))
    before = economy.tariffs
    assert before is not None  # the economy has put zeros in place of None
    flows, theta = economy.flows, economy.elasticity
    with np.errstate(over="ignore", under="ignore"):
        factor = (1.0 + after) / (1.0 + before)
        pull = flows * factor ** -(theta + 1.0)
        wages = _wages(economy, pull.reshape(-1, *flows.shape)).reshape(pull.shape[:-1])
        demand = pull * wages[..., :, None] ** -theta
        spent = flows * (1.0 + before)
        dear = (spent * (wages[..., :, None] * factor) ** -theta).sum(axis=-2) / spent.sum(axis=0)
    prices = dear ** (-1.0 / theta)
    income, total = wages * economy.output + economy.deficits, demand.sum(axis=-2)
    markup = ((demand * (1.0 + after)).sum(axis=-2) / spent.sum(axis=0)) / (total / flows.sum(axis=0))
    expenditure = income / (economy.output + economy.deficits) * markup  # exactly 1 where nothing has changed
    new_flows = demand * (income / total)[..., None, :]
    revenue = (new_flows * after).sum(axis=-2)
    return Equilibrium(wages, prices, new_flows, revenue, expenditure / prices)


def check_tariffs(rates: Array, countries: int) -> None:
    """Raise ValueError for tariffs that are no tables for so many countries, or with a rate that cannot be."""
    if rates.ndim < 2 or rates.shape[-2:] != (countries, countries):
        wanted = f"(..., {countries}, {countries})"
        raise ValueError(f"tariffs of shape {rates.shape} do not fit {countries} countries. Give tables of shape {wanted}.")
    if not np.isfinite(rates).all() or (rates <= -1.0).any():
        worst = rates[~(rates > -1.0) | ~np.isfinite(rates)].flat[0]
        raise ValueError(f"a tariff of {worst} is out of range. Rates are finite and above -1: 0.25 means 25 %.")
    if np.diagonal(rates, axis1=-2, axis2=-1).any():
        raise ValueError("a country has a tariff on its own goods. The diagonal of tariffs must be 0.")


def _check_flows(flows: Array) -> None:
    if not np.isfinite(flows).all() or (flows < 0.0).any():
        worst = flows[~(flows >= 0.0) | ~np.isfinite(flows)].flat[0]
        raise ValueError(f"a flow of {worst} is out of range. Flows must be finite and not negative.")
    for axis, does in ((1, "sells"), (0, "buys")):
        idle = np.flatnonzero(flows.sum(axis=axis) == 0.0)
        if idle.size:
            raise ValueError(f"country {idle[0]} {does} nothing. Leave it out.")
    reached = np.linalg.matrix_power(((flows + flows.T) > 0.0).astype(np.float64), len(flows)) > 0.0
    if not reached.all():
        apart = np.flatnonzero(~reached[0])[0]
        raise ValueError(f"country {apart} does not trade with country 0, not even through others. Make two economies of them.")


class _Market(NamedTuple):
    """Markets at some wages, for B tables of tariffs."""

    wages: Array  # (B, N)
    income: Array  # (B, N): what is spent at border prices, I_j = w_j Y_j + D_j
    shares: Array  # (B, N, N): q_ij, the shares in I_j
    gap: Array  # (B, N): log of what comes in over what goes out; of the largest country, of output over the numeraire
    size: Array  # (B,): the largest gap, infinite where an income is not positive


def _market(economy: Economy, pull: Array, wages: Array) -> _Market:
    """Return the markets at these wages. By Walras's law the largest country's accounts balance when all others' do."""
    output = economy.output
    demand = pull * wages[:, :, None] ** -economy.elasticity
    shares = demand / demand.sum(axis=1, keepdims=True)
    income = wages * output + economy.deficits
    earned, spent = _accounts(economy, shares * income[:, None, :])
    gap = np.log(earned / spent)
    gap[:, output.argmax()] = np.log1p(((wages - 1.0) * output).sum(axis=1) / output.sum())
    size = np.where((income > 0.0).all(axis=1), np.abs(gap).max(axis=1), np.inf)
    return _Market(wages, income, shares, gap, np.where(np.isfinite(size), size, np.inf))


def _accounts(economy: Economy, flows: Array) -> tuple[Array, Array]:
    """Return what each country earns abroad and spends abroad, (B, N); deficits count as earned, surpluses as spent."""
    abroad = flows * (1.0 - np.eye(flows.shape[1]))
    deficits = economy.deficits
    return abroad.sum(axis=2) + np.maximum(deficits, 0.0), abroad.sum(axis=1) + np.maximum(-deficits, 0.0)


def _wages(economy: Economy, pull: Array) -> Array:
    """Return wages (B, N) that clear all markets, for each table of demands at the old wages, ``pull`` (B, N, N)."""
    with np.errstate(all="ignore"):  # a step that leaves the numbers is halved
        here = _market(economy, pull, np.ones(pull.shape[:2]))
        for _ in range(ROUNDS):
            open_ones = np.flatnonzero(here.size > TOLERANCE)
            if open_ones.size == 0:
                return here.wages
            part = _Market(*(values[open_ones] for values in here))
            try:
                step = _newton_step(economy, part)
            except np.linalg.LinAlgError:  # the wages do not decide what is traded, as far as a computer can tell
                break
            moved = _nearer(economy, pull[open_ones], part, step)
            for values, new in zip(here, moved, strict=True):
                values[open_ones] = new
    if here.size.max() <= ROUNDING:
        return here.wages
    raise ArithmeticError(
        f"no wages clear the markets after {ROUNDS} steps: trade is still {here.size.max():.1g} out of balance, above"
        f" {TOLERANCE:g}. Use tariffs nearer to those before, or flows with smaller deficits."
    )


def _newton_step(economy: Economy, market: _Market) -> Array:
    """Return the change of log wages that would close the gaps if they were linear in them.

    dX_ij / dlog w_k = -theta X_ij ([i = k] - q_kj) + [j = k] q_ij w_k Y_k, summed over what i sells to and buys from others.
    """
    theta, others = economy.elasticity, 1.0 - np.eye(market.wages.shape[1])
    value = market.wages * economy.output
    turned, abroad = market.shares.transpose(0, 2, 1), market.shares * others * market.income[:, None, :]
    sold, bought = abroad.sum(axis=2), abroad.sum(axis=1)
    earned, spent = _accounts(economy, abroad)
    sales = theta * (abroad @ turned - sold[:, :, None] * (1.0 - others)) + market.shares * others * value[:, None, :]
    purchases = theta * (turned * bought[:, :, None] - abroad.transpose(0, 2, 1))
    purchases += ((market.shares * others).sum(axis=1) * value)[:, :, None] * (1.0 - others)
    slope = sales / earned[:, :, None] - purchases / spent[:, :, None]
    slope[:, economy.output.argmax()] = value / value.sum(axis=1, keepdims=True)
    step = np.linalg.solve(slope, -market.gap[:, :, None])[:, :, 0]
    largest = np.abs(step).max(axis=1, keepdims=True)
    return np.asarray(step * np.minimum(1.0, LARGEST_STEP / largest))


def _nearer(economy: Economy, pull: Array, market: _Market, step: Array) -> _Market:
    """Return the markets after the step, halved where that comes no nearer to clearing them."""
    best, length = market, np.ones((len(step), 1))
    for _ in range(HALVINGS):
        trial = _market(economy, pull, market.wages * np.exp(length * step))
        better = trial.size < best.size
        best = _Market(*(np.where(_like(better, new), new, old) for new, old in zip(trial, best, strict=True)))
        moved = best.size < market.size
        if moved.all():
            break
        length = np.where(moved[:, None], 0.0, 0.5 * length)
    return best


def _like(mask: NDArray[np.bool_], values: Array) -> NDArray[np.bool_]:
    """Return a mask (B,) with as many axes as the values."""
    return mask.reshape(-1, *[1] * (values.ndim - 1))
