"""Payoffs as flows: what each state of the world pays a side in a round, and so what an ending without a deal is worth.

The world is in one of four states: talks, deal, lapsed deal, no deal. A payoff is the mean of what the states pay, round by
round, weighted by (1 - D) D^(t - 1) with D = discount (1 - 1 / horizon). An ending pays nothing of its own: it changes the state.
So with

    x = D (1 - resumption)                       weight of the next round, if a threat has to be in force still,
    E = (1 - D) / (1 - x)                        weight of a flow that lasts until the threat is lifted,
    Z = (1 - D) s x / ((1 - x)(1 - D phi))       cost of a unit of stress that is added in each round until then,

a threat that is in force at the end costs E c + Z I per unit of its level: c is the flow that it takes from the side, I the
stress that it adds in a round, s the cost of stress, phi its persistence. A threat that was in force before the talks belongs to
the status quo and is not lifted: it costs as with a resumption of 0. Stress S that is there when the talks end goes on costing
(1 - D) s S / (1 - D phi). No deal is worth B = q - (stress of levels that go on moving), with q the utility of the status quo or
the inside option, before threats in force and before doubts about the guarantee.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from negosim.common.vocabulary import Side, ThreatState
from negosim.engine.welfare import solved, status_quo_tariff
from negosim.rules.columns import kept_column, precedent_column, reverted_column
from negosim.rules.menus import package_utility
from negosim.rules.payoff import holding_weights
from negosim.rules.records import Game
from negosim.rules.utility import risk
from negosim.scenario.parameters import Threat
from negosim.scenario.scenario import Scenario
from negosim.scenario.trade import Trade
from negosim.strategies.tables import rounds_of

Array = NDArray[np.float64]

class Flow(NamedTuple):
    """What a flow is worth from the end of the talks on, by side: each field is (2,)."""

    weight: Array  # 1 - D: of one round
    until_lifted: Array  # E
    stress_until_lifted: Array  # Z, per unit of stress that is added in a round
    stress_for_good: Array  # the same for ever
    stress_left: Array  # of a unit of stress that is there when the talks end


def present_values(scenario: Scenario, discount: Array) -> Flow:
    """Return what flows are worth at the end of the talks, by side."""
    phi, weight = scenario.markets.persistence, 1.0 - discount
    cost = np.array([scenario.delegation(side).stress_cost for side in Side])
    x = discount * (1.0 - scenario.talks.resumption)
    left = weight * cost / (1.0 - discount * phi)
    return Flow(weight, weight / (1.0 - x), left * x / (1.0 - x), left * discount / weight, left)


def inside_option(scenario: Scenario, game: Game, side: Side) -> float:
    """Return what a round without a deal is worth to a side before costs, in talks and after them (Muthoo 1999, ch. 6)."""
    delegation = scenario.delegation(side)
    if delegation.inside_option is None:
        return status_quo_utility(game, side)
    return float(risk(delegation.inside_option, delegation.risk_aversion))


def status_quo_utility(game: Game, side: Side) -> float:
    """Return what the status quo is worth to a side's mean priorities."""
    return float(package_utility(game, int(side), int(game.sides[side]["profiles"]) - 1, game.status_quo))


def costs(scenario: Scenario, game: Game) -> Array:
    """Return (threats, 2): the flow that a threat in force at its first level takes from each side, beyond the status quo.

    A threat that is never announced takes nothing.
    """
    rests = zip(scenario.threats, at_rest(game), strict=True)
    return np.array([np.zeros(2) if never else _cost(scenario, game, threat) for threat, never in rests]).reshape(-1, 2)


def _cost(scenario: Scenario, game: Game, threat: Threat) -> Array:
    """Return (2,): what the threat says or, where it does not, what trade says.

    By trade a side loses k (W before - W after), and the side whose buyers pay the duty k m share (rate - rate before) more: m
    is the share of its spending that goes to the other's goods, times the pass-through. The sender likes its own tariff as much
    as a settlement at that rate.
    """
    given = [getattr(threat, f"{side.label}_cost") for side in Side]
    if None not in given:
        return np.array(given)
    trade, holder = scenario.trade, Side[threat.holder.upper()]
    assert trade is not None  # scenario.payoff.check_payoff
    shares = {tariff.issue: tariff.share for tariff in trade.tariffs}
    if holder is Side.TARGET:
        shares = {measure.threat: measure.share for measure in trade.countermeasures}
    rise = shares[threat.key if holder is Side.TARGET else threat.issue] * (threat.rate - scenario.without(threat))
    lost = _lost(trade, holder, status_quo_tariff(scenario), rise) if rise else np.zeros(2)
    taste = [_taste(scenario, game, threat) if holder is Side.SENDER else 0.0, 0.0]
    worth = [trade.sender_worth, trade.target_worth]
    return np.array([given[side] if given[side] is not None else worth[side] * lost[side] - taste[side] for side in Side])


@lru_cache(maxsize=64)
def _lost(trade: Trade, holder: Side, tariff: float, rise: float) -> Array:
    """Return (2,) what both sides lose by a rise of the holder's average tariff, in per cent of real expenditure.

    ``tariff`` is the sender's in the status quo. A world at these tariffs is solved once.
    """
    tariffs = np.array([[tariff] * 2, [trade.target_base_tariff] * 2])
    tariffs[holder, 1] += rise
    before, after = solved(trade, *tariffs)
    names, sides = [country.name for country in trade.countries], (trade.sender, trade.target)
    lost = (before - after)[[names.index(side) for side in sides]]
    bought = {flow.seller: flow.amount for flow in trade.flows if flow.buyer == sides[holder]}
    lost[holder] += bought[sides[holder.other]] / sum(bought.values()) * trade.pass_through * rise
    return np.asarray(lost)


def _taste(scenario: Scenario, game: Game, threat: Threat) -> float:
    """Return by how much a settlement at the threatened rate is worth more to the sender than the status quo."""
    package = game.status_quo.copy()
    package[[issue.name for issue in scenario.issues].index(threat.issue)] = scenario.position(threat.issue, threat.rate)
    mean = int(game.sides[Side.SENDER]["profiles"]) - 1
    return float(package_utility(game, int(Side.SENDER), mean, package)) - status_quo_utility(game, Side.SENDER)


def enter_flows(scenario: Scenario, game: Game) -> None:
    """Enter what flows come to in the records of the sides and of the threats, in place; threats and status quo must be there."""
    sides, threats = game.sides, game.threats
    game.world["flows"] = 1
    value = present_values(scenario, sides["discount"])
    for name in ("escalation", "early_execution", "market_weight"):
        threats[name][at_rest(game)] = 0.0  # nobody reckons with a threat that is never announced
    lost, inputs = costs(scenario, game), (threats["market_weight"] * scenario.markets.level_effect)[:, None]
    lasts = (threats["state"] == ThreatState.IMPOSED)[:, None]  # it belongs to the status quo, and is not lifted
    threats["damage"] = lost * np.where(lasts, 1.0, value.until_lifted)
    threats["damage"] += inputs * np.where(lasts, value.stress_for_good, value.stress_until_lifted)
    threats["pain"] = lost * value.weight
    sides["tariff_pain"] = 1.0
    sides["talks_flow"] = [inside_option(scenario, game, side) for side in Side]
    sides["stress_cost"] = value.weight * sides["stress_cost"]
    sides["stress_tail"], sides["holding_rate"] = value.stress_left, -np.log(sides["discount"])
    no_deal = sides["talks_flow"] - value.stress_until_lifted * _moving_stress(scenario, game)
    worth = np.array([status_quo_utility(game, side) for side in Side])
    sides["lapse"] = no_deal - _damage(game, _chance_in_force(game)) - worth
    for_sure = _damage(game, (threats["state"] == ThreatState.IMPOSED).astype(np.float64))
    sides["prior_mean"] = [_least_worth_signing(game, side, (no_deal - for_sure)[side]) for side in Side]
    sides["gap"] = sides["prior_mean"] - no_deal


def at_rest(game: Game) -> NDArray[np.bool_]:
    """Return (threats,) whether each is never announced, so that nobody has to reckon with it."""
    return (game.threats["state"] == ThreatState.NONE) & (game.threats["announce_round"] > rounds_of(game))


def _damage(game: Game, chance: Array) -> Array:
    """Return (2,) the damage to both sides of threats that are in force with these chances (threats,)."""
    return np.asarray((game.threats["damage"] * (game.threats["level"] * chance)[:, None]).sum(axis=0))


def _chance_in_force(game: Game) -> Array:
    """Return (threats,) the chance that each is in force if the talks fail at the deadline, as expected before them."""
    threats, noise = game.threats, 1.0 - 0.5 * game.sides["unpredictability"][game.threats["holder"]]
    refusals = _refusals(game)
    spared = (1.0 - _at_the_end(game)) * (1.0 - threats["early_execution"] * noise) ** refusals
    return np.where(threats["state"] == ThreatState.IMPOSED, 1.0, np.where(refusals > 0, 1.0 - spared, 0.0))


def _refusals(game: Game) -> NDArray[np.int64]:
    """Return (threats,) how many refusals up to the deadline each may answer: those from its announcement on."""
    rounds, threats = int(game.world["rounds"][0]), game.threats
    to_come = np.maximum(0, rounds + 1 - threats["announce_round"])
    return np.where(threats["state"] == ThreatState.NONE, to_come, rounds)


def _at_the_end(game: Game) -> Array:
    """Return (threats,) the chance that each is carried out at an ending without a deal, if it is pending then."""
    return np.asarray(game.threats["execution"] * (1.0 - 0.5 * game.sides["unpredictability"][game.threats["holder"]]))


def _moving_stress(scenario: Scenario, game: Game) -> float:
    """Return the stress that levels which go on moving add in a round after the talks: those of threats not carried out."""
    threats, volatility = game.threats, game.sides["volatility"][game.threats["holder"]]
    moves = (threats["state"] != ThreatState.IMPOSED) & (_refusals(game) > 0)
    shaken = threats["market_weight"] * threats["level"] * mean_change(volatility) * (1.0 - _at_the_end(game))
    return scenario.markets.volatility_effect * float(shaken[moves].sum())


def mean_change(volatility: Array) -> Array:
    """Return the mean of |log change| of a level in a round, weighted by the level that it moves to.

    A step is exp(v z - v^2 / 2). With these weights its log is normal with mean v^2 / 2 and standard deviation v, and the mean of
    its size is v sqrt(2 / pi) exp(-v^2 / 8) + v^2 / 2 erf(v / sqrt 8), that of a folded normal.
    """
    folded = 0.5 * volatility**2 * np.array([math.erf(v / math.sqrt(8.0)) for v in volatility])
    return np.asarray(volatility * math.sqrt(2.0 / math.pi) * np.exp(-(volatility**2) / 8.0) + folded)


def _least_worth_signing(game: Game, side: Side, no_deal: float) -> float:
    """Return the least utility on the frontier of mean priorities that is worth signing to a side, all its costs counted.

    The retreat is that from its opening. Where nothing is worth it, the most that there is.
    """
    own, other, menu = game.sides[side], game.sides[side.other], game.menus[-1, -1]
    column = kept_column(int(own["first_column"]), int(own["profiles"]) - 1)
    value, lapsed = menu[:, column], menu[:, reverted_column(column, int(side))] + own["lapse"]
    kept, mine, theirs = holding_weights(own["trust"], own["holding_rate"], own["reversal"], other["reversal"])
    precedent = menu[:, precedent_column(int(game.world[0]["cost_column"]), int(side))]
    retreat = own["audience_cost"] * np.maximum(0.0, own["opening"] - value)
    worth = kept * value + (mine + theirs) * lapsed - mine * own["reversal_cost"] - precedent - retreat
    order = np.argsort(value, kind="stable")
    value, worth = value[order], worth[order]
    enough = np.flatnonzero(worth >= no_deal)
    if not enough.size:
        return float(value[-1])
    first = enough[0]
    if first == 0:
        return float(min(value[0], no_deal))
    share = (no_deal - worth[first - 1]) / (worth[first] - worth[first - 1])
    return float(value[first - 1] + share * (value[first] - value[first - 1]))
