"""Which equilibrium of the sealed-bid double auction a side bids by, and the table from which it reads its bid.

The auction has a continuum of equilibria (Leininger, Linhart & Radner 1989; Satterthwaite & Williams 1989). Both sides take

1. the lines of Chatterjee & Samuelson (1983), where no type gains more than TOLERATED of what there is to gain by any other bid
   (``bidding``). They need doubts about both sides, bargains that are worth what lies between the bids, and a single round: in
   a round that may be followed by another, who bids by them could gain by bidding higher first, and lower once nobody met it;
2. else the one price that gains both most (``single_price``), which is an equilibrium everywhere and in every round;
3. else, where no price gains both sides anything, what no bargain is worth to them.
"""

from __future__ import annotations

import numpy as np

from negosim.rules import clock
from negosim.rules.beliefs import TOLERANCE, reservation_at
from negosim.rules.columns import kept_column
from negosim.rules.compiled import rule
from negosim.rules.floor import strike_bargain
from negosim.rules.menus import menu_position, read_package, read_row
from negosim.rules.payoff import settlement_worth
from negosim.rules.solvers.bidding import fill_left, gain_by_deviating, reply_in_lines
from negosim.rules.solvers.single_price import NO_PRICE, best_node, refined

TYPES = 1025
"""Types of a side, at evenly spaced shares of it."""
TOLERATED = 1e-3
"""What a type may gain by another bid, as a share of what the keenest type could gain at most, for lines to be an equilibrium."""
PLACES = 16
"""Pieces of the frontier between whose ends bargains are tried, to see whether they are worth what lies between the bids."""
OUT_OF_REACH = 2.0
"""A bid that nothing meets: there is no utility above 1."""


@rule(lean=True)
def without_a_bargain(world, image, out):
    """Fill ``out`` (rounds + 1, 2) with (factor, loss): what striking none from a round on is worth, factor * reservation - loss.

    W_t = (1 - g_t) ended + g_t discount W_(t + 1) - cost of the round, with g_t the chance that the talks go on; threats, stress
    and doubts are taken as they stand.
    """
    factor = loss = 0.0
    for t in range(out.shape[0] - 1, 0, -1):
        on = clock.goes_on(world, t)
        factor = 1.0 - on + on * image.discount * factor
        loss = (1.0 - on) * (image.reservation - image.ended) + on * image.discount * loss + image.round_cost
        out[t, 0], out[t, 1] = factor, loss


@rule
def _tabled(game, talks, menu, place, side, row):
    """Lay down the package at a place of the menu as the bid of a side, and write its columns into ``row``."""
    read_row(menu, place, row)
    read_package(game, talks, place)
    talks.packages[side, :] = talks.package


@rule
def misreckoned(game, talks, menu, least):
    """Return by how much the worth of a bargain to a side may differ from what lies between the bids, at most.

    The bargain is one on issues, and its worth lies between those of the bids where utilities are linear in them.
    """
    asked, left, most = np.zeros(menu.shape[1]), np.zeros(menu.shape[1]), 0.0
    images, k, smooth = talks.images, game.world[0].auction_weight, game.world[0].interpolate
    start = menu_position(menu, images[0].kept_column, 0, least[0, 0], smooth)
    end = menu_position(menu, images[1].kept_column, 1, least[1, 0], smooth)
    for p in range(PLACES + 1):
        _tabled(game, talks, menu, start + (end - start) * p / PLACES, 0, asked)
        for q in range(p, PLACES + 1):
            _tabled(game, talks, menu, start + (end - start) * q / PLACES, 1, left)
            strike_bargain(game, talks)
            for i in range(2):
                between = (1.0 - k) * asked[images[i].kept_column] + k * left[images[i].kept_column]
                worth = settlement_worth(images[i], talks.offer) + images[i].punished_deal
                most = max(most, abs(worth - between))
    return most


@rule
def find_lines(game, talks, menu, reservations, nothing, lines):
    """Fill ``lines`` (2, 2) with the lines of the auction; return whether they are an equilibrium of a single round."""
    world, images, widths = game.world[0], talks.images, reservations[:, TYPES - 1] - reservations[:, 0]
    if clock.goes_on(world, 1) > 0.0 or widths.min() <= 0.0:
        return False
    least, left, bids = nothing.copy(), np.zeros(TYPES), np.zeros(nothing.shape)
    for i in range(2):
        least[i] += images[i].punished_deal
    wrong = misreckoned(game, talks, menu, least)
    allowed = np.zeros(2)
    for i in range(2):
        fill_left(menu, images, i, least[1 - i], world.interpolate, left)
        allowed[i] = TOLERATED * (left.max() - least[i, 0]) - 2.0 * wrong
    if allowed.min() <= 0.0 or not reply_in_lines(world, menu, images, reservations, least, lines):
        return False
    for i in range(2):
        bids[i] = np.maximum(lines[i, 0] * reservations[i] + lines[i, 1], least[i])
    gains = [gain_by_deviating(world, menu, images, i, bids, least) for i in range(2)]
    return gains[0] <= allowed[0] and gains[1] <= allowed[1]


@rule
def find_price(game, talks, menu, nothing):
    """Return the place of the one price on the menu, or NO_PRICE.

    Between two nodes a bargain can be worth less than both bids for it, by the curve of utilities; then it is the best node.
    """
    images, row = talks.images, np.zeros(menu.shape[1])
    best, most = best_node(game.world[0], menu, images, nothing)
    if best == NO_PRICE or game.world[0].interpolate == 0:
        return best
    place = refined(menu, images, nothing, best, most)
    for side in range(2):
        _tabled(game, talks, menu, place, side, row)
    strike_bargain(game, talks)
    for i in range(2):
        if talks.offer[images[i].kept_column] < row[images[i].kept_column] - 0.5 * TOLERANCE:
            return best
    return place


@rule(lean=True)
def write_bids(table, low, cut, high, bids):
    """Write two straight pieces into a table (2, 4): bids[0] to [1] from ``low`` to ``cut``, bids[2] to [3] up to ``high``."""
    table[0, 0], table[0, 1], table[0, 2], table[0, 3] = low, cut, cut, high
    for n in range(4):
        table[1, n] = bids[n]


@rule(lean=True)
def read_bid(reservation, table):
    """Return the bid of a type from a table (2, 4) of ``write_bids``; beyond its ends that of the nearest type."""
    n = 0 if reservation <= table[0, 1] else 2
    low, high = table[0, n], table[0, n + 1]
    share = min(1.0, max(0.0, (reservation - low) / (high - low))) if high > low else 0.0
    return table[1, n] + share * (table[1, n + 1] - table[1, n])


@rule
def _write_price(game, talks, row, side, support, without, out):
    """Write the table of a side that bids by one price, the package with these columns of the menu: its worth to each profile."""
    image, bids = talks.images[side : side + 1].copy(), np.full(4, OUT_OF_REACH)
    for profile in range(out.shape[0]):
        image[0].kept_column = kept_column(game.sides[side].first_column, profile)
        bids[:2] = row[image[0].kept_column]
        worth = settlement_worth(image[0], row)
        for t in range(1, out.shape[1]):
            cut = (worth + without[t, 1]) / without[t, 0]
            write_bids(out[profile, t], support[0], cut, support[1], bids)


@rule
def _write_line(image, line, support, without, out):
    """Write the table of a side that bids by a line (slope, height), but at least what it strikes for; by NaN just that."""
    bids = np.zeros(4)
    for t in range(1, out.shape[1]):
        factor, loss = without[t, 0], without[t, 1] - image.punished_deal
        crossing = (line[1] + loss) / (factor - line[0])
        cut = min(max(crossing, support[0]), support[1]) if abs(crossing) < np.inf else support[1]
        for n in range(4):
            reservation = support[0] if n == 0 else (cut if n < 3 else support[1])
            least, bid = factor * reservation - loss, line[0] * reservation + line[1]
            bids[n] = bid if bid > least else least
        for profile in range(out.shape[0]):
            write_bids(out[profile, t], support[0], cut, support[1], bids)


@rule
def solve_bids(game, talks, side, out):
    """Fill ``out`` (profiles, rounds + 1, 2, 4) with the bids of a side in each round, ``read_bid``.

    ``talks`` are those of round 1, in which both sides have taken stock of what there is without a bargain; their offer and
    package are overwritten. The bargain is reckoned with on the frontier of mean priorities; a side of several profiles asks for
    what the one price is worth to its own.
    """
    public, images = talks.public[0], talks.images
    public.frontier_sender, public.frontier_target = game.sides[0].profiles - 1, game.sides[1].profiles - 1
    menu = game.menus[public.frontier_sender, public.frontier_target]
    without, reservations, nothing = np.zeros((2, out.shape[1], 2)), np.zeros((2, TYPES)), np.zeros((2, TYPES))
    for i in range(2):
        believer = images[1 - i]
        without_a_bargain(game.world[0], images[i], without[i])
        for n in range(TYPES):
            share = n / (TYPES - 1)
            reservations[i, n] = reservation_at(believer.believed_low, believer.believed_high, believer.believed_tilt, share)
            nothing[i, n] = without[i, 1, 0] * reservations[i, n] - without[i, 1, 1]
    support = reservations[side, :: TYPES - 1].copy()
    lines = np.full((2, 2), np.nan)
    if not find_lines(game, talks, menu, reservations, nothing, lines):
        lines[:, :] = np.nan
        place = find_price(game, talks, menu, nothing)
        if place != NO_PRICE:
            row = np.zeros(menu.shape[1])
            read_row(menu, place, row)
            _write_price(game, talks, row, side, support, without[side], out)
            return
    _write_line(images[side], lines[side], support, without[side], out)
