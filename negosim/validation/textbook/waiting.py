"""Waiting to sign (Dixit & Pindyck 1994): the option of a target whom a volatile sender punishes even if it signs.

The target proposes in every round and can have K at once, as the sender always takes what it has without a deal, 1 - K. A deal is
punished all the same with chance u/2, so that signing is worth K - (u/2) D L, where the level L is a random walk without drift,
and never signing is worth 0: a perpetual option on K against a moving cost. Without drift the payout y equals the rate r and the
problem is the same in either number, so that it is best to sign once K >= b/(b - 1) times the cost.

The talks open where the cost is K. Of the levels at which runs sign, in the first half of the rounds, the highest is where
the target stops waiting; only a level that is carried out is seen, half of them at u = 1. Signing dates that lie dt apart
lower the hurdle by the order of s sqrt(dt) (Broadie, Glasserman & Kou 1997): it is extrapolated over dt and dt/4. Left are
the next order, about (s^2 dt)/2 of the hurdle, which comes to 0.8 % at most as the step is chosen; the hundredth of variance
that the table's grid adds, of the other sign; and the distance of the highest of about 150 levels to the limit, s
sqrt(dt)/150: 1 % together.

Left out: a payout other than the rate, as the level has no drift, and hurdles above 2, which need more rounds than there are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from negosim.common.vocabulary import CHANNELS, Side
from negosim.engine.kernel import simulate
from negosim.scenario.scenario import Scenario
from negosim.theory import waiting_multiple
from negosim.validation.textbook.played import settled, special_case
from negosim.validation.textbook.result import Measured, Result, limit_of

ROUNDS = 256
"""Rounds at the longer step; four times as many at the shorter one, which is a quarter of it."""

LASTS = 4.0
"""r times the length of the talks: an end so far off is worth exp(-4) of what it would be now, and cannot hurry who may wait."""

RUNS, AT_ONCE = 400, 50
NEAR = 0.01
"""How near the extrapolated hurdle has to come, as a share of it: see the chapter's head."""

DAMAGE = tuple(CHANNELS).index("threat_damage")


def _talks(rate: float, volatility: float, prize: float, rounds: int, level: float) -> Scenario:
    """Return talks in which the target may sign for ``prize`` in each round, at a cost of ``level`` times that at first."""
    step = LASTS / rate / rounds
    changes: dict[str, Any] = {
        "talks.protocol": "random-proposer", "talks.proposer_probability": 0.0, "talks.rounds": rounds,
        "sender.disagreement": 1.0 - prize, "target.disagreement": 0.0, "target.discount": math.exp(-rate * step),
        "sender.unpredictability": 1.0, "sender.volatility": volatility * math.sqrt(step),
        "threats.pie.damage": 2.0 * prize, "threats.pie.level": level, "threats.pie.execution": 0.0,
    }
    return special_case("threat", changes, "subgame-perfect")


def _hurdle(seed: int, rate: float, volatility: float, prize: float, rounds: int, closed: float) -> Measured:
    """Return prize over cost at the highest level at which the target was seen to sign."""
    outcomes = simulate(_talks(rate, volatility, prize, rounds, 1.0), RUNS, seed)
    cost = -0.5 * outcomes.runs["ledger"][:, Side.TARGET, DAMAGE]
    seen = settled(outcomes) & (cost > 0.0) & (outcomes.runs["rounds"] <= rounds // 2)
    return Measured("prize over cost", closed, prize / float(cost[seen].max()), runs=int(seen.sum()))


def hurdle(seed: int, rate: float, volatility: float, prize: float) -> Iterator[Measured]:
    """How many times its cost a deal must be worth before the target signs it."""
    closed = float(waiting_multiple(rate, rate, volatility))
    coarse = _hurdle(seed, rate, volatility, prize, ROUNDS, closed)
    fine = _hurdle(seed, rate, volatility, prize, 4 * ROUNDS, closed)
    yield limit_of("prize over cost at which it signs", closed, coarse, fine, NEAR * closed)


def waits(seed: int, rate: float, volatility: float, prize: float) -> Iterator[Measured]:
    """A deal whose cost is a tenth below the limit is signed at once; with a fifth above, although it would pay, it is not.

    Signing dates that lie apart raise the limit of the cost by 0.58 s sqrt(dt), a twelfth at most.
    """
    limit = 1.0 / float(waiting_multiple(rate, rate, volatility))
    for what, level, signs in (("below", 0.9 * limit, 1.0), ("above", 1.2 * limit, 0.0)):
        outcomes = simulate(_talks(rate, volatility, prize, ROUNDS, level), AT_ONCE, seed)
        at_once = settled(outcomes) & (outcomes.runs["rounds"] == 1)
        yield Measured(f"runs signed in round 1, cost {what} the limit", signs, float(at_once.mean()), runs=AT_ONCE)


def _draw(rng: np.random.Generator) -> dict[str, float]:
    rate = float(rng.uniform(0.01, 0.2))
    volatility = math.sqrt(rate * rng.uniform(0.1, 1.0))
    return {"rate": rate, "volatility": volatility, "prize": float(rng.uniform(0.1, 1.0))}


CASES = ({"rate": 0.04, "volatility": 0.1, "prize": 0.5}, {"rate": 0.04, "volatility": 0.2, "prize": 0.5})
RESULTS = (
    Result("waiting", "A deal must be worth more than its cost to be signed", "Dixit & Pindyck 1994", CASES, _draw, hurdle),
    Result("delay", "Volatility delays agreement", "Dixit & Pindyck 1994", CASES, _draw, waits),
)
