"""Threats and promises (Schelling 1960, 1966): up to where the target gives in, found by halving over what the engine plays.

One demand costs the target c of the pie, all of which it has as things stand; a refusal is punished with damage D. A promise is
a flow for which the target pays once and which the sender may take back. Luck comes after the answer: all runs answer alike.

Left out of the draws: damage above 1, of which the target has no more to lose in a share of the pie; a flow and a payment that
do not come to 1 together, as utilities are scaled (any ratio of the two is drawn); payments for which no hazard in [0, 1] is the
limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from negosim.common.vocabulary import Side
from negosim.engine.kernel import simulate
from negosim.scenario.scenario import Scenario
from negosim.theory import dearest_compliance, threat_needed, tolerated_reversal
from negosim.validation.textbook.played import settled, special_case
from negosim.validation.textbook.result import EXACT, Measured, Result, mean_of

RUNS = 60_000
ASIDE = 1e-5
"""How far on either side of the limit a demand is played out."""


def threatened(cost: float, damage: float, execution: float = 1.0, unpredictability: float = 0.0) -> Scenario:
    """Return one demand that costs the target ``cost``, under a threat."""
    return special_case(
        "threat",
        {
            "sender.committed_demand": cost, "sender.unpredictability": unpredictability,
            "threats.pie.damage": damage, "threats.pie.execution": execution,
        },
    )


def promised(payment: float, rate: float, hazard: float) -> Scenario:
    """Return one offer of a flow worth rate (1 - payment) a round to the target, which the sender takes back with a hazard."""
    return special_case(
        "logrolling",
        {
            "talks.protocol": "one-round", "talks.flow_discount": rate, "target.trust": 0.0, "sender.reversal": hazard,
            "issues.delivery.revocable_by": "sender", "issues.delivery.status_quo": 60.0,
            "target.principal.salience": {"price": payment, "delivery": 1.0 - payment}, "target.disagreement": payment,
            "sender.strategy": "commitment", "sender.committed_demand": 0.8, "sender.disagreement": 0.0,
            "target.strategy": "risk-return",
        },
    )


def _complies(scenario: Scenario) -> bool:
    return bool(settled(simulate(scenario, 1))[0])


def _last(gives_in: Callable[[float], bool], sure: float, never: float) -> float:
    """Return the value up to which, coming from ``sure``, the target gives in, by halving."""
    while abs(never - sure) > 0.5 * EXACT:
        middle = 0.5 * (sure + never)
        sure, never = (middle, never) if gives_in(middle) else (sure, middle)
    return 0.5 * (sure + never)


def left_to_chance(seed: int, cost: float, damage: float) -> Iterator[Measured]:
    """The least chance of execution that makes the target comply."""
    chance = _last(lambda q: _complies(threatened(cost, damage, execution=q)), 1.0, 0.0)
    yield Measured("least chance of execution", float(threat_needed(cost, damage)), chance, EXACT * max(1.0, 1.0 / damage))


def assurance(seed: int, damage: float, noise: float) -> Iterator[Measured]:
    """The dearest demand with which the target complies, and what it has on either side of the limit, played out."""
    closed = float(dearest_compliance(damage, noise))
    cost = _last(lambda c: _complies(threatened(c, damage, unpredictability=noise)), 0.0, 1.0)
    yield Measured("dearest demand complied with", closed, cost)
    indifferent = 1.0 - closed - 0.5 * noise * damage
    for what, demand in (("complying", closed - ASIDE), ("resisting", closed + ASIDE)):
        outcomes = simulate(threatened(max(demand, 0.0), damage, unpredictability=noise), RUNS, seed)
        payoff = outcomes.runs["payoff"][:, Side.TARGET]
        yield mean_of(f"payoff of the target at the limit, {what}", payoff, indifferent, EXACT + ASIDE)
        yield Measured(f"share that complies, {what}", float(what == "complying"), float(settled(outcomes).mean()), runs=RUNS)


def promise(seed: int, payment: float, rate: float) -> Iterator[Measured]:
    """The highest hazard of reversal at which the target still pays once for a flow."""
    closed = float(tolerated_reversal(rate * (1.0 - payment), payment, rate))
    hazard = _last(lambda h: _complies(promised(payment, rate, h)), 0.0, 1.0)
    yield Measured("highest hazard of reversal", closed, hazard)


def _threat(rng: np.random.Generator) -> dict[str, float]:
    damage = float(rng.uniform(0.05, 1.0))
    return {"cost": float(rng.uniform(0.0, damage)), "damage": damage}


def _promise(rng: np.random.Generator) -> dict[str, float]:
    rate = float(rng.uniform(0.01, 1.0))
    return {"payment": float(rng.uniform(rate / (1.0 + 2.0 * rate), 0.5)), "rate": rate}


RESULTS = (
    Result(
        "threat-left-to-chance", "A threat that is carried out by chance works from cost over damage", "Schelling 1960",
        tuple({"cost": c, "damage": d} for c, d in ((0.1, 0.5), (0.25, 0.5), (0.4, 0.5), (0.3, 0.9))),
        _threat, left_to_chance,
    ),
    Result(
        "assurance", "Unpredictability takes from a threat what it takes from assurance", "Schelling 1966",
        tuple({"damage": 0.5, "noise": u} for u in (0.0, 0.25, 0.5, 0.9)),
        lambda rng: {"damage": float(rng.uniform(0.05, 1.0)), "noise": float(rng.uniform())}, assurance,
    ),
    Result(
        "promise", "Paying once for a flow that can be taken back", "present value",
        tuple({"payment": c, "rate": r} for c, r in ((0.2, 0.1), (0.3, 0.1), (0.4, 0.1), (0.45, 0.02))),
        _promise, promise,
    ),
)
