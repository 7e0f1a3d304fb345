"""Each form of payoff reads its own numbers: the others, and those that it needs and lacks, are refused with the remedy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from negosim.common.errors import ScenarioError
from negosim.scenario.payoff import ONLY, unread
from negosim.scenario.scenario import Scenario

Load = Callable[[str], ScenarioError]

PIE = 'extends = "pie"\nwithout = ["sender.disagreement", "target.disagreement"]\n'
FLOWS = '[talks]\npayoff = "flows"\n'
THREAT = '[[threats]]\nissue = "pie"\nrate = 100\nstate = "paused"\n'
COSTS = "sender_cost = 0.01\ntarget_cost = 0.2\n"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (FLOWS + "flow_discount = 0.1", "talks.flow_discount"),
        (FLOWS + "[sender]\ndisagreement = 0.3", "sender.disagreement"),
        (FLOWS + "[target]\ntariff_pain = 0.1", "target.tariff_pain"),
        (FLOWS + THREAT + COSTS + "damage = 0.2", "threats.pie.damage"),
        ("[talks]\nhorizon = 50", "talks.horizon"),
        ("[talks]\nresumption = 0.1", "talks.resumption"),
        ("[sender]\ninside_option = 0.1", "sender.inside_option"),
        ('[[issues]]\nname = "pie"\nsunk = 0.5', "issues.pie.sunk"),
        (THREAT + "damage = 0.2\nsender_cost = 0.1", "threats.pie.sender_cost"),
        (THREAT + "damage = 0.2\ntarget_cost = 0.1", "threats.pie.target_cost"),
    ],
)
def test_a_number_of_the_other_form_is_refused_with_the_form_that_reads_it(refused: Load, text: str, field: str) -> None:
    error = refused(PIE + text)
    reader = "lumps" if "flows" in text else "flows"
    assert error.field == field
    assert f'is read only where talks.payoff = "{reader}"' in error.problem
    assert "Leave it out" in error.remedy


def test_every_number_of_one_form_is_a_number_of_a_scenario_and_is_left_out_of_what_can_be_varied() -> None:
    for name, form in (("us-japan-2025", "lumps"), ("us-japan-2025-flows", "flows")):
        varied = {parameter.rpartition(".")[2] for parameter in Scenario.load(name).sweepable()}
        assert varied.isdisjoint(unread(form))
        assert varied & set(ONLY[form])


def test_a_round_needs_some_weight(refused: Load) -> None:
    error = refused(PIE + FLOWS + "[sender]\ndiscount = 1")
    assert error.field == "sender.discount"
    assert "talks.horizon" in error.remedy


@pytest.mark.parametrize("missing", ["sender_cost", "target_cost"])
def test_what_a_threat_takes_from_each_side_must_be_known(refused: Load, missing: str) -> None:
    costs = "".join(f"{name} = 0.1\n" for name in ("sender_cost", "target_cost") if name != missing)
    error = refused(PIE + FLOWS + THREAT + costs)
    assert error.field == f"threats.pie.{missing}"
    assert "trade." in error.remedy


def test_with_lumps_a_threat_needs_its_damage(refused: Load) -> None:
    error = refused(PIE + THREAT)
    assert error.field == "threats.pie.damage"
    assert "flows" in error.remedy


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('[talks]\npayoff = "flows"\nprotocol = "double-auction"', "talks.protocol"),
        (FLOWS + '[target]\nstrategy = "shaded-bid"', "target.strategy"),
    ],
)
def test_bids_are_refused_beside_flows(refused: Load, text: str, field: str) -> None:
    error = refused(PIE + text)
    assert error.field == field
    assert 'talks.payoff = "lumps"' in error.remedy


TRUSTING = PIE + FLOWS + THREAT + COSTS + "early_execution = 0.1\n[sender]\nunpredictability = 0.2\n[target]\ntrust = 0.5\n"


@pytest.mark.parametrize("slip", [0.0901, 0.2])
def test_a_reliable_side_must_break_a_pause_more_rarely_than_an_unreliable_one(refused: Load, slip: float) -> None:
    error = refused(f"{TRUSTING}trust_slip = {slip}")
    assert error.field == "target.trust_slip"
    assert "0.09 of rounds" in error.problem
    assert "threats.pie.early_execution" in error.remedy


@pytest.mark.parametrize("slip", [0.0, 0.089])
def test_a_reliable_side_may_break_a_pause_now_and_then(tmp_path: Path, slip: float) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f"{TRUSTING}trust_slip = {slip}", encoding="utf-8")
    assert Scenario.load(path).target.trust_slip == slip


def test_a_target_that_holds_no_threat_cannot_be_unpredictable(refused: Load) -> None:
    text = PIE + FLOWS + THREAT + COSTS + "[target]\nunpredictability = 0.2"
    error = refused(text)
    assert error.field == "target.unpredictability"
    assert "give the target a threat" in error.remedy
