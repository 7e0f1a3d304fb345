"""The commitment type (Myerson 1991; Abreu & Gul 2000): it demands the same in every round and never takes less."""

from __future__ import annotations

from negosim.rules.beliefs import TOLERANCE
from negosim.rules.compiled import rule
from negosim.rules.records import PROPOSE, RESPOND
from negosim.vocabulary import Response

ACCEPT, REFUSE = int(Response.ACCEPT), int(Response.REFUSE)


@rule(PROPOSE)
def propose(own, other, public, belief, homes, menu, outlook, noise):
    """Demand the committed demand, which is not below any reservation value that the side may have."""
    return own.committed_demand


@rule(RESPOND)
def respond(own, other, public, belief, homes, offer, outlook):
    """Accept the committed demand or more, and nothing less."""
    return ACCEPT if offer[own.kept_column] >= own.committed_demand - TOLERANCE else REFUSE
