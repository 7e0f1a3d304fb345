"""Veto-aware concession: the time-dependent path, kept to packages that both homes are likely to ratify (Putnam 1988)."""

from __future__ import annotations

import numpy as np

from negosim.rules.beliefs import TOLERANCE, concession
from negosim.rules.compiled import rule
from negosim.rules.home import ratification
from negosim.rules.records import PROPOSE, RESPOND
from negosim.vocabulary import Response

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
