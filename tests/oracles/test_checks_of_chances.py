"""Reputation, the ultimatum and sealed bids: a formula that is wrong by a little fails in `negosim check`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from negosim.checks import RESULTS, reputation, sealed_bids, ultimatum
from negosim.checks.played import special_case
from negosim.checks.result import Parameters, Result
from negosim.checks.run import Row, rows_of


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
        (reputation, "attrition", "reputation-clock", "never_agree", 1.5),
        (ultimatum, "risk_return_demand", "risk-return", "demand", 1.01),
        (ultimatum, "opaque_sender", "opaque-sender", "sender", 1.02),
        (sealed_bids, "sealed_bid_trade", "sealed-trade", "seller", 1.05),
        (sealed_bids, "best_mechanism", "best-mechanism", "gains", 32 / 27),
    ],
)  # fmt: skip
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
