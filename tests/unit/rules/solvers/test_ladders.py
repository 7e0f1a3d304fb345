"""Ladders of concessions: distinct utilities, and how far down each side has come."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from negosim import Negotiation, Scenario
from negosim.engine.prepare import prepare
from negosim.rules.records import OWN
from negosim.rules.solvers.ladders import OUTCOMES, count_outcomes, distinct, next_rung, outcome_utilities, rung_of

LADDERS = np.array([[1.0, 0.8, 0.6, 0.4, 0.2, 0.0], [1.0, 0.9, 0.5, 0.3, -1.0, -1.0], [1.0, 1.0, 2.0, 3.0, -1.0, -1.0]])


def side(demanded: float = np.nan, made: int = 0, reservation: float = 0.0) -> np.void:
    record = np.zeros(1, OWN)
    record["demanded"], record["offers_made"], record["reservation"] = demanded, made, reservation
    return record[0]


def test_utilities_that_differ_by_rounding_are_one_rung() -> None:
    assert list(distinct(np.array([0.5, 1.0, 0.5 + 1e-12, 0.2]))) == pytest.approx([1.0, 0.5, 0.2])


@pytest.mark.parametrize(("level", "rung"), [(1.0, 0), (0.95, 0), (0.8, 1), (0.3, 3), (0.0, 5), (-0.5, 5), (1.2, -1)])
def test_the_rung_of_a_level_is_the_lowest_that_is_worth_it(level: float, rung: int) -> None:
    assert rung_of(LADDERS[0], level) == rung


def test_a_side_begins_at_the_top_and_steps_down_once_the_other_has_made_as_many_proposals() -> None:
    assert next_rung(side(), LADDERS, 0, -1.0) == 1.0
    assert next_rung(side(1.0, 1), LADDERS, 0, -1.0) == 1.0  # it has made one, the other none
    assert next_rung(side(1.0, 1), LADDERS, 1, 1.0) == 0.8
    assert next_rung(side(0.8, 2), LADDERS, 1, 1.0) == 0.8


def test_an_offer_that_only_repeats_itself_is_no_concession() -> None:
    """The other's first two rungs table one package: after ten offers of it no more than two proposals are believed."""
    assert next_rung(side(0.6, 3), LADDERS, 10, 1.0) == 0.6
    assert next_rung(side(0.6, 3), LADDERS, 10, 0.5) == 0.4


def test_no_rung_lies_below_the_reservation_value() -> None:
    assert next_rung(side(0.6, 3, reservation=0.5), LADDERS, 9, 0.3) == 0.6
    assert next_rung(side(reservation=0.99), LADDERS, 0, -1.0) == 1.0


def test_a_finite_domain_is_counted_out_and_a_continuous_or_a_huge_one_is_not() -> None:
    assert count_outcomes(np.array([3, 4])) == 12
    assert count_outcomes(np.array([3, 0])) == 0
    assert OUTCOMES < 10**6
    assert count_outcomes(np.array([100, 100, 100])) == 0


def test_the_utilities_are_those_of_every_combination_of_levels() -> None:
    scenario = Scenario.load("logrolling").vary({"issues.price.levels": 3, "issues.delivery.levels": 2})
    mine = np.sort(outcome_utilities(prepare(scenario), 0, 0))
    assert mine == pytest.approx(sorted(0.8 * x + 0.2 * y for x, y in itertools.product((0, 0.5, 1), (0, 1))))


def test_two_of_them_go_down_in_step() -> None:
    scenario = Scenario.load("logrolling").vary(
        {"sender.strategy": "micro", "target.strategy": "micro", "issues.price.levels": 5, "issues.delivery.levels": 5,
         "talks.rounds": 60, "sender.disagreement": 0.0, "target.disagreement": 0.0}
    )
    frame = Negotiation(scenario, seed=1).play().frame()
    for label in ("sender", "target"):
        needed = frame.loc[frame["proposer"] != label, "answer_needed"].to_numpy()
        assert (np.diff(needed) < 0.0).all()
    assert frame["answer"].iloc[-1] == "accept"
