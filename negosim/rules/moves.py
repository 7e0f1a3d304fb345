"""The moves of a round, one function each, in the order of a round; both engines call these and nothing else.

World, threats, what each side faces, the offer, the answer's consequences, home, learning, the clock. Who has the floor, and what
follows from the answers, is in ``floor``.
"""

from __future__ import annotations

import math

from negosim.common.vocabulary import Ending
from negosim.rules import clock, luck, ratification, threats
from negosim.rules.beliefs import (
    TOLERANCE,
    believed_profile,
    learn_from_answer,
    learn_from_offer,
    learn_from_threat,
    updated_trust,
)
from negosim.rules.columns import ratifier_column
from negosim.rules.compiled import rule
from negosim.rules.menus import evaluate, locate, menu_position, read_package, read_row
from negosim.rules.opening import hold_dear
from negosim.rules.payoff import PAIN, STRESS, settlement_worth, worth_at

IMPASSE, BREAKDOWN = int(Ending.IMPASSE), int(Ending.BREAKDOWN)


@rule(lean=True)
def move_world(game, talks, seed, replication):
    """Step 1: the clock ticks; announced levels, market stress, the guarantee and the outside options move."""
    world, public = game.world[0], talks.public[0]
    public.round += 1
    t = public.round
    public.elapsed, public.goes_on = clock.elapsed_share(world, t, public.part), clock.goes_on(world, t)
    inputs = 0.0
    for j in range(game.threats.shape[0]):
        change, volatility = 0.0, game.sides[game.threats[j].holder].volatility
        if t > 1 and volatility > 0.0 and talks.threat_state[j] in (threats.ANNOUNCED, threats.PAUSED):
            shock = luck.shock(seed, replication, t, luck.THREATS + j, luck.LEVEL)
            moved = threats.moved_level(talks.threat_level[j], volatility, shock)
            change = abs(math.log(moved / talks.threat_level[j]))
            talks.threat_level[j] = moved
        inputs += threats.stress_input(
            talks.threat_state[j], talks.threat_level[j], change, game.threats[j].market_weight, world
        )
    if t > 1:
        public.stress = threats.next_stress(public.stress, inputs, world.persistence)
        public.peak_stress = max(public.peak_stress, public.stress)
        shock = luck.shock(seed, replication, t, luck.WORLD, luck.NEWS) if world.news > 0.0 else 0.0
        public.credibility = threats.next_credibility(public.credibility, world.news, shock, 0.0, 0.0)
        for i in range(2):
            talks.owns[i].outside_option += game.sides[i].outside_option_trend
            talks.images[i].outside_option += game.sides[i].outside_option_trend


@rule(lean=True)
def move_threats(game, talks):
    """Step 2: each principal announces, escalates or pauses the threats that it holds; a committed one never pauses."""
    world, public = game.world[0], talks.public[0]
    moves = 0
    for j in range(game.threats.shape[0]):
        threat, state = game.threats[j], talks.threat_state[j]
        committed, other = talks.owns[threat.holder].committed == 1, 1 - threat.holder
        after = threats.next_state(threat, state, public.round, public.deadline, public.stress, world)
        if after == threats.PAUSED and state != threats.PAUSED:
            learn_from_threat(talks.owns[other], talks.beliefs[other], talks.weights, 1.0, 0.0, not committed)
            after = state if committed else after
        if after == threats.ANNOUNCED and state == threats.PAUSED:
            talks.threat_level[j] *= 1.0 + threat.escalation
        if after == threats.ANNOUNCED and state != threats.ANNOUNCED and threat.holder == 0:
            moves += 1
        talks.threat_state[j] = after
    if moves > 0:
        public.credibility = threats.next_credibility(public.credibility, 0.0, 0.0, world.erosion, moves)


@rule(lean=True)
def face_the_alternative(game, talks, side, seed, replication):
    """Enter what a side faces without a deal now, what an unsettled round costs it, and how surely a deal is punished.

    The same goes into its image, which has the mean of its prior for its reservation value.
    """
    own, image, public, parameters = talks.owns[side], talks.images[side], talks.public[0], game.sides[side]
    if game.sides[side].ignores_luck == 0:
        own.luck = luck.chance(seed, replication, public.round, side, luck.ANSWER)
    t = min(public.round, game.conceded.shape[2] - 1)
    own.conceded = image.conceded = game.conceded[side, public.part, t]
    own.believed_conceded = image.believed_conceded = game.conceded[1 - side, public.part, t]
    t = min(public.round, game.giving_way.shape[1] - 1)
    mine, theirs = game.giving_way[side, t], game.giving_way[1 - side, t]
    own.gives_way, own.gives_way_below, own.gives_way_to = mine[0], mine[1], mine[2]
    own.believed_gives_way, own.believed_gives_way_below, own.believed_gives_way_to = theirs[0], theirs[1], theirs[2]
    executed, pending, after, after_refusal, own_threats, pain = _threatened(game, talks, side)
    cost = parameters.tariff_pain * pain + parameters.stress_cost * public.stress
    own.round_cost = 0.0 if game.world[0].flows == 1 else cost
    own.round_flow = (1.0 - parameters.discount) * parameters.talks_flow - cost if game.world[0].flows == 1 else 0.0
    own.level, own.tail = executed + pending, parameters.stress_tail * public.stress
    own.executed_share = executed / own.level if own.level != 0.0 else 0.0
    mine, theirs = game.sides[side].unpredictability, game.sides[1 - side].unpredictability
    own.punished_deal = threats.punishes_deal(theirs) * (own.level - own_threats) + threats.punishes_deal(mine) * own_threats
    image.round_cost, image.round_flow, image.level, image.tail = own.round_cost, own.round_flow, own.level, own.tail
    image.executed_share, image.punished_deal = own.executed_share, own.punished_deal
    doubt = parameters.security_stake * (1.0 - public.credibility)
    less = parameters.gap + doubt
    _without_a_deal(own, less, executed + after, executed + after_refusal)
    _without_a_deal(image, less, executed + after, executed + after_refusal)


@rule(lean=True)
def _threatened(game, talks, side):
    """Return what the threats may do to a side, in damage: (in force, pending, expected of what is pending if the talks end now
    and if they end with a refusal, of its own threats), and the pain that a round with a refusal is expected to bring.
    """
    executed = pending = after = after_refusal = own_threats = pain = early_pain = 0.0
    for j in range(game.threats.shape[0]):
        threat, state = game.threats[j], talks.threat_state[j]
        if state == threats.NONE:
            continue
        damage, hurt = threat.damage[side] * talks.threat_level[j], threat.pain[side] * talks.threat_level[j]
        own_threats += damage if threat.holder == side else 0.0
        if state == threats.IMPOSED:
            executed += damage
            pain += hurt
        else:
            u = game.sides[threat.holder].unpredictability
            first, last = threats.punishes_refusal(threat.early_execution, u), threats.punishes_refusal(threat.execution, u)
            pending += damage
            early_pain += hurt * first
            after += damage * last
            after_refusal += damage * (first + (1.0 - first) * last)
    return executed, pending, after, after_refusal, own_threats, pain + early_pain


@rule(lean=True)
def _without_a_deal(record, less, damage, damage_after_refusal):
    """Enter what a side or its image has if the talks end: its reservation value, less gap, doubts, stress and damage."""
    record.base = record.reservation - less
    record.no_deal = record.base - record.tail - damage
    record.ended = record.base - record.tail - damage_after_refusal


@rule(lean=True)
def choose_frontier(game, talks):
    """Step 4a: the lead's salience and the belief about the other's priorities name the frontier to bid from."""
    public = talks.public[0]
    own = talks.owns[public.proposer]
    lead = public.lead if game.sides[public.proposer].voices > 1 else 0
    believed = believed_profile(talks.beliefs[public.proposer], own.other_voices, own.believed_cells)
    public.frontier_sender = lead if public.proposer == 0 else believed
    public.frontier_target = believed if public.proposer == 0 else lead


@rule(lean=True)
def restrict_menu(game, talks):
    """Step 4a': once parts of the agenda are settled, write the menu that they leave open."""
    public = talks.public[0]
    if public.part == 0:
        return
    nodes = game.positions[public.frontier_sender, public.frontier_target]
    for m in range(nodes.shape[0]):
        for k in range(nodes.shape[1]):
            talks.package[k] = nodes[m, k] if math.isnan(talks.locked[k]) else talks.locked[k]
        evaluate(game, talks.package, talks.other_package, talks.menu[m])


@rule(lean=True)
def offer_noise(game, talks, seed, replication):
    """Return the noise of this round's offer: the proposer's offer noise times a standard normal draw."""
    public = talks.public[0]
    spread = game.sides[public.proposer].offer_noise
    if spread <= 0.0:
        return 0.0
    return spread * luck.shock(seed, replication, public.round, public.proposer, luck.NOISE)


@rule(lean=True)
def table_offer(game, talks, menu, demand):
    """Step 4b: the package builder finds the package best for the other at the demanded utility, and tables it."""
    public = talks.public[0]
    own = talks.owns[public.proposer]
    own.demanded = demand
    public.position = menu_position(menu, own.kept_column, own.side, demand, public.interpolate)
    if game.world[0].flows == 1:
        public.position = _place_of_enough(own, menu, public.position, public.interpolate)
    read_row(menu, public.position, talks.offer)
    read_package(game, talks, public.position)


@rule(lean=True)
def _place_of_enough(own, menu, position, interpolate):
    """Return the nearest place towards a side's own end at which a deal is worth no less to it than no deal, or that end."""
    before = worth_at(own, menu, *locate(menu, position))
    if before >= own.no_deal - TOLERANCE:
        return position
    step, last = 1 if own.side == 0 else -1, menu.shape[0] - 1
    node = math.floor(position) if own.side == 0 else math.ceil(position)
    while 0 <= node + step <= last:
        node += step
        worth = worth_at(own, menu, *locate(menu, float(node)))
        if worth >= own.no_deal - TOLERANCE:
            if interpolate == 1 and worth > before:
                return position + (node - position) * min(1.0, max(0.0, (own.no_deal - before) / (worth - before)))
            return float(node)
        position, before = float(node), worth
    return position


@rule(lean=True)
def worth_signing(game, own, public, offer, no_deal):
    """Return whether a deal is worth no less to a side than ``no_deal``, by the side's own reckoning.

    With flows every side compares all that the deal and the end of the talks cost it. With lumps it compares the utility of the
    deal with its reservation value; but a side that may take less, if an end without a deal is worth less, also signs what is
    worth as much to it as that end, all costs counted on both hands.
    """
    if game.world[0].flows == 1:
        return settlement_worth(own, offer) >= no_deal - TOLERANCE
    if offer[own.kept_column] >= own.reservation - TOLERANCE:
        return True
    if game.sides[own.side].takes_less == 0 or own.committed == 1:
        return False
    return settlement_worth(own, offer) >= _if_refusing_to_the_end(game, own, public, no_deal) - TOLERANCE


@rule(lean=True)
def _if_refusing_to_the_end(game, own, public, no_deal):
    """Return what a side has if it refuses whatever comes until the talks end: no deal, later, less what the rounds cost."""
    discount, left = game.sides[own.side].discount, public.deadline - public.round
    if public.extended == 0 and game.world[0].extension_probability > 0.0:
        left += game.world[0].extension_rounds
    value, factor = min(no_deal, no_deal * discount**left), 1.0
    for _ in range(left + 1):
        value -= factor * own.round_cost
        factor *= discount
    return value


@rule(lean=True)
def may_accept(game, talks, side):
    """Return whether a side's principal may accept the offer: it is worth no less to it than talks that end with a refusal."""
    own = talks.owns[side]
    return worth_signing(game, own, talks.public[0], talks.offer, own.ended)


@rule(lean=True)
def signs(game, talks):
    """Return whether the proposer signs its own offer once it is accepted: only what is worth no less to it than no deal.

    In a double auction the bargain is neither side's own, and both have to sign it.
    """
    public = talks.public[0]
    for side in range(2):
        own = talks.owns[side]
        has_to_sign = side == public.proposer or game.world[0].protocol == clock.DOUBLE_AUCTION
        if has_to_sign and not worth_signing(game, own, public, talks.offer, own.no_deal):
            return False
    return True


@rule(lean=True)
def remember_offer(game, talks):
    """Both sides note the offer: what was demanded in public, and what the other's offers were worth."""
    i = talks.public[0].proposer
    _remember(talks.owns[i], talks.owns[1 - i], talks.offer)
    _remember(talks.images[i], talks.images[1 - i], talks.offer)


@rule(lean=True)
def _remember(maker, receiver, offer):
    """Note an offer in the records, or in the images, of the side that makes it and of the side that receives it."""
    maker.last_demand = offer[maker.kept_column]
    maker.public_demand = max(maker.public_demand, maker.last_demand)
    maker.offers_made += 1
    receiver.other_before = receiver.other_last
    receiver.other_last = offer[receiver.kept_column]
    if receiver.offers_received == 0:
        receiver.other_first = receiver.other_last
    receiver.offers_received += 1


@rule(lean=True)
def carry_out_threats(game, talks, seed, replication):
    """Step 5b: after a refusal each announced or paused threat is carried out early or not; kept pauses earn trust."""
    world, public = game.world[0], talks.public[0]
    moves = 0
    for j in range(game.threats.shape[0]):
        state = talks.threat_state[j]
        if state != threats.ANNOUNCED and state != threats.PAUSED:
            continue
        holder = game.threats[j].holder
        propensity = threats.punishes_refusal(game.threats[j].early_execution, game.sides[holder].unpredictability)
        draw = luck.chance(seed, replication, public.round, luck.THREATS + j, luck.REFUSAL)
        carried_out = draw < propensity
        if carried_out:
            talks.threat_state[j] = threats.IMPOSED
            public.executions += 1
            moves += 1 if holder == 0 else 0
        if state == threats.PAUSED:
            for own in (talks.owns[1 - holder], talks.images[1 - holder]):
                own.trust = updated_trust(own.trust, propensity, game.sides[1 - holder].trust_slip, not carried_out)
                hold_dear(game, own)
    if moves > 0:
        public.credibility = threats.next_credibility(public.credibility, 0.0, 0.0, world.erosion, moves)


@rule(lean=True)
def vote(game, talks, ratifier):
    """Step 6: one ratifier votes on the deal on the table, and its vote is public. Returns whether it consents."""
    value = talks.offer[ratifier_column(game.world[0].home_column, ratifier)]
    consented = ratification.consents(value, talks.thresholds[ratifier])
    ratification.reveal(talks.homes, ratifier, value, consented)
    return consented


@rule(lean=True)
def learn(game, talks, side, accepted):
    """Step 7: a side updates its belief from the public record: the other's offer, or the other's answer to its own."""
    public, own = talks.public[0], talks.owns[side]
    if public.proposer == side:
        learn_from_answer(own, talks.beliefs[side], talks.weights, talks.offer, accepted)
    else:
        speakers = game.speakers[1 - side, public.tabled_part]
        learn_from_offer(own, public, talks.beliefs[side], talks.weights, talks.offer, speakers)


@rule(lean=True)
def lock_part(game, talks):
    """Settle the part of the agenda on the table at the positions of the offer; the next part comes up."""
    public = talks.public[0]
    for k in range(talks.locked.shape[0]):
        if game.part_of_issue[k] == public.part:
            talks.locked[k] = talks.package[k]
    public.part += 1


@rule(lean=True)
def reopen(talks):
    """After a setback at home every part is open again."""
    talks.locked[:] = math.nan
    talks.public[0].part = 0


@rule(lean=True)
def bear_costs(game, talks, side):
    """Charge an unsettled round: tariff pain from the threats in force, and market stress, discounted to round one.

    With flows only a round after which the talks go on is charged: any other belongs to what comes after them.
    """
    public, parameters = talks.public[0], game.sides[side]
    factor = parameters.discount ** (public.round - 1)
    in_force = 0.0
    for j in range(game.threats.shape[0]):
        if talks.threat_state[j] == threats.IMPOSED:
            in_force += game.threats[j].pain[side] * talks.threat_level[j]
    talks.ledger[side, PAIN] -= factor * parameters.tariff_pain * in_force
    talks.ledger[side, STRESS] -= factor * parameters.stress_cost * public.stress


@rule(lean=True)
def run_clock(game, talks, seed, replication):
    """Step 8: breakdown, a sudden deadline, or the deadline, which may move once. Returns an Ending's number, or 0."""
    world, public = game.world[0], talks.public[0]
    t = public.round
    if world.breakdown_hazard > 0.0:
        if luck.chance(seed, replication, t, luck.WORLD, luck.BREAKDOWN) < world.breakdown_hazard:
            return BREAKDOWN
    if world.end_hazard > 0.0:
        if luck.chance(seed, replication, t, luck.WORLD, luck.SUDDEN_DEADLINE) < world.end_hazard:
            return IMPASSE
    if t < public.deadline:
        return 0
    if public.extended == 0 and world.extension_rounds > 0:
        if luck.chance(seed, replication, t, luck.WORLD, luck.EXTENSION) < world.extension_probability:
            public.extended = 1
            public.deadline = world.rounds + world.extension_rounds
            return 0
    return IMPASSE
