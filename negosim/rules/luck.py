"""The addresses of all draws: who draws, for what purpose. A draw is a function of (seed, run, round, who, purpose)."""

from __future__ import annotations

from negosim.rules.compiled import rule
from negosim.rules.draws import normal, uniform

WORLD = 2
"""Who: 0 and 1 are the sides; threats and ratifiers count up from their own bases."""
THREATS, RATIFIERS = 16, 64

RESERVATION, PROFILE, COMMITTED, LEAD, NOISE, ANSWER = 0, 1, 2, 3, 4, 5
NEWS, PROPOSER, BREAKDOWN, SUDDEN_DEADLINE, EXTENSION, REVERSAL, REVERSER, STANDING = 0, 1, 2, 3, 4, 5, 6, 7
LEVEL, REFUSAL, CLOSING = 0, 1, 2
THRESHOLD = 0


@rule(lean=True)
def chance(seed, replication, round_number, who, purpose):
    """Return the addressed uniform draw in (0, 1)."""
    return uniform(seed, replication, round_number, who, purpose)


@rule(lean=True)
def shock(seed, replication, round_number, who, purpose):
    """Return the addressed standard normal draw."""
    return normal(uniform(seed, replication, round_number, who, purpose))
