"""One offer under uncertainty: the formulas against the best of many offers, each tried on every type."""

from __future__ import annotations

import numpy as np
import pytest

from negosim import theory

TYPES = (np.arange(4000) + 0.5) / 4000  # quantiles of a uniform number
OFFERS = np.linspace(0.0, 1.0, 1001)


def tried(offers, reservations, disagreement):
    """What each offer y brings the side that makes it, the refusals, and what it brings the other: (offers,) each."""
    taken = offers[:, None] >= reservations
    own = np.where(taken, 1 - offers[:, None], disagreement)
    other = np.where(taken, offers[:, None], reservations)
    return own.mean(axis=1), 1 - taken.mean(axis=1), other.mean(axis=1)


def drawn_opaque(count):
    """Means, half-widths and disagreement payoffs with something to gain, (count, 3)."""
    rng = np.random.default_rng(4)
    mean = rng.uniform(0.1, 0.7, count)
    return np.stack([mean, rng.uniform(0.01, 1, count) * np.minimum(mean, 1 - mean), rng.uniform(0, 0.95, count) * (1 - mean)], 1)


def test_the_known_numbers_of_risk_and_return():
    found = theory.risk_return_demand(0.5, 0.1, 0.0, 0.4)
    assert (found.demand, found.breakdown, found.payoff) == pytest.approx((0.65, 0.375, 0.55625), abs=5e-7)


def test_the_demand_is_the_best_of_all_that_can_be_tried():
    rng = np.random.default_rng(5)
    risky = capped = safe = 0
    for _ in range(60):
        win, cost = rng.uniform(0, 1), rng.uniform(0, 0.5)
        low, high = np.sort(rng.uniform(0, 0.8, 2))
        costs = low + (high - low) * TYPES
        demands = np.linspace(win, 1.0, 1001)
        fights = demands[:, None] - win > costs
        payoffs = np.where(fights, win - cost, demands[:, None]).mean(axis=1)
        found = theory.risk_return_demand(win, cost, low, high)
        assert found.payoff == pytest.approx(payoffs.max(), abs=1e-3)
        fights = found.demand - win > costs + 1e-12
        assert np.where(fights, win - cost, found.demand).mean() >= payoffs.max() - 1e-3
        assert found.breakdown == pytest.approx(fights.mean(), abs=1e-3)
        risky, capped, safe = risky + (found.breakdown > 0), capped + (found.demand == 1.0), safe + (found.premium == low)
    assert min(risky, capped, safe) >= 5  # every branch was drawn


def test_a_known_cost_is_taken_whole_and_nothing_breaks_down():
    assert theory.risk_return_demand(0.5, 0.1, 0.3, 0.3) == pytest.approx((0.3, 0.8, 0.0, 0.8))
    near = theory.risk_return_demand(0.5, 0.1, 0.3, 0.3 + 1e-9)
    assert near == pytest.approx((0.3, 0.8, 0.0, 0.8), abs=1e-8)


@pytest.mark.parametrize(("width", "sender"), [(0.10, 0.5), (0.15, 0.55), (0.20, 0.532031)])
def test_the_known_numbers_of_an_opaque_sender(width, sender):
    assert theory.opaque_sender(0.4, width, 0.15).sender == pytest.approx(sender, abs=5e-7)


def test_the_offer_is_the_best_of_all_that_can_be_tried():
    risky = 0
    for mean, width, disagreement in drawn_opaque(60):
        own, refused, other = tried(OFFERS, mean + width * (2 * TYPES - 1), disagreement)
        found = theory.opaque_sender(mean, width, disagreement)
        at = tried(np.array([found.offer + 1e-12]), mean + width * (2 * TYPES - 1), disagreement)
        assert at[0][0] >= own.max() - 1e-4
        assert (found.breakdown, found.sender) == pytest.approx((at[1][0], at[2][0]), abs=1e-3)
        assert abs(OFFERS[own.argmax()] - found.offer) < 0.05 and abs(other[own.argmax()] - found.sender) < 0.05
        assert abs(refused[own.argmax()] - found.breakdown) < 0.1
        risky += found.breakdown > 0
    assert 10 < risky < 50


def test_opacity_brings_the_sender_most_at_its_peak():
    for mean, _, disagreement in drawn_opaque(30):
        peak = theory.opaque_sender_peak(mean, disagreement)
        widths = np.linspace(0.0, min(mean, 1 - mean, 8.9 * peak), 2001)
        senders = theory.opaque_sender(mean, widths, disagreement).sender
        assert widths[np.argmax(senders)] == pytest.approx(min(peak, widths[-1]), abs=1e-3)
    assert theory.opaque_sender_peak(0.4, 0.15) == pytest.approx(0.15)


def test_far_beyond_its_peak_opacity_brings_the_sender_more_again():
    """Here S = 0.1: what it keeps when it is strong grows with the spread, and passes the peak at 3 S."""
    peak, same, more = theory.opaque_sender(0.5, [0.1 / 3, 0.3, 0.4], 0.4).sender
    assert peak == pytest.approx(same) and more > peak + 1e-3


def test_where_only_the_belief_is_spread_the_sender_takes_what_it_is_offered_or_its_mean():
    broken = 0
    for mean, width, disagreement in drawn_opaque(60):
        own, _, _ = tried(OFFERS, mean + width * (2 * TYPES - 1), disagreement)
        found = theory.believed_opaque_sender(mean, width, disagreement)
        offer = OFFERS[own.argmax()]
        if abs(offer - mean) > 0.05:
            assert found.breakdown == float(offer < mean)
        assert found.sender == pytest.approx(max(offer, mean), abs=0.05) and found.sender >= mean
        broken += found.breakdown == 1.0
    assert broken >= 3
