"""Brinkmanship: a contest in units of risk (after Nalebuff 1986; Powell 1990), with resolve private.

Both sides demand a of the pie and hold out while each round may end the talks. Who wins has a, who gives way 1 - a, and a
breakdown pays the reservation value r: in units of the prize 2a - 1 the disaster costs c = (1 - a - r) / (2a - 1). Either c is
uniform, as r is with a tilt of 1; or c = D / v with the value v of the prize uniform on [v0, V], as r is with a tilt of V / v0.
A contest with v0 = 0 would have reservation values without a bound; it is the limit, and is played at v0 = V / 800.

The sides are asked in turn, so that with a hazard p per round the engine lies of the order of p off the contest in continuous
risk; it is extrapolated over p and p/2, and what types do, in which there is no luck, over p/4 too. With costs from l to h, left
is the next order, (p (1 + h))^2, to which the hazard is fitted. Left out of the draws: costs below 0, where a type prefers the
disaster; highest costs above 4 or below 0.3, as 2000 rounds of so small a hazard do not see the contest to its end; doubt about
less than a tenth of the prize; values of less than a third of the cost of the disaster, or more than three times it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from negosim.common.vocabulary import Ending, Side
from negosim.engine.kernel import simulate
from negosim.engine.prepare import prepare
from negosim.scenario.scenario import Scenario
from negosim.theory import disaster_by_cost, disaster_by_value, stop_by_cost
from negosim.validation.textbook.played import special_case
from negosim.validation.textbook.result import Measured, Result, limit_of, share_of

RUNS = 202_000
"""So many that four standard errors of a chance of a half, extrapolated, are below 0.01."""

ROUNDS = 2_000
STEP, FINER_STEP = 0.06, 0.03
"""Hazard per round times 1 + the highest cost, at the longest step: where runs are played, and where they are not."""

VALUE_STEP, VALUE_BOUND = 0.03, 1e-3
"""Hazard per round at the longest step where values are uniform, and what is left when it is extrapolated (at most 8e-4)."""

NEXT_TO_NOTHING = 1 / 800
"""The smallest value of the prize, as a share of the largest, at which the contest with values down to 0 is played."""


def _contest(
    demand: float, cost_low: float, cost_high: float, hazard: float, clock: float = 0.0, mean_cost: float | None = None
) -> Scenario:
    """Return the contest between two sides alike, by the costs of disaster; on the concession clock or by alternating offers.

    With a mean cost the inverse of the cost is uniform, else the cost is.
    """
    losing, prize = 1.0 - demand, 2.0 * demand - 1.0
    mean, tilt = (0.5 * (cost_low + cost_high), 1.0) if mean_cost is None else (mean_cost, cost_high / cost_low)
    protocol = "concession-clock" if clock else "alternating"
    changes: dict[str, Any] = {"talks.protocol": protocol, "talks.rounds": ROUNDS, "sender.brinkmanship": hazard}
    for side in Side:
        changes |= {
            f"{side.label}.committed_demand": demand,
            f"{side.label}.disagreement": losing - prize * mean,
            f"{side.label}.ambiguity": 0.5 * prize * (cost_high - cost_low),
            f"{side.label}.ambiguity_tilt": tilt,
        }
    return special_case("pie", changes, "brinkmanship")


def disaster(seed: int, demand: float, cost_low: float, cost_high: float, clock: float) -> Iterator[Measured]:
    """The chance that the contest ends in disaster, as the step of risk goes to zero."""
    closed, hazard = float(disaster_by_cost(cost_low, cost_high)), STEP / (1.0 + cost_high)
    steps = (_contest(demand, cost_low, cost_high, p, clock) for p in (hazard, 0.5 * hazard))
    yield _chance_of_disaster(steps, seed, closed, STEP**2)


def disaster_of_values(seed: int, largest: float, smallest: float, cost: float, clock: float) -> Iterator[Measured]:
    """The same where the value of the prize is uniform; the prize is small enough for the widest of reservation values."""
    closed, least = float(disaster_by_value(largest, cost, smallest)), max(smallest, NEXT_TO_NOTHING * largest)
    low, high, mean = cost / largest, cost / least, cost * math.log(largest / least) / (largest - least)
    demand = 0.5 + 0.5 / (1.0 + 2.0 * high)
    steps = (_contest(demand, low, high, p, clock, mean) for p in (VALUE_STEP, 0.5 * VALUE_STEP))
    cut = abs(closed - float(disaster_by_value(largest, cost, least)))
    yield _chance_of_disaster(steps, seed, closed, VALUE_BOUND + cut)


def _chance_of_disaster(steps: Iterable[Scenario], seed: int, closed: float, bound: float) -> Measured:
    """Return the chance of disaster as the step of risk goes to zero, from a step and half of it."""
    coarse, fine = (
        share_of("chance of disaster", simulate(talks, RUNS, seed + k).runs["ending"] == Ending.BREAKDOWN, closed)
        for k, talks in enumerate(steps)
    )
    return limit_of("chance of disaster", closed, coarse, fine, bound)


def _exposure(demand: float, cost_low: float, cost_high: float, hazard: float, cost: float) -> float:
    """Return the risk that a type has run when it gives way, the mean of both sides, one of which is asked first.

    The type on the margin is interpolated between the turns of a side, in rounds; rounds are counted up to the answer.
    """
    rule = prepare(_contest(demand, cost_low, cost_high, hazard)).giving_way[:, :, 1]
    own = 1.0 - demand - cost * (2.0 * demand - 1.0)
    risks = []
    for margins in rule:
        turns = np.flatnonzero(np.diff(margins[1:], prepend=-np.inf) > 0.0) + 1
        risks.append(-math.log1p(-hazard) * (float(np.interp(own, margins[turns], turns)) - 1.0))
    return float(np.mean(risks))


def stopping(seed: int, demand: float, cost_low: float, cost_high: float) -> Iterator[Measured]:
    """The risk at which types give way, as the step of risk goes to zero."""
    hazard = FINER_STEP / (1.0 + cost_high)
    for share in (0.25, 0.5, 0.75):
        cost = cost_low + share * (cost_high - cost_low)
        closed = float(stop_by_cost(cost, cost_low, cost_high))
        first, second, third = (_exposure(demand, cost_low, cost_high, hazard / k, cost) for k in (1.0, 2.0, 4.0))
        limit = (8.0 * third - 6.0 * second + first) / 3.0
        yield Measured(f"risk at which cost {cost:.3g} gives way", closed, limit, FINER_STEP**2)


def _draw(rng: np.random.Generator) -> dict[str, float]:
    low = float(rng.uniform(0.0, 3.0))
    high = float(rng.uniform(max(low + 0.1, 0.3), 4.0))
    most = (1.0 + high) / (1.0 + 2.0 * high)  # the largest demand at which the lowest reservation value is not below 0
    return {"demand": float(rng.uniform(0.55, 1.0) * (most - 0.5) + 0.5), "cost_low": low, "cost_high": high}


def _draw_values(rng: np.random.Generator) -> dict[str, float]:
    largest = float(np.exp(rng.uniform(math.log(0.5), math.log(2.0))))
    smallest = float(rng.choice([0.0, np.exp(rng.uniform(math.log(NEXT_TO_NOTHING), math.log(0.5)))])) * largest
    cost = float(np.exp(rng.uniform(-math.log(3.0), math.log(3.0)))) * largest
    return {"largest": largest, "smallest": smallest, "cost": cost, "clock": float(rng.integers(2))}


SOURCE = "after Nalebuff 1986; Powell 1990"
CASES = tuple(
    {"demand": a, "cost_low": low, "cost_high": high} for a, low, high in ((0.6, 0.0, 2.0), (0.6, 0.5, 1.0), (0.7, 0.0, 0.5))
)
RESULTS = (
    Result(
        "brinkmanship", "How often a contest in risk ends in disaster", SOURCE,
        tuple({**case, "clock": clock} for case, clock in zip(CASES, (1.0, 0.0, 0.0), strict=True)),
        lambda rng: {**_draw(rng), "clock": float(rng.integers(2))}, disaster,
    ),
    Result(
        "brinkmanship-values", "How often it does where the value of the prize is private", "after Nalebuff 1986",
        tuple(
            {"largest": v, "smallest": v0, "cost": d, "clock": clock}
            for v, v0, d, clock in ((1.0, 0.0, 1.0, 0.0), (1.0, 0.0, 0.5, 1.0), (1.0, 0.2, 2.0, 0.0))
        ),
        _draw_values, disaster_of_values,
    ),
    Result("brinkmanship-types", "How much risk a type runs before it gives way", SOURCE, CASES, _draw, stopping),
)
