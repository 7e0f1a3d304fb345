"""A person's game without a browser: what is asked, what is shown, and that it does not depend on what is hidden."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from negosim import Ending, Negotiation, Response, Scenario, ScenarioError, Side
from negosim.app.panels.issues import linkage_panel, term_rows
from negosim.app.panels.offers import own_panel
from negosim.app.panels.rounds import belief_panel, threat_panel
from negosim.app.state.many import Many
from negosim.app.state.offer import Game, offer_dials, read_term
from negosim.app.state.play import Playing, begin

CASE = next(scenario for scenario in map(Scenario.load, Scenario.names()) if scenario.kind == "case")
FLOWS = Scenario.load("us-japan-2025-flows")
PIE = Scenario.load("pie")


def played(game: Game, accepts_from: float = 2.0) -> Game:
    """Play to the end: offers as the draft has them, and every offer accepted that is worth so much."""
    while game.playing.question is not None:
        if game.playing.question == "offer":
            game = game.offered()
        else:
            accepts = game.playing.worth(game.playing.on_offer()) >= accepts_from
            game = game.answered(Response.ACCEPT if accepts else Response.REFUSE)
    return game


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("name", Scenario.names())
def test_every_scenario_can_be_played_by_a_person_on_either_side(name: str, side: Side) -> None:
    game = played(Game.begun(Scenario.load(name), side, 3))
    assert "nan" not in game.playing.transcript()
    assert game.playing.payoff is not None and np.isfinite(game.playing.payoff)
    assert "The end, in round" in game.playing.transcript()


def test_a_round_that_is_asked_twice_is_played_once() -> None:
    game = played(Game.begun(CASE, Side.TARGET, 5))
    rounds = [facts["round"] for facts in game.playing.rounds]
    assert rounds == list(range(1, len(rounds) + 1))


def test_both_questions_of_a_round_are_asked_where_both_sides_table_an_offer() -> None:
    game = Game.begun(PIE.vary({"talks.protocol": "concession-clock"}), Side.TARGET, 3)
    assert game.playing.question == "offer"
    game = game.offered()
    assert game.playing.question == "answer" and game.playing.now.round == 1 and game.playing.rounds == []
    assert game.answered(Response.ACCEPT).playing.payoff is not None


def test_sealed_bids_answer_each_other() -> None:
    game = Game.begun(PIE.vary({"talks.protocol": "double-auction", "talks.rounds": 1}), Side.SENDER, 3).offered()
    assert game.playing.question is None and game.playing.bids_sealed


def test_an_accepted_offer_is_worth_what_was_shown() -> None:
    game = Game.begun(PIE.vary({"sender.discount": 1.0, "target.discount": 1.0}), Side.TARGET, 3)
    shown = game.playing.worth(game.playing.on_offer())
    ended = game.answered(Response.ACCEPT).playing
    assert ended.now.outcome is not None and ended.now.outcome.runs["ending"][0] == Ending.SETTLED
    assert float(ended.now.outcome.runs["utility"][0, Side.TARGET]) == pytest.approx(shown, abs=1e-9)


@pytest.mark.parametrize("side", Side)
def test_with_flows_a_person_signs_what_it_will_and_is_told_what_that_is_worth_beside_no_deal(side: Side) -> None:
    """A person gives everything away, and accepts everything: worth less to it than no deal, which it was told."""
    homes = {f"{each.label}.ratifiers.{home.name}": home for each in Side for home in FLOWS.delegation(each).ratifiers}
    scenario = FLOWS.vary({f"{name}.{what}": 0.0 for name in homes for what in ("threshold", "half_width")})
    game, giving = Game.begun(scenario, side, 3), 0
    assert game.playing.no_deal < game.playing.reservation
    while game.playing.question is not None:
        if game.playing.question == "offer":
            gift = {issue.name: FLOWS.real(issue.name, float(game.playing.now.game.ideals[side.other, k]))
                    for k, issue in enumerate(FLOWS.issues)}
            worth, no_deal = game.playing.worth_signed(gift), game.playing.without_deal
            game, giving = replace(game, draft=gift).offered(), giving + 1
        else:
            worth, no_deal = game.playing.worth_signed(game.playing.on_offer()), game.playing.without_deal
            game = game.answered(Response.REFUSE if giving == 0 else Response.ACCEPT)
    outcome = game.playing.now.outcome
    assert outcome is not None and outcome.runs["ending"][0] == Ending.SETTLED
    assert worth < no_deal


def test_leaving_is_offered_to_whoever_has_somewhere_to_go() -> None:
    assert not begin(PIE, Side.TARGET, 3).may_leave
    game = Game.begun(PIE.vary({"target.outside_option": 0.3}), Side.TARGET, 3)
    assert game.playing.may_leave
    ended = game.answered(Response.WALK_OUT).playing.now.outcome
    assert ended is not None and ended.runs["ending"][0] == Ending.WALK_OUT


def test_the_best_package_is_worth_one_and_the_draft_begins_there() -> None:
    for side in Side:
        game = Game.begun(CASE.vary({f"{side.label}.ambiguous_voices": 0.0}), side, 3)
        playing = game.playing
        best = {issue.name: playing.best(issue.name) for issue in CASE.issues}
        assert playing.worth(best) == pytest.approx(1.0, abs=1e-9)
        assert playing.question != "offer" or game.draft == pytest.approx(best)


def test_the_next_draft_is_what_was_offered_last() -> None:
    game = Game.begun(CASE, Side.TARGET, 5)
    issue = CASE.issues[0]
    game = game.with_term(issue.name, "5").offered().answered(Response.REFUSE)
    assert game.playing.question == "offer" and game.draft[issue.name] == pytest.approx(5.0)


def test_dials_of_an_offer_are_in_real_units_from_one_end_to_the_other() -> None:
    game = Game.begun(CASE, Side.TARGET, 5)
    for dial, issue in zip(offer_dials(game.playing, game.draft).dials, CASE.issues, strict=True):
        assert (dial.low, dial.high) == tuple(sorted((issue.target_end, issue.sender_end))) and dial.unit == issue.unit
        assert dial.value == pytest.approx(game.draft[issue.name])


@pytest.mark.parametrize("typed", ["", "much", "-1", "1e9", "nan"])
def test_terms_that_cannot_be_offered_are_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(ScenarioError, match="It must lie between"):
        read_term(CASE.issues[0], typed)


def test_levels_are_kept_and_ends_are_not_passed() -> None:
    issue = PIE.issues[0].name
    stepped = PIE.vary({f"issues.{issue}.levels": 3})
    playing = begin(stepped, Side.SENDER, 3)
    assert playing.positions({issue: stepped.real(issue, 0.4)}).tolist() == [0.5]
    assert playing.positions({issue: stepped.real(issue, 1.2)}).tolist() == [1.0]


# ---- nothing that is shown depends on what is hidden -----------------------------------------------------------------


def sight(playing: Playing, draft: dict[str, float]) -> tuple[object, ...]:
    """All that the page shows of a game."""
    scenario, offers, opening = playing.scenario, playing.offers, playing.events[0].facts
    return (
        playing.reservation, playing.no_deal, playing.without_deal, playing.worth_signed(draft or playing.on_offer()),
        playing.present["round"], playing.present["deadline"], playing.question,
        playing.may_leave, playing.transcript(), linkage_panel(scenario, offers), tuple(map(str, term_rows(scenario, offers))),
        own_panel(scenario, playing.side, offers, playing.reservation, 10), threat_panel(scenario, opening, offers, 10),
        belief_panel(scenario, opening, offers, 10, sides=[playing.side]),
        offer_dials(playing, draft) if draft else playing.worth(playing.on_offer()),
    )


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("scenario", [CASE, FLOWS], ids=["lumps", "flows"])
def test_what_a_person_sees_is_the_same_whatever_the_other_side_keeps_to_itself(scenario: Scenario, side: Side) -> None:
    game = Game.begun(scenario, side, 5)
    while game.playing.question is not None:
        seen = sight(game.playing, dict(game.draft))
        own = game.playing.now.talks.owns
        kept_secret = ("reservation", "no_deal", "ended", "trust", "weight_kept", "punished_deal", "committed")
        hidden = {name: own[name][side.other].copy() for name in kept_secret}
        for name, value in hidden.items():
            own[name][side.other] = value + 1 if name == "committed" else value - 0.1
        game.playing.now.talks.beliefs[side.other] *= 0.5
        for facts in game.playing.before.rounds:
            facts |= {name: value + 0.1 for name, value in facts.items() if name.startswith(f"{side.other.label}_")}
        game.playing.__dict__.pop("events", None)  # what was heard, kept from before
        assert sight(game.playing, dict(game.draft)) == seen
        game.playing.now.talks.beliefs[side.other] *= 2.0
        for name, value in hidden.items():
            own[name][side.other] = value
        game = game.offered() if game.playing.question == "offer" else game.answered(Response.REFUSE)


def test_how_others_did_counts_those_below_and_half_of_those_level() -> None:
    many = Many.of(PIE, 3)
    payoffs = many.payoffs(Side.TARGET)
    assert many.share_below(Side.TARGET, -9.0) == 0.0 and many.share_below(Side.TARGET, 9.0) == 1.0
    assert many.share_below(Side.TARGET, float(np.median(payoffs))) == pytest.approx(0.5, abs=0.02)
    assert float(payoffs[0]) == float(Negotiation(PIE, 3).play().outcome.runs["payoff"][0, Side.TARGET])  # type: ignore[union-attr]
