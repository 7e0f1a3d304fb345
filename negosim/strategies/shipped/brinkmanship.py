"""Brinkmanship, a contest in risk (Schelling 1966; Nalebuff 1986; Powell 1999): hold out while the talks may break down.

Each round that both hold out they run the hazard of a breakdown, which pays a side its private reservation value. The side that
stands to lose more by it gives way sooner: up to which reservation value a side has given way by which round is solved once
(``negosim.rules.solvers.holding_out``) from the condition that the type on the margin is indifferent. As in attrition, giving way
by an offer would save the delay, here the risk, of one round.
"""

from __future__ import annotations

import math

from negosim.common.vocabulary import Response
from negosim.rules.beliefs import TOLERANCE
from negosim.rules.compiled import rule
from negosim.rules.records import PROPOSE, RESPOND
from negosim.rules.solvers.holding_out import RISK, may_give_way, takes_the_last_chance
from negosim.strategies.record import LUCK, Strategy
from negosim.strategies.weighing import holding_out

ACCEPT, REFUSE = int(Response.ACCEPT), int(Response.REFUSE)


@rule(PROPOSE)
def propose(own, other, public, belief, homes, menu, outlook, noise):
    """Stand by the committed demand."""
    return own.committed_demand


@rule(RESPOND)
def respond(own, other, public, belief, homes, offer, outlook):
    """Accept the demand; give way to less once the risk run is as much as this type will run.

    Where there is no doubt about reservation values there are no types to tell apart, and chance decides as in attrition.
    """
    value = offer[own.kept_column]
    if value >= own.committed_demand - TOLERANCE or takes_the_last_chance(own, public, offer):
        return ACCEPT
    yields = own.reservation <= own.gives_way_below if math.isnan(own.gives_way) else own.luck < own.gives_way
    return ACCEPT if yields and may_give_way(own, value) else REFUSE


STRATEGY = Strategy(
    propose,
    respond,
    name="brinkmanship",
    source="Schelling 1966; Nalebuff 1986; Powell 1999",
    sentence="holds out while the talks may break down, up to the risk that it is ready to run",
    reads=(LUCK,),
    takes_less=True,
    holds_out=RISK,
    weigh=holding_out,
)
