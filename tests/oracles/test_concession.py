"""Concession in time and in kind (Faratin, Sierra & Jennings 1998, Robotics and Autonomous Systems 24)."""

from __future__ import annotations

import numpy as np
import pytest

from negosim import Scenario, Side, simulate
from tests.oracles.textbook import EXACT, PIE, QUIET, is_mean, is_near, one_shot, settled, the_position


def conceding(rounds: int, **changes: float) -> Scenario:
    """Return two time-dependent sides over the pie, without noise and without discounting."""
    return PIE.vary({**QUIET, "talks.rounds": rounds, **{name.replace("__", "."): value for name, value in changes.items()}})


def meeting_time(first: float, second: float) -> float:
    """Return t with t^(1/b1) + t^(1/b2) = 1, by halving."""
    low, high = 0.0, 1.0
    for _ in range(60):
        t = 0.5 * (low + high)
        low, high = (t, high) if t ** (1 / first) + t ** (1 / second) < 1.0 else (low, t)
    return low


@pytest.mark.parametrize(("first", "second"), [(0.2, 1.0), (1.0, 1.0), (0.5, 0.5), (5.0, 0.2), (2.0, 1.0)])
@pytest.mark.parametrize("rounds", (50, 200))
def test_two_paths_meet_where_their_concessions_add_up_to_the_pie(first: float, second: float, rounds: int) -> None:
    """The first round t/T at which t^(1/b1) + t^(1/b2) >= 1; (.2, 1) at .754878; toughness is 1/b."""
    runs = simulate(conceding(rounds, sender__toughness=1 / first, target__toughness=1 / second), 1).runs
    expected = int(np.ceil(rounds * meeting_time(first, second) - EXACT))
    assert int(runs["rounds"][0]) == expected
    assert is_near(float(runs["rounds"][0]) / rounds, meeting_time(first, second), 1 / rounds)
    wrong = meeting_time(1 / first, 1 / second)  # b for 1/b
    if abs(wrong - meeting_time(first, second)) > 2 / rounds:
        assert not is_near(float(runs["rounds"][0]) / rounds, wrong, 1 / rounds)


def test_the_meeting_of_a_boulware_and_a_linear_side_has_the_number_of_the_design_page() -> None:
    assert round(meeting_time(0.2, 1.0), 6) == 0.754878


@pytest.mark.parametrize(("b", "conceded"), [(0.2, 0.128125), (1.0, 0.55), (5.0, 0.883496)])
def test_a_polynomial_path_has_conceded_at_half_time_what_the_paper_says(b: float, conceded: float) -> None:
    """k + (1 - k) t^(1/b) with k = .1 at t = .5: what is offered in round 1 of 2 to a side that takes anything."""
    takes_anything = {"target.strategy": "commitment", "target.committed_demand": 0.0}
    offered = 1.0 - the_position(simulate(conceding(2, sender__toughness=1 / b, sender__opening=0.9).vary(takes_anything), 1))
    assert is_near(offered, conceded, 1e-6)
    if b != 1.0:
        assert not is_near(offered, 0.1 + 0.9 * 0.5**b, 0.01)


@pytest.mark.parametrize("rounds", (1, 2, 7, 10))
@pytest.mark.parametrize("toughness", (0.3, 1.0, 4.0))
@pytest.mark.parametrize("proposes", ("sender", "target"))
def test_the_aspiration_equals_the_reservation_value_in_the_last_round(rounds: int, toughness: float, proposes: str) -> None:
    """With 0.3 reserved and an opponent that insists on 0.7 they agree in round T and not before, also when T = 1."""
    scenario = conceding(rounds, sender__toughness=toughness, sender__disagreement=0.3)
    insists = {"target.strategy": "commitment", "target.committed_demand": 0.7, "talks.first_proposer": proposes}
    outcomes = simulate(scenario.vary(insists), 1)
    assert int(outcomes.runs["rounds"][0]) == rounds
    assert is_near(the_position(outcomes), 0.3, EXACT)
    assert not settled(simulate(scenario.vary({**insists, "target.committed_demand": 0.7 + 1e-6}), 1)).any()


def test_one_round_is_the_same_game_under_every_protocol() -> None:
    """A horizon of one round, alternating offers and a sure draw of the proposer are all the ultimatum game."""
    for strategy in ("risk-return", "time-dependent"):
        once = one_shot(Side.SENDER, strategy, target__disagreement=0.2, sender__disagreement=0.3)
        for protocol in ("alternating", "random-proposer"):
            same = once.vary({"talks.protocol": protocol, "talks.rounds": 1, "talks.proposer_probability": 1.0})
            assert np.array_equal(simulate(once, 20).runs["payoff"], simulate(same, 20).runs["payoff"])


def test_the_sides_of_a_random_proposer_share_the_pie_as_the_coin_falls() -> None:
    """In one round the proposer has all, so the sender expects the chance of proposing."""
    for chance in (0.2, 0.5, 0.7):
        game = {"talks.protocol": "random-proposer", "talks.rounds": 1, "talks.proposer_probability": chance}
        both = {"sender.strategy": "risk-return", "target.strategy": "risk-return"}
        outcomes = simulate(PIE.vary({**QUIET, **game, **both}), 50_000, seed=1)
        assert is_mean(outcomes.runs["payoff"][:, Side.SENDER], chance)
        assert not is_mean(outcomes.runs["payoff"][:, Side.SENDER], 1.0 - chance + 0.05)


def test_tit_for_tat_gives_back_the_concession_it_was_given() -> None:
    """Absolute tit-for-tat: last demand - (other's last offer - the one before), against a linear path.

    T = 20, the sender opens at 0.9 in round 1 and the target's offers 1 - D are t/T in rounds 2, 4, ...: from the two
    offers of rounds 2 and 4 on, the demand falls by 2/20 for each offer more.
    """
    scenario = conceding(20, sender__opening=0.9).vary({"sender.strategy": "tit-for-tat", "target.toughness": 1.0})
    outcomes = simulate(scenario, 1)
    demand, before, last, agreed = 0.9, -1.0, -1.0, None
    for t in range(1, 21):
        if t % 2 == 1:  # the sender proposes; the target takes what leaves it 1 - t/T
            demand = demand - (last - before) if before >= 0.0 else demand
            if 1.0 - demand >= 1.0 - t / 20 - EXACT:
                agreed = (t, demand)
                break
        else:  # the target offers t/T; the sender takes it if its answer in kind would ask for no more
            ask = demand - (t / 20 - last) if last >= 0.0 else demand
            if t / 20 >= ask - EXACT:
                agreed = (t, t / 20)
                break
            before, last = last, t / 20
    assert agreed is not None
    assert (int(outcomes.runs["rounds"][0]), the_position(outcomes)) == (agreed[0], pytest.approx(agreed[1], abs=EXACT))
