"""The commitment type (Myerson 1991; Abreu & Gul 2000): it demands the same in every round and never takes less."""

from __future__ import annotations

from negosim.common.vocabulary import Response
from negosim.rules.beliefs import TOLERANCE
from negosim.rules.compiled import rule
from negosim.rules.records import PROPOSE, RESPOND
from negosim.strategies.record import Strategy, Weighing

ACCEPT, REFUSE = int(Response.ACCEPT), int(Response.REFUSE)


@rule(PROPOSE)
def propose(own, other, public, belief, homes, menu, outlook, noise):
    """Demand the committed demand, which is not below any reservation value that the side may have."""
    return own.committed_demand


@rule(RESPOND)
def respond(own, other, public, belief, homes, offer, outlook):
    """Accept the committed demand or more, and nothing less."""
    return ACCEPT if offer[own.kept_column] >= own.committed_demand - TOLERANCE else REFUSE


def _weigh(own, other, public, belief, homes, offer, outlook):
    """Return the offer against the final demand."""
    return Weighing(float(offer[own["kept_column"]]), float(own["committed_demand"]), "commitment")


STRATEGY = Strategy(
    propose,
    respond,
    name="commitment",
    source="Myerson 1991; Abreu & Gul 2000",
    sentence="never takes less than its demand",
    reads=(),
    takes_less=False,
    weigh=_weigh,
)
