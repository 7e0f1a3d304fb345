"""Every run ends by name, its ledger sums to its payoff, and nobody signs what it promised not to sign."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from negosim import Scenario, simulate
from negosim.kernel import Outcomes
from negosim.vocabulary import CHANNELS, Ending, Side
from tests.laws.worlds import COMBINATIONS, world

RUNS = 30
DEALS = (Ending.SETTLED, Ending.SETTLED_IN_PART)
PROMISE = ("time-dependent", "tit-for-tat", "commitment", "veto-aware")
"""The strategies that never take less than the reservation value."""
ROUNDING = 1e-9


class Played(NamedTuple):
    """A world and its runs."""

    scenario: Scenario
    outcomes: Outcomes


@pytest.fixture(scope="module")
def played() -> list[Played]:
    scenarios = [*map(world, range(3 * COMBINATIONS)), *map(Scenario.load, Scenario.names())]
    return [Played(scenario, simulate(scenario, RUNS, seed=3)) for scenario in scenarios]


def channel(outcomes: Outcomes, name: str) -> np.ndarray:
    """Return one channel of both sides' ledgers, (runs, 2)."""
    return outcomes.runs["ledger"][:, :, CHANNELS.index(name)]


def test_every_run_has_an_ending_with_a_name_and_a_sentence(played: list[Played]) -> None:
    for _, outcomes in played:
        assert [Ending(number).sentence for number in outcomes.runs["ending"]]
        frame = outcomes.frame()
        assert set(frame["ending"]) <= {ending.label for ending in Ending}
        assert not frame[["ending", "agreed", "rounds", "proposer"]].isna().any().any()


def test_a_payoff_is_a_number_in_every_run_and_a_settlement_in_every_deal(played: list[Played]) -> None:
    for _, outcomes in played:
        runs, deal = outcomes.runs, np.isin(outcomes.runs["ending"], DEALS)
        assert np.isfinite(runs["payoff"]).all()
        assert np.isfinite(runs["ledger"]).all()
        assert np.array_equal(np.isfinite(runs["utility"]).all(axis=1), deal)
        assert np.array_equal(np.isfinite(outcomes.settlements).all(axis=1), deal)
        assert np.isnan(outcomes.settlements[~deal]).all()
        assert np.array_equal(runs["proposer"] >= 0, deal)


def test_the_ledger_sums_to_the_payoff_exactly(played: list[Played]) -> None:
    for scenario, outcomes in played:
        total = np.zeros((RUNS, 2))
        for name in CHANNELS:
            total = total + channel(outcomes, name)
        assert np.array_equal(total, outcomes.runs["payoff"]), scenario.name


def test_value_and_waste_sum_to_the_settled_utility(played: list[Played]) -> None:
    for scenario, outcomes in played:
        deal = np.isin(outcomes.runs["ending"], DEALS)
        total = (channel(outcomes, "value") + channel(outcomes, "waste"))[deal]
        assert total == pytest.approx(outcomes.runs["utility"][deal], abs=1e-15), scenario.name


def test_a_cost_is_never_a_gain(played: list[Played]) -> None:
    for scenario, outcomes in played:
        for name in ("precedent", "tariff_pain", "market_stress", "audience", "threat_damage", "security"):
            assert (channel(outcomes, name) <= 0.0).all(), (scenario.name, name)


def test_without_a_deal_there_is_no_waste_no_precedent_no_retreat_and_no_reversal(played: list[Played]) -> None:
    for scenario, outcomes in played:
        lost = ~np.isin(outcomes.runs["ending"], DEALS)
        for name in ("waste", "precedent", "audience", "reversal"):
            assert (channel(outcomes, name)[lost] == 0.0).all(), (scenario.name, name)
        assert np.isnan(outcomes.runs["reversed_after"][lost]).all()


def test_nobody_who_promised_not_to_signs_below_its_reservation_value(played: list[Played]) -> None:
    broken, kept = [], 0
    for scenario, outcomes in played:
        runs = outcomes.runs
        for side in Side:
            promised = (scenario.delegation(side).strategy in PROMISE) | (runs["committed"][:, side] == 1)
            signed = promised & (runs["ending"] == Ending.SETTLED)
            gain = (runs["utility"] - runs["reservation"])[signed, side]
            kept += len(gain)
            if (gain < -ROUNDING).any():
                broken.append((scenario.name, side.label, scenario.delegation(side).strategy, gain.min()))
    assert broken == []
    assert kept > 1_000


def test_a_committed_side_never_signs_for_less_than_its_demand(played: list[Played]) -> None:
    broken, kept = [], 0
    for scenario, outcomes in played:
        runs = outcomes.runs
        for side in Side:
            stubborn = (scenario.delegation(side).strategy == "commitment") | (runs["committed"][:, side] == 1)
            signed = stubborn & (runs["ending"] == Ending.SETTLED)
            gain = runs["utility"][signed, side] - scenario.delegation(side).committed_demand
            kept += len(gain)
            if (gain < -ROUNDING).any():
                broken.append((scenario.name, side.label, scenario.delegation(side).strategy, gain.min()))
    assert broken == []
    assert kept > 500


def test_a_settlement_lies_between_the_ends_and_on_a_level_where_there_are_levels(played: list[Played]) -> None:
    astray, discrete = [], 0
    for scenario, outcomes in played:
        settled = outcomes.settlements[outcomes.runs["ending"] == Ending.SETTLED]
        assert ((settled >= 0.0) & (settled <= 1.0)).all(), scenario.name
        for k, issue in enumerate(scenario.issues):
            if issue.levels is not None:
                steps = settled[:, k] * (issue.levels - 1)
                discrete += len(steps)
                if (np.abs(steps - np.round(steps)) > ROUNDING).any():
                    astray.append((scenario.name, issue.name, issue.levels))
    assert astray == []
    assert discrete > 200


def test_the_real_values_are_the_positions_on_the_scale_of_the_issue(played: list[Played]) -> None:
    for scenario, outcomes in played[:COMBINATIONS]:
        frame = outcomes.frame()
        for k, issue in enumerate(scenario.issues):
            column = frame[f"settled_{issue.name.replace('-', '_')}"].to_numpy()
            real = [scenario.real(issue.name, x) for x in outcomes.settlements[:, k]]
            assert column == pytest.approx(real, nan_ok=True)
