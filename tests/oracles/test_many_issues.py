"""Trades between issues: log-rolling (Tollison & Willett 1979; Sebenius 1983) and the cooperative solutions (Nash 1950)."""

from __future__ import annotations

import numpy as np
import pytest

from negosim import Scenario, Side, simulate
from negosim.engine.outcomes import Outcomes
from tests.oracles.textbook import EXACT, PAIR, PIE, QUIET, is_near

ROUNDS = 200


def conceding_alike(scenario: Scenario) -> Scenario:
    """Return a scenario in which both sides concede from 1 to 0 along the same line."""
    even = {"talks.rounds": ROUNDS, "sender.disagreement": 0.0, "target.disagreement": 0.0}
    return scenario.vary({**QUIET, **even})


def weighted(
    sender: tuple[float, ...], target: tuple[float, ...], demand: float | None = None,
    disagreement: tuple[float, float] = (0.0, 0.0),
) -> Scenario:
    """Return an additive scenario of one issue a weight; with a demand, the sender demands it and the target accepts."""
    names = [f"issue-{k}" for k in range(len(sender))]
    tree = PIE.model_dump(exclude_unset=True, exclude={"notes"})
    tree["issues"] = [{**tree["issues"][0], "name": name} for name in names]
    for side, weights in (("sender", sender), ("target", target)):
        tree[side]["principal"] |= {"salience": dict(zip(names, weights, strict=True))}
    settings = {**QUIET, "sender.disagreement": disagreement[0], "target.disagreement": disagreement[1]}
    if demand is not None:
        settings |= {"sender.strategy": "commitment", "sender.committed_demand": demand, "target.strategy": "commitment",
                     "target.committed_demand": 0.0}
    return Scenario.build(tree).vary(settings)


def utilities(outcomes: Outcomes) -> tuple[float, float]:
    """Return what the first run is worth to both sides."""
    sender, target = map(float, outcomes.runs["utility"][0])
    return sender, target


W, V = (0.8, 0.2), (0.3, 0.7)


@pytest.mark.parametrize(
    ("demand", "left"), [(1.0, 0.0), (0.9, 0.35), (0.8, 0.7), (0.4, 0.85), (0.0, 1.0)], ids=lambda value: f"{value}"
)
def test_a_demanded_level_is_met_by_the_package_that_is_best_for_the_other(demand: float, left: float) -> None:
    """w = (.8, .2), v = (.3, .7): the frontier has its corner at (.8, .7), and straight lines to (0, 1) and (1, 0)."""
    assert utilities(simulate(weighted(W, V, demand), 1)) == pytest.approx((demand, left), abs=EXACT)


def separately(sender: tuple[float, ...], target: tuple[float, ...]) -> tuple[float, float]:
    """Return what both get when each issue is settled in talks of its own, between sides that concede alike."""
    x = [float(simulate(conceding_alike(PIE), 1).settlements[0, 0]) for _ in sender]
    return float(np.dot(sender, x)), float(np.dot(target, 1 - np.array(x)))


def test_linking_two_issues_that_are_ranked_differently_beats_settling_each_by_itself() -> None:
    """Apart each is split in half, (.5, .5). In one package the sides meet where both have 1/(1 + .3/.8) = .727273."""
    apart = separately(W, V)
    assert apart == pytest.approx((0.5, 0.5), abs=1 / ROUNDS)
    linked = utilities(simulate(conceding_alike(weighted(W, V)), 1))
    assert linked == pytest.approx((1 / 1.375, 1 / 1.375), abs=1 / ROUNDS)
    assert min(linked) > max(apart) + 0.2


def test_linking_two_issues_that_are_ranked_alike_gains_nothing() -> None:
    linked = utilities(simulate(conceding_alike(weighted(W, W)), 1))
    assert linked == pytest.approx(separately(W, W), abs=1 / ROUNDS)


def test_the_shipped_pair_of_issues_meets_at_four_fifths() -> None:
    """w = (.8, .2) against (.2, .8): each side gets the issue it cares about, 0.8 both, as the scenario's summary says."""
    assert utilities(simulate(conceding_alike(PAIR), 1)) == pytest.approx((0.8, 0.8), abs=1 / ROUNDS)


THREE = ((0.6, 0.25, 0.15), (0.3, 0.3, 0.4))


@pytest.mark.parametrize(
    ("disagreement", "nash"), [((0.0, 0.0), (0.6, 0.7)), ((0.3, 0.1), (0.7, 0.58))], ids=["nothing", "(.3, .1)"]
)
def test_the_distance_to_the_nash_solution_is_measured_from_the_nash_solution(
    disagreement: tuple[float, float], nash: tuple[float, float]
) -> None:
    """w = (.6, .25, .15), v = (.3, .3, .4): Nash is (.6, .7), and (.7, .58) with disagreement (.3, .1)."""
    for demand in (nash[0], 0.8):
        runs = simulate(weighted(*THREE, demand, disagreement), 1).runs
        reached = tuple(runs["utility"][0])
        away = float(np.hypot(reached[Side.SENDER] - nash[0], reached[Side.TARGET] - nash[1]))
        assert is_near(float(runs["nash_distance"][0]), away, EXACT)
        assert is_near(float(runs["frontier_distance"][0]), 0.0, EXACT)
    assert away > 0.1  # a deal elsewhere is not taken for the Nash solution
