from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negosim.rules.frontier.ascent import ascend, best_position
from tests.unit.two_sides import TwoSides, drawn

SEEDS = st.integers(0, 2**32 - 1)
SHARES = st.floats(0.0, 1.0)


def weighted(sides: TwoSides, packages: np.ndarray, towards: float) -> np.ndarray:
    return towards * sides.utility(0, packages) + (1.0 - towards) * sides.utility(1, packages)


@given(SEEDS, SHARES, st.sampled_from([0.3, 0.7, 1.0]))
def test_no_position_of_a_fine_grid_is_better_than_the_best_position(seed, towards, curvature):
    rng = np.random.default_rng(seed)
    sides = drawn(rng, 3, interior=True, negative=0.5, curvature=(curvature, 0.8), linkage=(1.0, 1.0))
    package = rng.random(3)
    others = np.tile(package, (1001, 1))
    others[:, 1] = np.linspace(0.0, 1.0, 1001)
    package[1] = best_position(sides.stakes(), 1, package, towards)
    assert weighted(sides, package, towards) >= weighted(sides, others, towards).max() - 1e-10


@given(SEEDS, SHARES)
def test_an_ascent_ends_where_no_change_of_one_issue_helps(seed, towards):
    """A last sweep moves no issue by more than 1e-6, so what is left to gain is of the order of its square."""
    rng = np.random.default_rng(seed)
    sides = drawn(rng, 4, negative=0.5, curvature=(0.6, 0.8), linkage=(0.5, 0.5))
    package, start = rng.random(4), rng.random(4)
    package[:] = start
    reached = ascend(sides.stakes(), package, towards)
    assert reached == pytest.approx(weighted(sides, package, towards), abs=1e-12)
    assert reached >= weighted(sides, start, towards) - 1e-12
    for k in range(4):
        others = np.tile(package, (201, 1))
        others[:, k] = np.linspace(0.0, 1.0, 201)
        assert weighted(sides, others, towards).max() <= reached + 1e-9


def test_two_curved_issues_are_shared_where_the_marginal_worths_meet():
    """w = v = 1 on one issue, c = 1/2: towards / sqrt(x) = (1 - towards) / sqrt(1 - x), so x = 16/17 for .8."""
    stakes = TwoSides.with_ends([1.0], [1.0], curvature=(0.5, 0.5)).stakes()
    package = np.array([0.5])
    ascend(stakes, package, 0.8)
    assert package[0] == pytest.approx(16.0 / 17.0, abs=1e-6)


def test_straight_issues_go_to_whom_they_are_worth_more_and_ties_stay():
    stakes = TwoSides.with_ends([0.6, 0.2, 0.2], [0.2, 0.6, 0.2]).stakes()
    package = np.array([0.3, 0.3, 0.3])
    ascend(stakes, package, 0.5)
    assert list(package) == [1.0, 0.0, 0.3]


def test_issues_of_no_weight_in_the_sum_stay_where_they_are():
    stakes = TwoSides.with_ends([1.0, 0.0], [0.5, 0.5]).stakes()
    package = np.array([0.3, 0.3])
    ascend(stakes, package, 1.0)
    assert list(package) == [1.0, 0.3]


def test_a_discrete_issue_stands_at_the_best_of_its_levels():
    """sqrt(x) + sqrt(1 - x) is best at 1/2; of the levels 0, 1/3, 2/3, 1 the two in the middle are: x keeps near."""
    stakes = TwoSides.with_ends([1.0], [1.0], curvature=(0.5, 0.5), levels=(4,)).stakes()
    for start, end in ((0.0, 1 / 3), (1.0, 1 / 3), (0.4, 1 / 3), (0.6, 2 / 3)):
        package = np.array([start])
        ascend(stakes, package, 0.5)
        assert package[0] == pytest.approx(end, abs=1e-15)
