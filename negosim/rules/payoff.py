"""What a deal is worth, and the exact ledger of a run's payoff by channel.

A settlement held for good pays U(x), with U = u^(1 - risk aversion); one that side k reverses after a time tau pays
U(x) until then and U(x with k's revocable issues taken back) after it. With a flow discounted at rate r the share kept is
1 - exp(-r tau), whose mean under a hazard h is H = r / (r + h).
"""

from __future__ import annotations

import math

from negosim.rules.columns import SENDER, TARGET, reverted_column
from negosim.rules.compiled import rule
from negosim.rules.menus import read_number

VALUE, WASTE, PRECEDENT, DELAY, PAIN, STRESS, AUDIENCE, REVERSAL, DAMAGE, SECURITY = range(10)
CHANNEL_COUNT = 10


@rule(lean=True)
def holding_weights(trust, rate, own_hazard, other_hazard):
    """Return the believed shares of a settlement's value that are (kept, lost to own reversal, lost to the other's).

    A trusted other never reverses: H = trust r/(r + own) + (1 - trust) r/(r + own + other).
    """
    alone = rate + own_hazard
    both = alone + other_hazard
    kept = trust * rate / alone + (1.0 - trust) * rate / both
    own = trust * own_hazard / alone + (1.0 - trust) * own_hazard / both
    return kept, own, (1.0 - trust) * other_hazard / both


@rule(lean=True, inline=True)
def retreat(public_demand, value):
    """Return how far a settlement falls short of what the side has publicly demanded."""
    return max(0.0, public_demand - value)


@rule(lean=True, inline=True)
def worth_if_signed(own, value, reverted_by_sender, reverted_by_target, precedent):
    """Return what a side expects from a deal signed now: value as held, less precedent, retreat and punishment anyway."""
    held = (
        own.weight_kept * value
        + own.weight_reverted_by_sender * reverted_by_sender
        + own.weight_reverted_by_target * reverted_by_target
    )
    costs = precedent + own.expected_reversal_cost + own.punished_deal + own.tail
    return held - costs - own.audience_cost * retreat(own.public_demand, value)


@rule(lean=True, inline=True)
def settlement_worth(own, row):
    """Return ``worth_if_signed`` of a package, one row of a menu."""
    k = own.kept_column
    by_sender, by_target = row[reverted_column(k, SENDER)], row[reverted_column(k, TARGET)]
    return worth_if_signed(own, row[k], by_sender, by_target, row[own.cost_column])


@rule(lean=True, inline=True)
def worth_at(own, menu, node, share):
    """Return what a side expects from a deal at a place of the menu."""
    k = own.kept_column
    return worth_if_signed(
        own, read_number(menu, node, share, k), read_number(menu, node, share, reverted_column(k, SENDER)),
        read_number(menu, node, share, reverted_column(k, TARGET)), read_number(menu, node, share, own.cost_column),
    )


@rule(lean=True)
def lost_share(rate, time_kept):
    """Return the share of a settlement's value that is lost when it is reversed after ``time_kept`` rounds."""
    return math.exp(-rate * time_kept)


@rule(lean=True)
def time_to_reversal(hazard, luck):
    """Return after how many rounds a settlement is reversed, exponential with the given hazard; infinite without one."""
    return -math.log(luck) / hazard if hazard > 0.0 else math.inf


@rule(lean=True)
def discounted(ledger, side, discount, talks_flow, round_number):
    """Discount the closing entries of a side's ledger to the first round and enter the loss as delay.

    With flows a round of talks pays ``talks_flow``, so that delay costs what the closing entries exceed it by.
    """
    factor = discount ** (round_number - 1)
    closing = 0.0
    for channel in (VALUE, WASTE, PRECEDENT, AUDIENCE, REVERSAL, DAMAGE, SECURITY):
        closing += ledger[side, channel]
    ledger[side, DELAY] = (factor - 1.0) * (closing - talks_flow)


@rule(lean=True)
def payoff(ledger, side):
    """Return the payoff of a side: the sum of its ledger, in the order of the channels."""
    total = 0.0
    for channel in range(CHANNEL_COUNT):
        total += ledger[side, channel]
    return total
