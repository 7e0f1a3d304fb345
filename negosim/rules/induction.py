"""Backward induction on both sides at once: subgame-perfect play where nothing is private (Stahl 1972; Rubinstein 1982).

From the last round back, the proposer tables the package that is worth most to it among those that the other prefers to what it
has otherwise: going on, or leaving for its outside option (Binmore, Shaked & Sutton 1989). State: the threatened damage v and
the share of it carried out, as in ``foresight``. Each side takes the other for its image, the mean of its prior.
Left out: learning, changes of trust, audience costs, credibility and stress still to move, votes that have narrowed the homes.
"""

from __future__ import annotations

import math

import numpy as np

from negosim.rules.beliefs import TOLERANCE
from negosim.rules.compiled import rule
from negosim.rules.foresight import going_on, without_deal
from negosim.rules.home import ratification
from negosim.rules.menus import read_row
from negosim.rules.outlook import outlook_now
from negosim.rules.payoff import settlement_worth
from negosim.rules.threats import punishes_refusal
from negosim.rules.timing import goes_on, sender_proposes

HALVINGS = 60

JUST = 1e-12  # utility above a threshold that keeps rounding from missing it


@rule
def deal_worth(record, row, homes, home_column, failed):
    """Return what signing is worth to a side: Q w + (1 - Q) f, Q the chance that the deal passes at home."""
    passes = ratification(row, homes, home_column)
    return passes * settlement_worth(record, row) + (1.0 - passes) * failed


@rule
def _take(menu, place, mine, theirs, homes, column, need, failed, row):
    """Return (worth to me, worth to the other) of the package at a place; minus infinity to me if it is not worth ``need``."""
    read_row(menu, place, row)
    left = deal_worth(theirs, row, homes, column, failed[1])
    return (deal_worth(mine, row, homes, column, failed[0]) if left >= need - TOLERANCE else -math.inf), left


@rule
def _candidates(menu, mine, theirs, homes, public, need, failed, row):
    """Return (place, worth to me, worth to the other) of the best node or, between nodes, of where a ratifier is just sure.

    A home is a step in what a deal is worth: between two of them, or one and what the other needs, there may be no node.
    """
    column, last = public.home_column, menu.shape[0] - 1
    best, most, left = -1.0, -math.inf, -math.inf
    for m in range(menu.shape[0]):
        value, worth = _take(menu, float(m), mine, theirs, homes, column, need, failed, row)
        if value > most:
            best, most, left = float(m), value, worth
    for r in range(homes.shape[0] if public.interpolate != 0 else 0):
        sure = homes[r, 1] + JUST
        for m in range(last):
            low, high = menu[m, column + r], menu[m + 1, column + r]
            if (low - sure) * (high - sure) < 0.0:
                place = m + (sure - low) / (high - low)
                value, worth = _take(menu, place, mine, theirs, homes, column, need, failed, row)
                if value > most:
                    best, most, left = place, value, worth
    return best, most, left


@rule
def best_acceptable(menu, mine, theirs, homes, public, need, failed, row):
    """Return (place, worth to me, worth to the other) of the best package that is worth at least ``need`` to the other.

    ``failed`` (2,) is what a failure at home leaves me and the other. Place -1 and minus infinity if nothing is worth ``need``.
    Between a place that will do and a node beside it that would be better but will not, the limit is found by halving.
    """
    column, last = public.home_column, menu.shape[0] - 1
    best, most, left = _candidates(menu, mine, theirs, homes, public, need, failed, row)
    place = best
    if best < 0.0 or public.interpolate == 0:
        return place, most, left
    for node in (math.ceil(best) - 1, math.floor(best) + 1):
        if 0 <= node <= last and deal_worth(theirs, menu[node], homes, column, failed[1]) < need:
            low, high = 0.0, 1.0
            for _ in range(HALVINGS):
                middle = 0.5 * (low + high)
                read_row(menu, best + middle * (node - best), row)
                if deal_worth(theirs, row, homes, column, failed[1]) >= need:
                    low = middle
                else:
                    high = middle
            read_row(menu, best + low * (node - best), row)
            value = deal_worth(mine, row, homes, column, failed[0])
            if value > most:
                place, most, left = best + low * (node - best), value, deal_worth(theirs, row, homes, column, failed[1])
    return place, most, left


@rule
def alternative(record, goes, going):
    """Return what a refusal is worth to a side: (1 - g) ended + g going on - cost of the round."""
    return (1.0 - goes) * record.ended + goes * going - record.round_cost


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


@rule
def now(own, other, public, outlook):
    """Return (worth of a refusal to me, to the other) in this round, read from the table."""
    threatened = own if own.side == 1 else other
    sheet = outlook_now(own, threatened, public, outlook)
    return alternative(own, public.goes_on, sheet[0, 0]), alternative(other, public.goes_on, sheet[1, 0])


@rule
def _face(image, public, borne, threat_means, punished, flows):
    """Enter what an image faces at a damage (in force, pending), as ``moves.face_the_alternative`` does in the run."""
    in_force, pending = borne
    execution, early = threat_means
    bears = 1.0 if image.side == 1 else 0.0
    image.no_deal = image.base - bears * without_deal(in_force, pending, execution)
    image.ended = image.base - bears * without_deal(in_force, pending, early + (1.0 - early) * execution)
    image.round_cost = flows[0] * (in_force + early * pending) + flows[1]
    image.punished_deal = bears * punished * (in_force + pending)


@rule
def _round_values(game, images, public, menu, t, states, threat_means, flows, following, values, row):
    """Fill ``values`` (2, levels, shares) with what round t is worth to both, given what going on after it is."""
    world, low, step = game.world[0], states[0], states[1]
    goes = goes_on(world, t)
    first = sender_proposes(world.protocol, world.first_proposer, world.proposer_probability, t)
    punished, refused = 0.5 * game.sides[0].unpredictability, np.zeros(2)
    for i in range(2):
        images[i].outside_option = game.sides[i].outside_option + game.sides[i].outside_option_trend * (t - 1)
    for v in range(values.shape[1]):
        for e in range(values.shape[2]):
            level = low + v * step
            for i in range(2):
                _face(images[i], public, (level * e, level * (1 - e)), threat_means, punished, flows[i])
            for j in range(2):
                chance = first if j == 0 else 1.0 - first
                if chance > 0.0:
                    for i in range(2):
                        who = j if i == 0 else 1 - j
                        refused[i] = alternative(images[who], goes, following[who, v, e])
                    _, mine, theirs = best_move(menu, images[j], images[1 - j], game.homes, public, refused, row)
                    values[j, v, e] += chance * mine
                    values[1 - j, v, e] += chance * theirs


@rule
def solve_induction(game, images, public, menu, side, threat_means, flows, out):
    """Fill ``out`` (rounds + 1, 1, level, share, 2, 1) with what going on after a round is worth, to the side and to the other.

    ``images`` (2,) and ``public`` are both sides and the public record in round 1, ``threat_means`` (execution, early execution)
    weighted by damage, ``flows`` (2, 2) each side's tariff pain per unit of damage in force and its stress cost per round.
    """
    u, volatility = game.sides[0].unpredictability, game.sides[0].volatility
    chances = (punishes_refusal(threat_means[0], u), punishes_refusal(threat_means[1], u))
    states = (game.sides[side].level_low, game.sides[side].level_step)
    last, row = out.shape[0] - 1, np.empty(menu.shape[1])
    following = np.zeros((2, out.shape[2], out.shape[3]))
    for i in range(2):
        images[i].level_low, images[i].level_step = states
    out[:] = 0.0
    for t in range(last, 1, -1):
        values = np.zeros(following.shape)
        _round_values(game, images, public, menu, t, states, chances, flows, following, values, row)
        for i in range(2):
            shape = (1, out.shape[2], out.shape[3], 1, 1)
            ahead = np.zeros(shape)
            going_on(images[i], values[i].copy().reshape(shape), ahead, volatility, chances[1])
            following[i] = ahead[0, :, :, 0, 0]
            out[t - 1, 0, :, :, 0 if i == side else 1, 0] = following[i]
