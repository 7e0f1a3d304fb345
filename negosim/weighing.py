"""What a principal compares when it answers an offer, told beside its strategy so that a reader can follow the answer."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from negosim.rules.attrition import may_give_way, takes_the_last_chance
from negosim.rules.beliefs import TOLERANCE, concession
from negosim.rules.home import ratification
from negosim.rules.imitation import in_kind, in_proportion
from negosim.rules.payoff import settlement_worth
from negosim.rules.rungs import next_rung
from negosim.strategies import exponential, risk_return, subgame_perfect
from negosim.strategies.shaded_bid import bid_of, least_accepted
from negosim.strategies.veto_aware import LIKELY

ABOVE_NONE = 1e-6
"""A chance of passing at home that is as good as none."""

OWN_RULE = "own-rule"
"""Stands for the name of a strategy that a user wrote, and for the basis of its answers."""


class Weighing(NamedTuple):
    """What a principal compared when it answered: ``worth`` must reach ``needed``, utilities or, at home, chances.

    ``basis`` says what was needed: "commitment" its final demand, "aspiration" what it aspires to in this round,
    "reciprocity" what would answer the other's concession in kind, "reservation" its reservation value, "home" a chance
    of passing at home, "no-home" any such chance, "going-on" what it expects of going on, "outside-option" what it has by
    leaving, "rung" what it would itself propose next, "bid" its own bid, "out-of-reach" the same where it is above all there is,
    "chance" that its chance of giving way (worth) came up, "risk" that the risk run makes types up to a reservation value (worth)
    give way, its own among them, "last-chance" what it has if the talks end with this answer, "own-rule" what only the author of
    its strategy knows, "" unknown.
    """

    worth: float
    needed: float
    basis: str


def against_own_bid(own: Any, offer: Any) -> Weighing:
    """Return what a sealed bid is worth against the own one."""
    demanded = float(own["demanded"])
    return Weighing(float(offer[own["kept_column"]]), demanded, "bid" if demanded <= 1.0 else "out-of-reach")


def weigh(strategy: str, own: Any, other: Any, public: Any, belief: Any, homes: Any, offer: Any, outlook: Any) -> Weighing:
    """Return what a strategy compares in its answer, from what it is given to answer by; ``strategy`` by name."""
    value = float(offer[own["kept_column"]])
    if strategy == "commitment":
        return Weighing(value, float(own["committed_demand"]), "commitment")
    if strategy == "exponential":
        return Weighing(value, exponential.aspiration(own, public), "aspiration")
    if strategy in ("time-dependent", "veto-aware"):
        return _on_the_path(strategy, own, public, homes, offer)
    if strategy.endswith("tit-for-tat"):
        return _in_return(strategy, own, public, value)
    if strategy in ("attrition", "brinkmanship"):
        return _holding_out(strategy, own, public, offer)
    if strategy == "micro":
        needed = next_rung(own, outlook[:, :, 0, 0, 0, 0], own["offers_received"] + 1, offer[other["kept_column"]])
        return Weighing(value, needed, "rung")
    if strategy == "shaded-bid":
        basis = "bid" if bid_of(own, public, outlook) <= 1.0 else "reservation"
        return Weighing(value, least_accepted(own, public, outlook), basis)
    if strategy == "bluff" and (value >= own["committed_demand"] - TOLERANCE or public["goes_on"] > 0.0):
        return Weighing(value, float(own["committed_demand"]), "commitment")
    if strategy in ("risk-return", "bluff"):
        return _prospects(own, risk_return.prospects(own, public, belief, homes, offer, outlook))
    if strategy == "subgame-perfect":
        return _prospects(own, subgame_perfect.prospects(own, other, public, homes, offer, outlook))
    return Weighing(value, math.nan, OWN_RULE if strategy == OWN_RULE else "")


def _on_the_path(strategy: str, own: Any, public: Any, homes: Any, offer: Any) -> Weighing:
    """Return the offer against the aspiration of the round or, for a veto-aware side, the chance that it passes at home."""
    value, aspired = float(offer[own["kept_column"]]), concession(own["reservation"], own["opening"], own["conceded"])
    passes = ratification(offer, homes, public["home_column"])
    if strategy == "veto-aware" and value >= aspired - TOLERANCE and passes < LIKELY and public["goes_on"] > 0.0:
        return Weighing(passes, LIKELY, "home")
    return Weighing(value, aspired, "aspiration")


def _in_return(strategy: str, own: Any, public: Any, value: float) -> Weighing:
    """Return the offer against the demand that would answer it in kind or in proportion."""
    if public["elapsed"] >= 1.0:
        return Weighing(value, float(own["reservation"]), "reservation")
    if strategy == "relative-tit-for-tat":
        return Weighing(value, in_proportion(own, own["other_last"], value, 1), "reciprocity")
    if strategy == "averaged-tit-for-tat":
        return Weighing(value, in_proportion(own, own["other_first"], value, own["offers_received"]), "reciprocity")
    return Weighing(value, in_kind(own, own["other_last"], value), "reciprocity")


def _holding_out(strategy: str, own: Any, public: Any, offer: Any) -> Weighing:
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


def _prospects(own: Any, expected: tuple[float, float, float]) -> Weighing:
    """Return the deal, as far as it is believed to pass and to be kept, against going on or leaving."""
    deal, refused, passes = expected
    leaving = own["outside_option"]  # NaN where there is none, so that no comparison with it holds
    if passes <= 0.0 and not leaving > max(deal, refused):
        return Weighing(passes, ABOVE_NONE, "no-home")
    if leaving > refused:
        return Weighing(deal, float(leaving), "outside-option")
    return Weighing(deal, refused, "going-on")
