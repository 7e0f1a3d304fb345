"""Ratification at home: a deal must pass every ratifier of both sides (Putnam 1988).

A ratifier consents iff the deal is worth at least its threshold, a private draw from U[low, high]; rounding decides no vote, or
two thresholds that leave but one deal would leave none. A vote is public: it narrows what is known of each threshold, so a second
vote is conditioned on the first.
"""

from __future__ import annotations

from negosim.rules.beliefs import TOLERANCE
from negosim.rules.columns import ratifier_column
from negosim.rules.compiled import rule


@rule(lean=True)
def threshold(low, high, luck):
    """Return a ratifier's threshold, uniform on [low, high]."""
    return low + luck * (high - low)


@rule(lean=True)
def consents(value, limit):
    """Return whether a ratifier to whom the deal is worth ``value`` lets it pass."""
    return value >= limit - TOLERANCE


@rule(lean=True, inline=True)
def consent_probability(value, low, high):
    """Return the chance that a threshold known to be uniform on [low, high] is met: a step where low = high."""
    if value >= high - TOLERANCE:
        return 1.0
    return (value - low) / (high - low) if value > low else 0.0


@rule(lean=True, inline=True)
def ratification(row, homes, home_column):
    """Return the chance that an offer passes all homes: the product over ratifiers; ``homes`` has shape (ratifiers, 2)."""
    chance = 1.0
    for r in range(homes.shape[0]):
        chance *= consent_probability(row[ratifier_column(home_column, r)], homes[r, 0], homes[r, 1])
        if chance == 0.0:
            return 0.0
    return chance


@rule(lean=True)
def reveal(homes, ratifier, value, consented):
    """Narrow the public support of a threshold by the vote of its ratifier on a deal worth ``value`` to it."""
    if consented:
        homes[ratifier, 1] = max(homes[ratifier, 0], min(homes[ratifier, 1], value))
    else:
        homes[ratifier, 0] = min(homes[ratifier, 1], max(homes[ratifier, 0], value))
