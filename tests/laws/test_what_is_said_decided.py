"""What a principal says it compared is what decided its answer, for whatever it can compare.

It stands among the laws because it plays their worlds, whose frontiers a process of the tests traces once.
"""

from __future__ import annotations

from collections import Counter

import pytest

from negosim import Negotiation, Scenario
from tests.laws.worlds import FLOW_WORLDS, flow_world, world


@pytest.mark.slow
def test_what_a_principal_says_it_compared_is_what_decided_its_answer() -> None:
    compared: Counter[tuple[str, str]] = Counter()
    for number, scenario in enumerate([*map(world, range(600)), *map(flow_world, range(FLOW_WORLDS))]):
        for row in Negotiation(scenario, number).play().rounds:
            basis, answer, enough = row["answer_basis"], row["answer"], row["answer_worth"] >= row["answer_needed"] - 1e-9
            assert enough == (answer == "accept"), f"{scenario.name}: {row}"
            assert answer != "walk-out" or basis == "outside-option"
            compared[basis, answer] += 1
    bases = {"commitment", "aspiration", "reciprocity", "reservation", "home", "no-home", "going-on", "outside-option", "rung",
             "risk", "chance", "last-chance", "bid", "out-of-reach", "no-deal"}
    assert {basis for basis, _ in compared} == bases
    assert {basis for basis, answer in compared if answer == "accept"} == bases - {"home", "no-home", "out-of-reach", "no-deal"}
    assert compared["outside-option", "walk-out"] > 0


FLOWS = Scenario.load("us-japan-2025-countermeasure")


@pytest.mark.parametrize("name", ["time-dependent", "tit-for-tat", "risk-return", "veto-aware", "commitment", "subgame-perfect"])
def test_what_a_principal_says_it_compared_is_what_decided_with_flows_and_threats_of_both_sides(name: str) -> None:
    scenario = FLOWS.vary({"sender.strategy": name, "target.strategy": name})
    answered = [row for seed in range(12) for row in Negotiation(scenario, seed).play().rounds]
    assert len(answered) > 12
    for row in answered:
        assert (row["answer_worth"] >= row["answer_needed"] - 1e-9) == (row["answer"] == "accept"), row
