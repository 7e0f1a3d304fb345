"""Varying a scenario by dotted names: what changes, what stays, what the notes say afterwards."""

from __future__ import annotations

import datetime
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negosim.scenario.scenario import Scenario

PIE = Scenario.load("pie")
TRADE = Scenario.load("logrolling")
CASE = Scenario.load("us-japan-2025")


def test_vary_leaves_the_original_alone_and_shares_the_rest() -> None:
    varied = CASE.vary({"sender.ambiguity": 0.2})
    assert (CASE.sender.ambiguity, varied.sender.ambiguity) == (0.05, 0.2)
    assert varied.target is CASE.target
    assert all(one is other for one, other in zip(varied.issues, CASE.issues, strict=True))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("talks.rounds", 5),
        ("talks.protocol", "random-proposer"),
        ("markets.persistence", 0.2),
        ("security.credibility", 0.9),
        ("calendar.first_round", datetime.date(2025, 5, 1)),
        ("issues.rice.status_quo", 400_000.0),
        ("issues.rice.levels", 11),
        ("threats.car-tariff.damage", 0.2),
        ("threats.car-tariff.pausable", True),
        ("linkage.rice--farm-purchases.weight", 0.5),
        ("linkage.farm-purchases--rice.weight", 0.5),
        ("target.ratifiers.farm-lobby.threshold", 0.9),
        ("sender.negotiators.bessent.weight", 3.0),
        ("sender.outside_option", 0.4),
        ("sender.strategy", "veto-aware"),
        ("sender.negotiators.greer.portfolio", ("rice",)),
        ("title", "Another title"),
    ],
)
def test_vary_reaches_every_part_by_its_dotted_name(name: str, value: object) -> None:
    assert CASE.vary({name: value}).get(name) == value


def test_names_may_come_as_keywords_or_in_a_dict() -> None:
    assert PIE.vary(**{"talks.rounds": 3}) == PIE.vary({"talks.rounds": 3})
    assert PIE.vary() is PIE


def test_the_order_of_changes_does_not_matter() -> None:
    one = CASE.vary({"sender.ambiguity": 0.1}).vary({"talks.rounds": 4})
    other = CASE.vary({"talks.rounds": 4, "sender.ambiguity": 0.1})
    assert one == other


def test_numpy_numbers_and_whole_floats_are_taken_where_they_fit() -> None:
    varied = PIE.vary({"talks.rounds": np.float64(6.0), "sender.discount": np.float32(0.5)})
    assert varied.talks.rounds == 6 and isinstance(varied.talks.rounds, int)
    assert varied.sender.discount == 0.5
    assert PIE.vary({"talks.rounds": np.int64(6)}).talks.rounds == 6


def test_varying_one_weight_rescales_the_others() -> None:
    varied = CASE.vary({"target.principal.salience.car-tariff": 0.61})
    before, after = CASE.target.principal.salience, varied.target.principal.salience
    assert after["car-tariff"] == 0.61
    assert sum(after.values()) == pytest.approx(1.0, abs=1e-12)
    assert after["rice"] / after["energy"] == pytest.approx(before["rice"] / before["energy"])


def test_varying_all_weights_takes_them_as_relative() -> None:
    varied = TRADE.vary({"sender.principal.salience.price": 0.3, "sender.principal.salience.delivery": 0.9})
    assert dict(varied.sender.principal.salience) == pytest.approx({"price": 0.25, "delivery": 0.75})


def test_an_issue_without_a_weight_can_be_given_one() -> None:
    name = "sender.ratifiers.farm-states.salience.currency"
    assert CASE.get(name) == 0.0
    varied = CASE.vary({name: 0.5})
    assert varied.get(name) == 0.5
    assert varied.get("sender.ratifiers.farm-states.salience.rice") == pytest.approx(0.15)


@given(st.floats(0.0, 0.99), st.floats(0.0, 0.99))
def test_a_salience_sums_to_one_after_any_variation(first: float, second: float) -> None:
    weights = CASE.vary(
        {
            "target.principal.salience.rice": first,
            "target.ratifiers.car-makers.salience.car-tariff": second,
        }
    )
    for salience in (weights.target.principal.salience, weights.target.ratifiers[0].salience):
        assert sum(salience.values()) == pytest.approx(1.0, abs=1e-9)


def test_what_was_varied_loses_its_source_but_keeps_its_range() -> None:
    note = CASE.vary({"markets.persistence": 0.6}).note("markets.persistence")
    assert note is not None and note.source is None and note.assumed is not None
    assert "varied" in note.assumed and note.range == (0.6, 0.9)


def test_the_range_of_what_was_varied_is_widened_to_hold_the_value() -> None:
    assert CASE.vary({"markets.persistence": 0.95}).assumed()["markets.persistence"] == (0.6, 0.95)
    assert CASE.vary({"sender.deadline_hazard": 0.1}).assumed()["sender.deadline_hazard"] == (0.1, 0.1)
    assert CASE.vary({"sender.strategy": "veto-aware"}).notes == CASE.notes


def test_a_varied_case_can_be_saved_and_loaded(tmp_path: Path) -> None:
    varied = CASE.vary(
        {"sender.principal.salience.rice": 0.2, "sender.outside_option": 0.3, "sender.ambiguity": 0.4}
    )
    varied.save(tmp_path / "varied.toml")
    assert Scenario.load(tmp_path / "varied.toml") == varied


def test_vary_takes_less_than_two_milliseconds() -> None:
    def once(step: int) -> float:
        started = time.perf_counter()
        CASE.vary({"sender.ambiguity": step / 100, "sender.principal.salience.rice": 0.2})
        return time.perf_counter() - started

    assert min(once(step) for step in range(20)) < 0.002
