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
