"""Every kind of uncertainty spreads something and leaves its mean where it was, or it would be mistaken for a level.

What is held fixed: by all six, the mean of the drawn reservation values and of the announced tariff levels. Also
- ambiguity of the reservation value: its mean, and the support is never cut off;
- ambiguity of the voices: the mean salience, weighted by how often each voice is the true one;
- commitment: everything that is drawn but the flag itself;
- unpredictability: the chance of punishing a refusal plus that of punishing a deal, for a threat that is meant;
- volatility: the mean level in every round, in levels and not in logs;
- reversal: the talks up to the settlement, if neither side looks ahead;
- brinkmanship: the talks up to the breakdown, if neither side looks ahead.
Each statistical comparison raises a false alarm with at most one chance in a million, so this file with at most 2e-4.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from negosim import Scenario, simulate
from negosim.common.vocabulary import Ending, Side, ThreatState
from negosim.engine.kernel import new_talks
from negosim.engine.prepare import prepare, profile_saliences
from negosim.rules import moves, threats
from negosim.rules.beliefs import summary
from negosim.rules.opening import open_talks
from negosim.scenario.consistency import THE_OTHERS_ALONE
from tests.laws.chance import FALSE_ALARM, SIGMAS, happens_as_often, has_mean
from tests.laws.playing import same_bits
from tests.laws.worlds import COMBINATIONS, FLOW_WORLDS, flow_world, world

pytestmark = pytest.mark.slow

RUNS = 20_000
PATHS, ROUNDS = 2_000, 8
TACTICS = {
    "ambiguity": 0.25, "ambiguous_voices": 0.8, "commitment": 0.3, "unpredictability": 0.7, "volatility": 0.25,
    "reversal": 0.1, "brinkmanship": 0.15,
}
"""The six kinds of uncertainty, one of them with two dials, turned up."""
NO_TACTIC = {f"{side.label}.{name}": 0.0 for side in Side for name in TACTICS}
LIVELY = {
    "talks.rounds": ROUNDS, "talks.extension_probability": 0.0, "threats.reciprocal-tariff.state": "announced",
    "threats.reciprocal-tariff.early_execution": 0.1, "threats.reciprocal-tariff.escalation": 0.0,
}
"""One threat that may pause and may be carried out early; escalation is a move of the sender and no uncertainty."""


def plain() -> Scenario:
    """Return the case of 2025 with no uncertainty, where nothing moves a tariff level but volatility."""
    return Scenario.load("us-japan-2025").vary(NO_TACTIC | LIVELY)


def threat_paths(scenario: Scenario) -> tuple[np.ndarray, np.ndarray]:
    """Return levels and states of the threats at the end of each round without a deal, each (PATHS, ROUNDS, threats)."""
    game = prepare(scenario)
    talks, seed = new_talks(game), np.uint64(11)
    levels = np.empty((PATHS, ROUNDS, len(game.threats)))
    states = np.empty(levels.shape, dtype=np.int64)
    for path in map(np.uint64, range(PATHS)):
        open_talks(game, talks, seed, path)
        for t in range(ROUNDS):
            moves.move_world(game, talks, seed, path)
            moves.move_threats(game, talks)
            moves.carry_out_threats(game, talks, seed, path)
            levels[path, t], states[path, t] = talks.threat_level, talks.threat_state
    return levels, states


# ---- what every one of them leaves alone ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tactic", "side"), [(t, side) for t in TACTICS for side in Side if t not in THE_OTHERS_ALONE[side.label]]
)
def test_no_tactic_moves_the_mean_of_a_reservation_value(tactic: str, side: Side) -> None:
    base = plain()
    varied = base.vary({f"{side.label}.{tactic}": TACTICS[tactic]})
    ours, theirs = (simulate(scenario, RUNS, seed=0).runs["reservation"] for scenario in (base, varied))
    assert np.ptp(ours, axis=0).max() == 0.0
    if tactic != "ambiguity":
        assert same_bits(ours, theirs)
    else:
        assert same_bits(ours[:, side.other], theirs[:, side.other])
        assert has_mean(theirs[:, side], ours[0, side])


@pytest.mark.parametrize("tactic", TACTICS)
def test_no_tactic_of_the_sender_moves_the_mean_of_a_tariff_level(tactic: str) -> None:
    levels, states = threat_paths(plain().vary({f"sender.{tactic}": TACTICS[tactic]}))
    assert {ThreatState.ANNOUNCED, ThreatState.PAUSED, ThreatState.IMPOSED} <= set(states[:, :, 0].ravel())
    if tactic != "volatility":
        assert (levels == 1.0).all()
        return
    assert levels[:, -1, 0].std() > 0.3
    for t in range(1, ROUNDS):
        assert has_mean(levels[:, t, 0], 1.0), f"round {t + 1}: {levels[:, t, 0].mean():.4f}"
    without_drift = levels[:, 1, 0] * np.exp(TACTICS["volatility"] ** 2 / 2)
    assert not has_mean(without_drift, 1.0), "these paths are too few to notice that a step has lost its drift"


# ---- volatility ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("volatility", [0.0, 0.05, 0.3, 1.0, 2.0])
def test_one_step_of_a_level_has_its_mean_exactly(volatility: float) -> None:
    shocks, weights = np.polynomial.hermite_e.hermegauss(80)
    moved = np.array([threats.moved_level(1.7, volatility, shock) for shock in shocks])
    assert moved @ weights / weights.sum() == pytest.approx(1.7, rel=1e-12)


@pytest.mark.parametrize("volatility", [0.1, 0.6])
def test_the_log_of_a_level_drifts_by_minus_half_its_variance_a_round(volatility: float) -> None:
    """A step of log(level) is normal with mean -v^2 / 2 and standard deviation v: the mean of the level stays at 1."""
    levels, states = threat_paths(plain().vary({"sender.volatility": volatility}))
    steps = np.diff(np.log(levels[:, :, 0]), axis=1)
    in_force = states[:, :-1, 0] == ThreatState.IMPOSED
    assert (steps[in_force] == 0.0).all()  # a tariff in force stays at its level
    assert (~in_force).sum() > PATHS
    expected = stats.norm(-(volatility**2) / 2, volatility)
    assert stats.kstest(steps[~in_force], expected.cdf).pvalue > FALSE_ALARM


# ---- ambiguity -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("half_width", [0.05, 0.5])
@pytest.mark.parametrize("mean", [0.0, 0.3, 0.9])
def test_the_reservation_value_spreads_evenly_about_its_mean_and_is_not_cut_off(mean: float, half_width: float) -> None:
    changes = {"sender.disagreement": mean, "sender.ambiguity": half_width}
    drawn = simulate(Scenario.load("pie").vary(changes), RUNS, seed=0).runs["reservation"][:, Side.SENDER]
    assert has_mean(drawn, mean)
    assert stats.kstest(drawn, stats.uniform(mean - half_width, 2 * half_width).cdf).pvalue > FALSE_ALARM
    assert mean - half_width < drawn.min() < mean - 0.999 * half_width
    assert mean + 0.999 * half_width < drawn.max() < mean + half_width


@pytest.mark.parametrize("tilt", [0.001, 0.3, 4.0, 1000.0])
def test_a_spread_that_leans_keeps_its_mean_and_its_width(tilt: float) -> None:
    changes = {"sender.disagreement": 0.4, "sender.ambiguity": 0.2, "sender.ambiguity_tilt": tilt}
    scenario = Scenario.load("pie").vary(changes)
    drawn = simulate(scenario, RUNS, seed=0).runs["reservation"][:, Side.SENDER]
    assert has_mean(drawn, 0.4)
    talks = new_talks(game := prepare(scenario))
    open_talks(game, talks, np.uint64(0), np.uint64(0))
    low, high = (float(talks.owns[Side.TARGET][name]) for name in ("believed_low", "believed_high"))
    assert high - low == pytest.approx(0.4, abs=1e-12) and low <= drawn.min() and drawn.max() <= high
    places = (drawn - low) / (high - low)
    assert stats.kstest(places / (tilt - (tilt - 1.0) * places), stats.uniform.cdf).pvalue > FALSE_ALARM
    assert stats.kstest(places, stats.uniform.cdf).pvalue < FALSE_ALARM
    cells = np.histogram(drawn, talks.beliefs[Side.TARGET].shape[1] - 1, (low, high))[0] / RUNS
    assert talks.beliefs[Side.TARGET][0, :-1] == pytest.approx(cells, abs=6.0 * np.sqrt(0.25 / RUNS))


@pytest.mark.parametrize("side", Side)
def test_the_other_side_believes_in_the_spread_that_is_true(side: Side) -> None:
    for number, scenario in enumerate([*map(world, range(COMBINATIONS)), *map(flow_world, range(FLOW_WORLDS))]):
        game = prepare(scenario)
        talks = new_talks(game)
        open_talks(game, talks, np.uint64(0), np.uint64(number))
        own, other = talks.owns[side], game.sides[side.other]
        mean, committed = summary(talks.beliefs[side], own)
        cell = 2 * other["ambiguity"] / other["cells"]  # inside of which a belief is uniform
        assert mean == pytest.approx(other["prior_mean"], abs=1e-12 + (cell / 8 if other["prior_tilt"] != 1.0 else 0.0))
        assert committed == pytest.approx(other["commitment"], abs=1e-12)
        assert own["believed_high"] - own["believed_low"] == pytest.approx(2 * other["ambiguity"], abs=1e-15)


def test_a_doubt_that_is_belief_only_does_not_spread_the_truth() -> None:
    doubts = {"sender.ambiguity": 0.4, "sender.ambiguous_voices": 0.8}
    switches = {"sender.ambiguity_belief_only": True, "sender.ambiguous_voices_belief_only": True}
    base = plain()
    runs = simulate(base.vary(doubts | switches), RUNS, seed=0).runs
    assert same_bits(runs["reservation"], simulate(base, RUNS, seed=0).runs["reservation"])
    assert set(runs["profile"][:, Side.SENDER]) == {len(base.sender.negotiators)}  # the mean of the voices


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("spread", [0.0, 0.5, 1.0])
def test_spread_voices_keep_their_mean_and_are_not_cut_off(side: Side, spread: float) -> None:
    for scenario in [Scenario.load("us-japan-2025"), *map(world, range(COMBINATIONS))]:
        varied = scenario.vary({f"{side.label}.ambiguous_voices": spread})
        rows = profile_saliences(varied, side)
        weights = np.array([person.weight for person in varied.delegation(side).negotiators])
        principal = varied.delegation(side).principal.salience.vector([issue.name for issue in varied.issues])
        voices = rows[: len(weights)]
        assert weights @ voices / weights.sum() == pytest.approx(principal, abs=1e-12), scenario.name
        assert voices.sum(axis=1) == pytest.approx(1.0, abs=1e-9)


def test_the_drawn_priorities_have_the_mean_of_the_principal() -> None:
    scenario = plain().vary({"sender.ambiguous_voices": 1.0})
    rows = profile_saliences(scenario, Side.SENDER)
    drawn = rows[simulate(scenario, RUNS, seed=0).runs["profile"][:, Side.SENDER]]
    principal = scenario.sender.principal.salience.vector([issue.name for issue in scenario.issues])
    spread = drawn.std(axis=0)
    assert spread.max() > 0.05
    assert (np.abs(drawn.mean(axis=0) - principal) <= SIGMAS * spread / np.sqrt(RUNS) + 1e-12).all()


# ---- commitment, unpredictability, reversal, brinkmanship ------------------------------------------------------------


@pytest.mark.parametrize("side", Side)
def test_commitment_changes_the_flag_and_nothing_else_that_is_drawn(side: Side) -> None:
    base = plain().vary({f"{side.label}.ambiguity": 0.2, f"{side.label}.ambiguous_voices": 0.5})
    ours = simulate(base, RUNS, seed=0).runs
    theirs = simulate(base.vary({f"{side.label}.commitment": 0.3}), RUNS, seed=0).runs
    assert same_bits(ours["reservation"], theirs["reservation"])
    assert same_bits(ours["profile"], theirs["profile"])
    assert happens_as_often(theirs["committed"][:, side].sum(), RUNS, 0.3)
    flagged = theirs["committed"][:, side] == 1  # the flag says nothing about the rest
    assert has_mean(theirs["reservation"][flagged, side], theirs["reservation"][:, side].mean())


@pytest.mark.parametrize("unpredictability", [0.0, 0.2, 0.5, 1.0])
def test_unpredictability_moves_punishment_from_refusals_to_deals(unpredictability: float) -> None:
    refusal, deal = threats.punishes_refusal(1.0, unpredictability), threats.punishes_deal(unpredictability)
    assert refusal + deal == 1.0
    assert deal == unpredictability / 2


NOBODY_LOOKS_AHEAD = {
    "sender.strategy": "time-dependent", "target.strategy": "time-dependent",
    "sender.disagreement": 0.5, "target.disagreement": 0.4,
}
"""Such sides do not count what a threat would cost them: with less to fall back on they settle all the same."""


def test_reversal_leaves_the_talks_alone_if_nobody_looks_ahead() -> None:
    base = plain().vary(NOBODY_LOOKS_AHEAD)
    ours = simulate(base, RUNS, seed=0)
    theirs = simulate(base.vary({"sender.reversal": 0.1}), RUNS, seed=0)
    assert same_bits(ours.settlements, theirs.settlements)
    for kept in ("ending", "rounds", "proposer", "utility", "peak_stress", "threats_executed"):
        assert same_bits(ours.runs[kept], theirs.runs[kept]), kept
    deals = np.isfinite(theirs.settlements).all(axis=1)
    assert deals.sum() > RUNS // 2
    assert has_mean(theirs.runs["reversed_after"][deals], 1 / 0.1)


@pytest.mark.parametrize("side", Side)
def test_brinkmanship_leaves_the_talks_alone_up_to_the_breakdown_if_nobody_looks_ahead(side: Side) -> None:
    base = plain().vary(NOBODY_LOOKS_AHEAD)
    ours = simulate(base, RUNS, seed=0)
    theirs = simulate(base.vary({f"{side.label}.brinkmanship": 0.05}), RUNS, seed=0)
    broken = theirs.runs["ending"] == Ending.BREAKDOWN
    assert 0.1 < broken.mean() < 0.5
    assert (theirs.runs["rounds"][broken] <= ours.runs["rounds"][broken]).all()
    assert same_bits(ours.settlements[~broken], theirs.settlements[~broken])
    for kept in ("ending", "rounds", "proposer", "utility", "payoff", "ledger"):
        assert same_bits(ours.runs[kept][~broken], theirs.runs[kept][~broken]), kept
