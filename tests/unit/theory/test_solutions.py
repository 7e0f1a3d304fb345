"""Cooperative solutions against their definitions on random outcomes, and against known values on connected frontiers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from negosim.theory import solutions
from negosim.theory.solutions import Solution
from tests.unit.theory.test_pareto import dominates

Array = NDArray[np.float64]
TOLERANCE = 1e-9

# ---- separate outcomes: every solution again, by its definition and outcome by outcome ------------------------------


def by_definition(utilities: Array, point: Array, worth: Callable[[Array], float], tolerance: float) -> list[int]:
    """Return the accepted outcomes of the largest worth, without those that another of them dominates."""
    accepted = [row for row, u in enumerate(utilities) if all(u >= point - tolerance)]
    best = max((worth(utilities[row]) for row in accepted), default=0.0)
    ties = [row for row in accepted if worth(utilities[row]) >= best - tolerance]
    return [row for row in ties if not any(dominates(utilities[other], utilities[row]) for other in ties)]


def gains(u: Array, point: Array) -> list[float]:
    """Return what each side gains; next to nothing is nothing."""
    return [gain if gain > TOLERANCE else 0.0 for gain in u - point]


def worths(utilities: Array, point: Array, weights: Array) -> dict[str, Callable[[Array], float]]:
    """Return what each solution makes largest."""
    accepted = utilities[(utilities >= point - TOLERANCE).all(axis=1)]
    ideal = accepted.max(axis=0) if len(accepted) else point
    shares = weights / weights.sum()
    return {
        "nash": lambda u: math.prod(gains(u, point)) ** (1 / len(point)),
        "asymmetric_nash": lambda u: math.prod(g**w for g, w in zip(gains(u, point), shares, strict=True)),
        "kalai_smorodinsky": lambda u: min(
            (x - d) / (m - d) if m - d > TOLERANCE else 1.0 for x, d, m in zip(u, point, ideal, strict=True)
        ),
        "egalitarian": lambda u: min(u - point),
        "utilitarian": sum,
    }


@pytest.mark.parametrize("sides", [2, 3, 4])
@pytest.mark.parametrize("name", ["nash", "asymmetric_nash", "kalai_smorodinsky", "egalitarian", "utilitarian"])
def test_a_solution_is_what_its_definition_says_ties_duplicates_and_rounding_included(name: str, sides: int) -> None:
    draw = np.random.default_rng(sides)
    several = empty = 0
    for trial in range(120):
        utilities = draw.integers(0, 6, (int(draw.integers(1, 30)), sides)) / 6.0
        if trial % 3 == 1:
            utilities += draw.uniform(0.0, 1e-11, utilities.shape)
        if trial % 3 == 2:
            utilities = draw.random(utilities.shape)
        point = draw.integers(0, 5, sides) / 6.0
        weights = draw.integers(0, 4, sides) + np.eye(sides)[0]
        expected = by_definition(utilities, point, worths(utilities, point, weights)[name], TOLERANCE)
        more = [weights] if name == "asymmetric_nash" else []
        found: Solution = getattr(solutions, name)(utilities, point, *more)
        assert list(found.outcomes) == expected
        assert found.utilities == tuple(tuple(utilities[row].tolist()) for row in expected)
        several += len(expected) > 1
        empty += not expected
    assert several > 5 and empty > 2


def test_ties_are_reported_as_ties() -> None:
    mirrored = [(0.2, 0.8), (0.3, 0.7), (0.7, 0.3), (0.8, 0.2), (0.3, 0.7)]
    found = solutions.nash(mirrored, (0.0, 0.0))
    assert found.outcomes == (1, 2, 4)
    assert found.value == pytest.approx(0.21, abs=1e-12)


def test_one_outcome_is_chosen_if_nobody_refuses_it() -> None:
    for solve in (solutions.nash, solutions.kalai_smorodinsky, solutions.egalitarian, solutions.utilitarian):
        assert solve([(0.4, 0.5)], (0.4, 0.1)).outcomes == (0,)
        assert solve([(0.4, 0.5)], (0.41, 0.1)).outcomes == ()


def test_where_nobody_would_agree_the_solution_is_empty_and_its_value_the_largest_of_nothing() -> None:
    for solve in (solutions.nash, solutions.kalai_smorodinsky, solutions.egalitarian, solutions.utilitarian):
        for connected in (False, True):
            found = solve([(0.0, 1.0), (1.0, 0.0)], (0.6, 0.6), connected=connected)
            assert (found.outcomes, found.utilities, found.value) == ((), (), -math.inf)
    assert solutions.nash(np.zeros((0, 3)), np.zeros(3)).outcomes == ()


def test_reservation_values_are_respected_within_the_tolerance_alone() -> None:
    outcomes = [(0.1 + 0.2, 1.0), (0.3 - 1e-6, 2.0)]  # .1 + .2 is a rounding above .3
    assert solutions.utilitarian(outcomes, (0.1 + 0.2, 0.0)).outcomes == (0,)
    assert solutions.utilitarian(outcomes, (0.3 + 1e-12, 0.0)).outcomes == (0,)
    assert solutions.utilitarian(outcomes, (0.3, 0.0), tolerance=1e-5).outcomes == (1,)


def test_where_one_side_cannot_gain_the_nash_product_is_nil_and_all_efficient_outcomes_tie() -> None:
    found = solutions.nash([(0.5, 0.9), (0.5, 0.7), (0.8, 0.2), (0.6, 0.2)], (0.5, 0.2))
    assert (found.outcomes, found.value) == ((0, 2), 0.0)


def test_a_gain_that_is_rounding_does_not_decide_a_nash_product() -> None:
    found = solutions.nash([(0.5 + 1e-12, 1.0), (0.5, 1.0)], (0.5, 0.0))
    assert (found.outcomes, found.value) == ((0, 1), 0.0)


def test_small_gains_of_many_sides_are_told_apart() -> None:
    outcomes = np.full((2, 6), 0.01)
    outcomes[1] = 0.02
    assert solutions.nash(outcomes, np.zeros(6)).outcomes == (1,)  # products of 1e-12 and 6e-11


def test_a_side_without_weight_has_only_its_reservation_value() -> None:
    outcomes = [(0.9, 0.05), (0.8, 0.1), (0.8, 0.3), (0.2, 0.9)]
    assert solutions.asymmetric_nash(outcomes, (0.0, 0.1), (1.0, 0.0)).outcomes == (2,)
    assert solutions.asymmetric_nash(outcomes, (0.0, 0.1), (0.0, 5.0)).outcomes == (3,)


def test_weights_count_by_their_shares_and_equal_ones_give_the_nash_solution() -> None:
    outcomes = np.random.default_rng(5).random((300, 3))
    assert solutions.asymmetric_nash(outcomes, np.zeros(3), (2, 2, 2)).outcomes == solutions.nash(outcomes, np.zeros(3)).outcomes
    one, other = (solutions.asymmetric_nash(outcomes, np.zeros(3), weights) for weights in ((1, 2, 5), (10, 20, 50)))
    assert one == other


def test_in_kalai_smorodinsky_a_side_that_cannot_gain_has_all_that_it_can_have() -> None:
    found = solutions.kalai_smorodinsky([(0.5, 0.4), (0.5, 0.9)], (0.5, 0.4))
    assert (found.outcomes, found.value) == ((1,), 1.0)


def test_ideals_of_kalai_smorodinsky_are_of_outcomes_that_nobody_refuses() -> None:
    """(1, .1) would make the first side's ideal 1, and (.5, .5) the solution; but the second side refuses it."""
    outcomes = [(1.0, 0.1), (0.6, 0.3), (0.5, 0.5), (0.35, 0.6), (0.2, 0.8)]
    found = solutions.kalai_smorodinsky(outcomes, (0.0, 0.2))
    assert (found.outcomes, found.value) == ((3,), pytest.approx(0.35 / 0.6))


# ---- connected frontiers -------------------------------------------------------------------------------------------


def linear_frontier(sender: Sequence[float], target: Sequence[float]) -> Array:
    """Return the corners for additive linear utilities: issues go to the sender in the order of its ratio to the target."""
    order = sorted(range(len(sender)), key=lambda k: -sender[k] / target[k])
    steps = [(sender[k], -target[k]) for k in order]
    return np.cumsum([(0.0, sum(target)), *steps], axis=0)


THREE = linear_frontier((0.6, 0.25, 0.15), (0.3, 0.3, 0.4))
KNOWN = {
    ("nash", (0.0, 0.0)): (0.6, 0.7),
    ("kalai_smorodinsky", (0.0, 0.0)): (0.645455, 0.645455),
    ("egalitarian", (0.0, 0.0)): (0.645455, 0.645455),
    ("utilitarian", (0.0, 0.0)): (0.6, 0.7),
    ("nash", (0.3, 0.1)): (0.7, 0.58),
    ("kalai_smorodinsky", (0.3, 0.1)): (0.711650, 0.566019),
    ("egalitarian", (0.3, 0.1)): (0.736364, 0.536364),
}


@pytest.mark.parametrize(("name", "point"), KNOWN)
def test_three_issues_have_their_known_solutions(name: str, point: tuple[float, float]) -> None:
    [found] = getattr(solutions, name)(THREE, point, connected=True).utilities
    assert found == pytest.approx(KNOWN[name, point], abs=5e-7)


def test_three_issues_have_their_known_asymmetric_nash_solution() -> None:
    found = solutions.asymmetric_nash(THREE, (0.0, 0.0), (0.6, 0.4), connected=True)
    assert found.utilities[0] == pytest.approx((0.71, 0.568), abs=5e-7)
    assert found.outcomes == (pytest.approx(1.44),)  # .44 of the way from (.6, .7) to (.85, .4)


def bent(draw: np.random.Generator, nodes: int) -> Array:
    """Return a frontier that falls all the way, with corners inwards and outwards, a flat piece and a doubled point."""
    x, y = np.sort(draw.random((2, nodes)), axis=1)
    y[2] = y[1]
    return np.column_stack([np.append(x, x[-1]), np.append(y[::-1], y[0])])


@pytest.mark.parametrize("name", ["nash", "asymmetric_nash", "kalai_smorodinsky", "egalitarian", "utilitarian"])
def test_no_point_of_a_connected_frontier_does_better_than_its_solution(name: str) -> None:
    draw = np.random.default_rng(11)
    empty = 0
    for _ in range(60):
        corners, point, weights = bent(draw, 7), draw.uniform(0.0, 0.6, 2), draw.uniform(0.1, 1.0, 2)
        steps = np.linspace(0.0, 1.0, 401)[:, None]
        fine = np.concatenate([a + steps * (b - a) for a, b in itertools.pairwise(corners)])
        ends = [solutions.asymmetric_nash(corners, point, side, connected=True).utilities for side in ((0, 1), (1, 0))]
        fine = np.vstack([fine, *filter(None, ends)])  # so that the sample has the true ideals
        more = [weights] if name == "asymmetric_nash" else []
        found: Solution = getattr(solutions, name)(corners, point, *more, connected=True)
        sampled: Solution = getattr(solutions, name)(fine, point, *more)
        if not found.outcomes:
            assert not sampled.outcomes
            empty += 1
            continue
        assert sampled.value - 1e-9 <= found.value <= sampled.value + 0.03  # a sample comes near, and is no better
        for place, (x, y) in zip(found.outcomes, found.utilities, strict=True):
            node, share = min(int(place), len(corners) - 2), place - min(int(place), len(corners) - 2)
            assert (1 - share) * corners[node] + share * corners[node + 1] == pytest.approx((x, y))
            assert x >= point[0] - TOLERANCE and y >= point[1] - TOLERANCE
    assert 0 < empty < 30


def test_a_line_along_which_all_points_tie_is_reported_by_its_ends() -> None:
    pie = np.column_stack([np.linspace(0, 1, 11), np.linspace(1, 0, 11)])
    found = solutions.utilitarian(pie, (0.25, 0.0), connected=True)
    assert found.utilities == (pytest.approx((0.25, 0.75)), pytest.approx((1.0, 0.0)))


def test_two_peaks_of_a_frontier_that_bends_inwards_tie() -> None:
    inwards = [(0.0, 1.0), (0.2, 0.9), (0.3, 0.3), (0.9, 0.2), (1.0, 0.0)]
    assert solutions.nash(inwards, (0.0, 0.0), connected=True).outcomes == (1.0, 3.0)


def test_a_frontier_that_only_touches_the_disagreement_point_has_one_agreement() -> None:
    for point in ((0.3, 0.7), (0.1 + 0.2, 0.7 + 1e-12)):
        found = solutions.egalitarian([(0.0, 1.0), (1.0, 0.0)], point, connected=True)
        assert found.utilities == (pytest.approx((0.3, 0.7)),)
    assert solutions.nash([(0.4, 0.4)], (0.1, 0.1), connected=True).outcomes == (0.0,)


def test_of_a_flat_line_the_end_that_is_worse_for_one_and_no_better_for_the_other_is_left_out() -> None:
    assert solutions.egalitarian([(0.5, 0.5), (0.9, 0.5), (1.0, 0.1)], (0.0, 0.0), connected=True).outcomes == (1.0,)


# ---- linkage, win-sets, fallback -----------------------------------------------------------------------------------


def nash_of_parts(sender: Array, target: Array, parts: Sequence[Sequence[int]]) -> Array:
    """Return what the Nash solutions of parts that are settled one by one add up to, with nothing to fall back on."""
    found = [solutions.nash(linear_frontier(sender[list(p)], target[list(p)]), (0, 0), connected=True) for p in parts]
    return np.sum([solution.utilities[0] for solution in found], axis=0)


def test_linking_gains_when_issues_are_ranked_differently_and_nothing_when_alike() -> None:
    w, v = np.array([0.8, 0.2]), np.array([0.3, 0.7])
    assert nash_of_parts(w, v, [[0], [1]]) == pytest.approx([0.5, 0.5])
    assert nash_of_parts(w, v, [[0, 1]]) == pytest.approx([0.8, 0.7])
    assert nash_of_parts(w, w, [[0], [1]]) == pytest.approx([0.5, 0.5])
    assert nash_of_parts(w, w, [[0, 1]]) == pytest.approx([0.5, 0.5])


def test_only_the_full_package_is_sure_to_be_as_good_in_nash_product_as_any_partition() -> None:
    draw, linking_one_more_hurts = np.random.default_rng(2), 0
    for _ in range(200):
        w, v = draw.dirichlet(np.full(5, 0.5), 2)
        apart, pair, three = [[0], [1], [2], [3], [4]], [[0, 1], [2], [3], [4]], [[0, 1, 2], [3], [4]]
        drawn: list[list[int]] = [[] for _ in range(3)]
        for issue, part in enumerate(draw.integers(0, 3, 5)):
            drawn[part].append(issue)
        partitions = [apart, pair, three, [part for part in drawn if part], [[0, 1, 2, 3, 4]]]
        products = [math.prod(nash_of_parts(w, v, parts)) for parts in partitions]
        assert products[-1] >= max(products) - 1e-12
        linking_one_more_hurts += products[2] < products[1] - 1e-6
    assert linking_one_more_hurts > 0


def test_a_bundle_passes_where_each_part_fails_and_one_proposal_more_destroys_it() -> None:
    a, b, c = (3, -1), (-1, 2), (-4, 1)
    passes = {
        names: bool(solutions.win_set([np.sum(bundle, axis=0)], (0, 0))[0])
        for names, bundle in {"A": [a], "B": [b], "C": [c], "AB": [a, b], "AC": [a, c], "BC": [b, c], "ABC": [a, b, c]}.items()
    }
    assert [names for names, passed in passes.items() if passed] == ["AB"]


def test_a_win_set_asks_only_the_voters_and_the_zone_of_agreement_asks_everybody() -> None:
    outcomes = np.random.default_rng(4).random((200, 3))
    quo = np.array([0.4, 0.5, 0.6])
    first, rest = solutions.win_set(outcomes, quo, [0]), solutions.win_set(outcomes, quo, [1, 2])
    assert first.tolist() == (outcomes[:, 0] >= 0.4).tolist()
    assert (first & rest).tolist() == solutions.zone_of_agreement(outcomes, quo).tolist()
    assert 0 < (first & rest).sum() < first.sum()
    assert solutions.zone_of_agreement([(0.3, 0.7), (0.3 - 1e-12, 0.7)], (0.3, 0.7)).all()


@pytest.mark.parametrize("sides", [2, 3, 4])
def test_fallback_bargaining_is_the_least_maximal_rank_among_distinct_utilities(sides: int) -> None:
    draw = np.random.default_rng(sides)
    for trial in range(60):
        exact = draw.integers(0, 8, (int(draw.integers(1, 25)), sides))
        ranks = [[1 + len({x for x in column if x > value}) for value in column] for column in exact.T.tolist()]
        deepest = np.max(ranks, axis=0)
        noise = draw.uniform(0.0, 1e-11, exact.shape) if trial % 2 else 0.0
        found = solutions.fallback_bargaining(exact / 8.0 + noise)
        assert found.outcomes == tuple(np.flatnonzero(deepest == deepest.min()).tolist())
        assert found.value == deepest.min()


def test_fallback_bargaining_does_not_count_ties_as_ranks() -> None:
    """Of the second side's five equal best outcomes none is worse than rank 1; by row numbers they would be."""
    outcomes = [(0.9, 0.5), (0.8, 1.0), (0.1, 1.0), (0.1, 1.0), (0.1, 1.0), (0.1, 1.0)]
    found = solutions.fallback_bargaining(outcomes)
    assert (found.outcomes, found.value) == ((0, 1), 2.0)
    assert solutions.fallback_bargaining(np.zeros((0, 2))) == Solution("fallback", (), (), math.inf)


# ---- errors --------------------------------------------------------------------------------------------------------

PAIR = [(0.0, 1.0), (1.0, 0.0)]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: solutions.nash([0.1, 0.2], (0, 0)), r"shape \(2,\); .* \(outcomes, sides\)"),
        (lambda: solutions.nash(PAIR, (0, 0, 0)), r"disagreement point is \[0.0, 0.0, 0.0\]; it must be 2 finite numbers. Give"),
        (lambda: solutions.egalitarian(PAIR, (0, math.nan)), "disagreement point is .*nan"),
        (lambda: solutions.utilitarian([(0.1, math.nan)], (0, 0)), r"utilities\[0, 1\] is nan; .* Leave out"),
        (lambda: solutions.kalai_smorodinsky(PAIR, (0, 0), tolerance=-1.0), "tolerance is -1.0; .* at least 0"),
        (lambda: solutions.asymmetric_nash(PAIR, (0, 0), (1, -1)), r"weights are \[1.0, -1.0\]; .* at least 0.* Give each"),
        (lambda: solutions.asymmetric_nash(PAIR, (0, 0), (0, 0)), r"weights are \[0.0, 0.0\]; .* one above 0"),
        (lambda: solutions.asymmetric_nash(PAIR, (0, 0), (1, 1, 1)), "list of weights is .* must be 2 finite numbers"),
        (lambda: solutions.nash(np.ones((2, 3)), (0, 0, 0), connected=True), "has 3 sides here; .* Leave connected out"),
        (lambda: solutions.win_set(PAIR, (0, 0), [2]), r"voters are \[2\]; .* between 0 and 1.* Leave voters out"),
        (lambda: solutions.win_set(PAIR, (0, 0), []), r"voters are \[\]"),
        (lambda: solutions.fallback_bargaining([[1.0]]), r"shape \(1, 1\)"),
    ],
)
def test_what_is_wrong_is_said_with_value_bound_and_remedy(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
