"""The bluff: demand like a commitment type while there is time, and deal like anybody else when it runs out.

Against a side that believes in the commitment type it wins that type's demand at the risk of the last round (Kreps & Wilson 1982;
Schelling 1960, ch. 2).
"""

from __future__ import annotations

from negosim.rules.beliefs import TOLERANCE
from negosim.rules.compiled import rule
from negosim.rules.records import PROPOSE, RESPOND
from negosim.strategies import risk_return
from negosim.vocabulary import Response

ACCEPT, REFUSE = int(Response.ACCEPT), int(Response.REFUSE)


@rule(PROPOSE)
def propose(own, other, public, belief, homes, menu, outlook, noise):
    """Demand the committed demand; in the last round the offer with the highest expected payoff."""
    if public.goes_on > 0.0:
        return own.committed_demand
    return risk_return.propose(own, other, public, belief, homes, menu, outlook, noise)


@rule(RESPOND)
def respond(own, other, public, belief, homes, offer, outlook):
    """Accept the committed demand or more; in the last round whatever is better than no deal."""
    if offer[own.kept_column] >= own.committed_demand - TOLERANCE:
        return ACCEPT
    return REFUSE if public.goes_on > 0.0 else risk_return.respond(own, other, public, belief, homes, offer, outlook)
