"""What the tariffs in force at the end of a run do to the real expenditure of every country: `theory.trade` for many runs.

All that a run decides is the average tariff of each side on the exports of the other. Welfare as a function of the sender's
alone or, where a countermeasure of the target is in force, of both is solved at some tariffs, once for a world, and
interpolated: a run then costs a fraction of a microsecond, and some microseconds with a countermeasure.
"""

from __future__ import annotations

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

AT_ONCE = 512
"""Runs with a countermeasure that are interpolated at once, so that what they need stays in the fast memory of the processor."""


def average_tariff(scenario: Scenario, settlements: Array, in_force: Array) -> Array:
    """Return the sender's average tariff on the target's exports at the end of each run, in per cent, (runs,).

    It is base_tariff + Sum share_k (rate_k - base_k) over the tariffs k of the scenario, where rate_k is

    * the threatened rate times its level, where a threat of the sender on the issue is in force,
    * else what was settled, and
    * without a settlement the status quo.

    settlements : (runs, issues) settled positions, NaN where there is no deal
    in_force : (runs, threats) level of each threat that is in force, 0 where it is not
    """
    trade = scenario.trade
    assert trade is not None
    places = {issue.name: number for number, issue in enumerate(scenario.issues)}
    threats = {threat.issue: (n, threat.rate) for n, threat in enumerate(scenario.threats) if threat.holder == "sender"}
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


def average_answer(scenario: Scenario, in_force: Array) -> Array:
    """Return the target's average tariff on the sender's exports at the end of each run, in per cent, (runs,).

    It is target_base_tariff + Sum share_k rate_k level_k over the countermeasures k that are in force; ``in_force`` as above.
    """
    trade = scenario.trade
    assert trade is not None
    places = {threat.key: number for number, threat in enumerate(scenario.threats)}
    average = np.full(len(in_force), trade.target_base_tariff)
    for measure in trade.countermeasures:
        number = places[measure.threat]
        average += measure.share * scenario.threats[number].rate * in_force[:, number]
    return average


def status_quo_tariff(scenario: Scenario) -> float:
    """Return the sender's average tariff on the target's exports in the status quo, in per cent."""
    nothing = np.full((1, len(scenario.issues)), np.nan), np.zeros((1, len(scenario.threats)))
    return float(average_tariff(scenario, *nothing)[0])


def welfare(trade: Trade, tariff: Array, answer: Array | None = None) -> Array:
    """Return the change of real expenditure against the world before, in per cent, (runs, countries).

    tariff : (runs,) the sender's average tariff on the target's exports, in per cent, from 0 on
    answer : (runs,) the target's on the sender's; None = as before the dispute

    Interpolated by Chebyshev polynomials in (1 + t)^(-1/4), in which welfare is smooth from free trade to no trade at all, to
    ACCURACY: of the sender's tariff alone where the target's is as before the dispute, else of both. A run has the same
    welfare, bit for bit, in every batch: it is computed with + - * / and square roots alone.
    """
    x = 2.0 * _place(tariff / 100.0) - 1.0
    changes = chebyshev.chebval(x, _coefficients(trade, False)).T
    answer = np.full(tariff.shape, trade.target_base_tariff) if answer is None else answer
    answered = np.flatnonzero(answer != trade.target_base_tariff)
    for first in range(0, len(answered), AT_ONCE):
        some = answered[first : first + AT_ONCE]
        y = 2.0 * _place(answer[some] / 100.0) - 1.0
        changes[some] = chebyshev.chebval2d(x[some], y, _coefficients(trade, True)).T
    return np.asarray(changes, dtype=np.float64)


def solved(trade: Trade, tariff: Array, answer: Array | None = None) -> Array:
    """Return the same as `welfare`, solved for each pair of tariffs (...) and not interpolated: (..., countries).

    ScenarioError for trade whose welfare cannot be worked out.
    """
    answer = np.array(trade.target_base_tariff) if answer is None else answer
    names = [country.name for country in trade.countries]
    flows, before = np.zeros((2, len(names), len(names)))
    for flow in trade.flows:
        flows[names.index(flow.seller), names.index(flow.buyer)] = flow.amount
    sender, target = names.index(trade.sender), names.index(trade.target)
    before[target, sender], before[sender, target] = trade.base_tariff / 100.0, trade.target_base_tariff / 100.0
    after = np.zeros((*np.broadcast_shapes(tariff.shape, answer.shape), *flows.shape))
    after[..., target, sender], after[..., sender, target] = tariff / 100.0, answer / 100.0
    try:
        return 100.0 * (equilibrium(Economy(flows, trade.elasticity, before), after).welfare - 1.0)
    except ArithmeticError as error:
        raise ScenarioError(f"cannot be solved: {str(error).rstrip('.')}", field="trade") from None


def _place(rate: Array) -> Array:
    """Return (1 + t)^(-1/4): 1 without a tariff, 0 where it stops all trade."""
    return np.asarray(np.sqrt(np.sqrt(1.0 / (1.0 + rate))))


@lru_cache(maxsize=64)
def _coefficients(trade: Trade, answered: bool) -> Array:
    """Return the coefficients of the first polynomials that are exact enough at 0 and between their nodes.

    They are (nodes, countries), of the sender's tariff alone, or if it is ``answered`` (nodes, nodes, countries), of both sides'.
    ScenarioError for trade whose welfare cannot be interpolated.
    """
    errors = []
    for nodes in NODES:
        x = np.cos(np.pi * np.arange(2 * nodes) / (2 * nodes))  # no tariff, then nodes and places to check in turn
        rates = 100.0 * ((0.5 + 0.5 * x) ** -4.0 - 1.0)
        if answered:
            exact = solved(trade, rates[:, None], rates)
            coefficients = _fitted(_fitted(exact[1::2, 1::2]).swapaxes(0, 1)).swapaxes(0, 1)
            found, checked = chebyshev.chebgrid2d(x[::2], x[::2], coefficients), exact[::2, ::2]
        else:
            exact = solved(trade, rates)
            coefficients = _fitted(exact[1::2])
            found, checked = chebyshev.chebval(x[::2], coefficients), exact[::2]
        errors.append(float(np.abs(np.moveaxis(found, 0, -1) - checked).max()))
        if errors[-1] <= ACCURACY:
            return np.asarray(coefficients)
    raise ScenarioError(
        f"gives a welfare that cannot be interpolated: with {NODES[-1]} nodes it is still {errors[-1]:.1g} per cent off, above "
        f"{ACCURACY:g}",
        field="trade",
        remedy=f"Use a trade.elasticity nearer to 4 than {trade.elasticity:g}, or flows that differ less in size.",
    )


def _fitted(values: Array) -> Array:
    """Return the coefficients, along the first axis, of the polynomials through values at the nodes (nodes, ...)."""
    nodes = len(values)
    x = np.cos(np.pi * (np.arange(nodes) + 0.5) / nodes)
    weights = np.where(np.arange(nodes) == 0, 1.0, 2.0) / nodes
    flat = weights[:, None] * (chebyshev.chebvander(x, nodes - 1).T @ values.reshape(nodes, -1))
    return np.asarray(flat.reshape(values.shape))
