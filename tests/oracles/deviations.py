"""One-shot deviations: a side departs from its strategy in one move, after any history, and plays on by it.

The compiled kernel takes strategies without parameters beyond the records. So a deviation travels in three numbers of a side's
record that no equilibrium strategy reads (its opening, its toughness, its believed noise), and a compiled pair of rules wraps the
strategy: until round t it plays a script, in round t it makes the move, and from then on it plays the strategy.
The luck of a run is the same with and without the deviation, so that gains are compared run by run.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from negosim import Scenario, Side
from negosim.common.vocabulary import Response
from negosim.engine import kernel
from negosim.engine.prepare import prepare
from negosim.rules.compiled import rule
from negosim.rules.records import PROPOSE, RESPOND, Game
from negosim.strategies.record import Strategy

ANSWERS = 2.0
"""A move in [0, 1] is a demand; this plus the number of a Response is an answer, and NaN is no move of its own."""

REFUSE = int(Response.REFUSE)
ERRORS = 4.0
"""Standard errors of the paired difference that a gain may come to: luck alone gets beyond on one side once in 31,574 times."""
ROUNDING = 1e-9
"""What a gain may come to where nothing is random: utilities closer than this are the same to every rule (beliefs.TOLERANCE)."""
NO_MOVE = math.nan


def the_answer(response: Response) -> float:
    """Return an answer as a move."""
    return ANSWERS + response


@cache
def deviating(module: ModuleType) -> Strategy:
    """Return a strategy, wrapped: own.toughness is the round t, own.opening the move, own.believed_noise the script."""
    follow, reply = module.propose, module.respond

    @rule(PROPOSE)
    def propose(own, other, public, belief, homes, menu, outlook, noise):
        if public.round < own.toughness:
            return own.believed_noise
        if public.round == own.toughness and own.opening <= 1.0:
            return own.opening
        return follow(own, other, public, belief, homes, menu, outlook, noise)

    @rule(RESPOND)
    def respond(own, other, public, belief, homes, offer, outlook):
        if public.round < own.toughness:
            return REFUSE
        if public.round == own.toughness and own.opening >= ANSWERS:
            return int(own.opening - ANSWERS)
        return reply(own, other, public, belief, homes, offer, outlook)

    return Strategy(propose, respond)


@dataclass(frozen=True)
class Course:
    """How a side departs from its strategy: before round ``until`` it demands ``script`` and refuses, in it it makes ``move``."""

    until: int = 0
    move: float = NO_MOVE
    script: float = 1.0


BY_THE_STRATEGY = Course()


@dataclass(frozen=True)
class Play:
    """A game between two equilibrium strategies; ``runs`` to play, one where there is no luck, and the seed of that luck."""

    scenario: Scenario
    game: Game
    strategies: tuple[ModuleType, ModuleType]
    runs: int = 1
    seed: int = 0

    @classmethod
    def of(cls, scenario: Scenario, sender: ModuleType, target: ModuleType | None = None, runs: int = 1) -> Play:
        """Solve a scenario; the strategies are those of two modules, the same one for both if only one is given."""
        return cls(scenario, prepare(scenario), (sender, target or sender), runs)

    def of_type(self, side: Side, reservation: float) -> Play:
        """Return the same game with the private type of a side fixed: what the sides solved, and believe, stays as it was."""
        sides = self.game.sides.copy()
        sides[side]["prior_mean"], sides[side]["ambiguity"] = reservation, 0.0
        return replace(self, game=self.game._replace(sides=sides))

    def outcomes(self, courses: Mapping[Side, Course]) -> NDArray[np.void]:
        """Return the records of the runs, (runs,) of RUN, with a course for each side that does not just play its strategy."""
        sides = self.game.sides.copy()
        for side in Side:
            course = courses.get(side, BY_THE_STRATEGY)
            sides[side]["toughness"], sides[side]["opening"] = course.until, course.move
            sides[side]["believed_noise"] = course.script
        game = self.game._replace(sides=sides)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(kernel, "strategies_of", lambda *_: tuple(map(deviating, self.strategies)))
            return kernel.simulate(self.scenario, self.runs, self.seed, game=game).runs

    def gains(
        self, side: Side, usual: NDArray[np.void], instead: Course, others: Course = BY_THE_STRATEGY
    ) -> NDArray[np.float64]:
        """Return what a course gains a side over its ``usual`` one, whose runs are given, seen from the round of its move.

        (runs,) of those that reach this round with an ordinary type.
        """
        unusual = self.outcomes({side: instead, side.other: others})
        reached = (usual["rounds"] >= instead.until) & (usual["committed"][:, side] == 0)
        discount = float(self.game.sides[side]["discount"]) ** (instead.until - 1)
        gained: NDArray[np.float64] = (unusual["payoff"][:, side] - usual["payoff"][:, side])[reached] / discount
        return gained


def openings(play: Play, side: Side, place: float, demands: Iterable[float]) -> dict[Any, NDArray[np.float64]]:
    """Return what each demand in round 1 gains the type at a place, 0 to 1, of a side's support."""
    record = play.game.sides[side]
    reservation = float(record["prior_mean"] + (2.0 * place - 1.0) * record["ambiguity"])
    play = play.of_type(side, reservation)
    plain = play.outcomes({})
    return {(side, reservation, demand): play.gains(side, plain, Course(1, demand)) for demand in demands}


def standard_error(gains: NDArray[np.float64]) -> float:
    """Return the standard error of the mean of gains; 0 where there is no luck in them."""
    return float(np.std(gains, ddof=1)) / math.sqrt(len(gains)) if len(gains) > 1 else 0.0


def profitable(found: Mapping[Any, NDArray[np.float64]], bound: float = ROUNDING) -> dict[Any, float]:
    """Return the deviations whose mean gain is beyond a bound and ERRORS standard errors; fails if no run reaches one."""
    assert found and all(len(gains) > 0 for gains in found.values())
    return {
        key: float(np.mean(gains)) for key, gains in found.items() if np.mean(gains) > bound + ERRORS * standard_error(gains)
    }
