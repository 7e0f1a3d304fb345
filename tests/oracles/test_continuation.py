"""What going on is worth: the engine's table against a recursion written out here, in small cases that have one.

A side that proposes offers just what the other would take, or makes no serious offer; a side that answers takes the
better of the offer and going on. This is a best response to a concession path and not subgame-perfect play.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from negosim import Scenario, Side, simulate
from negosim.engine.prepare import prepare
from tests.oracles.textbook import EXACT, PIE, QUIET, RESOLUTION, is_mean, is_near

ROUNDS = 5


def facing_a_path(**changes: Any) -> Scenario:
    """Return a risk-return target against a sender that concedes from 1 to 0, which proposes first."""
    settings = {"talks.rounds": ROUNDS, "target.strategy": "risk-return", "target.disagreement": 0.1}
    return PIE.vary({**QUIET, **settings, **{name.replace("__", "."): value for name, value in changes.items()}})


def recursion(toughness: float, discount: float, hazard: float, base: float) -> dict[int, float]:
    """Return W(t), the worth of going on after a refusal in round t = 1 ... T - 1, by hand.

    V(t) = max(1 - D(t), (1 - g) b + g W(t)) and W(t) = delta V(t + 1), with D(t) = 1 - (t/T)^toughness, g = 1 - p and no
    going on after round T. Whoever proposes, the target ends up with 1 - D(t) or refuses.
    """
    going_on = 0.0
    worth = {}
    for t in range(ROUNDS, 1, -1):
        goes = 0.0 if t == ROUNDS else 1.0 - hazard
        refused = (1.0 - goes) * base + goes * going_on
        going_on = discount * max((t / ROUNDS) ** toughness, refused)
        worth[t - 1] = going_on
    return worth


CASES = [(1.0, 1.0, 0.0), (1.0, 0.9, 0.1), (3.0, 0.8, 0.2), (0.4, 0.7, 0.05), (5.0, 0.6, 0.5)]


@pytest.mark.parametrize(("toughness", "discount", "hazard"), CASES)
def test_the_table_of_going_on_is_the_recursion(toughness: float, discount: float, hazard: float) -> None:
    """Brinkmanship p, discounting and a path of concession, to rounding."""
    scenario = facing_a_path(sender__toughness=toughness, target__discount=discount, sender__brinkmanship=hazard)
    table = prepare(scenario).target_outlook[0].reshape(ROUNDS + 1)
    worth = recursion(toughness, discount, hazard, 0.1)
    assert [table[t] for t in worth] == pytest.approx(list(worth.values()), abs=EXACT)


def test_a_wrong_recursion_is_found_out() -> None:
    """Half the hazard, no discounting of the first round to come, and the path of another toughness all miss by far."""
    scenario = facing_a_path(sender__toughness=3.0, target__discount=0.8, sender__brinkmanship=0.2)
    table = prepare(scenario).target_outlook[0].reshape(ROUNDS + 1)
    for wrong in (recursion(3.0, 0.8, 0.1, 0.1), recursion(3.0, 0.9, 0.2, 0.1), recursion(1.0, 0.8, 0.2, 0.1)):
        assert [table[t] for t in wrong] != pytest.approx(list(wrong.values()), abs=10 * RESOLUTION)


def test_the_hazards_of_both_sides_add_up_to_one() -> None:
    """Two independent hazards p and q are one of 1 - (1 - p)(1 - q), and a sudden deadline is one more."""
    both = facing_a_path(sender__brinkmanship=0.1, target__brinkmanship=0.2, target__deadline_hazard=0.05, target__discount=0.9)
    table = prepare(both).target_outlook[0].reshape(ROUNDS + 1)
    worth = recursion(1.0, 0.9, 1.0 - 0.9 * 0.8 * 0.95, 0.1)
    assert [table[t] for t in worth] == pytest.approx(list(worth.values()), abs=EXACT)


def signing_round(toughness: float, discount: float, hazard: float, base: float) -> int:
    """Return the round in which a target that follows the recursion signs."""
    worth = {**recursion(toughness, discount, hazard, base), ROUNDS: base}
    for t in range(1, ROUNDS + 1):
        refused = hazard * base + (1.0 - hazard) * worth[t] if t < ROUNDS else base
        if (t / ROUNDS) ** toughness >= refused - EXACT:
            return t
    raise AssertionError("the last offer is worth 1, more than any base")


@pytest.mark.parametrize("toughness", (0.4, 1.0, 3.0))
@pytest.mark.parametrize("hazard", (0.0, 0.05, 0.2, 0.4, 0.7))
def test_the_target_signs_in_the_round_that_the_recursion_names(toughness: float, hazard: float) -> None:
    """Played out: with hazard p the talks last to that round t with chance (1 - p)^(t - 1), and pay (t/T)^toughness then."""
    scenario = facing_a_path(sender__toughness=toughness, target__discount=0.9, sender__brinkmanship=hazard)
    runs = simulate(scenario, 50_000, seed=1).runs
    signs = signing_round(toughness, 0.9, hazard, 0.1)
    deal = runs["proposer"] >= 0
    assert set(runs["rounds"][deal]) == {signs}
    assert is_mean(deal, (1.0 - hazard) ** (signs - 1))
    assert np.allclose(runs["utility"][deal, Side.TARGET], (signs / ROUNDS) ** toughness, rtol=0, atol=RESOLUTION)


def test_a_higher_hazard_makes_the_target_sign_earlier() -> None:
    signed = [signing_round(1.0, 0.9, hazard, 0.1) for hazard in (0.0, 0.05, 0.2, 0.4, 0.7)]
    assert sorted(signed, reverse=True) == signed and signed[0] > signed[-1]


def with_commitment(demand: float) -> Scenario:
    """Return the same talks with a sender that may be committed to a demand that is one of the table's 24ths."""
    return facing_a_path(sender__commitment=0.2, sender__committed_demand=demand, target__discount=0.9)


GRID = tuple((j / 3) ** 2 for j in range(4))
"""The table's masses of the committed type: 0, 1/9, 4/9, 1."""


def recursion_with_commitment(demand: float, discount: float, base: float) -> dict[tuple[int, int], float]:
    """Return W(t, j) at mass z = (j/3)^2 of a type that takes and offers ``demand`` in every round, by hand.

    Proposing, the target may satisfy neither type, the softer one, or both; who refuses tells what it is. Answering, it
    takes each type's offer or goes on, having learnt nothing from it (that is left out, and said so).
    """
    following = np.zeros(4)
    worth = {}
    for t in range(ROUNDS, 1, -1):
        refused = np.full(4, base) if t == ROUNDS else following
        path = 1.0 - t / ROUNDS
        value = np.zeros(4)
        for j, z in enumerate(GRID):
            if t % 2 == 0:
                both = 1.0 - max(path, demand)
                one = (1 - z) * (1 - path) + z * refused[3] if path < demand else z * (1 - demand) + (1 - z) * refused[0]
                value[j] = max(both, one, refused[j])
            else:
                value[j] = (1 - z) * max(1 - path, refused[j]) + z * max(1 - demand, refused[j])
        following = discount * value
        worth |= {(t - 1, j): following[j] for j in range(4)}
    return worth


@pytest.mark.parametrize("demand", (0.5, 0.75))
def test_the_table_weighs_the_type_that_never_takes_less_than_its_demand(demand: float) -> None:
    table = prepare(with_commitment(demand)).target_outlook[0].reshape(ROUNDS + 1, 4)
    worth = recursion_with_commitment(demand, 0.9, 0.1)
    assert [table[place] for place in worth] == pytest.approx(list(worth.values()), abs=EXACT)
    wrong = recursion_with_commitment(demand + 0.1, 0.9, 0.1)
    assert [table[place] for place in wrong] != pytest.approx(list(wrong.values()), abs=RESOLUTION)


@pytest.mark.parametrize("spread", (0.05, 0.1, 0.2, 0.3))
def test_with_one_round_to_go_the_table_holds_the_one_shot_value(spread: float) -> None:
    """W(T - 1) at the prior is delta times the value of the ultimatum: max over y of F(y)(1 - y) + (1 - F(y)) d.

    The table tries every fourth node of the frontier, 4/64 of the pie apart at most, and the sure offer; an offer that is
    half a step from the best loses (1/32)^2/(2 s).
    """
    scenario = facing_a_path(
        talks__rounds=2, sender__ambiguity=spread, sender__disagreement=0.4, target__disagreement=0.15, target__discount=0.9
    )
    table = prepare(scenario).target_outlook[0].reshape(3, 7)
    for place in range(1, 6):
        mean = 0.4 - spread + 2 * spread * place / 6
        half = min(mean - (0.4 - spread), 0.4 + spread - mean)
        offers = np.linspace(mean - half, mean + half, 20_001)
        chance = np.clip((offers - (mean - half)) / (2 * half), 0.0, 1.0)
        exact = 0.9 * float(np.max(chance * (1.0 - offers) + (1.0 - chance) * 0.15))
        assert exact - 0.9 * (1 / 32) ** 2 / (2 * half) - EXACT <= table[1, place] <= exact + EXACT
    assert is_near(table[1, 0], 0.9 * (1.0 - 0.4 + spread), EXACT)  # sure of the softest type


# ---- with a threat over the talks ------------------------------------------------------------------------------------

DAMAGE, EXECUTION, EARLY, PAIN = 0.5, 0.6, 0.3, 0.2


def under_a_threat(unpredictability: float) -> Scenario:
    """Return the same talks under a threat that may be carried out early, and that hurts in every round once it is."""
    tree = facing_a_path().model_dump(exclude_unset=True, exclude={"notes"})
    threat = {"issue": "pie", "rate": 100.0, "state": "announced", "damage": DAMAGE, "execution": EXECUTION}
    tree["threats"] = [{**threat, "early_execution": EARLY}]
    return Scenario.build(tree).vary(
        {"target.discount": 0.9, "target.disagreement": 0.6, "target.tariff_pain": PAIN, "sender.toughness": 2.0,
         "sender.unpredictability": unpredictability, "sender.brinkmanship": 0.1}
    )


def recursion_under_a_threat(u: float, early: float = EARLY) -> dict[tuple[int, int], float]:
    """Return W(t, e), e = 1 once the threat is carried out: E[delta V(t + 1, e')], V(t, e) what round t is worth.

    After a refusal the threat is carried out early with q = early (1 - u/2), and the round's pain is borne. Where the talks
    end, the target has .6 - D if it is carried out, and else .6 - D x (1 - u/2); a deal is punished with u/2.
    """
    following = np.zeros(2)
    worth = {}
    carried_out = early * (1.0 - u / 2)
    for t in range(ROUNDS, 1, -1):
        value = np.zeros(2)
        for e in (0, 1):
            in_force = 1.0 if e else carried_out
            ended = 0.6 - DAMAGE * (in_force + (1.0 - in_force) * EXECUTION * (1.0 - u / 2))
            goes = 0.0 if t == ROUNDS else 0.9
            refused = (1.0 - goes) * ended + goes * following[e] - PAIN * DAMAGE * in_force
            value[e] = max((t / ROUNDS) ** 2 - DAMAGE * u / 2, refused)
        following = np.array([0.9 * ((1 - carried_out) * value[0] + carried_out * value[1]), 0.9 * value[1]])
        worth |= {(t - 1, e): following[e] for e in (0, 1)}
    return worth


@pytest.mark.parametrize("unpredictability", (0.0, 0.3, 0.8))
def test_the_table_foresees_that_a_threat_may_be_carried_out_early(unpredictability: float) -> None:
    table = prepare(under_a_threat(unpredictability)).target_outlook[0].reshape(ROUNDS + 1, 2)
    worth = recursion_under_a_threat(unpredictability)
    assert [table[place] for place in worth] == pytest.approx(list(worth.values()), abs=EXACT)
    for wrong in (recursion_under_a_threat(unpredictability + 0.2), recursion_under_a_threat(unpredictability, early=0.0)):
        assert [table[place] for place in wrong] != pytest.approx(list(wrong.values()), abs=10 * RESOLUTION)
