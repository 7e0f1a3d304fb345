"""Take it or leave it under uncertainty (Fearon 1995; Powell 1999), played in one round by sides that weigh risk against return.

War is what the talks end in without a deal: it pays the side that demands p - c, and the other 1 - p less a cost that is
private. An offer that some type just takes for sure is found exactly, any other by golden sections, to RESOLUTION. At the best
offer the payoff of the side that makes it is flat, so that it misses RESOLUTION squared only. Excluded is what a scenario
cannot say, since payoffs lie between 0 and 1: costs of war above what winning pays on average, so that the demand is never cut
off at everything. Not drawn are doubts narrower than NARROW with a best offer that has to be searched for: RESOLUTION is too much
of them to say how often it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from negosim.engine.kernel import simulate
from negosim.engine.outcomes import Outcomes
from negosim.scenario.scenario import Scenario
from negosim.theory import believed_opaque_sender, opaque_sender, opaque_sender_peak, risk_return_demand
from negosim.validation.textbook.played import settled, special_case
from negosim.validation.textbook.result import EXACT, RESOLUTION, Measured, Result, mean_of, share_of

RUNS, PEAK_RUNS = 50_000, 5_000
NARROW = 0.04
GRID = 0.01
"""Step of the sweep on which the peak is looked for; on one of the two points beside the peak the gain is highest."""


def _tabled(outcomes: Outcomes) -> float:
    """Return the one offer that is accepted, NaN if it never is."""
    deals = outcomes.settlements[settled(outcomes), 0]
    return float(deals[0]) if len(deals) else float("nan")


def demand(seed: int, winning: float, own_cost: float, cost_low: float, cost_high: float) -> Iterator[Measured]:
    """What the sender demands, how often that means war, and what it expects."""
    closed, width = risk_return_demand(winning, own_cost, cost_low, cost_high), cost_high - cost_low
    scenario = special_case(
        "ultimatum",
        {
            "sender.disagreement": winning - own_cost, "target.disagreement": 1.0 - winning - 0.5 * (cost_low + cost_high),
            "target.ambiguity": 0.5 * width,
        },
    )
    outcomes = simulate(scenario, RUNS, seed)
    safe = _all_give_in(own_cost, cost_low, cost_high)
    bound = EXACT if safe else RESOLUTION
    yield Measured("demand", float(closed.demand), _tabled(outcomes), bound, runs=RUNS)
    missed = 0.0 if safe else RESOLUTION / width
    yield share_of("share that breaks down", ~settled(outcomes), float(closed.breakdown), missed)
    yield mean_of("payoff of the sender", outcomes.runs["payoff"][:, 0], float(closed.payoff), RESOLUTION * missed)


def _all_give_in(own_cost: float, cost_low: float, cost_high: float) -> bool:
    """Whether the best demand is that which every type gives in to."""
    return 0.5 * (cost_high - own_cost) <= cost_low


def _opaque(mean: float, half_width: float, disagreement: float, belief_only: bool = False) -> Scenario:
    """Return the target's one offer to a sender whose reservation value it believes to be mean +- half_width."""
    changes = {
        "talks.first_proposer": "target", "sender.disagreement": mean, "sender.ambiguity": half_width,
        "sender.ambiguity_belief_only": belief_only, "target.disagreement": disagreement, "target.ambiguity": 0.0,
    }
    return special_case("ultimatum", changes)


def _searched(mean: float, half_width: float, disagreement: float) -> bool:
    """Whether the best offer is not that which every type takes."""
    return half_width > float(opaque_sender_peak(mean, disagreement))


def opaque(seed: int, mean: float, half_width: float, disagreement: float) -> Iterator[Measured]:
    """What the target offers to an opaque sender, how often it is refused, and what the sender expects."""
    closed = opaque_sender(mean, half_width, disagreement)
    outcomes = simulate(_opaque(mean, half_width, disagreement), RUNS, seed)
    searched = _searched(mean, half_width, disagreement)
    bound = RESOLUTION if searched else EXACT
    missed = RESOLUTION / (2.0 * half_width) if searched else EXACT
    yield Measured("offer", float(closed.offer), _tabled(outcomes), bound, runs=RUNS)
    yield share_of("share that breaks down", ~settled(outcomes), float(closed.breakdown), missed)
    yield mean_of("payoff of the sender", outcomes.runs["payoff"][:, 0], float(closed.sender), bound)


def believed(seed: int, mean: float, half_width: float, disagreement: float) -> Iterator[Measured]:
    """The same where the target is in doubt, but the sender's reservation value is the mean: nothing is left to luck."""
    closed = believed_opaque_sender(mean, half_width, disagreement)
    outcomes = simulate(_opaque(mean, half_width, disagreement, belief_only=True), 100, seed)
    bound = RESOLUTION if _searched(mean, half_width, disagreement) else EXACT
    yield Measured("share that breaks down", float(closed.breakdown), float((~settled(outcomes)).mean()), runs=100)
    yield Measured("payoff of the sender", float(closed.sender), float(outcomes.runs["payoff"][:, 0].mean()), bound, runs=100)


def peak(seed: int, mean: float, disagreement: float) -> Iterator[Measured]:
    """The half-width with the highest mean payoff of the sender, on a grid up to 2 S: at 3 S it would be as high again.

    All points have the same luck. Beyond the peak a step of the grid costs about GRID / 2, five times what RESOLUTION moves.
    """
    closed = float(opaque_sender_peak(mean, disagreement))
    last = min(mean, 1.0 - mean, 6.0 * closed)
    grid = [GRID * k for k in range(1, int(last / GRID) + 1)]
    gains = [simulate(_opaque(mean, width, disagreement), PEAK_RUNS, seed).runs["payoff"][:, 0].mean() for width in grid]
    yield Measured("half-width that pays most", closed, grid[int(np.argmax(gains))], GRID, runs=PEAK_RUNS * len(grid))


def _war(rng: np.random.Generator) -> dict[str, float]:
    while True:
        winning = float(rng.uniform(0.05, 0.95))
        low, high = map(float, np.sort(rng.uniform(0.0, 1.0 - winning, 2)))
        own = float(rng.uniform(0.0, winning))
        if high - low >= NARROW or _all_give_in(own, low, high):
            return {"winning": winning, "own_cost": own, "cost_low": low, "cost_high": high}


def _doubt(rng: np.random.Generator) -> dict[str, float]:
    """Draw any sender whose reservation value stays between 0 and 1, with something to gain from a deal."""
    mean = float(rng.uniform(0.05, 0.9))
    return {
        "mean": mean, "half_width": float(rng.uniform(0.0, min(mean, 1.0 - mean))),
        "disagreement": float(rng.uniform(0.0, 0.95 - mean)),
    }


def _belief(rng: np.random.Generator) -> dict[str, float]:
    """Draw a doubt, but none at which the offer is the mean to the resolution: then its last digit says whether it is taken."""
    while True:
        case = _doubt(rng)
        if abs(1.0 - case["disagreement"] - case["mean"] - case["half_width"]) > 2.0 * RESOLUTION:
            return case


def _peaked(rng: np.random.Generator) -> dict[str, float]:
    """Draw a sender whose reservation value can be spread as far as the peak and two steps beyond it."""
    while True:
        case = _doubt(rng)
        most = float(opaque_sender_peak(case["mean"], case["disagreement"]))
        if 4.0 * GRID < most < min(case["mean"], 1.0 - case["mean"]) - 2.0 * GRID:
            return {"mean": case["mean"], "disagreement": case["disagreement"]}


def _doubts(*cases: tuple[float, float, float]) -> tuple[dict[str, float], ...]:
    return tuple(dict(zip(("mean", "half_width", "disagreement"), case, strict=True)) for case in cases)


RESULTS = (
    Result(
        "risk-return", "A demand under an unknown cost of war", "Fearon 1995",
        tuple(
            {"winning": p, "own_cost": c, "cost_low": low, "cost_high": high}
            for p, c, low, high in (
                (0.5, 0.1, 0.0, 0.4), (0.3, 0.05, 0.0, 0.5), (0.5, 0.1, 0.05, 0.2), (0.6, 0.0, 0.1, 0.2), (0.6, 0.0, 0.2, 0.2),
                (0.5, 0.0, 0.0, 0.5), (0.4, 0.3, 0.0, 0.2),
            )
        ),
        _war, demand,
    ),
    Result(
        "opaque-sender", "An offer to a side that keeps its type to itself", "Fearon 1995",
        _doubts(*((0.4, width, 0.15) for width in (0.0, 0.05, 0.1, 0.15, 0.16, 0.2, 0.3, 0.4)), (0.5, 0.5, 0.0), (0.5, 0.4, 0.4)),
        _doubt, opaque,
    ),
    Result(
        "opaque-belief", "Only the belief is spread", "Fearon 1995",
        _doubts(*((0.4, width, 0.15) for width in (0.05, 0.15, 0.2, 0.3, 0.4)), (0.5, 0.5, 0.05), (0.5, 0.5, 0.1)),
        _belief, believed,
    ),
    Result(
        "opaque-peak", "Opacity pays most at a third of the surplus", "Fearon 1995",
        ({"mean": 0.4, "disagreement": 0.15}, {"mean": 0.5, "disagreement": 0.0}, {"mean": 0.6, "disagreement": 0.1}),
        _peaked, peak,
    ),
)
