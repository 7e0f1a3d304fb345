"""Talks during which the state of the world pays a flow (Muthoo 1999), played by subgame-perfect sides with payoffs as flows.

What a round after a breakdown pays is what a round of talks pays, less what a threat takes that is carried out for good. An
endless horizon is played as one of LONG rounds: what is left of the pie by then, q^(LONG/2) with q the product of both sides'
discounts and chances to go on, is the bound. Left out are flows with which a side would have more by a breakdown than by what
a refusal leaves it: there the engine's sides would rather see the talks fail than sign, and the formulas hold them to the
deal all the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from scipy.optimize import newton

from negosim.common.vocabulary import Side
from negosim.engine.kernel import simulate
from negosim.theory import fair_flow_share, flow_deadline_share, flow_limit, flow_share, threat_of_each_round
from negosim.validation.textbook.played import flowing, many_issues, the_outcome, with_flows
from negosim.validation.textbook.result import EXACT, Measured, Result

LONG = 2_000
STEP = 0.02
"""Length of the shortest rounds that are extrapolated, in the time in which the rates of both sides and hazards come to 1."""

TOSSES = 64
"""Runs among which a fair coin surely names either side first once."""

Pair = Sequence[float]


def _left(discounts: Pair, hazard: float, rounds: int) -> float:
    """Return EXACT and what is left of the pie after so many rounds."""
    return float(EXACT + ((1.0 - hazard) ** 2 * discounts[0] * discounts[1]) ** (rounds / 2))


def _share(discounts: Pair, hazard: float, inside: Pair, breakdown: Pair, rounds: int = LONG, first: str = "sender") -> float:
    """Return the share of the sender."""
    changes: dict[str, Any] = {"talks.rounds": rounds, "sender.brinkmanship": hazard, "talks.first_proposer": first}
    return the_outcome(flowing(discounts, inside, breakdown, changes))[0]


def _both_ways(discounts: Pair, hazard: float, inside: Pair, breakdown: Pair) -> float:
    """Return the mean share of the sender, if it proposes first and if the target does."""
    first, second = (_share(discounts, hazard, inside, breakdown, first=side.label) for side in Side)
    return 0.5 * (first + second)


def inside_options(seed: int, discount_1: float, discount_2: float, inside_1: float, inside_2: float) -> Iterator[Measured]:
    """The first proposer's share where talks pay both sides meanwhile, without a deadline."""
    closed = float(flow_share(discount_1, discount_2, 0.0, inside_1, inside_2))
    discounts, inside = (discount_1, discount_2), (inside_1, inside_2)
    yield Measured("share of the first proposer", closed, _share(discounts, 0.0, inside, inside), _left(discounts, 0.0, LONG))


def breakdown(
    seed: int, discount_1: float, discount_2: float, hazard: float, inside_1: float, inside_2: float, breakdown_1: float,
    breakdown_2: float,
) -> Iterator[Measured]:
    """The first proposer's share where every refusal may end the talks, and the world then pays something else."""
    closed = float(flow_share(discount_1, discount_2, hazard, inside_1, inside_2, breakdown_1, breakdown_2))
    discounts = discount_1, discount_2
    share = _share(discounts, hazard, (inside_1, inside_2), (breakdown_1, breakdown_2))
    yield Measured("share of the first proposer", closed, share, _left(discounts, hazard, LONG))


def short_rounds(
    seed: int, rate_1: float, rate_2: float, hazard_rate: float, inside_1: float, inside_2: float, breakdown_1: float,
    breakdown_2: float,
) -> Iterator[Measured]:
    """The mean share over both first proposers as rounds get short: their length and its square are extrapolated away."""
    closed = float(flow_limit(rate_1, rate_2, hazard_rate, inside_1, inside_2, breakdown_1, breakdown_2))
    total = rate_1 + rate_2 + 2.0 * hazard_rate
    first, second, third = (
        _both_ways(
            (math.exp(-rate_1 * length), math.exp(-rate_2 * length)), -math.expm1(-hazard_rate * length),
            (inside_1, inside_2), (breakdown_1, breakdown_2),
        )
        for length in (4.0 * STEP / total, 2.0 * STEP / total, STEP / total)
    )
    limit = (8.0 * third - 6.0 * second + first) / 3.0
    yield Measured("share, rounds without length", closed, limit, EXACT + math.exp(-0.5 * LONG * STEP), runs=6)


def deadline(
    seed: int, discount: float, horizon: float, inside_1: float, inside_2: float, breakdown_1: float, breakdown_2: float
) -> Iterator[Measured]:
    """The first proposer's share with a deadline."""
    closed = float(flow_deadline_share(discount, horizon, inside_1, inside_2, breakdown_1, breakdown_2))
    share = _share((discount, discount), 0.0, (inside_1, inside_2), (breakdown_1, breakdown_2), int(horizon))
    yield Measured("share of the first proposer", closed, share)


def brinkmanship(
    seed: int, discount: float, hazard: float, inside_1: float, inside_2: float, breakdown_1: float, breakdown_2: float
) -> Iterator[Measured]:
    """The mean share over both first proposers with a hazard of breakdown, and what the hazard adds to it."""
    flows = (inside_1, inside_2), (breakdown_1, breakdown_2)
    share, calm = (_both_ways((discount, discount), danger, *flows) for danger in (hazard, 0.0))
    closed, fair = (float(fair_flow_share(discount, danger, *flows[0], *flows[1])) for danger in (hazard, 0.0))
    bound = _left((discount, discount), 0.0, LONG)
    yield Measured("mean share over both first proposers", closed, share, bound, runs=2)
    yield Measured("gain of the sender by brinkmanship", closed - fair, share - calm, 2.0 * bound, runs=4)


def _expected(discount: float, hazard: float, inside: Pair, breakdown: Pair) -> float:
    """Return the sender's payoff before a fair coin names the proposer of each round: the mean of its payoffs by who is named."""
    changes = {"talks.protocol": "random-proposer", "talks.rounds": LONG, "sender.brinkmanship": hazard}
    runs = simulate(flowing((discount, discount), inside, breakdown, changes), TOSSES).runs
    return float(np.mean([runs["payoff"][runs["proposer"] == side, Side.SENDER].mean() for side in Side]))


def resumption(
    seed: int, discount: float, hazard: float, resumed: float, inside_1: float, inside_2: float, breakdown_1: float,
    breakdown_2: float,
) -> Iterator[Measured]:
    """What the sender expects where talks that broke down are taken up again: the fixed point of what is played.

    A breakdown is worth [(1 - d) b + d m V] / [1 - d (1 - m)] to a side, m the chance of resumption and V what is played.
    """

    def broken(flow: float, value: float) -> float:
        return ((1.0 - discount) * flow + discount * resumed * value) / (1.0 - discount * (1.0 - resumed))

    def played(value: float) -> float:
        after = broken(breakdown_1, value), broken(breakdown_2, 1.0 - value)
        return _expected(discount, hazard, (inside_1, inside_2), after)

    closed = float(fair_flow_share(discount, hazard, inside_1, inside_2, breakdown_1, breakdown_2, resumed))
    yield Measured("payoff of the sender", closed, _fixed_point(played, 0.5 * (1.0 + inside_1 - inside_2)), runs=TOSSES)


def _fixed_point(played: Callable[[float], float], start: float) -> float:
    """Return the value that is played if it is what is expected; nothing but what is played is asked."""
    return float(newton(lambda value: played(value) - value, start, tol=0.01 * EXACT))


def _taken(side: Side, discount: float, inside: Pair, taken: Pair, following: float) -> float:
    """Return what a side takes rather than refuse in the first of two rounds, in the second of which it has ``following``.

    A threat takes ``taken`` from both in the first round. In the second the side proposes, and leaves the other just what
    that can have by walking out, 1 - following. No deal pays nobody anything, by another threat on a second issue, which
    weighs nothing.
    """
    talks = many_issues(((1.0, 0.0), (1.0, 0.0)))
    in_force = {"issue": "issue-1", "state": "imposed", "sender_cost": taken[0], "target_cost": taken[1]}
    never = {"issue": "issue-2", "sender_cost": inside[0] - taken[0], "target_cost": inside[1] - taken[1]}
    changes: dict[str, Any] = {f"{side.other.label}.outside_option": 1.0 - following}
    for each in Side:
        changes |= {f"{each.label}.strategy": "subgame-perfect", f"{each.label}.inside_option": inside[each]}
    impatient = talks.vary({"sender.discount": discount, "target.discount": discount})
    named = {"talks.rounds": 2, "talks.first_proposer": side.other.label}
    return the_outcome(with_flows(impatient, [in_force, never], {**changes, **named}))[side]


def threat_each_round(
    seed: int, discount: float, inside_1: float, inside_2: float, damage: float, cost: float
) -> Iterator[Measured]:
    """What the sender has in the lowest and in the highest equilibrium if it may hurt both for a round after each refusal.

    Each is the fixed point of what is played in two rounds at a time: the sender carries the threat out after its own offer
    was refused, or never. Carrying out has to be worth no less to it than what it then has in the lowest equilibrium, which
    is played as well.
    """
    inside, calm, carried_out = (inside_1, inside_2), (0.0, 0.0), (cost, damage)

    def accepts(value: float) -> float:
        return _taken(Side.SENDER, discount, inside, calm, value)

    def proposes(taken: Pair) -> float:
        return _fixed_point(lambda value: 1.0 - _taken(Side.TARGET, discount, inside, taken, 1.0 - accepts(value)), 0.5)

    closed = threat_of_each_round(discount, inside_1, inside_2, damage, cost)
    lowest, hard = proposes(calm), proposes(carried_out)
    yield Measured("share of the first proposer, lowest", float(closed.lowest), lowest, runs=2)
    by_carrying_out = _taken(Side.SENDER, discount, inside, carried_out, accepts(hard))
    is_credible = by_carrying_out >= _taken(Side.SENDER, discount, inside, calm, accepts(lowest))
    yield Measured("share of the first proposer, highest", float(closed.highest), hard if is_credible else lowest, runs=4)


def _discount(rng: np.random.Generator) -> float:
    return float(rng.uniform(0.3, 0.97))


def _inside(rng: np.random.Generator) -> dict[str, float]:
    first = float(rng.uniform(0.0, 0.7))
    return {"inside_1": first, "inside_2": float(rng.uniform(0.0, 0.95 - first))}


def _hurt(rng: np.random.Generator, inside: dict[str, float]) -> dict[str, float]:
    """Return flows after a breakdown that are lower than those of talks, so that nobody hopes for one; no share is below 0."""
    return {f"breakdown_{k}": float(rng.uniform()) * inside[f"inside_{k}"] for k in (1, 2)}


def _flows(rng: np.random.Generator) -> dict[str, float]:
    inside = _inside(rng)
    return inside | _hurt(rng, inside)


def _drawn_threat(rng: np.random.Generator) -> dict[str, float]:
    """Draw a threat that is clearly credible or clearly not."""
    while True:
        harm = {"damage": float(rng.uniform(0.0, 0.3)), "cost": float(rng.uniform(0.0, 0.3))}
        case = {"discount": _discount(rng), **_inside(rng), **harm}
        dearest = float(threat_of_each_round(**case).dearest)
        taken = (1.0 - case["discount"]) * (case["inside_1"] - case["cost"])
        if abs(case["cost"] - dearest) > 1e-3 and case["inside_2"] >= case["damage"] and taken >= 0.0:
            return case


def _case(names: str, values: Sequence[float]) -> dict[str, float]:
    long = {"d": "discount", "p": "hazard", "g1": "inside_1", "g2": "inside_2", "b1": "breakdown_1", "b2": "breakdown_2"}
    return {long.get(name, name): value for name, value in zip(names.split(), values, strict=True)}


BRW = "Binmore, Rubinstein & Wolinsky 1986"
FOUR_FLOWS = "g1 g2 b1 b2"
RESULTS = (
    Result(
        "inside-options", "Alternating offers while talks pay both sides", "Muthoo 1999",
        tuple(
            _case("discount_1 discount_2 g1 g2", case)
            for case in (
                (0.9, 0.9, 0.0, 0.0), (0.9, 0.9, 0.2, 0.1), (0.95, 0.9, 0.3, 0.2), (0.9, 0.95, 0.1, 0.4), (0.985, 0.98, 0.44, 0.4)
            )
        ),
        lambda rng: {"discount_1": _discount(rng), "discount_2": _discount(rng), **_inside(rng)}, inside_options,
    ),
    Result(
        "breakdown-flows", "Talks that pay, and may break down to what pays otherwise", BRW,
        tuple(
            _case(f"discount_1 discount_2 p {FOUR_FLOWS}", case)
            for case in (
                (0.9, 0.9, 0.05, 0.2, 0.1, 0.2, 0.1), (0.9, 0.9, 0.05, 0.2, 0.1, 0.1, 0.0), (0.9, 0.9, 0.2, 0.2, 0.2, 0.3, 0.0),
                (0.9, 0.9, 0.01, 0.44, 0.4, 0.44, 0.3), (0.985, 0.98, 0.01, 0.44, 0.4, 0.44, 0.3),
                (0.9, 0.9, 0.2, 0.25, 0.25, 0.5, 0.0),  # what the sender gains by a breakdown is what the target loses
            )
        ),
        lambda rng: {
            "discount_1": _discount(rng), "discount_2": _discount(rng), "hazard": float(rng.uniform(0.01, 0.5)), **_flows(rng)
        },
        breakdown,
    ),
    Result(
        "short-rounds", "A mean of both flows is where bargaining starts from", BRW,
        tuple(
            _case(f"rate_1 rate_2 hazard_rate {FOUR_FLOWS}", case)
            for case in (
                (0.05, 0.05, 0.1, 0.2, 0.1, 0.1, 0.0), (0.05, 0.1, 0.1, 0.2, 0.1, 0.2, 0.1),
                (0.0151, 0.0202, 0.01, 0.44, 0.4, 0.44, 0.2),
            )
        ),
        lambda rng: {
            **dict(zip(("rate_1", "rate_2", "hazard_rate"), map(float, rng.uniform(0.01, 0.5, 3)), strict=True)), **_flows(rng)
        },
        short_rounds,
    ),
    Result(
        "deadline-flows", "Talks that pay, with a deadline", "Stahl 1972",
        tuple(
            _case(f"d horizon {FOUR_FLOWS}", case)
            for case in (
                (0.9, 3, 0.0, 0.0, 0.0, 0.0), (0.9, 10, 0.0, 0.0, 0.0, 0.0), (0.9, 8, 0.2, 0.1, 0.2, 0.1),
                (0.9, 8, 0.2, 0.1, 0.3, 0.0), (0.9, 9, 0.2, 0.1, 0.3, 0.0),
            )
        ),
        lambda rng: {"discount": _discount(rng), "horizon": float(rng.integers(1, 60)), **_flows(rng)}, deadline,
    ),
    Result(
        "brinkmanship-flows", "Brinkmanship is worth nothing unless no deal hurts the other more", f"after {BRW}",
        tuple(_case(f"d p {FOUR_FLOWS}", (0.9, hazard, 0.2, 0.1, 0.2, 0.1)) for hazard in (0.0, 0.05, 0.3, 0.99))
        + tuple(
            _case(f"d p {FOUR_FLOWS}", (0.9, hazard, 0.2, 0.1, *after))
            for hazard, after in ((0.05, (0.2, 0.0)), (0.3, (0.2, 0.0)), (0.3, (0.1, 0.0)), (0.3, (0.0, 0.1)))
        ),
        lambda rng: {"discount": _discount(rng), "hazard": float(rng.uniform()), **_flows(rng)}, brinkmanship,
    ),
    Result(
        "resumption", "Talks that break down and are taken up again", f"after {BRW}",
        tuple(
            _case(f"d p resumed {FOUR_FLOWS}", (0.9, hazard, again, 0.2, 0.1, 0.3, 0.0))
            for hazard in (0.05, 0.5) for again in (0.0, 0.1)
        ),
        lambda rng: {
            "discount": _discount(rng), "hazard": float(rng.uniform(0.01, 0.5)), "resumed": float(rng.uniform()), **_flows(rng)
        },
        resumption,
    ),
    Result(
        "strike", "A threat that is chosen anew in each round: strike or hold out",
        "Haller & Holden 1990; Fernandez & Glazer 1991; Busch & Wen 1995",
        tuple(
            _case("d g1 g2 damage cost", case)
            for case in (
                (0.9, 0.3, 0.7, 0.7, 0.3), (0.95, 0.5, 0.5, 0.5, 0.5), (0.8, 0.2, 0.8, 0.8, 0.2), (0.9, 0.3, 0.3, 0.2, 0.05),
                (0.9, 0.3, 0.3, 0.2, 0.5), (0.9, 0.3, 0.3, 0.2, 0.9), (0.985, 0.44, 0.4, 0.1, 0.1),
            )
        ),
        _drawn_threat, threat_each_round,
    ),
)
