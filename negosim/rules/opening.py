"""The opening of a run: nature draws the private types, beliefs start at the prior, the world at its first state."""

from __future__ import annotations

import math

from negosim.rules import luck, ratification
from negosim.rules.beliefs import mean_density, place_of
from negosim.rules.columns import kept_column, precedent_column
from negosim.rules.compiled import rule
from negosim.rules.payoff import holding_weights


@rule(lean=True)
def draw_type(game, own, seed, replication):
    """Draw a side's private reservation value, priorities and commitment; a belief-only spread leaves the truth at the mean."""
    side = game.sides[own.side]
    own.reservation = side.prior_mean
    if side.ambiguity > 0.0 and side.reservation_belief_only == 0:
        share = luck.chance(seed, replication, 0, own.side, luck.RESERVATION)
        own.reservation += 2.0 * side.ambiguity * (place_of(share, side.prior_tilt) - side.prior_centre)
    own.profile = side.profiles - 1
    if side.voices > 1 and side.voices_belief_only == 0:
        draw = luck.chance(seed, replication, 0, own.side, luck.PROFILE)
        own.profile = pick(game.profile_priors[own.side], side.voices, draw)
    own.committed = 0
    if side.commitment > 0.0 and luck.chance(seed, replication, 0, own.side, luck.COMMITTED) < side.commitment:
        own.committed = 1


@rule(lean=True)
def pick(weights, count, draw):
    """Return the index that a uniform draw picks from weights that sum to 1."""
    total = 0.0
    for i in range(count):
        total += weights[i]
        if draw < total:
            return i
    return count - 1


@rule(lean=True)
def know_the_other(game, own):
    """Enter what a side believes about the rule by which the other plays: the common prior."""
    other = game.sides[1 - own.side]
    own.other_column, own.other_voices = other.first_column, other.voices
    own.believed_opening, own.believed_toughness = other.opening, other.toughness
    width = 2.0 * other.ambiguity
    own.believed_low = other.prior_mean - width * other.prior_centre
    own.believed_high = other.prior_mean + width * (1.0 - other.prior_centre)
    own.believed_tilt = other.prior_tilt
    own.believed_demand, own.believed_cells = other.committed_demand, other.cells


@rule(lean=True)
def hold_dear(game, own):
    """Enter how much of a settlement a side believes will be kept, from its trust in the other."""
    side, other = game.sides[own.side], game.sides[1 - own.side]
    kept, mine, theirs = holding_weights(own.trust, side.holding_rate, side.reversal, other.reversal)
    own.weight_kept = kept
    own.weight_reverted_by_sender = mine if own.side == 0 else theirs
    own.weight_reverted_by_target = theirs if own.side == 0 else mine
    own.expected_reversal_cost = mine * side.reversal_cost - (mine + theirs) * side.lapse


@rule(lean=True)
def prepare_side(game, own):
    """Enter a side's own parameters and an empty memory; the type must have been drawn."""
    side = game.sides[own.side]
    own.table = own.profile if side.looks_ahead else 0
    own.kept_column = kept_column(side.first_column, own.profile)
    own.cost_column = precedent_column(game.world[0].cost_column, own.side)
    own.opening, own.toughness, own.discount = side.opening, side.toughness, side.discount
    own.audience_cost, own.committed_demand = side.audience_cost, side.committed_demand
    own.outside_option, own.trust, own.believed_noise = side.outside_option, side.trust, side.believed_noise
    own.public_demand = own.last_demand = own.other_first = own.other_last = own.other_before = -1.0
    own.offers_made = own.offers_received = 0
    own.demanded = 0.0
    own.wants_gain = game.world[0].flows
    own.base_low, own.base_step = side.base_low, side.base_step
    own.level_low, own.level_step = side.level_low, side.level_step
    own.punished_deal = own.no_deal = own.ended = own.round_cost = own.round_flow = own.tail = 0.0
    know_the_other(game, own)
    hold_dear(game, own)


@rule(lean=True)
def prepare_image(game, image):
    """Enter a side as the public record shows it: with the mean of its prior for its type, and not committed."""
    side = game.sides[image.side]
    image.reservation, image.profile, image.committed = side.prior_mean, side.profiles - 1, 0
    prepare_side(game, image)


@rule(lean=True)
def prior_belief(game, own, belief):
    """Fill a side's belief with its prior: voices x (reservation value, or the committed type)."""
    other = game.sides[1 - own.side]
    belief[:, :] = 0.0
    for p in range(other.voices):
        weight = game.profile_priors[1 - own.side, p]
        for c in range(other.cells):
            density = mean_density(c / other.cells, (c + 1.0) / other.cells, other.prior_tilt)
            belief[p, c] = weight * (1.0 - other.commitment) * density / other.cells
        belief[p, other.cells] = weight * other.commitment


@rule(lean=True)
def open_world(game, talks):
    """Put the public record at its first state."""
    world, public = game.world[0], talks.public[0]
    public.round = public.executions = public.extended = public.part = 0
    public.deadline = world.rounds
    public.lead = public.proposer = public.both = 0
    public.stress = public.peak_stress = world.initial_stress
    public.credibility = world.credibility
    public.home_column, public.interpolate = world.home_column, world.interpolate
    public.ends_on_failure = 1 - world.setback
    for j in range(game.threats.shape[0]):
        talks.threat_state[j] = game.threats[j].state
        talks.threat_level[j] = game.threats[j].level
    talks.locked[:] = math.nan
    talks.ledger[:, :] = 0.0


@rule(lean=True)
def open_talks(game, talks, seed, replication):
    """Open a run: the world, the types, the beliefs and the thresholds at home."""
    open_world(game, talks)
    for i in range(2):
        own, image = talks.owns[i], talks.images[i]
        own.side = image.side = i
        draw_type(game, own, seed, replication)
        prepare_side(game, own)
        prepare_image(game, image)
        prior_belief(game, own, talks.beliefs[i])
    for r in range(game.homes.shape[0]):
        talks.homes[r, 0], talks.homes[r, 1] = game.homes[r, 0], game.homes[r, 1]
        draw = luck.chance(seed, replication, 0, luck.RATIFIERS + r, luck.THRESHOLD)
        talks.thresholds[r] = ratification.threshold(game.homes[r, 0], game.homes[r, 1], draw)
