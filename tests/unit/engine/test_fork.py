"""A fork tries another course of a run from here on: the same luck, the same past, the original untouched."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from negosim import Negotiation, Scenario, ScenarioError
from negosim.common.vocabulary import Side
from negosim.rules.records import Talks
from tests.laws.playing import differences
from tests.laws.worlds import world

CASE = Scenario.load("us-japan-2025")
FIRM = CASE.vary(
    {"target.strategy": "time-dependent", "sender.toughness": 4.0, "target.toughness": 4.0, "sender.brinkmanship": 0.0}
)
"""Talks that run to the deadline at least."""
SOFT = {"sender.toughness": 0.4, "target.toughness": 0.4, "sender.disagreement": 0.4, "target.disagreement": 0.4}
LINKED = FIRM.vary({"talks.agenda": "linked", **SOFT})
"""Talks that settle one part after another."""


def after(rounds: int, scenario: Scenario = FIRM, seed: int = 7) -> Negotiation:
    """Return talks after some rounds."""
    talks = Negotiation(scenario, seed)
    for _ in range(rounds):
        talks.step()
    return talks


def state(talks: Negotiation) -> tuple[Any, ...]:
    """Return all that there is to know of a run."""
    return *(array.tobytes() for array in talks.talks), talks.transcript(), talks.story(), talks.running


def assert_same_run(one: Negotiation, other: Negotiation) -> None:
    assert one.outcome is not None and other.outcome is not None
    assert differences(one.outcome, other.outcome) == []
    assert state(one) == state(other)


@pytest.mark.parametrize("number", range(0, 300, 5))
def test_without_changes_a_fork_goes_on_bit_for_bit_as_the_original(number: int) -> None:
    original = Negotiation(world(number), number)
    fork = original.fork()
    while original.running:
        original.step()
        fork = fork.fork()
        fork.step()
    assert_same_run(original, fork)


@pytest.mark.parametrize("rounds", [0, 3, 7])
def test_a_fork_leaves_the_original_as_it_was(rounds: int) -> None:
    original, untouched = after(rounds), after(rounds)
    before = state(original)
    original.fork({"sender.ambiguity": 0.2, "threats.reciprocal-tariff.state": "imposed"}).play()
    assert state(original) == before
    assert_same_run(original.play(), untouched.play())


def test_other_parameters_change_what_comes_and_not_what_was() -> None:
    original = after(4, CASE)
    fork = original.fork({"sender.unpredictability": 0.6})
    past, present = list(original.rounds), original.round
    original.play()
    fork.play()
    assert fork.rounds[:present] == past == original.rounds[:present]
    assert fork.rounds[present:] != original.rounds[present:]
    assert "Here the talks take another course, with the same luck: sender.unpredictability = 0.6." in fork.transcript()


def test_a_fork_has_the_same_luck() -> None:
    ours, theirs = after(3), after(3).fork({"target.toughness": 1.0})
    ours.step()
    theirs.step()
    lucky = ["credibility", "stress", "threatened_reciprocal_tariff", "lead"]
    assert [ours.rounds[-1][name] for name in lucky] == [theirs.rounds[-1][name] for name in lucky]
    assert ours.rounds[-1]["answer_needed"] > theirs.rounds[-1]["answer_needed"]


@pytest.mark.parametrize("number", range(0, 150, 10))
def test_before_the_first_round_a_fork_is_a_run_of_the_changed_scenario(number: int) -> None:
    scenario = world(number)
    changes = {
        "sender.ambiguity": 0.3, "target.ambiguity": 0.0, "target.commitment": 0.2, "sender.strategy": "risk-return",
        "security.credibility": 0.4, "markets.initial_stress": 0.9, "target.trust": 0.35, "talks.rounds": 5,
        "talks.failed_ratification": "setback", "sender.curvature": 0.7,
    }
    fork, fresh = Negotiation(scenario, number).fork(changes).play(), Negotiation(scenario.vary(changes), number).play()
    assert fork.outcome is not None and fresh.outcome is not None
    assert differences(fork.outcome, fresh.outcome) == []


def test_doubts_that_arise_on_the_way_start_at_their_prior_and_leave_the_other_belief_alone() -> None:
    original = after(3, FIRM.vary({"sender.ambiguity": 0.0, "target.ambiguity": 0.0}))
    fork = original.fork({"sender.ambiguity": 0.2})
    fresh = Negotiation(fork.scenario, 7)
    assert fork.talks.beliefs.shape == fresh.talks.beliefs.shape != original.talks.beliefs.shape
    assert np.array_equal(fork.talks.beliefs[Side.TARGET], fresh.talks.beliefs[Side.TARGET])
    kept = original.talks.beliefs[Side.SENDER]
    assert np.array_equal(fork.talks.beliefs[Side.SENDER][:, : kept.shape[1]], kept)
    assert (fork.talks.beliefs[Side.SENDER][:, kept.shape[1] :] == 0.0).all()
    assert fork.talks.weights.shape == fresh.talks.weights.shape
    fork.play()


def test_a_doubt_about_one_side_does_not_shift_the_mass_of_the_committed_type() -> None:
    original = after(2, CASE.vary({"target.ambiguity": 0.0, "target.commitment": 0.3, "target.strategy": "time-dependent"}))
    fork = original.fork({"target.ambiguity": 0.05})
    assert fork.talks.owns[Side.SENDER]["believed_cells"] == 16
    opened = Negotiation(fork.scenario, 7).rounds, fork.talks.beliefs[Side.SENDER][0, 16]
    assert opened == ([], pytest.approx(0.3))


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({"threats.reciprocal-tariff.state": "imposed"}, {"threat_reciprocal_tariff": "imposed"}),
        ({"target.trust": 0.2}, {"target_trust": 0.2}),
        ({"markets.initial_stress": 0.1}, {"stress": 0.1}),
        ({"security.credibility": 0.25}, {"credibility": 0.25}),
        ({"talks.rounds": 12}, {"deadline": 12}),
    ],
)
def test_a_parameter_that_sets_a_start_sets_it_anew(changes: dict[str, Any], seen: dict[str, Any]) -> None:
    fork = after(3).fork(changes)
    facts = fork.events[-1].facts
    assert {name: facts[name] for name in seen} == seen


def test_a_type_is_drawn_anew_only_where_its_parameters_change_and_by_the_same_luck() -> None:
    original = after(3)
    spread = original.fork({"sender.ambiguity": 0.1}).talks.owns["reservation"]
    mean = FIRM.sender.disagreement
    assert mean is not None
    own = original.talks.owns["reservation"]
    assert spread[Side.SENDER] - mean == pytest.approx(2.0 * (own[Side.SENDER] - mean))
    assert spread[Side.TARGET] == own[Side.TARGET]
    assert original.fork({"sender.toughness": 1.0}).talks.owns["reservation"].tolist() == own.tolist()


def test_the_highest_stress_so_far_is_not_forgotten() -> None:
    original = after(3)
    assert original.fork({"markets.initial_stress": 0.1}).talks.public[0]["peak_stress"] == 0.8
    assert original.fork({"markets.initial_stress": 1.1}).talks.public[0]["peak_stress"] == 1.1


def test_what_a_change_decides_at_the_opening_is_taken_over() -> None:
    fork = after(3).fork({"talks.failed_ratification": "ends", "issues.rice.levels": 5, "target.opening": 0.8})
    public, own = fork.talks.public[0], fork.talks.owns
    assert (public["ends_on_failure"], public["interpolate"]) == (1, 0)
    assert (own[Side.TARGET]["opening"], own[Side.SENDER]["believed_opening"]) == (0.8, 0.8)


def test_a_ratifier_with_another_threshold_is_judged_anew_and_the_others_as_they_voted() -> None:
    original = Negotiation(CASE.vary({"sender.disagreement": 0.4, "target.strategy": "time-dependent"}), 1)
    original.talks.homes[:] = [[0.31, 0.32]] * 6
    fork = original.fork({"target.ratifiers.farm-lobby.threshold": 0.6})
    assert fork.talks.homes[4] == pytest.approx([0.5, 0.7])
    assert fork.talks.homes[[0, 1, 2, 3, 5]].tolist() == original.talks.homes[[0, 1, 2, 3, 5]].tolist()


@pytest.mark.parametrize("strategy", ["tit-for-tat", "commitment", "risk-return", "veto-aware"])
def test_a_side_may_go_on_with_another_strategy(strategy: str) -> None:
    original = after(4)
    fork = original.fork({"target.strategy": strategy})
    assert fork.run.strategies != original.run.strategies
    assert fork.play().outcome is not None
    assert fork.rounds[4:] != original.play().rounds[4:]


def test_a_fork_at_the_end_has_the_same_end() -> None:
    original = after(0).play()
    fork = original.fork()
    assert_same_run(original, fork)
    assert not fork.running
    fork.step()
    assert_same_run(original, fork)


def test_a_deadline_that_moved_can_be_moved_further() -> None:
    original = after(8, FIRM.vary({"talks.extension_probability": 1.0}))
    assert original.talks.public[0]["extended"] == 1
    fork = original.fork({"talks.extension_rounds": 4}).play()
    assert fork.rounds[-1]["round"] == fork.rounds[-1]["deadline"] == 12


REFUSED = {
    "talks.rounds too short": (3, FIRM, {"talks.rounds": 3}, "talks.rounds = 3 puts .* 3 rounds .* talks.rounds 4 or more"),
    "one round": (1, FIRM, {"talks.protocol": "one-round"}, "talks.protocol = 'one-round' puts .* talks.rounds 2 or more"),
    "moved already": (8, FIRM.vary({"talks.extension_probability": 1.0}), {"talks.rounds": 12},
                      "talks.rounds = 12 comes too late: the deadline has been moved. Set talks.extension_rounds"),
    "not moved far": (9, FIRM.vary({"talks.extension_probability": 1.0}), {"talks.extension_rounds": 1},
                      "talks.extension_rounds = 1 puts .* 9 rounds .* talks.extension_rounds 2 or more"),
    "ended": (20, FIRM, {"target.toughness": 1.0}, "target.toughness = 1.0 comes too late: the talks have ended. Fork before"),
    "issue": (2, FIRM, {"issues.rice.sender_end": 8e5}, "issues.rice.sender_end = 800000.0 cannot be changed in a fork"),
    "unit": (2, FIRM, {"issues.rice.unit": "kg"}, "issues.rice.unit = 'kg' cannot be changed in a fork"),
    "person": (2, FIRM, {"sender.negotiators.greer.name": "g"}, "sender.negotiators.greer.name = 'g' cannot be changed"),
    "threats": (2, Scenario.load("pie"), {"threats": ({"issue": "pie", "rate": 1.0, "damage": 0.1},)}, "threats cannot be"),
    "people": (2, Scenario.load("pie"), {"sender.ratifiers": ({"name": "h", "title": "H", "salience": {"pie": 1.0},
               "threshold": 0.5},)}, r"sender.ratifiers cannot be changed in a fork.* Start anew"),
    "unknown": (2, FIRM, {"sender.toughnes": 1.0}, "sender.toughnes is unknown. The nearest known name is"),
    "range": (2, FIRM, {"sender.ambiguity": 0.9}, "sender.ambiguity = 0.9"),
    "agenda": (4, LINKED, {"talks.agenda": "whole"}, r"talks.agenda = 'whole' would cut the agenda anew, of which parts are"),
    "threshold": (4, LINKED, {"sender.toughness": 1.0, "talks.linkage_threshold": 0.2},
                  "talks.linkage_threshold = 0.2 would cut the agenda anew"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_change_that_makes_no_sense_on_the_way_is_refused_with_field_and_remedy(name: str) -> None:
    rounds, scenario, changes, message = REFUSED[name]
    talks = after(rounds, scenario)
    before = state(talks)
    with pytest.raises(ScenarioError, match=message):
        talks.fork(changes)
    assert state(talks) == before


@pytest.mark.parametrize("rounds", [0, 5])
def test_the_agenda_may_change_while_all_parts_are_open(rounds: int) -> None:
    original = after(rounds, LINKED)
    assert [row["parts_settled"] for row in original.rounds] == [1, 2, 3, 4, 0][:rounds]  # then it failed at home
    fork = original.fork({"talks.agenda": "whole"})
    fork.step()
    assert fork.rounds[-1]["parts"] == 1


@pytest.mark.parametrize(
    ("changes", "keeps"),
    [({"sender.volatility": 0.3}, True), ({"target.stress_cost": 0.1}, True), ({"sender.ambiguity": 0.1}, False)],
    ids=["volatility", "stress cost", "ambiguity"],
)
def test_with_flows_a_fork_keeps_what_was_learnt_where_a_change_moves_no_deal_alone(changes: dict[str, Any], keeps: bool) -> None:
    original = after(6, Scenario.load("us-japan-2025-flows"), seed=8)
    fork = original.fork(changes)
    other = [talks.talks.owns[Side.TARGET] for talks in (original, fork)]
    assert other[0]["believed_low"] != other[1]["believed_low"] or changes == {"target.stress_cost": 0.1}
    moved = fork.talks.owns["reservation"] - original.talks.owns["reservation"]
    assert moved.any()  # the types are the same, and what no deal pays them is not
    assert np.array_equal(fork.talks.beliefs[Side.TARGET], original.talks.beliefs[Side.TARGET]) == keeps


def test_every_field_of_the_state_is_carried_over() -> None:
    original = after(5)
    fork = original.fork({"title": "Another title"})
    assert all(np.array_equal(getattr(fork.talks, n), getattr(original.talks, n), equal_nan=n == "locked") for n in
               Talks._fields if n not in ("owns", "images", "public"))
    for name in ("owns", "images", "public"):
        assert getattr(fork.talks, name).tobytes() == getattr(original.talks, name).tobytes()
