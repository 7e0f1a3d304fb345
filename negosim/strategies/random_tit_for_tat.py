"""Random absolute tit-for-tat (Faratin, Sierra & Jennings 1998): give way as the other did, blurred by the noise of the offer."""

from __future__ import annotations

from negosim.rules.compiled import rule
from negosim.rules.imitation import answer_in_kind, in_kind
from negosim.rules.records import PROPOSE, RESPOND


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
