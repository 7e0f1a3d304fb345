"""The bargaining problem of a scenario: frontier, solutions and packages in real units."""

from __future__ import annotations

import numpy as np
import pytest

from negosim import BargainingProblem, Scenario, Side
from negosim.engine.prepare import disagreement_point, prepare
from negosim.engine.problem import Agreement
from negosim.rules.menus import package_utility
from negosim.rules.records import Game
from negosim.theory import solutions

PIE, CASE = Scenario.load("pie"), Scenario.load("us-japan-2025")
PAIR = Scenario.load("logrolling")


def with_issues(
    sender: tuple[float, ...], target: tuple[float, ...], point: tuple[float, float], levels: int | None = None
) -> Scenario:
    """Return an additive scenario with one issue a weight."""
    names = [f"issue-{k}" for k in range(len(sender))]
    tree = PIE.model_dump(exclude_unset=True, exclude={"notes"})
    extra = {} if levels is None else {"levels": levels}
    tree["issues"] = [{**tree["issues"][0], "name": name, **extra} for name in names]
    for side, weights, own in (("sender", sender, point[0]), ("target", target, point[1])):
        tree[side]["principal"] |= {"salience": dict(zip(names, weights, strict=True))}
        tree[side]["disagreement"] = own
    return Scenario.build(tree)


def three(point: tuple[float, float]) -> BargainingProblem:
    """Return the bargaining problem of w = (.6, .25, .15) and v = (.3, .3, .4)."""
    return BargainingProblem.of(with_issues((0.6, 0.25, 0.15), (0.3, 0.3, 0.4), point))


@pytest.mark.parametrize(
    ("name", "point", "known"),
    [
        ("nash", (0.0, 0.0), (0.6, 0.7)),
        ("kalai_smorodinsky", (0.0, 0.0), (0.645455, 0.645455)),
        ("egalitarian", (0.0, 0.0), (0.645455, 0.645455)),
        ("utilitarian", (0.0, 0.0), (0.6, 0.7)),
        ("nash", (0.3, 0.1), (0.7, 0.58)),
        ("kalai_smorodinsky", (0.3, 0.1), (0.711650, 0.566019)),
        ("egalitarian", (0.3, 0.1), (0.736364, 0.536364)),
    ],
)
def test_additive_scenarios_have_their_known_solutions(
    name: str, point: tuple[float, float], known: tuple[float, float]
) -> None:
    [agreement] = getattr(three(point), name)()
    assert agreement.utilities == pytest.approx(known, abs=5e-7)


def test_the_asymmetric_nash_solution_and_its_package_are_known_too() -> None:
    """Utilities (.71, .568): the first issue is the sender's, the third the target's, and .11 / .25 of the second."""
    [agreement] = three((0.0, 0.0)).asymmetric_nash((0.6, 0.4))
    assert agreement.utilities == pytest.approx((0.71, 0.568), abs=5e-7)
    assert agreement.terms == pytest.approx({"issue-0": 100.0, "issue-1": 44.0, "issue-2": 0.0}, abs=1e-4)


def truly_worth(game: Game, scenario: Scenario, agreement: Agreement) -> tuple[float, ...]:
    """Return what the terms of an agreement are worth to both sides by their utility functions."""
    package = np.array([scenario.position(name, value) for name, value in agreement.terms.items()])
    return tuple(package_utility(game, side, game.sides[side]["profiles"] - 1, package) for side in Side)


@pytest.mark.parametrize("name", ["nash", "kalai_smorodinsky", "egalitarian", "utilitarian", "zone_of_agreement"])
def test_with_linkage_the_packages_are_worth_what_is_said_and_respect_reservation_values(name: str) -> None:
    problem, game = BargainingProblem.of(CASE), prepare(CASE)
    agreements = getattr(problem, name)()
    assert agreements
    for agreement in agreements:
        assert list(agreement.terms) == [issue.name for issue in CASE.issues]
        assert truly_worth(game, CASE, agreement) == pytest.approx(agreement.utilities, abs=2e-4)
        assert (np.array(agreement.utilities) >= problem.disagreement - 1e-9).all()


def test_the_runs_measure_their_distance_to_the_same_nash_solution() -> None:
    """One rule: the last pair of profiles are the means, for which the bargaining problem is."""
    for scenario in (CASE, PAIR, with_issues((0.6, 0.4), (0.3, 0.7), (0.5, 0.0), levels=2)):
        [agreement, *_] = BargainingProblem.of(scenario).nash()
        assert prepare(scenario).nash[-1, -1].tolist() == list(agreement.utilities)


def test_without_a_zone_of_agreement_no_package_is_chosen_and_the_runs_measure_from_disagreement() -> None:
    scenario = PIE.vary({"sender.disagreement": 0.6, "target.disagreement": 0.5})
    problem = BargainingProblem.of(scenario)
    assert problem.nash() == problem.kalai_smorodinsky() == problem.zone_of_agreement() == ()
    assert prepare(scenario).nash[0, 0].tolist() == [0.6, 0.5]


def test_the_zone_of_agreement_runs_from_what_the_target_to_what_the_sender_can_ask_for() -> None:
    low, high = three((0.3, 0.1)).zone_of_agreement()
    assert low.utilities == pytest.approx((0.3, 0.85), abs=1e-6)
    assert high.utilities == pytest.approx((0.9625, 0.1), abs=1e-6)
    [only] = BargainingProblem.of(PIE.vary({"sender.disagreement": 0.3, "target.disagreement": 0.7})).zone_of_agreement()
    assert only.terms == pytest.approx({"pie": 30.0})


def test_issues_with_levels_are_settled_at_a_level_and_ties_are_listed_once() -> None:
    problem = BargainingProblem.of(with_issues((0.5, 0.5), (0.5, 0.5), (0.0, 0.0), levels=2))
    assert not problem.is_interpolated
    [agreement] = problem.nash()
    assert agreement.utilities == pytest.approx((0.5, 0.5))
    assert sorted(agreement.terms.values()) == [0.0, 100.0]
    assert len(problem.utilitarian()) == 3  # both for one side, one each, both for the other
    assert len(problem.utilities) == 3


def test_threats_that_are_expected_to_be_carried_out_weaken_the_target() -> None:
    milder = CASE.vary({f"threats.{t.issue}.damage": 0.8 * t.damage for t in CASE.threats})
    mild, harsh = BargainingProblem.of(milder), BargainingProblem.of(CASE)
    as_said = 1.0 - CASE.sender.unpredictability / 2.0
    expected = sum(
        t.damage * t.level * (1.0 if t.state == "imposed" else t.execution * as_said) for t in CASE.threats
    )
    assert mild.disagreement - harsh.disagreement == pytest.approx([0.0, 0.2 * expected])
    assert harsh.nash()[0].utilities[Side.TARGET] < mild.nash()[0].utilities[Side.TARGET] - 0.01
    assert disagreement_point(prepare(CASE)).tolist() == harsh.disagreement.tolist()


def test_the_frame_has_the_frontier_in_utilities_and_in_real_units() -> None:
    problem = BargainingProblem.of(PAIR)
    frame = problem.frame()
    assert list(frame) == ["sender_utility", "target_utility", *(issue.name for issue in PAIR.issues)]
    assert len(frame) == len(problem.utilities)
    first, last = frame.iloc[0], frame.iloc[-1]
    for issue in PAIR.issues:
        assert (first[issue.name], last[issue.name]) == (issue.target_end, issue.sender_end)
    assert solutions.pareto(frame[["sender_utility", "target_utility"]].to_numpy()).all()
