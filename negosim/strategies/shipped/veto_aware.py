"""Veto-aware concession: the time-dependent path, kept to packages that both homes are likely to ratify (Putnam 1988)."""

from __future__ import annotations

import numpy as np

from negosim.common.vocabulary import Response
from negosim.rules.beliefs import TOLERANCE, concession
from negosim.rules.compiled import rule
from negosim.rules.ratification import ratification
from negosim.rules.records import PROPOSE, RESPOND
from negosim.strategies.record import Strategy, Weighing

ACCEPT, REFUSE = int(Response.ACCEPT), int(Response.REFUSE)
LIKELY = 0.5


@rule(PROPOSE)
def propose(own, other, public, belief, homes, menu, outlook, noise):
    """Demand D_t, or the package nearest to it in own utility, not below the reservation value, that homes would pass."""
    demand = concession(own.reservation, own.opening, own.conceded)
    demand = max(own.reservation, min(1.0, demand + noise))
    best, gap = demand, np.inf
    for m in range(menu.shape[0]):
        value = menu[m, own.kept_column]
        if value < own.reservation or ratification(menu[m], homes, public.home_column) < LIKELY:
            continue
        if abs(value - demand) < gap:
            best, gap = value, abs(value - demand)
    return best


@rule(RESPOND)
def respond(own, other, public, belief, homes, offer, outlook):
    """Accept what is worth at least D_t and would more likely than not pass at home; in the last round, whatever is worth r."""
    demand = concession(own.reservation, own.opening, own.conceded)
    if offer[own.kept_column] < demand - TOLERANCE:
        return REFUSE
    passes = ratification(offer, homes, public.home_column)
    return ACCEPT if passes >= LIKELY or public.goes_on <= 0.0 else REFUSE


def _weigh(own, other, public, belief, homes, offer, outlook):
    """Return the offer against the aspiration of the round, or the chance that it passes at home."""
    value, aspired = float(offer[own["kept_column"]]), concession(own["reservation"], own["opening"], own["conceded"])
    passes = ratification(offer, homes, public["home_column"])
    if value >= aspired - TOLERANCE and passes < LIKELY and public["goes_on"] > 0.0:
        return Weighing(passes, LIKELY, "home")
    return Weighing(value, aspired, "aspiration")


STRATEGY = Strategy(
    propose,
    respond,
    name="veto-aware",
    source="Putnam 1988",
    sentence="concedes as time runs out, within what the homes would probably pass",
    reads=(),
    takes_less=False,
    weigh=_weigh,
)
