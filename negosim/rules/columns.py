"""The columns of a menu's row, by name.

A row holds, for each side and each of its profiles, three numbers: what the package is worth to it if it is kept, and what it
is worth once the sender, or the target, has taken back what it can. Then it holds what the package is worth to each ratifier,
and at last what it costs each side as a precedent. Where each of these begins stands in the records: ``first_column`` of a side
(for its opponent ``other_column``), ``home_column`` and ``cost_column``.
"""

from __future__ import annotations

from negosim.common.vocabulary import Side
from negosim.rules.compiled import rule

SENDER, TARGET = int(Side.SENDER), int(Side.TARGET)


@rule(lean=True, inline=True)
def kept_column(first, profile):
    """Return the column of what a package that is kept is worth to a profile of the side whose columns begin at ``first``.

    >>> kept_column(6, 0), kept_column(6, 1)
    (6, 9)
    """
    return first + 3 * profile


@rule(lean=True, inline=True)
def reverted_column(kept, reverser):
    """Return the column of what is left of it once a side has taken back what it can; ``kept`` is that of the package kept.

    >>> reverted_column(6, SENDER), reverted_column(6, TARGET)
    (7, 8)
    """
    return kept + 1 + reverser


@rule(lean=True, inline=True)
def ratifier_column(home, ratifier):
    """Return the column of what a package is worth to a ratifier; those of the ratifiers begin at ``home``."""
    return home + ratifier


@rule(lean=True, inline=True)
def precedent_column(costs, side):
    """Return the column of what a package costs a side as a precedent; the two begin at ``costs``."""
    return costs + side
