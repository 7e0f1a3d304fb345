"""The textbook games, built from the shipped scenarios, and what it means that a measurement agrees with a formula.

What the present mechanisms do not reduce to, and is not claimed here: infinite-horizon and finite-horizon subgame perfect
play (Rubinstein 1982, Stahl 1972; Binmore, Rubinstein & Wolinsky 1986). A risk-return side plays a best response to an
opponent that it believes to concede along a path; against an opponent that it believes to accept its reservation value at
any time, it takes everything in round 1. Its continuation is held against a recursion of its own in test_continuation.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from negosim import Scenario, Side, simulate
from negosim.common.vocabulary import Ending
from negosim.engine.outcomes import Outcomes

PIE = Scenario.load("pie")
PAIR = Scenario.load("logrolling")

RESOLUTION = 1e-3
"""The best offer is found by golden sections: 16 nodes of 1/64 of the pie at most, x 0.618^12, 7.8e-4 of the pie.

The offers at which a sure acceptance begins are tried by themselves, and are exact to rounding.
"""
EXACT = 1e-9

QUIET = {"sender.offer_noise": 0.0, "target.offer_noise": 0.0, "sender.discount": 1.0, "target.discount": 1.0}


def linked(base: Scenario, weight: float, third: bool = False) -> Scenario:
    """Return log-rolling with its issues linked and satiable, and a third issue if it is wanted."""
    tree = base.model_dump(exclude_unset=True, exclude={"notes"})
    tree["linkage"] = [{"between": ("price", "delivery"), "weight": weight, "reason": "a test"}]
    if third:
        issue = {"name": "quality", "title": "Quality", "unit": "%", "target_end": 100.0, "sender_end": 0.0, "status_quo": 50.0}
        tree["issues"] = [*tree["issues"], issue]
        tree["linkage"].append({"between": ("delivery", "quality"), "weight": -weight, "reason": "a test"})
        tree["sender"]["principal"]["salience"] = {"price": 0.5, "delivery": 0.2, "quality": 0.3}
        tree["target"]["principal"]["salience"] = {"price": 0.3, "delivery": 0.4, "quality": 0.3}
    return Scenario.build(tree).vary(
        {"sender.linkage": 0.5, "target.linkage": 0.5, "sender.curvature": 0.7, "target.curvature": 0.6}
    )


def threatened(**threat: Any) -> Scenario:
    """Return the pie under a threat to a target that has half of it as things stand."""
    tree = PIE.model_dump(exclude_unset=True, exclude={"notes"})
    tree["threats"] = [{"issue": "pie", "rate": 100.0, "state": "announced", "damage": 0.3, **threat}]
    return Scenario.build(tree).vary({"target.disagreement": 0.5})


def one_shot(proposer: Side, strategy: str = "risk-return", **changes: Any) -> Scenario:
    """Return one take-it-or-leave-it offer over the pie, by a side with a strategy, to a side that takes its reservation.

    ``changes`` are dotted names with two underscores for the dot.
    """
    settings = {"talks.protocol": "one-round", "talks.first_proposer": proposer.label, f"{proposer.label}.strategy": strategy}
    return PIE.vary({**QUIET, **settings, **dotted(changes)})


def dotted(changes: dict[str, Any]) -> dict[str, Any]:
    """Return keywords as dotted names.

    >>> dotted({"sender__ambiguity": 0.1})
    {'sender.ambiguity': 0.1}
    """
    return {name.replace("__", "."): value for name, value in changes.items()}


def settled(outcomes: Outcomes) -> NDArray[np.bool_]:
    """Return which runs were settled, (runs,)."""
    return outcomes.runs["ending"] == Ending.SETTLED


def the_position(outcomes: Outcomes, issue: int = 0) -> float:
    """Return the position at which an issue is settled, the same in every run that settles it."""
    positions = outcomes.settlements[settled(outcomes), issue]
    assert len(positions) > 0 and np.ptp(positions) <= EXACT
    return float(positions[0])


def the_ending(scenario: Scenario) -> Ending:
    """Return how one run of a scenario without luck ends."""
    return Ending(int(simulate(scenario, 1).runs["ending"][0]))


def is_near(measured: float, formula: float, bound: float) -> bool:
    """Return whether a number that does not depend on luck agrees with a formula."""
    return abs(measured - formula) <= bound


def is_mean(values: NDArray[Any], formula: float, bound: float = EXACT) -> bool:
    """Return whether values have this mean: within four standard errors, which must come to 0.01 at most, and a bound.

    The bound is for what the resolution of an offer moves. A true formula is refused once in 16,000 times.
    """
    error = float(np.std(values, ddof=1)) / np.sqrt(len(values))
    assert 4.0 * error <= 0.01, f"four standard errors are {4 * error:.4f}: play more runs"
    return abs(float(np.mean(values)) - formula) <= 4.0 * error + bound
