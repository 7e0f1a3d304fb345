"""When two sides that hold out for incompatible demands give way: attrition by reputation, and contests in risk.

The sides are asked in turn, as under alternating offers. Side i has h_i if the other gives way and l_i if it does so itself. In
the turn of j the chance P_j that it gives way must leave i indifferent between giving way before that turn and after it:

    l_i = S_i + G_i [P_j h_i + (1 - P_j)(S_i + G_i l_i)],   S_i = (1 - g) ended_i + g flow_i - cost_i,   G_i = g delta_i,

with g the chance that the talks go on after a round. Attrition (Abreu & Gul 2000): all ordinary types are alike, and it is the
reputation of being committed, z' = z / (1 - P), that ends the war: both reach 1 together, so the side whose reputation grows too
slowly gives way at its first turn with the mass that makes up for it. A contest in risk (Nalebuff 1986; Powell 1999): types
differ in what a breakdown pays them, and P_j is the share of j's remaining types that stop, from the lowest reservation value up.
Before its first turn nobody could have given way to the side that is asked first, so that its first share is free: there is an
equilibrium for each. It is taken as if the sides had been alike half a turn before, which is the symmetric one in small steps.
"""

from __future__ import annotations

import math

import numpy as np

from negosim.rules.beliefs import TOLERANCE, reservation_at
from negosim.rules.clock import ALTERNATING, goes_on, proposer
from negosim.rules.compiled import rule
from negosim.rules.menus import menu_position, read_row
from negosim.rules.payoff import settlement_worth

NEITHER, ATTRITION, RISK = 0, 1, 2
HALVINGS = 60  # to the last digit of a share


@rule(lean=True)
def takes_the_last_chance(own, public, offer):
    """Return whether the talks end with this answer, and what is offered is better than that."""
    return public.goes_on <= 0.0 and settlement_worth(own, offer) >= own.ended - own.round_cost - TOLERANCE


@rule(lean=True)
def may_give_way(own, value):
    """Return whether an offer is one to give way to: at least what the other's demand leaves, and the reservation value."""
    return value >= max(own.reservation, own.gives_way_to) - TOLERANCE


@rule
def stakes_of(images, menu, interpolate):
    """Return (2, 3): what each side wins, h_i by its own demand, and loses, l_i by the other's, and the utility of the latter."""
    stakes, row = np.zeros((2, 3)), np.zeros(menu.shape[1])
    for maker in range(2):
        image = images[maker]
        place = menu_position(menu, image.kept_column, maker, image.committed_demand, interpolate)
        read_row(menu, place, row)
        for i in range(2):
            stakes[i, 0 if i == maker else 1] = settlement_worth(images[i], row)
        stakes[1 - maker, 2] = row[images[1 - maker].kept_column]
    return stakes


@rule(lean=True)
def turn_of(world, round_number):
    """Return the side that is asked in a round: the one that does not propose in it under alternating offers."""
    return 1 - proposer(ALTERNATING, world.first_proposer, world.proposer_probability, round_number, 0.0)


@rule(lean=True)
def needed_chance(world, image, ended, win, lose, round_number):
    """Return the chance P of the other's giving way in a round that makes a side indifferent about giving way just before it.

    ``ended`` is what a breakdown pays the side. 0 where it would rather wait in any case, 1 where it never would.
    """
    before, now = goes_on(world, round_number - 1), goes_on(world, round_number)
    weight = before * image.discount
    if weight <= 0.0:
        return 1.0
    held = (1.0 - now) * ended - image.round_cost + now * image.round_flow + now * image.discount * lose
    needed = (lose - (1.0 - before) * ended + image.round_cost - before * image.round_flow) / weight
    if win <= held:
        return 0.0 if needed <= held else 1.0
    return min(1.0, max(0.0, (needed - held) / (win - held)))


@rule
def _needed(world, images, stakes, chances):
    """Fill ``chances`` (rounds + 1,) with the needed chance of the side asked in each round, all ordinary types being alike."""
    for t in range(2, chances.shape[0]):
        i = 1 - turn_of(world, t)
        chances[t] = needed_chance(world, images[i], images[i].ended, stakes[i, 0], stakes[i, 1], t)


@rule
def _certain_from(world, side, prior, chances):
    """Return the first round by whose end a side's reputation has come to 1; one past the last round if none has."""
    reputation = prior
    for t in range(1, chances.shape[0]):
        if turn_of(world, t) == side:
            left = 1.0 - chances[t]
            if reputation >= left:
                return t
            reputation /= left
    return chances.shape[0]


@rule
def _first_mass(world, side, prior, chances, last):
    """Return (first turn, chance of giving way in it) that bring a side's reputation to 1 in its last turn before ``last``.

    The turn is 0 if the side has none before ``last``.
    """
    first, left = 0, 1.0
    for t in range(1, last):
        if turn_of(world, t) == side:
            if first == 0:
                first = t
            else:
                left *= 1.0 - chances[t]
    return first, max(0.0, 1.0 - prior / left)


@rule
def _by_reputation(world, side, prior, chances, out):
    """Fill ``out`` (rounds + 1,) with the chance that an ordinary type gives way, given the chances of all types together."""
    reputation = prior
    for t in range(1, out.shape[0]):
        out[t] = 0.0
        if turn_of(world, t) == side:
            total = min(chances[t], 1.0 - reputation)
            out[t] = total / (1.0 - reputation) if reputation < 1.0 - TOLERANCE else 1.0
            reputation = min(1.0, reputation / (1.0 - total)) if total < 1.0 else 1.0


@rule
def wear_down(world, images, stakes, priors, out):
    """Fill ``out`` (2, rounds + 1) with each side's chance of giving way in each round of a war of attrition.

    ``priors`` (2,) are the reputations at first. A side that loses less by no deal than by giving way does not give way.
    """
    rounds = out.shape[1]
    chances, prior = np.zeros(rounds), priors.copy()
    for i in range(2):
        if stakes[i, 1] <= images[i].ended:
            prior[i] = 1.0
    _needed(world, images, stakes, chances)
    ends = (_certain_from(world, 0, prior[0], chances), _certain_from(world, 1, prior[1], chances))
    last = min(ends)
    if last < rounds:
        weak = 1 if ends[0] < ends[1] else 0
        first, mass = _first_mass(world, weak, prior[weak], chances, last)
        if first > 0:
            chances[first] = max(mass, chances[first])
        for t in range(last, rounds):
            if turn_of(world, t) == weak:
                chances[t] = 1.0  # against a side that is surely committed
    for i in range(2):
        _by_reputation(world, i, prior[i], chances, out[i])
        if stakes[i, 1] <= images[i].ended:
            out[i, :] = 0.0


@rule
def _first_share(world, image, low, high, tilt, win, lose, ordinary):
    """Return the share of its ordinary types that the side asked first lets give way at its first turn, by bisection.

    ``image`` and its prior are the other side's: 1 - (1 - ordinary s)^2, the chance in two such halves of a turn, is what its
    type at the share s needs.
    """
    least, most = 0.0, 1.0
    for _ in range(HALVINGS):
        share = 0.5 * (least + most)
        ended = image.ended + reservation_at(low, high, tilt, share) - image.reservation
        if 1.0 - (1.0 - ordinary * share) ** 2 < needed_chance(world, image, ended, win, lose, 1):
            least = share
        else:
            most = share
    return most


@rule
def run_risks(world, images, stakes, priors, out):
    """Fill ``out`` (2, rounds + 1, 2 or more) for a contest in risk: (nan, highest reservation value that has given way).

    The types of a side have the prior that its image's opponent believes in; ``gone`` is the share of them that has given way.
    Where a side has but one type its chance of giving way is entered instead, as in attrition.
    """
    low = np.array([images[1].believed_low, images[0].believed_low])
    high = np.array([images[1].believed_high, images[0].believed_high])
    tilt = np.array([images[1].believed_tilt, images[0].believed_tilt])
    margin, gone, reputation = low - TOLERANCE, np.zeros(2), priors.copy()
    out[:, :, 0], out[:, :, 1] = math.nan, -math.inf
    for t in range(1, out.shape[1]):
        j = turn_of(world, t)
        i = 1 - j
        ordinary = 1.0 - reputation[j]
        if t == 1:
            share = _first_share(world, images[i], low[i], high[i], tilt[i], stakes[i, 0], stakes[i, 1], ordinary)
        else:
            ended = images[i].ended + max(margin[i], low[i]) - images[i].reservation
            chance = needed_chance(world, images[i], ended, stakes[i, 0], stakes[i, 1], t)
            share = min(1.0, chance / ordinary) if ordinary > TOLERANCE else 1.0
        reputation[j] = min(1.0, reputation[j] / (1.0 - ordinary * share)) if ordinary * share < 1.0 else 1.0
        if share > 0.0:
            gone[j] += share * (1.0 - gone[j])
            margin[j] = reservation_at(low[j], high[j], tilt[j], gone[j])
        out[j, t, 1] = margin[j]
        out[i, t, 1] = margin[i]
        if high[j] <= low[j]:
            out[j, t, 0], out[j, t, 1] = share, math.nan
        if high[i] <= low[i]:
            out[i, t, 0], out[i, t, 1] = 0.0, math.nan


@rule
def hold_out(world, images, menu, priors, kinds, out):
    """Fill ``out`` (2, rounds + 1, 3) for the sides whose kind in ``kinds`` (2,) is ATTRITION or RISK; NaN for any other.

    ``images`` (2,) are both sides as they stand in round 1, ``menu`` the frontier of mean priorities. A side gives way to what
    the other's demand leaves it, and not to less; where priorities are in doubt it cannot tell, and gives way to any demand.
    """
    stakes = stakes_of(images, menu, world.interpolate)
    worn = np.zeros((2, out.shape[1]))
    wear_down(world, images, stakes, priors, worn)
    risked = np.zeros(out.shape)
    run_risks(world, images, stakes, priors, risked)
    out[:, :, :] = math.nan
    for i in range(2):
        if kinds[i] == ATTRITION:
            out[i, :, 0] = worn[i]
        elif kinds[i] == RISK:
            out[i] = risked[i]
        if kinds[i] != NEITHER:
            known = images[0].other_voices == 1 and images[1].other_voices == 1
            out[i, :, 2] = stakes[i, 2] if known else -math.inf
