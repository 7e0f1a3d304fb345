"""The variants of the cases with payoffs as flows: what they change, and that the numbers are what their reasons say."""

from __future__ import annotations

import datetime
import itertools
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from negosim import simulate
from negosim.common.vocabulary import Side
from negosim.engine.prepare import prepare
from negosim.engine.welfare import average_tariff, welfare
from negosim.rules.menus import package_utility
from negosim.scenario.changes import changes
from negosim.scenario.scenario import Scenario

TALKS, CARS = Scenario.load("us-japan-2025-flows"), Scenario.load("us-japan-autos-1995-flows")
BASES = {variant.name: Scenario.load(variant.name.removesuffix("-flows")) for variant in (TALKS, CARS)}
PAGE = Path(__file__).parents[3] / "docs" / "scenarios.md"

CHANGED = {
    "us-japan-autos-1995-flows": {
        "talks.payoff", "talks.horizon", "talks.resumption", "talks.flow_discount", "issues.us-production.sunk",
        "issues.dealers.sunk", "issues.repair-deregulation.sunk", "threats.luxury-car-tariff.damage",
        "threats.luxury-car-tariff.sender_cost", "threats.luxury-car-tariff.target_cost", "sender.disagreement",
        "target.disagreement",
    },
    "us-japan-2025-flows": {
        "talks.payoff", "talks.horizon", "talks.resumption", "issues.investment.sunk", "threats.reciprocal-tariff.damage",
        "threats.car-tariff.damage", "threats.steel-tariff.damage", "sender.disagreement", "sender.stress_cost",
        "target.tariff_pain", "target.stress_cost", "target.trust_slip", "trade.sender_worth", "trade.target_worth",
        "threats.countermeasure", "trade.countermeasures.countermeasure",
    },
}
"""All that a variant may change: what one form of payoff alone reads, what has another meaning or bound with flows, and a threat
of the target that is at rest."""


def package(scenario: Scenario, rates: dict[str, float]) -> NDArray[np.float64]:
    """Return the positions of the status quo with these tariffs in its place."""
    return np.array([scenario.position(issue.name, rates.get(issue.name, issue.status_quo)) for issue in scenario.issues])


def utility(scenario: Scenario, side: Side, rates: dict[str, float]) -> float:
    """Return what it is worth to the mean priorities of a side."""
    game = prepare(scenario)
    return float(package_utility(game, int(side), int(game.sides[side]["profiles"]) - 1, package(scenario, rates)))


@pytest.mark.parametrize("variant", [TALKS, CARS], ids=lambda variant: variant.name)
def test_a_variant_changes_what_flows_need_and_nothing_else(variant: Scenario) -> None:
    assert {change.name for change in changes(BASES[variant.name], variant)} == CHANGED[variant.name]
    assert variant.talks.payoff == "flows" and variant.kind == "case"


@pytest.mark.parametrize("variant", [TALKS, CARS], ids=lambda variant: variant.name)
def test_the_page_lists_every_number_that_a_variant_sets_or_leaves_out(variant: Scenario) -> None:
    base, lines = BASES[variant.name], PAGE.read_text(encoding="utf-8").split(f"| `{variant.name}` sets |")[1].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in itertools.takewhile(str.strip, lines)]
    notes = {name for each in (base, variant) for name in each.notes if "countermeasure" not in name}
    ranges = [each.assumed() for each in (base, variant)]
    set_anew = {name for name in notes if told(base, name) != told(variant, name) or ranges[0].get(name) != ranges[1].get(name)}
    assert sorted(row[0].strip("`") for row in rows) == sorted(set_anew)
    for name, before, after, span, reason in rows:
        name = name.strip("`")
        low, high = ranges[1].get(name, (None, None))
        assert (before, after) == (told(base, name), told(variant, name)) and reason
        assert span == ("–" if low is None else f"{low:g} to {high:g}")


def told(scenario: Scenario, name: str) -> str:
    """Return a number as the page has it, a dash for one that is not set."""
    return f"{scenario.get(name):g}" if name in scenario.notes and not isinstance(scenario.get(name), Mapping) else "–"


@pytest.mark.parametrize(
    ("variant", "last"), [(TALKS, datetime.date(2029, 1, 20)), (CARS, datetime.date(1997, 1, 20))], ids=["2025", "1995"]
)
def test_the_horizon_is_the_end_of_the_term_of_the_president(variant: Scenario, last: datetime.date) -> None:
    calendar = variant.calendar
    assert calendar is not None
    assert variant.talks.horizon == round((last - calendar.first_round).days / calendar.days_per_round)


def test_an_imposed_tariff_costs_japan_in_1995_what_an_agreed_one_does() -> None:
    agreed = utility(CARS, Side.TARGET, {}) - utility(CARS, Side.TARGET, {"luxury-car-tariff": 100.0})
    assert CARS.threats[0].target_cost == pytest.approx(agreed, abs=0.001) and agreed == pytest.approx(1.0 - 0.7**0.9, abs=0.001)
    assert utility(CARS, Side.SENDER, {"luxury-car-tariff": 100.0}) == utility(CARS, Side.SENDER, {})  # a means, not an aim


BEFORE = {"reciprocal-tariff": 0.0, "car-tariff": 2.5, "steel-tariff": 0.0}
HIGHEST = {issue.name: issue.sender_end for issue in TALKS.issues if issue.name in BEFORE}


@pytest.mark.parametrize(
    ("first", "second", "worth"), [(BEFORE, {}, 1.22), ({}, {"reciprocal-tariff": 24.0}, 1.26), (BEFORE, HIGHEST, 1.29)]
)
def test_the_weights_of_japan_in_2025_say_what_a_per_cent_is_worth(
    first: dict[str, float], second: dict[str, float], worth: float
) -> None:
    trade, note = TALKS.trade, TALKS.note("trade.target_worth")
    assert trade is not None and trade.target_worth is not None and note is not None and note.range is not None
    place = [country.name for country in trade.countries].index(trade.target)
    nothing = np.zeros((2, len(TALKS.threats)))
    lost = welfare(trade, average_tariff(TALKS, np.array([package(TALKS, first), package(TALKS, second)]), nothing))[:, place]
    found = (utility(TALKS, Side.TARGET, first) - utility(TALKS, Side.TARGET, second)) / (lost[0] - lost[1])
    assert found == pytest.approx(worth, abs=0.005) and f"{worth:.2f}" in str(note.assumed)
    assert note.range[0] <= found <= note.range[1] and trade.target_worth == pytest.approx(found, abs=0.1)


def test_the_pause_of_2025_reveals_the_cost_of_stress_that_its_reason_names() -> None:
    """A pause at a stress of 1 is best from then on if a cost s S^2 a round has this s; and half to twice of it is plausible."""
    benefit = utility(TALKS, Side.SENDER, {"reciprocal-tariff": 24.0}) - utility(TALKS, Side.SENDER, {})
    d, p, added = TALKS.sender.discount, TALKS.markets.persistence, TALKS.markets.level_effect
    revealed = benefit * (1.0 - d * p**2) / (d * (2.0 * p * added + added**2))
    note = TALKS.note("sender.stress_cost")
    assert note is not None and f"{revealed:.3f}" in str(note.assumed) and f"{benefit:.3f}" in str(note.assumed)
    assert TALKS.sender.stress_cost == pytest.approx(revealed, abs=0.003)


def test_no_draw_of_2025_has_a_reliable_side_break_pauses_as_often_as_an_unreliable_one() -> None:
    ranges = TALKS.assumed()
    least = ranges["threats.reciprocal-tariff.early_execution"][0] * (1.0 - 0.5 * ranges["sender.unpredictability"][1])
    assert ranges["target.trust_slip"][1] < least


@pytest.mark.parametrize("variant", [TALKS, CARS], ids=lambda variant: variant.name)
def test_a_variant_can_be_played_and_pays_numbers(variant: Scenario) -> None:
    runs = simulate(variant, 50, seed=1).runs
    assert np.isfinite(runs["payoff"]).all() and len(set(runs["ending"])) > 1


def test_the_page_turns_a_scenario_with_lumps_into_one_with_flows(tmp_path: Path) -> None:
    """The file that the page shows is loaded and played. A threat carried out takes 0.5 a round until it is lifted."""
    (block,) = [part for part in PAGE.read_text(encoding="utf-8").split("```toml\n")[1:] if part.startswith('extends = "threat"')]
    path = tmp_path / "mine.toml"
    path.write_text(block.split("```")[0], encoding="utf-8")
    scenario = Scenario.load(path)
    kept = scenario.target.discount * (1 - 1 / 50)
    damage = 0.5 * (1.0 - kept) / (1.0 - kept * (1 - 0.02))
    refusing = simulate(scenario.vary({"sender.committed_demand": 0.99}), 20, seed=1)
    assert refusing.runs["payoff"][:, Side.TARGET] == pytest.approx(1.0 - damage) and math.isclose(damage, 0.434975, abs_tol=1e-6)
    assert simulate(scenario, 20, seed=1).runs["payoff"] == pytest.approx(np.tile([0.4, 0.6], (20, 1)))
