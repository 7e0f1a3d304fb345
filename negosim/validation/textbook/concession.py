"""Concession in time (Faratin, Sierra & Jennings 1998): the paths as they are offered, and where two of them meet.

Both sides have their range from 1 down to a reservation value r, so that a side that has conceded the share alpha of it offers
(1 - r) alpha to the other. Toughness is 1 / beta.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from negosim.common.vocabulary import Side
from negosim.engine.kernel import simulate
from negosim.engine.model import Negotiation
from negosim.theory import exponential_concession, meeting_time, polynomial_concession
from negosim.theory.domain import Numbers
from negosim.validation.textbook.played import special_case
from negosim.validation.textbook.result import EXACT, Measured, Result

ROUNDS = 50
LONG = 2_000


def _offered(strategy: str, side: Side, beta: float, opening: float, reserved: float, when: int) -> float:
    """Return what a side offers in a round to one that wants everything; an offer of everything is taken, and ends the talks."""
    mine, other = side.label, side.other.label
    scenario = special_case(
        "pie",
        {"talks.rounds": ROUNDS, "talks.protocol": "random-proposer", "talks.proposer_probability": 1.0 - side,
         f"{mine}.strategy": strategy, f"{mine}.toughness": 1.0 / beta, f"{mine}.disagreement": reserved,
         f"{mine}.opening": 1.0 - (1.0 - reserved) * opening,
         f"{other}.strategy": "commitment", f"{other}.committed_demand": 1.0},
    )
    talks = Negotiation(scenario)
    while talks.running and talks.round < when:
        talks.step()
    return float(talks.rounds[-1][f"{other}_value"])


def _path(strategy: str, share: Callable[..., Numbers]) -> Callable[..., Iterator[Measured]]:
    def measure(seed: int, beta: float, opening: float, reserved: float, time: float) -> Iterator[Measured]:
        closed = (1.0 - reserved) * float(share(time, 1.0 / beta, opening))
        for side in Side:
            engine = _offered(strategy, side, beta, opening, reserved, round(time * ROUNDS))
            yield Measured(f"offered by the {side.label}", closed, engine)

    return measure


def meeting(seed: int, beta_1: float, beta_2: float) -> Iterator[Measured]:
    """Two polynomial paths over one pie, each from all to none: they meet in the first round past the formula's time."""
    paths = {"talks.rounds": LONG, "sender.toughness": 1.0 / beta_1, "target.toughness": 1.0 / beta_2}
    played = simulate(special_case("pie", paths, "time-dependent"), 1).runs["rounds"][0] / LONG
    closed = float(meeting_time(1.0 / beta_1, 1.0 / beta_2))
    yield Measured("share of the time until they meet", closed, played, EXACT + 1.0 / LONG)


def _drawn(rng: np.random.Generator) -> dict[str, float]:
    """Draw a path; a side that opens with its ideal (k = 0) has no exponential path, and rounds make time a multiple of 1/50."""
    return {
        "beta": float(np.exp(rng.uniform(-3.0, 3.0))), "opening": float(rng.uniform(0.001, 1.0)),
        "reserved": float(rng.uniform(0.0, 0.9)), "time": float(rng.integers(1, ROUNDS + 1)) / ROUNDS,
    }


CASES = tuple(
    {"beta": b, "opening": k, "reserved": r, "time": t}
    for b, k, r, t in (
        (0.2, 0.1, 0.0, 0.5), (1.0, 0.1, 0.0, 0.5), (5.0, 0.1, 0.0, 0.5), (0.2, 0.1, 0.0, 0.9), (5.0, 0.1, 0.0, 0.02),
        (1.0, 0.4, 0.3, 0.7), (0.5, 0.02, 0.2, 1.0),
    )
)
FARATIN = "Faratin, Sierra & Jennings 1998"
RESULTS = (
    Result(
        "polynomial", "The polynomial path of concession", FARATIN, CASES, _drawn, _path("time-dependent", polynomial_concession)
    ),
    Result(
        "exponential", "The exponential path of concession", FARATIN, CASES, _drawn, _path("exponential", exponential_concession)
    ),
    Result(
        "meeting", "Two paths meet when both have conceded a pie between them", FARATIN,
        tuple({"beta_1": a, "beta_2": b} for a, b in ((0.2, 1.0), (1.0, 1.0), (0.5, 0.5), (5.0, 0.2), (2.0, 1.0))),
        lambda rng: dict(zip(("beta_1", "beta_2"), map(float, np.exp(rng.uniform(-3.0, 3.0, 2))), strict=True)), meeting,
    ),
)
