"""What is said to happen with a chance happens that often: hazards, deadlines, turns, types, threats, reversals.

Each comparison raises a false alarm with at most one chance in a million, so this file with at most 1e-4. Over RUNS trials
a chance of 0.1 that was 0.116 in truth would go unseen with a chance below 1 %.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from negosim import Scenario, simulate
from negosim.common.vocabulary import CHANNELS, Ending, Side
from tests.laws.chance import FALSE_ALARM, happens_as_often, has_mean

RUNS = 20_000
ROUNDS = 6
STUBBORN = {
    "talks.rounds": ROUNDS,
    "sender.strategy": "commitment", "target.strategy": "commitment",
    "sender.committed_demand": 1.0, "target.committed_demand": 1.0,
}
"""Both sides demand the whole pie for ever: the clock alone ends the talks."""
YIELDING = {
    "talks.rounds": 1, "sender.strategy": "time-dependent", "target.strategy": "time-dependent",
    "sender.offer_noise": 0.0, "target.offer_noise": 0.0,
}
"""One round, in which each side demands its reservation value and takes what is worth as much: always a deal."""


def threatened(scenario: Scenario, **threat: object) -> Scenario:
    """Return a scenario with one threat on its first issue."""
    tree = scenario.model_dump(mode="json", exclude_none=True)
    given = {"issue": tree["issues"][0]["name"], "rate": 0.0, "state": "announced", "damage": 0.1, "pausable": False}
    return Scenario.build(tree | {"threats": [given | threat]})


def stubborn(changes: dict[str, object]) -> np.ndarray:
    """Return runs of talks that only the clock can end."""
    return simulate(Scenario.load("pie").vary(STUBBORN | changes), RUNS, seed=0).runs


def assert_hazard(runs: np.ndarray, ending: Ending, hazard: float, rounds: int) -> None:
    """Assert that of the runs still alive in each round the share ``hazard`` ends so."""
    for t in range(1, rounds + 1):
        alive = int((runs["rounds"] >= t).sum())
        ended = int(((runs["rounds"] == t) & (runs["ending"] == ending)).sum())
        assert happens_as_often(ended, alive, hazard), f"round {t}: {ended} of {alive}"


@pytest.mark.parametrize(("sender", "target"), [(0.03, 0.0), (0.0, 0.25), (0.1, 0.2)])
def test_talks_break_down_in_every_round_with_the_hazard_of_both_sides(sender: float, target: float) -> None:
    runs = stubborn({"sender.brinkmanship": sender, "target.brinkmanship": target})
    assert set(runs["ending"]) == {Ending.BREAKDOWN, Ending.IMPASSE}
    assert_hazard(runs, Ending.BREAKDOWN, 1.0 - (1.0 - sender) * (1.0 - target), ROUNDS)
    assert (runs["rounds"][runs["ending"] == Ending.IMPASSE] == ROUNDS).all()


@pytest.mark.parametrize(("sender", "target"), [(0.03, 0.0), (0.0, 0.25), (0.1, 0.2)])
def test_a_sudden_deadline_falls_in_every_round_with_the_hazard_of_both_sides(sender: float, target: float) -> None:
    runs = stubborn({"sender.deadline_hazard": sender, "target.deadline_hazard": target})
    assert set(runs["ending"]) == {Ending.IMPASSE}
    assert_hazard(runs, Ending.IMPASSE, 1.0 - (1.0 - sender) * (1.0 - target), ROUNDS - 1)
    assert runs["rounds"].max() == ROUNDS


def test_breakdown_comes_before_a_sudden_deadline_of_the_same_round() -> None:
    runs = stubborn({"sender.brinkmanship": 0.1, "target.deadline_hazard": 0.2})
    assert_hazard(runs, Ending.BREAKDOWN, 0.1, ROUNDS)
    assert_hazard(runs, Ending.IMPASSE, 0.9 * 0.2, ROUNDS - 1)


@pytest.mark.parametrize("chance", [0.0, 0.15, 0.8, 1.0])
def test_the_deadline_moves_with_its_chance_and_once(chance: float) -> None:
    runs = stubborn({"talks.extension_probability": chance, "talks.extension_rounds": 2})
    assert set(runs["rounds"]) <= {ROUNDS, ROUNDS + 2}
    assert happens_as_often((runs["rounds"] == ROUNDS + 2).sum(), RUNS, chance)


@pytest.mark.parametrize("chance", [0.0, 0.3, 0.95, 1.0])
def test_the_sender_proposes_with_its_chance_under_the_random_proposer(chance: float) -> None:
    changes = {"talks.protocol": "random-proposer", "talks.proposer_probability": chance}
    runs = simulate(Scenario.load("pie").vary(YIELDING | changes), RUNS, seed=0).runs
    assert set(runs["ending"]) == {Ending.SETTLED}
    assert happens_as_often((runs["proposer"] == Side.SENDER).sum(), RUNS, chance)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("chance", [0.02, 0.4])
def test_a_side_is_committed_with_its_prior(side: Side, chance: float) -> None:
    runs = simulate(Scenario.load("pie").vary({f"{side.label}.commitment": chance}), RUNS, seed=0).runs
    assert happens_as_often(runs["committed"][:, side].sum(), RUNS, chance)
    assert (runs["committed"][:, side.other] == 0).all()


@pytest.mark.parametrize("chance", [0.1, 0.7])
@pytest.mark.parametrize("unpredictability", [0.0, 0.5, 1.0])
def test_a_refusal_is_punished_early_with_its_chance(chance: float, unpredictability: float) -> None:
    base = threatened(Scenario.load("pie").vary(STUBBORN | {"talks.rounds": 2}), early_execution=chance, execution=0.0)
    runs = simulate(base.vary({"sender.unpredictability": unpredictability}), RUNS, seed=0).runs
    rate = chance * (1.0 - unpredictability / 2)
    assert happens_as_often(runs["threats_executed"].sum(), RUNS, 1.0 - (1.0 - rate) ** 2)  # two refusals


@pytest.mark.parametrize("chance", [0.25, 1.0])
@pytest.mark.parametrize("unpredictability", [0.0, 0.4, 1.0])
def test_talks_without_a_deal_are_punished_at_the_end_with_their_chance(chance: float, unpredictability: float) -> None:
    base = threatened(Scenario.load("pie").vary(STUBBORN), execution=chance)
    runs = simulate(base.vary({"sender.unpredictability": unpredictability}), RUNS, seed=0).runs
    assert happens_as_often(damaged(runs), RUNS, chance * (1.0 - unpredictability / 2))


@pytest.mark.parametrize("state", ["announced", "paused", "imposed"])
@pytest.mark.parametrize("unpredictability", [0.0, 0.4, 1.0])
def test_a_deal_is_punished_all_the_same_with_half_the_unpredictability(state: str, unpredictability: float) -> None:
    base = threatened(Scenario.load("pie").vary(YIELDING), state=state)
    runs = simulate(base.vary({"sender.unpredictability": unpredictability}), RUNS, seed=0).runs
    assert set(runs["ending"]) == {Ending.SETTLED}
    assert happens_as_often(damaged(runs), RUNS, unpredictability / 2)


def damaged(runs: np.ndarray) -> int:
    """Return in how many runs the target bore the damage of a threat."""
    return int((runs["ledger"][:, Side.TARGET, CHANNELS.index("threat_damage")] < 0.0).sum())


def test_a_settlement_is_reversed_after_an_exponential_time_by_the_sides_in_proportion_to_their_hazards() -> None:
    hazards = {"sender.reversal": 0.02, "target.reversal": 0.06}
    dear = {"sender.reversal_cost": 5.0, "target.reversal_cost": 5.0}  # more than anybody could win by it
    revocable = {"issues.price.revocable_by": "sender", "issues.delivery.revocable_by": "target"}
    scenario = Scenario.load("logrolling").vary(YIELDING | hazards | dear | revocable)
    runs = simulate(scenario, RUNS, seed=0).runs
    assert np.isfinite(runs["reversed_after"]).all()
    assert stats.kstest(runs["reversed_after"], stats.expon(scale=1 / 0.08).cdf).pvalue > FALSE_ALARM
    paid = runs["ledger"][:, :, CHANNELS.index("reversal")]
    assert happens_as_often((paid[:, Side.SENDER] < paid[:, Side.TARGET]).sum(), RUNS, 0.02 / 0.08)


def test_the_priorities_of_the_principal_are_drawn_by_the_weights_of_its_speakers() -> None:
    scenario = Scenario.load("us-japan-2025").vary({"sender.ambiguous_voices": 0.5})
    people = scenario.sender.negotiators
    runs = simulate(scenario, RUNS, seed=0).runs
    total = sum(person.weight for person in people)
    for number, person in enumerate(people):
        assert happens_as_often((runs["profile"][:, Side.SENDER] == number).sum(), RUNS, person.weight / total)


def test_the_time_that_a_settlement_is_kept_is_worth_what_the_sides_believe() -> None:
    """E[1 - exp(-r tau)] = r / (r + h), the share of the value that is kept, with r the flow discount."""
    hazard, flow = 0.05, 0.02
    changes = {"sender.reversal": hazard, "talks.flow_discount": flow, "issues.pie.revocable_by": "sender"}
    runs = simulate(Scenario.load("pie").vary(YIELDING | changes), RUNS, seed=0).runs
    assert has_mean(1.0 - np.exp(-flow * runs["reversed_after"]), flow / (flow + hazard))


def test_these_tests_would_notice_a_chance_that_is_off_by_a_tenth() -> None:
    runs = stubborn({"sender.brinkmanship": 0.1})
    ended = int((runs["ending"] == Ending.BREAKDOWN).sum())
    assert happens_as_often(ended, RUNS, 1.0 - 0.9**ROUNDS)
    assert not happens_as_often(ended, RUNS, 1.0 - 0.91**ROUNDS)
    assert not happens_as_often(ended, RUNS, 1.0 - 0.89**ROUNDS)
