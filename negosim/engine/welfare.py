"""What the tariffs in force at the end of a run do to the real expenditure of every country: `theory.trade` for many runs.

All that a run decides is the sender's average tariff on the target's exports. Welfare as a function of that one number is solved
at some tariffs, once for a world, and interpolated: a run then costs a fraction of a microsecond.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from negosim.common.errors import ScenarioError
from negosim.scenario.scenario import Scenario
from negosim.scenario.trade import Trade
from negosim.theory.trade import Economy, equilibrium

Array = NDArray[np.float64]

ACCURACY = 1e-8
"""Largest error of interpolation that is let pass, in per cent of real expenditure."""

NODES = (17, 33, 65, 129, 257)
"""Numbers of tariffs at which the world is solved: the first with which the error is small enough."""


def average_tariff(scenario: Scenario, settlements: Array, in_force: Array) -> Array:
    """Return the sender's average tariff on the target's exports at the end of each run, in per cent, (runs,).

    It is base_tariff + Sum share_k (rate_k - base_k) over the tariffs k of the scenario, where rate_k is

    * the threatened rate times its level, where a threat on the issue is in force,
    * else what was settled, and
    * without a settlement the status quo.

    settlements : (runs, issues) settled positions, NaN where there is no deal
    in_force : (runs, threats) level of each threat that is in force, 0 where it is not
    """
    trade = scenario.trade
    assert trade is not None
    places = {issue.name: number for number, issue in enumerate(scenario.issues)}
    threats = {threat.issue: (number, threat.rate) for number, threat in enumerate(scenario.threats)}
    average = np.full(len(settlements), trade.base_tariff)
    for tariff in trade.tariffs:
        issue, settled = scenario.issue(tariff.issue), settlements[:, places[tariff.issue]]
        real = issue.target_end + settled * (issue.sender_end - issue.target_end)
        rate = np.where(np.isnan(settled), issue.status_quo, real)
        if tariff.issue in threats:
            number, threatened = threats[tariff.issue]
            rate = np.where(in_force[:, number] > 0.0, threatened * in_force[:, number], rate)
        average += tariff.share * (rate - tariff.base)
    return average


def average_tariff_of(scenario: Scenario, rates: Mapping[str, float]) -> float:
    """Return the same average for one world: these rates in per cent, by issue, and the status quo on every other tariff."""
    trade = scenario.trade
    assert trade is not None
    held = {tariff.issue: scenario.issue(tariff.issue).status_quo for tariff in trade.tariffs} | dict(rates)
    return trade.base_tariff + sum(tariff.share * (held[tariff.issue] - tariff.base) for tariff in trade.tariffs)


def welfare(trade: Trade, tariff: Array) -> Array:
    """Return the change of real expenditure against the world before, in per cent, (runs, countries).

    tariff : (runs,) the sender's average tariff on the target's exports, in per cent, from 0 on

    Interpolated by Chebyshev polynomials in (1 + t)^(-1/4), in which welfare is smooth from free trade to no trade at all, to
    ACCURACY. A run has the same welfare, bit for bit, in every batch: there is no operation but + - * / and square roots.
    """
    return np.asarray(chebyshev.chebval(2.0 * _place(tariff / 100.0) - 1.0, _coefficients(trade)).T, dtype=np.float64)


def solved(trade: Trade, tariff: Array) -> Array:
    """Return the same as `welfare`, solved for each tariff and not interpolated."""
    names = [country.name for country in trade.countries]
    flows, before = np.zeros((2, len(names), len(names)))
    for flow in trade.flows:
        flows[names.index(flow.seller), names.index(flow.buyer)] = flow.amount
    place = names.index(trade.target), names.index(trade.sender)
    before[place] = trade.base_tariff / 100.0
    after = np.zeros((len(tariff), *flows.shape))
    after[:, *place] = tariff / 100.0
    return 100.0 * (equilibrium(Economy(flows, trade.elasticity, before), after).welfare - 1.0)


def _place(rate: Array) -> Array:
    """Return (1 + t)^(-1/4): 1 without a tariff, 0 where it stops all trade."""
    return np.asarray(np.sqrt(np.sqrt(1.0 / (1.0 + rate))))


@lru_cache(maxsize=64)
def _coefficients(trade: Trade) -> Array:
    """Return the coefficients (nodes, countries) of the first polynomials that are exact enough at 0 and between their nodes.

    ScenarioError for trade whose welfare cannot be worked out.
    """
    errors = []
    for nodes in NODES:
        x = np.cos(np.pi * np.arange(2 * nodes) / (2 * nodes))  # no tariff, then nodes and places to check in turn
        try:
            exact = solved(trade, 100.0 * ((0.5 + 0.5 * x) ** -4.0 - 1.0))
        except ArithmeticError as error:
            raise ScenarioError(f"cannot be solved: {str(error).rstrip('.')}", field="trade") from None
        polynomials = chebyshev.chebvander(x[1::2], nodes - 1)
        weights = np.where(np.arange(nodes) == 0, 1.0, 2.0) / nodes
        coefficients = weights[:, None] * (polynomials.T @ exact[1::2])
        errors.append(float(np.abs(chebyshev.chebval(x[::2], coefficients).T - exact[::2]).max()))
        if errors[-1] <= ACCURACY:
            return np.asarray(coefficients)
    raise ScenarioError(
        f"gives a welfare that cannot be interpolated: with {NODES[-1]} nodes it is still {errors[-1]:.1g} per cent off, above "
        f"{ACCURACY:g}",
        field="trade",
        remedy=f"Use a trade.elasticity nearer to 4 than {trade.elasticity:g}, or flows that differ less in size.",
    )
