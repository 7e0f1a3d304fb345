from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negosim.rules.frontier.bridge import bridge, meet_level, move_in_order
from negosim.rules.frontier.log_rolling import log_roll
from tests.unit.two_sides import TwoSides, drawn

SEEDS = st.integers(0, 2**32 - 1)


def rolled(sides: TwoSides, held: int, package) -> np.ndarray:
    result = np.array(package, dtype=float)
    log_roll(sides.stakes(), held, result, np.empty((sides.issues, 2, 2)))
    return result


def test_two_issues_are_rolled_until_one_of_them_is_whole():
    """w = (.8, .2), v = (.3, .7): from half of each the sender buys price with delivery at 4 to 1, until delivery is gone.

    It then holds .5 / .8 = .625 of the price, and the target has .3 * .375 + .7 = .8125 instead of .5.
    """
    sides = TwoSides.with_ends([0.8, 0.2], [0.3, 0.7])
    assert rolled(sides, 0, [0.5, 0.5]) == pytest.approx([0.625, 0.0], abs=1e-8)
    assert rolled(sides, 1, [0.5, 0.5]) == pytest.approx([1.0, 1 - 0.5 / 0.7], abs=1e-8)


def test_equal_saliences_leave_nothing_to_roll():
    sides = TwoSides.with_ends([0.5, 0.3, 0.2], [0.5, 0.3, 0.2])
    assert list(rolled(sides, 0, [0.2, 0.5, 0.9])) == [0.2, 0.5, 0.9]


def test_curved_issues_are_rolled_until_no_exchange_is_worth_while():
    """c = 1/2: along what leaves the sender as it was, x_2 = ((u - .8 sqrt x_1) / .2)^2, no place is better for the target.

    Exchanges that gain less than 1e-8 are left, so that much in a few of them may be missing.
    """
    sides = TwoSides.with_ends([0.8, 0.2], [0.2, 0.8], curvature=(0.5, 0.5))
    end = rolled(sides, 0, [0.5, 0.5])
    first = np.linspace(0.0, 1.0, 100_001)
    second = (np.sqrt(0.5) - 0.8 * np.sqrt(first)) / 0.2
    held = np.stack([first, second**2], axis=1)[(second >= 0.0) & (second <= 1.0)]
    assert sides.utility(1, held).max() <= sides.utility(1, end) + 1e-7


@given(SEEDS, st.sampled_from([1.0, 0.6]), st.integers(0, 1))
def test_log_rolling_leaves_the_held_side_as_it_was_and_never_hurts_the_other(seed, curvature, held):
    """An exchange is repaid to 1e-9, and there are 80 at most."""
    rng = np.random.default_rng(seed)
    sides = drawn(rng, 4, interior=True, negative=0.4, curvature=(curvature, curvature), linkage=(0.5, 0.5))
    start = rng.random(4)
    end = rolled(sides, held, start)
    assert ((end >= 0.0) & (end <= 1.0)).all()
    assert sides.utility(held, end) == pytest.approx(sides.utility(held, start), abs=1e-7)
    assert sides.utility(1 - held, end) >= sides.utility(1 - held, start) - 1e-7


@given(SEEDS, st.integers(0, 1))
def test_after_log_rolling_linear_issues_no_package_of_a_grid_is_better_for_the_other(seed, held):
    rng = np.random.default_rng(seed)
    sides = TwoSides.with_ends(rng.dirichlet(np.ones(3)), rng.dirichlet(np.ones(3)))
    end, grid = rolled(sides, held, rng.random(3)), sides.grid(21)
    as_good = grid[sides.utility(held, grid) >= sides.utility(held, end)]
    # prices closer than 1e-4 count as equal, which costs at most 1e-4 of utility per issue
    assert sides.utility(1 - held, as_good).max(initial=0.0) <= sides.utility(1 - held, end) + 3e-4


def test_discrete_issues_are_not_exchanged():
    sides = TwoSides.with_ends([0.6, 0.2, 0.2], [0.1, 0.6, 0.3], levels=(3, 0, 0))
    assert rolled(sides, 0, [0.5, 0.5, 0.5])[0] == 0.5


def test_the_level_asked_for_is_met_on_the_way():
    sides = TwoSides.with_ends([0.7, 0.3], [0.4, 0.6], curvature=(0.5, 1.0))
    package, low, high = np.empty(2), np.array([0.0, 0.2]), np.array([1.0, 0.6])
    meet_level(sides.stakes(), 0, 0.6, low, high, package)
    assert sides.utility(0, package) == pytest.approx(0.6, abs=1e-9)
    share = (package - low) / (high - low)
    assert share[0] == pytest.approx(share[1])


def test_issues_are_moved_in_the_order_of_what_they_cost_the_other():
    """w = (.6, .25, .15), v = (.3, .3, .4): the first costs .5 a unit of the sender's utility, the second 1.2.

    .7 is the first whole, and .1 / .25 of the second. Back from everything, the third goes first and then the second.
    """
    sides = TwoSides.with_ends([0.6, 0.25, 0.15], [0.3, 0.3, 0.4])
    package = np.empty(3)
    move_in_order(sides.stakes(), 0, 0.7, np.zeros(3), np.ones(3), package)
    assert package == pytest.approx([1.0, 0.4, 0.0], abs=1e-8)
    move_in_order(sides.stakes(), 0, 0.7, np.ones(3), np.zeros(3), package)
    assert package == pytest.approx([1.0, 0.4, 0.0], abs=1e-8)


def test_a_level_out_of_reach_leaves_the_package_at_the_end_of_the_way():
    sides = TwoSides.with_ends([0.6, 0.4], [0.5, 0.5])
    package = np.empty(2)
    move_in_order(sides.stakes(), 0, 0.9, np.zeros(2), np.array([1.0, 0.5]), package)
    assert list(package) == [1.0, 0.5]


@given(SEEDS, st.integers(0, 1))
def test_a_bridge_stands_halfway_in_the_utility_of_the_held_side(seed, held):
    rng = np.random.default_rng(seed)
    sides = drawn(rng, 4, negative=0.3, curvature=(1.0, 1.0), linkage=(0.5, 0.5))
    ends = np.array([np.zeros(4), np.ones(4)])
    utilities = np.array([[sides.utility(side, end) for side in range(2)] for end in ends])
    package = np.empty(4)
    bridge(sides.stakes(), held, ends[0], ends[1], utilities, package, np.empty((4, 2, 2)))
    assert sides.utility(held, package) == pytest.approx(utilities[:, held].mean(), abs=1e-6)
