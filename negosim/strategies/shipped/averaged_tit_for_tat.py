"""Averaged tit-for-tat (Faratin, Sierra & Jennings 1998): cut the demand by the share by which the other cut its own on average.

The average is the geometric mean over all of the other's offers so far; its last one alone counts in relative-tit-for-tat.
"""

from __future__ import annotations

from negosim.rules.compiled import rule
from negosim.rules.records import PROPOSE, RESPOND
from negosim.strategies.imitation import answer_in_kind, in_proportion
from negosim.strategies.record import Strategy
from negosim.strategies.weighing import in_return


@rule(PROPOSE)
def propose(own, other, public, belief, homes, menu, outlook, noise):
    """Give way in the proportion of the other's mean concession."""
    return in_proportion(own, own.other_first, own.other_last, own.offers_received - 1)


@rule(RESPOND)
def respond(own, other, public, belief, homes, offer, outlook):
    """Accept what is worth at least the demand that would answer this offer."""
    value = offer[own.kept_column]
    return answer_in_kind(own, public, value, in_proportion(own, own.other_first, value, own.offers_received))


def _weigh(own, other, public, belief, homes, offer, outlook):
    """Return the offer against the demand that would answer it."""
    value = float(offer[own["kept_column"]])
    return in_return(own, public, value, in_proportion(own, own["other_first"], value, own["offers_received"]))


STRATEGY = Strategy(
    propose,
    respond,
    name="averaged-tit-for-tat",
    source="Faratin, Sierra & Jennings 1998",
    sentence="gives way in the proportion in which the other side did over all its offers",
    reads=(),
    takes_less=False,
    weigh=_weigh,
)
