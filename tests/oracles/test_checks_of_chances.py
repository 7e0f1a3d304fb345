"""Reputation, the ultimatum and sealed bids: a formula that is wrong by a little fails in `negosim check`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from negosim.validation.textbook import RESULTS, reputation, sealed_bids, ultimatum
from negosim.validation.textbook.played import special_case
from negosim.validation.textbook.result import Parameters, Result
from negosim.validation.textbook.run import Row, rows_of


def failing(result: Result, parameters: Parameters, seed: int) -> list[Row]:
    """Return the rows of a case that do not hold; there must be rows."""
    rows = list(rows_of(result, parameters, seed))
    assert rows
    return [row for row in rows if not row.passes]


def wrongly(closed_form: Callable[..., Any], what: str, factor: float) -> Callable[..., Any]:
    """Return a closed form with one of its numbers multiplied by a factor."""
    return lambda *numbers: (right := closed_form(*numbers))._replace(**{what: getattr(right, what) * factor})


@pytest.mark.parametrize(
    ("chapter", "function", "name", "number", "factor"),
    [
        (reputation, "attrition", "reputation-clock", "payoff_2", 0.9),
        (reputation, "attrition", "reputation-clock", "never_agree", 2.0),
        (ultimatum, "risk_return_demand", "risk-return", "demand", 1.01),
        (ultimatum, "opaque_sender", "opaque-sender", "sender", 1.02),
        (sealed_bids, "sealed_bid_trade", "sealed-trade", "seller", 1.05),
        (sealed_bids, "best_mechanism", "best-mechanism", "gains", 32 / 27),
    ],
)
def test_a_wrong_formula_fails(
    monkeypatch: pytest.MonkeyPatch, chapter: Any, function: str, name: str, number: str, factor: float
) -> None:
    monkeypatch.setattr(chapter, function, wrongly(getattr(chapter, function), number, factor))
    assert len(failing(RESULTS[name], RESULTS[name].cases[0], seed=0)) == 1


def test_truthful_bids_are_not_those_of_the_equilibrium(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_bids, "special_case", lambda name, changes: special_case(name, changes, "time-dependent"))
    case = RESULTS["sealed-trade"].cases[0]
    traded = next(row for row in rows_of(RESULTS["sealed-trade"], case, seed=0) if row.what == "share traded")
    assert not traded.passes and abs(traded.engine - 0.5) < 4.0 * traded.standard_error


RARELY = {
    "demand_1": 0.6628470724779353, "demand_2": 0.7266220512227072, "rate_1": 0.38064772937870117,
    "rate_2": 1.8951060025798738, "prior_1": 0.0060307980352631695, "prior_2": 0.8648204485782107,
}
"""The rational target's payoff hangs on a sender that is committed six times in a thousand."""


@pytest.mark.parametrize("seed", range(4))
def test_a_war_whose_spread_a_pilot_cannot_know_is_played_until_its_error_is_small(seed: int) -> None:
    assert failing(RESULTS["reputation-clock"], RARELY, seed) == []


def test_a_share_that_is_too_rare_to_happen_in_the_runs_is_no_fault() -> None:
    """Two sides that are both committed: .53 runs of 8000 are expected, and none came."""
    case = RARELY | {"prior_1": 7.4e-5, "prior_2": 0.9}
    never = next(row for row in rows_of(RESULTS["reputation-clock"], case, seed=0) if row.what == "share never settled")
    assert never.engine == 0.0 < never.closed_form and never.passes
