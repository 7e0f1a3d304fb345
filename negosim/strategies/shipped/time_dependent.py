"""Time-dependent concession (Faratin, Sierra & Jennings 1998): demand less as time runs out, ask nothing of the other.

Demand and least acceptable utility are D_t = r + (max(D0, r) - r)(1 - (t/T)^toughness); r in the last round.
"""

from __future__ import annotations

from negosim.common.vocabulary import Response
from negosim.rules.beliefs import TOLERANCE, concession
from negosim.rules.compiled import rule
from negosim.rules.records import PROPOSE, RESPOND
from negosim.strategies.record import Strategy, Weighing

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


def _weigh(own, other, public, belief, homes, offer, outlook):
    """Return the offer against the aspiration of the round."""
    demand = concession(own["reservation"], own["opening"], own["conceded"])
    return Weighing(float(offer[own["kept_column"]]), demand, "aspiration")


STRATEGY = Strategy(
    propose,
    respond,
    name="time-dependent",
    source="Faratin, Sierra & Jennings 1998",
    sentence="concedes as time runs out",
    reads=(),
    takes_less=False,
    weigh=_weigh,
)
