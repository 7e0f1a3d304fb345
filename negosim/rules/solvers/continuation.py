"""The outlook: what going on is worth after a refusal, read from a table that ``foresight`` solved once.

Axes of a table: (round, own base payoff, threatened damage, share carried out, mean of the believed reservation value,
mass of the committed type). The first three are interpolated, and continued, linearly.
"""

from __future__ import annotations

import math

import numpy as np

from negosim.rules.beliefs import summary
from negosim.rules.compiled import rule


@rule(lean=True, inline=True)
def base_place(value, low, step, count):
    """Return (index, share) of a value on an even grid; outside it the last interval is continued."""
    if count == 1:
        return 0, 0.0
    place = (value - low) / step
    index = min(max(math.floor(place), 0), count - 2)
    return index, place - index


@rule(lean=True, inline=True)
def committed_place(mass, count):
    """Return the place of a committed mass on its grid, which is finer near zero: mass = (j / (count - 1))^2."""
    return math.sqrt(min(1.0, max(0.0, mass))) * (count - 1)


@rule(lean=True, inline=True)
def _state(own, public, outlook):
    """Return the places of a side's present state in its table: round, then (index, share) of base, damage and share of it."""
    rounds, bases, levels, shares, _, _ = outlook.shape
    b, b_share = base_place(own.base, own.base_low, own.base_step, bases)
    v, v_share = base_place(own.level, own.level_low, own.level_step, levels)
    return min(public.round, rounds - 1), b, b_share, v, v_share, own.executed_share if shares > 1 else 0.0


@rule(lean=True, inline=True)
def _weight(state, i, j, e):
    """Return the weight of a corner of the cell in which a state lies: i, j and e say which end of base, damage and share."""
    _, _, b_share, _, v_share, e_share = state
    weight = b_share if i else 1.0 - b_share
    weight *= v_share if j else 1.0 - v_share
    weight *= e_share if e else 1.0 - e_share
    return weight


@rule(lean=True, inline=True)
def _corners(state):
    """Return how many ends of base, damage and share have a weight: 1 where the state lies on the grid."""
    return 2 if state[2] != 0.0 else 1, 2 if state[4] != 0.0 else 1, 2 if state[5] != 0.0 else 1


@rule
def outlook_now(own, public, outlook):
    """Return the sheet (mean, committed) of what going on is worth in this round to a side in its present state.

    In the last round, after which talks cannot go on, nobody reads it, and it is left empty.
    """
    sheet = np.zeros(outlook.shape[4:])
    if public.goes_on > 0.0:
        state = _state(own, public, outlook)
        bases, levels, shares = _corners(state)
        for i in range(bases):
            for j in range(levels):
                for e in range(shares):
                    weight, cell = _weight(state, i, j, e), outlook[state[0], state[1] + i, state[3] + j, e]
                    for m in range(sheet.shape[0]):
                        for z in range(sheet.shape[1]):
                            sheet[m, z] += weight * cell[m, z]
    return sheet


@rule(lean=True)
def _entry(outlook, state, m, z):
    """Return one entry (m, z) of the sheet of ``outlook_now``, by the same sum."""
    bases, levels, shares = _corners(state)
    value = 0.0
    for i in range(bases):
        for j in range(levels):
            for e in range(shares):
                value += _weight(state, i, j, e) * outlook[state[0], state[1] + i, state[3] + j, e, m, z]
    return value


@rule(lean=True, inline=True)
def _cell(place, count):
    """Return (index, share) of a place within a grid of so many nodes."""
    index = min(int(place), max(count - 2, 0))
    return index, place - index


@rule(lean=True, inline=True)
def read_sheet(sheet, mean_place, committed):
    """Return a sheet's value at a place of the mean and a place of the committed mass, both within the grid."""
    m, m_share = _cell(mean_place, sheet.shape[0])
    z, z_share = _cell(committed, sheet.shape[1])
    value = sheet[m, z]
    if z_share > 0.0:
        value += z_share * (sheet[m, z + 1] - sheet[m, z])
    if m_share > 0.0:
        above = sheet[m + 1, z]
        if z_share > 0.0:
            above += z_share * (sheet[m + 1, z + 1] - sheet[m + 1, z])
        value += m_share * (above - value)
    return value


@rule(lean=True)
def read_outlook(own, public, outlook, mean_place, committed):
    """Return what ``read_sheet`` would of the sheet in this round, without making the whole sheet."""
    state = _state(own, public, outlook)
    m, m_share = _cell(mean_place, outlook.shape[4])
    z, z_share = _cell(committed, outlook.shape[5])
    value = corner = _entry(outlook, state, m, z)
    if z_share > 0.0:
        value += z_share * (_entry(outlook, state, m, z + 1) - corner)
    if m_share > 0.0:
        above = corner = _entry(outlook, state, m + 1, z)
        if z_share > 0.0:
            above += z_share * (_entry(outlook, state, m + 1, z + 1) - corner)
        value += m_share * (above - value)
    return value


@rule(lean=True, inline=True)
def mean_place(own, mean, count):
    """Return the place of a mean reservation value on the grid over its support."""
    if count == 1 or own.believed_high <= own.believed_low:
        return 0.0
    share = (mean - own.believed_low) / (own.believed_high - own.believed_low)
    return min(1.0, max(0.0, share)) * (count - 1)


@rule(lean=True, inline=True)
def _after(own, public, going_on):
    """Return what a refusal is worth: (1 - g) ended + g (going on + flow of the round) - its cost, g the chance to go on."""
    return (1.0 - public.goes_on) * own.ended + public.goes_on * (going_on + own.round_flow) - own.round_cost


@rule(lean=True, inline=True)
def after_refusal(own, public, sheet, mean, committed):
    """Return what a refusal is worth at the belief that it leaves, with the sheet of ``outlook_now``.

    With no round left it is the exact payoff of a refusal, so that the last round is the one-shot game.
    """
    if public.goes_on <= 0.0:
        return own.ended - own.round_cost
    place = mean_place(own, mean, sheet.shape[0])
    return _after(own, public, read_sheet(sheet, place, committed_place(committed, sheet.shape[1])))


@rule(lean=True)
def if_nothing_learnt(own, public, belief, outlook):
    """Return what a refusal is worth at the present belief."""
    if public.goes_on <= 0.0:
        return own.ended - own.round_cost
    mean, committed = summary(belief, own)
    place = mean_place(own, mean, outlook.shape[4])
    return _after(own, public, read_outlook(own, public, outlook, place, committed_place(committed, outlook.shape[5])))
