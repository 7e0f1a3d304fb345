"""Closed forms of bargaining theory, with equation, source and domain: what special cases of the game must come out as.

Every function takes numbers or arrays, which are broadcast against each other, and returns a float where all are numbers, an
array otherwise: to lay a known result over a sweep, pass it the swept values. Outside its domain a formula raises a
ValueError with value, bound and remedy. Nothing here knows the engine.

>>> rubinstein_share([0.8, 0.9, 0.95], 0.9).round(6).tolist()
[0.357143, 0.526316, 0.689655]
"""

from __future__ import annotations

from negosim.theory.alternating_offers import (
    breakdown_share,
    outside_option_share,
    random_deadline_limit,
    random_deadline_share,
    random_proposer_share,
    rubinstein_share,
    stahl_share,
)
from negosim.theory.brinkmanship import disaster_by_cost, disaster_by_value, stop_by_cost, stop_by_value
from negosim.theory.concession import exponential_concession, meeting_time, polynomial_concession
from negosim.theory.flows import fair_flow_share, flow_deadline_share, flow_limit, flow_share
from negosim.theory.linkage import Utilities, additive_frontier, linked_nash, separate_nash
from negosim.theory.ratification import UncertainHome, agenda_setter, home_threshold_share, uncertain_home
from negosim.theory.reputation import (
    Attrition,
    attrition,
    commitment_after_silence,
    commitment_threshold,
    enforceable_share,
    flow_attrition_chance,
    flow_attrition_rate,
)
from negosim.theory.sealed_bids import Trade, best_mechanism, buyer_bid, sealed_bid_trade, seller_bid
from negosim.theory.tariffs import optimal_tariff, symmetric_tariff
from negosim.theory.threats import (
    ThreatOfEachRound,
    dearest_compliance,
    gain_of_a_lasting_threat,
    kept_share,
    share_until_lifted,
    threat_needed,
    threat_of_each_round,
    tolerated_reversal,
)
from negosim.theory.ultimatum import (
    OpaqueSender,
    RiskReturn,
    believed_opaque_sender,
    opaque_sender,
    opaque_sender_peak,
    risk_return_demand,
)
from negosim.theory.waiting import WaitingTarget, waiting_multiple, waiting_root, waiting_target

__all__ = [
    "Attrition",
    "OpaqueSender",
    "RiskReturn",
    "ThreatOfEachRound",
    "Trade",
    "UncertainHome",
    "Utilities",
    "WaitingTarget",
    "additive_frontier",
    "agenda_setter",
    "attrition",
    "believed_opaque_sender",
    "best_mechanism",
    "breakdown_share",
    "buyer_bid",
    "commitment_after_silence",
    "commitment_threshold",
    "dearest_compliance",
    "disaster_by_cost",
    "disaster_by_value",
    "enforceable_share",
    "exponential_concession",
    "fair_flow_share",
    "flow_attrition_chance",
    "flow_attrition_rate",
    "flow_deadline_share",
    "flow_limit",
    "flow_share",
    "gain_of_a_lasting_threat",
    "home_threshold_share",
    "kept_share",
    "linked_nash",
    "meeting_time",
    "opaque_sender",
    "opaque_sender_peak",
    "optimal_tariff",
    "outside_option_share",
    "polynomial_concession",
    "random_deadline_limit",
    "random_deadline_share",
    "random_proposer_share",
    "risk_return_demand",
    "rubinstein_share",
    "sealed_bid_trade",
    "seller_bid",
    "separate_nash",
    "share_until_lifted",
    "stahl_share",
    "stop_by_cost",
    "stop_by_value",
    "symmetric_tariff",
    "threat_needed",
    "threat_of_each_round",
    "tolerated_reversal",
    "uncertain_home",
    "waiting_multiple",
    "waiting_root",
    "waiting_target",
]
