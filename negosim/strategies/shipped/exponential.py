"""Exponential concession (Faratin, Sierra & Jennings 1998): the other of their two families of time-dependent tactics.

The share conceded is exp((1 - t)^b ln k), with k the share conceded at first and b = 1 / toughness. A side that opens with its
ideal (k = 0) concedes nothing before the end.
"""

from __future__ import annotations

import math

from negosim.common.vocabulary import Response
from negosim.rules.beliefs import TOLERANCE
from negosim.rules.compiled import rule
from negosim.rules.records import PROPOSE, RESPOND
from negosim.strategies.record import Strategy, Weighing

ACCEPT, REFUSE = int(Response.ACCEPT), int(Response.REFUSE)


@rule(lean=True)
def aspiration(own, public):
    """Return the demand 1 - (1 - r) exp((1 - t)^b ln k), with k = (1 - D0)/(1 - r): D0 at t = 0, r at t = 1."""
    room = 1.0 - own.reservation
    if room <= 0.0 or own.opening <= own.reservation:
        return own.reservation
    first = (1.0 - own.opening) / room
    left = (1.0 - public.elapsed) ** (1.0 / own.toughness)
    if first <= 0.0:
        return own.reservation if left <= 0.0 else 1.0
    return 1.0 - room * math.exp(left * math.log(first))


@rule(PROPOSE)
def propose(own, other, public, belief, homes, menu, outlook, noise):
    """Demand what the path says, blurred by the noise of the offer, never less than the reservation value."""
    return max(own.reservation, min(1.0, aspiration(own, public) + noise))


@rule(RESPOND)
def respond(own, other, public, belief, homes, offer, outlook):
    """Accept what is worth at least what the path says."""
    return ACCEPT if offer[own.kept_column] >= aspiration(own, public) - TOLERANCE else REFUSE


def _weigh(own, other, public, belief, homes, offer, outlook):
    """Return the offer against the aspiration of the round."""
    return Weighing(float(offer[own["kept_column"]]), aspiration(own, public), "aspiration")


STRATEGY = Strategy(
    propose,
    respond,
    name="exponential",
    source="Faratin, Sierra & Jennings 1998",
    sentence="concedes as time runs out, on an exponential path",
    reads=(),
    takes_less=False,
    weigh=_weigh,
)
