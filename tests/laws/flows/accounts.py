"""What flows pay in a run of the Mesa model, added up plainly: one round after another, where the package has closed forms.

A round in which the talks go on pays the inside option, less what tariffs in force and market stress take. From the round in
which they end the world is in another state: settled positions until they lapse, or no deal. A threat that is in force then is
lifted with the hazard of resumption from the next round on; one that was in force before the talks belongs to the status quo and
stays. No rule of the package is called for the sums; utilities are those of ``tests.unit.two_sides``. Precedent and retreat are
lumps, read off the ledger, and private types are read off the run.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter
from scipy.stats import foldnorm

from negosim import Negotiation, Scenario
from negosim.common.vocabulary import CHANNELS, Ending, Side, ThreatState
from negosim.rules import luck
from negosim.scenario.people import voices
from tests.unit.two_sides import TwoSides

Array = NDArray[np.float64]

LEAST = 1e-15
"""Rounds are added up until all that come after them weigh less."""
DEALS = (Ending.SETTLED, Ending.SETTLED_IN_PART)


class Account(NamedTuple):
    """What a run pays a side: the weights of its rounds, what each pays, and lumps, all as of round one."""

    weights: Array
    flows: Array
    lumps: float

    @property
    def payoff(self) -> float:
        return float(self.weights @ self.flows) + self.lumps


def discount(scenario: Scenario, side: Side) -> float:
    """D = d (1 - 1 / N): what a round later counts."""
    horizon = scenario.talks.horizon
    return scenario.delegation(side).discount * (1.0 if horizon is None else 1.0 - 1.0 / horizon)


def utility(scenario: Scenario, side: Side, profile: int, package: Array) -> float:
    """U = u^(1 - a) of a package for a profile of a side; the profile after its voices is their mean."""
    names = [issue.name for issue in scenario.issues]
    both, ideals = [], []
    for each in Side:
        delegation = scenario.delegation(each)
        rows = [*voices(delegation, names, delegation.ambiguous_voices), delegation.principal.salience.vector(names)]
        both.append(np.maximum(0.0, rows[profile if each is side and len(rows) > 2 else -1]))
        stated = [issue.sender_ideal if each is Side.SENDER else issue.target_ideal for issue in scenario.issues]
        end = 1.0 - each
        ideals.append([end if real is None else scenario.position(n, real) for n, real in zip(names, stated, strict=True)])
    edges = tuple((names.index(edge.between[0]), names.index(edge.between[1]), edge.weight) for edge in scenario.linkage)
    sides = [scenario.delegation(each) for each in Side]
    plain = TwoSides(
        np.array(both), np.array(ideals), (sides[0].curvature, sides[1].curvature), (sides[0].linkage, sides[1].linkage), edges
    )
    return max(0.0, float(plain.utility(int(side), package))) ** (1.0 - sides[side].risk_aversion)


def status_quo(scenario: Scenario) -> Array:
    return np.array([scenario.position(issue.name, issue.status_quo) for issue in scenario.issues])


def talks_flow(scenario: Scenario, side: Side) -> float:
    """q: what a round of talks pays before costs."""
    delegation = scenario.delegation(side)
    if delegation.inside_option is not None:
        return float(delegation.inside_option ** (1.0 - delegation.risk_aversion))
    return utility(scenario, side, -1, status_quo(scenario))


def costs(scenario: Scenario, side: Side) -> Array:
    """(threats,) what a threat in force takes from a side in a round, per unit of its level."""
    return np.array([threat.sender_cost if side is Side.SENDER else threat.target_cost for threat in scenario.threats])


def stress_inputs(scenario: Scenario) -> Array:
    """(threats,) what a threat in force adds to market stress in a round, per unit of its level."""
    return np.array([threat.market_weight for threat in scenario.threats]) * scenario.markets.level_effect


def before_the_talks(scenario: Scenario) -> NDArray[np.bool_]:
    """(threats,) whether it was in force before the talks."""
    return np.array([threat.state == "imposed" for threat in scenario.threats], dtype=bool)


def noise(scenario: Scenario) -> Array:
    """(threats,) the unpredictability of the holder."""
    return np.array([scenario.delegation(Side[threat.holder.upper()]).unpredictability for threat in scenario.threats])


def carried_out(scenario: Scenario, name: str) -> Array:
    """(threats,) e (1 - u / 2): the chance of a threat at the end ("execution"), or after a refusal ("early_execution")."""
    return np.array([getattr(threat, name) for threat in scenario.threats]) * (1.0 - 0.5 * noise(scenario))


def refusals(scenario: Scenario) -> NDArray[np.int64]:
    """(threats,) in how many rounds up to the first deadline a threat can answer a refusal: from its announcement on."""
    last = 1 if scenario.talks.protocol == "one-round" else scenario.talks.rounds
    first = [threat.announce_round if threat.state == "none" else 1 for threat in scenario.threats]
    return np.array([len(range(start, last + 1)) for start in first], dtype=int)


def later(scenario: Scenario, side: Side) -> int:
    """How many rounds from the end of the talks on are added up."""
    return math.ceil(math.log(LEAST) / math.log(discount(scenario, side))) + 1


def moving(scenario: Scenario) -> float:
    """The stress that levels which go on moving add in a round: those of threats that are expected not to be carried out."""
    total = 0.0
    for threat, chance, rounds in zip(scenario.threats, carried_out(scenario, "execution"), refusals(scenario), strict=True):
        v = scenario.delegation(Side[threat.holder.upper()]).volatility
        if threat.state != "imposed" and v > 0.0 and rounds > 0:
            mean = foldnorm.mean(0.5 * v, scale=v)  # of |v z + v^2 / 2|, by which a level moves where it is weighed by itself
            total += threat.market_weight * threat.level * mean * (1.0 - chance)
    return scenario.markets.volatility_effect * total


def after_the_end(scenario: Scenario, side: Side, in_force: Array, stress: float, shaken: float = 0.0) -> Array:
    """(rounds,) what tariffs in force (threats,) and market stress take from each round, from that of the end on."""
    k = np.arange(later(scenario, side))
    lifted = (1.0 - scenario.talks.resumption) ** k[:, None]
    left = np.where(before_the_talks(scenario), 1.0, lifted)
    inputs = left @ (stress_inputs(scenario) * in_force) + shaken * lifted[:, 0]
    inputs[0] = stress
    path = lfilter([1.0], [1.0, -scenario.markets.persistence], inputs)
    return left @ (costs(scenario, side) * in_force) + scenario.delegation(side).stress_cost * path


def mean_of(scenario: Scenario, side: Side, flows: Array) -> float:
    """The weighted mean of what the rounds from now on pay."""
    d = discount(scenario, side)
    return float((1.0 - d) * d ** np.arange(len(flows)) @ flows)


def expected_in_force(scenario: Scenario) -> Array:
    """(threats,) the level of each threat that is expected to be in force after talks that fail, as they open."""
    early, end = carried_out(scenario, "early_execution"), carried_out(scenario, "execution") * (refusals(scenario) > 0)
    chance = np.where(before_the_talks(scenario), 1.0, 1.0 - (1.0 - end) * (1.0 - early) ** refusals(scenario))
    return chance * np.array([threat.level for threat in scenario.threats])


def lapse(scenario: Scenario, side: Side) -> float:
    """What a lapsed deal pays beyond the utility of what then holds: as no deal, at the opening, beyond the status quo."""
    taken = mean_of(scenario, side, after_the_end(scenario, side, expected_in_force(scenario), 0.0, moving(scenario)))
    return talks_flow(scenario, side) - utility(scenario, side, -1, status_quo(scenario)) - taken


def lapsed_package(scenario: Scenario, settled: Array) -> Array:
    """What holds after a lapse: of each issue the share that is sunk stays, the rest goes back to the status quo."""
    sunk, before = np.array([issue.sunk for issue in scenario.issues]), status_quo(scenario)
    return before + sunk * (settled - before)


def reversal(scenario: Scenario, side: Side) -> float:
    """The hazard with which a side takes a deal back: none where it can take nothing back."""
    return scenario.delegation(side).reversal * any(issue.revocable_by == side.label for issue in scenario.issues)


class Path(NamedTuple):
    """A run that has been played, with what its rounds of talks saw."""

    model: Negotiation
    in_force: Array  # (rounds but the last, threats): level where in force
    stress: Array  # (rounds,)


def played(scenario: Scenario, seed: int, replication: int) -> Path:
    """Play a run, and note its state after each round."""
    model, in_force, stress = Negotiation(scenario, seed, replication), [], []
    while model.running:
        model.step()
        stress.append(float(model.talks.public[0]["stress"]))
        if model.running:
            in_force.append(model.talks.threat_level * (model.talks.threat_state == ThreatState.IMPOSED))
    return Path(model, np.array(in_force).reshape(len(in_force), len(scenario.threats)), np.array(stress))


def account(path: Path, side: Side) -> Account:
    """What a run paid a side."""
    scenario = path.model.scenario
    d, last = discount(scenario, side), len(path.stress)
    talks = talks_flow(scenario, side) - path.in_force @ costs(scenario, side)
    talks = talks - scenario.delegation(side).stress_cost * path.stress[:-1]
    after, lumps = _ended(path, side)
    flows = np.concatenate([talks, after])
    weights = (1.0 - d) * d ** np.arange(len(flows))
    return Account(weights if len(after) else weights[: last - 1], flows, d ** (last - 1) * lumps)


def _ended(path: Path, side: Side) -> tuple[Array, float]:
    """What each round from the end on pays, and lumps."""
    model, scenario = path.model, path.model.scenario
    assert model.outcome is not None
    run, own, delegation = model.outcome.runs[0], model.talks.owns[side], scenario.delegation(side)
    if run["ending"] in DEALS:
        return _settled(path, side)
    walker = 1 - int(model.talks.public[0]["proposer"]) if run["ending"] == Ending.WALK_OUT else -1
    if walker == side and delegation.outside_option is not None:
        drift = delegation.outside_option_trend * (len(path.stress) - 1)
        return np.zeros(0), float(delegation.outside_option ** (1.0 - delegation.risk_aversion)) + drift
    shift = own["reservation"] - model.game.sides[side]["prior_mean"]
    doubt = delegation.security_stake * (1.0 - float(model.talks.public[0]["credibility"]))
    taken = after_the_end(scenario, side, model.outcome.in_force[0], path.stress[-1], moving(scenario))
    return talks_flow(scenario, side) + shift - doubt - taken, 0.0


def _settled(path: Path, side: Side) -> tuple[Array, float]:
    model, scenario = path.model, path.model.scenario
    assert model.outcome is not None
    run, settled, d = model.outcome.runs[0], model.outcome.settlements[0], discount(scenario, side)
    k, kept = np.arange(later(scenario, side)), math.inf if np.isnan(run["reversed_after"]) else float(run["reversed_after"])
    until = np.clip(kept, k, k + 1)
    share = (1.0 - d ** (until - k)) / (1.0 - d)
    profile = int(run["profile"][side])
    after = utility(scenario, side, profile, lapsed_package(scenario, settled)) + lapse(scenario, side)
    flows = share * utility(scenario, side, profile, settled) + (1.0 - share) * after
    lumps = sum(run["ledger"][side, CHANNELS.index(name)] for name in ("precedent", "audience"))
    if math.isfinite(kept) and _takes_back(model) == side:
        lumps -= d**kept * scenario.delegation(side).reversal_cost
    return flows - after_the_end(scenario, side, model.outcome.in_force[0], path.stress[-1]), float(lumps)


def _takes_back(model: Negotiation) -> int:
    """Which side takes the deal back, by the luck of the run."""
    hazards = [reversal(model.scenario, side) for side in Side]
    draw = luck.chance(*model.run.luck, model.round, luck.WORLD, luck.REVERSER)
    return 0 if draw * sum(hazards) < hazards[0] else 1
