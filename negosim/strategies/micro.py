"""MiCRO (de Jonge 2022, "An analysis of the linear bilateral ANAC domains using the MiCRO benchmark strategy", IJCAI).

It goes down the ladder of its own outcomes one rung at a time, and only as long as the other side has made as many proposals.
Two of them come to the outcome of fallback bargaining (Brams & Kilgour 2001), the least of the greater of both ranks, within
one rank.
"""

from __future__ import annotations

from negosim.rules.beliefs import TOLERANCE
from negosim.rules.compiled import rule
from negosim.rules.records import PROPOSE, RESPOND
from negosim.rules.rungs import next_rung
from negosim.vocabulary import Response

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
