"""Risk against return under beliefs (Fearon 1995; Powell 1999): choose the offer with the highest expected payoff.

EV(x) = A(x) [Q(x) w(x) + (1 - Q(x)) f] + (1 - A(x)) W(x), with A the believed chance of acceptance, Q that of
ratification, w the worth of the deal, f what a failure at home leaves, and W the worth of going on at the belief that a
refusal of x would leave. In the last round W is the payoff without a deal, which is the one-shot problem exactly.
"""

from __future__ import annotations

import math

import numpy as np

from negosim.rules.beliefs import TOLERANCE, acceptance, concession, cumulative
from negosim.rules.compiled import rule
from negosim.rules.home import ratification
from negosim.rules.menus import menu_position, read_row
from negosim.rules.outlook import after_refusal, if_nothing_learnt, outlook_now
from negosim.rules.payoff import settlement_worth
from negosim.rules.records import PROPOSE, RESPOND
from negosim.vocabulary import Response

ACCEPT, REFUSE, WALK_OUT = int(Response.ACCEPT), int(Response.REFUSE), int(Response.WALK_OUT)
STRIDE = 8
GOLDEN = 0.6180339887498949
REFINEMENTS = 12


@rule
def expected_payoff(own, public, belief, sums, homes, row, sheet, present):
    """Return EV(x) of tabling the package with this row; ``present`` is the worth of going on at the present belief."""
    accepted, refusing, moment, stubborn = acceptance(own, belief, sums, row)
    left = refusing + stubborn
    if left > 1e-12:
        mean = moment / refusing if refusing > 0.0 else own.believed_high
        refused = after_refusal(own, public, sheet, mean, stubborn / left)
    else:
        refused = present
    passes = ratification(row, homes, public.home_column)
    failed = own.no_deal if public.ends_on_failure else present
    deal = passes * settlement_worth(own, row) + (1.0 - passes) * failed
    return accepted * deal + (1.0 - accepted) * refused


@rule
def place_of(position, public):
    """Return a place that may be tabled: any, or the nearest node where the menu may not be interpolated."""
    return position if public.interpolate else float(round(position))


@rule(PROPOSE)
def propose(own, public, belief, homes, menu, outlook, noise):
    """Demand the own utility of the package with the highest expected payoff.

    The search is coarse, tries the kink of each voice (just enough for its most demanding type), and then narrows the
    best interval by golden sections.
    """
    sums, sheet = cumulative(own, belief), outlook_now(own, public, outlook)
    present = if_nothing_learnt(own, public, belief, sheet)
    row = np.empty(menu.shape[1])
    last = menu.shape[0] - 1
    coarse = last // STRIDE + 1
    best, best_value = 0.0, -np.inf
    for i in range(coarse + own.other_voices):
        position = float(i * STRIDE)
        if i >= coarse:
            sure = concession(own.believed_high, own.believed_opening, own.believed_conceded)
            position = menu_position(menu, own.other_column + 3 * (i - coarse), 1 - own.side, sure, public.interpolate)
        read_row(menu, position, row)
        value = expected_payoff(own, public, belief, sums, homes, row, sheet, present)
        if value > best_value:
            best, best_value = position, value
    low, high = max(0.0, best - STRIDE), min(float(last), best + STRIDE)
    inner, at_inner = low, -np.inf
    outer, at_outer = high, -np.inf
    for n in range(REFINEMENTS):
        new_inner = n == 0 or at_inner >= at_outer
        if n > 0:
            if new_inner:
                high, outer, at_outer = outer, inner, at_inner
            else:
                low, inner, at_inner = inner, outer, at_outer
        if new_inner:
            inner = high - GOLDEN * (high - low)
        if n == 0 or not new_inner:
            outer = low + GOLDEN * (high - low)
        place = place_of(inner if new_inner else outer, public)
        read_row(menu, place, row)
        value = expected_payoff(own, public, belief, sums, homes, row, sheet, present)
        if value > best_value:
            best, best_value = place, value
        if new_inner:
            at_inner = value
        else:
            at_outer = value
        if n == 0:
            read_row(menu, place_of(outer, public), row)
            at_outer = expected_payoff(own, public, belief, sums, homes, row, sheet, present)
            if at_outer > best_value:
                best, best_value = place_of(outer, public), at_outer
    read_row(menu, best, row)
    return row[own.kept_column]


@rule(RESPOND)
def respond(own, public, belief, homes, offer, outlook):
    """Take the best of the deal (if it passes at home), going on, and leaving; a tie is settled by taking the deal."""
    sheet = outlook_now(own, public, outlook)
    refused = if_nothing_learnt(own, public, belief, sheet)
    passes = ratification(offer, homes, public.home_column)
    failed = own.no_deal if public.ends_on_failure else refused
    deal = passes * settlement_worth(own, offer) + (1.0 - passes) * failed
    if not math.isnan(own.outside_option) and own.outside_option > max(deal, refused) + TOLERANCE:
        return WALK_OUT
    return ACCEPT if deal >= refused - TOLERANCE else REFUSE
