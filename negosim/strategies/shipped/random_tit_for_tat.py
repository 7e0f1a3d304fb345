"""Random absolute tit-for-tat (Faratin, Sierra & Jennings 1998): give way as the other did, blurred by the noise of the offer."""

from __future__ import annotations

from negosim.rules.compiled import rule
from negosim.rules.records import PROPOSE, RESPOND
from negosim.strategies.imitation import answer_in_kind, in_kind
from negosim.strategies.record import Strategy
from negosim.strategies.weighing import in_return


@rule(PROPOSE)
def propose(own, other, public, belief, homes, menu, outlook, noise):
    """Give way by the other's last concession, more or less: the noise keeps two imitators from locking in a stalemate."""
    demand = in_kind(own, own.other_before, own.other_last)
    return max(own.reservation, min(1.0, demand + noise))


@rule(RESPOND)
def respond(own, other, public, belief, homes, offer, outlook):
    """Accept what is worth at least the demand that would answer this offer."""
    value = offer[own.kept_column]
    return answer_in_kind(own, public, value, in_kind(own, own.other_last, value))


def _weigh(own, other, public, belief, homes, offer, outlook):
    """Return the offer against the demand that would answer it."""
    value = float(offer[own["kept_column"]])
    return in_return(own, public, value, in_kind(own, own["other_last"], value))


STRATEGY = Strategy(
    propose,
    respond,
    name="random-tit-for-tat",
    source="Faratin, Sierra & Jennings 1998",
    sentence="gives way by about as much as the other side did",
    reads=(),
    takes_less=False,
    weigh=_weigh,
)
