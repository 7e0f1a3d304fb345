"""Reputation for firmness (Abreu & Gul 2000), played as a war of attrition in rounds that get short.

A war that is over at time T is played in rounds of length T / (2 n), n turns for each side: were n no whole number, the gap
would jump with the turn that is cut off, and not halve with the step. Left of the extrapolation is the square of a turn s, in
the fastest time scale, for a mass that is conceded a turn or two late, and lambda T / 8 of it for rates of concession in steps,
which are those of the limit but for s^2 / 4. Within a turn of a tie it is the turn, not the prior, that says which side is too
weak, and the bound is a turn more. Excluded are wars of more than LONGEST turns, which the 2000 rounds of a scenario do not
hold: tiny priors, or demands of nearly everything, beside which waiting costs the other side little.

With payoffs as flows nobody need be committed: both sides hold out as long as a round of talks pays each of them less than
giving way does. The chances of giving way are then those of rounds of any length, and only the hazard rate is extrapolated to
rounds without one. Of Fearon (1998) the engine plays the bargaining; what can be enforced afterwards is his formula, and
enters as what the loser gets.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from negosim.engine.kernel import simulate
from negosim.engine.outcomes import Outcomes
from negosim.engine.prepare import prepare
from negosim.scenario.scenario import Scenario
from negosim.theory import (
    Attrition,
    attrition,
    commitment_threshold,
    enforceable_share,
    flow_attrition_chance,
    flow_attrition_rate,
)
from negosim.validation.textbook.played import many_issues, settled, special_case, with_flows
from negosim.validation.textbook.result import ERRORS, EXACT, LOOSEST, WIDEST, Measured, Result, limit_of, mean_of, share_of

STEP = 0.08
"""Length of a coarse turn, at most, in the time scale of the fastest of both discount rates and both rates of concession."""

LONGEST = 490
"""Turns of a side in the coarse war, at most: four times as many rounds, and the few after it, are rounds of a scenario."""

PILOT = 4_000
"""Runs from which the spread of what is measured is learnt, so that four standard errors come to WIDEST or less."""

BOUND = LOOSEST - WIDEST
"""What an extrapolated chance may miss beside four standard errors; where a turn of STEP would miss more, turns are shorter."""

END_TURNS = 256
"""Turns in the coarse war of which the end is measured, without playing it: the bound is one of them."""

DELAY, RUNS = 40, 42_000
"""Rounds that come to the mean delay where sides hold out for flows, and the runs of it that are played."""

Values = Callable[[Outcomes], NDArray[Any]]
Extrapolated = tuple[str, float, tuple[Values, Values]]
"""What it is, its closed form, and what is averaged in the coarse and in the fine war."""


class War(NamedTuple):
    """A war of attrition in rounds: its closed form, its turns, a turn's length, and what an extrapolated chance may miss."""

    demands: tuple[float, float]
    rates: tuple[float, float]
    priors: tuple[float, float]
    closed: Attrition
    turns: int
    turn: float
    bound: float


def _turns(closed: Attrition, rates: tuple[float, float], priors: tuple[float, float]) -> int:
    """Return how many turns the war takes, an even number: of STEP or less, and so many that BOUND is kept or LONGEST passed."""
    fastest = max(closed.concession_rate_1, closed.concession_rate_2, *rates)
    turns = 2 * math.ceil(float(closed.certain_at * fastest) / (2.0 * STEP))
    while turns <= LONGEST and _missed(closed, rates, priors, turns) > BOUND:
        turns = 2 * math.ceil(0.55 * turns)
    return turns


def _missed(closed: Attrition, rates: tuple[float, float], priors: tuple[float, float], turns: int) -> float:
    """Return what an extrapolated chance may miss in a war of so many turns."""
    turn, conceding = float(closed.certain_at) / turns, (float(closed.concession_rate_1), float(closed.concession_rate_2))
    missed = (turn * max(*conceding, *rates)) ** 2 * (1.0 + max(conceding) * float(closed.certain_at) / 8.0)
    if min(priors) > 0.0 and EXACT < abs(math.log(priors[0]) / conceding[0] - math.log(priors[1]) / conceding[1]) < turn:
        missed += turn * max(conceding)
    return missed


def _war(demand_1: float, demand_2: float, rate_1: float, rate_2: float, prior_1: float, prior_2: float) -> War:
    closed = attrition(demand_1, demand_2, rate_1, rate_2, prior_1, prior_2)
    demands, rates, priors = (demand_1, demand_2), (rate_1, rate_2), (prior_1, prior_2)
    turns = _turns(closed, rates, priors)
    return War(demands, rates, priors, closed, turns, float(closed.certain_at) / turns, _missed(closed, rates, priors, turns))


def _in_rounds(war: War, protocol: str, rounds: int) -> Scenario:
    """Return the war in so many rounds, and a few after it."""
    changes: dict[str, Any] = {"talks.protocol": protocol, "talks.rounds": rounds + 10}
    for side, demand, rate, prior in zip(("sender", "target"), war.demands, war.rates, war.priors, strict=True):
        discount = math.exp(-rate * float(war.closed.certain_at) / rounds)
        changes |= {f"{side}.discount": discount, f"{side}.commitment": prior, f"{side}.committed_demand": demand}
    return special_case("attrition", changes)


def _play(war: War, protocol: str, halves: int, runs: int, seed: int) -> Outcomes:
    """Play the war with the rounds of a coarse turn (1) or with twice as many (2)."""
    return simulate(_in_rounds(war, protocol, 2 * war.turns * halves), runs, seed)


def _payoff(side: int) -> Values:
    return lambda outcomes: outcomes.runs["payoff"][outcomes.runs["committed"][:, side] == 0, side]


def _within(rounds: int) -> Values:
    return lambda outcomes: settled(outcomes) & (outcomes.runs["rounds"] <= rounds)


def _rational(war: War) -> list[Extrapolated]:
    """Return the payoffs of both rational types."""
    payoffs = float(war.closed.payoff_1), float(war.closed.payoff_2)
    return [(f"payoff of the rational {name}", payoffs[i], (_payoff(i),) * 2) for i, name in enumerate(("sender", "target"))]


def _course(war: War) -> list[Extrapolated]:
    """Return the shares settled at once, in the first turn of each side, and by half of the time."""
    closed, half = war.closed, 0.5 * war.turns * war.turn
    at_once = 1.0 - float(closed.remaining_1) * float(closed.remaining_2)
    by_half = 1.0 - (1.0 - float(closed.conceded_1(half))) * (1.0 - float(closed.conceded_2(half)))
    return [
        ("share settled at once", at_once, (_within(2), _within(2))),
        ("share settled by half of the time", by_half, (_within(war.turns), _within(2 * war.turns))),
    ]


def _runs(war: War, pilot: Outcomes, means: list[Extrapolated]) -> int:
    """Return how many runs of either war it takes for four standard errors of WIDEST, with a fifth to spare.

    An extrapolated mean has five times the variance of a mean; the share never settled is that of both wars together.
    """
    needed = [5.0 * float(np.var(chosen)) * len(pilot) / len(chosen) for chosen in (coarse(pilot) for _, _, (coarse, _) in means)]
    never = float(war.closed.never_agree)
    return max(PILOT, math.ceil(1.2 * max(*needed, 0.5 * never * (1.0 - never)) * (ERRORS / WIDEST) ** 2))


def _extrapolated(
    war: War, protocol: str, means: list[Extrapolated], seed: int
) -> tuple[Outcomes, Outcomes, list[Measured]]:
    """Return the coarse war, the fine war and the means in rounds without length; the luck of the three is independent.

    What rarely happens may be missing from the pilot: where the wars spread more, they are played again with twice as many runs.
    """
    first, *others = map(int, np.random.SeedSequence(seed).generate_state(3, np.uint64))
    runs = _runs(war, _play(war, protocol, 1, PILOT, first), means)
    while True:
        coarse, fine = (_play(war, protocol, halves, runs, luck) for halves, luck in zip((1, 2), others, strict=True))
        rows = [
            limit_of(what, closed, mean_of(what, in_coarse(coarse), closed), mean_of(what, in_fine(fine), closed), war.bound)
            for what, closed, (in_coarse, in_fine) in means
        ]
        if not any(ERRORS * row.standard_error > WIDEST for row in rows):
            return coarse, fine, rows
        runs *= 2


def _never(war: War, played: tuple[Outcomes, Outcomes]) -> Measured:
    """The share without agreement, the same for rounds of any length: that of two committed sides."""
    unsettled = np.concatenate([~settled(outcomes) for outcomes in played])
    return share_of("share never settled", unsettled, float(war.closed.never_agree))


def _end(war: War) -> Iterator[Measured]:
    """The time of the last settlement as a share of that of the closed form, extrapolated, without luck.

    It is not measured where a side is known to be rational, which gives way at once, nor in a war of less than ten turns.
    """
    if min(war.priors) == 0.0 or war.turns < 10:
        return
    coarse, fine = ((_last_settlement(war, rounds) - 1) / rounds for rounds in (2 * END_TURNS, 4 * END_TURNS))
    yield Measured("time of the last settlement", 1.0, 2.0 * fine - coarse, 1.0 / END_TURNS)


def _last_settlement(war: War, rounds: int) -> int:
    """Return the last round in which a side that is not committed may still give way."""
    last = 0
    for chances in prepare(_in_rounds(war, "alternating", rounds)).giving_way[:, :, 0]:
        left = 1.0 - np.cumprod(1.0 - chances[1:])
        last = max(last, int(np.argmax(left >= 1.0)) + 1)
    return last


def reputation(seed: int, **parameters: float) -> Iterator[Measured]:
    """Payoffs, course and end of a war of attrition in which the sides are asked in turn, as under alternating offers."""
    war = _war(**parameters)
    coarse, fine, rows = _extrapolated(war, "alternating", _rational(war) + _course(war), seed)
    yield from rows
    yield _never(war, (coarse, fine))
    yield from _end(war)


def clock(seed: int, **parameters: float) -> Iterator[Measured]:
    """Payoffs of the same war on the concession clock, on which both sides table their demands in every round."""
    war = _war(**parameters)
    coarse, fine, rows = _extrapolated(war, "concession-clock", _rational(war), seed)
    yield from rows
    yield _never(war, (coarse, fine))


def _holding_out(rate: float, wins: float, loses: float, flow: float, step: float, rounds: int) -> Scenario:
    """Return talks of two sides that demand ``wins`` and leave ``loses``, in rounds of length ``step`` that pay them ``flow``.

    Two issues are weighed so that the frontier runs through both demands. What is in force meanwhile is lifted by a deal.
    """
    weight = loses / (loses + 1.0 - wins)
    changes: dict[str, Any] = {"talks.rounds": rounds}
    for side in ("sender", "target"):
        changes |= {
            f"{side}.strategy": "attrition", f"{side}.committed_demand": wins, f"{side}.discount": math.exp(-rate * step),
        }
    talks = many_issues(((weight, 1.0 - weight), (1.0 - weight, weight))).vary(changes)
    in_force = {"issue": "issue-1", "state": "imposed", "sender_cost": -flow, "target_cost": -flow}
    return with_flows(talks, [in_force], {"sender.inside_option": 0.0, "target.inside_option": 0.0})


def _rate_played(rate: float, wins: float, loses: float, flow: float, step: float) -> float:
    """Return the hazard rate at which the sender gives way: it is asked in every other round."""
    chance = float(prepare(_holding_out(rate, wins, loses, flow, step, 9)).giving_way[0, 4, 0])
    return -math.log1p(-chance) / (2.0 * step)


def holding_out(seed: int, rate: float, wins: float, loses: float, flow: float) -> Iterator[Measured]:
    """At which rate like sides give way, how many settle by the mean delay, and that holding out is worth what losing is."""
    closed = float(flow_attrition_rate(rate, wins, loses, flow))
    step = 0.01 * min(1.0 / rate, 1.0 / closed)
    first, second, third = (_rate_played(rate, wins, loses, flow, step / k) for k in (1.0, 2.0, 4.0))
    limit = (8.0 * third - 6.0 * second + first) / 3.0
    yield Measured("hazard rate of giving way", closed, limit)
    step = 0.5 / (DELAY * closed)
    outcomes = simulate(_holding_out(rate, wins, loses, flow, step, 20 * DELAY + 1), RUNS, seed)
    within = 1.0 - (1.0 - float(flow_attrition_chance(rate, wins, loses, flow, step))) ** (DELAY - 1)
    in_time = settled(outcomes) & (outcomes.runs["rounds"] <= DELAY)
    yield share_of(f"share settled in {DELAY} rounds, the mean delay", in_time, within)
    yield mean_of("payoff of the target", outcomes.runs["payoff"][:, 1], loses)


def enforcement(seed: int, rate: float, temptation: float, flow: float) -> Iterator[Measured]:
    """The same over the least share that can be enforced, and the rest: who minds the future holds out for longer."""
    least = float(enforceable_share(rate, temptation, flow))
    yield from holding_out(seed, rate, 1.0 - least, least, flow)


def _case(demand_1: float, demand_2: float, rate_1: float, rate_2: float, prior_1: float, prior_2: float) -> dict[str, float]:
    return {
        "demand_1": demand_1, "demand_2": demand_2, "rate_1": rate_1, "rate_2": rate_2, "prior_1": prior_1, "prior_2": prior_2,
    }


def _drawn(rng: np.random.Generator) -> dict[str, float]:
    """Draw anything whose war is not too long; a prior above 0.9 is not drawn, as it leaves few rational runs to average.

    Small priors are drawn more often, being those of the literature.
    """
    while True:
        demands, rates, priors = rng.uniform(0.05, 0.95, 2), rng.uniform(0.1, 2.0, 2), 0.9 * rng.uniform(0.0, 1.0, 2) ** 2
        if demands.sum() > 1.01:
            case = _case(*map(float, (*demands, *rates, *priors)))
            if _war(**case).turns <= LONGEST:
                return case


JUST_PAYS = float(commitment_threshold(0.7, 0.6, 0.05, 0.05, 0.05))
"""The prior from which it pays the sender to be taken for committed: z1* = .105737."""

def _drawn_stakes(rng: np.random.Generator) -> dict[str, float]:
    wins = float(rng.uniform(0.55, 0.9))
    loses = float(rng.uniform(1.0 - wins, min(0.5, wins - 0.1)))
    return {"rate": float(rng.uniform(0.02, 0.3)), "wins": wins, "loses": loses, "flow": loses - float(rng.uniform(0.05, 0.5))}


RESULTS = (
    Result(
        "reputation", "A war of attrition by reputation", "Abreu & Gul 2000",
        (
            _case(0.6, 0.6, 1.0, 1.0, 0.1, 0.1), _case(0.7, 0.6, 0.05, 0.05, 0.9 * JUST_PAYS, 0.05),
            _case(0.7, 0.6, 0.05, 0.05, 1.2 * JUST_PAYS, 0.05), _case(0.7, 0.6, 1.0, 2.0, 0.0, 0.1),
            _case(0.6, 0.7, 1.0, 0.5, 0.2, 0.0), _case(0.7, 0.6, 1.0, 2.0, 0.9, 0.3),
        ),
        _drawn, reputation,
    ),
    Result(
        "reputation-clock", "The same on the concession clock", "Abreu & Gul 2000",
        (_case(0.6, 0.6, 1.0, 1.0, 0.1, 0.1), _case(0.7, 0.6, 1.0, 1.0, 0.1, 0.1), _case(0.9, 0.8, 1.0, 0.5, 0.2, 0.3)),
        _drawn, clock,
    ),
    Result(
        "holding-out", "Holding out while talks pay less than giving way", "Hendricks, Weiss & Wilson 1988",
        tuple(
            dict(zip(("rate", "wins", "loses", "flow"), case, strict=True))
            for case in ((0.05, 0.7, 0.4, 0.2), (0.05, 0.7, 0.4, -0.3), (0.1, 0.7, 0.4, 0.2))
        ),
        _drawn_stakes, holding_out,
    ),
    Result(
        "enforcement", "Who expects deals to last holds out longer", "Fearon 1998",
        tuple({"rate": r, "temptation": 0.6, "flow": 0.3} for r in (0.2, 0.1, 0.05, 0.025)),
        lambda rng: {
            "rate": float(rng.uniform(0.03, 0.3)), "temptation": float(rng.uniform(0.55, 0.75)),
            "flow": float(rng.uniform(0.0, 0.4)),
        },
        enforcement,
    ),
)
