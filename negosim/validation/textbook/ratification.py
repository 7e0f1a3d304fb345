"""Two levels: a threshold at home that ties the hands, and an agenda setter before a side that can only say no."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from negosim.common.vocabulary import Ending, Side
from negosim.engine.kernel import simulate
from negosim.scenario.scenario import Scenario
from negosim.theory import agenda_setter, breakdown_share, home_threshold_share, uncertain_home
from negosim.validation.textbook.played import QUIET, special_case
from negosim.validation.textbook.result import EXACT, RESOLUTION, Measured, Result, mean_of, share_of

LONG = 2_000
HAZARD = 0.005
"""Chance of a breakdown after a refusal in the finer of two steps; the other is twice it."""
RUNS = 60_000


def with_homes(scenario: Scenario, homes: dict[Side, tuple[float, float]]) -> Scenario:
    """Return talks over the pie with a home that consents from a threshold on, (middle, half-width), behind each of the sides."""
    tree = scenario.model_dump(exclude_unset=True, exclude={"notes"})
    for side, (middle, half_width) in homes.items():
        home = {"name": "home", "title": "The home", "salience": {"pie": 1.0}, "threshold": middle, "half_width": half_width}
        tree[side.label] = {**tree[side.label], "ratifiers": [home]}
    return Scenario.build(tree)


def tied_hands(seed: int, theta_1: float, theta_2: float) -> Iterator[Measured]:
    """What the target gets with a home that refuses less than theta_1, against a sender whose home refuses less than theta_2.

    At hazard p the first offer of the sender is max(theta_1, min((1 - p)/(2 - p), (1 - p)(1 - theta_2))): what binds is the
    target's home, or the play without homes, or the sender's home behind the offer with which the target would answer. As p goes
    to zero the gap is of first order except near the corners of that form; there it is a refusal's cost, the larger p, at most.
    """
    talks = special_case("pie", {"talks.rounds": LONG}, "subgame-perfect")
    scenario = with_homes(talks, {Side.TARGET: (theta_1, 0.0), Side.SENDER: (theta_2, 0.0)})
    coarse, fine = (
        float(simulate(scenario.vary({"sender.brinkmanship": hazard}), 1).runs["payoff"][0, Side.TARGET])
        for hazard in (2.0 * HAZARD, HAZARD)
    )
    goal = float(home_threshold_share(theta_1, theta_2))
    left = EXACT + (1.0 - HAZARD) ** LONG
    alone = 1.0 - float(breakdown_share(1.0, 1.0, HAZARD, 0.0, 0.0))
    exact = max(theta_1, min(alone, (1.0 - HAZARD) * (1.0 - theta_2))) if goal > 0.0 else 0.0
    yield Measured("payoff of the target, small cost of refusing", exact, fine, left)
    is_near_corner = min(abs(theta_1 - 0.5), abs(theta_2 - 0.5), abs(1.0 - theta_1 - theta_2)) < 2.0 * HAZARD
    bound = 3.0 * left + (2.0 * HAZARD if is_near_corner else HAZARD**2)
    yield Measured("payoff of the target, no cost of refusing", goal, 2.0 * fine - coarse, bound)


def doubtful_home(seed: int, mean: float, half_width: float, disagreement: float) -> Iterator[Measured]:
    """One offer of the sender to a target that takes anything and whose home, of which the sender is not sure, takes less.

    The offer is found within RESOLUTION, which moves the chance of failure by at most that over the width of the doubt. If the
    doubt is so narrow that the best offer surely passes, it moves it by less: the offer found costs the sender RESOLUTION at
    most, and a failure costs it all that it would gain.
    """
    talks = special_case(
        "pie",
        {"talks.protocol": "one-round", "sender.strategy": "risk-return", "sender.disagreement": disagreement},
    )
    runs = simulate(with_homes(talks, {Side.TARGET: (mean, half_width)}), RUNS, seed).runs
    closed = uncertain_home(mean, half_width, disagreement)
    demand = float(np.nanmean(runs["utility"][:, Side.SENDER]))
    yield Measured("demand of the sender", float(closed.demand), demand, RESOLUTION)
    failed = runs["ending"] == Ending.RATIFICATION_FAILED
    missed = RESOLUTION / max(2.0 * half_width, float(closed.demand) - disagreement)
    yield share_of("failures at home", failed, float(closed.failure), missed)
    yield mean_of("payoff of the sender", runs["payoff"][:, Side.SENDER], float(closed.payoff), RESOLUTION)


def veto(seed: int, setter: float, veto: float, status_quo: float) -> Iterator[Measured]:
    """What the sender proposes, on a line from 0 to 1, to a target that can only accept it or keep the status quo."""
    line = {"status_quo": status_quo, "sender_ideal": setter, "target_ideal": veto}
    scenario = Scenario.load("veto").vary({f"issues.policy.{name}": 100.0 * x for name, x in line.items()} | QUIET)
    settled = float(simulate(scenario, 1).settlements[0, 0])
    yield Measured("point chosen", float(agenda_setter(setter, veto, status_quo)), status_quo if np.isnan(settled) else settled)


def _thresholds(rng: np.random.Generator) -> dict[str, float]:
    """Draw two thresholds, with room between them or without."""
    return {"theta_1": float(rng.uniform()), "theta_2": float(rng.uniform())}


def _doubt(rng: np.random.Generator) -> dict[str, float]:
    """Draw a doubt within the pie, and something to gain from a deal with the mean of it."""
    mean = float(rng.uniform(0.05, 0.9))
    return {
        "mean": mean, "half_width": float(rng.uniform(0.0, min(mean, 1.0 - mean))),
        "disagreement": float(rng.uniform(0.0, 0.95 - mean)),
    }


RESULTS = (
    Result(
        "tied-hands", "A threshold at home is a strength while there is a deal", "Schelling 1960; Putnam 1988",
        tuple(
            {"theta_1": a, "theta_2": b}
            for a, b in (
                (0.3, 0.0), (0.5, 0.0), (0.6, 0.0), (0.9, 0.0), (0.3, 0.6), (0.365, 0.599), (0.701, 0.298), (0.7, 0.2), (0.7, 0.4)
            )
        ),
        _thresholds, tied_hands,
    ),
    Result(
        "doubtful-home", "A doubtful threshold at home", "Fearon 1995; Putnam 1988",
        tuple(
            {"mean": m, "half_width": s, "disagreement": d}
            for m, d, s in (
                (0.4, 0.15, 0.0), (0.4, 0.15, 0.1), (0.4, 0.15, 0.2), (0.4, 0.15, 0.3), (0.3, 0.2, 0.15), (0.3, 0.2, 0.3)
            )
        ),
        _doubt, doubtful_home,
    ),
    Result(
        "veto", "An agenda setter against a veto", "Romer & Rosenthal 1978",
        tuple(
            {"setter": a, "veto": v, "status_quo": q}
            for a, v, q in (
                (0.9, 0.5, 0.3), (0.6, 0.5, 0.1), (0.9, 0.5, 0.7), (0.6, 0.5, 0.8), (0.2, 0.6, 0.9), (0.1, 0.6, 0.3),
                (1.0, 0.4, 0.4),
            )
        ),
        lambda rng: dict(zip(("setter", "veto", "status_quo"), map(float, rng.uniform(0.0, 1.0, 3)), strict=True)), veto,
    ),
)
