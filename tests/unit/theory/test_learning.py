"""Learning from silence: Bayes' rule in many small steps, and in the war of attrition."""

from __future__ import annotations

import numpy as np
import pytest

from negosim import theory


def step_by_step(prior, rate, time, steps=20_000):
    """The posterior after each small step in which the uncommitted type would have conceded with 1 - exp(-rate dt)."""
    silent = np.exp(-rate * time / steps)
    for _ in range(steps):
        prior = prior / (prior + (1 - prior) * silent)
    return prior


def test_the_known_number():
    assert theory.commitment_after_silence(0.1, 0.3, 5.0) == pytest.approx(0.332428, abs=5e-7)


def test_silence_is_learnt_from_step_by_step():
    for prior, rate, time in np.random.default_rng(19).uniform((0.01, 0.05, 0.5), (0.9, 1.0, 5.0), (10, 3)):
        assert theory.commitment_after_silence(prior, rate, time) == pytest.approx(step_by_step(prior, rate, time), abs=1e-9)


def test_the_silent_are_committed_as_often_as_believed():
    """2e6 draws of a type and a time of concession; five standard errors, refused once in 1.7 million times."""
    rng = np.random.default_rng(20)
    committed, conceded_at = rng.random(2_000_000) < 0.1, rng.exponential(1 / 0.3, 2_000_000)
    silent = committed | (conceded_at > 5.0)
    expected = theory.commitment_after_silence(0.1, 0.3, 5.0)
    error = np.sqrt(expected * (1 - expected) / silent.sum())
    assert abs(committed[silent].mean() - expected) < 5 * error < 0.01


@pytest.mark.parametrize("prior", [0.0, 1.0])
def test_who_is_sure_learns_nothing(prior):
    assert theory.commitment_after_silence(prior, 0.3, 1e4) == prior


def test_in_the_war_of_attrition_the_belief_is_certain_at_its_end():
    """There the rate is that of both types together, and the belief is z exp(lambda t) / c: 1 at T."""
    war = theory.attrition(0.7, 0.6, 0.1, 0.2, 0.05, 0.1)
    for time in np.linspace(0, 1, 6) * war.certain_at:
        uncommitted = 1 - war.conceded_1(time) - 0.05  # rational, and has not conceded
        belief = 0.05 * np.exp(war.concession_rate_1 * time) / war.remaining_1
        assert belief == pytest.approx(0.05 / (0.05 + uncommitted), abs=1e-12)
    assert belief == pytest.approx(1.0)
