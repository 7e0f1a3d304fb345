"""The six tactics of uncertainty in textbook worlds: what the engine plays at a level, and what the closed form says there.

Each world is a teaching scenario with everything else off, so that a known result says what both sides expect. Results are those
of the ordinary type: runs in which a side is committed are left out of that side's mean.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from negosim.common.vocabulary import Side
from negosim.engine.kernel import simulate
from negosim.results.intervals import half_width
from negosim.scenario.scenario import Scenario
from negosim.theory import (
    attrition,
    breakdown_share,
    commitment_threshold,
    dearest_compliance,
    opaque_sender,
    opaque_sender_peak,
    tolerated_reversal,
    waiting_target,
)
from negosim.validation.textbook.played import QUIET, special_case

Levels = NDArray[np.float64]
Payoffs = tuple[Any, Any]
"""What the sender and the target expect."""

# The symbols of the closed forms; that the levels are round is a matter of the pictures, not of the results.
MEAN, OUTSIDE = 0.4, 0.15  # of the sender's reservation value; what the target has without a deal
DAMAGE, COMPLIANCE = 0.5, 0.3  # what the threat costs the target, and what it costs to give in
FIRM_COST, ROUNDS = 0.4, 9  # what it costs to give in to the demand that stands for all rounds
DEMANDS, PATIENCE, PRIOR = (0.7, 0.6), 0.05, 0.05  # of both sides in the war of attrition; the target's own prior
STEP, LONG = 0.1, 1_000  # the length of its rounds, and how many stand for a game without an end
DISCOUNT, BREAKDOWN = 0.9, (0.5, 0.1)  # per round; what both have if the talks break down
FLOW_DISCOUNT, PAYMENT, PRICE_TO_SENDER = 0.1, 0.3, 0.8  # what the target pays is worth these shares to both sides


class World(NamedTuple):
    """One tactic in one textbook world.

    title, meaning, source : for people: the tactic, what its level is, and whose result the closed form is
    scenario : the game at a level
    closed_form : both sides' expectations at levels (levels,)
    levels : where the engine is played
    turn : the level at which the shape turns by the closed form, and what happens there in words
    """

    name: str
    title: str
    meaning: str
    source: str
    scenario: Callable[[float], Scenario]
    closed_form: Callable[[Levels], Payoffs]
    levels: tuple[float, ...]
    turn: tuple[float, str]


class Overlay(NamedTuple):
    """A world played: at ``levels`` the engine's ``means`` and 95 % half-widths (levels, sides), the closed form on ``curve``."""

    world: World
    levels: Levels
    means: NDArray[np.float64]
    margins: NDArray[np.float64]
    at_levels: NDArray[np.float64]
    curve: Levels
    closed_form: NDArray[np.float64]

    @property
    def widest_gap(self) -> float:
        """Return the largest distance of a mean from the closed form."""
        return float(np.abs(self.means - self.at_levels).max())


def play(world: World, runs: int, seed: int = 0, points: int = 401) -> Overlay:
    """Play a world ``runs`` times at each of its levels, and take the closed form there and on a curve of ``points``."""
    means, margins = np.zeros((len(world.levels), 2)), np.zeros((len(world.levels), 2))
    for k, level in enumerate(world.levels):
        outcomes = simulate(world.scenario(level), runs, seed).runs
        for side in Side:
            payoff = outcomes["payoff"][outcomes["committed"][:, side] == 0, side]
            means[k, side] = payoff.mean()
            margins[k, side] = half_width(payoff.std(ddof=1), len(payoff))
    levels, curve = np.array(world.levels), np.linspace(world.levels[0], world.levels[-1], points)
    return Overlay(world, levels, means, margins, _expected(world, levels), curve, _expected(world, curve))


def _expected(world: World, levels: Levels) -> NDArray[np.float64]:
    sender, target = world.closed_form(levels)
    return np.column_stack([np.broadcast_to(sender, levels.shape), np.broadcast_to(target, levels.shape)])


def evenly(last: float, steps: int) -> tuple[float, ...]:
    """Return levels from 0 to the last in equal steps.

    >>> evenly(0.4, 4)
    (0.0, 0.1, 0.2, 0.3, 0.4)
    """
    return tuple(round(last * k / steps, 12) for k in range(steps + 1))


# ---- one take-it-or-leave-it offer ----


def ambiguous(level: float) -> Scenario:
    """The target's one offer to a sender whose reservation value it knows to be uniform only."""
    return special_case(
        "pie",
        {
            "talks.protocol": "one-round", "talks.first_proposer": "target", "target.strategy": "risk-return",
            "sender.disagreement": MEAN, "target.disagreement": OUTSIDE, "sender.ambiguity": level,
        },
    )


def _ambiguity(levels: Levels) -> Payoffs:
    offer, breakdown, sender = opaque_sender(MEAN, levels, OUTSIDE)
    return sender, (1.0 - np.asarray(breakdown)) * (1.0 - np.asarray(offer)) + np.asarray(breakdown) * OUTSIDE


def _under_threat(cost: float, **changes: Any) -> Scenario:
    """A demand on a target that has everything as things stand, under a threat that is carried out without a deal."""
    tree = Scenario.load("pie").model_dump(exclude_unset=True, exclude={"notes"})
    tree["threats"] = [{"issue": "pie", "rate": 100.0, "state": "announced", "damage": DAMAGE, "pausable": False}]
    settings = {
        "sender.strategy": "commitment", "sender.committed_demand": cost, "target.strategy": "risk-return",
        "target.disagreement": 1.0,
    }
    return Scenario.build(tree).vary({**QUIET, **settings, **changes})


def unpredictable(level: float) -> Scenario:
    """One demand under a threat that is carried out with noise, whatever the answer."""
    return _under_threat(COMPLIANCE, **{"talks.protocol": "one-round", "sender.unpredictability": level})


def _unpredictability(levels: Levels) -> Payoffs:
    complies = np.asarray(dearest_compliance(DAMAGE, levels)) + 1e-12 >= COMPLIANCE
    given_in, defied = 1.0 - COMPLIANCE - DAMAGE * levels / 2, 1.0 - DAMAGE * (1.0 - levels / 2)
    return np.where(complies, COMPLIANCE, 0.0), np.where(complies, given_in, defied)


# ---- time ----


def volatile(level: float) -> Scenario:
    """A firm demand that the target may meet until the deadline, under a tariff whose level moves every round.

    Only the sender proposes. The target takes it for a side that concedes in time, so it loses nothing by waiting.
    """
    asks = {"talks.protocol": "random-proposer", "talks.proposer_probability": 1.0, "talks.rounds": ROUNDS}
    return _under_threat(FIRM_COST, **asks, **{"sender.volatility": level})


def _volatility(levels: Levels) -> Payoffs:
    complies, loss = waiting_target(DAMAGE, FIRM_COST, levels, ROUNDS - 1)
    return FIRM_COST * np.asarray(complies), 1.0 - np.asarray(loss)


def committed(level: float) -> Scenario:
    """The war of attrition in short rounds: both hold out for more than there is, and either may be committed to it."""
    discount = math.exp(-PATIENCE * STEP)
    return special_case(
        "pie",
        {
            "talks.rounds": LONG, "sender.discount": discount, "target.discount": discount,
            "sender.committed_demand": DEMANDS[0], "target.committed_demand": DEMANDS[1],
            "sender.commitment": level, "target.commitment": PRIOR,
        },
        "attrition",
    )


def _commitment(levels: Levels) -> Payoffs:
    found = attrition(*DEMANDS, PATIENCE, PATIENCE, levels, PRIOR)
    return found.payoff_1, found.payoff_2


def brink(level: float) -> Scenario:
    """Alternating offers by subgame-perfect sides of which one has more to fall back on if the talks break down."""
    return special_case(
        "pie",
        {
            "talks.rounds": LONG, "sender.discount": DISCOUNT, "target.discount": DISCOUNT, "sender.brinkmanship": level,
            "sender.disagreement": BREAKDOWN[0], "target.disagreement": BREAKDOWN[1],
        },
        "subgame-perfect",
    )


def _brinkmanship(levels: Levels) -> Payoffs:
    share = np.asarray(breakdown_share(DISCOUNT, DISCOUNT, levels, *BREAKDOWN))
    return share, 1.0 - share


# ---- promises ----


def reversible(level: float) -> Scenario:
    """One offer: the target pays once, and the sender grants a flow that it may take back later."""
    tree = Scenario.load("logrolling").model_dump(exclude_unset=True, exclude={"notes"})
    payment, flow = tree["issues"]
    flow |= {"revocable_by": "sender", "status_quo": flow["sender_end"]}
    salience = {payment["name"]: PAYMENT, flow["name"]: 1.0 - PAYMENT}
    tree["target"] |= {"principal": {**tree["target"]["principal"], "salience": salience}}
    for side in Side:
        del tree[side.label]["disagreement"]  # the status quo holds: nothing paid, nothing granted
    settings = {
        "talks.protocol": "one-round", "talks.flow_discount": FLOW_DISCOUNT, "sender.strategy": "commitment",
        "sender.committed_demand": PRICE_TO_SENDER, "target.strategy": "risk-return", "target.trust": 0.0,
        "sender.reversal": level,
    }
    return Scenario.build(tree).vary({**QUIET, **settings})


def _reversal(levels: Levels) -> Payoffs:
    kept = FLOW_DISCOUNT / (FLOW_DISCOUNT + levels)
    pays = levels <= _most_reversal() + 1e-12
    with_deal = PRICE_TO_SENDER + (1.0 - PRICE_TO_SENDER) * (1.0 - kept)
    return np.where(pays, with_deal, 1.0 - PRICE_TO_SENDER), np.where(pays, (1.0 - PAYMENT) * kept, PAYMENT)


def _most_reversal() -> float:
    return float(tolerated_reversal(FLOW_DISCOUNT * (1.0 - PAYMENT), PAYMENT, FLOW_DISCOUNT))


def _prior_that_pays() -> float:
    return float(commitment_threshold(*DEMANDS, PATIENCE, PATIENCE, PRIOR))


WORLDS: Sequence[World] = (
    World(
        "ambiguity", "Ambiguity", "half-width of the reservation value", "Fearon 1995",
        ambiguous, _ambiguity, evenly(0.4, 10),
        (float(opaque_sender_peak(MEAN, OUTSIDE)), "the target stops buying off every type"),
    ),
    World(
        "commitment", "Commitment", "prior that the demand is final", "Abreu & Gul 2000",
        committed, _commitment, evenly(0.3, 8), (_prior_that_pays(), "the target begins to concede at once at times"),
    ),
    World(
        "unpredictability", "Unpredictability", "noise in carrying out the threat", "Schelling 1966",
        unpredictable, _unpredictability, evenly(0.9, 9), (1.0 - COMPLIANCE / DAMAGE, "the target stops giving in"),
    ),
    World(
        "volatility", "Volatility", "log s.d. of the tariff, per round", "Margrabe 1978",
        volatile, _volatility, evenly(0.5, 10), (0.0, "the target waits to see the tariff"),
    ),
    World(
        "reversal", "Reversal", "hazard that the deal is taken back, per round", "constant hazard",
        reversible, _reversal, evenly(0.3, 10), (_most_reversal(), "the target stops paying"),
    ),
    World(
        "brinkmanship", "Brinkmanship", "hazard of breakdown, per round", "Binmore et al. 1986",
        brink, _brinkmanship, evenly(0.5, 10), (0.0, "fallbacks count beside patience"),
    ),
)
"""One world a tactic, in the order of the glossary."""
