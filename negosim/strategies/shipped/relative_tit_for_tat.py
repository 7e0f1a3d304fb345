"""Relative tit-for-tat (Faratin, Sierra & Jennings 1998): cut the demand by the share by which the other cut its own.

The share is that of what the other withholds, 1 - u, since that of u would have no bound where the other opens at its ideal.
"""

from __future__ import annotations

from negosim.rules.compiled import rule
from negosim.rules.records import PROPOSE, RESPOND
from negosim.strategies.imitation import answer_in_kind, in_proportion
from negosim.strategies.record import Strategy
from negosim.strategies.weighing import in_return


@rule(PROPOSE)
def propose(own, other, public, belief, homes, menu, outlook, noise):
    """Give way in the proportion of the other's last concession."""
    return in_proportion(own, own.other_before, own.other_last, 1)


@rule(RESPOND)
def respond(own, other, public, belief, homes, offer, outlook):
    """Accept what is worth at least the demand that would answer this offer."""
    value = offer[own.kept_column]
    return answer_in_kind(own, public, value, in_proportion(own, own.other_last, value, 1))


def _weigh(own, other, public, belief, homes, offer, outlook):
    """Return the offer against the demand that would answer it."""
    value = float(offer[own["kept_column"]])
    return in_return(own, public, value, in_proportion(own, own["other_last"], value, 1))


STRATEGY = Strategy(
    propose,
    respond,
    name="relative-tit-for-tat",
    source="Faratin, Sierra & Jennings 1998",
    sentence="gives way in the proportion in which the other side did",
    reads=(),
    takes_less=False,
    weigh=_weigh,
)
