"""The game that negosim and NegMAS are timed on: four issues of eleven levels, additive utilities, time-dependent strategies.

Every run has a salience and a toughness of its own on both sides. What is drawn here is handed to both, so that they play the
same games; this module is imported in both environments, and needs NumPy alone.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

ISSUES, LEVELS, ROUNDS = 4, 11, 100
RESERVATION = 0.3
"""What both sides have without a deal; demands fall from 1 to this."""

TOUGHNESS = (0.25, 4.0)
"""The range of the exponent of time, which is drawn evenly in logs: from conceder to Boulware."""


class Games(NamedTuple):
    """The games of some runs."""

    saliences: NDArray[np.float64]  # (runs, 2, ISSUES), each with sum 1
    toughness: NDArray[np.float64]  # (runs, 2)


class Played(NamedTuple):
    """How the games came out."""

    agreed: NDArray[np.bool_]  # (runs,)
    rounds: NDArray[np.int64]  # (runs,): offers made, the accepted one included
    utilities: NDArray[np.float64]  # (runs, 2), the reservation value where there is no deal
    levels: NDArray[np.int64]  # (runs, ISSUES): the package by level, -1 where there is no deal
    seconds: NDArray[np.float64]  # (2,): processor time in all, and of it for the preparation of the frontiers or inverses


def drawn(runs: int, block: int) -> Games:
    """Return the games of a block of runs; no two blocks have a game in common."""
    draw = np.random.default_rng([2025, block])
    low, high = np.log(TOUGHNESS)
    return Games(draw.dirichlet(np.ones(ISSUES), (runs, 2)), np.exp(draw.uniform(low, high, (runs, 2))))


def scenario_tree() -> dict[str, Any]:
    """Return the scenario of negosim, with equal weights until they are drawn."""
    names = [f"issue-{k + 1}" for k in range(ISSUES)]
    issue = {"unit": "level", "target_end": 0, "sender_end": LEVELS - 1, "status_quo": 0, "levels": LEVELS}

    def side(name: str) -> dict[str, Any]:
        salience = dict.fromkeys(names, 1.0 / ISSUES)
        return {
            "name": name, "short": name, "strategy": "time-dependent", "disagreement": RESERVATION, "offer_noise": 0.0,
            "principal": {"name": name, "title": name, "salience": salience},
            "negotiators": [{"name": f"{name}-speaker", "title": name}],
        }

    return {
        "name": "four-issues", "title": "Four issues of eleven levels", "kind": "teaching",
        "talks": {"rounds": ROUNDS, "first_proposer": "sender"},
        "issues": [{"name": name, "title": name, **issue} for name in names],
        "sender": side("sender"), "target": side("target"),
    }
