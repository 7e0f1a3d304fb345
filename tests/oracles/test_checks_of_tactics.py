"""Waiting and contests in risk: other worlds than the one that was played are far from what `negosim check` measures."""

from __future__ import annotations

from negosim.theory import waiting_multiple
from negosim.validation.textbook import RESULTS, waiting
from negosim.validation.textbook.run import rows_of


def test_a_target_that_signs_as_soon_as_it_pays_would_be_found_out() -> None:
    """The hurdle of who does not wait is 1, and that of a sender who is twice as volatile is far off too."""
    (row,) = rows_of(waiting.RESULTS[0], waiting.CASES[0], seed=7)
    for wrong in (1.0, waiting_multiple(0.04, 0.04, 0.2), waiting_multiple(0.04, 0.04, 0.05)):
        assert abs(row.engine - float(wrong)) > 10.0 * row.bound


def test_a_contest_between_other_types_would_be_found_out() -> None:
    """Twice the cost, and the known cost that is its mean, give other risks than those measured."""
    types = RESULTS["brinkmanship-types"]
    rows = list(rows_of(types, {"demand": 0.6, "cost_low": 0.0, "cost_high": 2.0}, seed=7))
    others = list(rows_of(types, {"demand": 0.55, "cost_low": 0.0, "cost_high": 4.0}, seed=7))
    assert all(abs(row.engine - other.closed_form) > 10.0 * row.bound for row, other in zip(rows, others, strict=True))
