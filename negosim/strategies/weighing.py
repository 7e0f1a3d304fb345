"""What a principal compares when it answers an offer, for people to follow: what several strategies have in common."""

from __future__ import annotations

import math
from typing import Any

from negosim.rules.beliefs import TOLERANCE
from negosim.rules.payoff import settlement_worth
from negosim.rules.solvers.holding_out import may_give_way, takes_the_last_chance
from negosim.strategies.record import Weighing

ABOVE_NONE = 1e-6
"""A chance of passing at home that is as good as none."""


def against_own_bid(own: Any, offer: Any) -> Weighing:
    """Return what a sealed bid is worth against the own one."""
    demanded = float(own["demanded"])
    return Weighing(float(offer[own["kept_column"]]), demanded, "bid" if demanded <= 1.0 else "out-of-reach")


def against_no_deal(own: Any, offer: Any, flows: bool) -> Weighing:
    """Return a deal that is not worth signing against talks that end now, all that both cost counted; with lumps by utilities."""
    if flows:
        return Weighing(settlement_worth(own, offer), float(own["ended"]), "no-deal")
    return Weighing(float(offer[own["kept_column"]]), float(own["reservation"]), "reservation")


def in_return(own: Any, public: Any, value: float, demand: float) -> Weighing:
    """Return an offer's value against the demand that would answer it; once the time is up, the reservation value."""
    if public["elapsed"] >= 1.0:
        return Weighing(value, float(own["reservation"]), "reservation")
    return Weighing(value, demand, "reciprocity")


def holding_out(own: Any, other: Any, public: Any, belief: Any, homes: Any, offer: Any, outlook: Any) -> Weighing:
    """Return the offer against the demand, or what makes a side that holds out give way."""
    value = float(offer[own["kept_column"]])
    if value >= own["committed_demand"] - TOLERANCE:
        return Weighing(value, float(own["committed_demand"]), "commitment")
    if takes_the_last_chance(own, public, offer):
        return Weighing(settlement_worth(own, offer), float(own["ended"] - own["round_cost"]), "last-chance")
    if not may_give_way(own, value):
        return Weighing(value, float(max(own["reservation"], own["gives_way_to"])), "reservation")
    if math.isnan(own["gives_way"]):
        return Weighing(float(own["gives_way_below"]), float(own["reservation"]), "risk")
    return Weighing(float(own["gives_way"]), float(own["luck"]), "chance")


def against_going_on(own: Any, expected: tuple[float, float, float]) -> Weighing:
    """Return the deal against going on or leaving, from (worth of the deal, worth of a refusal, chance to pass at home)."""
    deal, refused, passes = expected
    leaving = own["outside_option"]  # NaN where there is none, so that no comparison with it holds
    if passes <= 0.0 and not leaving > max(deal, refused):
        return Weighing(passes, ABOVE_NONE, "no-home")
    if leaving > refused:
        return Weighing(deal, float(leaving), "outside-option")
    return Weighing(deal, refused, "going-on")
