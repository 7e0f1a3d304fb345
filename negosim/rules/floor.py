"""Who has the floor: one side tables an offer in a round, or both do at once, and what their answers come to.

On the concession clock (Maynard Smith 1974; Abreu & Gul 2000) both sides table their demands and answer at once; a side that
accepts gives way. In the double auction (Chatterjee & Samuelson 1983) both table sealed bids, and a bargain is struck between
them if each bid satisfies the other.
"""

from __future__ import annotations

from negosim.common.vocabulary import Response
from negosim.rules import clock, luck
from negosim.rules.beliefs import TOLERANCE
from negosim.rules.compiled import rule
from negosim.rules.menus import evaluate
from negosim.rules.opening import pick

ACCEPT, REFUSE = int(Response.ACCEPT), int(Response.REFUSE)


@rule(lean=True)
def open_floor(game, talks, seed, replication):
    """Step 3: the protocol names the proposer of the round, or gives both sides the floor."""
    world, public = game.world[0], talks.public[0]
    t = public.round
    draw = luck.chance(seed, replication, t, luck.WORLD, luck.PROPOSER) if world.protocol == clock.RANDOM_PROPOSER else 0.0
    public.proposer = clock.proposer(world.protocol, world.first_proposer, world.proposer_probability, t, draw)
    public.both = 1 if clock.both_speak(world.protocol) else 0
    public.tabled_part = public.part


@rule(lean=True)
def speaks(talks, side):
    """Return whether a side tables an offer in this round."""
    public = talks.public[0]
    return public.both == 1 or public.proposer == side


@rule(lean=True)
def take_the_floor(game, talks, side, seed, replication):
    """Step 3': a side is about to table an offer; its lead is drawn by portfolio and by whose priorities the principal shares."""
    public = talks.public[0]
    public.proposer = side
    own = talks.owns[side]
    voices = game.sides[side].voices
    public.lead = 0
    if voices > 1:
        draw = luck.chance(seed, replication, public.round, side, luck.LEAD)
        public.lead = pick(game.speakers[side, public.part, own.profile], voices, draw)


@rule(lean=True)
def _copy(source, destination):
    for n in range(source.shape[0]):
        destination[n] = source[n]


@rule(lean=True)
def lay_down(talks):
    """Keep the offer just tabled where both sides table one, so that the other side's can be tabled too."""
    public = talks.public[0]
    if public.both == 1:
        side = public.proposer
        _copy(talks.offer, talks.offers[side])
        _copy(talks.package, talks.packages[side])
        talks.leads[side] = public.lead


@rule(lean=True)
def look_at(talks, side):
    """Bring a side's offer of this round before the other side."""
    public = talks.public[0]
    if public.both == 1:
        public.proposer, public.lead = side, talks.leads[side]
        _copy(talks.offers[side], talks.offer)
        _copy(talks.packages[side], talks.package)


@rule(lean=True)
def satisfies(talks):
    """Return the answer of a double auction to the bid being looked at: whether it is worth the other side's own bid to it."""
    own = talks.owns[1 - talks.public[0].proposer]
    return ACCEPT if talks.offer[own.kept_column] >= own.demanded - TOLERANCE else REFUSE


@rule(lean=True, inline=True)
def conclude(game, talks, seed, replication):
    """Step 5: return what the answers come to, a Response, and leave what is agreed on the table."""
    public = talks.public[0]
    if public.both == 0:
        return talks.answers[public.proposer]
    if game.world[0].protocol == clock.DOUBLE_AUCTION:
        return _open_bids(game, talks)
    return _give_way(talks, seed, replication)


@rule(lean=True)
def _give_way(talks, seed, replication):
    """Leaving goes before giving way, that before holding out; where both leave, or both give way, chance says who was first."""
    to_sender, to_target = talks.answers[0], talks.answers[1]
    standing = 0 if to_sender > to_target else 1
    if to_sender == to_target and to_sender != REFUSE:
        draw = luck.chance(seed, replication, talks.public[0].round, luck.WORLD, luck.STANDING)
        standing = 0 if draw < 0.5 else 1
    look_at(talks, standing)
    return talks.answers[standing]


@rule(lean=True)
def strike_bargain(game, talks):
    """Put the bargain between both sides' packages on the table: (1 - k) of the sender's + k of the target's on every issue.

    On issues with levels it goes to the nearest one.
    """
    k = game.world[0].auction_weight
    for i in range(talks.package.shape[0]):
        x = (1.0 - k) * talks.packages[0, i] + k * talks.packages[1, i]
        steps = game.levels[i] - 1
        talks.package[i] = round(x * steps) / steps if steps > 0 else x
    evaluate(game, talks.package, talks.other_package, talks.offer)


@rule(lean=True)
def _open_bids(game, talks):
    """Strike the bargain between two bids that satisfy each other, if it still gives each side what it bid."""
    if talks.answers[0] != ACCEPT or talks.answers[1] != ACCEPT:
        return REFUSE
    strike_bargain(game, talks)
    for side in range(2):
        own = talks.owns[side]
        if talks.offer[own.kept_column] < own.demanded - TOLERANCE:
            return REFUSE
    return ACCEPT
