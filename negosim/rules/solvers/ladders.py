"""Ladders of concessions: a side's distinct utilities from the best down, and how far down each side has come (de Jonge 2022).

On a finite domain the rungs are the distinct utilities of all outcomes, on any other those of the nodes of the frontier.
"""

from __future__ import annotations

import numpy as np

from negosim.rules.beliefs import TOLERANCE
from negosim.rules.compiled import rule
from negosim.rules.menus import menu_position, package_utility, read_row

OUTCOMES = 100_000
"""Domains with more outcomes than this are taken by the nodes of their frontier."""


@rule
def count_outcomes(levels):
    """Return the number of outcomes of a domain, 0 if it is not finite or has more than OUTCOMES."""
    count = 1
    for k in range(levels.shape[0]):
        count *= levels[k]
        if count == 0 or count > OUTCOMES:
            return 0
    return count


@rule
def outcome_utilities(game, side, profile):
    """Return the utilities (outcomes,) of every outcome of a finite domain to a profile of a side."""
    count, issues = count_outcomes(game.levels), game.levels.shape[0]
    utilities, package = np.empty(count), np.empty(issues)
    for n in range(count):
        rest = n
        for k in range(issues):
            package[k] = (rest % game.levels[k]) / (game.levels[k] - 1)
            rest //= game.levels[k]
        utilities[n] = package_utility(game, side, profile, package)
    return utilities


@rule
def distinct(utilities):
    """Return distinct utilities from the highest down; what differs by no more than rounding is one, the least of it.

    The least, as a package is tabled if it is worth a rung: one that misses it by rounding would be passed over.
    """
    ordered = np.sort(utilities)[::-1]
    kept = np.empty(ordered.shape[0])
    count, highest = 0, np.inf
    for value in ordered:
        if value < highest - TOLERANCE:
            highest = value
            count += 1
        kept[count - 1] = value
    return kept[:count].copy()


@rule
def last_rungs(ladder, menu, column, side, interpolate):
    """Return (rungs,) the last rung at which the package tabled is worth as much to its maker as at this one."""
    count = ladder.shape[0]
    worth, row, last = np.empty(count), np.empty(menu.shape[1]), np.empty(count)
    for n in range(count):
        read_row(menu, menu_position(menu, column, side, ladder[n], interpolate), row)
        worth[n] = row[column]
    for n in range(count - 1, -1, -1):
        same = n + 1 < count and worth[n + 1] >= worth[n] - TOLERANCE
        last[n] = last[n + 1] if same else n
    return last


@rule
def rung_of(ladder, level):
    """Return the lowest rung worth at least ``level``, -1 if there is none; ``ladder`` may be filled up with -1."""
    low, high = -1, ladder.shape[0] - 1
    while low < high:
        middle = (low + high + 1) // 2
        if ladder[middle] >= level - TOLERANCE:
            low = middle
        else:
            high = middle - 1
    return low


@rule
def next_rung(own, ladders, received, other_demand):
    """Return the utility of a side's next proposal: one rung down if the other has made at least as many proposals as it.

    ``ladders`` (3, rungs): the side's own, the other's, and ``last_rungs`` of the other's. The other has made as many
    proposals as were received, but no more than fit what its last one was worth to it: who only repeats itself gives nothing.
    """
    mine = rung_of(ladders[0], own.demanded) if own.offers_made > 0 else -1
    theirs = 0
    if received > 0:
        theirs = min(received, int(ladders[2, max(0, rung_of(ladders[1], other_demand))]) + 1)
    following = mine + 1 if mine + 1 <= theirs else mine
    last = ladders.shape[1] - 1
    following = min(max(following, 0), last)
    while following > 0 and ladders[0, following] < own.reservation - TOLERANCE:
        following -= 1
    return max(ladders[0, following], own.reservation)
