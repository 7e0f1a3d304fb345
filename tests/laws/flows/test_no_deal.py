"""Laws of flows about what no deal is worth: laws 8, 10, 11, 14 and 15 of the design.

Nearly all runs here end without a deal, because both sides demand all that there is. No deal is looked at twice: as what
everybody expects before the talks (``disagreement_point``), and as what the runs pay.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from negosim import Scenario, simulate
from negosim.common.vocabulary import CHANNELS, Side
from negosim.engine.outcomes import Outcomes
from negosim.engine.prepare import disagreement_point, prepare
from tests.laws.chance import has_mean
from tests.laws.flows import accounts
from tests.laws.flows.accounts import DEALS, discount
from tests.laws.flows.variants import SIDES, calm, halved, stubborn, tree_of, without
from tests.laws.worlds import flow_world

pytestmark = pytest.mark.slow

WORLDS, RUNS = 80, 40
ROUNDING = 1e-9
CASE = stubborn(Scenario.load("us-japan-2025-flows"))


def expected(scenario: Scenario) -> np.ndarray:
    """Return what everybody expects no deal to be worth to both sides (2,), before the talks."""
    return disagreement_point(prepare(scenario))


def lost(*batches: Outcomes) -> np.ndarray:
    """Return in which runs no batch has a deal."""
    return np.logical_and.reduce([~np.isin(batch.runs["ending"], DEALS) for batch in batches])


def assert_falls(scenarios: list[Scenario], side: Side, runs: int = RUNS, strictly: bool = False) -> None:
    """Assert that from scenario to scenario no deal is worth less to a side, and pays it less in every run without a deal."""
    values = [expected(scenario)[side] for scenario in scenarios]
    outcomes = [simulate(scenario, runs, seed=4) for scenario in scenarios]
    without_deal, steps = lost(*outcomes), np.diff(values)
    paid = np.array([batch.runs["payoff"][without_deal, side] for batch in outcomes])
    assert (steps <= ROUNDING).all() and (np.diff(paid, axis=0) <= ROUNDING).all(), (scenarios[0].name, side.label)
    if strictly:
        assert (steps < -1e-4).all() and (np.diff(paid.mean(axis=1)) < -1e-4).all(), (scenarios[0].name, side.label)


# ---- law 8 -----------------------------------------------------------------------------------------------------------

RISES = {
    "trade.target_worth": (Side.TARGET, (0.6, 1.3, 2.6)),
    "trade.flows.japan-to-us.amount": (Side.TARGET, (75.0, 150.0, 225.0)),
    "trade.sender_worth": (Side.SENDER, (0.0, 1.3, 3.0)),
    "trade.pass_through": (Side.SENDER, (0.5, 0.75, 1.0)),
}


@pytest.mark.parametrize("name", RISES)
def test_law_8_the_more_a_tariff_costs_a_side_the_less_no_deal_is_worth_to_it(name: str) -> None:
    """Claimed: with more k_T and more exports no deal falls for the target, and with more k_S for the sender; in no run it rises.

    The world is the case of 2025 with flows, whose threats take from both sides what the trade module says.
    """
    side, values = RISES[name]
    assert_falls([CASE.vary({name: value}) for value in values], side, 2_000, strictly=True)


def test_law_8_the_longer_a_tariff_stays_the_less_no_deal_is_worth_to_the_target_of_the_case() -> None:
    """Claimed: with less rho no deal falls for the target."""
    assert_falls([CASE.vary({"talks.resumption": rho}) for rho in (0.2, 0.05, 0.01, 0.0)], Side.TARGET, 2_000, strictly=True)


def that_cost_both(number: int) -> Scenario:
    """Return a random world in which every threat costs both sides something, and nobody gives way or leaves."""
    tree = tree_of(stubborn(flow_world(number)))
    threats = [threat | {f"{side}_cost": max(0.01, threat[f"{side}_cost"]) for side in SIDES} for threat in tree["threats"]]
    sides = {side: without(tree[side], "outside_option", "outside_option_trend") for side in SIDES}
    return Scenario.build(tree | sides | {"threats": threats})


def test_law_8_in_random_worlds_dearer_and_longer_tariffs_make_no_deal_worth_less() -> None:
    """Claimed for every world, side and run, whoever holds the threats: a higher cost or a lower hazard of resumption."""
    for number in range(WORLDS):
        scenario = that_cost_both(number)
        for side in Side:
            assert_falls([scenario.vary({"talks.resumption": rho}) for rho in (1.0, 0.4, 0.05, 0.0)], side)
            for threat in scenario.threats:
                name = f"threats.{threat.key}.{side.label}_cost"
                assert_falls([scenario.vary({name: times * scenario.get(name)}) for times in (1.0, 1.5, 4.0)], side)


# ---- law 10 ----------------------------------------------------------------------------------------------------------


def test_law_10_rounds_of_half_the_length_change_what_no_deal_pays_by_less_than_the_length_of_a_round() -> None:
    """Claimed: with d -> sqrt d, hazards 1 - sqrt(1 - h), N -> 2 N, phi -> sqrt phi and stress rescaled so that it settles at
    the same level, payoffs change by less than 1 - D, the weight of a round, of what the best flow exceeds the worst by.

    Claimed of runs without a deal: terms follow a clock of rounds and not of time, so that they are another game.
    """
    compared = 0
    for number in range(WORLDS):
        scenario = stubborn(calm(flow_world(number)))
        pair = scenario, halved(scenario)
        outcomes = [simulate(each, 2_000, seed=5) for each in pair]
        if not all(lost(batch).all() for batch in outcomes):
            continue
        compared += 1
        for side in Side:
            means, errors = zip(*[_mean_and_error(batch.runs["payoff"][:, side]) for batch in outcomes], strict=True)
            weight, spread = 1.0 - discount(scenario, side), widest(scenario, side)
            assert abs(means[0] - means[1]) <= weight * spread + 5.0 * np.hypot(*errors) + ROUNDING, (number, side.label)
    assert compared > WORLDS // 2


def _mean_and_error(values: np.ndarray) -> tuple[float, float]:
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def widest(scenario: Scenario, side: Side) -> float:
    """Return how far the best and the worst flow of a calm world without a deal may lie apart."""
    levels = np.array([threat.level for threat in scenario.threats])
    taken = np.abs(accounts.costs(scenario, side)) @ levels
    inputs = accounts.stress_inputs(scenario) @ levels / (1.0 - scenario.markets.persistence)
    delegation = scenario.delegation(side)
    return float(taken + delegation.stress_cost * (scenario.markets.initial_stress + inputs) + delegation.security_stake)


# ---- law 11 ----------------------------------------------------------------------------------------------------------


def test_law_11_a_threat_that_is_lifted_at_once_costs_a_round_of_its_flow_and_one_that_stays_all_of_it() -> None:
    """Claimed: what a threat that is carried out at the end takes from a side is (1 - D) c at rho = 1, rises as rho falls, and is
    c at rho = 0, per unit of its level; c is its flow. So it stands in the ledger of every run in which it is carried out.
    """
    seen = 0
    for number in range(WORLDS):
        tree = tree_of(that_cost_both(number))
        threats = [without(threat, "market_weight") | {"market_weight": 0.0, "execution": 1.0} for threat in tree["threats"]]
        threats = [threat | {"state": threat["state"].replace("imposed", "announced")} for threat in threats]
        scenario = Scenario.build(tree | {"threats": threats})
        batches = [simulate(scenario.vary({"talks.resumption": rho}), RUNS, seed=6) for rho in (1.0, 0.5, 0.1, 0.0)]
        without_deal = lost(*batches)
        level = batches[0].in_force[without_deal]
        for side in Side:
            damage = [-batch.runs["ledger"][without_deal, side, CHANNELS.index("threat_damage")] for batch in batches]
            flow = level @ accounts.costs(scenario, side)
            assert damage[0] == pytest.approx((1.0 - discount(scenario, side)) * flow, abs=ROUNDING), (number, side.label)
            assert damage[-1] == pytest.approx(flow, abs=ROUNDING), (number, side.label)
            assert (np.diff(damage, axis=0) >= -ROUNDING).all() and (np.diff(damage, axis=0)[:, flow > 0.0] > 0.0).all()
        seen += int((level > 0.0).any(axis=1).sum())
    assert seen > 500


# ---- law 14 ----------------------------------------------------------------------------------------------------------

TACTICS: dict[str, Any] = {
    "ambiguity": 0.3, "ambiguity_tilt": 6.0, "ambiguous_voices": 0.8, "commitment": 0.3, "reversal": 0.1, "brinkmanship": 0.15,
    "deadline_hazard": 0.15,
}
"""Kinds of uncertainty that spread something and leave its mean; unpredictability moves punishment from refusals to deals, and
volatility stands in a test of its own."""


@pytest.mark.parametrize("tactic", TACTICS)
def test_law_14_a_tactic_that_keeps_a_mean_leaves_what_no_deal_is_expected_to_be_worth(tactic: str) -> None:
    """Claimed: B as everybody expects it is the same number with the tactic and without it, for both sides."""
    for number in range(WORLDS):
        scenario = flow_world(number)
        for side in SIDES:
            values = TACTICS[tactic], OFF[tactic]
            with_it, without_it = (expected(scenario.vary({f"{side}.{tactic}": value})) for value in values)
            assert with_it == pytest.approx(without_it, abs=1e-12), (number, side)


OFF = {name: 1.0 if name == "ambiguity_tilt" else 0.0 for name in TACTICS}


def test_law_14_volatility_costs_what_it_adds_in_stress_and_nothing_else() -> None:
    """Claimed: B with volatility is B without it, less the present value of the stress of levels that go on moving."""
    stirred = 0
    for number in range(WORLDS):
        scenario = flow_world(number)
        for holder in {threat.holder for threat in scenario.threats}:
            for effect in (0.0, 0.7):
                base = scenario.vary({"markets.volatility_effect": effect})
                still, moving = (base.vary({f"{holder}.volatility": v}) for v in (0.0, 0.5))
                cost = []
                for side in Side:
                    nothing = np.zeros(len(scenario.threats))
                    shaken = [accounts.moving(each) for each in (still, moving)]
                    taken = [accounts.after_the_end(base, side, nothing, 0.0, each) for each in shaken]
                    cost.append(accounts.mean_of(base, side, taken[1] - taken[0]))
                assert expected(still) - expected(moving) == pytest.approx(cost, abs=ROUNDING), (number, holder, effect)
                stirred += max(cost) > 1e-4
    assert stirred > WORLDS // 4


def test_law_14_runs_without_a_deal_pay_the_same_on_average_with_ambiguity_and_with_volatility_without_stress() -> None:
    """Claimed of the mean over runs with the same luck: a private type, and a level that moves, keep their means."""
    moved = 0
    for number in range(WORLDS // 2):
        base = stubborn(calm(flow_world(number))).vary({"markets.volatility_effect": 0.0, "markets.level_effect": 0.0})
        for side in SIDES:
            changes = {f"{side}.ambiguity": 0.2}
            if any(threat.holder == side for threat in base.threats):
                changes[f"{side}.volatility"] = 0.3
            pair = [simulate(each, 4_000, seed=8) for each in (base, base.vary(changes))]
            if not all(lost(batch).all() for batch in pair):
                continue
            difference = pair[1].runs["payoff"] - pair[0].runs["payoff"]
            for column in difference.T:
                moved += bool(column.std() > 0.0)
                assert np.ptp(column) < ROUNDING or has_mean(column, 0.0), (number, side)
    assert moved > WORLDS // 4


# ---- law 15 ----------------------------------------------------------------------------------------------------------


def test_law_15_a_threat_that_costs_its_holder_less_never_makes_no_deal_worth_more_to_the_other_side() -> None:
    """Claimed: what the other side expects of no deal does not rise, and no run without a deal pays it more.

    Chances of execution are given and not chosen, so that nothing of it changes at all.
    """
    compared = 0
    for number in range(WORLDS):
        scenario = stubborn(flow_world(number))
        for threat in scenario.threats:
            other = Side[threat.holder.upper()].other
            name = f"threats.{threat.key}.{threat.holder}_cost"
            assert_falls([scenario.vary({name: cost}) for cost in (0.5, 0.1, 0.0)], other)
            compared += 1
    assert compared > WORLDS
