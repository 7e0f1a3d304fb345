"""Shaded bids: an equilibrium of the sealed-bid double auction (Chatterjee & Samuelson 1983; Leininger, Linhart & Radner 1989).

The bid of each type is solved once (``negosim.rules.solvers.auction``): by the lines of the textbook where they are an
equilibrium, else by one price, which all types bid to whom it is worth more than no bargain; the others ask for more than there
is.
Under any other protocol, for which nothing is solved, the side demands its bid in every round and accepts what is worth as much;
a type that does not trade at the price accepts what is worth its reservation value.
"""

from __future__ import annotations

import numpy as np

from negosim.common.vocabulary import Response, Side
from negosim.rules.beliefs import TOLERANCE
from negosim.rules.compiled import rule
from negosim.rules.records import PROPOSE, RESPOND, Game
from negosim.rules.solvers.auction import read_bid, solve_bids
from negosim.strategies.record import Strategy, Table, Weighing
from negosim.strategies.tables import round_one, rounds_of

ACCEPT, REFUSE = int(Response.ACCEPT), int(Response.REFUSE)


@rule(lean=True)
def bid_of(own, public, outlook):
    """Return the bid of a side in this round, an own utility, or more than there is."""
    return read_bid(own.reservation, outlook[min(public.round, outlook.shape[0] - 1), :, :, 0, 0, 0])


@rule(lean=True)
def least_accepted(own, public, outlook):
    """Return the least utility that a side accepts where its answer is asked for."""
    bid = bid_of(own, public, outlook)
    return bid if bid <= 1.0 else own.reservation


@rule(PROPOSE)
def propose(own, other, public, belief, homes, menu, outlook, noise):
    """Bid as the equilibrium has it for the own type."""
    return bid_of(own, public, outlook)


@rule(RESPOND)
def respond(own, other, public, belief, homes, offer, outlook):
    """Accept what is worth at least the bid."""
    return ACCEPT if offer[own.kept_column] >= least_accepted(own, public, outlook) - TOLERANCE else REFUSE


def _solve(game: Game, side: Side) -> Table:
    """Return (profiles, rounds + 1, 2, 4, 1, 1, 1): the bids of each round, ``auction.solve_bids``."""
    table = np.zeros((int(game.sides[side]["profiles"]), rounds_of(game) + 1, 2, 4))
    solve_bids(game, round_one(game), int(side), table)
    return table.reshape(*table.shape, 1, 1, 1)


def _weigh(own, other, public, belief, homes, offer, outlook):
    """Return the offer against the own bid."""
    basis = "bid" if bid_of(own, public, outlook) <= 1.0 else "reservation"
    return Weighing(float(offer[own["kept_column"]]), least_accepted(own, public, outlook), basis)


STRATEGY = Strategy(
    propose,
    respond,
    name="shaded-bid",
    source="Chatterjee & Samuelson 1983; Leininger, Linhart & Radner 1989",
    sentence="shades its bids",
    reads=(),
    takes_less=True,
    solve=_solve,
    weigh=_weigh,
)
