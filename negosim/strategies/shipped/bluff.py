"""The bluff: demand like a commitment type while there is time, and deal like anybody else when it runs out.

Against a side that believes in the commitment type it wins that type's demand at the risk of the last round (Kreps & Wilson 1982;
Schelling 1960, ch. 2).
"""

from __future__ import annotations

from negosim.common.vocabulary import Response
from negosim.rules.beliefs import TOLERANCE
from negosim.rules.compiled import rule
from negosim.rules.records import PROPOSE, RESPOND
from negosim.strategies.record import BELIEFS, Strategy, Weighing
from negosim.strategies.shipped import risk_return

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


def _weigh(own, other, public, belief, homes, offer, outlook):
    """Return the offer against the committed demand; in the last round what is better than no deal."""
    value = float(offer[own["kept_column"]])
    if value >= own["committed_demand"] - TOLERANCE or public["goes_on"] > 0.0:
        return Weighing(value, float(own["committed_demand"]), "commitment")
    return risk_return.STRATEGY.weigh(own, other, public, belief, homes, offer, outlook)


STRATEGY = Strategy(
    propose,
    respond,
    name="bluff",
    source="Schelling 1960; Kreps & Wilson 1982",
    sentence="looks committed until the last round",
    reads=(BELIEFS,),
    takes_less=True,
    weigh=_weigh,
)
