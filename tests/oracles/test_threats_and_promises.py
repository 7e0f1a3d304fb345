"""Threats and promises: credibility against assurance (Schelling 1966), probabilistic threats, promises that may be broken."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from negosim import Scenario, Side, simulate
from negosim.common.vocabulary import Ending
from tests.oracles.textbook import PAIR, PIE, QUIET, is_mean, settled

DAMAGE = 0.5
RUNS = 40_000
STEP = 1e-4
"""How far on either side of a threshold the answer is looked at; a tie is settled by complying."""


def threatened(cost: float, **threat: Any) -> Scenario:
    """Return one demand that costs the target ``cost``, under a threat of damage 0.5 to a target that has 1 as things stand."""
    tree = PIE.model_dump(exclude_unset=True, exclude={"notes"})
    tree["threats"] = [{"issue": "pie", "rate": 100.0, "state": "announced", "damage": DAMAGE, **threat}]
    return Scenario.build(tree).vary(
        {**QUIET, "talks.protocol": "one-round", "sender.strategy": "commitment", "sender.committed_demand": cost,
         "target.strategy": "risk-return", "target.disagreement": 1.0}
    )


def complies(scenario: Scenario) -> bool:
    """Return whether the target gives in; it does so in every run or in none, as the luck comes after its answer."""
    answers = settled(simulate(scenario, 50))
    assert answers.all() or not answers.any()
    return bool(answers[0])


def limit(gives_in: Any, low: float, high: float) -> float:
    """Return the value up to which the target gives in, by halving; it does at ``low`` and does not at ``high``."""
    assert gives_in(low) and not gives_in(high)
    while high - low > STEP:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if gives_in(middle) else (low, middle)
    return 0.5 * (low + high)


def dearest_demand(unpredictability: float) -> float:
    """Return the largest cost at which the target still complies, as the engine has it."""
    noise = {"sender.unpredictability": unpredictability}
    return limit(lambda cost: complies(threatened(cost).vary(noise)), 0.0, 1.0)


NOISES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9)


def test_the_target_complies_up_to_a_cost_that_falls_in_unpredictability() -> None:
    """Punished with 1 - u/2 if it resists and u/2 if it complies, it complies iff c <= (1 - u) D (design page, 8)."""
    limits = [dearest_demand(u) for u in NOISES]
    assert limits == pytest.approx([(1.0 - u) * DAMAGE for u in NOISES], abs=STEP)
    assert (np.diff(limits) < 0.0).all()
    for wrong in (lambda u: DAMAGE, lambda u: (1.0 - u / 2) * DAMAGE, lambda u: (1.0 + u) * DAMAGE):
        assert limits != pytest.approx([wrong(u) for u in NOISES], abs=100 * STEP)


@pytest.mark.parametrize("cost", (0.2, 0.4))
def test_compliance_and_defiance_are_punished_as_often_as_announced(cost: float) -> None:
    """u = 0.4: a target that complies with 0.2 is left 1 - c - D u/2 on average, one that defies 0.4 has 1 - D (1 - u/2)."""
    outcomes = simulate(threatened(cost).vary({"sender.unpredictability": 0.4}), RUNS, seed=1)
    value = 1.0 - cost - 0.2 * DAMAGE if cost <= 0.6 * DAMAGE else 1.0 - 0.8 * DAMAGE
    assert settled(outcomes).all() == (cost <= 0.6 * DAMAGE)
    assert is_mean(outcomes.runs["payoff"][:, Side.TARGET], value)
    assert not is_mean(outcomes.runs["payoff"][:, Side.TARGET], value - 0.1 * DAMAGE)


@pytest.mark.parametrize("cost", (0.1, 0.25, 0.4))
def test_a_threat_that_is_carried_out_by_chance_works_iff_the_chance_is_cost_over_damage(cost: float) -> None:
    """Schelling's threat that leaves something to chance: comply iff q >= c/D."""

    def defies(chance: float) -> bool:
        return not complies(threatened(cost, execution=chance))

    chance = limit(defies, 0.0, 1.0)
    assert chance == pytest.approx(cost / DAMAGE, abs=STEP)
    assert chance != pytest.approx(cost, abs=100 * STEP)


def test_a_threat_in_force_is_lifted_by_compliance_and_needs_no_belief() -> None:
    """A tariff in force is certain to stay without a deal, whatever the chance of execution: comply iff c <= (1 - u/2) D."""
    for u in (0.0, 0.4):
        imposed = limit(
            lambda cost, u=u: complies(threatened(cost, state="imposed", execution=0.0).vary({"sender.unpredictability": u})),
            0.0, 1.0,
        )
        assert imposed == pytest.approx((1.0 - u / 2) * DAMAGE, abs=STEP)


# ---- paying for a promise -------------------------------------------------------------------------------------------

DISCOUNT = 0.1


def for_a_promise(payment: float, hazard: float, trust: float = 0.0) -> Scenario:
    """Return one offer of the sender: the target pays once, and the sender grants a flow that it can take back.

    The flow is worth g = r (1 - payment) a round to the target, so that it comes to 1 - payment if it is never taken back.
    """
    tree = PAIR.model_dump(exclude_unset=True, exclude={"notes"})
    payment_issue, flow_issue = tree["issues"]
    flow_issue |= {"revocable_by": "sender", "status_quo": flow_issue["sender_end"]}
    tree["target"] |= {"principal": {**tree["target"]["principal"], "salience": {"price": payment, "delivery": 1.0 - payment}}}
    del tree["target"]["disagreement"]  # as things stand: nothing paid, nothing granted
    tree["issues"] = [payment_issue, flow_issue]
    return Scenario.build(tree).vary(
        {**QUIET, "talks.protocol": "one-round", "talks.flow_discount": DISCOUNT, "sender.strategy": "commitment",
         "sender.committed_demand": 0.8, "target.strategy": "risk-return", "target.trust": trust, "sender.reversal": hazard,
         "sender.disagreement": 0.0}
    )


@pytest.mark.parametrize("payment", (0.2, 0.3, 0.4))
def test_paying_once_for_a_flow_works_up_to_a_hazard_of_flow_over_payment_less_discounting(payment: float) -> None:
    """The target pays C for a flow g iff hazard <= g/C - r (design page on theory, 8)."""
    flow = DISCOUNT * (1.0 - payment)
    hazard = limit(lambda h: complies(for_a_promise(payment, h)), 0.0, 1.0)
    assert hazard == pytest.approx(flow / payment - DISCOUNT, abs=STEP)
    for wrong in (flow / payment, flow / payment + DISCOUNT, 1.0 - payment):
        assert hazard != pytest.approx(wrong, abs=100 * STEP)


def test_the_payment_is_sunk_and_the_flow_is_not() -> None:
    """Both agreed on: the flow is granted in full and the payment made in full; on average r/(r + hazard) of it is kept."""
    outcomes = simulate(for_a_promise(0.3, 0.1), RUNS, seed=2)
    assert np.allclose(outcomes.settlements, [1.0, 0.0], rtol=0, atol=1e-9)
    assert (outcomes.runs["ending"] == Ending.SETTLED).all()
    assert is_mean(outcomes.runs["payoff"][:, Side.TARGET], 0.7 * DISCOUNT / (DISCOUNT + 0.1))
    assert not is_mean(outcomes.runs["payoff"][:, Side.TARGET], 0.7 * (1.0 - 0.1))
    assert is_mean(np.exp(-outcomes.runs["reversed_after"] * 0.1), 0.5)  # kept for a time that is exponential in the hazard


@pytest.mark.parametrize("trust", (0.25, 0.5))
def test_trust_makes_a_hazard_bearable(trust: float) -> None:
    """Believed H = trust + (1 - trust) r/(r + hazard), accepted iff H (1 - C) >= C; beyond trust = C/(1 - C) at any hazard."""
    kept = 0.4 / 0.6
    hazard = limit(lambda h: complies(for_a_promise(0.4, h, trust)), 0.0, 1.0)
    assert hazard == pytest.approx(DISCOUNT * (1.0 - trust) / (kept - trust) - DISCOUNT, abs=STEP)
    assert complies(for_a_promise(0.4, 1.0, trust=0.7))
