"""The war of attrition: the paths of concession are held against what makes them an equilibrium."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate

from negosim import theory


def drawn_wars(count):
    """Parameters with incompatible demands, (count, 6)."""
    rng = np.random.default_rng(2)
    low, high = [0.55, 0.55, 0.02, 0.02, 0.01, 0.01], [0.9, 0.9, 1.0, 1.0, 0.4, 0.4]
    return rng.uniform(low, high, (count, 6))


def payoff_of_conceding_at(time, own_demand, other_demand, own_rate, other_rate, other_remaining):
    """The other concedes at once with mass 1 - c, then with density c lambda exp(-lambda t); I concede at ``time``."""

    def won(moment):
        density = other_remaining * other_rate * np.exp(-other_rate * moment)
        return own_demand * np.exp(-own_rate * moment) * density

    silent = other_remaining * np.exp(-other_rate * time)
    later = integrate.quad(won, 0, time, epsabs=1e-12)[0]
    return (1 - other_remaining) * own_demand + later + np.exp(-own_rate * time) * silent * (1 - other_demand)


def test_the_known_numbers():
    equal = theory.attrition(0.6, 0.6, 1.0, 1.0, 0.1, 0.1)
    assert equal.concession_rate_1 == equal.concession_rate_2 == pytest.approx(2.0, abs=5e-7)
    assert equal.certain_at == pytest.approx(1.151293, abs=5e-7)
    assert (equal.payoff_1, equal.payoff_2) == pytest.approx((0.4, 0.4), abs=5e-7)
    assert theory.commitment_threshold(0.7, 0.6, 0.05, 0.05, 0.05) == pytest.approx(0.105737, abs=5e-7)


def test_whenever_a_rational_side_concedes_it_has_the_same():
    for a1, a2, r1, r2, z1, z2 in drawn_wars(30):
        war = theory.attrition(a1, a2, r1, r2, z1, z2)
        for share in (1e-9, 0.3, 0.7, 1.0):
            time = share * war.certain_at
            mine = payoff_of_conceding_at(time, a1, a2, r1, war.concession_rate_2, war.remaining_2)
            theirs = payoff_of_conceding_at(time, a2, a1, r2, war.concession_rate_1, war.remaining_1)
            assert (mine, theirs) == pytest.approx((war.payoff_1, war.payoff_2), abs=1e-9)


def test_in_the_end_only_the_committed_have_not_conceded_and_at_most_one_side_concedes_at_once():
    for row in drawn_wars(50):
        war = theory.attrition(*row)
        for time in (war.certain_at, 10 * war.certain_at):
            assert (war.conceded_1(time), war.conceded_2(time)) == pytest.approx((1 - row[4], 1 - row[5]), abs=1e-12)
        assert (war.conceded_1(0.0), war.conceded_2(0.0)) == (war.at_once_1, war.at_once_2)
        assert min(war.at_once_1, war.at_once_2) == pytest.approx(0.0, abs=1e-12)
        assert 0 <= war.at_once_1 < 1 and 0 <= war.at_once_2 < 1


def test_two_committed_sides_never_agree():
    """Independent priors; 1e6 draws, five standard errors: a true value is refused once in 1.7 million times."""
    draws = np.random.default_rng(3).random((1_000_000, 2)) < [0.2, 0.3]
    measured, expected = draws.all(axis=1).mean(), theory.attrition(0.7, 0.7, 1, 1, 0.2, 0.3).never_agree
    assert abs(measured - expected) < 5 * np.sqrt(expected * (1 - expected) / 1e6)


def test_a_prior_pays_only_above_the_threshold():
    for a1, a2, r1, r2, _, z2 in drawn_wars(30):
        threshold = theory.commitment_threshold(a1, a2, r1, r2, z2)
        below = theory.attrition(a1, a2, r1, r2, 0.99 * threshold, z2)
        above = theory.attrition(a1, a2, r1, r2, threshold + 0.01 * (1 - threshold), z2)
        assert below.at_once_2 == pytest.approx(0.0, abs=1e-12) and below.payoff_1 == pytest.approx(1 - a2, abs=1e-9)
        assert above.at_once_2 > 1e-4 and above.payoff_1 > 1 - a2 + 1e-5


def test_a_side_that_is_never_committed_concedes_at_once():
    war = theory.attrition(0.7, 0.6, 0.1, 0.2, 0.0, 0.05)
    near = theory.attrition(0.7, 0.6, 0.1, 0.2, 1e-200, 0.05)
    assert war.at_once_1 == 1.0 and war.payoff_2 == 0.6 and war.payoff_1 == pytest.approx(1 - 0.6)
    assert war == pytest.approx(near, abs=1e-9)


@pytest.mark.parametrize("flow", [0.2, -0.3])
def test_whoever_holds_out_for_a_flow_has_the_same_whenever_it_gives_way(flow):
    rate, wins, loses = 0.05, 0.7, 0.4
    hazard = theory.flow_attrition_rate(rate, wins, loses, flow)

    def settled_at(time, what):
        return (1 - np.exp(-rate * time)) * flow + np.exp(-rate * time) * what

    for time in (0.0, 1.0, 10.0, 60.0):
        won, _ = integrate.quad(lambda t: hazard * np.exp(-hazard * t) * settled_at(t, wins), 0, time, epsabs=1e-13)
        assert won + np.exp(-hazard * time) * settled_at(time, loses) == pytest.approx(loses, abs=1e-10)


def test_in_rounds_the_chance_of_giving_way_leaves_the_other_indifferent_and_goes_to_the_rate():
    rate, wins, loses, flow = 0.05, 0.7, 0.4, 0.2
    for step in (0.1, 1.0, 5.0):
        chance, discount = theory.flow_attrition_chance(rate, wins, loses, flow, step), np.exp(-rate * step)
        waits = (1 - discount) * flow + discount * loses
        later = (1 - discount) * flow + discount * (chance * wins + (1 - chance) * waits)
        assert later == pytest.approx(loses, abs=1e-12)
    limit = theory.flow_attrition_rate(rate, wins, loses, flow)
    assert theory.flow_attrition_chance(rate, wins, loses, flow, 1e-6) / 2e-6 == pytest.approx(limit, rel=1e-5)


def test_the_longer_the_shadow_of_the_future_the_more_is_enforced_and_the_longer_it_takes():
    delays = []
    for rate, least, hazard, delay in (
        (0.2, 0.354381, 0.037345, 13.388852), (0.1, 0.328549, 0.008326, 60.055546), (0.05, 0.314631, 0.001973, 253.388887),
        (0.025, 0.307407, 0.000481, 1040.055555),
    ):
        share = theory.enforceable_share(rate, 0.6, 0.3)
        found = theory.flow_attrition_rate(rate, 1 - share, share, 0.3)
        delays.append(0.5 / found)
        assert (share, found, delays[-1]) == pytest.approx((least, hazard, delay), abs=5e-7)
    assert delays[-1] / delays[-2] == pytest.approx(4, rel=0.05)


def test_nobody_holds_out_for_less_than_giving_way_brings_or_gives_way_to_less_than_holding_out():
    with pytest.raises(ValueError, match=r"wins is 0.3, loses is 0.4; wins must exceed loses"):
        theory.flow_attrition_rate(0.05, 0.3, 0.4, 0.2)
    with pytest.raises(ValueError, match=r"loses is 0.4, flow is 0.5; loses must exceed flow"):
        theory.flow_attrition_chance(0.05, 0.7, 0.4, 0.5, 1.0)
