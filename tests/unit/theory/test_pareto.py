"""The Pareto frontier against its definition, on random outcomes with ties, duplicates and rounding."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from negosim.theory.pareto import TOLERANCE, levels, pareto

Array = NDArray[np.float64]


def dominates(one: Array, other: Array, tolerance: float = TOLERANCE) -> bool:
    """Return whether one outcome is as good as another for everybody, and better for somebody."""
    return bool((one >= other - tolerance).all() and (one > other + tolerance).any())


def undominated(utilities: Array) -> list[bool]:
    """Return which outcomes no other dominates, pair by pair."""
    return [not any(dominates(one, other) for one in utilities) for other in utilities]


def on_a_grid(draw: np.random.Generator, count: int, sides: int) -> Array:
    """Return outcomes with few distinct utilities: many ties and duplicates."""
    return draw.integers(0, 5, (count, sides)) / 7.0


def nearly_on_a_grid(draw: np.random.Generator, count: int, sides: int) -> Array:
    """Return the same with rounding: no two utilities are equal, and many differ by less than the tolerance."""
    return on_a_grid(draw, count, sides) + draw.uniform(0.0, 1e-12, (count, sides))


def anywhere(draw: np.random.Generator, count: int, sides: int) -> Array:
    """Return outcomes spread over the unit cube."""
    return draw.random((count, sides))


def nearly_efficient(draw: np.random.Generator, count: int, sides: int) -> Array:
    """Return shares of a pie, most of which lie on the frontier, and some just below it."""
    return draw.dirichlet(np.ones(sides), count) - draw.choice([0.0, 1e-12, 0.01], (count, 1))


KINDS = [on_a_grid, nearly_on_a_grid, anywhere, nearly_efficient]


@pytest.mark.parametrize("sides", [2, 3, 4, 5])
@pytest.mark.parametrize("kind", KINDS)
def test_the_frontier_is_what_no_outcome_dominates(
    kind: Callable[[np.random.Generator, int, int], Array], sides: int
) -> None:
    draw = np.random.default_rng(sides)
    for count in (1, 2, 3, 16, 17, 60):
        for _ in range(5):
            utilities = kind(draw, count, sides)
            assert pareto(utilities).tolist() == undominated(utilities)


@pytest.mark.parametrize("sides", [2, 3, 4])
def test_dominated_outcomes_that_comparison_without_tolerance_would_keep_are_off(sides: int) -> None:
    """The others lose a tenth from row to row, while the first side gains by rounding alone."""
    rows = np.arange(5.0)
    utilities = np.column_stack([0.5 + 1e-13 * rows, *[1.0 - 0.1 * rows] * (sides - 1)])
    assert pareto(utilities, tolerance=0.0).tolist() == [True] * 5
    assert pareto(utilities).tolist() == [True] + [False] * 4


@pytest.mark.parametrize("sides", [2, 3, 4])
@pytest.mark.parametrize("tolerance", [0.0, 0.01, 0.1, 0.4])
def test_whatever_the_tolerance_what_is_left_out_is_covered_and_what_stays_is_not_clearly_beaten(
    tolerance: float, sides: int
) -> None:
    utilities = np.random.default_rng(7).random((150, sides))
    mask = pareto(utilities, tolerance)
    frontier = utilities[mask]
    for outcome in utilities[~mask]:
        assert ((frontier >= outcome - tolerance) & (frontier > outcome).any(axis=1, keepdims=True)).all(axis=1).any()
    for outcome in frontier:
        assert not ((utilities >= outcome).all(axis=1) & (utilities > outcome + tolerance).any(axis=1)).any()


def test_a_circle_of_outcomes_that_each_beat_the_last_within_the_tolerance_leaves_a_frontier() -> None:
    """Each is 1.1 tolerances better than the one before for one side, and .9 worse for two; after six they are all worse."""
    steps = np.array([[1.1, -0.9, -0.9], [-0.9, 1.1, -0.9], [-0.9, -0.9, 1.1]] * 2)
    circle = np.vstack([np.zeros(3), np.cumsum(steps, axis=0)])
    assert not any(undominated(circle * TOLERANCE))
    assert pareto(circle * TOLERANCE).any()


def test_equal_outcomes_stay_on_the_frontier_together() -> None:
    assert pareto([(1.0, 0.5), (1.0, 0.5 + 1e-12), (0.5, 0.5)]).tolist() == [True, True, False]


def test_no_outcomes_have_an_empty_frontier() -> None:
    for sides in (2, 3, 4):
        assert pareto(np.zeros((0, sides))).shape == (0,)


def test_levels_are_cut_where_a_chain_of_neighbours_is_longer_than_the_tolerance() -> None:
    column = np.array([0.0, 0.6, 1.1, 1.9, 3.0, 2.1, 7.0])
    assert levels(np.column_stack([column, -column]), 1.0)[:, 0].tolist() == [0, 0, 1, 1, 2, 1, 3]


@pytest.mark.parametrize("tolerance", [0.0, 1e-3, 0.03])
def test_levels_follow_their_rule_value_by_value(tolerance: float) -> None:
    values = np.random.default_rng(3).random(400)
    level, start, expected = 0, min(values), {}
    for value in sorted(values.tolist()):
        if value > start + tolerance:
            level, start = level + 1, value
        expected[value] = level
    assert levels(np.column_stack([values, values]), tolerance)[:, 1].tolist() == [expected[v] for v in values.tolist()]


@pytest.mark.parametrize(
    ("utilities", "tolerance", "message"),
    [
        ([1.0, 2.0], 0.0, r"shape \(2,\); .* at least 2 sides. Give one row"),
        ([[1.0], [2.0]], 0.0, r"shape \(2, 1\)"),
        ([[1.0, 2.0], [3.0, float("nan")]], 0.0, r"utilities\[1, 1\] is nan; .* finite. Leave out"),
        ([[1.0, float("inf")]], 0.0, r"utilities\[0, 1\] is inf"),
        ([[1.0, 2.0]], -0.1, "tolerance is -0.1; it must be finite and at least 0. Leave it out"),
        ([[1.0, 2.0]], float("nan"), "tolerance is nan"),
    ],
)
def test_what_is_wrong_is_said_with_value_bound_and_remedy(utilities: object, tolerance: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pareto(utilities, tolerance)  # type: ignore[arg-type]
