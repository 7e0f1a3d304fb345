"""The closing of a run: the ledger of both sides, by channel, after a deal or without one."""

from __future__ import annotations

import math

from negosim.rules import luck, payoff, threats
from negosim.rules.columns import kept_column, precedent_column, reverted_column
from negosim.rules.compiled import rule
from negosim.rules.menus import evaluate, frontier_value, package_utility, precedent_cost, revert

GLANCE, ROUNDING = 16, 1e-9
"""Every so manieth node is looked at to see which pieces of a frontier may be nearest; and what rounding cannot exceed."""


@rule(lean=True)
def punish(game, talks, seed, replication, parts_settled):
    """Carry out what is left of the threats at the end of the talks, and charge both sides for the damage done to them.

    A deal on the issue of a threat is punished with u/2 in every live state; without one, what is in force stays and the
    rest is carried out with execution (1 - u/2). ``parts_settled`` counts the settled parts of the agenda.
    """
    public = talks.public[0]
    for j in range(game.threats.shape[0]):
        threat, state = game.threats[j], talks.threat_state[j]
        talks.in_force[j] = 0.0
        if state == threats.NONE:
            continue
        u = game.sides[threat.holder].unpredictability
        propensity = threats.punishes_deal(u)
        if game.part_of_issue[threat.issue] >= parts_settled:
            propensity = threats.punishes_refusal(threat.execution, u) if state != threats.IMPOSED else 1.0
        draw = luck.chance(seed, replication, public.round, luck.THREATS + j, luck.CLOSING)
        if draw < propensity:
            talks.in_force[j] = talks.threat_level[j]
            for i in range(2):
                talks.ledger[i, payoff.DAMAGE] -= threat.damage[i] * talks.threat_level[j]
            if state != threats.IMPOSED:
                public.executions += 1
                talks.threat_state[j] = threats.IMPOSED


@rule(lean=True)
def reverse(game, talks, seed, replication):
    """Draw when the settlement is taken back, by whom, and enter what that costs both. Returns the rounds it was kept."""
    public = talks.public[0]
    hazard = game.sides[0].reversal + game.sides[1].reversal
    draw = luck.chance(seed, replication, public.round, luck.WORLD, luck.REVERSAL)
    kept = payoff.time_to_reversal(hazard, draw)
    if math.isinf(kept):
        return kept
    draw = luck.chance(seed, replication, public.round, luck.WORLD, luck.REVERSER)
    reverser = 0 if draw * hazard < game.sides[0].reversal else 1
    for i in range(2):
        side, column = game.sides[i], talks.owns[i].kept_column
        lost = payoff.lost_share(side.holding_rate, kept)
        after = talks.offer[reverted_column(column, reverser)] + side.lapse
        talks.ledger[i, payoff.REVERSAL] = lost * (after - talks.offer[column])
        if i == reverser:
            talks.ledger[i, payoff.REVERSAL] -= lost * side.reversal_cost
    return kept


@rule(lean=True)
def leave_stress_behind(game, talks, i):
    """Charge a side for the stress that outlasts the talks; with lumps none does."""
    side, public = game.sides[i], talks.public[0]
    if game.world[0].flows == 1:
        talks.ledger[i, payoff.STRESS] -= side.discount ** (public.round - 1) * side.stress_tail * public.stress


@rule(lean=True)
def close_with_deal(game, talks, seed, replication):
    """Enter the ledger of a settlement, whole or in part. Returns after how many rounds it is reversed."""
    public = talks.public[0]
    menu = game.menus[talks.owns[0].profile, talks.owns[1].profile]
    for i in range(2):
        own, other = talks.owns[i], talks.owns[1 - i]
        value, other_value = talks.offer[own.kept_column], talks.offer[other.kept_column]
        best = frontier_value(menu, own.kept_column, other.kept_column, other_value, i, public.interpolate)
        talks.ledger[i, payoff.VALUE] = best
        talks.ledger[i, payoff.WASTE] = value - best
        talks.ledger[i, payoff.PRECEDENT] = -talks.offer[own.cost_column]
        talks.ledger[i, payoff.AUDIENCE] = -own.audience_cost * payoff.retreat(own.public_demand, value)
        leave_stress_behind(game, talks, i)
    kept = reverse(game, talks, seed, replication)
    punish(game, talks, seed, replication, public.part)
    return kept


@rule(lean=True)
def close_without_deal(game, talks, seed, replication, walker):
    """Enter the ledger where there is no deal: what that pays, or the outside option of a side that walks out and has one."""
    public = talks.public[0]
    punish(game, talks, seed, replication, 0)
    for i in range(2):
        own = talks.owns[i]
        if i == walker and not math.isnan(own.outside_option):
            talks.ledger[i, payoff.VALUE] = own.outside_option
            talks.ledger[i, payoff.DAMAGE] = 0.0
        else:
            talks.ledger[i, payoff.VALUE] = own.reservation - game.sides[i].gap
            stake = game.sides[i].security_stake
            talks.ledger[i, payoff.SECURITY] = -stake * (1.0 - public.credibility)
            leave_stress_behind(game, talks, i)


@rule(lean=True)
def close_ledger(game, talks):
    """Discount the closing entries of both sides to the first round."""
    for i in range(2):
        side = game.sides[i]
        payoff.discounted(talks.ledger, i, side.discount, side.talks_flow, talks.public[0].round)


@rule(lean=True)
def settle_in_part(game, talks):
    """Put the part settlement on the table: settled parts at their positions, everything else at the status quo.

    Only what is settled can be taken back, and only that is a precedent.
    """
    package, after = talks.package, talks.other_package
    for k in range(package.shape[0]):
        package[k] = game.status_quo[k] if math.isnan(talks.locked[k]) else talks.locked[k]
    evaluate(game, package, after, talks.offer)
    for side in range(2):
        for k in range(package.shape[0]):
            after[k] = game.ideals[side, k] if math.isnan(talks.locked[k]) else package[k]
        talks.offer[precedent_column(game.world[0].cost_column, side)] = precedent_cost(game, side, after)
        revert(game, side, package, after)
        for k in range(package.shape[0]):
            after[k] = package[k] if math.isnan(talks.locked[k]) else after[k]
        for holder in range(2):
            for profile in range(game.sides[holder].profiles):
                kept = kept_column(game.sides[holder].first_column, profile)
                talks.offer[reverted_column(kept, side)] = package_utility(game, holder, profile, after)


@rule(lean=True)
def _beyond(x, first, second):
    """Return by how much a number lies outside the interval between two others, in whatever order they are."""
    return max(min(first, second) - x, x - max(first, second))


@rule(lean=True)
def distance_to_frontier(game, talks):
    """Return how far the settlement lies from the true frontier in the plane of both utilities (Euclidean).

    A piece of the frontier is passed over if the box around it is farther off than the nearest node of a few.
    """
    menu = game.menus[talks.owns[0].profile, talks.owns[1].profile]
    a, b = talks.owns[0].kept_column, talks.owns[1].kept_column
    x, y = talks.offer[a], talks.offer[b]
    reach = math.inf
    for m in range(0, menu.shape[0], GLANCE):
        reach = min(reach, math.hypot(x - menu[m, a], y - menu[m, b]))
    reach += ROUNDING
    nearest = math.inf
    for m in range(menu.shape[0] - 1):
        if _beyond(x, menu[m, a], menu[m + 1, a]) > reach or _beyond(y, menu[m, b], menu[m + 1, b]) > reach:
            continue
        dx, dy = menu[m + 1, a] - menu[m, a], menu[m + 1, b] - menu[m, b]
        length = dx * dx + dy * dy
        share = 0.0 if length == 0.0 else ((x - menu[m, a]) * dx + (y - menu[m, b]) * dy) / length
        share = min(1.0, max(0.0, share))
        nearest = min(nearest, math.hypot(x - menu[m, a] - share * dx, y - menu[m, b] - share * dy))
    return nearest


@rule(lean=True)
def distance_to_nash(game, talks):
    """Return how far the settlement lies from the Nash solution of the true types (Euclidean, in utilities)."""
    nash = game.nash[talks.owns[0].profile, talks.owns[1].profile]
    x, y = talks.offer[talks.owns[0].kept_column], talks.offer[talks.owns[1].kept_column]
    return math.hypot(x - nash[0], y - nash[1])
