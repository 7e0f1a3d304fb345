"""Home: the formulas against the best of all deals that the homes, or the veto player, let pass."""

from __future__ import annotations

import numpy as np
import pytest

from negosim import theory

DEALS = np.linspace(0, 1, 2001)
TYPES = (np.arange(4000) + 0.5) / 4000


def test_thresholds_at_home_bound_the_nash_solution():
    seen = set()
    for own, other in np.random.default_rng(8).uniform(0, 0.9, (100, 2)):
        passes = (own <= DEALS) & (other <= 1 - DEALS)
        share = theory.home_threshold_share(own, other)
        if passes.any():
            assert share == pytest.approx(DEALS[passes][np.argmax((DEALS * (1 - DEALS))[passes])], abs=1e-3)
        else:
            assert share == 0.0
        seen.add("none" if share == 0 else "free" if share == 0.5 else "own" if share == own else "other")
    assert seen == {"none", "free", "own", "other"}


@pytest.mark.parametrize(("threshold", "share"), [(0.0, 0.5), (0.5, 0.5), (0.8, 0.8), (1.0, 1.0), (1.01, 0.0)])
def test_a_threshold_helps_until_there_is_no_deal(threshold, share):
    assert theory.home_threshold_share(threshold) == share


def test_a_demand_on_an_unclear_home_is_the_best_of_all_that_can_be_tried():
    rng = np.random.default_rng(9)
    risky = 0
    for _ in range(60):
        mean = rng.uniform(0.1, 0.7)
        width, own = rng.uniform(0.01, 1) * min(mean, 1 - mean), rng.uniform(0, 0.95) * (1 - mean)
        thresholds = mean + width * (2 * TYPES - 1)
        ratified = 1 - DEALS[:, None] >= thresholds
        payoffs = np.where(ratified, DEALS[:, None], own).mean(axis=1)
        found = theory.uncertain_home(mean, width, own)
        assert found.payoff == pytest.approx(payoffs.max(), abs=1e-3)
        assert found.failure == pytest.approx((1 - found.demand < thresholds - 1e-12).mean(), abs=1e-3)
        assert found.demand == pytest.approx(DEALS[payoffs.argmax()], abs=0.05)
        risky += found.failure > 0
    assert 10 < risky < 50


def test_the_agenda_setter_takes_the_best_that_the_veto_player_does_not_like_less():
    line = np.linspace(-6, 6, 12_001)
    for setter, veto, status_quo in np.random.default_rng(10).uniform(-2, 2, (60, 3)):
        accepted = np.abs(line - veto) <= abs(status_quo - veto)
        best = line[accepted][np.argmin(np.abs(line[accepted] - setter))]
        assert theory.agenda_setter(setter, veto, status_quo) == pytest.approx(best, abs=2e-3)


@pytest.mark.parametrize(("status_quo", "law"), [(0.0, 1.0), (0.3, 0.7), (0.5, 0.5), (0.75, 0.75), (1.0, 1.0), (3.0, 1.0)])
def test_the_law_by_where_the_status_quo_lies(status_quo, law):
    """Ideals 0.5 of the veto player and 1 of the setter: min(a, 2v - q), then q between the two, then the setter's own."""
    assert theory.agenda_setter(1.0, 0.5, status_quo) == pytest.approx(law)
    assert theory.agenda_setter(-1.0, -0.5, -status_quo) == pytest.approx(-law)
