"""A scenario made ready to play: everything that does not depend on luck, solved once per design point.

Frontiers and menus depend on preferences alone, so they are kept for the design points that share them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import hyp2f1

from negosim.common.interruption import interruptibly
from negosim.common.vocabulary import Side, ThreatState
from negosim.engine.flows import enter_flows, status_quo_utility
from negosim.rules.clock import fill_conceded
from negosim.rules.columns import kept_column, precedent_column, ratifier_column
from negosim.rules.frontier.preferences import solve_preferences
from negosim.rules.records import REVOCABLE, SIDE, THREAT, WORLD, Game
from negosim.rules.utility import risk
from negosim.scenario.linkage import linkage_graph, parts
from negosim.scenario.people import Delegation, voices
from negosim.scenario.scenario import Scenario, require_loaded
from negosim.strategies import catalogue
from negosim.strategies.own import Own, by_side
from negosim.strategies.record import Strategy
from negosim.strategies.tables import NO_GIVING_WAY, NO_OUTLOOK, look_ahead
from negosim.theory import solutions

NODES = 129
"""Nodes of a frontier; between them packages are interpolated."""

CELLS = 16
"""Cells of a belief over a reservation value that is in doubt."""

PROTOCOLS = ("alternating", "random-proposer", "one-round", "concession-clock", "double-auction")


def prepare(scenario: Scenario) -> Game:
    """Return the game of a scenario: frontiers, menus and, for the strategies that look ahead, continuation tables.

    The arrays are the caller's own: what is written into them changes no other game. TypeError for what is not a Scenario.
    """
    require_loaded(scenario)
    return interruptibly(lambda: _prepared(scenario))


def _prepared(scenario: Scenario) -> Game:
    game, solved = _frontiers(_tastes(scenario))
    world, sides, threats = _world(scenario, game), _sides(scenario, game), _threats(scenario)
    graph = linkage_graph(scenario.issues, scenario.linkage)
    agenda = _agenda(scenario, graph)
    world["parts"] = agenda.max() + 1
    game = game._replace(
        world=world,
        sides=sides,
        threats=threats,
        speakers=_speakers(scenario, agenda),
        profile_priors=_priors(scenario),
        homes=_homes(scenario),
        part_of_issue=agenda,
        status_quo=status_quo_positions(scenario),
    )
    if scenario.talks.payoff == "flows":
        enter_flows(scenario, game)
    _fill_prior_means(scenario, game)
    game = game._replace(nash=_nash(game, solved), conceded=_conceded(game))
    return Game._make(array.copy() for array in look_ahead(game, strategies_of(scenario)))


def _key(array: NDArray[Any]) -> tuple[tuple[int, ...], bytes, str]:
    return array.shape, array.tobytes(), array.dtype.str


class _Tastes(tuple):
    """Hashable stand-in for the arrays that decide the frontiers: saliences, ideals, attitudes, edges, levels."""

    arrays: dict[str, NDArray[Any]]

    @classmethod
    def of(cls, arrays: dict[str, NDArray[Any]]) -> _Tastes:
        """Wrap the arrays; equality and hash are those of their contents."""
        self = cls((name, *_key(array)) for name, array in arrays.items())
        self.arrays = arrays
        return self


def status_quo_positions(scenario: Scenario) -> NDArray[np.float64]:
    """Return (issues,) the positions of the status quo."""
    return np.array([issue.position(issue.status_quo) for issue in scenario.issues])


def forget_frontiers() -> None:
    """Forget the frontiers of the points seen so far: the next point is made ready as if it were the first."""
    _frontiers.cache_clear()


def profile_saliences(scenario: Scenario, side: Side) -> NDArray[np.float64]:
    """Return the saliences of a side's profiles (voices, then their mean; one row if there is one voice)."""
    delegation = scenario.delegation(side)
    names = [issue.name for issue in scenario.issues]
    rows = list(voices(delegation, names, delegation.ambiguous_voices))
    if len(rows) > 1:
        rows.append(delegation.principal.salience.vector(names))
    return np.maximum(np.array(rows, dtype=np.float64), 0.0)


def _tastes(scenario: Scenario) -> _Tastes:
    issues = scenario.issues
    names = [issue.name for issue in issues]
    both = [profile_saliences(scenario, side) for side in Side]
    saliences = np.zeros((2, max(map(len, both)), len(names)))
    for side in Side:
        saliences[side, : len(both[side])] = both[side]
    ideals = np.array([[1.0] * len(names), [0.0] * len(names)])
    for k, issue in enumerate(issues):
        for side, real in ((Side.SENDER, issue.sender_ideal), (Side.TARGET, issue.target_ideal)):
            if real is not None:
                ideals[side, k] = scenario.position(issue.name, real)
    delegations = [scenario.delegation(side) for side in Side]
    edges = [(names.index(e.between[0]), names.index(e.between[1]), e.weight) for e in scenario.linkage]
    homes = [(side, r) for side in Side for r in delegations[side].ratifiers]
    holders = {"sender": 0, "target": 1, None: -1}
    lapses = scenario.talks.payoff == "flows"
    return _Tastes.of(
        {
            "saliences": saliences,
            "profiles": np.array([len(rows) for rows in both]),
            "ideals": ideals,
            "attitudes": np.array([[d.curvature, d.linkage, d.risk_aversion] for d in delegations]),
            "edge_from": np.array([e[0] for e in edges], dtype=np.int64),
            "edge_to": np.array([e[1] for e in edges], dtype=np.int64),
            "edge_weight": np.array([e[2] for e in edges], dtype=np.float64),
            "home_sides": np.array([side for side, _ in homes], dtype=np.int64),
            "home_saliences": _rows([r.salience.vector(names) for _, r in homes], len(names)),
            "levels": np.array([issue.levels or 0 for issue in issues], dtype=np.int64),
            "precedents": np.array([[d.precedent_pressure * i.precedent for i in issues] for d in delegations]),
            "revocable": np.array(
                [(holders[issue.revocable_by], issue.sunk if lapses else np.nan) for issue in issues], dtype=REVOCABLE
            ),
            "status_quo": status_quo_positions(scenario) if lapses else np.zeros(len(issues)),
        }
    )


def _rows(rows: list[tuple[float, ...]], width: int) -> NDArray[np.float64]:
    return np.array(rows, dtype=np.float64).reshape(len(rows), width)


Solved = dict[tuple[float, float], NDArray[np.float64]]
"""The Nash solutions found so far with the same preferences, by the disagreement point."""


@lru_cache(maxsize=64)
def _frontiers(tastes: _Tastes) -> tuple[Game, Solved]:
    """Return a game with preferences, frontiers and menus filled in and everything else empty, and room for its solutions."""
    t = tastes.arrays
    profiles, width, homes = t["profiles"], t["saliences"].shape[1], len(t["home_sides"])
    issues = t["ideals"].shape[1]
    world = np.zeros(1, WORLD)
    home_column = kept_column(0, profiles.sum())  # where those of one profile more would begin
    cost_column = ratifier_column(home_column, homes)
    columns = precedent_column(cost_column, len(Side))
    world["home_column"], world["cost_column"] = home_column, cost_column
    world["interpolate"] = int(not t["levels"].any())
    sides = np.zeros(2, SIDE)
    sides["profiles"] = profiles
    sides["first_column"] = (0, kept_column(0, profiles[0]))
    names = ("saliences", "ideals", "attitudes", "edge_from", "edge_to", "edge_weight", "home_sides", "home_saliences",
             "levels", "precedents", "revocable", "status_quo")
    game = Game(
        world=world, sides=sides, threats=np.zeros(0, THREAT), bounds=np.zeros((2, width, 2)),
        home_bounds=np.zeros((homes, 2)),
        menus=np.zeros((*profiles, NODES, columns)), positions=np.zeros((*profiles, NODES, issues)),
        nash=np.zeros((*profiles, 2)), sender_outlook=NO_OUTLOOK, target_outlook=NO_OUTLOOK, conceded=np.zeros((2, 1, 1)),
        giving_way=NO_GIVING_WAY, speakers=np.zeros((2, 1, 1, 1)),
        profile_priors=np.zeros((2, 1)), homes=np.zeros((homes, 2)),
        part_of_issue=np.zeros(issues, dtype=np.int64), **{n: t[n] for n in names},
    )
    solve_preferences(game)
    return game, {}


def _world(scenario: Scenario, game: Game) -> NDArray[np.void]:
    talks, markets, security = scenario.talks, scenario.markets, scenario.security
    world = game.world.copy()
    world["protocol"] = PROTOCOLS.index(talks.protocol)
    world["first_proposer"] = Side[talks.first_proposer.upper()]
    world["rounds"] = 1 if talks.protocol == "one-round" else talks.rounds
    world["setback"] = talks.failed_ratification == "setback"
    copied = ("proposer_probability", "extension_probability", "auction_weight")
    for name in copied:
        world[name] = getattr(talks, name)
    world["extension_rounds"] = 0 if talks.protocol == "one-round" else talks.extension_rounds
    for name in ("initial_stress", "persistence", "level_effect", "volatility_effect", "anticipation",
                 "pause_threshold", "resume_threshold"):
        world[name] = getattr(markets, name)
    for name in ("credibility", "news", "erosion"):
        world[name] = getattr(security, name)
    sides = [scenario.delegation(side) for side in Side]
    world["breakdown_hazard"] = 1.0 - (1.0 - sides[0].brinkmanship) * (1.0 - sides[1].brinkmanship)
    world["end_hazard"] = 1.0 - (1.0 - sides[0].deadline_hazard) * (1.0 - sides[1].deadline_hazard)
    return world


COPIED = (
    "opening", "toughness", "offer_noise", "discount", "ambiguity", "commitment", "committed_demand", "unpredictability",
    "volatility", "reversal", "audience_cost", "tariff_pain", "stress_cost", "security_stake", "trust", "trust_slip",
    "reversal_cost", "outside_option_trend",
)
"""The numbers of a delegation that a SIDE record takes over by name."""


def _sides(scenario: Scenario, game: Game) -> NDArray[np.void]:
    sides = game.sides.copy()
    for side in Side:
        delegation, record = scenario.delegation(side), sides[side]
        for name in COPIED:
            record[name] = getattr(delegation, name)
        if scenario.talks.horizon is not None:
            record["discount"] *= 1.0 - 1.0 / scenario.talks.horizon
        record["holding_rate"] = scenario.talks.flow_discount
        record["prior_tilt"] = delegation.ambiguity_tilt
        record["prior_centre"] = _mean_place(delegation.ambiguity_tilt)
        record["reservation_belief_only"] = delegation.ambiguity_belief_only
        record["voices"] = len(delegation.negotiators)
        record["voices_belief_only"] = delegation.ambiguous_voices_belief_only
        record["cells"] = CELLS if delegation.ambiguity > 0.0 else 1
        record["believed_noise"] = delegation.believed_noise
        if not any(issue.revocable_by == side.label for issue in scenario.issues):
            record["reversal"] = 0.0  # there is nothing that this side could take back
        outside = delegation.outside_option
        record["outside_option"] = np.nan if outside is None else risk(outside, delegation.risk_aversion)
    return sides


def _mean_place(tilt: float) -> float:
    """Return the mean place in the support of a prior (``negosim.rules.beliefs``): int tilt s / (1 + (tilt - 1) s) ds.

    >>> _mean_place(1.0), round(_mean_place(2.0), 6)  # 2 - 2 ln 2
    (0.5, 0.613706)
    """
    return float(0.5 * tilt * hyp2f1(1, 2, 3, 1 - tilt))


def _fill_prior_means(scenario: Scenario, game: Game) -> None:
    """Enter the mean reservation values: the given disagreement utility, or that of the status quo, as U = u^(1 - a).

    With flows they are entered already, as what no deal pays.
    """
    for side in Side:
        delegation, record = scenario.delegation(side), game.sides[side]
        if delegation.disagreement is not None:
            record["prior_mean"] = risk(delegation.disagreement, delegation.risk_aversion)
        elif scenario.talks.payoff == "lumps":
            record["prior_mean"] = status_quo_utility(game, side)
        width, centre = 2.0 * record["ambiguity"], record["prior_centre"]
        highest = record["prior_mean"] + width * (1.0 - centre)
        record["committed_demand"] = max(record["committed_demand"], highest)  # firmer than any ordinary type
        record["base_high"] = highest - record["gap"]
        record["base_low"] = record["prior_mean"] - record["gap"] - width * centre - record["security_stake"]


def _threats(scenario: Scenario) -> NDArray[np.void]:
    names = [issue.name for issue in scenario.issues]
    threats = np.zeros(len(scenario.threats), THREAT)
    for record, threat in zip(threats, scenario.threats, strict=True):
        record["issue"] = names.index(threat.issue)
        holder = Side[threat.holder.upper()]
        record["holder"], record["state"] = holder, ThreatState[threat.state.upper()]
        if threat.damage is not None:
            record["damage"][holder.other], record["pain"] = threat.damage, threat.damage
        for name in ("announce_round", "level", "escalation", "execution", "early_execution", "pausable",
                     "market_weight"):
            record[name] = getattr(threat, name)
    return threats


def _agenda(scenario: Scenario, graph: Any) -> NDArray[np.int64]:
    agenda = np.zeros(len(scenario.issues), dtype=np.int64)
    if scenario.talks.agenda != "whole":
        threshold = scenario.talks.linkage_threshold if scenario.talks.agenda == "linked" else np.inf
        for number, part in enumerate(parts(graph, threshold)):
            agenda[part] = number
    return agenda


def _weights(delegation: Delegation) -> NDArray[np.float64]:
    weights = np.array([member.weight for member in delegation.negotiators], dtype=np.float64)
    return weights / weights.sum()


def _priors(scenario: Scenario) -> NDArray[np.float64]:
    weights = [_weights(scenario.delegation(side)) for side in Side]
    priors = np.zeros((2, max(map(len, weights))))
    for side in Side:
        priors[side, : len(weights[side])] = weights[side]
    return priors


def _speakers(scenario: Scenario, agenda: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return who leads: (sides, parts, profiles, voices), by candour about the profile and by portfolio on the part."""
    names = [issue.name for issue in scenario.issues]
    counts = [len(scenario.delegation(side).negotiators) for side in Side]
    result = np.zeros((2, int(agenda.max()) + 1, max(counts) + 1, max(counts)))
    for side in Side:
        delegation = scenario.delegation(side)
        count, weights = counts[side], _weights(delegation)
        for part in range(result.shape[1]):
            on_table = {names[k] for k in np.flatnonzero(agenda == part)}
            covered = [len(on_table & set(m.portfolio or names)) / len(on_table) for m in delegation.negotiators]
            reach = np.array(covered) if sum(covered) > 0.0 else np.ones(count)
            for profile in range(count + 1):
                row = weights.copy()
                if profile < count and count > 1:
                    row = np.full(count, (1.0 - delegation.candour) / (count - 1))
                    row[profile] = delegation.candour
                spoken = row * reach if (row * reach).sum() > 0.0 else row
                result[side, part, profile, :count] = spoken / spoken.sum()
    return result


def _homes(scenario: Scenario) -> NDArray[np.float64]:
    ratifiers = [r for side in Side for r in scenario.delegation(side).ratifiers]
    return _rows([(r.threshold - r.half_width, r.threshold + r.half_width) for r in ratifiers], 2)


def disagreement_point(game: Game) -> NDArray[np.float64]:
    """Return what both sides (sides,) have without a deal, as everybody expects it before the talks.

    That is the mean reservation value, less the damage expected of the threats as they open.
    """
    threats, imposed = game.threats, game.threats["state"] == ThreatState.IMPOSED
    live = threats["state"] != ThreatState.NONE
    noise = game.sides["unpredictability"][threats["holder"]]
    carried_out = np.where(imposed, 1.0, threats["execution"] * (1.0 - 0.5 * noise))
    damage = [(live * threats["damage"][:, side] * threats["level"] * carried_out).sum() for side in Side]
    return np.asarray(game.sides["prior_mean"] - game.sides["gap"] - np.array(damage))


def _nash(game: Game, solved: Solved) -> NDArray[np.float64]:
    """Return the Nash solution of each pair of profiles: ``solutions.nash``, of ties the one nearest to the target's best.

    Where no package gives both sides what they have without a deal, it is the disagreement point.
    """
    point = disagreement_point(game)
    key = (float(point[0]), float(point[1]))
    if key not in solved:
        nash = np.zeros((*game.menus.shape[:2], 2))
        nash[:] = point
        for a, b in np.ndindex(*game.menus.shape[:2]):
            points = game.menus[a, b][:, [kept_column(game.sides[side]["first_column"], (a, b)[side]) for side in Side]]
            found = solutions.nash(points, point, connected=bool(game.world[0]["interpolate"]))
            if found.outcomes:
                nash[a, b] = found.utilities[0]
        solved[key] = nash
    return solved[key]


def _conceded(game: Game) -> NDArray[np.float64]:
    """Return the share of its way that each side has gone: (sides, parts, rounds + 1)."""
    world = game.world[0]
    conceded = np.zeros((2, int(world["parts"]), int(world["rounds"] + world["extension_rounds"]) + 1))
    fill_conceded(world, game.sides, conceded)
    return conceded


def seated(game: Game, strategies: tuple[Strategy, Strategy]) -> Game:
    """Return the game with what its rules must know of the strategies that play it: whether they may take less."""
    sides = game.sides.copy()
    for side, chosen in zip(Side, strategies, strict=True):
        sides[side]["takes_less"] = chosen.takes_less
    return game._replace(sides=sides)


def strategies_of(scenario: Scenario, own: Own | None = None) -> tuple[Strategy, Strategy]:
    """Return both sides' strategies: those the scenario names, or the user's own in their place.

    Raises ValueError for a key that is not a side, TypeError for a value that is not a Strategy.
    """
    given = by_side(own or {})
    sender, target = (given.get(side) or catalogue.strategy(scenario.delegation(side).strategy) for side in Side)
    return sender, target
