"""The chapters of `negosim check` on tariffs, threats, waiting and risk: the textbook's cases and draws from the whole domain.

With their seeds fixed these tests give the same answer each time. A true row with luck in it fails by chance once in 15,787
times; there are fewer than 40.
"""

from __future__ import annotations

import numpy as np
import pytest

from negosim.checks import risk, tariffs, threats, waiting
from negosim.checks.result import Parameters, Result
from negosim.checks.run import rows_of
from negosim.theory import waiting_multiple

RESULTS = (*tariffs.RESULTS, *threats.RESULTS, *waiting.RESULTS, *risk.RESULTS)
DRAWS = 3


def tried(result: Result) -> list[Parameters]:
    """Return a result's cases and some drawn with a seed of the result's own."""
    rng = np.random.default_rng(sum(map(ord, result.name)))
    return [*result.cases, *(result.draw(rng) for _ in range(DRAWS))]


@pytest.mark.parametrize(
    ("result", "parameters"),
    [pytest.param(result, case, id=f"{result.name}-{k}") for result in RESULTS for k, case in enumerate(tried(result))],
)
def test_the_engine_comes_out_as_the_textbook_says(result: Result, parameters: Parameters) -> None:
    rows = list(rows_of(result, parameters, seed=7))
    assert rows
    assert all(row.passes for row in rows), [(row.what, row.closed_form, row.engine, row.bound) for row in rows if not row.passes]


def test_a_target_that_signs_as_soon_as_it_pays_would_be_found_out() -> None:
    """The hurdle of who does not wait is 1, and that of a sender who is twice as volatile is far off too."""
    (row,) = rows_of(waiting.RESULTS[0], waiting.CASES[0], seed=7)
    for wrong in (1.0, waiting_multiple(0.04, 0.04, 0.2), waiting_multiple(0.04, 0.04, 0.05)):
        assert abs(row.engine - float(wrong)) > 10.0 * row.bound


def test_a_contest_between_other_types_would_be_found_out() -> None:
    """Twice the cost, and the known cost that is its mean, give other risks than those measured."""
    rows = list(rows_of(risk.RESULTS[1], {"demand": 0.6, "cost_low": 0.0, "cost_high": 2.0}, seed=7))
    others = list(rows_of(risk.RESULTS[1], {"demand": 0.55, "cost_low": 0.0, "cost_high": 4.0}, seed=7))
    assert all(abs(row.engine - other.closed_form) > 10.0 * row.bound for row, other in zip(rows, others, strict=True))
