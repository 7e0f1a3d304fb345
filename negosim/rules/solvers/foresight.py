"""Backward induction: what going on after a refusal is worth to a side that holds beliefs (solved once per design point).

State: own base payoff b, threatened damage v, share e of it carried out, and the belief about the other, summarised by
an interval of reservation values symmetric about its mean and by the mass of the committed type. In each round the side
either proposes (and maximises) or answers offers of the believed types on their concession path. Refusals truncate the
interval; the damage is a martingale in levels, followed at three Gauss-Hermite points.
Left out: learning from offers still to come, changes of trust, audience costs, several threats falling apart from one
another, credibility still to move, stress other than that of the opening, and a sender's pain from its own tariffs.
"""

from __future__ import annotations

import math

import numpy as np

from negosim.rules.beliefs import TOLERANCE, conceded_share, concession, most_demanding_acceptor
from negosim.rules.clock import elapsed_share, goes_on, sender_proposes
from negosim.rules.columns import kept_column
from negosim.rules.compiled import rule
from negosim.rules.menus import menu_position, read_row
from negosim.rules.payoff import settlement_worth
from negosim.rules.ratification import ratification
from negosim.rules.solvers.continuation import committed_place, mean_place, read_sheet

CANDIDATES = 25
TYPES = 5


@rule
def _interval(own, place, count):
    """Return the believed interval (low, high) at a place of the mean's grid: symmetric, inside the support."""
    low, high = own.believed_low, own.believed_high
    mean = low + (high - low) * (place / (count - 1) if count > 1 else 0.5)
    half = min(mean - low, high - mean)
    return mean - half, mean + half


@rule
def _row_value(own, homes, home_column, row):
    """Return (worth of a deal, chance that it passes at home) for one row of a menu."""
    return settlement_worth(own, row), ratification(row, homes, home_column)


@rule
def _own_offers(own, homes, world, menu, priors, conceded, span, committed, grid, out):
    """Fill ``out`` (candidates, 5) with (accepted, worth, passes, and the places of the belief after a refusal on its grid)."""
    low, high = span
    row = np.empty(menu.shape[1])
    for i in range(out.shape[0]):
        if i < CANDIDATES:
            position = i * (menu.shape[0] - 1) / (CANDIDATES - 1)
        else:
            column = kept_column(own.other_column, (i - CANDIDATES) // 2)
            level = concession(high, own.believed_opening, conceded) if (i - CANDIDATES) % 2 == 0 else own.believed_demand
            position = menu_position(menu, column, 1 - own.side, level, world.interpolate)
        read_row(menu, position if world.interpolate == 1 else float(round(position)), row)
        accepted = refusing = moment = 0.0
        stubborn = committed
        for p in range(own.other_voices):
            offered = row[kept_column(own.other_column, p)]
            cut = most_demanding_acceptor(offered, own.believed_opening, conceded)
            share = 1.0 if cut >= high - TOLERANCE else (max(0.0, (cut - low) / (high - low)) if high > low else 0.0)
            accepted += (1.0 - committed) * priors[p] * share
            weight = (1.0 - committed) * priors[p] * (1.0 - share)
            refusing += weight
            moment += weight * 0.5 * (max(low, cut) + high)
            if offered >= own.believed_demand - TOLERANCE:
                accepted += committed * priors[p]
                stubborn -= committed * priors[p]
        out[i, 0] = accepted
        out[i, 1], out[i, 2] = _row_value(own, homes, world.home_column, row)
        out[i, 3] = mean_place(own, moment / refusing if refusing > 0.0 else high, grid[0])
        left = max(0.0, stubborn) / (refusing + stubborn) if refusing + stubborn > 1e-12 else committed
        out[i, 4] = committed_place(left, grid[1])


@rule
def _others_offers(own, homes, world, menu, priors, conceded, span, committed, out):
    """Fill ``out`` (types, 3) with (chance, worth, passes) of what the believed types of the other side offer."""
    low, high = span
    row = np.empty(menu.shape[1])
    for p in range(own.other_voices):
        for i in range(TYPES + 1):
            reservation = low + (i + 0.5) / TYPES * (high - low)
            level = concession(reservation, own.believed_opening, conceded)
            chance = (1.0 - committed) * priors[p] / TYPES
            if i == TYPES:
                level, chance = own.believed_demand, committed * priors[p]
            column = kept_column(own.other_column, p)
            read_row(menu, menu_position(menu, column, 1 - own.side, level, world.interpolate), row)
            k = p * (TYPES + 1) + i
            out[k, 0] = chance
            out[k, 1], out[k, 2] = _row_value(own, homes, world.home_column, row)


@rule(lean=True)
def _best_offer(offers, punished, sheet, no_deal, stop, goes, ends):
    """Return the value of proposing: max over candidates of A [Q w + (1 - Q) f] + (1 - A) W(belief after refusal).

    W is ``stop``, what a refusal costs and may end in, and going on with chance ``goes``. A deal is worth ``punished`` less than
    the offers say.
    """
    best = -np.inf
    for i in range(offers.shape[0]):
        refused = stop + goes * read_sheet(sheet, offers[i, 3], offers[i, 4])
        failed = no_deal if ends else refused
        deal = offers[i, 2] * (offers[i, 1] - punished) + (1.0 - offers[i, 2]) * failed
        best = max(best, offers[i, 0] * deal + (1.0 - offers[i, 0]) * refused)
    return best


@rule(lean=True)
def _answering(offers, punished, refused, no_deal, outside, ends):
    """Return the value of answering: each believed offer is taken, refused or answered by leaving, whichever is best."""
    value = 0.0
    alternative = refused if math.isnan(outside) else max(refused, outside)
    failed = no_deal if ends else refused
    for i in range(offers.shape[0]):
        deal = offers[i, 2] * (offers[i, 1] - punished) + (1.0 - offers[i, 2]) * failed
        value += offers[i, 0] * max(deal, alternative)
    return value


@rule(lean=True)
def without_deal(in_force, pending, execution):
    """Return the damage expected without a deal: what is in force, and what is pending by the chance that it is carried out."""
    return in_force + pending * execution


@rule
def _round_value(game, own, menu, priors, t, following, out, expected):
    """Fill ``out`` with the value of each state at the start of round t, given the table of going on after round t."""
    world = game.world[0]
    conceded, goes = conceded_share(elapsed_share(world, t, world.parts - 1), own.believed_toughness), goes_on(world, t)
    proposes = sender_proposes(world.protocol, world.first_proposer, world.proposer_probability, t)
    proposes = proposes if own.side == 0 else 1.0 - proposes
    bases, levels, shares, means, masses = out.shape
    mine = np.empty((CANDIDATES + 2 * own.other_voices, 5))
    theirs = np.empty((own.other_voices * (TYPES + 1), 3))
    execution, early, tail = expected.execution, expected.early, expected.tail
    outside = own.outside_option + game.sides[own.side].outside_option_trend * (t - 1)
    ends = world.setback == 0
    for m in range(means):
        span = _interval(own, m, means)
        for z in range(masses):
            committed = (z / (masses - 1)) ** 2 if masses > 1 else 0.0
            if proposes > 0.0:
                _own_offers(own, game.homes, world, menu, priors, conceded, span, committed, (means, masses), mine)
            if proposes < 1.0:
                _others_offers(own, game.homes, world, menu, priors, conceded, span, committed, theirs)
            for b in range(bases):
                for v in range(levels):
                    for e in range(shares):
                        base, level = own.base_low + b * own.base_step, own.level_low + v * own.level_step
                        in_force, pending = level * e, level * (1 - e)
                        no_deal = base - tail - without_deal(in_force, pending, execution)
                        ended = base - tail - without_deal(in_force, pending, early + (1.0 - early) * execution)
                        felt = level * (e + (1.0 - e) * early)
                        stop = (1.0 - goes) * ended - expected.round_pain * felt - expected.round_cost
                        stop += goes * (expected.flow - expected.flow_pain * felt)
                        sheet, less, value = following[b, v, e], expected.punished * level, 0.0
                        if proposes > 0.0:
                            value += proposes * _best_offer(mine, less, sheet, no_deal, stop, goes, ends)
                        if proposes < 1.0:
                            refused = stop + goes * sheet[m, z]
                            value += (1.0 - proposes) * _answering(theirs, less, refused, no_deal, outside, ends)
                        out[b, v, e, m, z] = value


@rule
def going_on(own, value, out, volatility, early):
    """Fill ``out`` with delta E[value of the next round]: threats are carried out early, and their level moves."""
    bases, levels, shares, _, _ = out.shape
    spread = math.sqrt(3.0) * volatility
    drift = -math.log((4.0 + math.exp(spread) + math.exp(-spread)) / 6.0)
    out[:] = 0.0
    for v in range(levels):
        level = own.level_low + v * own.level_step
        for h in range(3):
            chance = 2.0 / 3.0 if h == 1 else 1.0 / 6.0
            for e in range(shares):
                for after in range(e, shares):  # what is carried out moves no more
                    moved = level * math.exp(drift + (h - 1) * spread) if after == 0 else level
                    place = (moved - own.level_low) / own.level_step if levels > 1 else 0.0
                    k = min(int(place), max(levels - 2, 0))
                    weight = 1.0 if e == 1 or shares == 1 else (early if after == 1 else 1.0 - early)
                    for b in range(bases):
                        above = value[b, k + 1 if levels > 1 else k, after]
                        _add(value[b, k, after], above, place - k, chance * weight, out[b, v, e])
    out *= own.discount


@rule(lean=True)
def _add(low, high, share, weight, total):
    """Add to a sheet (mean, committed) a weight times what lies at a share of the way between two others."""
    for m in range(total.shape[0]):
        for z in range(total.shape[1]):
            total[m, z] += weight * (low[m, z] + share * (high[m, z] - low[m, z]))


@rule
def solve_outlook(game, own, menu, priors, expected, out):
    """Fill ``out`` (rounds + 1, base, level, share, mean, committed) for one profile of a side, from the last round back.

    ``expected`` is the side's EXPECTED. Index t of the table is the value of going on after round t, which pays and costs
    nothing of round t itself.
    """
    last = out.shape[0] - 1
    value = np.zeros(out.shape[1:])
    out[last] = 0.0
    for t in range(last, 1, -1):
        _round_value(game, own, menu, priors, t, out[t], value, expected)
        going_on(own, value, out[t - 1], expected.volatility, expected.early)
