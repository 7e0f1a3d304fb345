"""Threats and promises (Schelling 1960, 1966): up to where the target gives in, found by halving over what the engine plays.

One demand costs the target c of the pie, all of which it has as things stand; a refusal is punished with damage D. A promise is
a flow for which the target pays once and which the sender may take back. Luck comes after the answer: all runs answer alike.

With payoffs as flows a threat costs what it takes in each round in which it is in force, and a promise pays until it is taken
back. Talks that fail show the former, in no run of which luck plays a part. A pause of one's own threat stays a rule of the
engine, at a stress that is set, and what stress costs is linear in it; a cost that grows with its square, which would make
such a rule a best one, is not in the engine. A share of a settlement's value that is had until a horizon falls is worked out
from when settlements are reversed in the runs, as the engine's own horizon is a chance of each round and no date.

Left out of the draws: damage above 1, of which the target has no more to lose in a share of the pie; a flow and a payment that
do not come to 1 together, as utilities are scaled (any ratio of the two is drawn); payments for which no hazard in [0, 1] is the
limit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from negosim.common.vocabulary import Side
from negosim.engine.kernel import simulate
from negosim.scenario.scenario import Scenario
from negosim.theory import (
    dearest_compliance,
    gain_of_a_lasting_threat,
    kept_share,
    share_until_lifted,
    threat_needed,
    tolerated_reversal,
)
from negosim.validation.textbook.played import settled, special_case, with_flows
from negosim.validation.textbook.result import EXACT, Measured, Result, mean_of

RUNS = 60_000
LATE = 40
"""A round after the end of talks that fail."""

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


def promised_flow(payment: float, discount: float, horizon: int | None, hazard: float) -> Scenario:
    """Return the same with payoffs as flows: what is paid stays paid, and the flow ends when it is taken back."""
    talks = promised(payment, 1.0, hazard)  # the rate is one that only lumps read
    impatient = talks.vary({"sender.discount": discount, "target.discount": discount})
    return with_flows(impatient, [], {"issues.price.sunk": 1.0}, horizon)


def lapsing_promise(seed: int, payment: float, discount: float, horizon: float) -> Iterator[Measured]:
    """The highest hazard of reversal at which the target still pays once for a flow; a horizon of 0 is none."""
    end = int(horizon) or None
    rate = -math.log(discount * (1.0 - (1.0 / end if end else 0.0)))
    closed = float(tolerated_reversal(rate * (1.0 - payment), payment, rate))
    hazard = _last(lambda h: _complies(promised_flow(payment, discount, end, h)), 0.0, 1.0)
    yield Measured("highest hazard of reversal", closed, hazard)


def kept(seed: int, rate: float, hazard: float, horizon: float) -> Iterator[Measured]:
    """The share of a settlement's value that is had before it is reversed: as paid, and until a horizon, by when it was."""
    impatient = special_case(
        "pie",
        {
            "talks.protocol": "one-round", "issues.pie.revocable_by": "target", "target.reversal": hazard,
            "sender.discount": math.exp(-rate), "target.discount": math.exp(-rate), "sender.committed_demand": 1.0,
            "target.committed_demand": 0.0,
        },
        "commitment",
    )
    runs = simulate(with_flows(impatient, [], {"target.inside_option": 0.0}), RUNS, seed).runs
    yield mean_of("share kept, for ever", runs["payoff"][:, Side.SENDER], float(kept_share(rate, hazard)))
    until = np.expm1(-rate * np.minimum(runs["reversed_after"], horizon)) / math.expm1(-rate * horizon)
    yield mean_of("share kept, until the horizon", until, float(kept_share(rate, hazard, horizon)))


def _failing(rounds: int, discount: float, threat: dict[str, Any], changes: dict[str, Any]) -> float:
    """Return the payoff of the sender in talks that fail after so many rounds, in which nobody ever gives way."""
    settings = {
        "talks.rounds": rounds, "sender.discount": discount, "target.discount": discount, "sender.committed_demand": 1.0,
        "target.committed_demand": 1.0, "target.trust_slip": 0.0,
    }
    talks = with_flows(special_case("pie", settings, "commitment"), [threat], {"sender.inside_option": 0.5, **changes})
    return float(simulate(talks, 1).runs["payoff"][0, Side.SENDER])


def lifted(seed: int, discount: float, resumption: float, cost: float, rounds: float) -> Iterator[Measured]:
    """What a threat takes from its holder that is carried out when talks fail, and lifted at some time after them."""
    paid, spared = (
        _failing(int(rounds), discount, {"sender_cost": cost, "execution": chance}, {"talks.resumption": resumption})
        for chance in (1.0, 0.0)
    )
    closed = discount ** (rounds - 1.0) * float(share_until_lifted(discount, resumption)) * cost
    yield Measured("taken by a threat until it is lifted", closed, spared - paid, runs=2)


def own_pause(
    seed: int, benefit: float, stress_cost: float, added: float, persistence: float, discount: float, stress: float, rounds: float
) -> Iterator[Measured]:
    """What a sender gains by a threat that is in force for ever, whatever the stress at first, and what a pause leaves of it."""
    gain = float(gain_of_a_lasting_threat(benefit, stress_cost, added, persistence, discount))
    world = {
        "sender.stress_cost": stress_cost, "markets.level_effect": added, "markets.persistence": persistence,
        "markets.initial_stress": stress, "markets.resume_threshold": 0.0,
    }

    def played(threshold: float | None, state: str = "imposed") -> float:
        """Return the payoff under a threat in this state, which is paused at a threshold and then never carried out."""
        threat = {
            "state": state, "sender_cost": -benefit, "market_weight": 1.0, "pausable": threshold is not None,
            "execution": float(threshold is None), "announce_round": LATE,
        }
        paused = {} if threshold is None else {"markets.pause_threshold": threshold}
        return _failing(LATE - 1, discount, threat, world | paused)

    never = played(None, "none")
    yield Measured("gain of being in force for ever", gain, played(None) - never, runs=2)
    before, after = (_stress(stress, added, persistence, number) for number in (rounds - 1.0, rounds))
    if after > before:
        paused = played(0.5 * (before + after)) - never
        yield Measured(f"gain, paused after {rounds:.0f} rounds", (1.0 - discount**rounds) * gain, paused, runs=2)


def _stress(at_first: float, added: float, persistence: float, rounds: float) -> float:
    """Return the stress after so many rounds in which a threat was in force."""
    return persistence**rounds * at_first + added * (1.0 - persistence**rounds) / (1.0 - persistence)


def _threat(rng: np.random.Generator) -> dict[str, float]:
    damage = float(rng.uniform(0.05, 1.0))
    return {"cost": float(rng.uniform(0.0, damage)), "damage": damage}


def _promise(rng: np.random.Generator) -> dict[str, float]:
    rate = float(rng.uniform(0.01, 1.0))
    return {"payment": float(rng.uniform(rate / (1.0 + 2.0 * rate), 0.5)), "rate": rate}


def _lapsing(rng: np.random.Generator) -> dict[str, float]:
    """Draw a rate, and whether part of it comes from a horizon."""
    payment = float(rng.uniform(0.1, 0.49))
    left = math.exp(-float(rng.uniform(0.01, min(1.0, payment / (1.0 - 2.0 * payment)))))
    horizon = float(rng.integers(2)) * math.ceil(1.0 / (1.0 - left) + rng.uniform(1.0, 100.0))
    return {"payment": payment, "discount": left / (1.0 - 1.0 / horizon) if horizon else left, "horizon": horizon}


PAUSE = ("benefit", "stress_cost", "added", "persistence", "discount", "stress", "rounds")


def _pause(rng: np.random.Generator) -> dict[str, float]:
    low, high = (0.0, 0.0, 0.05, 0.0, 0.5, 0.0, 1.0), (0.3, 0.3, 0.5, 0.95, 0.99, 2.0, 20.0)
    drawn = dict(zip(PAUSE, map(float, rng.uniform(low, high)), strict=True))
    return {**drawn, "rounds": float(round(drawn["rounds"]))}


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
    Result(
        "lapsing-promise", "The same with payoffs as flows, and with a horizon", "present value",
        tuple(
            {"payment": c, "discount": d, "horizon": n}
            for c, d, n in ((0.2, math.exp(-0.1), 0.0), (0.4, math.exp(-0.1), 0.0), (0.3, 0.95, 20.0), (0.45, 1.0, 50.0))
        ),
        _lapsing, lapsing_promise,
    ),
    Result(
        "kept-share", "How much of a settlement's value is had before it is taken back", "present value",
        tuple(
            {"rate": r, "hazard": h, "horizon": t}
            for r, h, t in ((0.02, 0.01, 50.0), (0.02, 0.01, 98.0), (0.02, 0.01, 400.0), (0.1, 0.3, 10.0))
        ),
        lambda rng: dict(zip(("rate", "hazard", "horizon"), map(float, rng.uniform(0.01, (0.5, 0.5, 99.0))), strict=True)),
        kept,
    ),
    Result(
        "lifted-threat", "What a threat costs until it is lifted", "present value",
        tuple(
            {"discount": d, "resumption": m, "cost": c, "rounds": t}
            for d, m, c, t in ((0.9, 0.0, 0.3, 1.0), (0.9, 0.1, 0.3, 1.0), (0.985, 0.01, 0.2, 9.0), (0.95, 1.0, 0.4, 3.0))
        ),
        lambda rng: {
            "discount": float(rng.uniform(0.3, 0.99)), "resumption": float(rng.uniform()), "cost": float(rng.uniform(0.05, 0.4)),
            "rounds": float(rng.integers(1, 10)),
        },
        lifted,
    ),
    Result(
        "own-pause", "With a linear cost of stress a threat pays for ever or not at all", "optimal stopping, present value",
        tuple(
            dict(zip(PAUSE, case, strict=True))
            for case in (
                (0.087, 0.0821, 0.25, 0.77, 0.985, 0.0, 3.0), (0.087, 0.0821, 0.25, 0.77, 0.985, 0.5, 5.0),
                (0.05, 0.06, 0.25, 0.77, 0.985, 0.0, 2.0), (0.05, 0.07, 0.4, 0.7, 0.95, 2.0, 1.0),
                (0.05, 0.07, 0.4, 0.7, 0.95, 0.0, 4.0),
            )
        ),
        _pause, own_pause,
    ),
)
