"""What no talks are worth: the closed form beside talks that explode in their first round."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from negosim import Ending, Scenario, simulate
from negosim.engine.no_talks import no_talks

CASE = Scenario.load("us-japan-2025-flows")
NEVER_EARLY = {f"threats.{threat.issue}.early_execution": 0.0 for threat in CASE.threats}
SHAKEN: dict[str, Any] = {
    "sender.security_stake": 0.1,
    "security.credibility": 0.6,
    "markets.initial_stress": 0.7,
    "threats.car-tariff.holder": "target",
    "threats.car-tariff.state": "announced",
    "threats.car-tariff.execution": 0.6,
    "target.ambiguity": 0.1,
}
FLOWS = SHAKEN | {"threats.car-tariff.sender_cost": 0.4, "threats.car-tariff.target_cost": -0.1}
FREE_ROUNDS = {"sender.stress_cost": 0.0, "target.stress_cost": 0.0, "target.tariff_pain": 0.0}
LUMPS = Scenario.load("us-japan-2025").vary(FREE_ROUNDS | {"target.strategy": "commitment", "target.committed_demand": 1.0})
"""With lumps a round without a deal has costs of its own, which refusing to talk has not; and nobody settles here in round 1."""


@pytest.mark.parametrize(
    "scenario",
    [CASE, CASE.vary(FLOWS), LUMPS, LUMPS.vary(SHAKEN)],
    ids=["flows", "flows, shaken", "lumps", "lumps, shaken"],
)
def test_talks_that_explode_in_round_1_are_worth_no_talks(scenario: Scenario) -> None:
    """Four standard errors of 20,000 runs: a true result fails less than once in 15,000 seeds, for each of eight means."""
    exploding = scenario.vary({"sender.brinkmanship": 0.999} | NEVER_EARLY)
    runs = simulate(exploding, replications=20_000, seed=14).runs
    runs = runs[(runs["ending"] == Ending.BREAKDOWN) & (runs["rounds"] == 1)]
    assert len(runs) > 19_000
    error = runs["payoff"].std(axis=0) / np.sqrt(len(runs))
    assert (np.abs(runs["payoff"].mean(axis=0) - no_talks(exploding).value) < 4.0 * error).all()


def test_early_execution_makes_exploding_dearer_than_refusing_to_talk() -> None:
    """A refusal in round 1 has a threat carried out that would not have been at the end: with chance early (1 - execution)."""
    sure = {f"threats.{threat.issue}.early_execution": 1.0 for threat in CASE.threats} | {"sender.unpredictability": 0.0}
    exploding = CASE.vary({"sender.brinkmanship": 0.999, "security.erosion": 0.0} | sure)
    imposed = exploding.vary({f"threats.{threat.issue}.execution": 1.0 for threat in CASE.threats})
    runs = simulate(exploding, replications=20_000, seed=15).runs
    runs = runs[(runs["ending"] == Ending.BREAKDOWN) & (runs["rounds"] == 1)]
    dearer = no_talks(exploding).threats - no_talks(imposed).threats
    error = runs["payoff"].std(axis=0) / np.sqrt(len(runs))
    assert (dearer < -0.01).all()
    assert (np.abs(runs["payoff"].mean(axis=0) - (no_talks(exploding).value + dearer)) < 4.0 * error).all()


def test_the_parts_sum_to_the_value_and_the_least_worth_signing_lies_above_no_deal_by_what_a_deal_costs() -> None:
    refused = no_talks(CASE.vary(FLOWS))
    assert np.array_equal(refused.value, refused.base - refused.stress - refused.threats - refused.doubt)
    assert refused.doubt == pytest.approx([0.04, 0.06])
    assert refused.base == pytest.approx([0.444318, 0.711857], abs=1e-6)  # the status quo of both
    assert (refused.least > refused.base).all()
    costless = {"sender.precedent_pressure": 0.0, "sender.audience_cost": 0.0, "sender.reversal": 0.0, "target.reversal": 0.0}
    assert no_talks(CASE.vary(costless)).least[0] < refused.base[0]


def test_what_costs_nothing_is_a_part_of_nothing() -> None:
    idle = no_talks(CASE.vary({f"threats.{threat.issue}.execution": 0.0 for threat in CASE.threats}))
    assert idle.threats.tolist() == [0.0, 0.0] and (idle.stress > 0.0).all()
    calm = no_talks(CASE.vary({"sender.stress_cost": 0.0, "target.stress_cost": 0.0}))
    assert calm.stress == pytest.approx([0.0, 0.0], abs=1e-12) and calm.threats[0] < 0.0 < calm.threats[1]  # a duty pays
