"""MiCRO (de Jonge 2022, "An analysis of the linear bilateral ANAC domains using the MiCRO benchmark strategy", IJCAI).

It goes down the ladder of its own outcomes one rung at a time, and only as long as the other side has made as many proposals.
Two of them come to the outcome of fallback bargaining (Brams & Kilgour 2001), the least of the greater of both ranks, within
one rank.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negosim.common.vocabulary import Response, Side
from negosim.rules.beliefs import TOLERANCE
from negosim.rules.columns import kept_column
from negosim.rules.compiled import rule
from negosim.rules.records import PROPOSE, RESPOND, Game
from negosim.rules.solvers.ladders import count_outcomes, distinct, last_rungs, next_rung, outcome_utilities
from negosim.strategies.record import Strategy, Table, Weighing

ACCEPT, REFUSE = int(Response.ACCEPT), int(Response.REFUSE)


@rule(PROPOSE)
def propose(own, other, public, belief, homes, menu, outlook, noise):
    """Demand the next rung if the other has conceded as often, else the present one again."""
    return next_rung(own, outlook[:, :, 0, 0, 0, 0], own.offers_received, other.last_demand)


@rule(RESPOND)
def respond(own, other, public, belief, homes, offer, outlook):
    """Accept what is worth at least what the side would itself propose next."""
    needed = next_rung(own, outlook[:, :, 0, 0, 0, 0], own.offers_received + 1, offer[other.kept_column])
    return ACCEPT if offer[own.kept_column] >= needed - TOLERANCE else REFUSE


def _solve(game: Game, side: Side) -> Table:
    """Return (profiles, 3, rungs, 1, 1, 1, 1): the own ladder, the other's, and ``ladders.last_rungs`` of the other's."""
    other = side.other
    mean = int(game.sides[other]["profiles"]) - 1
    theirs = _ladder(game, other, mean)
    column, smooth = kept_column(game.sides[other]["first_column"], mean), int(game.world[0]["interpolate"])
    last = last_rungs(theirs, game.menus[-1, -1], column, int(other), smooth)
    mine = [_ladder(game, side, profile) for profile in range(int(game.sides[side]["profiles"]))]
    table = np.full((len(mine), 3, max(len(theirs), *map(len, mine)) if mine else 0), -1.0)
    for profile, ladder in enumerate(mine):
        table[profile, 0, : len(ladder)], table[profile, 1, : len(theirs)], table[profile, 2, : len(last)] = ladder, theirs, last
    return table.reshape(*table.shape, 1, 1, 1, 1)


def _ladder(game: Game, side: Side, profile: int) -> NDArray[np.float64]:
    """Return the rungs of a profile: the distinct utilities of a finite domain, or of the nodes of the frontier."""
    if count_outcomes(game.levels):
        return distinct(outcome_utilities(game, int(side), profile))
    return distinct(game.menus[-1, -1][:, kept_column(game.sides[side]["first_column"], profile)])


def _weigh(own, other, public, belief, homes, offer, outlook):
    """Return the offer against what the side would itself propose next."""
    needed = next_rung(own, outlook[:, :, 0, 0, 0, 0], own["offers_received"] + 1, offer[other["kept_column"]])
    return Weighing(float(offer[own["kept_column"]]), needed, "rung")


STRATEGY = Strategy(
    propose,
    respond,
    name="micro",
    source="de Jonge 2022",
    sentence="gives way one step whenever the other side has",
    reads=(),
    takes_less=False,
    solve=_solve,
    weigh=_weigh,
)
