"""Cooperative solutions over many issues, reached by play: utilities that add up, so that the frontier has exact corners.

The Nash solution is where subgame-perfect sides end whose refusals cost next to nothing; the Kalai-Smorodinsky and the
egalitarian solution are where two sides meet that concede along straight paths. The closed forms are taken on the corners of
``theory.additive_frontier``, never on the frontier that the engine has traced.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from negosim.engine.model import Negotiation
from negosim.scenario.scenario import Scenario
from negosim.theory import additive_frontier, linked_nash, separate_nash, solutions
from negosim.validation.textbook.played import called, drawn_weights, many_issues, special_case, the_outcome, weights_of
from negosim.validation.textbook.result import EXACT, Measured, Result

Array = NDArray[np.float64]

LONG = 2_000
STEP = 0.005
"""Chance of a breakdown, or rate of discounting times the length of a round, in the finer of two steps; the other is twice it."""


class Friction(NamedTuple):
    """What a refusal costs: ``kept`` (2,) is the share of its gain that each side still has a round later, ``hazard`` the chance
    of a breakdown in it."""

    kept: tuple[float, float]
    hazard: float

    def played(self, scenario: Scenario) -> Scenario:
        """Return the talks of subgame-perfect sides under this friction."""
        discounts = [share / (1.0 - self.hazard) for share in self.kept]
        return scenario.vary(
            {"talks.rounds": LONG, "sender.strategy": "subgame-perfect", "target.strategy": "subgame-perfect",
             "sender.brinkmanship": self.hazard, "sender.discount": discounts[0], "target.discount": discounts[1]}
        )


def breakdown(step: float) -> Friction:
    """Return the friction of a breakdown hazard between patient sides."""
    return Friction((1.0 - step, 1.0 - step), step)


def impatience(power: float, step: float) -> Friction:
    """Return the friction of discounting at rates r with r_2 / (r_1 + r_2) = power and r_1 + r_2 = 2."""
    return Friction((math.exp(-2.0 * (1.0 - power) * step), math.exp(-2.0 * power * step)), 0.0)


def first_offer(corners: Array, point: Sequence[float], kept: tuple[float, float]) -> tuple[Array, Array]:
    """Return the offers (U1, U2) of side 1 and of side 2 that leave the other just what it has by refusing.

    u_2(x) - d_2 = k_2 (u_2(y) - d_2),   u_1(y) - d_1 = k_1 (u_1(x) - d_1)

    ``corners`` of the frontier (corners, 2), ``point`` (d) the payoffs of a breakdown, ``kept`` (k) as in ``Friction``.
    Source: Binmore, Rubinstein & Wolinsky (1986), RAND Journal of Economics 17.
    """
    low, most = point[0], most_of(0, point[1], corners)

    def on(own: float) -> float:
        return float(np.interp(own, corners[:, 0], corners[:, 1])) - point[1]

    def answered(own: float) -> float:
        return low + kept[0] * (own - low)

    own = brentq(lambda x: on(x) - kept[1] * on(answered(x)), low, most, xtol=1e-15, rtol=1e-14)
    return np.array([own, on(own) + point[1]]), np.array([answered(own), on(answered(own)) + point[1]])


def _reaching(
    scenario: Scenario, corners: Array, point: Sequence[float], fine: Friction, coarse: Friction, goal: Sequence[float]
) -> Iterator[Measured]:
    """Yield the play at the finer step beside its exact form, and its limit from two steps beside the solution.

    The solution lies between both sides' offers, which are no farther apart than what a refusal costs. On a straight piece of
    the frontier the gap of the finer step is half that of the coarser but for a term of second order, a quarter of the square at
    most. A corner between the offers breaks the order: then the bound is the cost of a refusal itself.
    """
    played = {friction: the_outcome(friction.played(scenario)) for friction in (fine, coarse)}
    left = EXACT + (fine.kept[0] * fine.kept[1]) ** (LONG / 2)
    x, y = first_offer(corners, point, coarse.kept)
    inner = corners[(corners[:, 0] > y[0]) & (corners[:, 0] < x[0])]
    straight = np.allclose(np.interp(inner[:, 0], [y[0], x[0]], [y[1], x[1]]), inner[:, 1], rtol=0.0, atol=1e-12)
    for side, name in enumerate(("sender", "target")):
        exact = first_offer(corners, point, fine.kept)[0][side]
        yield Measured(f"payoff of the {name}, small cost of refusing", float(exact), played[fine][side], left)
        cost = 1.0 - min(coarse.kept)
        limit = 2.0 * played[fine][side] - played[coarse][side]
        bound = 3.0 * left + (0.25 * cost**2 if straight else cost)
        yield Measured(f"payoff of the {name}, no cost of refusing", float(goal[side]), limit, bound)


def nash(seed: int, d1: float, d2: float, **weights: float) -> Iterator[Measured]:
    """Sides that fear a breakdown only, and ever less."""
    sides, point = weights_of(weights), (d1, d2)
    corners = additive_frontier(*sides)
    goal = solutions.nash(corners, point, connected=True).utilities[0]
    scenario = many_issues(sides).vary({"sender.disagreement": d1, "target.disagreement": d2})
    yield from _reaching(scenario, corners, point, breakdown(STEP), breakdown(2.0 * STEP), goal)


def asymmetric_nash(seed: int, power: float, **weights: float) -> Iterator[Measured]:
    """Sides of unequal patience, in ever shorter rounds: the power of side 1 is r_2 / (r_1 + r_2)."""
    sides, point = weights_of(weights), (0.0, 0.0)
    corners = additive_frontier(*sides)
    goal = solutions.asymmetric_nash(corners, point, (power, 1.0 - power), connected=True).utilities[0]
    fine, coarse = impatience(power, STEP), impatience(power, 2.0 * STEP)
    yield from _reaching(many_issues(sides), corners, point, fine, coarse, goal)


def _meeting(sides: Array, point: tuple[float, float], opening: tuple[float, float], goal: Sequence[float]) -> Iterator[Measured]:
    """Yield where two straight paths from ``opening`` to ``point`` meet, between the last offer refused and that which is taken.

    Along a straight piece of the frontier all is linear in time: what is offered, what is asked for, and so both payoffs at the
    moment at which the two are equal. With a corner on the way the payoffs lie between those of the two offers.
    """
    talks = Negotiation(many_issues(sides).vary(
        {"talks.rounds": LONG, "sender.disagreement": point[0], "target.disagreement": point[1],
         "sender.opening": opening[0], "target.opening": opening[1]}
    )).play()
    asked = [row for row in talks.rounds if row["proposer"] == talks.rounds[-1]["proposer"]][-2:]
    offers = np.array([(row["sender_value"], row["target_value"]) for row in asked])
    short = [row["answer_needed"] - row["answer_worth"] for row in asked]
    share = short[0] / (short[0] - short[-1]) if short[0] > 0.0 else 0.0
    met = offers[0] + share * (offers[-1] - offers[0])
    step = max((opening[side] - point[side]) / LONG for side in range(2))
    straight = short[0] > 0.0 and not between(additive_frontier(*sides), *np.sort(offers[:, 0]))
    for side, name in enumerate(("sender", "target")):
        apart = 0.0 if straight else max(step, float(np.ptp(offers[:, side])))
        yield Measured(f"payoff of the {name}", float(goal[side]), float(met[side]), EXACT + apart)


def between(corners: Array, low: float, high: float) -> bool:
    """Return whether a corner lies between two payoffs of side 1."""
    return bool(((corners[:, 0] > low) & (corners[:, 0] < high)).any())


def most_of(side: int, other: float, corners: Array) -> float:
    """Return the most that a side can have while the other has at least ``other``; corners (corners, 2) by payoff of side 1.

    Where the other's payoff stands still along a piece of the frontier, that is the end which is better for the side.

    >>> most_of(1, 1.0, np.array([(0.0, 1.0), (1.0, 1.0), (1.0, 0.0)]))
    1.0
    """
    rising = corners if side == 1 else corners[::-1]
    levels, first = np.unique(rising[:, 1 - side], return_index=True)
    return float(np.interp(other, levels, rising[first, side]))


def kalai_smorodinsky(seed: int, d1: float, d2: float, **weights: float) -> Iterator[Measured]:
    """Two sides that concede along straight lines from all that they could have to what they have anyway."""
    sides = weights_of(weights)
    corners = additive_frontier(*sides)
    goal = solutions.kalai_smorodinsky(corners, (d1, d2), connected=True).utilities[0]
    yield from _meeting(sides, (d1, d2), (most_of(0, d2, corners), most_of(1, d1, corners)), goal)


def egalitarian(seed: int, d1: float, d2: float, **weights: float) -> Iterator[Measured]:
    """Two sides that give up as much as each other in every round."""
    sides = weights_of(weights)
    corners = additive_frontier(*sides)
    goal = solutions.egalitarian(corners, (d1, d2), connected=True).utilities[0]
    most = 1.0 - max(d1, d2)
    yield from _meeting(sides, (d1, d2), (d1 + most, d2 + most), goal)


def frontier(seed: int, demand: float, **weights: float) -> Iterator[Measured]:
    """What is left to a side that takes anything, once the other has its demand."""
    sides = weights_of(weights)
    corners = additive_frontier(*sides)
    for demanding, other, column in (("sender", "target", 0), ("target", "sender", 1)):
        scenario = many_issues(sides).vary(
            {"talks.first_proposer": demanding, f"{demanding}.strategy": "commitment", f"{demanding}.committed_demand": demand,
             f"{other}.strategy": "commitment", f"{other}.committed_demand": 0.0}
        )
        yield Measured(f"left to the {other}", most_of(1 - column, demand, corners), the_outcome(scenario)[1 - column])


def linking(seed: int, w: float, v: float) -> Iterator[Measured]:
    """Two issues in talks of their own, each a pie, and both in one package; w and v are the weights of the first issue."""
    steps = [breakdown(STEP), breakdown(2.0 * STEP)]
    fine, coarse = (the_outcome(friction.played(special_case("pie", {})))[0] for friction in steps)
    share = 2.0 * fine - coarse
    apart = separate_nash(w, v)
    # of a straight line: a quarter of the square of the coarser hazard, and what is left of the horizon
    bound = EXACT + STEP**2 + 3.0 * (1.0 - STEP) ** LONG
    yield Measured("payoff of the sender, issue by issue", float(apart.side_1), w * share + (1.0 - w) * share, bound)
    sides, point = np.array([[w, 1.0 - w], [v, 1.0 - v]]), (0.0, 0.0)
    goal = [float(utility) for utility in linked_nash(w, v)]
    yield from _reaching(many_issues(sides), additive_frontier(*sides), point, steps[0], steps[1], goal)


def _points(rng: np.random.Generator) -> dict[str, float]:
    """Draw weights of 2 to 4 issues and payoffs without a deal that leave room: not above 9/10 of the frontier."""
    weights = drawn_weights(rng, 4)
    first = float(rng.uniform(0.0, 0.9))
    corners = additive_frontier(*weights_of(weights))
    second = float(rng.uniform(0.0, 0.9)) * most_of(1, first, corners)
    return {"d1": first, "d2": second, **weights}


THREE = called("w", (0.6, 0.25, 0.15)) | called("v", (0.3, 0.3, 0.4))
FOUR = called("w", (0.4, 0.1, 0.3, 0.2)) | called("v", (0.1, 0.4, 0.3, 0.2))
POINTS = tuple(
    {"d1": a, "d2": b, **weights} for a, b, weights in ((0.0, 0.0, THREE), (0.3, 0.1, THREE), (0.0, 0.0, FOUR), (0.2, 0.5, FOUR))
)
RESULTS = (
    Result(
        "nash", "The Nash solution as the limit of play under the threat of a breakdown", "Binmore, Rubinstein & Wolinsky 1986",
        POINTS, _points, nash,
    ),
    Result(
        "asymmetric-nash", "Impatience as bargaining power", "Binmore, Rubinstein & Wolinsky 1986",
        tuple({"power": a, **weights} for a, weights in ((0.6, THREE), (0.5, THREE), (0.25, FOUR), (0.9, FOUR))),
        lambda rng: {"power": float(rng.uniform(0.05, 0.95)), **drawn_weights(rng, 4)}, asymmetric_nash,
    ),
    Result("kalai-smorodinsky", "Concessions in proportion", "Kalai & Smorodinsky 1975", POINTS, _points, kalai_smorodinsky),
    Result("egalitarian", "Equal concessions", "Kalai 1977", POINTS, _points, egalitarian),
    Result(
        "log-rolling", "A demand is met by the package that is best for the other side", "Tollison & Willett 1979",
        tuple({"demand": a, **weights} for weights in (THREE, FOUR) for a in (0.0, 0.3, 0.6, 0.9, 1.0)),
        lambda rng: {"demand": float(rng.uniform()), **drawn_weights(rng, 4)}, frontier,
    ),
    Result(
        "linking", "Linking gains where the sides rank the issues differently", "Sebenius 1983",
        tuple({"w": a, "v": b} for a, b in ((0.8, 0.3), (0.6, 0.6), (0.7, 0.55), (0.2, 0.4))),
        lambda rng: {"w": float(rng.uniform(0.02, 0.98)), "v": float(rng.uniform(0.02, 0.98))}, linking,
    ),
)
