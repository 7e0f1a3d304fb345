"""Panels are well-formed pictures that say what the records say, in the colours of the figures."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from negosim import Ending, Scenario, Side
from negosim.app.panels import svg
from negosim.app.panels.issues import issue_states, linkage_panel, term_rows, towards_sender
from negosim.app.panels.many import ending_panel, payoff_panel, round_panel
from negosim.app.panels.offers import map_panel, own_panel
from negosim.app.panels.rounds import STATES, belief_panel, threat_panel
from negosim.app.state.many import Many
from negosim.app.state.watch import Watching
from negosim.plots.style import ENDINGS, SIDES

CASE = next(scenario for scenario in map(Scenario.load, Scenario.names()) if scenario.kind == "case")


def drawn(state: Watching) -> dict[str, str]:
    """All panels of a run as far as it is shown."""
    shown = state.shown[0]
    scenario, offers, end, last = shown.scenario, shown.offers, shown.end, max(10, state.length)
    return {
        "issues": linkage_panel(scenario, offers, end),
        "map": map_panel(scenario, offers, end),
        "threats": threat_panel(scenario, shown.opening, offers, last),
        "beliefs": belief_panel(scenario, shown.opening, offers, last),
        "own": own_panel(scenario, Side.TARGET, offers, 0.4, last),
    }


@pytest.mark.parametrize("name", Scenario.names())
def test_every_panel_of_every_scenario_is_well_formed_at_every_round(name: str) -> None:
    state = Watching(Scenario.load(name), 3)
    for rounds in range(state.length + 1):
        for panel, picture in drawn(state.at(rounds)).items():
            root = ElementTree.fromstring(picture)
            assert root.get("role") == "img" and root.get("aria-label"), panel
            assert "nan" not in picture and "inf" not in picture.replace("information", ""), panel


def test_titles_are_words_and_never_markup() -> None:
    name = CASE.issues[0].name
    hostile = CASE.vary({f"issues.{name}.title": "<script>alert(1)</script> & more"})
    for panel in drawn(Watching(hostile, 3).at(2)).values():
        assert "<script>" not in panel
        ElementTree.fromstring(panel)


def test_each_side_has_its_colour_and_its_marker_of_the_figures() -> None:
    for side in Side:
        assert SIDES[side].colour in svg.mark(side, (0, 0), SIDES[side].colour)
    assert svg.mark(Side.SENDER, (0, 0), "red").startswith("<circle") and svg.mark(Side.TARGET, (0, 0), "red").startswith("<rect")
    pictures = drawn(Watching(CASE, 3).at(2))
    for name in ("issues", "map", "beliefs", "own"):
        assert SIDES[Side.TARGET].colour in pictures[name], name


def test_an_issue_stands_where_the_last_offer_has_it_and_in_the_end_where_it_is_settled() -> None:
    state = Watching(CASE, 7)
    assert [s.value for s in issue_states(CASE, [])] == [issue.status_quo for issue in CASE.issues]
    two = state.at(2).shown[0]
    assert [s.value for s in issue_states(CASE, two.offers)] == [
        two.offers[-1][f"offer_{issue.name.replace('-', '_')}"] for issue in CASE.issues
    ]
    ended = state.at(state.length).shown[0]
    assert ended.end is not None and ended.end["ending"] == Ending.SETTLED.label
    assert all(s.is_settled for s in issue_states(CASE, ended.offers, ended.end))
    assert {row["settled"] for row in term_rows(CASE, ended.offers, ended.end)} == {"settled"}
    assert linkage_panel(CASE, ended.offers, ended.end).count("✓") == len(CASE.issues)


def test_without_a_deal_every_issue_goes_back_to_the_status_quo_unsettled() -> None:
    hard = CASE.vary({"sender.strategy": "commitment", "target.strategy": "commitment", "sender.committed_demand": 0.99})
    state = Watching(hard, 7)
    shown = state.at(state.length).shown[0]
    assert shown.end is not None and not shown.end["agreed"]
    states = issue_states(hard, shown.offers, shown.end)
    assert [s.value for s in states] == [issue.status_quo for issue in hard.issues] and not any(s.is_settled for s in states)


def test_parts_of_the_agenda_are_marked_as_they_are_settled() -> None:
    soft = {"sender.toughness": 0.4, "target.toughness": 0.4, "sender.disagreement": 0.4, "target.disagreement": 0.4}
    state = Watching(CASE.vary({"talks.agenda": "linked", **soft}), 7)
    counts = []
    for rounds in range(state.length + 1):
        offers = state.at(rounds).shown[0].offers
        counts.append(sum(s.is_settled for s in issue_states(state.scenario, offers)))
    assert counts[0] == 0 and 0 < sorted(set(counts))[1] < len(CASE.issues)


def test_who_is_winning_is_the_side_whose_ideal_is_nearer() -> None:
    issue = CASE.issues[0]
    assert towards_sender(issue, issue.sender_end) == 1.0 and towards_sender(issue, issue.target_end) == 0.0
    row = term_rows(CASE, Watching(CASE, 7).at(2).shown[0].offers)[0]
    assert row["side"] in ("sender", "target") and row["lead"] == CASE.delegation(Side[row["side"].upper()]).short


def test_the_state_of_a_threat_is_told_by_colour_and_by_sign() -> None:
    assert len({fill for fill, _, _ in STATES.values()}) == len(STATES) == len({sign for _, _, sign in STATES.values()})
    picture = drawn(Watching(CASE, 3).at(2))["threats"]
    assert all(threat.state == "none" or STATES[threat.state][0] in picture for threat in CASE.threats)


def test_a_countermeasure_has_a_row_of_its_own_beside_the_threat_about_the_same_issue() -> None:
    live = Scenario.load("us-japan-2025-countermeasure")
    picture = drawn(Watching(live, 3).at(2))["threats"]
    assert "Reciprocal tariff on Japan paused; " in picture and "; Countermeasure announced; " in picture
    assert picture.count(">Reciprocal tariff on Japan<") == picture.count(">Countermeasure<") == 1


def test_nothing_of_the_other_sides_belief_is_drawn_for_one_side_alone() -> None:
    shown = Watching(CASE, 3).at(3).shown[0]
    alone = belief_panel(CASE, shown.opening, shown.offers, 10, sides=[Side.TARGET])
    assert SIDES[Side.TARGET].colour in alone and SIDES[Side.SENDER].colour not in alone
    hidden = [{**facts, "sender_believes_target_reservation": 0.999} for facts in shown.offers]
    assert belief_panel(CASE, shown.opening, hidden, 10, sides=[Side.TARGET]) == alone


def test_distributions_mark_the_run() -> None:
    many = Many.of(Scenario.load("pie"), 3)
    payoffs = {side: many.payoffs(side) for side in Side}
    picture = payoff_panel(many.scenario, payoffs, {side: float(payoffs[side][0]) for side in Side}, "this run")
    assert picture.count("this run: ") == 2 and all(SIDES[side].colour in picture for side in Side)
    ending = Ending(int(many.outcomes.runs["ending"][0]))
    picture = ending_panel(many.shares(), ending)
    assert picture.count("this run") == 1 and ENDINGS[ending][0] in picture
    assert round_panel(many.rounds(), int(many.rounds()[0])).count("this run") == 2  # drawn, and said


def test_a_distribution_of_one_value_and_a_run_far_away_can_be_drawn() -> None:
    same = np.full(50, 0.25)
    ElementTree.fromstring(payoff_panel(CASE, {Side.SENDER: same}, {Side.SENDER: 0.25}, "you"))
    ElementTree.fromstring(payoff_panel(CASE, {Side.SENDER: same}, {Side.SENDER: -3.0}, "you"))
    ElementTree.fromstring(round_panel(np.array([1, 1, 1]), 2000))


def test_a_few_games_far_out_do_not_stretch_the_scale_and_are_told() -> None:
    found = np.concatenate([np.linspace(0.2, 0.6, 997), [-70.0, -50.0, 9.0]])
    picture = payoff_panel(CASE, {Side.SENDER: found}, {Side.SENDER: 0.4}, "you")
    assert "2 games lie lower, down to −70.0; 1 lie higher, up to 9.0" in picture
    assert ">−10" not in picture and ">0.4<" in picture
