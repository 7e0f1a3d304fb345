"""Runs between people who differ: each run has its own priorities and toughness on both sides, and its own frontier.

What changes from run to run is prepared in compiled code, in some tens of microseconds. That takes a scenario whose issues are
discrete and whose utilities add up, where the frontier of a run is found at once (`negosim.rules.frontier.additive`). Any other
scenario can be varied point by point, a run each: `Scenario.vary` and `simulate`, some milliseconds a run.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numpy.typing import ArrayLike, NDArray

from negosim.common.errors import ScenarioError
from negosim.common.plain import require_whole
from negosim.common.vocabulary import Side
from negosim.engine.kernel import FUNCTIONS, Runs, SimulationStopped, play, record, slices, without_idle_work
from negosim.engine.outcomes import RUN, Outcomes
from negosim.engine.prepare import disagreement_point, prepare, seated, strategies_of
from negosim.engine.run import require_numbered
from negosim.rules.clock import fill_conceded
from negosim.rules.compiled import rule
from negosim.rules.frontier.preferences import enter_nash_node, solve_preferences
from negosim.rules.records import GAME, TALKS, Game, Matrix, new_talks
from negosim.scenario.salience import SUM_TOLERANCE
from negosim.scenario.scenario import Scenario
from negosim.strategies.catalogue import strategy
from negosim.theory.pareto import TOLERANCE

CUBE = types.Array(types.float64, 3, "C")


@rule(
    types.void(
        GAME, TALKS, *FUNCTIONS, types.uint64, types.uint64, CUBE, Matrix, types.float64[::1], types.float64, Runs, Matrix, Matrix
    )
)
def play_each(
    game, talks, sender_proposes, sender_responds, target_proposes, target_responds, seed, first, saliences, toughness,
    damage, tolerance, runs, settled, in_force,
):
    """Play one run for each record of ``runs``; the preferences and the toughness of a run are entered in the game before it.

    ``saliences`` (runs, 2, issues), ``toughness`` (runs, 2); ``damage`` (2,) is what both sides expect of the threats.
    """
    for n in range(runs.shape[0]):
        for side in range(2):
            game.saliences[side, 0] = saliences[n, side]
            game.sides[side].toughness = toughness[n, side]
        solve_preferences(game)
        enter_nash_node(game, damage, tolerance)
        fill_conceded(game.world[0], game.sides, game.conceded)
        replication = first + np.uint64(n)
        ending, kept = play(
            game, talks, sender_proposes, sender_responds, target_proposes, target_responds, seed, replication
        )
        record(game, talks, ending, kept, runs[n], settled[n], in_force[n])


def simulate_each(scenario: Scenario, saliences: ArrayLike, toughness: ArrayLike, seed: int = 0, first: int = 0) -> Outcomes:
    """Play one run for each row: run n has its own salience and toughness on both sides, and is numbered ``first`` + n.

    saliences : (runs, 2, issues) of both principals, each not negative with sum 1, issues in the order of the scenario
    toughness : (runs, 2), above 0

    It is the run that ``simulate(scenario.vary({"sender.principal.salience": ..., "sender.toughness": ..., ...}), 1, seed,
    first + n)`` plays. ValueError for arrays of another shape or with other numbers; TypeError and ValueError for a seed or a
    number of a run as `require_whole` and `require_numbered`; ScenarioError for a scenario that has to be prepared otherwise:
    see the top of this file. Ctrl-C ends it as it ends `simulate`.
    """
    require_whole(first=first, seed=seed)
    weights, exponents = _checked(scenario, saliences, toughness)
    require_numbered(first, len(weights))
    _refuse_what_is_slow(scenario)
    strategies = strategies_of(scenario)
    game = _own_copy(without_idle_work(seated(prepare(scenario), strategies), strategies))
    runs = np.zeros(len(weights), RUN)
    settlements, in_force = (np.zeros((len(runs), width)) for width in (len(game.status_quo), len(game.threats)))
    damage = game.sides["prior_mean"] - disagreement_point(game)
    (sender, target) = strategies
    talks, done = new_talks(game), 0
    try:
        for begin, end in slices(len(runs)):
            play_each(
                game, talks, sender.propose, sender.respond, target.propose, target.respond, np.uint64(seed),
                np.uint64(first + begin), weights[begin:end], exponents[begin:end], damage, TOLERANCE, runs[begin:end],
                settlements[begin:end], in_force[begin:end],
            )
            done = end
    except KeyboardInterrupt:
        played = Outcomes(scenario, first, runs[:done], settlements[:done], in_force[:done])
        raise SimulationStopped(played, len(runs)) from None
    return Outcomes(scenario, first, runs, settlements, in_force)


def _checked(
    scenario: Scenario, saliences: ArrayLike, toughness: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both as arrays, or raise ValueError."""
    weights, exponents = np.array(saliences, dtype=np.float64, order="C"), np.array(toughness, dtype=np.float64, order="C")
    issues = len(scenario.issues)
    if weights.ndim != 3 or weights.shape[1:] != (2, issues) or exponents.shape != weights.shape[:2]:
        raise ValueError(
            f"saliences have shape {weights.shape} and toughness {exponents.shape}; with {issues} issues they must be"
            f" (runs, 2, {issues}) and (runs, 2)."
        )
    if not (weights >= 0.0).all() or not (np.abs(weights.sum(axis=2) - 1.0) <= SUM_TOLERANCE).all():
        raise ValueError("saliences must not be negative, and each must sum to 1. Divide each by its sum.")
    if not (np.isfinite(exponents) & (exponents > 0.0)).all():
        raise ValueError("toughness must be above 0 and finite in each run.")
    return weights, exponents


def _refuse_what_is_slow(scenario: Scenario) -> None:
    """Raise ScenarioError where a run cannot be prepared at once."""
    remedy = "Use simulate(scenario.vary(...), 1, first=...) run by run."
    if scenario.talks.payoff == "flows":
        raise ScenarioError("takes no deal from the frontier", field="talks.payoff", value="flows", remedy=remedy)
    for issue in scenario.issues:
        if not issue.levels:
            raise ScenarioError("is continuous", field=f"issues.{issue.name}.levels", remedy=f"Give it levels. {remedy}")
    for side in Side:
        delegation, where = scenario.delegation(side), side.label
        if scenario.linkage and delegation.linkage > 0.0:
            raise ScenarioError("links issues", field=f"{where}.linkage", value=delegation.linkage, remedy=f"Set 0. {remedy}")
        if len(delegation.negotiators) > 1:
            raise ScenarioError("has several voices", field=f"{where}.negotiators", remedy=f"Leave one. {remedy}")
        if delegation.disagreement is None:
            raise ScenarioError("is left to the status quo", field=f"{where}.disagreement", remedy=f"Set it. {remedy}")
        if strategy(delegation.strategy).is_prepared:
            raise ScenarioError("is solved beforehand", field=f"{where}.strategy", value=delegation.strategy, remedy=remedy)


def _own_copy(game: Game) -> Game:
    """Return the game with own copies of the arrays that change from run to run."""
    changing: dict[str, Any] = {
        name: getattr(game, name).copy()
        for name in ("sides", "saliences", "bounds", "home_bounds", "positions", "menus", "nash", "conceded")
    }
    return game._replace(**changing)
