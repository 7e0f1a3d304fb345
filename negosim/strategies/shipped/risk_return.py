"""Risk against return under beliefs (Fearon 1995; Powell 1999): choose the offer with the highest expected payoff.

EV(x) = A(x) [Q(x) w(x) + (1 - Q(x)) f] + (1 - A(x)) W(x), with A the believed chance of acceptance, Q that of
ratification, w the worth of the deal, f what a failure at home leaves, and W the worth of going on at the belief that a
refusal of x would leave. In the last round W is the payoff without a deal, which is the one-shot problem exactly.
"""

from __future__ import annotations

import math

import numpy as np

from negosim.common.vocabulary import Response, Side
from negosim.rules.beliefs import TOLERANCE, acceptance, concession, cumulative, summary
from negosim.rules.columns import kept_column, ratifier_column
from negosim.rules.compiled import rule
from negosim.rules.menus import locate, menu_position, read_number
from negosim.rules.opening import prepare_side
from negosim.rules.payoff import settlement_worth, worth_at
from negosim.rules.ratification import consent_probability, ratification
from negosim.rules.records import OWN, PROPOSE, RESPOND, Game
from negosim.rules.solvers.continuation import after_refusal, if_nothing_learnt, outlook_now
from negosim.rules.solvers.foresight import solve_outlook
from negosim.strategies.record import BELIEFS, Strategy, Table
from negosim.strategies.tables import damage_to, expected, rounds_of, threats_move
from negosim.strategies.weighing import against_going_on

ACCEPT, REFUSE, WALK_OUT = int(Response.ACCEPT), int(Response.REFUSE), int(Response.WALK_OUT)
STRIDE = 8
GOLDEN = 0.6180339887498949
REFINEMENTS = 11

LEVELS = 5
"""Levels of a moving threat in the table of a side that learns."""


@rule(lean=True, inline=True)
def place_of(position, public):
    """Return a place that may be tabled: any, or the nearest node where the menu may not be interpolated."""
    return position if public.interpolate else float(round(position))


@rule(lean=True, inline=True)
def expected_payoff(own, public, belief, sums, homes, menu, sheet, present, position):
    """Return EV(x) of tabling the package at a place of the menu; ``present`` is the worth of going on at the present belief.

    A refusal that was certain beforehand teaches nothing, so such an offer is worth ``present``; what the other may accept
    but homes would surely reject is not tabled. No number of the menu is read before it counts, and none is written down, since
    after a store compiled code would have to read every field of the records anew.
    """
    node, share = locate(menu, place_of(position, public))
    accepted, refusing, moment, stubborn = acceptance(own, belief, sums, menu, node, share)
    if accepted <= 0.0:
        gains = own.wants_gain == 0 or worth_at(own, menu, node, share) >= present
        return present if gains else -np.inf
    passes = 1.0
    for r in range(homes.shape[0]):
        value = read_number(menu, node, share, ratifier_column(public.home_column, r))
        passes *= consent_probability(value, homes[r, 0], homes[r, 1])
        if passes <= 0.0:
            return -np.inf
    left = refusing + stubborn
    if left > 1e-12:
        mean = moment / refusing if refusing > 0.0 else own.believed_high
        refused = after_refusal(own, public, sheet, mean, stubborn / left)
    else:
        refused = present
    failed = own.no_deal if public.ends_on_failure else present
    deal = passes * worth_at(own, menu, node, share) + (1.0 - passes) * failed
    return accepted * deal + (1.0 - accepted) * refused


@rule(lean=True, inline=True)
def _first_is_better(first, second, side):
    """Return whether the first of two places is better, by EV; a tie goes to the one that is best for the other."""
    return first > second or (first == second and side == 0)


@rule(lean=True)
def _coarse(own, public, belief, sums, homes, menu, sheet, present):
    """Return (best place, its EV) among every eighth node and, for each voice, the two kinks of its acceptance.

    They are what its most demanding type just takes, and what its committed type demands.

    Of offers that promise the same, it is the one best for the other: that commits the side to least in public.
    """
    last = menu.shape[0] - 1
    count = last // STRIDE + 1
    sure = concession(own.believed_high, own.believed_opening, own.believed_conceded)
    best, most = float(last if own.side == 0 else 0), -np.inf
    for i in range(count + 2 * own.other_voices):
        position = float(i * STRIDE if own.side == 0 else last - i * STRIDE)
        if i >= count:
            column = kept_column(own.other_column, (i - count) // 2)
            level = sure if (i - count) % 2 == 0 else own.believed_demand
            position = menu_position(menu, column, 1 - own.side, level, public.interpolate)
        value = expected_payoff(own, public, belief, sums, homes, menu, sheet, present, position)
        if value > most:
            best, most = position, value
    return best, most


@rule(PROPOSE)
def propose(own, other, public, belief, homes, menu, outlook, noise):
    """Demand the own utility of the package with the highest expected payoff: a coarse search, then golden sections."""
    sums, sheet = cumulative(own, belief), outlook_now(own, public, outlook)
    mean, committed = summary(belief, own)
    present = after_refusal(own, public, sheet, mean, committed)
    best, most = _coarse(own, public, belief, sums, homes, menu, sheet, present)
    low, high = max(0.0, best - STRIDE), min(float(menu.shape[0] - 1), best + STRIDE)
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left = expected_payoff(own, public, belief, sums, homes, menu, sheet, present, left)
    at_right = expected_payoff(own, public, belief, sums, homes, menu, sheet, present, right)
    for _ in range(REFINEMENTS):
        if _first_is_better(at_left, at_right, own.side):
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = expected_payoff(own, public, belief, sums, homes, menu, sheet, present, left)
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = expected_payoff(own, public, belief, sums, homes, menu, sheet, present, right)
    narrowed = left if _first_is_better(at_left, at_right, own.side) else right
    node, share = locate(menu, place_of(narrowed if max(at_left, at_right) > most else best, public))
    return read_number(menu, node, share, own.kept_column)


@rule(lean=True)
def prospects(own, public, belief, homes, offer, outlook):
    """Return (worth of the deal as far as it is believed to pass and to be kept, worth of a refusal, chance to pass)."""
    refused = if_nothing_learnt(own, public, belief, outlook)
    passes = ratification(offer, homes, public.home_column)
    failed = own.no_deal if public.ends_on_failure else refused
    return passes * settlement_worth(own, offer) + (1.0 - passes) * failed, refused, passes


@rule(RESPOND)
def respond(own, other, public, belief, homes, offer, outlook):
    """Take the best of the deal, going on, and leaving; a tie goes to the deal, unless it would surely fail at home."""
    deal, refused, passes = prospects(own, public, belief, homes, offer, outlook)
    if not math.isnan(own.outside_option) and own.outside_option > max(deal, refused) + TOLERANCE:
        return WALK_OUT
    return ACCEPT if passes > 0.0 and deal >= refused - TOLERANCE else REFUSE


def _solve(game: Game, side: Side) -> Table:
    """Return (profiles, rounds + 1, base, level, share, mean, committed): ``foresight.solve_outlook``."""
    shape = _grid(game, side)
    table = np.zeros((int(game.sides[side]["profiles"]), rounds_of(game) + 1, *shape))
    ahead = expected(game, side, [side])
    for profile in range(len(table)):
        own = np.zeros(1, OWN)
        own["side"], own["profile"] = side, profile
        prepare_side(game, own[0])
        own["tail"] = ahead["tail"]
        priors = game.profile_priors[side.other]
        solve_outlook(game, own[0], game.menus[-1, -1], priors, ahead[0], table[profile])
    return table


def _grid(game: Game, side: Side) -> tuple[int, ...]:
    """Return the shape (base, level, share, mean, committed) of a risk-return side's table and enter its grids in the record."""
    record, other = game.sides[side], game.sides[side.other]
    bases = 4 if record["ambiguity"] > 0.0 or record["security_stake"] > 0.0 else 1
    record["base_step"] = (record["base_high"] - record["base_low"]) / max(bases - 1, 1)
    levels, shares = _damage_grid(game, side)
    means = 7 if other["ambiguity"] > 0.0 else 1
    return bases, levels, shares, means, 4 if other["commitment"] > 0.0 else 1


def _damage_grid(game: Game, side: Side) -> tuple[int, int]:
    """Return how many levels of threatened damage, and shares of it carried out, a side's table has; enter them in the record."""
    record = game.sides[side]
    total = float(damage_to(game, [side]).sum())
    moving = threats_move(game, total)
    levels = LEVELS if moving else 1
    record["level_low"] = 0.0 if moving else total
    record["level_step"] = 2.0 * total / max(levels - 1, 1)
    return levels, 2 if total != 0.0 else 1


def _weigh(own, other, public, belief, homes, offer, outlook):
    """Return the deal, as far as it is believed to pass and to be kept, against going on or leaving."""
    return against_going_on(own, prospects(own, public, belief, homes, offer, outlook))


STRATEGY = Strategy(
    propose,
    respond,
    name="risk-return",
    source="Fearon 1995; Powell 1999",
    sentence="weighs what an offer brings against the chance that it is taken",
    reads=(BELIEFS,),
    takes_less=True,
    solve=_solve,
    weigh=_weigh,
)
