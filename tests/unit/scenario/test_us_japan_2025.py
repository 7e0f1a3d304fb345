"""The case of 2025: its people and its positions."""

from __future__ import annotations

import pytest

from negosim.scenario.people import voices
from negosim.scenario.scenario import Scenario

CASE = Scenario.load("us-japan-2025")


REPORTED = {
    "reciprocal-tariff": 15.0,
    "car-tariff": 15.0,
    "steel-tariff": 50.0,
    "rice": 605_500.0,
    "farm-purchases": 8.0,
    "energy": 7.0,
    "investment": 550.0,
    "car-standards": 100.0,
    "host-nation-support": 211.0,
}


def test_the_reported_deal_of_2025_lies_within_the_issues() -> None:
    for issue, real in REPORTED.items():
        assert 0.0 <= CASE.position(issue, real) <= 1.0, issue


def test_the_people_of_2025_sit_at_the_table() -> None:
    assert [member.name for member in CASE.sender.negotiators] == ["bessent", "greer"]
    assert [member.name for member in CASE.target.negotiators] == ["akazawa"]
    assert {threat.issue: threat.state for threat in CASE.threats} == {
        "reciprocal-tariff": "paused",
        "car-tariff": "imposed",
        "steel-tariff": "imposed",
    }


def test_the_voices_of_2025_average_to_their_principal_and_stay_weights() -> None:
    names = [issue.name for issue in CASE.issues]
    bessent, greer = voices(CASE.sender, names, 1.0)
    assert [(a + b) / 2 for a, b in zip(bessent, greer, strict=True)] == pytest.approx(
        CASE.sender.principal.salience.vector(names)
    )
    assert min(*bessent, *greer) >= 0.0
    assert sum(bessent) == pytest.approx(1.0)
    assert bessent[names.index("investment")] > greer[names.index("investment")]


def test_the_sides_of_2025_rank_the_issues_differently() -> None:
    sender, target = CASE.sender.principal.salience, CASE.target.principal.salience
    assert sender["investment"] > target["investment"]
    assert target["car-tariff"] > sender["car-tariff"]
    assert target["security-guarantee"] > sender["security-guarantee"]
