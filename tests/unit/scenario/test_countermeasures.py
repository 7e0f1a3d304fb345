"""Threats of both sides in a scenario: their names, what each may be, and the countermeasures among the trade."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from negosim import Scenario
from negosim.common.errors import ScenarioError
from negosim.report.words import parameter_title
from negosim.scenario.changes import changes

FLOWS, LIVE = (Scenario.load(name) for name in ("us-japan-2025-flows", "us-japan-2025-countermeasure"))


def tree_of(scenario: Scenario) -> dict[str, Any]:
    """Return the tables of a scenario without notes."""
    return scenario.model_dump(exclude_unset=True, exclude={"notes"}) | {"kind": "teaching"}


def with_threats(*threats: dict[str, Any]) -> Scenario:
    """Return the talks about a pie with these threats."""
    tree = tree_of(Scenario.load("pie"))
    return Scenario.build({**tree, "threats": [{"issue": "pie", "rate": 50.0, "damage": 0.1, **threat} for threat in threats]})


def test_a_threat_bears_its_own_name_or_that_of_its_issue() -> None:
    names = ["reciprocal-tariff", "car-tariff", "steel-tariff", "countermeasure"]
    assert [threat.key for threat in LIVE.threats] == names
    assert LIVE.threat("countermeasure").issue == LIVE.threat("reciprocal-tariff").issue == "reciprocal-tariff"
    assert LIVE.get("threats.countermeasure.execution") == 0.5 and LIVE.get("threats.reciprocal-tariff.execution") == 0.57
    swept = {"threats.countermeasure.rate", "trade.countermeasures.countermeasure.share", "trade.target_base_tariff"}
    assert swept <= set(LIVE.sweepable())


def test_a_named_threat_is_varied_by_its_name_and_its_neighbour_about_the_same_issue_stays() -> None:
    varied = LIVE.vary({"threats.countermeasure.rate": 12.5, "trade.countermeasures.countermeasure.share": 0.3})
    assert (varied.get("threats.countermeasure.rate"), varied.get("threats.reciprocal-tariff.rate")) == (12.5, 24)
    assert varied.get("trade.countermeasures.countermeasure.share") == 0.3
    assert [change.name for change in changes(LIVE, varied)] == [
        "threats.countermeasure.rate", "trade.countermeasures.countermeasure.share",
    ]


def test_what_the_target_threatens_is_in_per_cent_whatever_the_unit_of_the_issue() -> None:
    threat = {"name": "answer", "holder": "target"}
    scenario, other = with_threats(threat | {"rate": 5.0}, {}), with_threats(threat | {"rate": 700.0}, {"rate": 60.0})
    assert [scenario.unit_of(each) for each in scenario.threats] == ["%", scenario.issue("pie").unit]
    assert [scenario.without(each) for each in scenario.threats] == [0.0, scenario.issue("pie").status_quo]
    assert [(change.name, change.unit) for change in changes(scenario, other)] == [
        ("threats.answer.rate", "%"), ("threats.pie.rate", scenario.issue("pie").unit),
    ]


def test_a_parameter_of_a_named_threat_is_told_by_that_name() -> None:
    assert parameter_title(LIVE, "threats.countermeasure.rate") == "Rate (countermeasure)"
    assert parameter_title(LIVE, "threats.reciprocal-tariff.rate") == "Rate (reciprocal tariff on Japan)"


def test_the_variant_differs_from_the_flows_by_nothing_but_a_live_countermeasure(tmp_path: Path) -> None:
    found = {change.name for change in changes(FLOWS, LIVE)}
    assert found and all(name.startswith("threats.countermeasure.") for name in found)
    assert (FLOWS.threat("countermeasure").state, LIVE.threat("countermeasure").state) == ("none", "announced")
    LIVE.save(tmp_path / "saved.toml")
    assert Scenario.load(tmp_path / "saved.toml") == LIVE


def test_the_shipped_case_has_no_threat_of_the_target() -> None:
    case = Scenario.load("us-japan-2025")
    assert case.trade is not None and case.trade.countermeasures == ()
    assert [threat.holder for threat in case.threats] == ["sender"] * 3


def test_a_joint_draw_of_what_is_assumed_draws_the_countermeasure() -> None:
    drawn = LIVE.assumed()
    assert (drawn["threats.countermeasure.rate"], drawn["threats.countermeasure.execution"]) == ((10.0, 25.0), (0.25, 0.9))
    assert drawn["trade.countermeasures.countermeasure.share"] == (0.1, 0.8)


@pytest.mark.parametrize(
    ("threats", "said"),
    [
        (({}, {"holder": "target"}), 'threats has "pie" twice. A threat without a name bears that of its issue: name one'),
        (({"name": "a"}, {"name": "a", "holder": "target"}), 'threats has "a" twice'),
        (({}, {"name": "more"}), "threats.more.issue = 'pie' is the issue of threats.pie too, and the sender holds both."),
        (({"name": "One"},), "is no short name"),
        (({"name": "one", "issue": "cake"},), "threats.one.issue = 'cake' is no issue of this scenario"),
        (({"name": "one", "rate": 1e6},), "threats.one.rate = 1000000.0"),
        (({"name": "one", "holder": "target", "rate": -1.0},), "threats.one.rate = -1.0 is below 0. A threat of the target is"),
        (({"name": "one", "sender_cost": 0.1},), "threats.one.sender_cost = 0.1 is read only where"),
        (({"name": "one", "damage": None},), "threats.one.damage is missing"),
    ],
)
def test_threats_that_cannot_be_are_refused_by_their_names(threats: tuple[dict[str, Any], ...], said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        with_threats(*threats)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"trade.countermeasures.countermeasure.threat": "counter"},
         "trade.countermeasures.counter.threat = 'counter' is no threat of the target. The nearest known name is"),
        ({"trade.countermeasures.countermeasure.threat": "car-tariff"}, "= 'car-tariff' is no threat of the target"),
        ({"trade.countermeasures.countermeasure.share": 1.2}, "trade.countermeasures.countermeasure.share = 1.2 is out of range"),
        ({"threats.countermeasure.holder": "sender"}, "threats.countermeasure.issue = 'reciprocal-tariff' is the issue of"),
        ({"trade.sender_worth": None}, "sender_cost is missing. Give it, or have it worked out: give trade.sender_worth, and"),
    ],
)
def test_countermeasures_that_do_not_fit_are_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        LIVE.vary(changed)
    assert said in str(refused.value)


def test_countermeasures_cannot_cover_more_than_all_exports() -> None:
    tree = tree_of(LIVE)
    tree["threats"] = [*tree["threats"], {**tree["threats"][-1], "name": "second", "issue": "car-tariff"}]
    tree["trade"]["countermeasures"] = [{"threat": "countermeasure", "share": 0.6}, {"threat": "second", "share": 0.5}]
    with pytest.raises(ScenarioError, match=r"trade\.countermeasures cover 1\.1 of the exports\. Shares must sum to 1 at most"):
        Scenario.build(tree)


def test_what_a_countermeasure_costs_must_be_given_where_trade_does_not_know_it() -> None:
    tree = tree_of(LIVE)
    tree["trade"]["countermeasures"] = ()
    missing = r"countermeasure\.sender_cost is missing.* make the threat one of trade\.countermeasures"
    with pytest.raises(ScenarioError, match=missing):
        Scenario.build(tree)
    *others, measure = tree["threats"]
    tree["threats"] = [*others, {**measure, "sender_cost": 0.02, "target_cost": 0.01}]
    assert Scenario.build(tree).threat("countermeasure").sender_cost == 0.02


def test_a_file_changes_a_named_threat_of_the_file_that_it_extends(tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    level = '{value = 1.1, assumed = "more", range = [1, 1.2]}'
    head = 'extends = "us-japan-2025-countermeasure"\nwithout = ["threats.countermeasure.market_weight"]\nname = "other"\n'
    told = (("name", "countermeasure"), ("issue", "car-tariff"))
    tables = [f'[[threats]]\n{key} = "{name}"\nlevel = {level}\n' for key, name in told]
    path.write_text(head + "".join(tables), encoding="utf-8")
    other = Scenario.load(path)
    assert [threat.level for threat in other.threats] == [1.0, 1.1, 1.0, 1.1]
    assert [threat.market_weight for threat in other.threats] == [1.0, 0.15, 0.05, 1.0]
