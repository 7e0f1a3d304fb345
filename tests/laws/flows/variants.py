"""Random worlds of flows with a part of them changed: what a law holds fixed, or what it compares."""

from __future__ import annotations

import math
from typing import Any

from negosim import Scenario

Tree = dict[str, Any]
SIDES = ("sender", "target")
WITHOUT_DEAL: Tree = {f"{side}.strategy": "commitment" for side in SIDES} | {f"{side}.committed_demand": 1.0 for side in SIDES}
"""Both sides demand all that there is, for ever: hardly ever a deal."""


def tree_of(scenario: Scenario) -> Tree:
    """Return a scenario as plain tables that can be changed."""
    return scenario.model_dump(mode="json", exclude_none=True, exclude={"notes"})


def stubborn(scenario: Scenario) -> Scenario:
    """Return a scenario in which nobody gives way."""
    return scenario.vary(WITHOUT_DEAL)


def without(table: Tree, *names: str) -> Tree:
    """Return a table less these entries."""
    return {name: value for name, value in table.items() if name not in names}


def calm(scenario: Scenario) -> Scenario:
    """Return a scenario in which levels stay, no threat is paused and nobody leaves; no news, no erosion, no type drawn."""
    tree = tree_of(scenario)
    threats = [
        threat | {"pausable": False, "escalation": 0.0, "state": threat["state"].replace("paused", "announced")}
        for threat in tree["threats"]
    ]
    sides = {
        side: without(tree[side], "volatility", "trust_slip", "outside_option", "outside_option_trend") | {"ambiguity": 0.0}
        for side in SIDES
    }
    security = without(tree["security"], "news", "erosion")
    return Scenario.build(tree | sides | {"threats": threats, "security": security})


def pie(sender: Tree, target: Tree, talks: Tree, issue: Tree | None = None) -> Scenario:
    """Return the pie with flows, and with these entries of the sides, of the talks and of its issue."""
    tree = tree_of(Scenario.load("pie"))
    sides = {side: without(tree[side], "disagreement") | given for side, given in zip(SIDES, (sender, target), strict=True)}
    return Scenario.build(
        tree | sides | {"talks": tree["talks"] | {"payoff": "flows"} | talks, "issues": [tree["issues"][0] | (issue or {})]}
    )


def root(hazard: float) -> float:
    """Return the hazard of half a round: 1 - sqrt(1 - h)."""
    return 1.0 - math.sqrt(1.0 - hazard)


def halved(scenario: Scenario) -> Scenario:
    """Return a calm scenario in rounds of half the length: twice as many, half as much of everything in each of them."""
    tree = tree_of(scenario)
    talks, markets = tree["talks"], tree["markets"]
    phi = math.sqrt(markets["persistence"])
    sides: Tree = {}
    for side in SIDES:
        own = tree[side]
        hazards = {name: root(own[name]) for name in ("brinkmanship", "deadline_hazard")}
        sides[side] = own | hazards | {"discount": math.sqrt(own["discount"]), "reversal": own["reversal"] / 2.0}
    threats = []
    for threat in tree["threats"]:
        meant = 1.0 - 0.5 * sides[threat["holder"]]["unpredictability"]
        early = root(threat["early_execution"] * meant) / meant
        threats.append(threat | {"early_execution": early, "announce_round": 2 * threat["announce_round"] - 1})
    halves = {name: 2 * talks[name] for name in ("rounds", "extension_rounds", "horizon") if name in talks}
    talks = talks | halves | {"resumption": root(talks["resumption"])}
    markets = markets | {"persistence": phi, "level_effect": markets["level_effect"] / (1.0 + phi)}
    return Scenario.build(tree | sides | {"talks": talks, "threats": threats, "markets": markets})
