"""Shaded bids: the equilibrium of the sealed-bid double auction (Chatterjee & Samuelson 1983; Myerson & Satterthwaite 1983).

The bid of each type is solved once (``negosim.rules.bidding``). It is an equilibrium where utilities are linear and both sides'
reservation values are spread over the same part of the pie, as in the textbook; elsewhere it is a rule of thumb that other bids
may beat. Under any other protocol the side demands its bid in every round.
"""

from __future__ import annotations

from negosim.rules.beliefs import TOLERANCE
from negosim.rules.bidding import read_bid
from negosim.rules.compiled import rule
from negosim.rules.records import PROPOSE, RESPOND
from negosim.vocabulary import Response

ACCEPT, REFUSE = int(Response.ACCEPT), int(Response.REFUSE)


@rule(lean=True)
def bid_of(own, outlook):
    """Return the bid of a side, at least its reservation value."""
    return max(own.reservation, read_bid(own.reservation, outlook[:, :, 0, 0, 0, 0]))


@rule(PROPOSE)
def propose(own, other, public, belief, homes, menu, outlook, noise):
    """Bid more than the reservation value, by as much as the doubt of the other side is worth."""
    return bid_of(own, outlook)


@rule(RESPOND)
def respond(own, other, public, belief, homes, offer, outlook):
    """Accept what is worth at least the bid."""
    return ACCEPT if offer[own.kept_column] >= bid_of(own, outlook) - TOLERANCE else REFUSE
