"""Watching without a browser: steps, seeds, dials, other courses, files."""

from __future__ import annotations

import csv
import io

import pytest

from negosim import Negotiation, Scenario, ScenarioError, Side
from negosim.app.state import dials
from negosim.app.state.courses import Course, Fork
from negosim.app.state.many import GAMES, Many
from negosim.app.state.watch import Watching
from negosim.app.views.exports import KINDS, contents, exported
from negosim.scenario.people import Delegation, Party

CASE = next(scenario for scenario in map(Scenario.load, Scenario.names()) if scenario.kind == "case")
PIE = Scenario.load("pie")
WATCHED = Watching(CASE, 7)


def test_a_step_shows_one_round_more_and_back_one_less_within_the_ends() -> None:
    state = WATCHED
    assert state.back().rounds == 0
    for number in range(1, state.length + 1):
        state = state.stepped()
        assert state.rounds == number and len(state.shown[0].offers) == number
    assert state.has_ended and state.stepped().rounds == state.length and state.back().rounds == state.length - 1


@pytest.mark.parametrize("name", Scenario.names())
def test_what_is_shown_is_the_run_of_the_model_cut_off(name: str) -> None:
    scenario = Scenario.load(name)
    talks, state = Negotiation(scenario, 3), Watching(scenario, 3)
    while talks.running:
        assert state.shown[0].transcript() == talks.transcript() and not state.has_ended
        talks.step()
        state = state.stepped()
    assert state.shown[0].transcript() == talks.transcript() and state.has_ended
    assert state.shown[0].end is not None and state.shown[0].end["ending"] == talks.events[-1].facts["ending"]


def test_another_value_of_a_parameter_keeps_the_rounds_and_can_be_taken_back() -> None:
    state = WATCHED.at(3).changed("sender.toughness", "5")
    assert state.rounds == 3 and state.scenario.sender.toughness == 5.0 and dict(state.changes) == {"sender.toughness": 5.0}
    assert state.changed("sender.toughness", str(CASE.sender.toughness)).changes == ()
    assert state.unchanged().scenario == CASE


def test_another_seed_begins_anew() -> None:
    state = WATCHED.at(3).with_seed(" 8 ")
    assert (state.seed, state.rounds) == (8, 0)
    assert WATCHED.with_seed("0").seed == 0


@pytest.mark.parametrize("typed", ["", "-1", "1.5", "seven", str(2**63)])
def test_what_is_no_seed_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(ScenarioError, match=r"is no seed\. Write a whole number"):
        WATCHED.with_seed(typed)


def test_another_course_has_the_same_past_and_another_future() -> None:
    state = WATCHED.at(3).forked("target.strategy", "commitment")
    first, other = state.shown
    assert first.offers == other.offers
    assert "take another course" in other.transcript() and "take another course" not in first.transcript()
    first, other = state.at(state.length).shown
    assert first.offers[:3] == other.offers[:3] and first.offers[3:] != other.offers[3:]
    assert state.without_fork(0).forks == ()


def test_another_course_is_that_of_the_models_own_fork() -> None:
    talks = Negotiation(CASE, 7)
    for _ in range(3):
        talks.step()
    expected = talks.fork({"sender.toughness": 9.0}).play().transcript()
    course = Course(CASE, 7, Fork(3, (("sender.toughness", 9.0),)))
    assert course.played().transcript() == expected
    assert course.stopped(course.length).transcript() == expected
    assert course.stopped(2).transcript() == Negotiation(CASE, 7).play().fork().transcript().split("\n\nRound 3,")[0]


def test_courses_that_cannot_be_are_refused_in_a_sentence() -> None:
    with pytest.raises(ScenarioError, match="cannot be changed in a fork"):
        WATCHED.at(3).forked("issues." + CASE.issues[0].name + ".sender_end", "30")
    with pytest.raises(ScenarioError, match="comes too late"):
        WATCHED.at(WATCHED.length).forked("sender.toughness", "9")
    twice = WATCHED.at(3).forked("sender.toughness", "9")
    with pytest.raises(ScenarioError, match="shown already"):
        twice.forked("sender.toughness", "9")
    with pytest.raises(ScenarioError, match="Remove one first"):
        twice.forked("sender.toughness", "8").forked("sender.toughness", "7")


def test_courses_that_other_settings_rule_out_go() -> None:
    state = WATCHED.at(5).forked("sender.toughness", "9")
    assert state.changed("talks.rounds", "30").forks == state.forks
    assert state.changed("talks.rounds", "2").changed("talks.extension_rounds", "0").forks == ()


def test_a_refused_value_leaves_the_state_as_it_is() -> None:
    state = WATCHED.at(2)
    with pytest.raises(ScenarioError):
        state.changed("sender.ambiguity", "0.9")
    assert state == WATCHED.at(2)


# ---- dials -----------------------------------------------------------------------------------------------------------


def test_every_kind_of_uncertainty_of_both_sides_has_a_dial_with_meaning_unit_and_range() -> None:
    shown = {dial.name: dial for group in dials.groups(CASE) for dial in group.dials}
    kinds = [name for name in Delegation.model_fields if name not in Party.model_fields]
    useless = {"sender.trust_slip", "target.unpredictability", "target.volatility"}
    wanted = {f"{side.label}.{name}" for side in Side for name in (*kinds, "strategy", "toughness")} - useless
    assert wanted <= shown.keys()
    for name in wanted:
        declared = Delegation.model_fields[name.partition(".")[2]]
        assert shown[name].meaning == declared.description
        assert shown[name].kind in ("choice", "flag") or (shown[name].unit and shown[name].range)


@pytest.mark.parametrize("name", Scenario.names())
def test_both_ends_of_every_slider_and_every_word_of_every_list_are_admissible(name: str) -> None:
    scenario = Scenario.load(name)
    for group in dials.groups(scenario):
        for dial in group.dials:
            tried = dial.options if dial.kind == "choice" else () if dial.kind == "flag" else (dial.low, dial.high)
            assert dial.kind in ("choice", "flag") or dial.low <= dial.value <= dial.high
            for value in tried:
                scenario.vary({dial.name: int(value) if dial.kind == "whole" else value})


def test_a_slider_over_many_powers_of_ten_moves_by_factors() -> None:
    assert dials.dial(CASE, "sender.ambiguity_tilt").is_log
    assert not dials.dial(CASE, "sender.ambiguity").is_log


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("sender.ambiguity", " 0.2 ", 0.2),
        ("talks.rounds", "12", 12),
        ("talks.rounds", 12, 12),
        ("sender.strategy", "bluff", "bluff"),
        ("sender.ambiguity_belief_only", "true", True),
        ("sender.ambiguity_belief_only", False, False),
        ("target.outside_option", "0.3", 0.3),
    ],
)
def test_what_is_typed_is_read_as_the_parameter_is(name: str, typed: object, value: object) -> None:
    read = dials.read(CASE, name, typed)
    assert read == value and type(read) is type(value)


# ---- many games, and files -------------------------------------------------------------------------------------------


def test_the_run_that_is_watched_is_the_first_of_the_many() -> None:
    many = Many.of(CASE, 7)
    outcome = WATCHED.courses[0].played().outcome
    assert outcome is not None and len(many.outcomes) == GAMES
    for name in ("ending", "rounds", "payoff"):
        assert (many.outcomes.runs[name][0] == outcome.runs[name][0]).all()
    assert sum(many.shares().values()) == pytest.approx(1.0)


def test_files_hold_what_is_shown_and_are_named_by_it() -> None:
    shown = WATCHED.at(2).shown[0]
    assert contents(shown, "transcript").decode() == shown.transcript() + "\n"
    rows = list(csv.DictReader(io.StringIO(contents(shown, "csv").decode())))
    assert [row["round"] for row in rows] == ["1", "2"] and {"sender_value", "answer"} <= rows[0].keys()
    assert contents(shown, "png").startswith(b"\x89PNG")
    assert [exported(shown, kind)["name"] for kind in KINDS] == [
        f"{CASE.name}-seed-7-round-2.{end}" for end in ("txt", "csv", "png")
    ]


def test_a_picture_of_no_round_is_refused_in_a_sentence() -> None:
    with pytest.raises(ScenarioError, match="There is nothing to draw yet"):
        contents(WATCHED.shown[0], "png")
