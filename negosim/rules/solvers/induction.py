"""Backward induction on both sides at once: subgame-perfect play where nothing is private (Stahl 1972; Rubinstein 1982).

From the last round back, the proposer tables the package that is worth most to it among those that the other prefers to what it
has otherwise: going on, or leaving for its outside option (Binmore, Shaked & Sutton 1989). State: the threatened damage and the
share of it carried out. Levels of damage are spaced evenly in logs, as they move (``level_at``); between them, and beyond both
ends, going on is taken to be linear in damage. Each side takes the other for its image, the mean of its prior, and each of its
own types plays what is best for it against the play of two such images.
Left out: learning, changes of trust, audience costs, credibility and stress still to move, votes that have narrowed the homes.
"""

from __future__ import annotations

import math

import numpy as np

from negosim.rules.beliefs import TOLERANCE
from negosim.rules.clock import goes_on, sender_proposes
from negosim.rules.columns import ratifier_column
from negosim.rules.compiled import rule
from negosim.rules.menus import read_row
from negosim.rules.payoff import settlement_worth
from negosim.rules.ratification import ratification
from negosim.rules.solvers.continuation import base_place
from negosim.rules.solvers.foresight import without_deal

GOLDEN = 0.6180339887498949
REFINEMENTS = 60
ROUNDING = 1e-12  # much less than TOLERANCE, or each round back would take that much from the other side


@rule
def deal_worth(record, row, homes, home_column, failed):
    """Return what signing is worth to a side: Q w + (1 - Q) f, Q the chance that the deal passes at home."""
    passes = ratification(row, homes, home_column)
    return passes * settlement_worth(record, row) + (1.0 - passes) * failed


@rule
def _values(menu, place, mine, theirs, homes, public, need, failed, row):
    """Return (worth to me, worth to the other) of the package at a place; to me minus infinity if it is not to be tabled.

    That is where it is not worth ``need`` to the other or, with flows, where homes are sure to reject it.
    """
    read_row(menu, place, row)
    worth = deal_worth(theirs, row, homes, public.home_column, failed[1])
    if worth < need - ROUNDING or (mine.wants_gain == 1 and ratification(row, homes, public.home_column) <= 0.0):
        return -math.inf, worth
    return deal_worth(mine, row, homes, public.home_column, failed[0]), worth


@rule
def _best_start(menu, mine, theirs, homes, public, need, failed, row):
    """Return (place, worth to me, worth to the other) of the best node or, between nodes, of where a home is just sure.

    A threshold at home is a step in what a deal is worth, and between it and what the other needs there may be no node. Nodes are
    looked at from the other's end, so that of packages worth the same it is the one best for the other.
    """
    best, most, left = -1.0, -math.inf, -math.inf
    for i in range(menu.shape[0]):
        m = i if mine.side == 0 else menu.shape[0] - 1 - i
        value, worth = _values(menu, float(m), mine, theirs, homes, public, need, failed, row)
        if value > most:
            best, most, left = float(m), value, worth
    for r in range(homes.shape[0] if public.interpolate != 0 else 0):
        sure, column = homes[r, 1] + ROUNDING, ratifier_column(public.home_column, r)
        for m in range(menu.shape[0] - 1):
            if (menu[m, column] - sure) * (menu[m + 1, column] - sure) < 0.0:
                place = m + (sure - menu[m, column]) / (menu[m + 1, column] - menu[m, column])
                value, worth = _values(menu, place, mine, theirs, homes, public, need, failed, row)
                if value > most:
                    best, most, left = place, value, worth
    return best, most, left


@rule
def best_acceptable(menu, mine, theirs, homes, public, need, failed, row):
    """Return (place, worth to me, worth to the other) of the best package that is worth at least ``need`` to the other.

    ``failed`` (2,) is what a failure at home leaves me and the other. Place -1 and minus infinity if nothing is worth ``need``.
    From the best start golden sections lead towards the nodes at both its sides: to the limit of what the other takes or homes
    pass, or to a peak.
    """
    start, most, left = _best_start(menu, mine, theirs, homes, public, need, failed, row)
    place = start
    if start < 0.0 or public.interpolate == 0:
        return place, most, left
    for node in (math.ceil(start) - 1.0, math.floor(start) + 1.0):
        if node < 0.0 or node > menu.shape[0] - 1.0:
            continue
        low, high = 0.0, 1.0
        for _ in range(REFINEMENTS):
            near, far = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
            first, second = start + near * (node - start), start + far * (node - start)
            at_near, near_left = _values(menu, first, mine, theirs, homes, public, need, failed, row)
            at_far, far_left = _values(menu, second, mine, theirs, homes, public, need, failed, row)
            if at_near > most:
                place, most, left = first, at_near, near_left
            if at_far > most:
                place, most, left = second, at_far, far_left
            if at_near >= at_far:
                high = far
            else:
                low = near
    return place, most, left


@rule
def alternative(record, goes, going):
    """Return what a refusal is worth to a side: (1 - g) ended + g (going on + flow of the round) - cost of the round."""
    return (1.0 - goes) * record.ended + goes * (going + record.round_flow) - record.round_cost


@rule
def needs(record, refused):
    """Return (what a side must be offered, whether it would leave rather than refuse)."""
    leaves = not math.isnan(record.outside_option) and record.outside_option > refused + TOLERANCE
    return (record.outside_option if leaves else refused), leaves


@rule
def best_move(menu, mine, theirs, homes, public, refused, row):
    """Return (place, worth to me, worth to the other) of a proposer's best move; place -1 if it wants no agreement now.

    ``refused`` (2,) is what a refusal is worth to me and to the other.
    """
    need, leaves = needs(theirs, refused[1])
    failed = (mine.no_deal, theirs.no_deal) if public.ends_on_failure else (refused[0], refused[1])
    place, most, left = best_acceptable(menu, mine, theirs, homes, public, need, failed, row)
    nothing = mine.no_deal if leaves else refused[0]
    if place >= 0.0 and most >= nothing - TOLERANCE:
        return place, most, left
    return -1.0, nothing, need


@rule(lean=True)
def level_at(low, step, place):
    """Return the level of damage at a place of the grid, low exp(step place)."""
    return low * math.exp(step * place)


@rule(lean=True)
def level_place(level, low, step, count):
    """Return (index, share) of a level between two of the grid; outside it the last interval is continued in levels."""
    if count == 1:
        return 0, 0.0
    index = min(int(math.log(level / low) / step), count - 2) if level > low else 0
    below = level_at(low, step, index)
    return index, (level - below) / (level_at(low, step, index + 1) - below)


@rule
def _threatened(own, other):
    """Return (damage threatened to both sides together, share of it in force): what one gains does not cancel the other's."""
    mine, theirs = abs(own.level), abs(other.level)
    level = mine + theirs
    if other.level == 0.0 or own.level == 0.0:
        return level, other.executed_share if own.level == 0.0 else own.executed_share
    return level, (mine * own.executed_share + theirs * other.executed_share) / level


@rule
def going_on_now(own, other, public, outlook, whose):
    """Return what going on is worth in this round, to me (``whose`` = 0) or the other (1), read from the table."""
    rounds, types, levels, _, _, _ = outlook.shape
    level, executed_share = _threatened(own, other)
    place = level_place(level, own.level_low, own.level_step, levels)
    b, share = base_place(own.base, own.base_low, own.base_step, types)
    round_now = min(public.round, rounds - 1)
    worth = _read(outlook[round_now, b], place, executed_share, whose)
    if share != 0.0:
        worth += share * (_read(outlook[round_now, b + 1], place, executed_share, whose) - worth)
    return worth


@rule
def _read(table, place, executed_share, whose):
    """Return a number of a table (level, share, whose, 1) at a place between its levels."""
    (v, weight), (levels, shares, _, _), worth = place, table.shape, 0.0
    for e in range(shares):
        carried_out = 1.0 if shares == 1 else (executed_share if e == 1 else 1.0 - executed_share)
        low = table[v, e, whose, 0]
        high = table[v + 1, e, whose, 0] if levels > 1 else low
        worth += carried_out * (low + weight * (high - low))
    return worth


@rule
def now(own, other, public, outlook):
    """Return (worth of a refusal to me, to the other) in this round, read from the table."""
    mine = alternative(own, public.goes_on, going_on_now(own, other, public, outlook, 0))
    return mine, alternative(other, public.goes_on, going_on_now(own, other, public, outlook, 1))


@rule
def _face(image, public, borne, expected):
    """Enter what an image faces at a damage (in force, pending), as ``moves.face_the_alternative`` does in the run."""
    in_force, pending = borne
    execution, early, bears = expected.execution, expected.early, expected.share
    image.tail = expected.tail
    image.no_deal = image.base - image.tail - bears * without_deal(in_force, pending, execution)
    image.ended = image.base - image.tail - bears * without_deal(in_force, pending, early + (1.0 - early) * execution)
    felt = in_force + early * pending
    image.round_cost = expected.round_pain * felt + expected.round_cost
    image.round_flow = expected.flow - expected.flow_pain * felt
    image.punished_deal = bears * expected.punished * (in_force + pending)


@rule
def _type_value(game, images, public, menu, proposer, side, place, refused, row):
    """Return what a round is worth to the type of ``side`` that its image stands for, if the other plays as two images do.

    ``place`` is where the other would make its offer, -1 if it wants no agreement now; ``refused`` (2,) what a refusal is worth
    to the type and to the other.
    """
    me = images[side]
    if proposer == side:
        return best_move(menu, me, images[1 - side], game.homes, public, refused, row)[1]
    need, _ = needs(me, refused[0])
    if place < 0.0:
        return need
    read_row(menu, place, row)
    deal = deal_worth(me, row, game.homes, public.home_column, me.no_deal if public.ends_on_failure else refused[0])
    passes = ratification(row, game.homes, public.home_column) > 0.0
    return deal if passes and deal >= need - ROUNDING else need


@rule
def _type_values(game, images, public, menu, proposer, chance, side, place, refusal, cell, following, values, row):
    """Add to ``values`` (types, levels, shares) at a cell what a round with this proposer is worth to each type of ``side``.

    ``refusal`` is (chance to go on, worth of a refusal to the other).
    """
    (v, e), me = cell, images[side]
    base, no_deal, ended = me.base, me.no_deal, me.ended
    refused = np.array([0.0, refusal[1]])
    for b in range(values.shape[0]):
        me.base = game.sides[side].base_low + b * game.sides[side].base_step
        me.no_deal, me.ended = no_deal + (me.base - base), ended + (me.base - base)
        refused[0] = alternative(me, refusal[0], following[b, v, e])
        values[b, v, e] += chance * _type_value(game, images, public, menu, proposer, side, place, refused, row)
    me.base, me.no_deal, me.ended = base, no_deal, ended


@rule
def _round_values(game, images, public, menu, t, side, expected, following, values, row):
    """Fill ``values`` (2 + types, levels, shares) with what round t is worth, given what going on after it is.

    To both images, and to the types of ``side``, if it has more than one.
    """
    world, low, step = game.world[0], game.sides[side].level_low, game.sides[side].level_step
    goes = goes_on(world, t)
    first = sender_proposes(world.protocol, world.first_proposer, world.proposer_probability, t)
    refused = np.zeros(2)
    for i in range(2):
        images[i].outside_option = game.sides[i].outside_option + game.sides[i].outside_option_trend * (t - 1)
    for v in range(values.shape[1]):
        for e in range(values.shape[2]):
            level = level_at(low, step, v)
            for i in range(2):
                _face(images[i], public, (level * e, level * (1 - e)), expected[i])
            for j in range(2):
                chance = first if j == 0 else 1.0 - first
                if chance > 0.0:
                    for i in range(2):
                        who = j if i == 0 else 1 - j
                        refused[i] = alternative(images[who], goes, following[who, v, e])
                    place, mine, theirs = best_move(menu, images[j], images[1 - j], game.homes, public, refused, row)
                    values[j, v, e] += chance * mine
                    values[1 - j, v, e] += chance * theirs
                    refusal = (goes, refused[1 if j == side else 0])
                    _type_values(
                        game, images, public, menu, j, chance, side, place, refusal, (v, e), following[2:], values[2:], row
                    )


@rule
def _going_on(discount, values, states, volatility, early, ahead):
    """Fill ``ahead`` (levels, shares) with delta E[values of the next round]: threats are carried out early, levels move.

    The log of a level that is not carried out moves by one of three shocks with the mean and variance of the normal's.
    """
    (low, step), (levels, shares) = states, values.shape
    spread = math.sqrt(3.0) * volatility
    drift = -math.log((4.0 + math.exp(spread) + math.exp(-spread)) / 6.0)
    for v in range(levels):
        level = level_at(low, step, v)
        for e in range(shares):
            expected = 0.0
            for after in range(e, shares):  # what is carried out moves no more
                chance = 1.0 if e == 1 or shares == 1 else (early if after == 1 else 1.0 - early)
                if after == 1:
                    expected += chance * values[v, 1]
                    continue
                for h in range(3):
                    moved = level * math.exp(drift + (h - 1) * spread)
                    k, weight = level_place(moved, low, step, levels)
                    below = values[k, 0]
                    above = values[k + 1, 0] if levels > 1 else below
                    expected += chance * (2.0 / 3.0 if h == 1 else 1.0 / 6.0) * (below + weight * (above - below))
            ahead[v, e] = discount * expected


@rule
def solve_induction(game, images, public, menu, side, expected, out):
    """Fill ``out`` (rounds + 1, type, level, share, 2, 1): what going on after a round is worth, to the side and to the other.

    ``images`` (2,) and ``public`` are both sides and the public record in round 1, ``expected`` (2,) the EXPECTED of both sides
    by unit of the damage to both together. A side with a single type is its image.
    """
    states, types = (game.sides[side].level_low, game.sides[side].level_step), out.shape[1]
    last, row = out.shape[0] - 1, np.empty(menu.shape[1])
    following = np.zeros((2 + (types if types > 1 else 0), out.shape[2], out.shape[3]))
    out[:] = 0.0
    for t in range(last, 1, -1):
        values = np.zeros(following.shape)
        _round_values(game, images, public, menu, t, side, expected, following, values, row)
        for k in range(following.shape[0]):
            i = k if k < 2 else side
            _going_on(images[i].discount, values[k], states, expected[i].volatility, expected[i].early, following[k])
        for b in range(types):
            out[t - 1, b, :, :, 0, 0] = following[2 + b if types > 1 else side]
            out[t - 1, b, :, :, 1, 0] = following[1 - side]
