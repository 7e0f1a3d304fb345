"""Threats of the target: what they cost by trade, that one at rest changes nothing, and that a live one changes both sides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from negosim import Negotiation, Scenario, simulate
from negosim.common.vocabulary import Side
from negosim.engine.events import column
from negosim.engine.flows import costs
from negosim.engine.prepare import prepare
from negosim.theory.trade import Economy, equilibrium
from tests.laws.playing import differences

FLOWS, LIVE = (Scenario.load(name) for name in ("us-japan-2025-flows", "us-japan-2025-countermeasure"))
FLOWS_BETWEEN = np.array([[24620.0, 80.8, 2199.0], [149.6, 3518.0, 580.0], [2170.0, 609.0, 71413.0]])
STATUS_QUO = 1.51 + 0.532 * 10 + 0.344 * 25 + 0.02 * 50
FORWARD = ("risk-return", "subgame-perfect")


def lost(sender: float, target: float) -> np.ndarray:
    """Return what the US and Japan lose in real expenditure, in per cent, if these average tariffs replace the status quo."""
    before, tariffs = np.zeros((3, 3)), np.zeros((2, 3, 3))
    before[1, 0] = 0.0151
    tariffs[:, 1, 0], tariffs[1, 0, 1] = (STATUS_QUO / 100.0, sender / 100.0), target / 100.0
    status_quo, after = equilibrium(Economy(FLOWS_BETWEEN, 4.0, before), tariffs).welfare
    return np.asarray(100.0 * (status_quo - after)[:2])


def without_countermeasure(scenario: Scenario) -> Scenario:
    """Return the scenario without any threat of the target."""
    tree = scenario.model_dump(exclude_unset=True, exclude={"notes"}) | {"kind": "teaching"}
    tree["threats"] = [threat for threat in tree["threats"] if threat.get("holder") != "target"]
    tree["trade"] = tree["trade"] | {"countermeasures": ()}
    return Scenario.build(tree)


def cost(scenario: Scenario, key: str) -> np.ndarray:
    """Return what a threat of a scenario takes from both sides."""
    found = costs(scenario, prepare(scenario))
    return np.asarray(found[[threat.key for threat in scenario.threats].index(key)])


def played(scenario: Scenario, strategy: str) -> Scenario:
    """Return the scenario with this strategy on both sides."""
    return scenario.vary({"sender.strategy": strategy, "target.strategy": strategy})


def talks_after(scenario: Scenario, rounds: int) -> Negotiation:
    """Return the first run of seed 7 after so many rounds."""
    talks = Negotiation(scenario, 7)
    for _ in range(rounds):
        talks.step()
    return talks


# ---- what it costs


def test_a_countermeasure_takes_from_each_side_what_trade_says_and_from_the_target_what_its_buyers_pay() -> None:
    bought = 80.8 / (80.8 + 3518.0 + 609.0)
    us, japan = lost(STATUS_QUO, 12.0)
    expected = [1.3 * us, 1.3 * (japan + bought * 12.0)]
    assert cost(LIVE, "countermeasure") == pytest.approx(expected, abs=1e-7)
    assert expected[0] > 0.0 and japan < 0.0 < expected[1]  # up to 10 % Japan gains by its market power, but its buyers pay


def test_a_threat_of_the_sender_takes_from_it_what_its_buyers_pay_less_what_it_likes_of_its_tariff() -> None:
    bought, raised = 149.6 / (149.6 + 24620.0 + 2170.0), STATUS_QUO + 0.532 * 14.0
    us, japan = lost(raised, 0.0)
    at = LIVE.vary({"sender.linkage": 0.0})  # utilities add up, and the taste for one tariff stands alone
    x = np.array([10.0, 24.0]) / 25.0
    taste = 0.185 * np.diff(x**0.6)[0]
    expected = [1.3 * (us + bought * (raised - STATUS_QUO)) - taste, 1.3 * japan]
    assert cost(at, "reciprocal-tariff") == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize(("parameter", "side"), [("trade.sender_worth", 0), ("trade.target_worth", 1), ("trade.pass_through", 1)])
def test_what_trade_is_worth_to_a_side_moves_its_own_cost_alone(parameter: str, side: int) -> None:
    before, after = cost(LIVE, "countermeasure"), cost(LIVE.vary({parameter: 0.5}), "countermeasure")
    assert after[side] < before[side] and after[1 - side] == before[1 - side]


def test_a_cost_that_is_given_stands_and_the_other_is_still_worked_out() -> None:
    given = LIVE.vary({"threats.countermeasure.target_cost": 0.02, "trade.target_worth": 0.9})
    assert cost(given, "countermeasure").tolist() == [cost(LIVE, "countermeasure")[0], 0.02]


# ---- at rest, and live


@pytest.mark.parametrize("strategy", [None, *FORWARD])
def test_a_countermeasure_at_rest_changes_no_run_whatever_its_numbers(strategy: str | None) -> None:
    loud = {"market_weight": 3.0, "execution": 0.9, "early_execution": 0.5, "escalation": 2.0, "level": 4.0, "rate": 90.0}
    scenario = FLOWS.vary({f"threats.countermeasure.{name}": value for name, value in loud.items()})
    scenario = played(scenario, strategy) if strategy else scenario
    ours, theirs = simulate(scenario, 300, seed=7), simulate(without_countermeasure(scenario), 300, seed=7)
    assert differences(ours, theirs) == ["in force"]  # which has a column more, of nothing
    assert ours.in_force[:, :3].tolist() == theirs.in_force.tolist() and not ours.in_force[:, 3].any()


@pytest.mark.parametrize("strategy", FORWARD)
def test_a_live_countermeasure_changes_payoffs_and_what_both_sides_ask_for(strategy: str) -> None:
    rest, live = (simulate(played(scenario, strategy), 400, seed=7).frame() for scenario in (FLOWS, LIVE))
    assert (rest["sender_payoff"] != live["sender_payoff"]).mean() > 0.9
    assert (rest["target_payoff"] != live["target_payoff"]).mean() > 0.9
    answers = [talks_after(played(scenario, strategy), 1).frame().iloc[0] for scenario in (FLOWS, LIVE)]
    first, second = ((row["target_value"], row["answer_needed"]) for row in answers)
    assert first[0] != second[0]  # the target offers another package
    assert first[1] != second[1]  # and the sender asks for more or for less than before


@pytest.mark.parametrize("strategy", FORWARD)
def test_no_deal_is_worth_less_to_a_side_that_a_countermeasure_costs_more(strategy: str) -> None:
    def without_a_deal(changes: dict[str, Any]) -> list[float]:
        row = talks_after(played(LIVE, strategy).vary(changes), 1).frame().iloc[0]
        return [row[f"{side.label}_without_deal"] for side in Side]

    base = without_a_deal({"threats.countermeasure.sender_cost": 0.0, "threats.countermeasure.target_cost": 0.0})
    for side in Side:
        dear = without_a_deal({"threats.countermeasure.sender_cost": 0.0, "threats.countermeasure.target_cost": 0.0,
                               f"threats.countermeasure.{side.label}_cost": 0.1})
        assert dear[side] < base[side] - 0.01 and dear[side.other] == pytest.approx(base[side.other], abs=1e-12)


@pytest.mark.parametrize("strategy", FORWARD)
def test_a_sender_that_looks_ahead_asks_for_less_the_more_a_countermeasure_costs_it(strategy: str) -> None:
    asked = []
    for taken in (0.0, 0.05, 0.1, 0.2):
        changes = {"threats.countermeasure.target_cost": 0.0, "threats.countermeasure.sender_cost": taken}
        asked.append(talks_after(played(LIVE, strategy).vary(changes), 1).frame()["answer_needed"].iloc[0])
    assert (np.diff(asked) < -0.001).all()


def test_a_settlement_of_its_issue_disarms_a_countermeasure_and_no_deal_carries_it_out_by_its_chance() -> None:
    outcomes = simulate(LIVE.vary({"sender.brinkmanship": 0.3}), 2000, seed=7)
    settled = outcomes.frame()["ending"] == "settled"
    carried_out = outcomes.in_force[:, 3] > 0.0
    assert not carried_out[settled].any()
    share, runs = carried_out[~settled].mean(), (~settled).sum()
    assert abs(share - 0.5) < 4.0 * 0.5 / np.sqrt(runs)


def test_only_threats_of_the_sender_cost_the_guarantee_credibility() -> None:
    at_once = {"threats.reciprocal-tariff.state": "imposed", "security.news": 0.0, "security.erosion": 0.05}
    late = {"threats.countermeasure.state": "none", "threats.countermeasure.announce_round": 2}
    talks = talks_after(LIVE.vary(at_once | late), 3)
    assert talks.frame()["threat_countermeasure"].tolist()[:2] == ["none", "announced"]
    assert (talks.frame()["credibility"] == 0.8).all()


@pytest.mark.parametrize("strategy", [None, *FORWARD])
def test_the_model_plays_the_countermeasure_as_the_kernel_does(strategy: str | None) -> None:
    changes = {"threats.countermeasure.early_execution": 0.1, "target.unpredictability": 0.3, "target.volatility": 0.2}
    scenario = (played(LIVE, strategy) if strategy else LIVE).vary(changes)
    batch = simulate(scenario, 12, seed=3)
    for number in range(12):
        outcome = Negotiation(scenario, 3, number).play().outcome
        assert outcome is not None
        assert outcome.frame().iloc[0].equals(batch.frame().iloc[number])
        assert outcome.in_force.tolist() == batch.in_force[number : number + 1].tolist()


# ---- how it is told


def test_facts_tell_the_countermeasure_by_its_name_and_the_tariff_by_that_of_its_issue() -> None:
    talks = talks_after(LIVE.vary({"threats.countermeasure.early_execution": 1.0}), 1)
    facts = talks.rounds[0]
    assert facts[column("threat", "reciprocal-tariff")] == "paused" and facts["in_force_reciprocal_tariff"] == 10.0
    assert facts["before_answer_countermeasure"] == "announced" and facts["threat_countermeasure"] == "imposed"
    assert facts["in_force_countermeasure"] == facts["threatened_countermeasure"] == 24.0
    assert talks.events[0].facts["in_force_countermeasure"] == 0.0


def test_a_transcript_tells_whose_threat_it_is() -> None:
    late = {"threats.countermeasure.state": "none", "threats.countermeasure.announce_round": 2}
    told = Negotiation(LIVE.vary(late | {"threats.countermeasure.early_execution": 1.0}), 7, 3).play().transcript()
    assert "Round 2, 16 April: Japan announces the countermeasure of 24 %, 0 % in force." in told
    assert "Japan does not wait and puts into force the countermeasure of 24 %." in told and "The US does not wait" not in told
    at_first = talks_after(LIVE, 1).transcript()
    assert "A countermeasure of 24 % is announced, 0 % in force." in at_first
    assert "countermeasure" not in Negotiation(FLOWS, 7).play().transcript()


def test_a_side_that_punishes_in_spite_of_a_deal_is_named() -> None:
    scenario = LIVE.vary({"target.unpredictability": 1.0, "sender.unpredictability": 0.0})
    punished = simulate(scenario, 40, seed=7)
    numbers = np.flatnonzero((punished.frame()["ending"] == "settled") & punished.in_force.any(axis=1))
    told = [Negotiation(scenario, 7, int(number)).play().transcript() for number in numbers]
    assert told and all("Japan punishes the US in spite of the deal. " in text and "The US punishes" not in text for text in told)
