"""The special cases that are played: teaching scenarios with all else off, packages of three issues, and what is read off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negosim.common.vocabulary import Ending, Side
from negosim.engine.kernel import simulate
from negosim.engine.outcomes import Outcomes
from negosim.scenario.scenario import Scenario

QUIET = {"sender.offer_noise": 0.0, "target.offer_noise": 0.0, "sender.discount": 1.0, "target.discount": 1.0}
"""No noise in offers and no impatience."""

CARRIED_OUT = {
    "issue": "pie", "rate": 100.0, "state": "announced", "execution": 1.0, "pausable": False, "market_weight": 0.0,
    "sender_cost": 0.0, "target_cost": 0.0,
}
"""A threat that is carried out for good if there is no deal, and causes no stress."""


def special_case(name: str, changes: Mapping[str, Any], strategy: str | None = None) -> Scenario:
    """Return a teaching scenario without noise and impatience, with changes by dotted name; ``strategy`` is for both sides."""
    both = {} if strategy is None else {"sender.strategy": strategy, "target.strategy": strategy}
    return Scenario.load(name).vary({**QUIET, **both, **changes})


def with_flows(
    scenario: Scenario, threats: Sequence[Mapping[str, Any]], changes: Mapping[str, Any], horizon: int | None = None
) -> Scenario:
    """Return a quiet scenario with payoffs as flows, with these threats in place of its own, and changes by dotted name.

    A threat is CARRIED_OUT where it does not say otherwise.
    """
    tree = scenario.model_dump(exclude_unset=True, exclude={"notes"})
    tree["talks"] = {**_without(tree["talks"], "flow_discount"), "payoff": "flows", "horizon": horizon}
    for side in Side:
        tree[side.label] = _without(tree[side.label], "disagreement")
    tree["threats"] = [{**CARRIED_OUT, **threat} for threat in threats]
    return Scenario.build(tree).vary(changes)


def _without(table: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key != name}


def flowing(
    discounts: Sequence[float], inside: Sequence[float], breakdown: Sequence[float], changes: Mapping[str, Any],
    strategy: str = "subgame-perfect",
) -> Scenario:
    """Return alternating offers over a pie with flows: what a round of talks pays both sides, and a round after a breakdown."""
    scenario = special_case("pie", {"sender.discount": discounts[0], "target.discount": discounts[1]}, strategy)
    costs = {"sender_cost": inside[0] - breakdown[0], "target_cost": inside[1] - breakdown[1]}
    return with_flows(
        scenario, [costs] if any(costs.values()) else [],
        {"sender.inside_option": inside[0], "target.inside_option": inside[1], **changes},
    )


def settled(outcomes: Outcomes) -> NDArray[np.bool_]:
    """Return which runs were settled, (runs,)."""
    return outcomes.runs["ending"] == Ending.SETTLED


def the_outcome(scenario: Scenario) -> tuple[float, float]:
    """Return both sides' utilities of a settlement in which luck plays no part; NaN where there is none."""
    sender, target = map(float, simulate(scenario, 1).runs["utility"][0])
    return sender, target


def many_issues(
    sides: Sequence[Sequence[float]] | NDArray[np.float64], issues: Sequence[Mapping[str, Any]] = (),
    edges: Mapping[str, float] | None = None,
) -> Scenario:
    """Return quiet talks over an issue for each weight: ``sides`` (2, issues), ``issues`` further settings of each issue.

    ``edges`` are weights of linkages by numbers of issues, "12" the one between the first and the second. Without them the
    utilities add up: U1 = sum_k w_k x_k, U2 = sum_k v_k (1 - x_k). Nobody has anything without a deal.
    """
    tree = Scenario.load("three-issues").model_dump(exclude_unset=True, exclude={"notes"})
    names = [f"issue-{k + 1}" for k in range(len(sides[0]))]
    settings = issues or [{} for _ in names]
    shared = {"title": "An issue", "unit": "%", "target_end": 0.0, "sender_end": 100.0, "status_quo": 0.0}
    tree["issues"] = [{**shared, "name": name, **more} for name, more in zip(names, settings, strict=True)]
    for side, weights in zip(Side, sides, strict=True):
        person = {**tree[side.label]["principal"], "salience": dict(zip(names, map(float, weights), strict=True))}
        tree[side.label] = {**tree[side.label], "principal": person}
    tree["linkage"] = [
        {"between": (names[int(pair[0]) - 1], names[int(pair[1]) - 1]), "weight": weight, "reason": "drawn"}
        for pair, weight in (edges or {}).items()
    ]
    return Scenario.build(tree).vary(QUIET)


def numbered(parameters: Mapping[str, float], letter: str) -> list[float]:
    """Return the parameters that are called by this letter and a number, in order.

    >>> numbered({"w1": 0.6, "w2": 0.4, "v1": 0.3, "v2": 0.7}, "v")
    [0.3, 0.7]
    """
    return [value for name, value in parameters.items() if name[0] == letter and name[1:].isdigit()]


def weights_of(parameters: Mapping[str, float]) -> NDArray[np.float64]:
    """Return both sides' weights (2, issues), called w1, w2, ... and v1, v2, ..."""
    return np.array([numbered(parameters, letter) for letter in "wv"], dtype=np.float64)


def called(letter: str, values: Sequence[float] | NDArray[Any]) -> dict[str, float]:
    """Return values as parameters that are called by a letter and their number, from 1."""
    return {f"{letter}{k}": float(value) for k, value in enumerate(values, 1)}


def drawn_weights(rng: np.random.Generator, most: int) -> dict[str, float]:
    """Return weights of both sides for 2 to ``most`` issues, uniform among those that sum to 1."""
    weights = rng.dirichlet(np.ones(int(rng.integers(2, most + 1))), 2)
    return called("w", weights[0]) | called("v", weights[1])
