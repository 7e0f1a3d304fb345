"""Play the games of a file in NegMAS; run by ``against_negmas.py`` in the environment in which NegMAS lies.

NegMAS is set up in the fastest way that its own classes offer for this game: one offer a step, no call-backs, calls in the same
thread, linear value functions, and its default inverse of a utility, which sorts all outcomes once a run.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from four_issues import ISSUES, LEVELS, RESERVATION, ROUNDS, Games, Played
from negmas import SAOMechanism, make_issue, make_os
from negmas.common import MechanismState
from negmas.outcomes import Outcome
from negmas.preferences import LinearAdditiveUtilityFunction
from negmas.preferences.inv_ufun import AdaptiveInverseUtilityFunction
from negmas.preferences.value_fun import AffineFun
from negmas.sao import ResponseType, TimeBasedConcedingNegotiator

CLOSE = 1e-9
SPACE = make_os([make_issue(LEVELS, f"issue-{k + 1}") for k in range(ISSUES)])
POSITIONS = np.stack(np.unravel_index(np.arange(LEVELS**ISSUES), (LEVELS,) * ISSUES), axis=1) / (LEVELS - 1)


class TimedInverse(AdaptiveInverseUtilityFunction):
    """NegMAS' default inverse of a utility; the processor time of sorting the outcomes is added up."""

    seconds = 0.0

    def init(self) -> None:
        """Sort the outcomes."""
        start = time.process_time()
        super().init()
        TimedInverse.seconds += time.process_time() - start


class BestForTheOther(TimeBasedConcedingNegotiator):
    """Choose as negosim does: of the packages worth the demand the one that is best for the other; answer at the offer's time."""

    def __init__(self, own: np.ndarray, other: np.ndarray, toughness: float, **kwargs: object) -> None:
        super().__init__(offering_curve=toughness, **kwargs)
        self.own, self.other, self.toughness = own, other, toughness

    def demand(self, offer: int) -> float:
        """Return the utility demanded when offer number 1, 2, ... is on the table."""
        return RESERVATION + (1.0 - RESERVATION) * (1.0 - (min(offer, ROUNDS) / ROUNDS) ** self.toughness)

    def propose(self, state: MechanismState, dest: str | None = None) -> Outcome:
        """Offer the package that is best for the other."""
        worth_it = np.where(self.own >= self.demand(state.step + 1), self.other, -np.inf)
        return tuple(int(level) for level in np.rint(POSITIONS[int(np.argmax(worth_it))] * (LEVELS - 1)))

    def respond(self, state: MechanismState, source: str | None = None) -> ResponseType:
        """Accept what is worth the demand of the round in which it was offered."""
        enough = float(self.ufun(state.current_offer)) >= self.demand(state.step) - CLOSE
        return ResponseType.ACCEPT_OFFER if enough else ResponseType.REJECT_OFFER


def play(weights: np.ndarray, toughness: np.ndarray, best_for_the_other: bool) -> tuple[Outcome | None, int, list[float]]:
    """Play one game. Returns (package or None, number of offers, utilities of both sides)."""
    slopes = (AffineFun(1.0 / (LEVELS - 1), 0.0), AffineFun(-1.0 / (LEVELS - 1), 1.0))
    worth = [
        LinearAdditiveUtilityFunction(
            [slope] * ISSUES, weights=salience.tolist(), outcome_space=SPACE, reserved_value=RESERVATION
        )
        for slope, salience in zip(slopes, weights, strict=True)
    ]
    steps = ROUNDS + 1 if best_for_the_other else ROUNDS  # one more, in which the last offer is answered
    talks = SAOMechanism(outcome_space=SPACE, n_steps=steps, one_offer_per_step=True, sync_calls=True, extra_callbacks=False)
    both = (POSITIONS @ weights[0], (1.0 - POSITIONS) @ weights[1])
    for side in range(2):
        exponent = float(toughness[side])
        if best_for_the_other:
            negotiator = BestForTheOther(both[side], both[1 - side], exponent)
        else:
            negotiator = TimeBasedConcedingNegotiator(offering_curve=exponent, ufun_inverter=TimedInverse, eps=CLOSE)
        talks.add(negotiator, ufun=worth[side])
    state = talks.run()
    if state.agreement is None:
        return None, ROUNDS, [RESERVATION, RESERVATION]
    return state.agreement, state.step - 1, [float(utility(state.agreement)) for utility in worth]


def played(games: Games, best_for_the_other: bool) -> Played:
    """Play some games and time them; a first one, which is not counted, warms up."""
    play(games.saliences[0], games.toughness[0], best_for_the_other)
    runs, TimedInverse.seconds = len(games.saliences), 0.0
    rounds, utilities, levels = np.zeros(runs, np.int64), np.zeros((runs, 2)), np.full((runs, ISSUES), -1)
    agreed = np.zeros(runs, bool)
    start = time.process_time()
    for n in range(runs):
        package, rounds[n], utilities[n] = play(games.saliences[n], games.toughness[n], best_for_the_other)
        agreed[n] = package is not None
        if package is not None:
            levels[n] = package
    return Played(agreed, rounds, utilities, levels, np.array([time.process_time() - start, TimedInverse.seconds]))


def main() -> None:
    """Play the games of one file and write how they came out into another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("games")
    parser.add_argument("played")
    parser.add_argument("--best-for-the-other", action="store_true")
    arguments = parser.parse_args()
    with np.load(arguments.games) as file:
        games = Games(**file)
    np.savez(arguments.played, **played(games, arguments.best_for_the_other)._asdict())


if __name__ == "__main__":
    main()
