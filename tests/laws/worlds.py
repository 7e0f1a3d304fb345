"""Small random scenarios that reach every parameter, for the laws that hold over all of them.

``world(number)`` is the same scenario for everybody and on every machine. Its number fixes the pair of strategies, the
protocol and the agenda: the first COMBINATIONS worlds hold each pair of strategies once, and each strategy of each side under
each protocol and each agenda; the worlds numbered as DESIGNS hold each pair under each protocol.

``flow_world(number)`` is a random world whose payoffs are flows: one of the same worlds, with what only lumps read left out and
what only flows read drawn by a generator of its own, so that drawing it moves no other world.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator

from negosim import Scenario
from negosim.scenario.consistency import THE_OTHERS_ALONE
from negosim.strategies import catalogue

PROTOCOLS = ("alternating", "random-proposer", "one-round", "concession-clock", "double-auction")
AGENDAS = ("whole", "linked", "issue-by-issue")
JOINED = (
    "time-dependent", "exponential", "tit-for-tat", "relative-tit-for-tat", "random-tit-for-tat", "averaged-tit-for-tat",
    "micro", "commitment", "bluff", "attrition", "brinkmanship", "risk-return", "subgame-perfect", "shaded-bid", "veto-aware",
)
"""The order by which worlds are numbered. What is not in it yet comes behind, so that a strategy is still added by its file."""

NAMES = (*(name for name in JOINED if name in catalogue.NAMES), *(name for name in catalogue.NAMES if name not in JOINED))
COMBINATIONS = len(NAMES) ** 2


def design(number: int) -> tuple[str, str, str, str]:
    """Return (agenda, protocol, sender's strategy, target's strategy) of a world."""
    cycle, pair = divmod(number, COMBINATIONS)
    first, second = divmod(pair, len(NAMES))
    protocol = PROTOCOLS[(first + second + cycle) % len(PROTOCOLS)]
    agenda = AGENDAS[(first + 2 * second + cycle // len(PROTOCOLS)) % len(AGENDAS)]
    return agenda, protocol, NAMES[first], NAMES[second]


DESIGNS = tuple(map(design, range(COMBINATIONS * len(PROTOCOLS))))
STATES = ("none", "announced", "paused", "imposed")

TALKS = {
    "linkage_threshold": (0.0, 0.9),
    "proposer_probability": (0.0, 1.0),
    "auction_weight": (0.0, 1.0),
    "extension_probability": (0.0, 1.0),
    "flow_discount": (0.01, 1.0),
}
MARKETS = {
    "initial_stress": (0.0, 1.5),
    "persistence": (0.0, 0.95),
    "level_effect": (0.0, 0.6),
    "volatility_effect": (0.0, 2.0),
    "anticipation": (0.0, 1.0),
}
SECURITY = {"credibility": (0.0, 1.0), "news": (0.0, 0.2), "erosion": (0.0, 0.3)}
THREAT = {
    "level": (0.2, 2.0),
    "escalation": (0.0, 1.0),
    "execution": (0.0, 1.0),
    "early_execution": (0.0, 0.6),
    "market_weight": (0.0, 3.0),
}
DELEGATION = {
    "toughness": (0.2, 5.0),
    "opening": (0.6, 1.0),
    "offer_noise": (0.0, 0.2),
    "believed_noise": (0.02, 0.4),
    "discount": (0.7, 1.0),
    "risk_aversion": (0.0, 0.8),
    "curvature": (0.3, 1.0),
    "linkage": (0.0, 3.0),
    "disagreement": (0.0, 0.6),
    "outside_option": (0.0, 0.6),
    "outside_option_trend": (-0.1, 0.1),
    "ambiguity": (0.0, 0.5),
    "ambiguity_tilt": (0.05, 20.0),
    "ambiguous_voices": (0.0, 1.0),
    "commitment": (0.0, 0.6),
    "committed_demand": (0.3, 1.0),
    "unpredictability": (0.0, 1.0),
    "volatility": (0.0, 0.6),
    "reversal": (0.0, 0.3),
    "brinkmanship": (0.0, 0.2),
    "deadline_hazard": (0.0, 0.2),
    "candour": (0.0, 1.0),
    "audience_cost": (0.0, 1.0),
    "tariff_pain": (0.0, 0.3),
    "stress_cost": (0.0, 0.2),
    "precedent_pressure": (0.0, 0.5),
    "security_stake": (0.0, 0.4),
    "trust": (0.0, 1.0),
    "trust_slip": (0.0, 0.5),
    "reversal_cost": (0.0, 0.4),
}
SET = 0.6
"""How often a number is set at all; otherwise it keeps its default, so that mechanisms also meet alone."""


def _numbers(rng: Generator, ranges: dict[str, tuple[float, float]]) -> dict[str, Any]:
    return {name: float(rng.uniform(*span)) for name, span in ranges.items() if rng.random() < SET}


def _one_of(rng: Generator, words: tuple[Any, ...]) -> Any:
    return words[int(rng.integers(len(words)))]


def _weights(rng: Generator, count: int) -> np.ndarray:
    """Return weights that sum to 1, some of them 0."""
    weights = rng.dirichlet(np.ones(count)) * (rng.random(count) < 0.85)
    return weights / weights.sum() if weights.sum() > 0.0 else np.full(count, 1.0 / count)


def _salience(names: list[str], weights: np.ndarray) -> dict[str, float]:
    return dict(zip(names, map(float, weights / weights.sum()), strict=True))


def _issue(rng: Generator, name: str) -> dict[str, Any]:
    target_end, sender_end = float(rng.uniform(-50, 50)), float(rng.uniform(60, 500))
    if rng.random() < 0.5:
        target_end, sender_end = sender_end, target_end

    def between() -> float:
        return target_end + float(rng.random()) * (sender_end - target_end)

    issue = {"name": name, "title": f"Issue {name}", "unit": "points", "target_end": target_end,
             "sender_end": sender_end, "status_quo": between(), "precedent": float(rng.random())}
    if rng.random() < 0.15:
        issue["levels"] = int(rng.integers(2, 7))
    for ideal in ("sender_ideal", "target_ideal"):
        if rng.random() < 0.2:
            issue[ideal] = between()
    if rng.random() < 0.6:
        issue["revocable_by"] = _one_of(rng, ("sender", "target"))
    return issue


def _linkage(rng: Generator, names: list[str]) -> list[dict[str, Any]]:
    pairs = [(a, b) for i, a in enumerate(names) for b in names[:i]]
    return [
        {"between": list(pair), "weight": float(rng.uniform(-1, 1)), "reason": "drawn"} for pair in pairs if rng.random() < 0.6
    ]


def _threat(rng: Generator, issue: dict[str, Any]) -> dict[str, Any]:
    return {
        "issue": issue["name"], "rate": issue["sender_end"], "state": _one_of(rng, STATES),
        "announce_round": int(rng.integers(1, 5)), "damage": float(rng.uniform(0, 0.4)),
        "pausable": bool(rng.random() < 0.7), **_numbers(rng, THREAT),
    }


def _negotiators(rng: Generator, names: list[str]) -> tuple[list[dict[str, Any]], np.ndarray]:
    """Return one to three negotiators and a principal's salience that keeps every voice a salience."""
    count = int(rng.integers(1, 4))
    weights = rng.uniform(0.3, 2.0, count)
    stated = np.array([_weights(rng, len(names)) for _ in range(count)])
    principal = weights @ stated / weights.sum()
    lean, common = float(rng.random()), _weights(rng, len(names))
    silent = rng.random() < 0.25  # nobody speaks for anything but the principal's weights
    people: list[dict[str, Any]] = []
    for v in range(count):
        person: dict[str, Any] = {"name": f"speaker-{v}", "title": f"Speaker {v}", "weight": float(weights[v])}
        if rng.random() < 0.5:
            person["portfolio"] = [name for name in names if rng.random() < 0.5]
        if not silent:
            person["salience"] = _salience(names, lean * stated[v] + (1.0 - lean) * common)
        people.append(person)
    return people, principal


def _delegation(rng: Generator, side: str, names: list[str], strategy: str) -> dict[str, Any]:
    negotiators, weights = _negotiators(rng, names)
    ratifiers = [
        {"name": f"home-{r}", "title": f"Home {r}", "salience": _salience(names, _weights(rng, len(names))),
         "threshold": float(rng.uniform(0, 0.6)), "half_width": float(rng.uniform(0, 0.3)) if rng.random() < SET else 0.0}
        for r in range(_one_of(rng, (0, 0, 1, 2)))
    ]
    delegation = {
        "name": f"the {side}", "short": side.title(), "strategy": strategy, "negotiators": negotiators,
        "ratifiers": ratifiers, "ambiguity_belief_only": bool(rng.random() < 0.3),
        "principal": {"name": side, "title": side.title(), "salience": _salience(names, weights)},
        "ambiguous_voices_belief_only": bool(rng.random() < 0.3), **_numbers(rng, DELEGATION),
    }
    if rng.random() < 0.5:  # often the side cannot leave, or few talks would last
        delegation.pop("outside_option", None)
    for useless in THE_OTHERS_ALONE[side]:
        delegation.pop(useless, None)
    return delegation


def _markets(rng: Generator) -> dict[str, Any]:
    markets = _numbers(rng, MARKETS)
    if rng.random() < SET:
        pause = float(rng.uniform(0.1, 1.5))
        markets |= {"pause_threshold": pause, "resume_threshold": float(rng.uniform(0, pause))}
    return markets


def _talks(rng: Generator, agenda: str, protocol: str, rounds: int) -> dict[str, Any]:
    return {
        "protocol": protocol, "agenda": agenda, "first_proposer": _one_of(rng, ("sender", "target")),
        "rounds": int(rng.integers(1, rounds + 1)), "extension_rounds": int(rng.integers(0, 4)),
        "failed_ratification": _one_of(rng, ("ends", "setback")), **_numbers(rng, TALKS),
    }


def world(number: int, rounds: int = 7) -> Scenario:
    """Return random world ``number``, with up to ``rounds`` rounds before the deadline."""
    return Scenario.build(_tree(number, rounds))


def _tree(number: int, rounds: int) -> dict[str, Any]:
    """Return a random world as plain tables."""
    rng = np.random.default_rng([2025, number])
    agenda, protocol, sender, target = design(number)
    issues = [_issue(rng, f"issue-{k}") for k in range(int(rng.integers(1, 6)))]
    names = [issue["name"] for issue in issues]
    return {
        "name": f"world-{number}", "title": f"World {number}", "kind": "teaching", "issues": issues,
        "talks": _talks(rng, agenda, protocol, rounds), "markets": _markets(rng),
        "security": _numbers(rng, SECURITY), "linkage": _linkage(rng, names),
        "threats": [_threat(rng, issue) for issue in issues if rng.random() < 0.5],
        "sender": _delegation(rng, "sender", names, sender),
        "target": _delegation(rng, "target", names, target),
    }


# ---- worlds whose payoffs are flows ----------------------------------------------------------------------------------

LUMPS_ALONE = ("flow_discount", "disagreement", "tariff_pain", "damage")
"""Numbers that only lumps read."""
WITHOUT_FLOWS = {"double-auction", "shaded-bid"}
"""A protocol and a strategy that are not worked out for flows."""
FLOW_DESIGNS = tuple(number for number, words in enumerate(DESIGNS) if not WITHOUT_FLOWS & set(words))
FLOW_WORLDS = 60
"""How many of them stand for all where a law is held over every world of lumps."""
SPREAD = 61
"""From one flow world to the next so many designs are passed over: few worlds meet many strategies, protocols and agendas."""
FLOW_SIDE = {"inside_option": (0.0, 0.7)}
OF_A_HOLDER = ("unpredictability", "volatility")
"""Numbers that only a side that holds a threat can use."""
OWN_COST, OTHERS_COST = (-0.05, 0.2), (0.0, 0.5)
"""What a threat in force takes from its holder, which may like it, and from the other side."""
EARLY = (0.02, 0.6)
"""Chances of early execution, above 0: a pause that is kept must speak for its holder, or flows are refused."""


def flow_design(number: int) -> int:
    """Return the number of the world that a flow world is made of."""
    return FLOW_DESIGNS[number * SPREAD % len(FLOW_DESIGNS)]


def flow_world(number: int, rounds: int = 7) -> Scenario:
    """Return random world ``number`` among those whose payoffs are flows."""
    rng = np.random.default_rng([2026, number])
    tree = _tree(flow_design(number), rounds) | {"name": f"flow-world-{number}", "title": f"Flow world {number}"}
    for part in (tree["talks"], tree["sender"], tree["target"], *tree["threats"]):
        for name in LUMPS_ALONE:
            part.pop(name, None)
    tree["talks"] |= {"payoff": "flows", **_numbers(rng, {"resumption": (0.0, 1.0)})}
    if rng.random() < SET:
        tree["talks"]["horizon"] = int(rng.integers(5, 200))
    for issue in tree["issues"]:
        issue |= _numbers(rng, {"sunk": (0.0, 1.0)})
    for threat in tree["threats"]:
        _cost_flows(rng, threat)
    of_the_sender = [threat for threat in tree["threats"] if threat["holder"] == "sender"]
    tree["threats"] += [_answer(rng, threat) for threat in of_the_sender if rng.random() < 0.3]
    for side in ("sender", "target"):
        _feel_flows(rng, tree, side)
    for side, other in (("sender", "target"), ("target", "sender")):
        _trust_flows(rng, tree[side], [threat for threat in tree["threats"] if threat["holder"] == other], tree[other])
    return Scenario.build(tree)


def _cost_flows(rng: Generator, threat: dict[str, Any]) -> None:
    """Give a threat a holder, and what it costs both sides in a round."""
    holder, other = ("sender", "target") if rng.random() < SET else ("target", "sender")
    threat |= {
        "holder": holder, f"{holder}_cost": float(rng.uniform(*OWN_COST)), f"{other}_cost": float(rng.uniform(*OTHERS_COST)),
        "early_execution": float(rng.uniform(*EARLY)), "rate": threat["rate"] if holder == "sender" else abs(threat["rate"]),
    }


def _answer(rng: Generator, threat: dict[str, Any]) -> dict[str, Any]:
    """Return a threat by which the target answers one of the sender's about the same issue."""
    issue = {"name": threat["issue"], "sender_end": abs(threat["rate"])}
    answer = {name: value for name, value in _threat(rng, issue).items() if name not in LUMPS_ALONE}
    ranges = {"sender_cost": OTHERS_COST, "target_cost": OWN_COST, "early_execution": EARLY}
    drawn = {name: float(rng.uniform(*span)) for name, span in ranges.items()}
    return answer | drawn | {"name": f"answer-{threat['issue']}", "holder": "target"}


def _feel_flows(rng: Generator, tree: dict[str, Any], side: str) -> None:
    """Give a side the numbers that only flows read, and those of a holder if it holds a threat."""
    delegation = tree[side]
    held = any(threat["holder"] == side for threat in tree["threats"])
    for name in OF_A_HOLDER:
        delegation.pop(name, None)
    delegation |= _numbers(rng, FLOW_SIDE) | (_numbers(rng, {name: DELEGATION[name] for name in OF_A_HOLDER}) if held else {})
    if "horizon" not in tree["talks"]:
        delegation["discount"] = min(float(delegation.get("discount", 1.0)), float(rng.uniform(0.8, 0.995)))


def _trust_flows(rng: Generator, delegation: dict[str, Any], faced: list[dict[str, Any]], holder: dict[str, Any]) -> None:
    """Let a reliable holder of the threats that a side faces break a pause more rarely than an unreliable one."""
    delegation.pop("trust_slip", None)
    breaks = [threat["early_execution"] * (1.0 - 0.5 * holder.get("unpredictability", 0.0)) for threat in faced]
    if breaks:
        delegation["trust_slip"] = float(rng.uniform(0.0, 0.9)) * min(breaks)
