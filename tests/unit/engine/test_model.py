"""One run as a Mesa model: the people act, a round is a step, and the run is the kernel's."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from negosim import Negotiation, Scenario, simulate
from negosim.common.vocabulary import Ending, Response, Side
from negosim.engine.agents import Negotiator, Principal, Ratifier
from tests.laws.playing import differences

PIE = Scenario.load("pie")
CASE = Scenario.load("us-japan-2025")
AGREEABLE = CASE.vary(
    {"sender.disagreement": 0.4, "target.disagreement": 0.4, "sender.brinkmanship": 0.0, "target.strategy": "time-dependent"}
)
"""Talks that come to a deal, and put it to the homes."""

ACTS = {
    Principal: ("move_threats", "face_the_alternative", "demand", "answer", "carry_out_threats", "learn", "bear_costs"),
    Negotiator: ("offer",),
    Ratifier: ("vote",),
}


def counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Have every act of every agent noted, as (act, agent)."""
    acts: list[tuple[str, Any]] = []
    for kind, names in ACTS.items():
        for name in names:
            original = getattr(kind, name)

            def noted(agent: Any, *arguments: Any, _name: str = name, _original: Any = original) -> Any:
                acts.append((_name, agent))
                return _original(agent, *arguments)

            monkeypatch.setattr(kind, name, noted)
    return acts


def test_every_principal_and_the_lead_act_in_a_round_that_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    acts = counted(monkeypatch)
    talks = Negotiation(AGREEABLE, seed=1)
    talks.step()
    row = talks.rounds[0]
    proposer = Side[row["proposer"].upper()]
    assert row["answer"] == "refuse"
    assert Counter(name for name, _ in acts) == {
        "move_threats": 1, "face_the_alternative": 2, "offer": 1, "demand": 1, "answer": 1, "carry_out_threats": 1,
        "learn": 2, "bear_costs": 2,
    }
    by_name = dict(acts)
    assert by_name["offer"].person.name == row["lead"]
    assert by_name["demand"] is talks.principals[proposer]
    assert by_name["answer"] is talks.principals[proposer.other]
    assert by_name["carry_out_threats"] is by_name["move_threats"] is talks.principals[Side.SENDER]


def test_every_ratifier_of_both_sides_votes_on_a_deal_once(monkeypatch: pytest.MonkeyPatch) -> None:
    acts = counted(monkeypatch)
    talks = Negotiation(AGREEABLE, seed=1).play()
    put_to_them = sum(any(v is not None for n, v in row.items() if n.startswith("vote_")) for row in talks.rounds)
    votes = Counter(agent for name, agent in acts if name == "vote")
    assert put_to_them > 0
    assert votes == dict.fromkeys(talks.ratifiers, put_to_them)
    assert len(talks.ratifiers) == 6


def test_a_principal_that_never_accepts_keeps_the_talks_from_settling() -> None:
    assert Negotiation(AGREEABLE, seed=1).play().rounds[-1]["answer"] == "accept"
    talks = Negotiation(AGREEABLE, seed=1)
    for principal in talks.principals:
        principal.answer = lambda: Response.REFUSE
    talks.play()
    assert {row["answer"] for row in talks.rounds} == {"refuse"}
    assert talks.outcome is not None and talks.outcome.runs["ending"][0] == Ending.IMPASSE


def test_the_package_is_built_at_the_utility_that_the_principal_demands() -> None:
    talks = Negotiation(PIE, seed=1)
    talks.principals[Side.SENDER].demand = lambda menu, noise: 0.625
    talks.step()
    assert talks.rounds[0]["sender_value"] == pytest.approx(0.625, abs=1e-12)
    assert talks.rounds[0]["offer_pie"] == pytest.approx(62.5, abs=1e-9)


def test_the_lead_may_table_another_package() -> None:
    talks = Negotiation(PIE, seed=1)

    def give_all(principal: Principal) -> None:
        talks.talks.package[:], talks.talks.offer[:] = 0.0, talks.game.menus[0, 0, 0]

    talks.negotiators[Side.SENDER][0].offer = give_all
    talks.play()
    assert talks.rounds == talks.rounds[:1]
    assert talks.rounds[0]["answer"] == "accept" and talks.rounds[0]["target_value"] == 1.0


def test_one_ratifier_that_refuses_is_enough_to_bring_a_deal_down() -> None:
    talks = Negotiation(AGREEABLE.vary({"talks.failed_ratification": "ends"}), seed=1)
    talks.ratifiers[-1].vote = lambda: False
    talks.play()
    assert talks.outcome is not None and talks.outcome.runs["ending"][0] == Ending.RATIFICATION_FAILED
    votes = {name: value for name, value in talks.rounds[-1].items() if name.startswith("vote_")}
    assert [name for name, value in votes.items() if not value] == ["vote_target_security_establishment"]


def test_ratifiers_vote_on_what_was_settled_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    changes = {"talks.agenda": "linked", "talks.linkage_threshold": 0.5, "talks.extension_rounds": 0}
    acts = counted(monkeypatch)
    talks = Negotiation(AGREEABLE.vary(changes), seed=1).play()
    assert 0 < talks.rounds[-1]["parts_settled"] < talks.rounds[-1]["parts"]
    assert [agent for name, agent in acts if name == "vote"] == talks.ratifiers


def test_mesa_knows_everybody() -> None:
    talks = Negotiation(CASE, seed=1)
    assert {agent.person.name for agent in talks.agents} == {
        "trump", "bessent", "greer", "congress", "car-industry", "farm-states", "ishiba", "akazawa", "car-makers",
        "farm-lobby", "security-establishment",
    }


def test_a_step_is_one_round_and_the_talks_run_until_there_is_an_outcome() -> None:
    talks = Negotiation(PIE, seed=1)
    while talks.running:
        assert talks.outcome is None
        before = talks.round
        talks.step()
        assert talks.round == before + 1 == len(talks.rounds)
    assert talks.outcome is not None
    assert talks.outcome.runs["rounds"][0] == talks.round > 1


def test_a_step_after_the_end_does_nothing() -> None:
    talks = Negotiation(AGREEABLE, seed=1).play()
    before = [array.tobytes() for array in talks.talks], talks.transcript(), talks.outcome
    talks.step()
    assert talks.play() is talks
    assert ([array.tobytes() for array in talks.talks], talks.transcript(), talks.outcome) == before


@pytest.mark.parametrize("replication", [0, 1, 5, 2**40])
def test_a_replication_is_the_run_of_that_number_in_the_kernel(replication: int) -> None:
    talks = Negotiation(CASE, seed=11, replication=replication).play()
    assert talks.outcome is not None
    assert differences(talks.outcome, simulate(CASE, 1, 11, first=replication)) == []
    assert talks.outcome.frame()["replication"].tolist() == [replication]


def test_seed_zero_is_a_seed_like_any_other_and_seeds_differ() -> None:
    told = {seed: Negotiation(CASE, seed).play().transcript() for seed in (0, 1, 2**64 - 1)}
    assert Negotiation(CASE, 0).play().transcript() == told[0]
    assert len(set(told.values())) == 3


def test_numpy_whole_numbers_are_seeds() -> None:
    assert Negotiation(PIE, np.uint64(7)).play().transcript() == Negotiation(PIE, 7).play().transcript()


@pytest.mark.parametrize("name", ["seed", "replication"])
@pytest.mark.parametrize(("value", "error"), [(-1, ValueError), (2**64, ValueError), (1.5, TypeError), ("7", TypeError)])
def test_a_seed_that_is_none_is_refused_with_its_value(name: str, value: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=rf"{name} = '?{value}'? .*Write {name} = 7, say"):
        Negotiation(PIE, **{name: value})
