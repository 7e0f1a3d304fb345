"""Subgame-perfect play by backward induction (Stahl 1972; Rubinstein 1982; Binmore, Rubinstein & Wolinsky 1986).

It is subgame-perfect where nothing is private and both sides play it. Where something is, it is the best play of a side that
takes the other for the mean of its prior and for one that takes this side for the mean of its own, and learns nothing.
"""

from __future__ import annotations

import math

import numpy as np

from negosim.common.vocabulary import Response, Side, ThreatState
from negosim.rules.beliefs import TOLERANCE
from negosim.rules.compiled import rule
from negosim.rules.menus import read_row
from negosim.rules.ratification import ratification
from negosim.rules.records import PROPOSE, RESPOND, Game
from negosim.rules.solvers.induction import best_move, deal_worth, needs, now, solve_induction
from negosim.strategies.record import Strategy, Table
from negosim.strategies.tables import expected, round_one, rounds_of, threatened, threats_move
from negosim.strategies.weighing import against_going_on

ACCEPT, REFUSE, WALK_OUT = int(Response.ACCEPT), int(Response.REFUSE), int(Response.WALK_OUT)

TYPES = 5
"""Types of a side with a private value in its table, evenly from the lowest to the highest; between them values are linear."""

STEPS_PER_SHOCK, MOST_STEPS, SHOCKS, LEAST = 4, 256, 2.0, math.log(2.0)
"""The grid of a moving threat in the table of a side that solves for both, in logs: steps of a quarter of a round's standard
deviation but not more than 256 either way, as far as two standard deviations of all rounds, or to half and twice the level.
Linear interpolation between levels h apart adds h^2/6 to the variance of a round on average: a hundredth of it."""


@rule(PROPOSE)
def propose(own, other, public, belief, homes, menu, outlook, noise):
    """Offer the other just what it has otherwise, and keep the rest; if going on is better than that, ask for everything."""
    row = np.empty(menu.shape[1])
    refused = np.array(now(own, other, public, outlook))
    place, _, _ = best_move(menu, own, other, homes, public, refused, row)
    if place < 0.0:
        return 1.0
    read_row(menu, place, row)
    return row[own.kept_column]


@rule
def prospects(own, other, public, homes, offer, outlook):
    """Return (worth of the deal, worth of a refusal, chance that the deal passes at home)."""
    refused, _ = now(own, other, public, outlook)
    failed = own.no_deal if public.ends_on_failure else refused
    passes = ratification(offer, homes, public.home_column)
    return deal_worth(own, offer, homes, public.home_column, failed), refused, passes


@rule(RESPOND)
def respond(own, other, public, belief, homes, offer, outlook):
    """Take the best of the deal, going on, and leaving; a tie goes to the deal, unless it would surely fail at home."""
    deal, refused, passes = prospects(own, other, public, homes, offer, outlook)
    need, leaves = needs(own, refused)
    if passes > 0.0 and deal >= need - TOLERANCE:
        return ACCEPT
    return WALK_OUT if leaves else REFUSE


def _solve(game: Game, side: Side) -> Table:
    """Return (profiles, rounds + 1, type, level, share, 2, 1), the same for each profile: ``induction.solve_induction``."""
    table = np.zeros((rounds_of(game) + 1, _types(game, side), *_log_grid(game, side), 2, 1))
    talks, ahead = round_one(game), np.concatenate([expected(game, each, list(Side)) for each in Side])
    solve_induction(game, talks.images, talks.public[0], game.menus[-1, -1], int(side), ahead, table)
    return np.repeat(table[np.newaxis], int(game.sides[side]["profiles"]), axis=0)


def _seen_by_the_target(game: Game, table: Table) -> Table:
    """Return the sender's table of ``_solve`` with the sides exchanged, solved but once where both have a single type."""
    if game.sides["ambiguity"].any():
        return _solve(game, Side.TARGET)
    _log_grid(game, Side.TARGET)
    return np.repeat(table[:1, ..., ::-1, :], int(game.sides[Side.TARGET]["profiles"]), axis=0)


def _types(game: Game, side: Side) -> int:
    """Return how many of a side's types its table has; enter them in the record."""
    record = game.sides[side]
    if record["ambiguity"] == 0.0:
        return 1
    lowest = record["base_low"] + record["security_stake"] * game.world[0]["credibility"]
    record["base_low"], record["base_step"] = lowest, 2.0 * record["ambiguity"] / (TYPES - 1)
    return TYPES


def _log_grid(game: Game, side: Side) -> tuple[int, int]:
    """Return the same for a side that solves for both: levels evenly spaced in logs, ``induction.level_at``."""
    record, threats = game.sides[side], game.threats
    total, volatility = threatened(game, list(Side)), float(expected(game, side, list(Side))["volatility"][0])
    reach = max(SHOCKS * volatility * math.sqrt(rounds_of(game)), LEAST)
    half = math.ceil(reach / max(volatility / STEPS_PER_SHOCK, reach / MOST_STEPS)) if threats_move(game, total) else 0
    record["level_step"] = reach / max(half, 1)
    record["level_low"] = total * math.exp(-record["level_step"] * half)
    early = (threats["early_execution"] > 0.0) | (threats["state"] == ThreatState.IMPOSED)
    return 2 * half + 1, 2 if total != 0.0 and early.any() else 1


def _weigh(own, other, public, belief, homes, offer, outlook):
    """Return the deal, as far as it is believed to pass and to be kept, against going on or leaving."""
    return against_going_on(own, prospects(own, other, public, homes, offer, outlook))


STRATEGY = Strategy(
    propose,
    respond,
    name="subgame-perfect",
    source="Stahl 1972; Rubinstein 1982",
    sentence="works out from the end what each offer leads to",
    reads=(),
    takes_less=True,
    solve=_solve,
    exchange=_seen_by_the_target,
    weigh=_weigh,
)
