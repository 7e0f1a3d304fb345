"""The outlook: what going on is worth after a refusal, read from a table that ``foresight`` solved once.

Axes of a table: (round, own base payoff, threatened damage, share carried out, mean of the believed reservation value,
mass of the committed type). The first three are interpolated, and continued, linearly.
"""

from __future__ import annotations

import math

import numpy as np

from negosim.rules.beliefs import summary
from negosim.rules.compiled import rule


@rule
def _place(value, low, step, count):
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


@rule
def outlook_now(own, threatened, public, outlook):
    """Return the sheet (mean, committed) of what going on is worth in this round to a side in its present state.

    ``threatened`` is the record of the side whose threats are looked up: the own one, or the image of the other side.
    """
    rounds, bases, levels, shares, means, masses = outlook.shape
    table = outlook[min(public.round, rounds - 1)]
    b, b_share = _place(own.base, own.base_low, own.base_step, bases)
    v, v_share = _place(threatened.level, own.level_low, own.level_step, levels)
    e_share = threatened.executed_share if shares > 1 else 0.0
    sheet = np.zeros((means, masses))
    for i in range(2 if b_share != 0.0 else 1):
        for j in range(2 if v_share != 0.0 else 1):
            for e in range(2 if e_share != 0.0 else 1):
                weight = b_share if i else 1.0 - b_share
                weight *= v_share if j else 1.0 - v_share
                weight *= e_share if e else 1.0 - e_share
                cell = table[b + i, v + j, e]
                for m in range(means):
                    for z in range(masses):
                        sheet[m, z] += weight * cell[m, z]
    return sheet


@rule(lean=True, inline=True)
def read_sheet(sheet, mean_place, committed):
    """Return a sheet's value at a place of the mean and a place of the committed mass, both within the grid."""
    means, masses = sheet.shape
    m = min(int(mean_place), max(means - 2, 0))
    z = min(int(committed), max(masses - 2, 0))
    m_share, z_share = mean_place - m, committed - z
    value = sheet[m, z]
    if z_share > 0.0:
        value += z_share * (sheet[m, z + 1] - sheet[m, z])
    if m_share > 0.0:
        above = sheet[m + 1, z]
        if z_share > 0.0:
            above += z_share * (sheet[m + 1, z + 1] - sheet[m + 1, z])
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
def after_refusal(own, public, sheet, mean, committed):
    """Return what a refusal is worth: (1 - g) ended + g going on - cost of the round, g the chance that the talks go on.

    With no round left (g = 0) it is the exact payoff of a refusal, so that the last round is the one-shot game.
    """
    if public.goes_on <= 0.0:
        return own.ended - own.round_cost
    place = mean_place(own, mean, sheet.shape[0])
    going_on = read_sheet(sheet, place, committed_place(committed, sheet.shape[1]))
    return (1.0 - public.goes_on) * own.ended + public.goes_on * going_on - own.round_cost


@rule
def if_nothing_learnt(own, public, belief, sheet):
    """Return the worth of a refusal at the present belief."""
    mean, committed = summary(belief, own)
    return after_refusal(own, public, sheet, mean, committed)
