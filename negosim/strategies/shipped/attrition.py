"""The war of attrition (Abreu & Gul 2000): mimic the commitment type, and give way at the rate that leaves the other indifferent.

The chance of giving way in each round is solved once (``negosim.rules.solvers.holding_out``); the side draws it anew in every
round in which it has to answer. Under alternating offers and on the concession clock answers are best replies whatever the
length of a round. Giving way by an offer, before one's turn to answer comes, would save the delay of one round; that gain goes
to nothing, and the play becomes that of Abreu and Gul, as the rounds get short.
"""

from __future__ import annotations

from negosim.common.vocabulary import Response
from negosim.rules.beliefs import TOLERANCE
from negosim.rules.compiled import rule
from negosim.rules.records import PROPOSE, RESPOND
from negosim.rules.solvers.holding_out import ATTRITION, may_give_way, takes_the_last_chance
from negosim.strategies.record import LUCK, Strategy
from negosim.strategies.weighing import holding_out

ACCEPT, REFUSE = int(Response.ACCEPT), int(Response.REFUSE)


@rule(PROPOSE)
def propose(own, other, public, belief, homes, menu, outlook, noise):
    """Demand what the commitment type demands."""
    return own.committed_demand


@rule(RESPOND)
def respond(own, other, public, belief, homes, offer, outlook):
    """Accept the demand; give way by chance, or when there is no other chance, to what the other's demand leaves, not to less."""
    value = offer[own.kept_column]
    if value >= own.committed_demand - TOLERANCE or takes_the_last_chance(own, public, offer):
        return ACCEPT
    return ACCEPT if may_give_way(own, value) and own.luck < own.gives_way else REFUSE


STRATEGY = Strategy(
    propose,
    respond,
    name="attrition",
    source="Abreu & Gul 2000",
    sentence="looks committed to its demand, and gives way by chance",
    reads=(LUCK,),
    takes_less=True,
    holds_out=ATTRITION,
    weigh=holding_out,
)
