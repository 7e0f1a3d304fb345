"""The batch kernel: many runs of a scenario, each the same as a run of the Mesa model, bit for bit, and no Mesa."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numba
import numpy as np
from numba import types

from negosim.common.plain import require_whole
from negosim.common.vocabulary import Ending, Response, Side
from negosim.engine.outcomes import RUN, Outcomes
from negosim.engine.prepare import prepare, seated, strategies_of
from negosim.engine.run import require_numbered
from negosim.rules import closing, floor, moves, payoff
from negosim.rules.clock import DOUBLE_AUCTION
from negosim.rules.compiled import rule
from negosim.rules.opening import open_talks
from negosim.rules.records import GAME, PROPOSE, RESPOND, TALKS, Game, Matrix, new_talks
from negosim.scenario.scenario import Scenario
from negosim.strategies.own import Own
from negosim.strategies.record import BELIEFS, LUCK, Strategy
from negosim.strategies.shipped import commitment

ACCEPT, REFUSE, WALK_OUT = int(Response.ACCEPT), int(Response.REFUSE), int(Response.WALK_OUT)
SETTLED, IN_PART = int(Ending.SETTLED), int(Ending.SETTLED_IN_PART)
NOT_RATIFIED, LEFT = int(Ending.RATIFICATION_FAILED), int(Ending.WALK_OUT)


@rule(lean=True)
def ratified(game, talks):
    """Put the deal on the table to every ratifier; all vote, and it passes if all consent."""
    passed = True
    for r in range(game.homes.shape[0]):
        passed = moves.vote(game, talks, r) and passed
    return passed


@rule(lean=True)
def finish(game, talks, seed, replication, ending, walker):
    """Close the ledger of a run by its ending. Returns (ending, rounds the settlement was kept)."""
    kept = np.nan
    if talks.public[0].part > 0 and ending != SETTLED and ending != NOT_RATIFIED and ending != LEFT:
        closing.settle_in_part(game, talks)
        ending = IN_PART if ratified(game, talks) else NOT_RATIFIED
    if ending == SETTLED or ending == IN_PART:
        kept = closing.close_with_deal(game, talks, seed, replication)
    else:
        closing.close_without_deal(game, talks, seed, replication, walker)
    closing.close_ledger(game, talks)
    return ending, kept


@rule(lean=True, inline=True)
def demand(game, talks, menu, noise, sender_proposes, target_proposes):
    """Return the utility that the proposer's principal demands; a committed one plays the commitment type."""
    public, i = talks.public[0], talks.public[0].proposer
    own, other, belief, homes = talks.owns[i], talks.images[1 - i], talks.beliefs[i], talks.homes
    if own.committed:
        return commitment.propose(own, other, public, belief, homes, menu, game.sender_outlook[0], noise)
    if i == 0:
        return sender_proposes(own, other, public, belief, homes, menu, game.sender_outlook[own.table], noise)
    return target_proposes(own, other, public, belief, homes, menu, game.target_outlook[own.table], noise)


@rule(lean=True, inline=True)
def offer(game, talks, sender_proposes, target_proposes, seed, replication):
    """Let the side that has the floor table an offer."""
    public = talks.public[0]
    moves.choose_frontier(game, talks)
    moves.restrict_menu(game, talks)
    menu = game.menus[public.frontier_sender, public.frontier_target] if public.part == 0 else talks.menu
    noise = moves.offer_noise(game, talks, seed, replication)
    moves.table_offer(game, talks, menu, demand(game, talks, menu, noise, sender_proposes, target_proposes))
    floor.lay_down(talks)


@rule(lean=True, inline=True)
def answer(game, talks, sender_responds, target_responds):
    """Return the answer of the other side's principal to the offer being looked at; in a double auction the bids answer."""
    public, i = talks.public[0], 1 - talks.public[0].proposer
    own, other, belief, homes = talks.owns[i], talks.images[1 - i], talks.beliefs[i], talks.homes
    if game.world[0].protocol == DOUBLE_AUCTION:
        return floor.satisfies(talks)
    if own.committed:
        return commitment.respond(own, other, public, belief, homes, talks.offer, game.sender_outlook[0])
    if i == 0:
        return sender_responds(own, other, public, belief, homes, talks.offer, game.sender_outlook[own.table])
    return target_responds(own, other, public, belief, homes, talks.offer, game.target_outlook[own.table])


@rule(lean=True, inline=True)
def meet(game, talks, sender_proposes, sender_responds, target_proposes, target_responds, seed, replication):
    """Let each side that has the floor table an offer and the other answer it. Returns what the answers come to."""
    for side in range(2):
        if floor.speaks(talks, side):
            floor.take_the_floor(game, talks, side, seed, replication)
            offer(game, talks, sender_proposes, target_proposes, seed, replication)
    for side in range(2):
        if floor.speaks(talks, side):
            floor.look_at(talks, side)
            response = answer(game, talks, sender_responds, target_responds)
            bids = game.world[0].protocol == DOUBLE_AUCTION
            if response == ACCEPT and not bids and not moves.may_accept(game, talks, 1 - side):
                response = REFUSE
            talks.answers[side] = response
    for side in range(2):
        if floor.speaks(talks, side):
            floor.look_at(talks, side)
            moves.remember_offer(game, talks)
    return floor.conclude(game, talks, seed, replication)


@rule(lean=True, inline=True)
def go_on(game, talks, seed, replication):
    """End a round without a settlement: both sides learn and bear its costs. Returns an Ending's number, or 0.

    A belief that nobody reads changes no run, so it is left as it is here.
    """
    for side in range(2):
        if floor.speaks(talks, side):
            floor.look_at(talks, side)
            for learner in range(2):
                if game.sides[learner].ignores_beliefs == 0:
                    moves.learn(game, talks, learner, talks.answers[side] == ACCEPT)
    ending = moves.run_clock(game, talks, seed, replication)
    if ending == 0 or game.world[0].flows == 0:
        moves.bear_costs(game, talks, 0)
        moves.bear_costs(game, talks, 1)
    return ending


@rule(lean=True)
def play(game, talks, sender_proposes, sender_responds, target_proposes, target_responds, seed, replication):
    """Play one run from the opening to the ledger. Returns (ending, rounds the settlement was kept)."""
    public = talks.public[0]
    open_talks(game, talks, seed, replication)
    while True:
        moves.move_world(game, talks, seed, replication)
        moves.move_threats(game, talks)
        floor.open_floor(game, talks, seed, replication)
        moves.face_the_alternative(game, talks, 0, seed, replication)
        moves.face_the_alternative(game, talks, 1, seed, replication)
        answered = meet(
            game, talks, sender_proposes, sender_responds, target_proposes, target_responds, seed, replication
        )
        if answered == WALK_OUT:
            return finish(game, talks, seed, replication, LEFT, 1 - public.proposer)
        accepted = answered == ACCEPT
        if accepted and moves.signs(game, talks):
            moves.lock_part(game, talks)
            if public.part == game.world[0].parts:
                if ratified(game, talks):
                    return finish(game, talks, seed, replication, SETTLED, -1)
                if game.world[0].setback == 0:
                    return finish(game, talks, seed, replication, NOT_RATIFIED, -1)
                moves.reopen(talks)
        elif not accepted:
            moves.carry_out_threats(game, talks, seed, replication)
        ending = go_on(game, talks, seed, replication)
        if ending != 0:
            return finish(game, talks, seed, replication, ending, -1)


@rule(lean=True)
def record(game, talks, ending, kept, run, settlement, in_force):
    """Write the outcome of a finished run into its record, its settled positions, and its threats in force."""
    public = talks.public[0]
    deal = ending == SETTLED or ending == IN_PART
    run.ending, run.rounds = ending, public.round
    run.proposer = (2 if game.world[0].protocol == DOUBLE_AUCTION else public.proposer) if deal else -1
    run.peak_stress, run.threats_executed = public.peak_stress, public.executions
    run.reversed_after = kept if kept < np.inf else np.nan
    run.frontier_distance = closing.distance_to_frontier(game, talks) if deal else np.nan
    run.nash_distance = closing.distance_to_nash(game, talks) if deal else np.nan
    for i in range(2):
        own = talks.owns[i]
        run.payoff[i] = payoff.payoff(talks.ledger, i)
        run.utility[i] = talks.offer[own.kept_column] if deal else np.nan
        run.reservation[i], run.profile[i], run.committed[i] = own.reservation, own.profile, own.committed
        for channel in range(talks.ledger.shape[1]):
            run.ledger[i, channel] = talks.ledger[i, channel]
    for k in range(settlement.shape[0]):
        settlement[k] = talks.package[k] if deal else np.nan
    for j in range(in_force.shape[0]):
        in_force[j] = talks.in_force[j]


Runs = types.Array(numba.from_dtype(RUN), 1, "C")
FUNCTIONS = [types.FunctionType(signature) for signature in (PROPOSE, RESPOND, PROPOSE, RESPOND)]


@rule(types.void(GAME, TALKS, *FUNCTIONS, types.uint64, types.uint64, Runs, Matrix, Matrix), lean=True)
def play_many(
    game, talks, sender_proposes, sender_responds, target_proposes, target_responds, seed, first, runs, settled, in_force
):
    """Play one run for each record of ``runs``, from replication ``first`` on."""
    for n in range(runs.shape[0]):
        replication = first + np.uint64(n)
        ending, kept = play(
            game, talks, sender_proposes, sender_responds, target_proposes, target_responds, seed, replication
        )
        record(game, talks, ending, kept, runs[n], settled[n], in_force[n])


def without_idle_work(game: Game, strategies: tuple[Strategy, Strategy]) -> Game:
    """Return the game with a mark on the sides that ignore their beliefs or their luck: the runs are the same without them."""
    sides = game.sides.copy()
    for side, chosen in zip(Side, strategies, strict=True):
        sides[side]["ignores_beliefs"] = sides[side.other]["voices"] == 1 and BELIEFS not in chosen.reads
        sides[side]["ignores_luck"] = LUCK not in chosen.reads
    return game._replace(sides=sides)


FIRST_SLICE, SLICE = 16, 0.25
"""Runs in the first slice of a batch, and the seconds that a later one takes, about: Ctrl-C is heard between two."""

MOST_RUNS = 10_000_000
"""Runs that a batch may have: all of them are in memory, in some 400 bytes each."""


class SimulationStopped(KeyboardInterrupt):
    """Ctrl-C during a batch. ``outcomes`` are those of the runs that were played before it, from the first on."""

    def __init__(self, outcomes: Outcomes, runs: int) -> None:
        super().__init__(f"Stopped after {len(outcomes):,} of {runs:,} runs, which are the `outcomes` of this exception.")
        self.outcomes = outcomes


def simulate(
    scenario: Scenario,
    replications: int = 10_000,
    seed: int = 0,
    first: int = 0,
    game: Game | None = None,
    between: Callable[[int], None] | None = None,
    strategies: Own | None = None,
) -> Outcomes:
    """Play runs ``first`` to ``first + replications - 1``; the luck of a run depends on its number and the seed alone.

    ``scenario`` is a Scenario, which ``Scenario.load`` makes of a name or a path; TypeError for these themselves.
    ``strategies`` are of the user's own, by side: ``{"target": ns.strategy(propose, respond)}``; see docs/strategies.md.

    ``game`` is ``prepare(scenario)`` if the caller already has it. The runs are played in slices of SLICE seconds, and
    ``between`` is told how many each had; whatever it raises ends the batch. Ctrl-C ends it with a SimulationStopped, a
    KeyboardInterrupt that has the runs played so far. All runs are in memory, so there may be MOST_RUNS. TypeError and
    ValueError as `require_whole` and `require_numbered`.
    """
    require_whole(replications=replications, first=first, seed=seed)
    require_numbered(first, replications)
    if replications > MOST_RUNS:
        remedy = "Play several batches, each with its `first`, or a sweep, which keeps its runs on disk."
        raise ValueError(f"replications = {replications} is out of range. It may be {MOST_RUNS:,} at most. {remedy}")
    game = prepare(scenario) if game is None else game
    sender, target = strategies_of(scenario, strategies)
    game = without_idle_work(seated(game, (sender, target)), (sender, target))
    runs = np.zeros(replications, RUN)
    settlements, in_force = (np.zeros((replications, width)) for width in (len(game.status_quo), len(game.threats)))
    talks, done = new_talks(game), 0
    try:
        for begin, end in slices(replications):
            play_many(
                game, talks, sender.propose, sender.respond, target.propose, target.respond, np.uint64(seed),
                np.uint64(first + begin), runs[begin:end], settlements[begin:end], in_force[begin:end],
            )
            done = end
            if between is not None:
                between(end - begin)
    except KeyboardInterrupt:
        played = Outcomes(scenario, first, runs[:done], settlements[:done], in_force[:done])
        raise SimulationStopped(played, replications) from None
    return Outcomes(scenario, first, runs, settlements, in_force)


def slices(runs: int) -> Iterator[tuple[int, int]]:
    """Yield the first run of each slice of a batch and that of the next; its size follows the time that the last one took."""
    done, size = 0, FIRST_SLICE
    while done < runs:
        end, start = min(runs, done + size), time.perf_counter()
        yield done, end
        size = max(1, int(size * min(8.0, SLICE / max(time.perf_counter() - start, 1e-9))))
        done = end
