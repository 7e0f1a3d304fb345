"""A person at the table enters the round through one door: whoever decides as the simulated side did has the same run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from negosim import Negotiation, Response, Scenario, Side
from negosim.engine.events import column
from negosim.engine.person import UndecidedError, seat

CASE = next(scenario for scenario in map(Scenario.load, Scenario.names()) if scenario.kind == "case")
WORLDS = {
    "alternating": Scenario.load("pie"),
    "three issues": Scenario.load("three-issues"),
    "random proposer": Scenario.load("pie").vary({"talks.protocol": "random-proposer"}),
    "ultimatum": Scenario.load("ultimatum"),
    "concession clock": Scenario.load("pie").vary({"talks.protocol": "concession-clock"}),
    "sealed bids": Scenario.load("pie").vary({"talks.protocol": "double-auction"}),
    "a case": CASE.vary({"sender.commitment": 0.0, "target.commitment": 0.0}),
    "a case in parts": CASE.vary({"sender.commitment": 0.0, "talks.agenda": "linked"}),
}
PUBLIC = ("round", "deadline", "proposer", "lead", "answer", "signed", "parts_settled", "stress", "credibility")


def decisions(talks: Negotiation, side: Side) -> dict[str, Any]:
    """What a side did in the round just played."""
    scenario, given = talks.scenario, {}
    for facts in (facts for facts in talks.rounds if facts["round"] == talks.round):
        if facts["proposer"] == side.label:
            terms = [(issue.name, facts[column("offer", issue.name)]) for issue in scenario.issues]
            given["package"] = np.array([scenario.position(name, real) for name, real in terms])
        else:
            given["answer"] = Response[facts["answer"].upper().replace("-", "_")]
    return given


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("world", WORLDS)
def test_whoever_decides_as_the_simulated_side_did_has_the_same_run(world: str, side: Side) -> None:
    for seed in (1, 2, 3):
        simulated, played = Negotiation(WORLDS[world], seed), Negotiation(WORLDS[world], seed)
        while simulated.running:
            simulated.step()
            seat(played, side, **decisions(simulated, side))
            played.step()
            same = [name for name in simulated.rounds[-1] if name.startswith(("offer_", "threat_")) or name in PUBLIC]
            for name in same:
                expected = simulated.rounds[-1][name]
                assert played.rounds[-1][name] == (pytest.approx(expected) if isinstance(expected, float) else expected), name
        assert simulated.outcome is not None and played.outcome is not None
        assert played.outcome.runs["ending"][0] == simulated.outcome.runs["ending"][0]
        # an offer read off the frontier is worth what lies between two of its nodes, one that is given what it is
        np.testing.assert_allclose(played.outcome.runs["payoff"], simulated.outcome.runs["payoff"], atol=2e-3)


def test_a_person_who_has_not_decided_is_asked_and_the_fork_can_be_thrown_away() -> None:
    talks = Negotiation(WORLDS["alternating"], 7)
    before = [array.tobytes() for array in talks.talks]
    fork = talks.fork()
    seat(fork, Side.SENDER)
    with pytest.raises(UndecidedError) as asked:
        fork.step()
    assert asked.value.question == "offer"
    assert [array.tobytes() for array in talks.talks] == before and talks.round == 0


def test_a_person_is_asked_for_an_answer_once_the_other_has_offered() -> None:
    talks = Negotiation(WORLDS["alternating"], 7)
    seat(talks, Side.TARGET)
    with pytest.raises(UndecidedError) as asked:
        talks.step()
    assert asked.value.question == "answer" and talks.talks.offer.any()


def test_a_person_is_never_committed_whatever_type_was_drawn() -> None:
    firm = WORLDS["alternating"].vary({"target.commitment": 0.999})
    talks = Negotiation(firm, 7)
    assert talks.talks.owns[Side.TARGET]["committed"] == 1
    seat(talks, Side.TARGET, answer=Response.ACCEPT)
    talks.step()
    assert talks.outcome is not None and talks.outcome.frame()["agreed"][0]


def test_settled_issues_stay_as_they_are_settled_in_a_persons_offer() -> None:
    talks = Negotiation(WORLDS["a case in parts"], 1)
    while talks.running and not talks.talks.public[0]["part"]:
        talks.step()
    locked = talks.talks.locked.copy()
    settled = ~np.isnan(locked)
    assert settled.any() and not settled.all()
    while talks.running:
        seat(talks, Side.TARGET, np.full(len(locked), 0.5), Response.REFUSE)
        talks.step()
        if talks.talks.public[0]["proposer"] == Side.TARGET:
            np.testing.assert_array_equal(talks.talks.package[settled], locked[settled])
            break
