"""Laws of flows about what a run pays: laws 1 to 5 and 9 of the design, on random worlds.

Each law says in its test what exactly is claimed. The other side of a comparison is ``accounts``, which adds up rounds.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from negosim import Scenario, simulate
from negosim.common.vocabulary import CHANNELS, Ending, Side
from negosim.engine.prepare import prepare, strategies_of
from negosim.rules.opening import open_talks
from negosim.rules.records import Game, new_talks
from negosim.strategies.tables import look_ahead
from tests.laws.chance import has_mean
from tests.laws.flows import accounts
from tests.laws.flows.accounts import DEALS, account, discount, lapse, lapsed_package, played, talks_flow, utility
from tests.laws.flows.variants import SIDES, calm, pie, stubborn, tree_of, without
from tests.laws.worlds import flow_world, world

pytestmark = pytest.mark.slow

WORLDS = 120
ROUNDING = 1e-9
BETWEEN_NODES = 3e-3
"""A settlement's utility is read off a frontier of 128 straight pieces, where the accounts work it out."""


# ---- law 1 -----------------------------------------------------------------------------------------------------------


def test_law_1_with_lumps_there_is_nothing_of_what_flows_add() -> None:
    """Claimed: with lumps a run is bit for bit what it was before there were flows.

    Here: all that flows enter in the records is 0 or not a number with lumps, and adding 0 changes no number. The recorded
    transcripts and tables of results hold the runs themselves.
    """
    for number in range(WORLDS):
        game = prepare(world(number))
        assert game.world["flows"] == 0
        for name in ("talks_flow", "stress_tail", "lapse", "gap"):
            assert (game.sides[name] == 0.0).all(), (number, name)
        assert np.isnan(game.revocable["sunk"]).all()
        assert (game.threats["damage"][:, Side.SENDER] == 0.0).all()


# ---- law 2 -----------------------------------------------------------------------------------------------------------

SHIFTS = np.array([[0.125, 0.375], [0.375, 0.125]])
OF_A_SCALE = {"exponential", "relative-tit-for-tat", "averaged-tit-for-tat"}
"""They give way by a share of the demand, or of what the other withholds of the most there is: another scale, another share."""
TAME = {f"{side}.{name}": v for side in SIDES for name, v in (("risk_aversion", 0.0), ("ambiguity", 0.1), ("offer_noise", 0.01))}


def on_a_scale(game: Game, scenario: Scenario, shift: np.ndarray) -> Game:
    """Return a game in which both sides' utilities are halved and moved by ``shift`` (2,), solved anew where a side looks ahead.

    So they lie between 0.125 and 0.875, and no bound of the scale from 0 to 1 is met.
    """
    sides, bounds, menus = game.sides.copy(), game.bounds.copy(), game.menus.copy()
    for side in Side:
        first, count = int(sides[side]["first_column"]), 3 * int(sides[side]["profiles"])
        menus[..., first : first + count] = 0.5 * menus[..., first : first + count] + shift[side]
        width = 2.0 * (bounds[side, :, 1] - bounds[side, :, 0])
        bounds[side, :, 0] -= shift[side] * width
        bounds[side, :, 1] = bounds[side, :, 0] + width
    for name in ("talks_flow", "prior_mean", "outside_option", "opening", "committed_demand", "base_low", "base_high"):
        sides[name] = 0.5 * sides[name] + shift
    moved = game._replace(sides=sides, bounds=bounds, menus=menus, nash=0.5 * game.nash + shift)
    return Game._make(array.copy() for array in look_ahead(moved, strategies_of(scenario)))


def test_law_2_the_same_number_added_to_all_that_a_side_gets_moves_its_payoffs_and_no_move() -> None:
    """Claimed: the same number added to every flow and lump of a side moves its payoffs by it, and no move of anybody.

    A scenario cannot say so, since utilities lie between 0 and 1, which rules take for granted. So the prepared records of two
    games are compared that lie inside that scale, for sides without an attitude to risk, which would act on the unshifted flow.
    """
    compared = 0
    for number in range(WORLDS):
        scenario = flow_world(number)
        if OF_A_SCALE & {scenario.sender.strategy, scenario.target.strategy}:
            continue
        scenario = scenario.vary(TAME)
        games = [on_a_scale(prepare(scenario), scenario, shift) for shift in SHIFTS]
        ours, theirs = (simulate(scenario, 20, seed=1, game=game) for game in games)
        for name in ("ending", "rounds", "proposer"):
            assert np.array_equal(ours.runs[name], theirs.runs[name]), (number, name)
        assert theirs.settlements == pytest.approx(ours.settlements, abs=1e-6, nan_ok=True), number
        moved = ours.runs["payoff"] + SHIFTS[1] - SHIFTS[0]
        assert theirs.runs["payoff"] == pytest.approx(moved, abs=1e-6), number
        compared += len(ours)
    assert compared > 1_000


# ---- law 3 -----------------------------------------------------------------------------------------------------------


def with_equal_flows(number: int, opened: bool) -> Scenario:
    """Return a random world in which no deal pays each round what talks pay, with its threats in force from the start or none."""
    tree = tree_of(calm(flow_world(number)))
    threats = [threat | {"state": "imposed"} for threat in tree["threats"]] if opened else []
    sides = {side: without(tree[side], "unpredictability") | {"security_stake": 0.0} for side in SIDES}
    return Scenario.build(tree | sides | {"threats": threats})


@pytest.mark.parametrize("opened", [False, True], ids=["no threats", "tariffs in force"])
def test_law_3_with_equal_flows_a_run_without_a_deal_pays_the_same_whenever_and_however_it_ended(opened: bool) -> None:
    """Claimed: if no deal pays each round what talks pay, the payoff of a run without a deal hangs on nothing.

    So it is with stress that dies down, and with tariffs that were in force before and stay, whatever they cost.
    """
    without, ways = 0, set()
    for number in range(WORLDS):
        base = with_equal_flows(number, opened)
        for hazard in (0.0, 0.05, 0.3, 0.99):
            scenario = stubborn(base).vary({"sender.brinkmanship": hazard, "target.deadline_hazard": hazard / 2})
            for played_so in (scenario, base.vary({"sender.brinkmanship": hazard})):
                runs = simulate(played_so, 15, seed=3).runs
                lost = ~np.isin(runs["ending"], DEALS)
                without += int(lost.sum())
                ways |= {(int(run["ending"]), int(run["rounds"])) for run in runs[lost]}
                for side in Side:
                    levels = np.array([threat.level for threat in scenario.threats])
                    taken = accounts.after_the_end(scenario, side, levels, scenario.markets.initial_stress)
                    worth = talks_flow(scenario, side) - accounts.mean_of(scenario, side, taken)
                    assert runs["payoff"][lost, side] == pytest.approx(worth, abs=ROUNDING), (number, hazard, side.label)
    assert without > 2_000 and len(ways) > 12


@pytest.mark.parametrize("rounds", [1, 2, 5, 12])
def test_law_3_brinkmanship_is_worth_nothing_to_subgame_perfect_sides_that_lose_nothing_by_it(rounds: int) -> None:
    """Claimed: with equal flows, equal discounts and nothing private, it is worth 0 on average over who opens.

    That average is g1 + (1 - g1 - g2) / 2: each side's inside option and half of what is left of the pie.
    """
    drawn = np.random.default_rng(rounds)
    for _ in range(5):
        patience, inside = float(drawn.uniform(0.6, 0.99)), drawn.dirichlet((1.0, 1.0, 1.0))
        for hazard in (0.0, 0.05, 0.3, 0.99):
            mean = np.zeros(2)
            for first in ("sender", "target"):
                mean += simulate(opened_by(first, patience, inside, rounds, hazard), 1).runs["payoff"][0] / 2.0
            assert mean == pytest.approx(inside[:2] + inside[2] / 2.0, abs=1e-6), (patience, hazard)


def opened_by(first: str, patience: float, inside: np.ndarray, rounds: int, hazard: float) -> Scenario:
    """Return the pie between two subgame-perfect sides with inside options, in which no deal pays what talks pay."""
    common = {"discount": patience, "strategy": "subgame-perfect", "offer_noise": 0.0}
    sides = [common | {"inside_option": float(option)} for option in inside[:2]]
    return pie(sides[0] | {"brinkmanship": hazard}, sides[1], {"rounds": rounds, "first_proposer": first})


# ---- laws 4 and 5 ----------------------------------------------------------------------------------------------------


def paths() -> Iterator[accounts.Path]:
    """Yield two runs of each world."""
    for number in range(WORLDS):
        for replication in range(2):
            yield played(flow_world(number), number, replication)


def test_law_4_and_law_5_a_payoff_is_the_mean_of_the_flows_of_the_run_and_lumps() -> None:
    """Claimed: a payoff is the sum of w(t) f(state) over the recorded path plus lumps, w(t) = (1 - D) D^(t - 1).

    For a deal up to the reversal that was drawn, and then what a lapsed deal was worth as the talks opened. Without lumps it
    therefore lies between the least and the greatest flow of the run.
    """
    seen, bounded = set(), 0
    for path in paths():
        scenario, run = path.model.scenario, path.model.outcome.runs[0]
        deal = run["ending"] in DEALS
        seen.add(int(run["ending"]))
        for side in Side:
            found = account(path, side)
            close = BETWEEN_NODES if deal else ROUNDING
            assert run["payoff"][side] == pytest.approx(found.payoff, abs=close), (scenario.name, side.label, int(run["ending"]))
            if found.lumps == 0.0:
                bounded += 1
                assert found.flows.min() - close <= run["payoff"][side] <= found.flows.max() + close
    assert seen == set(map(int, Ending)) and bounded > WORLDS


# ---- law 9 -----------------------------------------------------------------------------------------------------------


def test_law_9_a_payoff_rises_with_the_time_a_deal_is_kept_if_the_deal_pays_more_a_round_than_its_lapse() -> None:
    """Claimed: so it is run by run. A deal that is kept for a time tau pays 1 - D^tau of (deal - lapse) more than the lapse.

    Compared are runs of a world that differ in nothing but that time: in the settlement, the round, the threats and the stress.
    """
    compared, falling, other = 0, 0, [CHANNELS.index(name) for name in ("audience", "tariff_pain", "market_stress", "waste")]
    for number in range(WORLDS):
        tree = flow_world(number).model_dump(mode="json", exclude_none=True)
        sides = {side: tree[side] | {"reversal_cost": 0.0} for side in ("sender", "target")}
        outcomes = simulate(Scenario.build(tree | sides), 60, seed=2)
        runs, kept = outcomes.runs, np.isfinite(outcomes.runs["reversed_after"])
        groups: dict[bytes, list[int]] = {}
        for n in np.flatnonzero(kept):
            alike = (outcomes.settlements[n], outcomes.in_force[n], runs["rounds"][n], runs["ledger"][n][:, other])
            groups.setdefault(b"".join(np.asarray(each).tobytes() for each in alike), []).append(int(n))
        for side in Side:
            d, scenario = discount(outcomes.scenario, side), outcomes.scenario
            for group in (group for group in groups.values() if len(group) > 1):
                first, *others = sorted(group, key=lambda n: runs["reversed_after"][n])
                settled, profile = outcomes.settlements[first], int(runs["profile"][first, side])
                after = utility(scenario, side, profile, lapsed_package(scenario, settled)) + lapse(scenario, side)
                gain = utility(scenario, side, profile, settled) - after
                held = d ** runs["reversed_after"][first] - d ** runs["reversed_after"][others]
                shares = d ** (runs["rounds"][first] - 1) * held
                rise = runs["payoff"][others, side] - runs["payoff"][first, side]
                assert rise == pytest.approx(gain * shares, abs=BETWEEN_NODES), (scenario.name, side.label)
                compared, falling = compared + len(others), falling + (gain < 0.0) * len(others)
    assert compared > 300 and falling > 0


def believed_share(scenario: Scenario, side: Side) -> float:
    """Return how much of a deal's flow a side that trusts nobody believes to be kept."""
    game = prepare(scenario)
    talks = new_talks(game)
    open_talks(game, talks, np.uint64(0), np.uint64(0))
    return float(talks.owns[side]["weight_kept"])


@pytest.mark.parametrize("side", Side)
def test_law_9_the_share_that_is_kept_is_1_without_a_hazard_and_falls_in_it_and_rises_as_the_horizon_falls(side: Side) -> None:
    """Claimed: the believed share K of a deal's flow is the mean share 1 - D^tau that is kept; 1 at h = 0, falls in h and N."""
    shares: dict[tuple[float, int | None], float] = {}
    own = {"trust": 0.0, "discount": 0.95, "offer_noise": 0.0}
    for hazard in (0.0, 0.02, 0.1):
        for horizon in (None, 40, 8):
            talks = {"rounds": 1} | ({"horizon": horizon} if horizon else {})
            scenario = pie(own | {"reversal": hazard}, own, talks, {"revocable_by": "sender"})
            runs = simulate(scenario, 4_000, seed=0).runs
            assert set(runs["ending"]) == {int(Ending.SETTLED)}
            shares[hazard, horizon] = share = believed_share(scenario, side)
            if hazard == 0.0:
                assert share == 1.0 and np.isnan(runs["reversed_after"]).all()
            else:
                assert has_mean(1.0 - discount(scenario, side) ** runs["reversed_after"], share), (hazard, horizon)
    for horizon in (None, 40, 8):
        assert shares[0.0, horizon] > shares[0.02, horizon] > shares[0.1, horizon]
    for hazard in (0.02, 0.1):
        assert shares[hazard, None] < shares[hazard, 40] < shares[hazard, 8]
