"""Absolute tit-for-tat (Faratin, Sierra & Jennings 1998, behaviour-dependent tactics): concede as the other conceded.

The demand is the last one less what the other's last offer was worth more than the one before it, all in own utility,
between the reservation value and 1. Before two offers of the other it holds its opening demand.
"""

from __future__ import annotations

from negosim.rules.beliefs import TOLERANCE
from negosim.rules.compiled import rule
from negosim.rules.records import PROPOSE, RESPOND
from negosim.vocabulary import Response

ACCEPT, REFUSE = int(Response.ACCEPT), int(Response.REFUSE)


@rule
def imitation(own, before, last):
    """Return the demand that answers the other's concession from ``before`` to ``last`` in kind."""
    demand = own.last_demand if own.last_demand >= 0.0 else max(own.opening, own.reservation)
    if before >= 0.0:
        demand -= last - before
    return max(own.reservation, min(1.0, demand))


@rule(PROPOSE)
def propose(own, public, belief, homes, menu, outlook, noise):
    """Give way by as much as the other's last concession."""
    return imitation(own, own.other_before, own.other_last)


@rule(RESPOND)
def respond(own, public, belief, homes, offer, outlook):
    """Accept what is worth at least the demand that would answer this offer; once the time is up, the reservation value."""
    value = offer[own.kept_column]
    demand = own.reservation if public.elapsed >= 1.0 else imitation(own, own.other_last, value)
    return ACCEPT if value >= demand - TOLERANCE else REFUSE
