"""Threats and promises: at each threshold the target is indifferent, on either side of it it is not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate

from negosim import theory

DRAWN = np.random.default_rng(12).uniform(0.05, 0.95, (20, 3))


@pytest.mark.parametrize("nudge", [-1e-3, 1e-3])
def test_the_target_complies_from_the_threshold_of_a_probable_threat_on(nudge):
    for cost, damage, _ in DRAWN:
        chance = theory.threat_needed(cost, damage) + nudge
        assert (cost < chance * damage) == (nudge > 0)


@pytest.mark.parametrize("nudge", [-1e-3, 1e-3])
def test_the_target_complies_up_to_the_dearest_cost_under_noise(nudge):
    for damage, noise, _ in DRAWN:
        cost = theory.dearest_compliance(damage, noise) + nudge
        complies, refuses = cost + damage * noise / 2, damage * (1 - noise / 2)
        assert (complies < refuses) == (nudge < 0)


def test_noise_takes_away_what_a_threat_can_exact():
    exacted = theory.dearest_compliance(0.5, np.linspace(0, 1, 11))
    assert (np.diff(exacted) < 0).all() and exacted[0] == 0.5 and exacted[-1] == 0.0


@pytest.mark.parametrize("nudge", [-1e-3, 1e-3])
def test_a_promise_is_bought_up_to_the_tolerated_hazard_of_reversal(nudge):
    for flow, cost, rate in DRAWN:
        hazard = theory.tolerated_reversal(flow, cost, 0.1 * rate) + nudge
        if hazard < 0.02:
            continue
        value, _ = integrate.quad(lambda t, g=flow, h=hazard, r=0.1 * rate: g * np.exp(-(r + h) * t), 0, np.inf)
        assert (value > cost) == (nudge < 0)


def test_a_promise_too_dear_is_not_bought_whatever_its_hazard():
    assert theory.tolerated_reversal(0.02, 0.8, 0.05) < 0
    assert theory.threat_needed(0.6, 0.5) > 1


@pytest.mark.parametrize("horizon", [1.0, 10.0, 100.0])
def test_the_share_kept_is_the_present_value_of_what_is_had_until_it_is_taken_back(horizon):
    for rate, hazard, _ in DRAWN:
        had, whole = (
            integrate.quad(lambda t, h=h, r=rate: np.exp(-(r + h) * t), 0, horizon, epsabs=1e-13)[0] for h in (hazard, 0.0)
        )
        assert theory.kept_share(rate, hazard, horizon) == pytest.approx(had / whole, abs=1e-10)
        assert theory.kept_share(rate, hazard) == pytest.approx(rate / (rate + hazard))


def test_a_threat_lasts_until_it_is_lifted():
    for discount, resumption, _ in DRAWN:
        rounds = np.arange(20_000)
        had = ((1 - discount) * discount**rounds * (1 - resumption) ** rounds).sum()
        assert theory.share_until_lifted(discount, resumption) == pytest.approx(had, abs=1e-12)


@pytest.mark.parametrize("stress", [0.0, 0.7, 5.0])
def test_the_gain_of_a_threat_for_ever_and_for_some_rounds_is_that_of_the_path_of_stress(stress):
    benefit, cost, added, kept, discount = 0.05, 0.07, 0.4, 0.7, 0.95
    for rounds in (0, 1, 4, 2000):
        worth = []
        for lasts in (rounds, 0):
            now, total = stress, 0.0
            for t in range(2000):
                on = t < lasts
                total += (1 - discount) * discount**t * (benefit * on - cost * now)
                now = kept * now + added * on
            worth.append(total)
        gain = theory.gain_of_a_lasting_threat(benefit, cost, added, kept, discount)
        assert worth[0] - worth[1] == pytest.approx((1 - discount**rounds) * gain, abs=1e-12)


def bounds(d, g1, g2, harm, price):
    """Iterate the intervals of player 1's equilibrium payoffs at its own turn to propose and at the other's."""
    own, others = (0.0, 1.0), (0.0, 1.0)
    for _ in range(3000):
        ways = [(g1, g2, *others)]
        needed = others[0] + (1 - d) * price / d  # for carrying out to be no worse than the worst that follows if it does not
        if needed <= others[1]:
            ways.append((g1 - price, g2 - harm, needed, others[1]))
        left = [1 - (1 - d) * paid - d * (1 - value) for _, paid, *ends in ways for value in ends]
        calm = [(1 - d) * g1 + d * value for value in own]
        own, others = (min(left), max(left)), (calm[0], calm[1])
    return own


@pytest.mark.parametrize(
    ("case", "highest"),
    [((0.9, 0.3, 0.7, 0.7, 0.3), 0.668421), ((0.95, 0.5, 0.5, 0.5, 0.5), 0.756410), ((0.8, 0.2, 0.8, 0.8, 0.2), 0.644444),
     ((0.9, 0.3, 0.3, 0.2, 0.05), 0.615789), ((0.9, 0.3, 0.3, 0.2, 0.9), 0.510526), ((0.985, 0.44, 0.4, 0.1, 0.1), 0.570982)],
)
def test_the_bounds_of_a_threat_in_each_round_are_those_of_the_sets_of_equilibria(case, highest):
    found = theory.threat_of_each_round(*case)
    assert (found.lowest, found.highest) == pytest.approx(bounds(*case), abs=1e-9)
    assert found.highest == pytest.approx(highest, abs=5e-7)
