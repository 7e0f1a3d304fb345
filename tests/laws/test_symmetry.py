"""What is only a name changes nothing: which side is called the sender, the names, order and units of issues, the scale of
weights.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

import numpy as np
import pytest

from negosim import Scenario, simulate
from negosim.common.vocabulary import Side
from negosim.engine.prepare import prepare
from negosim.scenario.consistency import THE_OTHERS_ALONE
from negosim.strategies.catalogue import NAMES, strategy
from negosim.strategies.record import LUCK
from tests.laws.playing import differences
from tests.laws.worlds import COMBINATIONS, FLOW_WORLDS, design, flow_world, world

Tree = dict[str, Any]

pytestmark = pytest.mark.slow

WORLDS = 2 * COMBINATIONS
AUCTIONS = 100
OTHER = {side.label: side.other.label for side in Side}
ASKS_CHANCE = {"concession-clock", *(name for name in NAMES if LUCK in strategy(name).reads)}
"""Protocol and strategies that draw even if nothing else does: whose demand stands, when to give way."""
JUST_MEETS = {"double-auction"}
"""A protocol in which a bid that a search has found meets the other bid or misses it by less than the search resolves: it is left
out but for sealed bids, which are found together."""
TRACED = 1e-6
"""How closely two frontiers agree that were traced from opposite ends."""
CERTAIN = {"offer_noise": 0.0, "ambiguity": 0.0, "commitment": 0.0, "brinkmanship": 0.0, "deadline_hazard": 0.0, "reversal": 0.0}


def worlds_without(words: set[str], count: int) -> list[int]:
    """Return the worlds among the first ``count`` whose agenda, protocol and strategies are none of these words."""
    return [number for number in range(count) if not words & set(design(number))]


def auctions(count: int) -> list[Scenario]:
    """Return random worlds in which both sides shade their bids in a double auction, every other one of a single round.

    Without levels, and issues are not linked: else the nodes of a frontier that is traced from elsewhere may lie elsewhere.
    """
    found = []
    for number in range(count):
        rounds = {"talks.rounds": 1, "talks.extension_rounds": 0} if number % 2 else {}
        changes = {"talks.protocol": "double-auction", "sender.strategy": "shaded-bid", "target.strategy": "shaded-bid", **rounds}
        scenario = world(number).vary({**changes, "sender.linkage": 0.0, "target.linkage": 0.0})
        found += [scenario] * (not any(issue.levels for issue in scenario.issues))
    return found


def tree_of(scenario: Scenario) -> Tree:
    """Return a scenario as plain tables that can be changed."""
    return scenario.model_dump(mode="json", exclude_none=True)


def without_threats(scenario: Scenario) -> Tree:
    """Return the tables of a scenario in which nobody threatens: nothing but names tells the two sides apart."""
    tree = tree_of(scenario)
    of_threats = {name for names in THE_OTHERS_ALONE.values() for name in names}
    sides = {label: {name: value for name, value in tree[label].items() if name not in of_threats} for label in OTHER}
    return tree | sides | {"threats": []}


def without_luck(tree: Tree) -> Tree:
    """Return the tables with every draw off: a mirrored side draws from other addresses than the side it mirrors."""
    talks, security = tree["talks"], tree["security"] | {"news": 0.0}
    talks |= {name: float(talks[name] > 0.5) for name in ("extension_probability", "proposer_probability")}
    sides = {}
    for label in OTHER:
        side = tree[label] | CERTAIN
        side["negotiators"] = [{name: value for name, value in side["negotiators"][0].items() if name != "salience"}]
        side["ratifiers"] = [ratifier | {"half_width": 0.0} for ratifier in side["ratifiers"]]
        sides[label] = side
    return tree | sides | {"talks": talks, "security": security}


def mirrored(tree: Tree) -> Tree:
    """Return the tables with the two sides swapped; the ends of every issue change places."""
    talks = tree["talks"]
    return tree | {
        "sender": tree["target"],
        "target": tree["sender"],
        "talks": talks
        | {"first_proposer": OTHER[talks["first_proposer"]]}
        | {name: 1.0 - talks[name] for name in ("proposer_probability", "auction_weight")},
        "issues": [_mirrored_issue(issue) for issue in tree["issues"]],
    }


def _mirrored_issue(issue: Tree) -> Tree:
    renamed = {name.replace(mine, OTHER[mine]): value for name, value in issue.items() for mine in OTHER if mine in name}
    kept = {name: value for name, value in issue.items() if not any(mine in name for mine in OTHER)}
    if "revocable_by" in kept:
        kept["revocable_by"] = OTHER[kept["revocable_by"]]
    return kept | renamed


def test_swapping_the_sides_swaps_everything_in_every_run_without_luck() -> None:
    apart, deals = {}, 0
    for scenario in [*map(world, worlds_without(ASKS_CHANCE | JUST_MEETS, WORLDS)), *auctions(AUCTIONS)]:
        if any(issue.levels for issue in scenario.issues):
            continue  # among levels a search stops where no single move helps, and where that is hangs on where it began
        tree = without_luck(without_threats(scenario))
        ours, theirs = (simulate(Scenario.build(t), 1, seed=0) for t in (tree, mirrored(tree)))
        mine, other = ours.runs[0], theirs.runs[0]
        alike = mine["ending"] == other["ending"] and mine["rounds"] == other["rounds"]
        alike &= mine["proposer"] == (1 - other["proposer"] if other["proposer"] in (0, 1) else other["proposer"])
        if not alike:
            apart[scenario.name] = f"endings {mine['ending']} {other['ending']}, rounds {mine['rounds']} {other['rounds']}"
            continue
        gap = np.abs(mine["ledger"] - other["ledger"][::-1]).max()
        settled = np.abs(ours.settlements - (1.0 - theirs.settlements))
        deals += np.isfinite(settled).all()
        if gap > TRACED or np.nanmax(settled, initial=0.0) > TRACED:
            apart[scenario.name] = f"ledgers {gap:.1e}, settlements {np.nanmax(settled, initial=0.0):.1e}"
    assert apart == {}
    assert deals > WORLDS // 10


SIGMAS = 5.0
"""False alarm: 5.7e-7 a comparison of two means, 4.5e-4 over the at most 780 comparisons."""


def test_swapping_the_sides_swaps_the_distribution_of_payoffs_with_all_luck_on() -> None:
    runs, apart = 2_000, {}
    for number, scenario in enumerate([*map(world, worlds_without(JUST_MEETS, COMBINATIONS)), *auctions(AUCTIONS)]):
        tree = without_threats(scenario)
        ours, theirs = (simulate(Scenario.build(t), runs, seed=number).runs for t in (tree, mirrored(tree)))
        mine = np.column_stack([ours["payoff"], ours["rounds"]])
        other = np.column_stack([theirs["payoff"][:, ::-1], theirs["rounds"]])
        spread = np.sqrt((mine.var(axis=0) + other.var(axis=0)) / runs)
        gap = np.abs(mine.mean(axis=0) - other.mean(axis=0))
        if (gap > SIGMAS * spread + TRACED).any():
            apart[number, scenario.name] = (gap / spread).round(1).tolist()
    assert apart == {}


def test_the_names_of_issues_change_nothing() -> None:
    for scenario in [*map(world, range(COMBINATIONS)), *map(flow_world, range(FLOW_WORLDS))]:
        renamed = Scenario.build(tomllib.loads(re.sub(r"issue-(?=\d)", "matter-", scenario.to_toml())))
        assert differences(simulate(scenario, 10, seed=1), simulate(renamed, 10, seed=1)) == [], scenario.name


SEARCHED = 1e-3
"""How closely frontiers agree whose issues were climbed in another order."""


def in_another_order(scenario: Scenario, number: int) -> tuple[Scenario, np.ndarray]:
    """Return a scenario with its issues in another order, and that order."""
    tree = tree_of(scenario)
    order = np.random.default_rng(number).permutation(len(tree["issues"]))
    return Scenario.build(tree | {"issues": [tree["issues"][k] for k in order]}), order


def test_the_order_of_issues_changes_no_ending() -> None:
    """Left out: discrete levels, among which a search stops where no single move helps, so the order decides where; and
    parts of the agenda that change places, as equally central ones come up in the order of the file.
    """
    compared = 0
    for number, scenario in enumerate([*map(world, worlds_without(JUST_MEETS, WORLDS)), *auctions(AUCTIONS)]):
        shuffled, order = in_another_order(scenario, number)
        if any(issue.levels for issue in scenario.issues) or np.array_equal(order, np.sort(order)):
            continue
        parts, same_parts = (prepare(s).part_of_issue for s in (scenario, shuffled))
        if not np.array_equal(parts[order], same_parts):
            continue
        compared += 1
        ours, theirs = simulate(scenario, 20, seed=1), simulate(shuffled, 20, seed=1)
        assert np.array_equal(ours.runs["ending"], theirs.runs["ending"]), scenario.name
        assert np.array_equal(ours.runs["rounds"], theirs.runs["rounds"]), scenario.name
        assert ours.runs["payoff"] == pytest.approx(theirs.runs["payoff"], abs=SEARCHED), scenario.name
    assert compared > 50


def in_other_units(tree: Tree, scale: float, shift: float) -> Tree:
    """Return the tables with all real values of issues and threats in another unit."""
    real = ("target_end", "sender_end", "status_quo", "sender_ideal", "target_ideal", "rate")

    def converted(table: Tree) -> Tree:
        return table | {name: shift + scale * table[name] for name in real if name in table}

    return tree | {name: [converted(table) for table in tree[name]] for name in ("issues", "threats")}


def test_the_units_of_issues_change_nothing() -> None:
    for scenario in [*map(world, range(COMBINATIONS)), *map(flow_world, range(FLOW_WORLDS))]:
        other = Scenario.build(in_other_units(tree_of(scenario), scale=2.0**-10, shift=0.0))  # a power of 2: no rounding
        assert differences(simulate(scenario, 10, seed=1), simulate(other, 10, seed=1)) == [], scenario.name


def grid_step(scenario: Scenario) -> float:
    """Return the widest step between neighbours on the frontier where discrete and continuous issues are mixed; else 0.

    The package next to another is taken from a grid there, and rounding may decide which of the grid's gaps is filled first.
    """
    discrete = [issue.levels is not None for issue in scenario.issues]
    return float(np.abs(np.diff(prepare(scenario).menus, axis=2)).max()) if any(discrete) and not all(discrete) else 0.0


def test_the_zero_of_a_unit_changes_no_ending() -> None:
    for scenario in [*map(world, range(COMBINATIONS)), *auctions(AUCTIONS)]:
        other = Scenario.build(in_other_units(tree_of(scenario), scale=1.8, shift=32.0))
        ours, theirs = simulate(scenario, 10, seed=1).runs, simulate(other, 10, seed=1).runs
        assert np.array_equal(ours["ending"], theirs["ending"]), scenario.name
        same = ours["payoff"] == pytest.approx(theirs["payoff"], abs=TRACED)
        assert same or ours["payoff"] == pytest.approx(theirs["payoff"], abs=grid_step(scenario)), scenario.name


def test_the_scale_of_the_weights_of_speakers_changes_nothing() -> None:
    for number in range(COMBINATIONS):
        scenario = world(number)
        tree = tree_of(scenario)
        for label in OTHER:
            tree[label]["negotiators"] = [one | {"weight": 4.0 * one["weight"]} for one in tree[label]["negotiators"]]
        theirs = simulate(Scenario.build(tree), 10, seed=1)
        assert differences(simulate(scenario, 10, seed=1), theirs) == [], scenario.name


def test_a_mirror_of_a_mirror_is_the_scenario_itself() -> None:
    for number in range(COMBINATIONS):
        tree = without_luck(without_threats(world(number)))
        assert Scenario.build(mirrored(mirrored(tree))).fingerprint() == Scenario.build(tree).fingerprint()
