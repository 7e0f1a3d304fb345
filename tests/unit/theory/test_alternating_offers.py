"""The closed forms of alternating offers against backward induction over the rounds, which knows none of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from negosim import theory

LONG = 4000  # rounds that stand for ever: what lies beyond them is worth less than 1e-9 where a round costs 1 % or more


def by_recursion(rounds, discount_1, discount_2, *, hazard=0.0, breakdown=(0.0, 0.0), outside_2=0.0, proposing_1=None):
    """What player 1 has in round 1: backward induction from a last round after which nobody has anything.

    ``proposing_1`` is the chance that player 1 makes an offer; without it the players alternate, player 1 first.
    """
    value_1 = value_2 = 0.0
    for number in range(rounds, 0, -1):
        waits_1 = hazard * breakdown[0] + (1 - hazard) * discount_1 * value_1
        waits_2 = max(hazard * breakdown[1] + (1 - hazard) * discount_2 * value_2, outside_2)
        chance = number % 2 if proposing_1 is None else proposing_1
        value_1 = chance * (1 - waits_2) + (1 - chance) * waits_1
        value_2 = 1 - value_1
    return value_1


def drawn(count, *bounds, seed=1):
    return np.random.default_rng(seed).uniform(*np.array(bounds).T, (count, len(bounds)))


def test_the_known_numbers():
    assert theory.rubinstein_share(0.9, 0.9) == pytest.approx(0.526316, abs=5e-7)
    assert theory.rubinstein_share(0.95, 0.9) == pytest.approx(0.689655, abs=5e-7)
    assert theory.stahl_share(0.9, 0.9, 3) == pytest.approx(0.91, abs=5e-7)
    assert theory.stahl_share(0.9, 0.9, 10) == pytest.approx(0.342801, abs=5e-7)
    assert theory.breakdown_share(1, 1, 0.05, 0, 0) == pytest.approx(0.512821, abs=5e-7)


@pytest.mark.parametrize("horizon", [1, 2, 3, 4, 5, 9, 10, 31])
def test_a_finite_horizon_is_solved_from_its_last_round(horizon):
    for first, second in drawn(20, (0.05, 1.0), (0.05, 1.0), seed=horizon):
        expected = by_recursion(horizon, first, second)
        assert theory.stahl_share(first, second, horizon) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("horizon", "share"), [(1, 1), (2, 0), (7, 1), (8, 0)])
def test_without_impatience_the_last_proposer_has_everything(horizon, share):
    assert theory.stahl_share(1.0, 1.0, horizon) == share == by_recursion(horizon, 1.0, 1.0)


def test_for_ever_is_the_limit_of_a_long_horizon():
    for first, second in drawn(50, (0.1, 0.99), (0.1, 0.99)):
        expected = by_recursion(LONG, first, second)
        assert theory.rubinstein_share(first, second) == pytest.approx(expected, abs=1e-9)
        assert theory.stahl_share(first, second, LONG + 1) == pytest.approx(expected, abs=1e-9)


def test_who_can_wait_for_ever_has_everything():
    assert theory.rubinstein_share(1.0, 0.7) == 1.0 and theory.rubinstein_share(0.7, 1.0) == 0.0


def test_a_breakdown_is_expected_in_every_round():
    rows = drawn(50, (0.5, 1.0), (0.5, 1.0), (0.02, 0.5), (0.0, 0.5), (0.0, 0.5))
    for first, second, hazard, own, other in rows:
        expected = by_recursion(LONG, first, second, hazard=hazard, breakdown=(own, other))
        assert theory.breakdown_share(first, second, hazard, own, other) == pytest.approx(expected, abs=1e-9)


def test_a_sure_breakdown_makes_one_offer_of_it():
    assert theory.breakdown_share(1.0, 1.0, 1.0, 0.2, 0.3) == pytest.approx(1 - 0.3)


def test_with_a_small_hazard_both_split_what_is_above_the_breakdown_payoffs():
    assert theory.breakdown_share(1.0, 1.0, 1e-7, 0.1, 0.4) == pytest.approx(0.1 + 0.5 * (1 - 0.1 - 0.4), abs=1e-6)


def test_an_outside_option_counts_where_it_binds():
    bound = 0
    for first, second, outside in drawn(60, (0.3, 0.99), (0.3, 0.99), (0.0, 1.0)):
        share = theory.outside_option_share(first, second, outside)
        assert share == pytest.approx(by_recursion(LONG, first, second, outside_2=outside), abs=1e-9)
        bound += share != theory.rubinstein_share(first, second)
    assert 10 < bound < 50  # both cases were drawn


def test_a_drawn_proposer_expects_what_the_recursion_gives():
    for first, second, chance in drawn(50, (0.1, 0.99), (0.1, 0.99), (0.0, 1.0)):
        expected = by_recursion(LONG, first, second, proposing_1=chance)
        assert theory.random_proposer_share(first, second, chance) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("chance", [0.0, 0.3, 1.0])
def test_equally_patient_sides_share_by_the_chance_to_propose(chance):
    assert theory.random_proposer_share(0.9, 0.9, chance) == pytest.approx(chance)


def test_a_deadline_that_nobody_knows_is_a_hazard_in_every_round():
    for first, second, hazard, step in drawn(40, (0.0, 0.2), (0.0, 0.2), (0.05, 0.5), (0.5, 2.0)):
        ends = 1 - math.exp(-hazard * step)
        expected = by_recursion(LONG, math.exp(-first * step), math.exp(-second * step), hazard=ends)
        assert theory.random_deadline_share(first, second, hazard, step) == pytest.approx(expected, abs=1e-9)


def test_short_rounds_go_to_the_continuous_limit_in_proportion_to_their_length():
    for first, second, hazard in drawn(20, (0.0, 0.2), (0.0, 0.2), (0.05, 0.5)):
        limit = theory.random_deadline_limit(first, second, hazard)
        gaps = [theory.random_deadline_share(first, second, hazard, step) - limit for step in (0.02, 0.01, 1e-8)]
        assert gaps[0] / gaps[1] == pytest.approx(2.0, abs=0.05) and abs(gaps[2]) < 1e-7
