"""Laws of flows about what sides do and believe: laws 6, 7, 12 and 13 of the design, on random worlds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from negosim import Negotiation, Scenario, simulate
from negosim.common.vocabulary import CHANNELS, Side, ThreatState
from negosim.engine.kernel import new_talks
from negosim.engine.outcomes import Outcomes
from negosim.engine.prepare import prepare
from negosim.rules import moves
from negosim.rules.opening import open_talks
from negosim.rules.records import Game, Talks
from tests.laws.flows import accounts
from tests.laws.flows.accounts import discount, lapse, lapsed_package, reversal, talks_flow, utility
from tests.laws.flows.variants import SIDES, Tree, calm, tree_of
from tests.laws.test_symmetry import ASKS_CHANCE, OTHER, TRACED, mirrored, without_luck
from tests.laws.worlds import flow_world

pytestmark = pytest.mark.slow

WORLDS = 120
BETWEEN_NODES = 3e-3
"""A deal's utility is read off a frontier of 128 straight pieces, where the accounts work it out."""


# ---- law 6 -----------------------------------------------------------------------------------------------------------


class Signature(NamedTuple):
    """What a side signed or accepted, by its own reckoning at that moment; stress that is there goes on in either case."""

    world: str
    side: Side
    deal: float
    no_deal: float


def reckoned(model: Negotiation, side: Side, proposes: bool) -> Signature:
    """Return what the deal on the table and no deal are worth to a side, all that both cost it counted.

    One that answers compares with talks that end with its refusal, after which threats may be carried out early.
    """
    scenario, talks, own = model.scenario, model.talks, model.talks.owns[side]
    delegation, package, profile = scenario.delegation(side), talks.package, int(own["profile"])
    trust, rate = float(own["trust"]), -np.log(discount(scenario, side))
    mine, theirs = reversal(scenario, side), reversal(scenario, side.other)
    alone, both = rate / (rate + mine), rate / (rate + mine + theirs)
    kept = trust * alone + (1.0 - trust) * both
    by_me = trust * mine / (rate + mine) + (1.0 - trust) * mine / (rate + mine + theirs)
    after = utility(scenario, side, profile, lapsed_package(scenario, package)) + lapse(scenario, side)
    worth = kept * utility(scenario, side, profile, package) + (1.0 - kept) * after - by_me * delegation.reversal_cost
    worth -= talks.offer[own["cost_column"]]
    worth -= delegation.audience_cost * max(0.0, own["public_demand"] - talks.offer[own["kept_column"]])
    live = talks.threat_level * (talks.threat_state != ThreatState.NONE)
    worth -= taken(scenario, side, live * accounts.noise(scenario) / 2.0)
    early = 0.0 if proposes else accounts.carried_out(scenario, "early_execution")
    chance = 1.0 - (1.0 - accounts.carried_out(scenario, "execution")) * (1.0 - early)
    in_force = live * np.where(talks.threat_state == ThreatState.IMPOSED, 1.0, chance)
    shift = own["reservation"] - model.game.sides[side]["prior_mean"]
    doubt = delegation.security_stake * (1.0 - float(talks.public[0]["credibility"]))
    no_deal = talks_flow(scenario, side) + shift - doubt - taken(scenario, side, in_force, accounts.moving(scenario))
    return Signature(scenario.name, side, float(worth), float(no_deal))


def taken(scenario: Scenario, side: Side, in_force: np.ndarray, shaken: float = 0.0) -> float:
    """Return what tariffs in force after the talks, and the stress that they keep up, take from a side a round."""
    return accounts.mean_of(scenario, side, accounts.after_the_end(scenario, side, in_force, 0.0, shaken))


def test_law_6_nobody_signs_what_is_worth_less_to_it_than_no_deal_at_that_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Claimed of every strategy, by the side's own reckoning: its type, its trust, the threats as they stand, all costs.

    Both who signs its own offer and who accepts it are asked at the moment when the offer becomes a deal, or a part of one.
    """
    signed: list[Signature] = []
    of_rules = moves.signs

    def signs(game: Game, talks: Talks) -> bool:
        done = bool(of_rules(game, talks))
        proposer = Side(int(talks.public[0]["proposer"]))
        if done and talks.answers[proposer] != 0:
            signed.append(reckoned(playing[0], proposer, True))
            signed.append(reckoned(playing[0], proposer.other, False))
        return done

    monkeypatch.setattr(moves, "signs", signs)
    for number in range(WORLDS):
        for replication in range(3):
            playing = [Negotiation(flow_world(number), number, replication)]
            playing[0].play()
    assert [each for each in signed if each.deal < each.no_deal - BETWEEN_NODES] == []
    assert len(signed) > WORLDS


# ---- law 7 -----------------------------------------------------------------------------------------------------------


def where_talks_pay_no_less(number: int) -> Scenario:
    """Return a random world in which a round of talks pays at least what a round of no deal does, whatever happened before.

    Nothing is carried out during the talks, levels stay, and there is no stress but that of before; threats only cost. No type is
    private, and nobody trusts a promise that is not kept. The agenda is whole: what is settled by the end of talks that failed is
    in force without anybody's signature under it alone, and may be worth less than no deal.
    """
    tree = tree_of(calm(flow_world(number)))
    threats = [
        threat | {f"{side}_cost": abs(threat[f"{side}_cost"]) for side in SIDES}
        | {"early_execution": 0.0, "state": threat["state"].replace("none", "announced")}
        for threat in tree["threats"]
    ]
    markets = tree["markets"] | {"level_effect": 0.0, "volatility_effect": 0.0}
    sides = {side: tree[side] | {"trust": 0.0} for side in SIDES}
    talks = tree["talks"] | {"agenda": "whole"}
    return Scenario.build(tree | sides | {"threats": threats, "markets": markets, "talks": talks})


def refused(scenario: Scenario, side: Side) -> float:
    """Return what talks that are refused at once are worth to a side: no deal from round 1 on."""
    imposed = accounts.before_the_talks(scenario)
    chance = np.where(imposed, 1.0, accounts.carried_out(scenario, "execution"))
    levels = np.array([threat.level for threat in scenario.threats]) * chance
    lost = accounts.after_the_end(scenario, side, levels, scenario.markets.initial_stress)
    doubt = scenario.delegation(side).security_stake * (1.0 - scenario.security.credibility)
    return talks_flow(scenario, side) - doubt - accounts.mean_of(scenario, side, lost)


def test_law_7_nobody_loses_by_talking_where_talks_pay_no_less_than_no_deal_round_by_round() -> None:
    """Claimed: no side's mean payoff is then below that of refused talks, since nobody signs below no deal.

    By five standard errors; some sides gain, or the law would be empty.
    """
    worse, gained = {}, 0
    for number in range(WORLDS):
        scenario = where_talks_pay_no_less(number)
        runs = simulate(scenario, 500, seed=9).runs
        for side in Side:
            gain = runs["payoff"][:, side] - refused(scenario, side)
            error = gain.std(ddof=1) / np.sqrt(len(gain))
            gained += gain.mean() > 5.0 * error + 1e-3
            if gain.mean() < -5.0 * error - 1e-9:
                worse[number, side.label] = (float(gain.mean()), float(error), np.bincount(runs["ending"]).tolist())
    assert worse == {}
    assert gained > WORLDS // 4


# ---- law 12 ----------------------------------------------------------------------------------------------------------


SEARCHED = 1e-4
"""How closely two demands agree that risk-return has found by golden sections, from either end of a flat top."""


def exchanged(tree: Tree) -> Tree:
    """Return the tables with the two sides exchanged, also as holders of threats and in what these cost; no rule reads a rate."""
    turned = mirrored(tree)
    ends = {issue["name"]: issue["sender_end"] for issue in turned["issues"]}
    threats = []
    for threat in tree["threats"]:
        holder, costs = OTHER[threat["holder"]], {f"{OTHER[side]}_cost": threat[f"{side}_cost"] for side in SIDES}
        rate = ends[threat["issue"]] if holder == "sender" else abs(threat["rate"])
        threats.append(threat | costs | {"holder": holder, "rate": rate})
    return turned | {"threats": threats}


def channels(outcomes: Outcomes) -> np.ndarray:
    """Return the ledger with value and waste in one: where the frontier lies that parts them is traced."""
    ledger = outcomes.runs["ledger"].copy()
    ledger[..., CHANNELS.index("value")] += ledger[..., CHANNELS.index("waste")]
    return np.delete(ledger, CHANNELS.index("waste"), axis=-1)


def test_law_12_exchanging_the_sides_exchanges_everything_in_every_run_with_threats_on_either_side() -> None:
    """Claimed: what happens and what both get is mirrored, run by run.

    The luck that has a side's address is off, and what only the sender has: a guarantee that its threats erode. The luck of a
    threat has an address of its own and stays on. Left out are strategies and protocols that ask for a side's luck, discrete
    levels, among which a search stops where no single move helps, and linked issues, whose frontier is climbed from elsewhere.
    """
    compared, threatened, apart = 0, 0, {}
    for number in range(2 * WORLDS):
        scenario = flow_world(number)
        words = {scenario.talks.protocol, scenario.sender.strategy, scenario.target.strategy}
        if words & ASKS_CHANCE or any(issue.levels for issue in scenario.issues):
            continue
        tree = without_luck(tree_of(scenario)) | {"linkage": []}
        tree["security"] = tree["security"] | {"erosion": 0.0}
        ours, theirs = (simulate(Scenario.build(each), 5, seed=10) for each in (tree, exchanged(tree)))
        compared += 5
        threatened += 5 * len({threat.holder for threat in scenario.threats})
        for name in ("ending", "rounds", "threats_executed"):
            if not np.array_equal(ours.runs[name], theirs.runs[name]):
                apart[number] = (name, ours.runs[name].tolist(), theirs.runs[name].tolist())
                break
        else:
            gap = np.abs(channels(ours) - channels(theirs)[:, ::-1]).max()
            if gap > (SEARCHED if "risk-return" in words else TRACED):
                apart[number] = ("ledger", float(gap))
    assert apart == {}
    assert compared > 300 and threatened > 300


# ---- law 13 ----------------------------------------------------------------------------------------------------------


def with_one_pause(number: int) -> Scenario | None:
    """Return a random world whose first threat alone is there, and paused; none if there is no threat."""
    scenario = flow_world(number)
    if not scenario.threats:
        return None
    tree = tree_of(scenario)
    threat = tree["threats"][0] | {"state": "paused", "pausable": True}
    sides = {side: tree[side] | {"trust": 0.1 + 0.8 * (number % 7) / 6.0} for side in SIDES}
    believer = OTHER[threat["holder"]]
    sides[threat["holder"]].pop("trust_slip", None)
    breaks = threat["early_execution"] * (1.0 - 0.5 * sides[threat["holder"]]["unpredictability"])
    sides[believer]["trust_slip"] = (0.0, 0.2, 0.6, 0.95)[number % 4] * breaks
    if threat["holder"] == "sender":
        for useless in ("unpredictability", "volatility"):
            sides["target"].pop(useless, None)
    return Scenario.build(tree | sides | {"threats": [threat]})


def trust_after(game: Game, side: Side) -> tuple[float, float, float]:
    """Return (before, if the pause is kept, if it is broken): a side's trust, as ``carry_out_threats`` leaves it."""
    talks, found = new_talks(game), {}
    for run in map(np.uint64, range(2_000)):
        open_talks(game, talks, np.uint64(12), run)
        moves.move_world(game, talks, np.uint64(12), run)
        before = float(talks.owns[side]["trust"])
        moves.carry_out_threats(game, talks, np.uint64(12), run)
        found[talks.threat_state[0] == ThreatState.IMPOSED] = float(talks.owns[side]["trust"])
        assert talks.images[side]["trust"] == talks.owns[side]["trust"]
        if len(found) == 2:
            break
    return before, found[False], found[True]


def test_law_13_trust_keeps_its_mean_under_the_prior_of_who_trusts_and_moves_unless_slip_is_what_others_do() -> None:
    """Claimed: with the chance of a break that the believer reckons with, t slip + (1 - t) early (1 - u / 2), its trust stays t
    on average; a kept pause raises it and a broken one lowers it, unless slip equals early (1 - u / 2): then neither moves it.
    """
    compared = 0
    for number in range(WORLDS):
        scenario = with_one_pause(number)
        if scenario is None:
            continue
        threat, game = scenario.threats[0], prepare(scenario)
        holder = Side[threat.holder.upper()]
        breaks = float(accounts.carried_out(scenario, "early_execution")[0])
        slip = scenario.delegation(holder.other).trust_slip
        trust, kept, broken = trust_after(game, holder.other)
        chance = trust * slip + (1.0 - trust) * breaks
        assert chance * broken + (1.0 - chance) * kept == pytest.approx(trust, abs=1e-12), number
        assert broken < trust < kept, number
        game.sides[holder.other]["trust_slip"] = breaks
        assert trust_after(game, holder.other) == pytest.approx((trust, trust, trust), abs=1e-12), number
        compared += 1
    assert compared > WORLDS // 2
