"""No parameter of a side is dead: for the sender and for the target each moves outcomes, in the direction theory says.

A minus before a quantity means that it must fall. Where a strategy does not read a parameter, the case gives the side one
that does; the other side holds beliefs in every case but those.
"""

from __future__ import annotations

from typing import Any

import pytest

from negosim import Scenario, ScenarioError, simulate
from negosim.scenario.consistency import THE_OTHERS_ALONE
from tests.laws.mechanisms import (
    CASE,
    FLOWS,
    PAIR,
    PIE,
    QUANTITIES,
    Mechanism,
    complaint,
    declared,
    place_of,
    share_moved,
    without_a_case,
)

BELIEVER = {"sender.strategy": "risk-return"}
TARIFF = "threats.reciprocal-tariff"
TURNED = {**BELIEVER, "target.strategy": "time-dependent"}
"""The roles of the two strategies exchanged: the sender holds beliefs about a target that follows a path."""
TAKEN_BACK = {"issues.investment.revocable_by": "target", "target.reversal": 0.05}
HELD = {**TURNED, **TAKEN_BACK, f"{TARIFF}.holder": "target", f"{TARIFF}.early_execution": 0.3}
"""The target threatens, and the sender holds beliefs: what a holder has, and who faces it, changes sides."""
EARLY = {f"{TARIFF}.early_execution": 0.3}

ANOTHER_RULE = "another rule altogether; tests/oracles holds each to its own formula"
HOLDS_OUT = "a side that concedes later meets the other later (Faratin et al. 1998)"
PATIENCE = "patience is strength: the target waits for more (Rubinstein 1982)"
EAGER = "waiting costs the target more, so that it signs earlier"
COST = "a cost that the side bears and cannot shift"
NASH = "a better alternative is strength (Nash 1950)"
INSIDE = "who has more while there is no deal loses less by waiting (Muthoo 1999)"
LEAVING = "who has more elsewhere leaves (Binmore et al. 1989)"
PROMISE = "a promise is worth more to who trusts it"
SLIPS = "a broken pause says less about a side that slips anyway"
SCHELLING = "comply iff cost <= (1 - u) damage (Schelling 1966)"
DIXIT = "waiting keeps the option of a lower tariff (Dixit & Pindyck 1994)"
PEAK = "the gain rises up to a third of the surplus"
FOR_GOOD = "what is demanded for good must leave the other something"
MYERSON = "the demand is met once the prior is large enough (Myerson 1991)"
CANDID = "a lead that shares the principal's priorities bids for them"
OTHER_VOICE = "another voice speaks more often"
TASTE = "another taste scales the utility anew, so that levels of payoff are not comparable"
OWN_SPREAD = "types that want more than the other offers refuse (Fearon 1995)"
LEANS = "the offer is aimed at where most types lie"
HAZARD = "talks that may end in every round end earlier"


def one_offer(proposer: str, other: str, **changes: Any) -> Scenario:
    """Return one offer over the pie, with a mean reservation value of 0.4 for the one who answers and 0.15 for the proposer."""
    return PIE.vary(
        {"talks.protocol": "one-round", "talks.first_proposer": proposer, f"{proposer}.strategy": "risk-return",
         f"{other}.disagreement": 0.4, f"{proposer}.disagreement": 0.15, **changes}
    )


def two_voices() -> Scenario:
    """Return log-rolling over three issues: a Boulware sender, and a target of two voices that holds beliefs and opens."""
    tree = PAIR.model_dump(exclude_unset=True, exclude={"notes"})
    tree["issues"] = [*tree["issues"], {**tree["issues"][1], "name": "quality"}]
    weights = {"sender": (0.6, 0.2, 0.2), "target": (0.2, 0.4, 0.4)}
    names = ("price", "delivery", "quality")
    for side, (first, second, third) in weights.items():
        lean = 0.15
        voices = ((first, second + lean, third - lean), (first, second - lean, third + lean))
        tree[side] |= {
            "principal": {"name": side, "title": side, "salience": dict(zip(names, weights[side], strict=True))},
            "negotiators": [
                {"name": f"voice-{n}", "title": f"Voice {n}", "salience": dict(zip(names, voice, strict=True)),
                 "portfolio": names[: 2 + n]}
                for n, voice in enumerate(voices)
            ],
            "ambiguous_voices": 0.8 if side == "target" else 0.0, "ambiguity": 0.1, "toughness": 3.0,
        }
    return Scenario.build(tree).vary(
        {"target.strategy": "risk-return", "talks.first_proposer": "target", "sender.disagreement": 0.65}
    )


VOICES = two_voices()
OPAQUE = {side: one_offer("target" if side == "sender" else "sender", side) for side in ("sender", "target")}
"""One offer to an opaque sender, and to an opaque target."""

HOW = [
    Mechanism("sender.strategy", "time-dependent", "commitment", None, ANOTHER_RULE),
    Mechanism("target.strategy", "risk-return", "tit-for-tat", None, ANOTHER_RULE),
    Mechanism("sender.toughness", 1.0, 4.0, "rounds", HOLDS_OUT),
    Mechanism("target.toughness", 1.0, 4.0, "rounds", HOLDS_OUT, given=TURNED),
    Mechanism("sender.opening", 0.85, 1.0, "rounds", HOLDS_OUT),
    Mechanism("target.opening", 0.8, 1.0, "rounds", HOLDS_OUT, given=TURNED),
    Mechanism("sender.offer_noise", 0.0, 0.1, "-rounds", "the target picks out an offer that is generous by chance"),
    Mechanism("target.offer_noise", 0.0, 0.1, "-rounds", "the sender picks out an offer that is generous by chance",
              given=TURNED),
    Mechanism("sender.believed_noise", 0.02, 0.4, None, "an offer teaches less, which can harm or spare",
              given={**TURNED, "target.ambiguity": 0.2}),
    Mechanism("target.believed_noise", 0.05, 0.25, None, "an offer teaches less, which can harm or spare"),
    Mechanism("sender.discount", 0.95, 1.0, "sender payoff", "a path in time does not shorten the talks: what is lost is lost"),
    Mechanism("target.discount", 0.95, 1.0, "-sender payoff", PATIENCE),
    Mechanism("sender.risk_aversion", 0.0, 0.5, None, TASTE),
    Mechanism("target.risk_aversion", 0.0, 0.5, "sender payoff", "who shuns the gamble gives way (Roth 1979; Fearon 1995)"),
    Mechanism("sender.curvature", 0.6, 0.8, None, TASTE),
    Mechanism("target.curvature", 0.6, 0.8, None, TASTE),
    Mechanism("sender.linkage", 0.0, 0.6, None, TASTE),
    Mechanism("target.linkage", 0.0, 0.6, None, TASTE),
]

ALTERNATIVES = [
    Mechanism("sender.disagreement", 0.6, 0.8, "-target payoff", NASH),
    Mechanism("target.disagreement", 0.25, 0.5, "-sender payoff", NASH),
    Mechanism("sender.inside_option", 0.4, 0.6, "sender payoff", INSIDE, FLOWS),
    Mechanism("target.inside_option", 0.65, 0.8, "target payoff", INSIDE, FLOWS),
    Mechanism("sender.outside_option", 0.1, 0.8, "walk-out", LEAVING, given=BELIEVER),
    Mechanism("target.outside_option", 0.1, 0.5, "walk-out", LEAVING),
    Mechanism("sender.outside_option_trend", 0.0, 0.05, "walk-out", "who will have more elsewhere leaves then",
              given={**TURNED, "sender.outside_option": 0.5}),
    Mechanism("target.outside_option_trend", -0.02, 0.02, "walk-out", "who will have more elsewhere leaves then",
              given={"target.outside_option": 0.4}),
    Mechanism("sender.audience_cost", 0.0, 0.4, "-sender payoff", COST),
    Mechanism("target.audience_cost", 0.0, 0.4, "rounds", "who would have to retreat in public holds out (Fearon 1994)",
              given={"sender.ambiguity": 0.2}),
    Mechanism("sender.tariff_pain", 0.0, 0.15, "-sender payoff", COST),
    Mechanism("target.tariff_pain", 0.0, 0.15, "-rounds", EAGER),
    Mechanism("sender.stress_cost", 0.0, 0.05, "-sender payoff", COST),
    Mechanism("target.stress_cost", 0.0, 0.05, "-rounds", EAGER),
    Mechanism("sender.precedent_pressure", 0.0, 0.15, "-sender payoff", COST),
    Mechanism("target.precedent_pressure", 0.0, 0.15, "-agreement", "a concession that others ask for too is worth less"),
    Mechanism("sender.security_stake", 0.0, 0.3, "-sender payoff", COST),
    Mechanism("target.security_stake", 0.0, 0.3, "sender payoff", "the target loses more without a deal"),
    Mechanism("sender.trust", 0.3, 0.95, "agreement", PROMISE, given={**TURNED, **TAKEN_BACK}),
    Mechanism("target.trust", 0.3, 0.95, "agreement", PROMISE),
    Mechanism("target.trust_slip", 0.0, 0.2, "-rounds", SLIPS, given=EARLY),
    Mechanism("sender.trust_slip", 0.0, 0.2, "-rounds", SLIPS, given=HELD),
    Mechanism("sender.reversal_cost", 0.0, 0.3, "-sender payoff", COST),
    Mechanism("target.reversal_cost", 0.0, 0.3, "-agreement", "a deal to be broken is worth less", given=TAKEN_BACK),
]

TACTICS = [
    Mechanism("sender.ambiguity", 0.05, 0.15, "sender payoff", PEAK, world=OPAQUE["sender"]),
    Mechanism("target.ambiguity", 0.05, 0.15, "target payoff", PEAK, world=OPAQUE["target"]),
    Mechanism("sender.ambiguity_tilt", 0.2, 5.0, None, LEANS, world=OPAQUE["sender"], given={"sender.ambiguity": 0.15}),
    Mechanism("target.ambiguity_tilt", 0.2, 5.0, None, LEANS, world=OPAQUE["target"], given={"target.ambiguity": 0.15}),
    Mechanism("sender.ambiguity_belief_only", False, True, "agreement", OWN_SPREAD, given={"sender.ambiguity": 0.2}),
    Mechanism("target.ambiguity_belief_only", False, True, "agreement", OWN_SPREAD, given={"target.ambiguity": 0.2}),
    Mechanism("sender.ambiguous_voices", 0.0, 1.0, "-sender waste", "unclear priorities miss the frontier"),
    Mechanism("target.ambiguous_voices", 0.0, 1.0, "-target waste", "unclear priorities miss the frontier", world=VOICES),
    Mechanism("sender.ambiguous_voices_belief_only", False, True, "sender waste", "the mean is misled less by any voice",
              given={"sender.ambiguous_voices": 1.0}),
    Mechanism("target.ambiguous_voices_belief_only", False, True, None, "the true priorities are others too", world=VOICES),
    Mechanism("sender.candour", 0.2, 0.9, "sender waste", CANDID),
    Mechanism("target.candour", 0.2, 0.9, "target waste", CANDID, world=VOICES),
    Mechanism("sender.commitment", 0.3, 0.9, "sender payoff", MYERSON,
              world=OPAQUE["sender"], given={"sender.committed_demand": 0.6}),
    Mechanism("target.commitment", 0.3, 0.9, "target payoff", MYERSON,
              world=OPAQUE["target"], given={"target.committed_demand": 0.6}),
    Mechanism("sender.committed_demand", 0.7, 0.9, "-agreement", FOR_GOOD),
    Mechanism("target.committed_demand", 0.6, 0.75, "-agreement", FOR_GOOD,
              given={"target.commitment": 0.3, "target.disagreement": 0.4}),
    Mechanism("sender.unpredictability", 0.0, 0.6, "-agreement", SCHELLING),
    Mechanism("target.unpredictability", 0.0, 0.6, "-agreement", SCHELLING, given=HELD),
    Mechanism("sender.volatility", 0.0, 0.4, "rounds", DIXIT),
    Mechanism("target.volatility", 0.0, 0.4, "rounds", DIXIT, given=HELD),
    Mechanism("sender.reversal", 0.0, 0.05, "-target payoff", "what can be taken back is taken back"),
    Mechanism("target.reversal", 0.0, 0.05, "-sender payoff", "what can be taken back is taken back",
              given={"issues.investment.revocable_by": "target"}),
    Mechanism("sender.brinkmanship", 0.0, 0.08, "breakdown", "the hazard is what it says"),
    Mechanism("target.brinkmanship", 0.0, 0.08, "breakdown", "the hazard is what it says"),
    Mechanism("sender.deadline_hazard", 0.0, 0.08, "-rounds", HAZARD),
    Mechanism("target.deadline_hazard", 0.0, 0.08, "-rounds", HAZARD),
]

FARM = "target.ratifiers.farm-lobby"
CONGRESS = "sender.ratifiers.congress"
PEOPLE = [
    Mechanism("sender.principal.salience.car-tariff", 0.18, 0.4, None, TASTE),
    Mechanism("target.principal.salience.car-tariff", 0.2, 0.4, None, TASTE),
    Mechanism("sender.negotiators.greer.salience.car-tariff", 0.214, 0.3, "-sender waste", "voices farther apart miss more"),
    Mechanism("target.negotiators.voice-0.salience.price", 0.2, 0.1, None, TASTE, world=VOICES),
    Mechanism("sender.negotiators.greer.weight", 1.0, 4.0, None, OTHER_VOICE),
    Mechanism("target.negotiators.voice-0.weight", 1.0, 4.0, None, OTHER_VOICE, world=VOICES),
    Mechanism("sender.negotiators.greer.portfolio", ("car-tariff",), (), None, "another voice leads more often"),
    Mechanism("target.negotiators.voice-0.portfolio", ("price",), (), None, "another voice leads more often", world=VOICES),
    Mechanism(f"{CONGRESS}.threshold", 0.5, 0.9, "-agreement", "a home that asks for more rejects more (Putnam 1988)"),
    Mechanism(f"{FARM}.threshold", 0.35, 0.7, "-agreement", "a home that asks for more rejects more (Putnam 1988)"),
    Mechanism(f"{CONGRESS}.half_width", 0.0, 0.3, "-agreement", "a doubtful threshold is sometimes missed",
              given={f"{CONGRESS}.threshold": 0.6}),
    Mechanism(f"{FARM}.half_width", 0.0, 0.35, "-agreement", "a doubtful threshold is sometimes missed"),
    Mechanism(f"{CONGRESS}.salience.investment", 0.1, 0.7, None, "which packages pass depends on what the home wants",
              given={f"{CONGRESS}.threshold": 0.8}),
    Mechanism(f"{FARM}.salience.rice", 0.3, 0.9, None, "which packages pass depends on what the home wants",
              given={f"{FARM}.threshold": 0.6}),
]

CASES = [*HOW, *ALTERNATIVES, *TACTICS, *PEOPLE]
NOT_HELD = [f"{side}.{name}" for side, names in THE_OTHERS_ALONE.items() for name in names]
"""Parameters that a side can use only where the target threatens: elsewhere a scenario that sets one is refused."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_parameter_of_a_side_moves_what_theory_says(case: Mechanism) -> None:
    assert complaint(case) == ""


def test_every_parameter_of_a_side_has_a_case() -> None:
    assert without_a_case(("sender", "target"), [case.name for case in CASES]) == set()


def test_a_case_is_about_a_parameter_that_there_is() -> None:
    assert {place_of(case.name) for case in CASES} <= set(declared())
    assert all(case.rises is None or case.rises.removeprefix("-") in QUANTITIES for case in CASES)
    assert all(case.why for case in CASES)


@pytest.mark.parametrize("name", NOT_HELD)
def test_a_parameter_that_only_the_other_side_can_use_is_refused(name: str) -> None:
    with pytest.raises(ScenarioError, match=f"{name} = 0.5 would change nothing: only the sender"):
        CASE.vary({name: 0.5})
    assert name not in CASE.sweepable()


@pytest.mark.parametrize("name", NOT_HELD)
def test_the_other_side_does_hold_it(name: str) -> None:
    side, parameter = name.split(".")
    other = "target" if side == "sender" else "sender"
    low, high = (simulate(CASE.vary({**EARLY, f"{other}.{parameter}": value}), 500) for value in (0.0, 0.5))
    assert share_moved(low, high) > 0.0
