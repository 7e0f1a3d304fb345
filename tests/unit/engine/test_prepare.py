"""A scenario made ready to play: what is solved once per design point, and from which parameters."""

from __future__ import annotations

import numpy as np
import pytest

from negosim import Scenario
from negosim.common.vocabulary import Side
from negosim.engine import prepare as preparing
from negosim.engine.prepare import CELLS, NO_OUTLOOK, NODES, forget_frontiers, prepare, profile_saliences

PIE = Scenario.load("pie")
TRADE = Scenario.load("logrolling")
CASE = Scenario.load("us-japan-2025")


def test_the_frontiers_of_design_points_with_the_same_preferences_are_solved_once() -> None:
    forget_frontiers()
    one, other = prepare(CASE), prepare(CASE.vary({"sender.unpredictability": 0.5, "talks.rounds": 5}))
    assert preparing._frontiers.cache_info().misses == 1
    assert one.menus.tobytes() == other.menus.tobytes() and not np.shares_memory(one.menus, other.menus)
    assert prepare(CASE.vary({"sender.curvature": 0.7})).menus.tobytes() != one.menus.tobytes()
    assert preparing._frontiers.cache_info().misses == 2


def test_preparing_twice_gives_the_same_game() -> None:
    for one, other in zip(prepare(CASE), prepare(CASE), strict=True):
        assert one.tobytes() == other.tobytes()


def test_a_menu_runs_from_the_targets_best_package_to_the_senders() -> None:
    menu = prepare(TRADE).menus[0, 0]
    assert len(menu) == NODES
    sender, target = menu[:, 0], menu[:, 3]
    assert (sender[0], target[0]) == pytest.approx((0.0, 1.0), abs=1e-12)
    assert (sender[-1], target[-1]) == pytest.approx((1.0, 0.0), abs=1e-12)
    assert (np.diff(sender) >= -1e-12).all() and (np.diff(target) <= 1e-12).all()


def test_the_frontier_of_the_log_rolling_pair_passes_through_the_package_that_gives_both_four_fifths() -> None:
    menu = prepare(TRADE).menus[0, 0]
    gaps = np.abs(menu[:, [0, 3]] - 0.8).max(axis=1)
    assert gaps.min() < 1.0 / NODES
    assert prepare(TRADE).nash[0, 0] == pytest.approx([0.8, 0.8], abs=0.01)


def test_voices_come_before_their_mean_and_one_voice_stands_alone() -> None:
    sender, target = (profile_saliences(CASE, side) for side in Side)
    assert sender.shape == (3, 11) and target.shape == (1, 11)
    assert sender[:2].mean(axis=0) == pytest.approx(sender[2])
    assert sender.sum(axis=1) == pytest.approx([1.0, 1.0, 1.0])


def test_a_reservation_value_in_doubt_has_cells_and_a_known_one_has_a_single_cell() -> None:
    sides = prepare(CASE.vary({"target.ambiguity": 0.0})).sides
    assert sides["cells"].tolist() == [CELLS, 1]
    assert sides["ambiguity"].tolist() == [0.05, 0.0]


def test_disagreement_counts_after_the_attitude_to_risk() -> None:
    sides = prepare(CASE.vary({"target.disagreement": 0.5})).sides
    assert sides["prior_mean"] == pytest.approx([0.76, 0.5**0.8])


def test_without_a_disagreement_value_the_status_quo_counts() -> None:
    game = prepare(TRADE.vary({"sender.disagreement": None, "target.disagreement": None}))
    assert game.status_quo.tolist() == [0.0, 0.0]
    assert game.sides["prior_mean"] == pytest.approx([0.0, 1.0])


def test_hazards_of_both_sides_combine_as_independent_risks() -> None:
    changes = {f"{side}.{hazard}": value for side, value in (("sender", 0.1), ("target", 0.2))
               for hazard in ("brinkmanship", "deadline_hazard")}
    world = prepare(PIE.vary(changes)).world[0]
    assert world["breakdown_hazard"] == pytest.approx(1.0 - 0.9 * 0.8)
    assert world["end_hazard"] == pytest.approx(1.0 - 0.9 * 0.8)


def test_one_round_is_one_round_without_extension() -> None:
    world = prepare(CASE.vary({"talks.protocol": "one-round"})).world[0]
    assert (world["rounds"], world["extension_rounds"]) == (1, 0)


def test_the_whole_agenda_has_one_part_and_a_linked_one_those_of_the_graph() -> None:
    assert set(prepare(CASE).part_of_issue) == {0}
    linked = prepare(CASE.vary({"talks.agenda": "linked"}))
    assert linked.world[0]["parts"] == 5
    names = [issue.name for issue in CASE.issues]
    part = dict(zip(names, linked.part_of_issue.tolist(), strict=True))
    assert part["reciprocal-tariff"] == part["car-tariff"] == part["steel-tariff"] == part["investment"] == 0
    assert part["host-nation-support"] == part["security-guarantee"] != part["rice"]


def test_whoever_may_lead_leads_with_chances_that_sum_to_one() -> None:
    game = prepare(CASE.vary({"talks.agenda": "linked"}))
    speakers = game.speakers[Side.SENDER]
    assert speakers.sum(axis=-1) == pytest.approx(np.ones(speakers.shape[:2]))
    farm = game.part_of_issue[[issue.name for issue in CASE.issues].index("rice")]
    assert speakers[farm, 2].tolist() == [0.0, 1.0]  # rice is in the Trade Representative's portfolio alone


def test_candour_says_how_often_the_voice_speaks_whose_priorities_are_shared() -> None:
    speakers = prepare(CASE.vary({"sender.candour": 0.8, **dict.fromkeys(
        ("sender.negotiators.bessent.portfolio", "sender.negotiators.greer.portfolio"), ())})).speakers
    assert speakers[Side.SENDER, 0, :2] == pytest.approx(np.array([[0.8, 0.2], [0.2, 0.8]]))
    assert speakers[Side.SENDER, 0, 2] == pytest.approx([0.5, 0.5])


def test_only_a_side_that_looks_ahead_has_an_outlook() -> None:
    game = prepare(CASE)
    assert game.sender_outlook.tolist() == NO_OUTLOOK.tolist()
    assert game.target_outlook.shape[:2] == (1, 8 + 2 + 1)


def test_threats_and_homes_are_listed_as_the_scenario_has_them() -> None:
    game = prepare(CASE)
    assert game.threats["issue"].tolist() == [0, 1, 2]
    assert game.threats["holder"].tolist() == [0, 0, 0]
    assert game.threats["damage"].tolist() == [[0.0, 0.35], [0.0, 0.08], [0.0, 0.01]]  # with lumps the holder loses nothing
    assert game.home_sides.tolist() == [0, 0, 0, 1, 1, 1]
    assert game.homes[4] == pytest.approx([0.25, 0.45])
