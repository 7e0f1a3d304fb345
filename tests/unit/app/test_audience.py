"""A side hears what is public and what is its own, and nothing that only the other side knows."""

from __future__ import annotations

import math
import re

import pytest

from negosim import Negotiation, Scenario, Side
from negosim.app.state.audience import facts_heard, heard
from negosim.engine.events import Event
from negosim.engine.transcript import narrate

CASE = next(scenario for scenario in map(Scenario.load, Scenario.names()) if scenario.kind == "case")
TALKS = [Negotiation(CASE, seed).play() for seed in range(6)]


@pytest.mark.parametrize("side", Side)
def test_no_fact_of_the_other_side_is_heard_with_its_value(side: Side) -> None:
    for talks in TALKS:
        for event in heard(talks.events, side):
            told = {name: value for name, value in event.facts.items() if name.startswith(f"{side.other.label}_")}
            numbers = [value for name, value in told.items() if value is not None]
            assert len(told) >= 3 and not any(isinstance(value, float) and math.isfinite(value) for value in numbers)


@pytest.mark.parametrize("side", Side)
def test_what_is_public_and_what_is_its_own_is_heard(side: Side) -> None:
    facts = TALKS[0].rounds[0]
    kept = facts_heard(facts, side)
    own = [name for name in facts if name.startswith((f"{side.label}_", "offer_", "threat_", "stress", "vote_", "round"))]
    assert len(own) > 15 and {name: kept[name] for name in own} == {name: facts[name] for name in own}


@pytest.mark.parametrize("side", Side)
def test_the_other_side_does_not_say_why_it_answers_as_it_does_and_this_side_does(side: Side) -> None:
    for talks in TALKS:
        for facts in talks.rounds:
            kept = facts_heard(facts, side)
            mine = facts["proposer"] == side.other.label
            assert kept["answer_basis"] == (facts["answer_basis"] if mine else "unsaid")
            assert mine or math.isnan(kept["answer_needed"])


@pytest.mark.parametrize("side", Side)
def test_a_transcript_that_a_side_hears_tells_nothing_of_what_the_other_believes_wants_or_gets(side: Side) -> None:
    for talks in TALKS:
        text = narrate(CASE, heard(talks.events, side))
        assert "it does not say why" in text and "nan" not in text and "inf" not in text
        assert "is played by you; an end without a deal is worth" in text
        mine, theirs = (re.escape(CASE.delegation(each).in_a_sentence) for each in (side, side.other))
        for telling in (rf"Payoff of {theirs}", rf"{theirs} (now )?believes", rf"trust in {mine}"):
            assert not re.search(telling, text, re.IGNORECASE), telling


def test_damage_in_spite_of_a_deal_is_heard_of_but_not_its_size() -> None:
    heard_of = facts_heard({"target_threat_damage": -0.123, "punished_rice": True, "target_payoff": 0.4}, Side.SENDER)
    assert math.isnan(heard_of.pop("target_threat_damage")) and heard_of == {"punished_rice": True, "target_payoff": None}


@pytest.mark.parametrize("side", Side)
def test_how_the_other_side_decides_and_of_which_type_it_is_are_not_heard(side: Side) -> None:
    facts, label = TALKS[0].events[0].facts, side.other.label
    texts = {
        narrate(CASE, heard([Event("opening", facts | {f"{label}_committed": committed})], side)) for committed in (True, False)
    }
    assert len(texts) == 1 and "cannot know." in texts.pop()
    assert facts_heard(facts, side)[f"{label}_strategy"] is None
