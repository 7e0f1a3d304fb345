"""Alternating offers (Stahl 1972; Rubinstein 1982; Binmore, Rubinstein & Wolinsky 1986), played by subgame-perfect sides.

The sender proposes first. An endless horizon is played as one of LONG rounds: what is left of the pie by then, q^(LONG/2) with q
the product of both sides' discounts and chances to go on, is the bound.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from negosim.engine.kernel import simulate
from negosim.theory import (
    breakdown_share,
    outside_option_share,
    random_deadline_limit,
    random_deadline_share,
    random_proposer_share,
    rubinstein_share,
    stahl_share,
)
from negosim.validation.textbook.played import settled, special_case, the_outcome
from negosim.validation.textbook.result import EXACT, Measured, Result, limit_of, mean_of

LONG = 2_000
RUNS = 60_000


def _pie(rounds: int, **changes: float) -> Any:
    named = {name.replace("__", "."): value for name, value in changes.items()}
    return special_case("pie", {"talks.rounds": rounds, **named}, "subgame-perfect")


def rubinstein(seed: int, discount_1: float, discount_2: float) -> Iterator[Measured]:
    """The first proposer's share without a deadline."""
    share, _ = the_outcome(_pie(LONG, sender__discount=discount_1, target__discount=discount_2))
    bound = EXACT + (discount_1 * discount_2) ** (LONG / 2)
    yield Measured("share of the first proposer", float(rubinstein_share(discount_1, discount_2)), share, bound)


def stahl(seed: int, discount_1: float, discount_2: float, horizon: float) -> Iterator[Measured]:
    """The first proposer's share with a deadline."""
    share, _ = the_outcome(_pie(int(horizon), sender__discount=discount_1, target__discount=discount_2))
    yield Measured("share of the first proposer", float(stahl_share(discount_1, discount_2, int(horizon))), share)


def breakdown(
    seed: int, discount_1: float, discount_2: float, hazard: float, breakdown_1: float, breakdown_2: float
) -> Iterator[Measured]:
    """The first proposer's share when every refusal may end the talks."""
    scenario = _pie(
        LONG, sender__discount=discount_1, target__discount=discount_2, sender__brinkmanship=hazard,
        sender__disagreement=breakdown_1, target__disagreement=breakdown_2,
    )
    share, _ = the_outcome(scenario)
    bound = EXACT + ((1.0 - hazard) ** 2 * discount_1 * discount_2) ** (LONG / 2)
    closed = float(breakdown_share(discount_1, discount_2, hazard, breakdown_1, breakdown_2))
    yield Measured("share of the first proposer", closed, share, bound)


def outside_option(seed: int, discount_1: float, discount_2: float, outside_2: float) -> Iterator[Measured]:
    """The first proposer's share when the other side may leave for something."""
    share, _ = the_outcome(
        _pie(LONG, sender__discount=discount_1, target__discount=discount_2, target__outside_option=outside_2)
    )
    bound = EXACT + (discount_1 * discount_2) ** (LONG / 2)
    yield Measured("share of the first proposer", float(outside_option_share(discount_1, discount_2, outside_2)), share, bound)


def random_proposer(seed: int, discount_1: float, discount_2: float, proposing_1: float) -> Iterator[Measured]:
    """What the sender expects before chance names the proposer."""
    coin = {"talks.protocol": "random-proposer", "talks.proposer_probability": proposing_1}
    scenario = _pie(LONG, sender__discount=discount_1, target__discount=discount_2).vary(coin)
    payoff = simulate(scenario, RUNS, seed).runs["payoff"][:, 0]
    bound = EXACT + max(discount_1, discount_2) ** LONG
    yield mean_of("payoff of the sender", payoff, float(random_proposer_share(discount_1, discount_2, proposing_1)), bound)


def _deadline(rate_1: float, rate_2: float, hazard_rate: float, step: float) -> float:
    scenario = _pie(
        LONG, sender__discount=math.exp(-rate_1 * step), target__discount=math.exp(-rate_2 * step),
        sender__deadline_hazard=1.0 - math.exp(-hazard_rate * step),
    )
    return the_outcome(scenario)[0]


def random_deadline(seed: int, rate_1: float, rate_2: float, hazard_rate: float) -> Iterator[Measured]:
    """The first proposer's share when the talks may be cut off at any moment: exact for a step, and as the step goes to zero."""
    step = 20.0 / (LONG * (rate_1 + rate_2 + 2.0 * hazard_rate))
    coarse, fine = (
        Measured(
            "share", float(random_deadline_share(rate_1, rate_2, hazard_rate, dt)), _deadline(rate_1, rate_2, hazard_rate, dt)
        )
        for dt in (2.0 * step, step)
    )
    left = math.exp(-0.5 * LONG * step * (rate_1 + rate_2 + 2.0 * hazard_rate))
    yield fine._replace(what=f"share, rounds of {step:.2g}", bound=EXACT + left)
    limit = float(random_deadline_limit(rate_1, rate_2, hazard_rate))
    yield limit_of("share, rounds without length", limit, coarse, fine, 1e-4 + 2.0 * left)


def immediate(seed: int, discount_1: float, discount_2: float, horizon: float) -> Iterator[Measured]:
    """Subgame-perfect sides agree in round 1, in every run."""
    outcomes = simulate(_pie(int(horizon), sender__discount=discount_1, target__discount=discount_2), 50, seed)
    at_once = settled(outcomes) & (outcomes.runs["rounds"] == 1)
    yield Measured("runs settled in round 1", 1.0, float(at_once.mean()), runs=50)


def _discounts(rng: np.random.Generator) -> dict[str, float]:
    return {"discount_1": float(rng.uniform(0.3, 0.99)), "discount_2": float(rng.uniform(0.3, 0.99))}


def _with_breakdown(rng: np.random.Generator) -> dict[str, float]:
    first = float(rng.uniform(0.0, 0.9))
    payoffs = {"breakdown_1": first, "breakdown_2": float(rng.uniform(0.0, 0.95 - first))}
    return {**_discounts(rng), "hazard": float(rng.uniform(0.01, 0.5)), **payoffs}


BRW = "Binmore, Rubinstein & Wolinsky 1986"
RESULTS = (
    Result(
        "rubinstein", "Alternating offers without a deadline", "Rubinstein 1982",
        tuple({"discount_1": a, "discount_2": b} for a, b in ((0.9, 0.9), (0.95, 0.9), (0.2, 0.99), (0.99, 0.5))),
        _discounts, rubinstein,
    ),
    Result(
        "stahl", "Alternating offers with a deadline", "Stahl 1972",
        tuple(
            {"discount_1": a, "discount_2": b, "horizon": t}
            for a, b in ((0.9, 0.9), (0.95, 0.7)) for t in (1, 2, 3, 4, 9, 10)
        ),
        lambda rng: {**_discounts(rng), "horizon": float(rng.integers(1, 60))}, stahl,
    ),
    Result(
        "no-delay", "Agreement is immediate", "Rubinstein 1982",
        ({"discount_1": 0.9, "discount_2": 0.9, "horizon": 10}, {"discount_1": 0.5, "discount_2": 0.95, "horizon": 7}),
        lambda rng: {**_discounts(rng), "horizon": float(rng.integers(1, 60))}, immediate,
    ),
    Result(
        "breakdown", "Talks that may break down after every refusal", BRW,
        tuple(
            {"discount_1": a, "discount_2": b, "hazard": p, "breakdown_1": c, "breakdown_2": d}
            for a, b, p, c, d in (
                (1.0, 1.0, 0.05, 0.0, 0.0), (1.0, 1.0, 0.05, 0.3, 0.1), (0.9, 0.95, 0.2, 0.1, 0.4), (0.9, 0.8, 0.0, 0.0, 0.0),
                (1.0, 1.0, 0.99, 0.2, 0.2),
            )
        ),
        _with_breakdown, breakdown,
    ),
    Result(
        "outside-option", "An outside option matters only once it binds", "Binmore, Shaked & Sutton 1989",
        tuple(
            {"discount_1": a, "discount_2": b, "outside_2": o}
            for a, b, o in ((0.9, 0.9, 0.2), (0.9, 0.9, 0.47), (0.9, 0.9, 0.6), (0.8, 0.95, 0.9), (0.9, 0.9, 0.0))
        ),
        lambda rng: {**_discounts(rng), "outside_2": float(rng.uniform(0.0, 0.98))}, outside_option,
    ),
    Result(
        "random-proposer", "Chance names the proposer", "Binmore 1987",
        tuple(
            {"discount_1": a, "discount_2": b, "proposing_1": p}
            for a, b, p in ((0.9, 0.9, 0.5), (0.95, 0.8, 0.3), (0.9, 0.9, 0.0), (0.9, 0.7, 1.0))
        ),
        lambda rng: {**_discounts(rng), "proposing_1": float(rng.uniform())}, random_proposer,
    ),
    Result(
        "random-deadline", "A deadline that may fall at any moment", BRW,
        tuple(
            {"rate_1": a, "rate_2": b, "hazard_rate": m}
            for a, b, m in ((0.05, 0.05, 0.1), (0.02, 0.1, 0.05), (0.1, 0.02, 0.0), (0.05, 0.01, 1.0))
        ),
        lambda rng: dict(zip(("rate_1", "rate_2", "hazard_rate"), map(float, rng.uniform(0.01, 0.5, 3)), strict=True)),
        random_deadline,
    ),
)
