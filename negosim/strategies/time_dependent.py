"""Time-dependent concession (Faratin, Sierra & Jennings 1998): demand less as time runs out, ask nothing of the other.

Demand and least acceptable utility are D_t = r + (max(D0, r) - r)(1 - (t/T)^toughness); r in the last round.
"""

from __future__ import annotations

from negosim.rules.beliefs import TOLERANCE, concession
from negosim.rules.compiled import rule
from negosim.rules.records import PROPOSE, RESPOND
from negosim.vocabulary import Response

ACCEPT, REFUSE = int(Response.ACCEPT), int(Response.REFUSE)


@rule(PROPOSE)
def propose(own, other, public, belief, homes, menu, outlook, noise):
    """Demand D_t, blurred by the noise of the offer, never less than the reservation value."""
    demand = concession(own.reservation, own.opening, own.conceded)
    return max(own.reservation, min(1.0, demand + noise))


@rule(RESPOND)
def respond(own, other, public, belief, homes, offer, outlook):
    """Accept what is worth at least D_t."""
    demand = concession(own.reservation, own.opening, own.conceded)
    return ACCEPT if offer[own.kept_column] >= demand - TOLERANCE else REFUSE
