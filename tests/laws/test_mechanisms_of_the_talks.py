"""No parameter of the talks is dead: clock, protocol, markets, guarantee, issues, linkage and threats each move outcomes.

The world is the case of 2025, or the pie, with a target that holds beliefs. A minus before a quantity means that it must fall.
"""

from __future__ import annotations

import pytest

from negosim import Scenario, simulate
from tests.laws.mechanisms import (
    CASE,
    FLOWS,
    PAIR,
    PIE,
    QUANTITIES,
    Mechanism,
    complaint,
    declared,
    pair_of,
    place_of,
    share_moved,
    without_a_case,
)

pytestmark = pytest.mark.slow

TARIFF, CARS = "reciprocal-tariff", "car-tariff"
THREAT = f"threats.{TARIFF}"
BELIEVERS = {"sender.strategy": "risk-return", "target.strategy": "risk-return"}
ONCE = {**BELIEVERS, "talks.protocol": "one-round"}
AT_RANDOM = {**BELIEVERS, "talks.protocol": "random-proposer", "talks.rounds": 1}
LINKED = {"talks.agenda": "linked"}
ANNOUNCED = {f"{THREAT}.state": "announced"}
UNSAID = {f"{THREAT}.state": "none"}
NERVOUS = {"markets.initial_stress": 1.5}

AUTOS, CARS_OF_1995 = Scenario.load("us-japan-autos-1995-flows"), "threats.luxury-car-tariff"


def halfway() -> Scenario:
    """Return log-rolling whose status quo lies half-way, which it pays without a deal in either form of payoff."""
    tree = PAIR.model_dump(mode="json", exclude_none=True, exclude={"notes"})
    issues = [issue | {"status_quo": (issue["target_end"] + issue["sender_end"]) / 2.0} for issue in tree["issues"]]
    sides = {side: {name: value for name, value in tree[side].items() if name != "disagreement"} for side in ("sender", "target")}
    return Scenario.build(tree | sides | {"issues": issues})


BARGAINING = "the side that loses less by waiting, or less without a deal, gets more (Rubinstein 1982; Binmore et al. 1986)"
PROPOSING = "who makes the last offer leaves the other the least that it takes (Rubinstein 1982)"
COST = "the sender pays for market stress"
TASTE = "both utilities are scaled anew, so that levels of payoff are not comparable"

TALKS = [
    Mechanism("talks.payoff", "lumps", "flows", "joint payoff", "a round of talks pays what the status quo does", halfway()),
    Mechanism("talks.horizon", 50, 200, None, "later rounds count for more, which can spare or cost a side", FLOWS),
    Mechanism("talks.resumption", 0.0, 0.2, "target payoff", "a tariff that is lifted sooner costs less", FLOWS),
    Mechanism("talks.protocol", "alternating", "one-round", "-rounds", "one round is one round"),
    Mechanism("talks.agenda", "whole", "linked", "-joint payoff", "only the full package holds all trades (Sebenius 1983)"),
    Mechanism("talks.linkage_threshold", 0.2, 0.35, "-joint payoff", "more parts, fewer trades, and a round for each",
              given=LINKED),
    Mechanism("talks.first_proposer", "target", "sender", "sender payoff", PROPOSING, PIE, ONCE),
    Mechanism("talks.proposer_probability", 0.2, 0.8, "sender payoff", PROPOSING, PIE, AT_RANDOM),
    Mechanism("talks.auction_weight", 0.2, 0.8, "sender payoff", "the target bids above the sender where there is room", PIE,
              {"talks.protocol": "double-auction", "talks.rounds": 1}),
    Mechanism("talks.rounds", 5, 8, "rounds", "a Boulware sender concedes near the deadline (Faratin et al. 1998)"),
    Mechanism("talks.extension_probability", 0.0, 1.0, "rounds", "the talks last as long as they may"),
    Mechanism("talks.extension_rounds", 0, 2, "rounds", "the talks last as long as they may"),
    Mechanism("talks.failed_ratification", "ends", "setback", "agreement", "a second try may pass",
              given={"target.ratifiers.farm-lobby.threshold": 0.6}),
    Mechanism("talks.flow_discount", 0.01, 0.1, "target payoff", "r/(r + hazard) of a settlement is kept, and rises in r"),
]

MARKETS = [
    Mechanism("markets.initial_stress", 0.2, 1.0, "-sender payoff", COST),
    Mechanism("markets.persistence", 0.5, 0.9, "-sender payoff", COST),
    Mechanism("markets.level_effect", 0.1, 0.4, "-sender payoff", COST),
    Mechanism("markets.volatility_effect", 0.0, 0.8, "-sender payoff", COST),
    Mechanism("markets.anticipation", 0.0, 1.0, "-sender payoff", COST, given=ANNOUNCED),
    Mechanism("markets.pause_threshold", 0.6, 1.2, "peak stress", "who pauses later lets stress grow further", given=ANNOUNCED),
    Mechanism("markets.resume_threshold", 0.1, 0.7, "-target payoff", "what was paused is taken up again, and escalates",
              given={f"{THREAT}.escalation": 0.25}),
    Mechanism("security.credibility", 0.5, 1.0, "-sender payoff", f"the target loses less without a deal; {BARGAINING}"),
    Mechanism("security.news", 0.0, 0.1, None, "news has mean zero, and the payoff without a deal is linear in credibility"),
    Mechanism("security.erosion", 0.0, 0.06, "-rounds", f"the target loses more without a deal; {BARGAINING}", runs=12_000),
]

ISSUES = [
    Mechanism(f"issues.{TARIFF}.target_end", 0.0, 8.0, "-sender payoff", "the status quo lies nearer to the target's end"),
    Mechanism(f"issues.{TARIFF}.sender_end", 25.0, 50.0, "-sender payoff", "the status quo lies nearer to the target's end",
              runs=16_000),
    Mechanism(f"issues.{TARIFF}.status_quo", 5.0, 20.0, "sender payoff", f"the target has less without a deal; {BARGAINING}"),
    Mechanism(f"issues.{CARS}.levels", None, 3, None, "a coarser issue can favour either side"),
    Mechanism(f"issues.{CARS}.sender_ideal", None, 20.0, "target payoff", "the sender wants less of what the target gives up"),
    Mechanism(f"issues.{CARS}.target_ideal", None, 10.0, "target payoff", "the target is content with less"),
    Mechanism(f"issues.{CARS}.revocable_by", None, "sender", "-target payoff", "what can be taken back is taken back"),
    Mechanism(f"issues.{TARIFF}.precedent", 0.0, 1.0, "-target payoff", "what is watched costs both a precedent"),
    Mechanism("issues.investment.sunk", 0.0, 1.0, "agreement", "what stays of a deal that lapses is worth signing for", FLOWS,
              {"sender.reversal": 0.05}),
    Mechanism(f"linkage.{TARIFF}--{CARS}.weight", -0.4, 0.4, None, TASTE),
]

THREATS = [
    Mechanism(f"{THREAT}.state", "paused", "imposed", "-target payoff", "a tariff in force hurts in every round"),
    Mechanism(f"{THREAT}.announce_round", 1, 4, "sender payoff", "markets fear a threat from its announcement on", given=UNSAID),
    Mechanism(f"{THREAT}.level", 0.8, 1.25, "-rounds", f"the target loses more without a deal; {BARGAINING}"),
    Mechanism(f"{THREAT}.damage", 0.15, 0.5, "sender payoff", f"the target loses more without a deal; {BARGAINING}"),
    Mechanism(f"{THREAT}.sender_cost", 0.0, 0.2, "-sender payoff", "carrying out a threat costs its holder", FLOWS),
    Mechanism(f"{THREAT}.target_cost", 0.05, 0.2, "sender payoff", f"the target loses more without a deal; {BARGAINING}", FLOWS),
    Mechanism(f"{CARS_OF_1995}.holder", "sender", "target", None, "whose noise decides, and who learns from it, changes", AUTOS,
              {f"{CARS_OF_1995}.early_execution": 0.2}),
    Mechanism(f"{THREAT}.escalation", 0.0, 1.0, "-target payoff", "a threat taken up again is a larger one"),
    Mechanism(f"{THREAT}.execution", 0.2, 0.9, "agreement", "comply iff the chance is at least cost over damage (Schelling)"),
    Mechanism(f"{THREAT}.early_execution", 0.0, 0.2, "executions", "what may happen early happens more often"),
    Mechanism(f"{THREAT}.pausable", False, True, "sender payoff", "a sender that pauses is spared market stress",
              given={**ANNOUNCED, **NERVOUS}),
    Mechanism(f"{THREAT}.market_weight", 0.5, 2.0, "-sender payoff", COST, given=ANNOUNCED),
]

CASES = [*TALKS, *MARKETS, *ISSUES, *THREATS]
FOR_PEOPLE = {
    "calendar.first_round": "the date of round 1",
    "calendar.days_per_round": "the dates of the rounds",
    f"{THREAT}.rate": "the real value of a threat; its level and damage are what the rules read",
}
"""Parameters that are told and not played: a change must leave every run alone."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_parameter_of_the_talks_moves_what_theory_says(case: Mechanism) -> None:
    assert complaint(case) == ""


def test_every_parameter_of_the_talks_has_a_case() -> None:
    places = ("calendar", "talks", "markets", "security", "issues", "linkage", "threats")
    assert without_a_case(places, [*(case.name for case in CASES), *FOR_PEOPLE]) == set()


def test_every_place_of_a_parameter_is_looked_at() -> None:
    known = {"calendar", "talks", "markets", "security", "issues", "linkage", "threats", "sender", "target"}
    assert {name.split(".")[0] for name in declared()} == known | {"trade"}  # which outcomes alone read: test_welfare


def test_a_case_is_about_a_parameter_that_there_is() -> None:
    assert {place_of(case.name) for case in CASES} <= set(declared())
    assert all(case.rises is None or case.rises.removeprefix("-") in QUANTITIES for case in CASES)
    assert all(case.why for case in CASES)


@pytest.mark.parametrize("name", FOR_PEOPLE)
def test_what_is_only_told_moves_no_run(name: str) -> None:
    value = CASE.get(name)
    other = value.replace(year=2026) if name == "calendar.first_round" else value + 1
    assert other != value
    low, high = simulate(CASE, 500), simulate(CASE.vary({name: other}), 500)
    assert share_moved(low, high) == 0.0


# ---- the judgement itself -------------------------------------------------------------------------------------------


def test_a_dead_parameter_is_found_out() -> None:
    """The rate of a threat, taken for a mechanism, does not pass for one."""
    assert "moves 0.00% of the runs" in complaint(Mechanism(f"{THREAT}.rate", 24.0, 20.0, None, "planted"))


@pytest.mark.parametrize("case", [TALKS[5], MARKETS[0], THREATS[3]], ids=lambda case: case.name)
def test_a_wrong_sign_is_found_out(case: Mechanism) -> None:
    assert case.rises is not None
    turned = case.rises.removeprefix("-") if case.rises.startswith("-") else f"-{case.rises}"
    assert "by -" in complaint(case._replace(rises=turned))


def test_a_parameter_without_a_case_is_found_out() -> None:
    assert "talks.rounds" in without_a_case(["talks"], [case.name for case in CASES if case.name != "talks.rounds"])


def test_the_same_value_twice_moves_nothing() -> None:
    low, high = pair_of(Mechanism("talks.rounds", 8, 8, None, "planted"))
    assert share_moved(low, high) == 0.0


def test_the_target_of_the_case_holds_beliefs() -> None:
    assert isinstance(CASE, Scenario) and CASE.target.strategy == "risk-return"
    assert CASE.sender.ambiguity > 0.0 and CASE.sender.commitment > 0.0
