"""Subgame-perfect play by backward induction (Stahl 1972; Rubinstein 1982; Binmore, Rubinstein & Wolinsky 1986).

It is subgame-perfect where nothing is private and both sides play it. Where something is, it is the play of a side that takes the
other for the mean of its prior, and learns nothing.
"""

from __future__ import annotations

import numpy as np

from negosim.rules.beliefs import TOLERANCE
from negosim.rules.compiled import rule
from negosim.rules.home import ratification
from negosim.rules.induction import best_move, deal_worth, needs, now
from negosim.rules.menus import read_row
from negosim.rules.records import PROPOSE, RESPOND
from negosim.vocabulary import Response

ACCEPT, REFUSE, WALK_OUT = int(Response.ACCEPT), int(Response.REFUSE), int(Response.WALK_OUT)


@rule(PROPOSE)
def propose(own, other, public, belief, homes, menu, outlook, noise):
    """Offer the other just what it has otherwise, and keep the rest; if going on is better than that, ask for everything."""
    row = np.empty(menu.shape[1])
    refused = np.array(now(own, other, public, outlook))
    place, _, _ = best_move(menu, own, other, homes, public, refused, row)
    if place < 0.0:
        return 1.0
    read_row(menu, place, row)
    return row[own.kept_column]


@rule
def prospects(own, other, public, homes, offer, outlook):
    """Return (worth of the deal, worth of a refusal, chance that the deal passes at home)."""
    refused, _ = now(own, other, public, outlook)
    failed = own.no_deal if public.ends_on_failure else refused
    passes = ratification(offer, homes, public.home_column)
    return deal_worth(own, offer, homes, public.home_column, failed), refused, passes


@rule(RESPOND)
def respond(own, other, public, belief, homes, offer, outlook):
    """Take the best of the deal, going on, and leaving; a tie goes to the deal, unless it would surely fail at home."""
    deal, refused, passes = prospects(own, other, public, homes, offer, outlook)
    need, leaves = needs(own, refused)
    if passes > 0.0 and deal >= need - TOLERANCE:
        return ACCEPT
    return WALK_OUT if leaves else REFUSE
