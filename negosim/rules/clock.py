"""The clock: who proposes, how much time has passed, when talks end without a deal."""

from __future__ import annotations

from negosim.rules.beliefs import conceded_share
from negosim.rules.compiled import rule

ALTERNATING, RANDOM_PROPOSER, ONE_ROUND, CONCESSION_CLOCK, DOUBLE_AUCTION = range(5)


@rule(lean=True)
def proposer(protocol, first_proposer, proposer_probability, round_number, luck):
    """Return the side that makes the offer of this round.

    Alternating offers (Rubinstein 1982): the first proposer in odd rounds. Random proposer: the sender with the given
    probability, drawn anew each round (Binmore 1987). One round: the first proposer.
    """
    if protocol == RANDOM_PROPOSER:
        return 0 if luck < proposer_probability else 1
    return first_proposer if round_number % 2 == 1 else 1 - first_proposer


@rule(lean=True)
def both_speak(protocol):
    """Return whether both sides table an offer in the same round: on the concession clock and in the double auction."""
    return protocol == CONCESSION_CLOCK or protocol == DOUBLE_AUCTION


@rule(lean=True)
def sender_proposes(protocol, first_proposer, proposer_probability, round_number):
    """Return the probability that the sender makes the offer of a round that is still to come.

    Where both table one, a side that looks ahead reckons with its own and the other's for half each.
    """
    if protocol == RANDOM_PROPOSER:
        return proposer_probability
    if both_speak(protocol):
        return 0.5
    return 1.0 if proposer(protocol, first_proposer, proposer_probability, round_number, 0.0) == 0 else 0.0


@rule(lean=True)
def goes_on(world, round_number):
    """Return the chance that the talks go on after a refusal: no breakdown, no sudden deadline, and a round left.

    At the first deadline the talks go on only if the deadline is moved.
    """
    survives = (1.0 - world.breakdown_hazard) * (1.0 - world.end_hazard)
    if round_number == world.rounds:
        return survives * world.extension_probability if world.extension_rounds > 0 else 0.0
    if round_number >= world.rounds + world.extension_rounds:
        return 0.0
    return survives


@rule(lean=True)
def elapsed_share(world, round_number, part):
    """Return the share of its time that a part of the agenda has used: min(1, t P / (T (p + 1))), at most 1.

    T is the deadline in force in that round. The last part has all the time, so that its last round has 1, also when
    T = 1; the parts before it have to leave the others theirs.
    """
    deadline = world.rounds if round_number <= world.rounds else world.rounds + world.extension_rounds
    return min(1.0, round_number * world.parts / (deadline * (part + 1)))


@rule(lean=True)
def fill_conceded(world, sides, out):
    """Fill ``out`` (2, parts, rounds + 1) with the share of its way that each side has gone: elapsed^toughness.

    It is the same in every run, so it is worked out once. Round 0 is before the talks.
    """
    for side in range(2):
        for part in range(out.shape[1]):
            for t in range(out.shape[2]):
                out[side, part, t] = conceded_share(elapsed_share(world, t, part), sides[side].toughness)
