"""Answers in kind: what a side demands that concedes as the other conceded (Faratin, Sierra & Jennings 1998, 4.2.3).

All is in own utility: u is what one of the other's offers is worth, so that 1 - u is what the other still withholds. Demands
stay between the reservation value and 1. Before two offers of the other a side holds its opening demand.
"""

from __future__ import annotations

from negosim.common.vocabulary import Response
from negosim.rules.beliefs import TOLERANCE
from negosim.rules.compiled import rule

ACCEPT, REFUSE = int(Response.ACCEPT), int(Response.REFUSE)


@rule(lean=True)
def _within(own, demand):
    return max(own.reservation, min(1.0, demand))


@rule(lean=True)
def _standing_demand(own):
    return own.last_demand if own.last_demand >= 0.0 else max(own.opening, own.reservation)


@rule(lean=True)
def in_kind(own, before, last):
    """Return the demand that gives way by as much as the other did: d - (u_last - u_before)."""
    demand = _standing_demand(own)
    return _within(own, demand - (last - before) if before >= 0.0 else demand)


@rule(lean=True)
def in_proportion(own, before, last, offers):
    """Return the demand cut by the share by which the other cut what it withholds: d ((1 - u_last)/(1 - u_before))^(1/n).

    n = ``offers`` is the number of its concessions from the one offer to the other, so that this is the share of one of them.
    """
    demand = _standing_demand(own)
    if before < 0.0 or before >= 1.0 or offers < 1:
        return _within(own, demand)
    return _within(own, demand * (max(0.0, 1.0 - last) / (1.0 - before)) ** (1.0 / offers))


@rule(lean=True)
def answer_in_kind(own, public, value, demand):
    """Accept what is worth at least the demand that would answer this offer; once the time is up, the reservation value."""
    level = own.reservation if public.elapsed >= 1.0 else demand
    return ACCEPT if value >= level - TOLERANCE else REFUSE
