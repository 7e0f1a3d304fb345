"""Straight lines of bids of the sealed-bid double auction, found by best replies (Chatterjee & Samuelson 1983).

A bid is an own utility demanded. If the sender bids a and the target b, and the frontier leaves the sender A(b) >= a, the
bargain is struck at weight k: the sender has (1 - k) a + k A(b), the target k b + (1 - k) B(a). From truthful bids on, both sides
reply at once to the other's bids with what is best for each of their types, each reply taken as a straight line in the
reservation value. Where utilities are linear the best reply to a line is a line, each pair of replies leaves a ninth of the gap
at most, and this comes to the linear equilibrium of Chatterjee and Samuelson exactly. Elsewhere no lines may be in equilibrium:
``gain_by_deviating`` says how far a pair of them is from it.
"""

from __future__ import annotations

import math

import numpy as np

from negosim.rules.beliefs import TOLERANCE
from negosim.rules.compiled import rule
from negosim.rules.menus import frontier_value

ANSWERED = 8
"""Lines are found against every so many of the other side's types, what its bids leave between them being interpolated."""
ANSWERING = 32
"""And they are laid through the best bids of every so many of the own types; as many are tried for a better bid in the end."""
COARSE = 32
GOLDEN = 0.6180339887498949
REFINEMENTS = 40
REPLIES = 20  # each leaves a third of the gap at most where utilities are linear
AT_REST = 1e-5  # bids are found to about 1e-8, and where their gains are small to 1e-6


@rule(lean=True)
def expected_gain(bid, least, own_share, left):
    """Return the expected gain of a bid over ``least``: the integral over types of own_share bid + (1 - own_share) A - least.

    ``left`` (types,) is what the other's bids leave, linear between its types; a bargain is struck where it is at least ``bid``.
    """
    gain, cells = 0.0, left.shape[0] - 1
    for c in range(cells):
        low, high = min(left[c], left[c + 1]), max(left[c], left[c + 1])
        if high < bid:
            continue
        share = 1.0 if low >= bid else (high - bid) / (high - low)
        mean = 0.5 * (max(low, bid) + high)
        gain += share * (own_share * bid + (1.0 - own_share) * mean - least)
    return gain / cells


@rule
def best_bid(least, own_share, left):
    """Return the bid with the highest expected gain, never below ``least``: a coarse search, then golden sections.

    A type with which no bargain can be struck bids truthfully.
    """
    top = left.max()
    if top <= least:
        return least
    best, most, width = least, 0.0, (top - least) / COARSE
    for i in range(COARSE + 1):
        gain = expected_gain(least + i * width, least, own_share, left)
        if gain > most:
            best, most = least + i * width, gain
    low, high = max(least, best - width), min(top, best + width)
    first, second = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_first, at_second = expected_gain(first, least, own_share, left), expected_gain(second, least, own_share, left)
    for _ in range(REFINEMENTS):
        if at_first >= at_second:
            high, second, at_second = second, first, at_first
            first = high - GOLDEN * (high - low)
            at_first = expected_gain(first, least, own_share, left)
        else:
            low, first, at_first = first, second, at_second
            second = low + GOLDEN * (high - low)
            at_second = expected_gain(second, least, own_share, left)
    return first if at_first > most else best


@rule(lean=True)
def fill_left(menu, images, side, bids, interpolate, out):
    """Fill ``out`` (types,) with what each bid of the other side leaves on the frontier for ``side``."""
    own, other = images[side], images[1 - side]
    for n in range(bids.shape[0]):
        out[n] = frontier_value(menu, own.kept_column, other.kept_column, bids[n], side, interpolate)


@rule
def _line_of_replies(reservations, least, own_share, left, stride):
    """Return (slope, height at 0) of the line through best bids, weighted by what they gain; NaN where no line goes through them.

    It runs on through the types that can strike no bargain; bending it there would put a kink into the other's replies.
    """
    count = total = moment = square = cross = 0.0
    for n in range(0, reservations.shape[0], stride):
        bid = best_bid(least[n], own_share, left)
        weight = expected_gain(bid, least[n], own_share, left)
        count += weight
        total += weight * bid
        moment += weight * reservations[n]
        square += weight * reservations[n] * reservations[n]
        cross += weight * reservations[n] * bid
    spread = square * count - moment * moment
    if spread <= TOLERANCE * count * count:
        return math.nan, math.nan
    slope = (cross * count - moment * total) / spread
    return slope, (total - slope * moment) / count


@rule
def reply_in_lines(world, menu, images, reservations, least, lines):
    """Fill ``lines`` (2, 2) with a slope and a height at 0 for each side; return whether replies have come to rest there.

    ``reservations``, ``least`` (2, types) are both sides' reservation values and the least utilities that types strike for.
    """
    values, least = reservations[:, ::ANSWERED].copy(), least[:, ::ANSWERED].copy()
    bids, left, stride = least.copy(), np.zeros(least.shape), ANSWERING // ANSWERED
    moved = 0.0
    for _ in range(REPLIES):
        moved = 0.0
        for i in range(2):
            fill_left(menu, images, i, bids[1 - i], world.interpolate, left[i])
        for i in range(2):
            own_share = 1.0 - world.auction_weight if i == 0 else world.auction_weight
            lines[i, 0], lines[i, 1] = _line_of_replies(values[i], least[i], own_share, left[i], stride)
            if math.isnan(lines[i, 0]):
                return False
            for n in range(values.shape[1]):
                bid = lines[i, 0] * values[i, n] + lines[i, 1]
                moved = max(moved, abs(bid - bids[i, n]))
                bids[i, n] = bid
    return moved <= AT_REST


@rule
def gain_by_deviating(world, menu, images, side, bids, least):
    """Return the most that a type of a side expects to gain by its best bid over its own; ``bids`` (2, types) are both sides'."""
    own_share = 1.0 - world.auction_weight if side == 0 else world.auction_weight
    left, most = np.zeros(bids.shape[1]), 0.0
    fill_left(menu, images, side, bids[1 - side], world.interpolate, left)
    for n in range(0, bids.shape[1], ANSWERING):
        best = expected_gain(best_bid(least[side, n], own_share, left), least[side, n], own_share, left)
        most = max(most, best - expected_gain(bids[side, n], least[side, n], own_share, left))
    return most
