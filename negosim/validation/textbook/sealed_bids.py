"""Sealed bids (Chatterjee & Samuelson 1983; Myerson & Satterthwaite 1983), played by sides that shade their bids.

The sender sells: its reservation value is its cost, the target's is 1 less its value. Both are uniform on the same interval,
which may be any part of [0, 1]; bids and gains are those on [0, 1], moved and scaled. Excluded are intervals that differ, and
risk aversion: they need have no linear equilibrium, and then one price is bid. A type that trades with nobody may bid anything
that does not lose; only the others are held against the closed form.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from negosim.engine.kernel import simulate
from negosim.engine.prepare import prepare
from negosim.rules.solvers.auction import read_bid
from negosim.scenario.scenario import Scenario
from negosim.theory import best_mechanism, buyer_bid, sealed_bid_trade, seller_bid
from negosim.validation.textbook.played import settled, special_case
from negosim.validation.textbook.result import Measured, Result, mean_of, share_of

RUNS = 40_000
EFFICIENCY_RUNS = 9 * RUNS
"""Enough for the mean efficiency, whose standard deviation is nearly three times that of a share."""

PLACES = (0.0, 0.3, 0.7, 0.95)
"""Types held against the closed form, from the keenest (0) to the first that trades with nobody (1)."""


def _auction(buyer_weight: float, low: float, high: float) -> Scenario:
    half = 0.5 * (high - low)
    return special_case(
        "sealed-bids",
        {
            "talks.auction_weight": buyer_weight, "sender.disagreement": low + half, "sender.ambiguity": half,
            "target.disagreement": 1.0 - low - half, "target.ambiguity": half,
        },
    )


def bids(seed: int, buyer_weight: float, low: float, high: float) -> Iterator[Measured]:
    """What types of the seller and of the buyer bid."""
    game, width = prepare(_auction(buyer_weight, low, high)), high - low
    for place in PLACES:
        cost = place * (1.0 - 0.5 * buyer_weight)  # the most a cost can be for a trade with the keenest buyer
        closed = low + width * float(seller_bid(cost, buyer_weight))
        demanded = read_bid(low + width * cost, game.sender_outlook[0, 1, :, :, 0, 0, 0])
        yield Measured(f"bid of the seller, cost {low + width * cost:.4g}", closed, demanded)
        value = 1.0 - place * 0.5 * (1.0 + buyer_weight)
        closed = low + width * float(buyer_bid(value, buyer_weight))
        demanded = read_bid(1.0 - low - width * value, game.target_outlook[0, 1, :, :, 0, 0, 0])
        yield Measured(f"bid of the buyer, value {low + width * value:.4g}", closed, 1.0 - demanded)


def _gains(scenario: Scenario, runs: int, seed: int) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return which runs trade, (runs,), and both sides' gains, (runs, sides)."""
    outcomes = simulate(scenario, runs, seed)
    return settled(outcomes), outcomes.runs["payoff"] - outcomes.runs["reservation"]


def trade(seed: int, buyer_weight: float, low: float, high: float) -> Iterator[Measured]:
    """How often the good is traded, what both sides gain, and the share of what there is to gain."""
    closed, width = sealed_bid_trade(buyer_weight), high - low
    traded, gains = _gains(_auction(buyer_weight, low, high), EFFICIENCY_RUNS, seed)
    yield share_of("share traded", traded, float(closed.trade))
    yield mean_of("gain of the seller", gains[:, 0], width * float(closed.seller))
    yield mean_of("gain of the buyer", gains[:, 1], width * float(closed.buyer))
    yield mean_of("efficiency", 6.0 * gains.sum(axis=1) / width, float(closed.efficiency))


def best(seed: int, low: float, high: float) -> Iterator[Measured]:
    """Halfway between the bids the auction gains as much as any voluntary mechanism can."""
    closed, width = best_mechanism(), high - low
    traded, gains = _gains(_auction(0.5, low, high), RUNS, seed)
    yield share_of("share traded", traded, float(closed.trade))
    yield mean_of("gains of both sides", gains.sum(axis=1), width * float(closed.gains))


def _interval(rng: np.random.Generator) -> dict[str, float]:
    low = float(rng.uniform(0.0, 0.8))
    return {"low": low, "high": float(rng.uniform(low + 0.1, 1.0))}


def _drawn(rng: np.random.Generator) -> dict[str, float]:
    return {"buyer_weight": float(rng.uniform()), **_interval(rng)}


CASES = tuple(
    {"buyer_weight": weight, "low": low, "high": high}
    for weight, low, high in ((0.0, 0.0, 1.0), (0.25, 0.0, 1.0), (0.5, 0.0, 1.0), (1.0, 0.0, 1.0), (0.5, 0.2, 0.7))
)
LINEAR = "Chatterjee & Samuelson 1983"
RESULTS = (
    Result("sealed-bids", "Bids of a double auction", LINEAR, CASES, _drawn, bids),
    Result("sealed-trade", "Trade in a double auction", LINEAR, CASES, _drawn, trade),
    Result(
        "best-mechanism", "No mechanism gains more", "Myerson & Satterthwaite 1983",
        ({"low": 0.0, "high": 1.0}, {"low": 0.4, "high": 0.9}), _interval, best,
    ),
)
