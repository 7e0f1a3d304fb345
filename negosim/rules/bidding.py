"""Equilibrium bids of the sealed-bid double auction, found by best replies (Chatterjee & Samuelson 1983).

A bid is an own utility demanded. If the sender bids a and the target b, and the frontier leaves the sender A(b) >= a, the
bargain is struck at weight k: the sender has (1 - k) a + k A(b), the target k b + (1 - k) B(a). From truthful bids on, each side
replies to the other's bids with what is best for each of its types against a uniform distribution of the other's, until nothing
moves. The auction has a continuum of equilibria, step functions among them, to which replies type by type run away; so a side's
replies are taken as a straight line in its type. Where utilities are linear the best reply to a line is a line, and this comes to
the linear equilibrium of Chatterjee and Samuelson exactly; elsewhere it is the best line.
"""

from __future__ import annotations

import numpy as np

from negosim.rules.beliefs import TOLERANCE
from negosim.rules.compiled import rule
from negosim.rules.menus import frontier_value

TYPES = 129
"""Types of a side, evenly over the support of its reservation value; bids between them are interpolated."""
COARSE = 64
GOLDEN = 0.6180339887498949
REFINEMENTS = 40
REPLIES = 40  # where utilities are linear each reply leaves a ninth of the gap at most
AT_REST = 1e-7  # a bid is found to the square root of the precision of its gain, about 1e-8


@rule
def expected_gain(bid, nothing, own_share, left):
    """Return the expected gain of a bid over ``nothing``: the integral over types of own_share bid + (1 - own_share) A - nothing.

    ``left`` (types,) is what the other's bids leave, linear between its types; a bargain is struck where it is at least ``bid``.
    """
    gain, cells = 0.0, left.shape[0] - 1
    for c in range(cells):
        low, high = min(left[c], left[c + 1]), max(left[c], left[c + 1])
        if high < bid:
            continue
        share = 1.0 if low >= bid else (high - bid) / (high - low)
        mean = 0.5 * (max(low, bid) + high)
        gain += share * (own_share * bid + (1.0 - own_share) * mean - nothing)
    return gain / cells


@rule
def best_bid(nothing, own_share, left):
    """Return the bid with the highest expected gain, never below ``nothing``: a coarse search, then golden sections.

    A type with which no bargain can be struck bids truthfully.
    """
    top = left.max()
    if top <= nothing:
        return nothing
    best, most, width = nothing, 0.0, (top - nothing) / COARSE
    for i in range(COARSE + 1):
        gain = expected_gain(nothing + i * width, nothing, own_share, left)
        if gain > most:
            best, most = nothing + i * width, gain
    low, high = max(nothing, best - width), min(top, best + width)
    for _ in range(REFINEMENTS):
        first, second = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        if expected_gain(first, nothing, own_share, left) >= expected_gain(second, nothing, own_share, left):
            high = second
        else:
            low = first
    middle = 0.5 * (low + high)
    return middle if expected_gain(middle, nothing, own_share, left) > most else best


@rule
def _left(menu, images, side, bids, interpolate, out):
    """Fill ``out`` (types,) with what each bid of the other side leaves on the frontier for ``side``."""
    own, other = images[side], images[1 - side]
    for n in range(bids.shape[0]):
        out[n] = frontier_value(menu, own.kept_column, other.kept_column, bids[n], side, interpolate)


@rule
def _reply(nothing, own_share, left, bids):
    """Fill ``bids`` (types,) with the line through the best bids, weighted by what they gain.

    The line runs on through the types that can strike no bargain; bending it there would put a kink into the other's replies.
    """
    count = total = moment = square = cross = 0.0
    for n in range(bids.shape[0]):
        bids[n] = best_bid(nothing[n], own_share, left)
        weight = expected_gain(bids[n], nothing[n], own_share, left)
        count += weight
        total += weight * bids[n]
        moment += weight * nothing[n]
        square += weight * nothing[n] * nothing[n]
        cross += weight * nothing[n] * bids[n]
    spread = square * count - moment * moment
    if spread <= TOLERANCE:
        return
    slope = (cross * count - moment * total) / spread
    for n in range(bids.shape[0]):
        bids[n] = (total - slope * moment) / count + slope * nothing[n]


@rule
def solve_bids(world, images, menu, out):
    """Fill ``out`` (2, 2, types) for each side with its reservation values [0] and its bids [1].

    ``images`` (2,) are both sides in round 1; without a bargain a type has its reservation value less what the image expects
    to lose.
    """
    types = out.shape[2]
    nothing, left, bids = np.zeros((2, types)), np.zeros(types), np.zeros(types)
    for i in range(2):
        low, high = images[1 - i].believed_low, images[1 - i].believed_high
        for n in range(types):
            out[i, 0, n] = low + (high - low) * n / (types - 1)
            nothing[i, n] = out[i, 0, n] + images[i].ended - images[i].reservation
            out[i, 1, n] = nothing[i, n]
    for _ in range(REPLIES):
        moved = 0.0
        for i in range(2):
            _left(menu, images, i, out[1 - i, 1], world.interpolate, left)
            _reply(nothing[i], 1.0 - world.auction_weight if i == 0 else world.auction_weight, left, bids)
            for n in range(types):
                moved = max(moved, abs(bids[n] - out[i, 1, n]))
                out[i, 1, n] = bids[n]
        if moved <= AT_REST:
            break
    for i in range(2):
        for n in range(types):
            out[i, 1, n] = max(out[i, 1, n], nothing[i, n])


@rule
def read_bid(reservation, table):
    """Return the bid of a type from a table (2, types), between its neighbours; beyond the support that of the nearest type."""
    types = table.shape[1]
    low, high = table[0, 0], table[0, types - 1]
    if high <= low:
        return table[1, 0]
    place = min(1.0, max(0.0, (reservation - low) / (high - low))) * (types - 1)
    n = min(int(place), types - 2)
    return table[1, n] + (place - n) * (table[1, n + 1] - table[1, n])
