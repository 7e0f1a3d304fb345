"""What differs between two scenarios is told value by value."""

from __future__ import annotations

from typing import Any

import pytest

from negosim.scenario.changes import changes
from negosim.scenario.scenario import Scenario

CASE = Scenario.load("us-japan-2025")


def told(a: Scenario, b: Scenario) -> dict[str, tuple[Any, Any, str]]:
    return {found.name: (found.a, found.b, found.unit or found.only_in) for found in changes(a, b)}


@pytest.mark.parametrize("name", Scenario.names())
def test_a_scenario_does_not_differ_from_itself(name: str) -> None:
    assert changes(Scenario.load(name), Scenario.load(name)) == []


@pytest.mark.parametrize(
    ("name", "value", "unit"),
    [
        ("sender.ambiguity", 0.2, "utility"),
        ("target.disagreement", 0.3, "utility"),
        ("talks.agenda", "linked", ""),
        ("markets.persistence", 0.5, "share"),
        ("calendar.days_per_round", 7, "days"),
        ("issues.rice.status_quo", 400_000.0, "t a year"),
        ("threats.car-tariff.rate", 20.0, "%"),
        ("linkage.rice--farm-purchases.weight", 0.9, "edge weight"),
        ("target.ratifiers.farm-lobby.threshold", 0.9, "utility"),
        ("trade.flows.japan-to-us.amount", 99.0, "bn USD a year"),
    ],
)
def test_a_value_that_is_varied_is_all_that_differs(name: str, value: Any, unit: str) -> None:
    varied = CASE.vary({name: value})
    found = told(CASE, varied)
    parts = {frozenset(part.split("--")) for part in name.split(".")}
    assert [{frozenset(part.split("--")) for part in key.split(".")} for key in found] == [parts]
    assert list(found.values()) == [(CASE.get(name), value, unit)]
    assert list(told(varied, CASE).values()) == [(value, CASE.get(name), unit)]


def test_each_weight_that_moves_is_told_by_its_issue() -> None:
    found = told(CASE, CASE.vary({"sender.principal.salience.rice": 0.3}))
    assert len(found) == len(CASE.issues)
    assert found["sender.principal.salience.rice"] == (0.113, 0.3, "weight")


def test_what_only_one_has_is_told_as_a_whole_and_its_weights_with_it() -> None:
    tree = CASE.model_dump(exclude_unset=True, exclude={"notes"})
    tree["kind"] = "teaching"
    tree["issues"] = [issue for issue in tree["issues"] if issue["name"] != "currency"]
    tree["linkage"] = [edge for edge in tree["linkage"] if "currency" not in edge["between"]]
    tree["threats"] = tree["threats"][1:]
    tree["target"]["ratifiers"] = tree["target"]["ratifiers"][1:]
    tree["trade"] = None
    people = [tree[side]["principal"] for side in ("sender", "target")]
    people += [each for side in ("sender", "target") for group in ("negotiators", "ratifiers") for each in tree[side][group]]
    for person in people:
        if "salience" in person:
            person["salience"] = {name: weight for name, weight in dict(person["salience"]).items() if name != "currency"}
            total = sum(person["salience"].values())
            person["salience"] = {name: weight / total for name, weight in person["salience"].items()}
        if "portfolio" in person:
            person["portfolio"] = [name for name in person["portfolio"] if name != "currency"]
    found = told(CASE, Scenario.build(tree))
    alone = {name: row for name, row in found.items() if row[2] == "A"}
    assert alone["issues.currency"] == ("Commitment against a weak yen", None, "A")
    assert alone["threats.reciprocal-tariff"] == ("reciprocal-tariff", None, "A")
    assert alone["target.ratifiers.car-makers"] == ("Car makers", None, "A")
    assert alone["trade"] == ("trade", None, "A")
    assert sum(name.startswith("linkage.") for name in alone) == 2
    assert [name for name in found if "salience.currency" in name or name.startswith("issues.currency.")] == []
    assert any(name.startswith("sender.principal.salience.") for name in found)


def test_the_order_of_an_edges_ends_and_words_for_people_are_no_difference() -> None:
    tree = CASE.model_dump(exclude_unset=True, exclude={"notes"})
    tree |= {"kind": "teaching", "name": "mine", "title": "Mine"}
    tree["linkage"][0]["between"] = tree["linkage"][0]["between"][::-1]
    tree["linkage"][0]["reason"] = "another"
    tree["issues"][0]["title"] = "Another"
    assert told(CASE, Scenario.build(tree)) == {}
