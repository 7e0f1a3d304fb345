"""Many issues, two levels, concession and learning: a wrong closed form or a wrong game fails in `negosim check`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from negosim import Scenario, simulate, theory
from negosim.rules.solvers.ladders import distinct
from negosim.theory.solutions import Solution
from negosim.validation.textbook import concession, indivisible, learning, many_issues, ratification
from negosim.validation.textbook.played import weights_of
from negosim.validation.textbook.result import LOOSEST, Result
from negosim.validation.textbook.run import RESULTS, rows_of
from tests.tracing import kept


def failing(result: Result, cases: Any, seed: int = 0) -> list[Any]:
    """Return the rows that do not hold."""
    return [row for case in cases for row in rows_of(result, case, seed) if not row.passes]


def test_micro_comes_to_fallback_bargaining_on_every_domain_drawn() -> None:
    rng = np.random.default_rng(4)
    assert failing(RESULTS["micro"], [RESULTS["micro"].draw(rng) for _ in range(30)], seed=1) == []


def swapped(*_: Any, **__: Any) -> Solution:
    return Solution("the utilitarian one", (1,), ((0.61, 0.69),), 1.3)


WRONG: list[tuple[str, ModuleType | Any, str, Callable[..., Any]]] = [
    ("nash", many_issues.solutions, "nash", swapped),
    ("asymmetric-nash", many_issues.solutions, "asymmetric_nash", swapped),
    ("kalai-smorodinsky", many_issues.solutions, "kalai_smorodinsky", swapped),
    ("egalitarian", many_issues.solutions, "egalitarian", swapped),
    ("log-rolling", many_issues, "additive_frontier", lambda w, v: np.array([[0.0, 1.0], [1.0, 0.0]])),
    ("linking", many_issues, "linked_nash", lambda w, v: (w, v)),
    ("bundle", indivisible.solutions, "win_set", lambda packages, point: packages[:, 0] >= 0.0),
    ("micro", indivisible.solutions, "fallback_bargaining", lambda worth: Solution("another", (), (), 1.0)),
    ("tied-hands", ratification, "home_threshold_share", lambda own, other: own),
    ("doubtful-home", ratification, "uncertain_home", lambda m, s, d: theory.uncertain_home(m, s / 2, d)),
    ("veto", ratification, "agenda_setter", lambda a, v, q: min(a, 2.0 * v - 2.0 * q)),
    ("meeting", concession, "meeting_time", lambda a, b: theory.meeting_time(1.0 / a, 1.0 / b)),
    ("silence", learning, "commitment_after_silence", lambda z, rate, t: theory.commitment_after_silence(z, rate, 0.9 * t)),
    ("kept-promise", learning, "commitment_after_silence", lambda z, rate, t: theory.commitment_after_silence(z, rate, t + 1.0)),
]


@pytest.fixture
def nothing_kept() -> Iterator[None]:
    """What a game took from a wrong formula is not kept for the games that come after."""
    with kept():
        yield


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize(("name", "place", "formula", "wrong"), WRONG, ids=[name for name, *_ in WRONG])
def test_a_wrong_closed_form_is_found_out(
    name: str, place: Any, formula: str, wrong: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, formula, wrong)
    assert failing(RESULTS[name], RESULTS[name].cases)


APART = {"w1": 1.0, "w2": 0.0, "v1": 0.0, "v2": 1.0}
"""Each side cares for another issue, so that both can have all."""

AT_THE_ENDS = [
    *(("log-rolling", {"demand": demand, **APART}) for demand in (0.0, 0.5, 1.0)),
    ("kalai-smorodinsky", {"d1": 0.0, "d2": 0.0, **APART}), ("egalitarian", {"d1": 0.3, "d2": 0.1, **APART}),
    ("kalai-smorodinsky", {"d1": 0.0, "d2": 0.0, "w1": 0.999, "w2": 0.001, "v1": 0.001, "v2": 0.999}),
    ("egalitarian", {"d1": 0.0, "d2": 0.6, "w1": 0.9999, "w2": 0.0001, "v1": 0.5, "v2": 0.5}),
    ("nash", {"d1": 0.0, "d2": 0.0, **APART}), ("linking", {"w": 1.0, "v": 0.0}),
    *(("doubtful-home", {"mean": 0.4, "half_width": width, "disagreement": 0.15}) for width in (0.0, 1e-9, 1e-6, 1e-3, 0.01)),
    *(("tied-hands", {"theta_1": own, "theta_2": 1.0 - own}) for own in (0.0, 0.1, 0.3, 1.0 / 3.0, 0.37, 0.6, 0.9, 1.0)),
]
"""Ends of the domains, at which a bound that follows the parameters would grow without limit, or rounding decide."""


@pytest.mark.parametrize(("name", "case"), AT_THE_ENDS)
def test_at_the_ends_of_its_domain_a_number_holds_within_a_bound_that_can_fail(name: str, case: dict[str, float]) -> None:
    rows = list(rows_of(RESULTS[name], case, 0))
    assert rows and [row for row in rows if not row.passes] == []
    assert max(row.allowed for row in rows) <= LOOSEST


def test_what_is_left_to_a_side_is_the_better_end_of_a_piece_along_which_the_other_stands_still() -> None:
    corners = theory.additive_frontier(*weights_of(APART))
    assert [many_issues.most_of(side, 1.0, corners) for side in (0, 1)] == [1.0, 1.0]
    slanted = np.array([(0.0, 1.0), (0.4, 1.0), (0.8, 0.5), (1.0, 0.0)])
    assert many_issues.most_of(0, 1.0, slanted) == pytest.approx(0.4)
    assert many_issues.most_of(1, 0.6, slanted) == pytest.approx(0.75)


def test_a_home_that_fails_now_and_then_is_found_out_however_narrow_the_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound of 1.0 would let it pass."""
    closed = theory.uncertain_home
    monkeypatch.setattr(ratification, "uncertain_home", lambda m, s, d: closed(m, s, d)._replace(failure=0.02))
    case = {"mean": 0.4, "half_width": 1e-6, "disagreement": 0.15}
    assert [row.what for row in failing(RESULTS["doubtful-home"], [case])] == ["failures at home"]


def test_concessions_that_meet_elsewhere_by_a_ten_thousandth_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    met = theory.solutions.kalai_smorodinsky

    def off(*given: Any, **more: Any) -> Solution:
        found = met(*given, **more)
        return replace(found, utilities=((found.utilities[0][0] + 1e-4, found.utilities[0][1]),))

    monkeypatch.setattr(many_issues.solutions, "kalai_smorodinsky", off)
    assert len(failing(RESULTS["kalai-smorodinsky"], many_issues.POINTS[:1])) == 1


@pytest.mark.parametrize("name", ("polynomial", "exponential"))
def test_a_side_that_took_beta_for_its_toughness_is_found_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    offered = concession._offered
    monkeypatch.setattr(concession, "_offered", lambda strategy, side, beta, *more: offered(strategy, side, 1.0 / beta, *more))
    assert failing(RESULTS[name], concession.CASES)


def test_a_game_without_its_friction_does_not_reach_the_nash_solution(monkeypatch: pytest.MonkeyPatch) -> None:
    """With no cost of refusing at all the side that makes the last offer takes everything."""
    monkeypatch.setattr(many_issues.Friction, "played", lambda self, scenario: scenario.vary({"talks.rounds": 10}))
    assert len(failing(RESULTS["nash"], many_issues.POINTS[:1])) == 4


def test_utilities_that_are_alike_are_one_rung_that_each_of_them_reaches() -> None:
    """Else a package that is worth the rung but for rounding would be passed over, and two sides could wait for each other."""
    ladder = distinct(np.array([0.3, 0.1 + 0.2, 0.5, 0.1]))
    assert ladder.tolist() == [0.5, 0.3, 0.1]


@pytest.mark.parametrize(("name", "target"), [("two-levels", 0.6), ("veto", 0.6)])
def test_the_scenarios_with_a_say_at_home_end_as_their_summaries_tell(name: str, target: float) -> None:
    """The home has 60 % of the pie; the veto player is at a distance of 20 from its ideal, as from the status quo: 1 - 20/50."""
    outcomes = simulate(Scenario.load(name).vary({"sender.offer_noise": 0.0}), 1)
    assert float(outcomes.runs["utility"][0, 1]) == pytest.approx(target, abs=1e-6)


def test_the_scenario_of_three_issues_has_the_weights_of_the_check() -> None:
    scenario = Scenario.load("three-issues")
    sides = [list(scenario.delegation(side).principal.salience.values()) for side in (0, 1)]  # type: ignore[arg-type]
    assert np.array_equal(sides, weights_of(many_issues.THREE))
    assert math.isclose(sum(sides[0]), 1.0)
