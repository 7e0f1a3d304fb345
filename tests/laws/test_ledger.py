"""Every run ends by name, its ledger sums to its payoff, and nobody signs what it promised not to sign."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from negosim import Negotiation, Scenario, simulate
from negosim.common.vocabulary import CHANNELS, Ending, Side
from negosim.engine.outcomes import Outcomes
from negosim.engine.prepare import prepare
from tests.laws.worlds import COMBINATIONS, FLOW_WORLDS, flow_world, world

pytestmark = pytest.mark.slow

RUNS, SEED = 30, 3
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
    worlds = [*map(world, range(3 * COMBINATIONS)), *map(flow_world, range(FLOW_WORLDS))]
    scenarios = [*worlds, *map(Scenario.load, Scenario.names())]
    return [Played(scenario, simulate(scenario, RUNS, seed=SEED)) for scenario in scenarios]


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
    """But for a tariff with flows, which may pay a side."""
    for scenario, outcomes in played:
        spared = (prepare(scenario).threats["pain"] >= 0.0).all(axis=0)
        for name in ("precedent", "market_stress", "audience", "security"):
            assert (channel(outcomes, name) <= 0.0).all(), (scenario.name, name)
        for name in ("tariff_pain", "threat_damage"):
            assert (channel(outcomes, name)[:, spared] <= 0.0).all(), (scenario.name, name)


def test_without_a_deal_there_is_no_waste_no_precedent_no_retreat_and_no_reversal(played: list[Played]) -> None:
    for scenario, outcomes in played:
        lost = ~np.isin(outcomes.runs["ending"], DEALS)
        for name in ("waste", "precedent", "audience", "reversal"):
            assert (channel(outcomes, name)[lost] == 0.0).all(), (scenario.name, name)
        assert np.isnan(outcomes.runs["reversed_after"][lost]).all()


class Signed(NamedTuple):
    """A deal that one side signed for less than it had promised itself."""

    world: Scenario
    run: int
    side: Side
    short: float  # of what it had promised itself, in own utility
    proposed: bool  # whether it was the one who proposed it


def floors(scenario: Scenario, runs: np.ndarray, side: Side) -> np.ndarray:
    """Return the least utility that a side takes, (runs,): its reservation value, or its demand if it is committed."""
    delegation = scenario.delegation(side)
    stubborn = (runs["committed"][:, side] == 1) | (delegation.strategy == "commitment")
    promised = stubborn | (delegation.strategy in PROMISE)
    least = np.where(stubborn, delegation.committed_demand, 0.0)
    return np.where(promised, np.maximum(least, runs["reservation"][:, side]), -np.inf)


def signed_below(played: list[Played], below: str) -> tuple[list[Signed], int]:
    """Return the deals signed below the reservation value, or below the demand, and of how many deals.

    With flows a side signs what is worth no deal to it, all costs counted, and no utility by itself is too little: law 6.
    """
    found, deals = [], 0
    for scenario, outcomes in (each for each in played if each.scenario.talks.payoff == "lumps"):
        runs = outcomes.runs
        settled = runs["ending"] == Ending.SETTLED
        for side in Side:
            least = floors(scenario, runs, side)
            if below == "reservation value":
                least = np.minimum(least, runs["reservation"][:, side])
            deals += int((settled & np.isfinite(least)).sum())
            short = least - runs["utility"][:, side]
            for run in np.flatnonzero(settled & (short > ROUNDING)):
                found.append(Signed(scenario, int(run), side, float(short[run]), runs["proposer"][run] == side))
    return found, deals


@pytest.mark.parametrize("below", ["reservation value", "demand"])
def test_nobody_accepts_an_offer_below_what_it_promised_itself(played: list[Played], below: str) -> None:
    found, deals = signed_below(played, below)
    assert [signed for signed in found if not signed.proposed] == []
    assert deals > 5_000


@pytest.mark.parametrize("below", ["reservation value", "demand"])
def test_nobody_proposes_below_what_it_promised_itself_while_its_menu_holds_more(played: list[Played], below: str) -> None:
    """Where no package on the menu is worth it, a side tables the one that is best for itself: see ``menu_position``.

    A committed demand may be out of reach by a little: discrete levels leave gaps, and so do parts settled before.
    """
    for signed in signed_below(played, below)[0]:
        model = Negotiation(signed.world, SEED, signed.run).play()
        public, column = model.talks.public[0], model.talks.owns[signed.side]["kept_column"]
        whole = model.game.menus[public["frontier_sender"], public["frontier_target"]]
        menu = model.talks.menu if public["part"] > 1 else whole
        assert model.talks.offer[column] == menu[:, column].max(), signed


def test_nobody_signs_a_deal_below_its_reservation_value(played: list[Played]) -> None:
    found, _ = signed_below(played, "reservation value")
    assert [(s.world.name, s.run, s.side.label, round(s.short, 4)) for s in found] == []


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


def test_the_threats_in_force_at_the_end_are_those_whose_damage_is_in_the_ledger(played: list[Played]) -> None:
    """Also where a deal is punished all the same or lifts an imposed tariff; a side that walks out is not charged."""
    for scenario, outcomes in played:
        damage = prepare(scenario).threats["damage"]
        if scenario.talks.payoff == "lumps":
            assert np.array_equal(damage[:, Side.TARGET], [threat.damage for threat in scenario.threats])
        left = outcomes.runs["ending"] == Ending.WALK_OUT
        charged = -outcomes.in_force[~left] @ damage
        assert channel(outcomes, "threat_damage")[~left] == pytest.approx(charged, abs=1e-12), scenario.name
    deals = [np.isin(o.runs["ending"], DEALS) for _, o in played]
    levels = [o.in_force for _, o in played]
    assert any((level[deal] > 0.0).any() for level, deal in zip(levels, deals, strict=True))
    assert any((level[deal] == 0.0).any() for level, deal in zip(levels, deals, strict=True))
