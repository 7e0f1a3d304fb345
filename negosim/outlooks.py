"""What each strategy solves once per design point, before any luck: the tables that it looks up in the runs.

A table has seven axes, the first of which is the side's profile; the rules that fill and read it say what the others are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from negosim.rules.attrition import ATTRITION, NEITHER, RISK, hold_out
from negosim.rules.auction import solve_bids
from negosim.rules.foresight import solve_outlook
from negosim.rules.induction import solve_induction
from negosim.rules.moves import face_the_alternative, move_threats, move_world
from negosim.rules.opening import open_talks, prepare_side
from negosim.rules.records import OWN, Game, Talks
from negosim.rules.rungs import count_outcomes, distinct, last_rungs, outcome_utilities
from negosim.talks import new_talks
from negosim.vocabulary import Side, ThreatState

Table = NDArray[np.float64]

NO_OUTLOOK = np.zeros((1, 1, 1, 1, 1, 1, 1))
"""The table of a side that does not look ahead."""

NO_GIVING_WAY = np.full((2, 1, 3), np.nan)
"""The rule for giving way of sides that do not hold out."""

LEVELS = 5
"""Levels of a moving threat in the table of a side that learns."""

STEPS_PER_SHOCK, MOST_STEPS, SHOCKS, LEAST = 4, 256, 2.0, math.log(2.0)
"""The grid of a moving threat in the table of a side that solves for both, in logs: steps of a quarter of a round's standard
deviation but not more than 256 either way, as far as two standard deviations of all rounds, or to half and twice the level.
Linear interpolation between levels h apart adds h^2/6 to the variance of a round on average: a hundredth of it."""

LUCK = np.uint64(0)
"""Images and threats of round 1 are the same whatever the luck."""


def look_ahead(game: Game, strategies: Sequence[str]) -> Game:
    """Return a game with the tables of both sides' strategies, by name, filled in."""
    kinds = np.array([{"attrition": ATTRITION, "brinkmanship": RISK}.get(name, NEITHER) for name in strategies])
    for side in Side:
        game.sides[side]["looks_ahead"] = strategies[side] in SOLVERS
    if kinds.any():
        game = game._replace(giving_way=_holding_out(game, kinds))
    tables = [NO_OUTLOOK, NO_OUTLOOK]
    for side, name in zip(Side, strategies, strict=True):
        if side is Side.TARGET and name == strategies[0] == "subgame-perfect":
            tables[side] = _seen_by_the_target(game, tables[0])
        elif name in SOLVERS:
            tables[side] = SOLVERS[name](game, side)
    return game._replace(sender_outlook=tables[0], target_outlook=tables[1])


def _rounds(game: Game) -> int:
    return int(game.world[0]["rounds"] + game.world[0]["extension_rounds"])


def _round_one(game: Game) -> Talks:
    """Return the talks in round 1, once both sides have taken stock of what there is without a deal."""
    talks = new_talks(game)
    open_talks(game, talks, LUCK, LUCK)
    move_world(game, talks, LUCK, LUCK)
    move_threats(game, talks)
    for side in Side:
        face_the_alternative(game, talks, int(side), LUCK, LUCK)
    return talks


def _holding_out(game: Game, kinds: NDArray[np.int64]) -> Table:
    """Return (2, rounds + 1, 3) when the sides that hold out give way, and to what: ``attrition.hold_out``."""
    out = np.zeros((2, _rounds(game) + 1, 3))
    priors = game.sides["commitment"].copy()
    hold_out(game.world[0], _round_one(game).images, game.menus[-1, -1], priors, kinds, out)
    return out


def _grid(game: Game, side: Side) -> tuple[int, ...]:
    """Return the shape (base, level, share, mean, committed) of a risk-return side's table and enter its grids in the record."""
    record, other = game.sides[side], game.sides[side.other]
    bases = 4 if record["half_width"] > 0.0 or record["security_stake"] > 0.0 else 1
    record["base_step"] = (record["base_high"] - record["base_low"]) / max(bases - 1, 1)
    levels, shares = _damage_grid(game, side) if side is Side.TARGET else (1, 1)
    means = 7 if other["half_width"] > 0.0 else 1
    return bases, levels, shares, means, 4 if other["commitment"] > 0.0 else 1


def _moves(game: Game, total: float) -> bool:
    """Return whether the threatened damage, ``total`` at first, may rise or fall during the talks."""
    return total > 0.0 and (game.sides[0]["volatility"] > 0.0 or bool(game.threats["escalation"].any()))


def _damage_grid(game: Game, side: Side) -> tuple[int, int]:
    """Return how many levels of threatened damage, and shares of it carried out, a side's table has; enter them in the record."""
    record = game.sides[side]
    total = float((game.threats["damage"] * game.threats["level"]).sum())
    moving = _moves(game, total)
    levels = LEVELS if moving else 1
    record["level_low"] = 0.0 if moving else total
    record["level_step"] = 2.0 * total / max(levels - 1, 1)
    return levels, 2 if total > 0.0 else 1


def _log_grid(game: Game, side: Side) -> tuple[int, int]:
    """Return the same for a side that solves for both: levels evenly spaced in logs, ``induction.level_at``."""
    record, threats = game.sides[side], game.threats
    total, volatility = float((threats["damage"] * threats["level"]).sum()), float(game.sides[0]["volatility"])
    reach = max(SHOCKS * volatility * math.sqrt(_rounds(game)), LEAST)
    half = math.ceil(reach / max(volatility / STEPS_PER_SHOCK, reach / MOST_STEPS)) if _moves(game, total) else 0
    record["level_step"] = reach / max(half, 1)
    record["level_low"] = total * math.exp(-record["level_step"] * half)
    early = (threats["early_execution"] > 0.0) | (threats["state"] == ThreatState.IMPOSED)
    return 2 * half + 1, 2 if total > 0.0 and early.any() else 1


def _flows(game: Game, side: Side) -> tuple[float, float]:
    """Return (tariff pain per unit of damage in force, cost of the stress that the opening states would keep up)."""
    world, record = game.world[0], game.sides[side]
    shares = np.select(
        [game.threats["state"] == ThreatState.IMPOSED, game.threats["state"] == ThreatState.ANNOUNCED],
        [1.0, world["anticipation"]],
    )
    inputs = float((game.threats["market_weight"] * game.threats["level"] * shares).sum())
    stress = world["level_effect"] * inputs / (1.0 - world["persistence"])
    return float(record["tariff_pain"]), float(record["stress_cost"] * stress)


def _threat_means(game: Game) -> tuple[float, float]:
    """Return the chances of execution and of early execution, weighted by the damage of each threat."""
    damage = game.threats["damage"] * game.threats["level"]
    weights = damage / damage.sum() if damage.sum() > 0.0 else np.zeros(len(damage))
    return float(weights @ game.threats["execution"]), float(weights @ game.threats["early_execution"])


def _risk_return(game: Game, side: Side) -> Table:
    """Return (profiles, rounds + 1, base, level, share, mean, committed): ``foresight.solve_outlook``."""
    shape = _grid(game, side)
    table = np.zeros((int(game.sides[side]["profiles"]), _rounds(game) + 1, *shape))
    for profile in range(len(table)):
        own = np.zeros(1, OWN)
        own["side"], own["profile"] = side, profile
        prepare_side(game, own[0])
        priors = game.profile_priors[side.other]
        solve_outlook(game, own[0], game.menus[-1, -1], priors, _threat_means(game), _flows(game, side), table[profile])
    return table


def _subgame_perfect(game: Game, side: Side) -> Table:
    """Return (profiles, rounds + 1, 1, level, share, 2, 1), the same for each profile: ``induction.solve_induction``."""
    table = np.zeros((_rounds(game) + 1, 1, *_log_grid(game, side), 2, 1))
    talks, flows = _round_one(game), np.array([_flows(game, each) for each in Side])
    solve_induction(
        game, talks.images, talks.public[0], game.menus[-1, -1], int(side), _threat_means(game), flows, table
    )
    return np.repeat(table[np.newaxis], int(game.sides[side]["profiles"]), axis=0)


def _seen_by_the_target(game: Game, table: Table) -> Table:
    """Return the sender's table of ``_subgame_perfect`` with the sides exchanged, so that it is solved but once."""
    _log_grid(game, Side.TARGET)
    return np.repeat(table[:1, ..., ::-1, :], int(game.sides[Side.TARGET]["profiles"]), axis=0)


def _ladder(game: Game, side: Side, profile: int) -> NDArray[np.float64]:
    """Return the rungs of a profile: the distinct utilities of a finite domain, or of the nodes of the frontier."""
    if count_outcomes(game.levels):
        return distinct(outcome_utilities(game, int(side), profile))
    return distinct(game.menus[-1, -1][:, int(game.sides[side]["first_column"]) + 3 * profile])


def _micro(game: Game, side: Side) -> Table:
    """Return (profiles, 3, rungs, 1, 1, 1, 1): the own ladder, the other's, and ``rungs.last_rungs`` of the other's."""
    other = side.other
    mean = int(game.sides[other]["profiles"]) - 1
    theirs = _ladder(game, other, mean)
    column, smooth = int(game.sides[other]["first_column"]) + 3 * mean, int(game.world[0]["interpolate"])
    last = last_rungs(theirs, game.menus[-1, -1], column, int(other), smooth)
    mine = [_ladder(game, side, profile) for profile in range(int(game.sides[side]["profiles"]))]
    table = np.full((len(mine), 3, max(len(theirs), *map(len, mine)) if mine else 0), -1.0)
    for profile, ladder in enumerate(mine):
        table[profile, 0, : len(ladder)], table[profile, 1, : len(theirs)], table[profile, 2, : len(last)] = ladder, theirs, last
    return table.reshape(*table.shape, 1, 1, 1, 1)


def _shaded_bid(game: Game, side: Side) -> Table:
    """Return (profiles, rounds + 1, 2, 4, 1, 1, 1): the bids of each round, ``auction.solve_bids``."""
    table = np.zeros((int(game.sides[side]["profiles"]), _rounds(game) + 1, 2, 4))
    solve_bids(game, _round_one(game), int(side), table)
    return table.reshape(*table.shape, 1, 1, 1)


SOLVERS: dict[str, Callable[[Game, Side], Table]] = {
    "risk-return": _risk_return,
    "subgame-perfect": _subgame_perfect,
    "micro": _micro,
    "shaded-bid": _shaded_bid,
}
"""The strategies that look ahead, each with what solves its table."""

PREPARED = (*SOLVERS, "attrition", "brinkmanship")
"""The strategies that need a table or a rule for giving way before they can play."""
