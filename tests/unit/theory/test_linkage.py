"""Linking issues: the formulas against every division of the issues."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from negosim import theory


def along(corners, points=20_001):
    """Points on the straight lines between corners, (points, 2)."""
    place = np.linspace(0, len(corners) - 1, points)
    return np.stack([np.interp(place, np.arange(len(corners)), corners[:, side]) for side in range(2)], axis=1)


def best_product(points):
    return points[np.argmax(points.prod(axis=1))]


def divisions(weights_1, weights_2):
    """What both sides have if each issue goes whole to one of them, (2^issues, 2)."""
    given = np.array(list(itertools.product((0, 1), repeat=len(weights_1))))
    return np.stack([given @ weights_1, (1 - given) @ weights_2], axis=1)


def test_the_corners_are_what_no_division_of_the_issues_improves():
    rng = np.random.default_rng(6)
    for issues in (1, 2, 3, 6):
        first, second = rng.dirichlet(np.ones(issues), 2)
        corners, all_of_them = theory.additive_frontier(first, second), divisions(first, second)
        assert corners.shape == (issues + 1, 2)
        assert all(np.abs(all_of_them - corner).max(axis=1).min() < 1e-12 for corner in corners)
        for direction in rng.dirichlet((1, 1), 50):
            assert (corners @ direction).max() == pytest.approx((all_of_them @ direction).max(), abs=1e-12)


def test_the_known_corners_have_the_known_nash_solution():
    corners = theory.additive_frontier([0.6, 0.25, 0.15], [0.3, 0.3, 0.4])
    assert corners == pytest.approx(np.array([[0, 1], [0.6, 0.7], [0.85, 0.4], [1, 0]]), abs=1e-12)
    assert best_product(along(corners)) == pytest.approx([0.6, 0.7], abs=1e-3)


def test_an_issue_that_only_one_side_cares_about_goes_to_it_for_nothing():
    corners = theory.additive_frontier([0.5, 0.5, 0.0], [0.0, 0.4, 0.6])
    assert corners == pytest.approx(np.array([[0, 1], [0.5, 1], [1, 0.6], [1, 0]]), abs=1e-12)


def test_frontiers_of_many_weights_are_found_at_once():
    rng = np.random.default_rng(7)
    first, second = rng.dirichlet(np.ones(4), (3, 5)), rng.dirichlet(np.ones(4), 5)
    corners = theory.additive_frontier(first, second)
    assert corners.shape == (3, 5, 5, 2)
    assert (corners[1, 2] == theory.additive_frontier(first[1, 2], second[2])).all()


def test_weights_that_do_not_sum_to_one_are_refused():
    with pytest.raises(ValueError, match=r"^sum is 1\.2; weights_2 must sum to 1\. Divide by the sum\.$"):
        theory.additive_frontier([0.5, 0.5], [0.6, 0.6])
    with pytest.raises(ValueError, match=r"^weights_1 is 1; there must be a weight for each issue\. Give a list of weights\.$"):
        theory.additive_frontier(1.0, 1.0)


def test_the_known_numbers_of_linkage():
    assert theory.separate_nash(0.8, 0.3) == (0.5, 0.5)
    assert theory.linked_nash(0.8, 0.3) == pytest.approx((0.8, 0.7), abs=5e-7)


PAIRS = [(0.8, 0.3), (0.3, 0.8), (0.9, 0.7), (0.7, 0.9), (0.2, 0.1), (0.1, 0.4), (1, 0), (0, 1)]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_the_linked_solution_has_the_largest_product_on_the_frontier(one, other):
    corners = theory.additive_frontier([one, 1 - one], [other, 1 - other])
    assert theory.linked_nash(one, other) == pytest.approx(best_product(along(corners)), abs=2e-4)


def test_the_separate_solution_halves_each_issue():
    shares = np.linspace(0, 1, 1001)
    for one, other in ((0.8, 0.3), (0.4, 0.4)):
        halves = [shares[np.argmax(w * shares * v * (1 - shares))] for w, v in ((one, other), (1 - one, 1 - other))]
        mine, theirs = np.dot([one, 1 - one], halves), np.dot([other, 1 - other], 1 - np.array(halves))
        assert theory.separate_nash(one, other) == pytest.approx((mine, theirs))


def test_linking_gains_exactly_if_the_weights_differ():
    first, second = np.meshgrid(np.linspace(0, 1, 21), np.linspace(0, 1, 21))
    linked, separate = theory.linked_nash(first, second), theory.separate_nash(first, second)
    gain = linked.side_1 * linked.side_2 - separate.side_1 * separate.side_2
    assert ((gain > 1e-12) == (first != second)).all()
    assert min(np.min(linked.side_1), np.min(linked.side_2)) >= 0.5  # nobody loses by it
