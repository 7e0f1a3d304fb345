from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from negosim.rules.utility import best_satisfaction, curved, raw_utility, risk, satisfaction, utility, utility_bounds
from tests.unit.two_sides import TwoSides, drawn

UNIT = st.floats(0.0, 1.0)
CURVATURE = st.sampled_from([1.0, 0.8, 0.5, 0.2])


@st.composite
def two_sides(draw) -> TwoSides:
    """Up to five issues; some may have no weight, ideals lie anywhere, edges pull either way."""
    issues = draw(st.integers(1, 5))
    weights = st.lists(st.one_of(st.just(0.0), st.floats(0.01, 1.0)), min_size=issues, max_size=issues)
    saliences = np.array([draw(weights.filter(any)) for _ in range(2)])
    positions = st.lists(st.one_of(st.sampled_from([0.0, 1.0]), UNIT), min_size=issues, max_size=issues)
    edges = draw(
        st.lists(
            st.sampled_from(list(itertools.combinations(range(issues), 2))).flatmap(
                lambda pair: st.tuples(st.just(pair[0]), st.just(pair[1]), st.floats(-1.0, 1.0))
            ),
            unique_by=lambda edge: edge[:2],
            max_size=6,
        )
        if issues > 1
        else st.just([])
    )
    curvature, linkage = draw(st.tuples(CURVATURE, CURVATURE)), draw(st.tuples(st.floats(0, 2), st.floats(0, 2)))
    saliences = saliences / saliences.sum(axis=1, keepdims=True)
    return TwoSides(saliences, np.array([draw(positions), draw(positions)]), curvature, linkage, tuple(edges))


def positions_of(sides: TwoSides, satisfied: np.ndarray) -> np.ndarray:
    """Packages of the first side with given satisfactions (..., issues), on the roomier side of its ideals."""
    ideal = sides.ideals[0]
    reach = (1.0 - satisfied) * np.maximum(ideal, 1.0 - ideal)
    return np.clip(np.where(ideal >= 0.5, ideal - reach, ideal + reach), 0.0, 1.0)


@given(UNIT, UNIT)
def test_satisfaction_is_1_at_the_ideal_0_at_the_farther_end_and_straight_between(x, ideal):
    assert satisfaction(ideal, ideal) == 1.0
    assert satisfaction(0.0 if ideal >= 0.5 else 1.0, ideal) == pytest.approx(0.0, abs=1e-15)
    assert satisfaction(x, ideal) == pytest.approx(1.0 - abs(x - ideal) / max(ideal, 1.0 - ideal), abs=1e-15)


def test_satisfaction_with_an_ideal_inside_falls_at_the_same_pace_on_both_sides():
    assert [satisfaction(x, 0.75) for x in (0.0, 0.375, 0.75, 1.0)] == pytest.approx([0.0, 0.5, 1.0, 2.0 / 3.0])
    assert [satisfaction(x, 0.2) for x in (0.0, 0.2, 0.6, 1.0)] == pytest.approx([0.75, 1.0, 0.5, 0.0])


@given(UNIT)
def test_with_an_ideal_at_an_end_satisfaction_is_the_position_itself_without_rounding(x):
    assert satisfaction(x, 1.0) == x
    assert satisfaction(x, 0.0) == 1.0 - x


@given(two_sides())
def test_the_worst_package_is_worth_0_and_the_best_1(sides):
    low, high = sides.bounds(0)
    best = positions_of(sides, best_satisfaction(sides.saliences[0], *sides.preferences(0)[2:]))
    assert utility(best, *sides.preferences(0), low, high) == pytest.approx(1.0, abs=1e-12)
    corners = np.array(list(itertools.product([0.0, 1.0], repeat=sides.issues)))
    worths = [utility(x, *sides.preferences(0), low, high) for x in positions_of(sides, corners)]
    assert min(worths) == pytest.approx(0.0, abs=1e-12)


@given(two_sides())
def test_the_own_ideal_is_worth_1_unless_an_edge_lowers_utility(sides):
    kind = TwoSides(sides.saliences, sides.ideals, sides.curvature, sides.linkage,
                    tuple((k, j, abs(g)) for k, j, g in sides.edges))
    assert utility(kind.ideals[0], *kind.preferences(0), *kind.bounds(0)) == pytest.approx(1.0, abs=1e-14)


@given(two_sides(), st.randoms(use_true_random=False))
def test_no_package_is_worth_more_than_the_bounds_say_nor_less(sides, random):
    rng = np.random.default_rng(random.getrandbits(32))
    satisfied = np.concatenate([rng.random((300, sides.issues)), rng.integers(0, 2, (60, sides.issues)).astype(float)])
    worths = sides.raw(0, positions_of(sides, satisfied))
    low, high = sides.bounds(0)
    assert low - 1e-12 <= worths.min() and worths.max() <= high + 1e-12


@given(two_sides())
def test_whoever_cares_about_anything_has_bounds_apart(sides):
    low, high = sides.bounds(0)
    assert high - low >= sides.saliences[0].max() * (1.0 - 1e-12)


def exact_satisfaction(x, ideal):
    """Return 1 - |x - ideal| / max(ideal, 1 - ideal) in fractions: near 0, where s^c is steep, floats would lose digits."""
    x, ideal = Fraction(float(x)), Fraction(float(ideal))
    return float(1 - abs(x - ideal) / max(ideal, 1 - ideal))


@given(two_sides(), st.lists(UNIT, min_size=5, max_size=5))
def test_a_package_is_worth_what_the_formula_says(sides, positions):
    package = np.array(positions[: sides.issues])
    satisfied = np.array([exact_satisfaction(x, ideal) for x, ideal in zip(package, sides.ideals[0], strict=True)])
    weight = sides.saliences[0]
    worth = (weight * satisfied ** sides.curvature[0]).sum()
    for k, j, g in sides.edges:
        worth += sides.linkage[0] * g * np.sqrt(weight[k] * weight[j]) * satisfied[k] * satisfied[j]
    assert raw_utility(package, *sides.preferences(0)) == pytest.approx(worth, abs=1e-13)


def test_the_bounds_of_a_straight_utility_are_those_of_all_vertices():
    rng = np.random.default_rng(4)
    for issues in (1, 2, 5, 8, 12):
        edges = tuple((k, j, float(rng.uniform(-1, 1))) for k, j in itertools.combinations(range(issues), 2))
        sides = TwoSides.with_ends(rng.dirichlet(np.ones(issues)), np.ones(issues), linkage=(1.0, 0.0), edges=edges)
        vertices = sides.raw(0, np.array(list(itertools.product([0.0, 1.0], repeat=issues))))
        assert sides.bounds(0) == pytest.approx((vertices.min(), vertices.max()), abs=1e-14)


@pytest.mark.parametrize("curvature", [0.5, 0.8])
def test_no_package_of_a_fine_grid_passes_the_bounds_of_a_curved_utility_and_packages_reach_them(curvature):
    rng = np.random.default_rng(6)
    for _ in range(10):
        edges = tuple((k, j, -float(rng.random())) for k, j in ((0, 1), (0, 2), (1, 2)))
        weights = rng.dirichlet(np.ones(3))
        sides = TwoSides.with_ends(weights, weights, curvature=(curvature, 1.0), linkage=(2.0, 0.0), edges=edges)
        grid = sides.raw(0, sides.grid(61))
        low, high = sides.bounds(0)
        reached = sides.raw(0, best_satisfaction(weights, *sides.preferences(0)[2:]))
        assert low == pytest.approx(grid.min(), abs=1e-14)
        assert high >= grid.max() - 1e-14 and high == pytest.approx(reached, abs=1e-14)


def test_a_best_package_that_no_vertex_leads_to_is_found_from_inside():
    """Twelve strongly torn issues, c = .3: climbs from vertices end at .7188, most climbs from inside at .7364."""
    sides = drawn(np.random.default_rng(3), 12, curvature=(0.3, 0.3), linkage=(1.0, 1.0), negative=0.8)
    rng = np.random.default_rng(0)
    found = [
        minimize(lambda x: -sides.raw(0, x), rng.random(12), method="L-BFGS-B", bounds=[(1e-9, 1.0)] * 12) for _ in range(6)
    ]
    assert sides.bounds(0)[1] >= max(-climb.fun for climb in found) - 1e-12
    assert sides.bounds(0)[1] == pytest.approx(0.7364, abs=1e-4)


def test_beyond_twelve_torn_issues_the_bounds_come_from_climbs():
    """Complements in one half and substitutes across: the best is a half, worth 7 / 14 + (6 / 14) lambda by hand."""
    issues, weight = 14, 1.0 / 14.0
    across = tuple((k, 7 + j, -1.0) for k in range(7) for j in range(7))
    chain = tuple((k, k + 1, 1.0) for half in (0, 7) for k in range(half, half + 6))
    sides = TwoSides.with_ends(np.full(issues, weight), np.full(issues, weight), linkage=(1.0, 0.0), edges=across + chain)
    low, high = sides.bounds(0)
    assert high == pytest.approx(7 * weight + 6 * weight)
    assert low == pytest.approx(min(0.0, 14 * weight + (12 - 49) * weight))


def test_linear_additive_utility_is_the_weighted_sum():
    sides = TwoSides.with_ends([0.6, 0.25, 0.15], [0.3, 0.3, 0.4])
    package = np.array([1.0, 0.4, 0.0])
    worth = [utility(package, *sides.preferences(side), *sides.bounds(side)) for side in range(2)]
    assert worth == pytest.approx([0.6 + 0.25 * 0.4, 0.3 * 0.6 + 0.4], abs=1e-15)
    assert [sides.bounds(side) for side in range(2)] == [(0.0, 1.0)] * 2


def test_curvature_bends_each_issue_alone():
    sides = TwoSides.with_ends([0.5, 0.5], [0.5, 0.5], curvature=(0.5, 1.0))
    assert raw_utility(np.array([0.25, 0.81]), *sides.preferences(0)) == pytest.approx(0.5 * 0.5 + 0.5 * 0.9)
    assert curved(0.3, 1.0) == 0.3 and curved(0.25, 0.5) == 0.5


def test_linkage_adds_what_linked_issues_are_worth_together():
    """w = (.64, .36), g = .5, lambda = 1: both full adds .5 sqrt(.64 .36) = .24, so raw is 1.24 at most."""
    sides = TwoSides.with_ends([0.64, 0.36], [0.5, 0.5], linkage=(1.0, 0.0), edges=((0, 1, 0.5),))
    assert sides.bounds(0) == pytest.approx((0.0, 1.24))
    worth = [utility(np.array(x), *sides.preferences(0), 0.0, 1.24) for x in ((1.0, 0.0), (0.0, 1.0), (0.5, 0.5))]
    assert worth == pytest.approx([0.64 / 1.24, 0.36 / 1.24, (0.5 + 0.24 * 0.25) / 1.24])


def test_of_two_strong_substitutes_the_better_alone_is_best():
    """g = -1, lambda = 2: both full is worth 1 - 2 * .48 = .04, the first alone .64, which is the best, and none 0."""
    sides = TwoSides.with_ends([0.64, 0.36], [0.5, 0.5], linkage=(2.0, 0.0), edges=((0, 1, -1.0),))
    assert sides.bounds(0) == pytest.approx((0.0, 0.64))
    assert list(best_satisfaction(sides.saliences[0], *sides.preferences(0)[2:])) == [1.0, 0.0]


def test_rounding_does_not_leave_the_unit_interval():
    sides = TwoSides.with_ends([0.1] * 10, [0.1] * 10)
    assert utility(np.ones(10), *sides.preferences(0), 0.0, 1.0 - 1e-15) == 1.0
    assert utility(np.zeros(10), *sides.preferences(0), 1e-15, 1.0) == 0.0


def test_the_bounds_do_not_depend_on_where_the_ideals_lie():
    weights, edges = np.array([0.5, 0.3, 0.2]), (np.array([0, 1]), np.array([1, 2]), np.array([-1.0, 0.7]))
    bounds = [utility_bounds(weights, np.array(ideals), 0.6, 1.0, *edges) for ideals in ([1.0, 1.0, 1.0], [0.2, 0.9, 0.5])]
    assert bounds[0] == bounds[1]


@given(UNIT, st.floats(0.0, 0.99))
def test_risk_aversion_raises_what_lies_between_and_keeps_the_ends(u, aversion):
    assert risk(0.0, aversion) == 0.0 and risk(1.0, aversion) == 1.0 and risk(u, 0.0) == u
    assert risk(u, aversion) >= u
