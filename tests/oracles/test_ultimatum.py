"""One offer under uncertainty (Fearon 1995, International Organization 49; Powell 1999, In the Shadow of Power)."""

from __future__ import annotations

import numpy as np
import pytest

from negosim import Scenario, Side, simulate
from tests.oracles.textbook import EXACT, RESOLUTION, is_mean, is_near, one_shot, settled, the_position

RUNS = 40_000
MEAN, OUTSIDE = 0.4, 0.15
"""m, the mean of the sender's reservation value, and d, what the target has without a deal."""
SURPLUS = 1.0 - OUTSIDE - MEAN
SPREADS = (0.0, 0.05, 0.10, 0.15, 0.16, 0.20, 0.30, 0.40)
"""Half-widths s that keep the reservation value within the pie; the peak is at S/3 = 0.15."""


def opaque(spread: float, belief_only: bool = False) -> Scenario:
    """Return the target's one offer to a sender whose reservation value it believes to be U[m - s, m + s]."""
    return one_shot(
        Side.TARGET, sender__disagreement=MEAN, target__disagreement=OUTSIDE, sender__ambiguity=spread,
        sender__ambiguity_belief_only=belief_only,
    )


def best_offer(s: float) -> float:
    """Return y = m + s while s <= S/3, then (1 - d + m - s)/2: the target's best offer (design page on theory, 4)."""
    return MEAN + s if s <= SURPLUS / 3 + EXACT else (1.0 - OUTSIDE + MEAN - s) / 2


def breakdown(s: float) -> float:
    """Return (3 s - S)/(4 s), the chance that the best offer is refused; 0 while s <= S/3."""
    return 0.0 if s <= SURPLUS / 3 + EXACT else (3 * s - SURPLUS) / (4 * s)


def sender_gets(s: float) -> float:
    """Return E = m + s while s <= S/3, then m + (S + s)^2/(16 s): what the sender expects before it knows its type."""
    return MEAN + s if s <= SURPLUS / 3 + EXACT else MEAN + (SURPLUS + s) ** 2 / (16 * s)


def test_the_formulas_give_the_numbers_of_the_design_page() -> None:
    assert [round(sender_gets(s), 6) for s in (0.10, 0.15, 0.20)] == [0.5, 0.55, 0.532031]


@pytest.mark.parametrize("spread", SPREADS)
def test_the_target_offers_an_opaque_sender_what_the_formula_says(spread: float) -> None:
    """y of Fearon and Powell; exact up to S/3, where the offer is the kink of the acceptance probability."""
    bound = EXACT if spread <= SURPLUS / 3 + EXACT else RESOLUTION
    assert is_near(the_position(simulate(opaque(spread), 200)), best_offer(spread), bound)


@pytest.mark.parametrize("spread", SPREADS)
def test_an_offer_is_refused_by_exactly_the_types_that_lose_by_it(spread: float) -> None:
    """Deal iff r <= y, run for run; so breakdown comes to (3 s - S)/(4 s), and in it the sender has its own r."""
    outcomes = simulate(opaque(spread), RUNS, seed=1)
    deal, reservation = settled(outcomes), outcomes.runs["reservation"][:, Side.SENDER]
    assert np.array_equal(deal, reservation <= the_position(outcomes) + EXACT)
    assert is_mean(~deal, breakdown(spread), RESOLUTION)
    assert np.array_equal(outcomes.runs["payoff"][~deal, Side.SENDER], reservation[~deal])
    assert np.allclose(outcomes.runs["payoff"][~deal, Side.TARGET], OUTSIDE, rtol=0, atol=EXACT)


@pytest.mark.parametrize("spread", SPREADS)
def test_the_sender_gains_by_ambiguity_what_the_formula_says(spread: float) -> None:
    """The offer moves the sender's payoff one for one, so its resolution is allowed for beside the standard error."""
    payoff = simulate(opaque(spread), RUNS, seed=2).runs["payoff"][:, Side.SENDER]
    assert is_mean(payoff, sender_gets(spread), RESOLUTION)


def test_the_gain_from_ambiguity_peaks_at_a_third_of_the_surplus() -> None:
    """s* = S/3 = 0.15, on a grid of steps of 0.01; not at S/2, which a wrong formula would have."""
    grid = [k / 100 for k in range(5, 30)]
    gains = [float(simulate(opaque(s), 20_000, seed=3).runs["payoff"][:, Side.SENDER].mean()) for s in grid]
    assert grid[int(np.argmax(gains))] == 0.15
    assert abs(0.15 - SURPLUS / 2) > 0.05


@pytest.mark.parametrize("spread", (0.05, 0.15, 0.20, 0.30, 0.40, 0.45))
def test_a_doubt_that_is_belief_only_pays_the_sender_the_offer_and_breaks_nothing(spread: float) -> None:
    """With the true type at m the sender gets max(y, m), and nothing breaks down for s <= S = 0.45."""
    outcomes = simulate(opaque(spread, belief_only=True), 200)
    assert settled(outcomes).all()
    assert is_near(outcomes.runs["payoff"][0, Side.SENDER], max(best_offer(spread), MEAN), RESOLUTION)


def test_a_doubt_that_is_belief_only_and_larger_than_the_surplus_breaks_the_talks() -> None:
    """For s > S the offer is below m: at s = 0.5, y = 0.375, and the sender keeps m."""
    outcomes = simulate(opaque(0.5, belief_only=True), 200)
    assert not settled(outcomes).any()
    assert np.allclose(outcomes.runs["payoff"][:, Side.SENDER], MEAN, rtol=0, atol=EXACT)


def test_wrong_formulas_are_found_out() -> None:
    """The offer without its spread, a peak at S/2, and the breakdown of another denominator all miss by far."""
    outcomes = simulate(opaque(0.20), RUNS, seed=2)
    payoff, broken = outcomes.runs["payoff"][:, Side.SENDER], ~settled(outcomes)
    assert not is_near(the_position(outcomes), (1.0 - OUTSIDE + MEAN) / 2, RESOLUTION)
    assert not is_mean(payoff, MEAN + 0.20, RESOLUTION)
    assert not is_mean(payoff, MEAN + (SURPLUS + 0.20) ** 2 / (15 * 0.20), RESOLUTION)
    assert not is_mean(broken, (3 * 0.20 - SURPLUS) / (3 * 0.20), RESOLUTION)


@pytest.mark.parametrize(
    ("p", "own_cost", "low", "high"), [(0.5, 0.1, 0.0, 0.4), (0.3, 0.05, 0.0, 0.5), (0.5, 0.1, 0.05, 0.2), (0.6, 0.0, 0.1, 0.2)]
)
def test_fearon_s_demand_against_a_private_cost_of_war(p: float, own_cost: float, low: float, high: float) -> None:
    """Fearon's lottery p, own cost cA, the other's cost U[l, h]: x = p + s, s = min(max(l, (h - cA)/2), 1 - p).

    War pays p - cA and 1 - p - c, so it is a disagreement with a private reservation value of the target; breakdown is
    (s - l)/(h - l). At (.5, .1, 0, .4): x = .65, breakdown .375, expected utility .556250.
    """
    scenario = one_shot(
        Side.SENDER, sender__disagreement=p - own_cost, target__disagreement=1.0 - p - (low + high) / 2,
        target__ambiguity=(high - low) / 2,
    )
    s = min(max(low, (high - own_cost) / 2), 1.0 - p)
    lost = (s - low) / (high - low)
    expected = (1.0 - lost) * (p + s) + lost * (p - own_cost)
    outcomes = simulate(scenario, RUNS, seed=4)
    assert is_near(the_position(outcomes), p + s, RESOLUTION)
    assert is_mean(~settled(outcomes), lost)
    assert is_mean(outcomes.runs["payoff"][:, Side.SENDER], expected)
    if (p, low) == (0.5, 0.0):
        assert (round(p + s, 6), round(lost, 6), round(expected, 6)) == (0.65, 0.375, 0.55625)
        assert not is_near(the_position(outcomes), p + (high + own_cost) / 2, RESOLUTION)  # the sign of the cost


def committed(demand: float, prior: float) -> Scenario:
    """Return the target's one offer to a sender that with this prior takes nothing below its demand, and else m."""
    return one_shot(
        Side.TARGET, sender__disagreement=MEAN, target__disagreement=OUTSIDE, sender__commitment=prior,
        sender__committed_demand=demand,
    )


@pytest.mark.parametrize("demand", (0.55, 0.65, 0.7, 0.75, 0.8))
@pytest.mark.parametrize("beyond", (-0.03, 0.03))
def test_a_committed_demand_is_met_iff_the_prior_passes_a_threshold(demand: float, beyond: float) -> None:
    """Meeting a pays 1 - a, risking it (1 - z)(1 - m) + z d: the target meets it iff z >= (a - m)/(1 - m - d)."""
    prior = (demand - MEAN) / SURPLUS + beyond
    outcomes = simulate(committed(demand, prior), RUNS, seed=5)
    met = beyond > 0.0
    assert is_near(the_position(outcomes), demand if met else MEAN, RESOLUTION)
    assert is_mean(settled(outcomes), 1.0 if met else 1.0 - prior)
    value = 1.0 - demand if met else (1.0 - prior) * (1.0 - MEAN) + prior * OUTSIDE
    assert is_mean(outcomes.runs["payoff"][:, Side.TARGET], value, RESOLUTION)


def test_without_doubt_one_offer_takes_all() -> None:
    """The ultimatum game: the proposer keeps all but the other's disagreement payoff, whoever proposes."""
    for d in (0.0, 0.25):
        for side, x in ((Side.SENDER, 1.0 - d), (Side.TARGET, d)):
            scenario = one_shot(side, **{f"{side.other.label}__disagreement": d})
            assert is_near(the_position(simulate(scenario, 1)), x, EXACT)
