from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negosim.rules.frontier.stakes import issue_worth, linked_worth, marginal, worth
from tests.unit.two_sides import TwoSides, drawn

SEEDS = st.integers(0, 2**32 - 1)


def a_case(seed: int) -> tuple[TwoSides, np.ndarray]:
    rng = np.random.default_rng(seed)
    sides = drawn(rng, 4, interior=True, negative=0.4, curvature=(0.6, 1.0), linkage=(0.5, 1.0))
    return sides, rng.uniform(0.01, 0.99, 4)


@given(SEEDS)
def test_worth_is_scaled_utility(seed):
    sides, package = a_case(seed)
    for side in range(2):
        assert worth(sides.stakes(), side, package) == pytest.approx(sides.utility(side, package), abs=1e-12)


@given(SEEDS, st.integers(0, 3))
def test_moving_one_issue_changes_utility_by_the_change_of_the_issue_s_worth(seed, k):
    sides, package = a_case(seed)
    moved = package.copy()
    moved[k] = 1.0 - package[k]
    stakes = sides.stakes()
    for side in range(2):
        linked = linked_worth(stakes, side, k, package)
        change = issue_worth(stakes, side, k, moved[k], linked) - issue_worth(stakes, side, k, package[k], linked)
        assert change == pytest.approx(sides.utility(side, moved) - sides.utility(side, package), abs=1e-12)


@given(SEEDS, st.integers(0, 3), st.integers(0, 1))
def test_the_derivatives_are_those_of_the_issue_s_worth(seed, k, side):
    """Held against central differences of step h, which are off by h^2 f'''/6 and by rounding, 2e-16 f / h^2."""
    sides, package = a_case(seed)
    stakes, ideal, h = sides.stakes(), sides.ideals[side, k], 1e-5
    reach = max(ideal, 1.0 - ideal)
    x = ideal - 0.5 * reach if ideal >= 0.5 else ideal + 0.5 * reach
    linked = linked_worth(stakes, side, k, package)
    left, middle, right = (issue_worth(stakes, side, k, x + step, linked) for step in (-h, 0.0, h))
    first, second = marginal(stakes, side, k, x, linked, 1.0 if x < ideal else -1.0)
    assert first == pytest.approx((right - left) / (2 * h), abs=1e-7)
    assert second == pytest.approx((right - 2 * middle + left) / h**2, abs=1e-4)


def test_a_curved_issue_is_worth_infinitely_much_at_first_and_an_issue_without_weight_nothing():
    stakes = TwoSides.with_ends([1.0, 0.0], [0.5, 0.5], curvature=(0.5, 0.5)).stakes()
    assert marginal(stakes, 0, 0, 0.0, 0.0, 1.0) == (np.inf, -np.inf)
    assert marginal(stakes, 0, 1, 0.0, 0.0, 1.0) == (0.0, 0.0)


def test_who_cares_about_nothing_has_utility_0_everywhere():
    stakes = TwoSides.with_ends([0.0, 0.0], [0.0, 0.0]).stakes()
    assert [worth(stakes, side, np.array([0.3, 0.8])) for side in range(2)] == [0.0, 0.0]
