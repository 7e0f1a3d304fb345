"""One price: the equilibria of a double auction in which all who trade bid the same (Leininger, Linhart & Radner 1989).

Take any package on the frontier. If every type to which it is worth more than no bargain bids what it gives its side, and every
other type bids more than there is, then no bid gains anything. A lower one strikes the same bargains on worse terms; a higher one
strikes none, and neither does any bid with a type that asks for more than there is. A type that does not trade would trade below
what it has without. This holds for any distribution of types, any frontier and any weight k, and in each of several rounds.
Of all these prices the one is taken with the largest product of both sides' expected gains (Nash 1950), which no unit of utility
changes. Where both reservation values are known it is the Nash solution.
"""

from __future__ import annotations

import numpy as np

from negosim.rules.compiled import rule
from negosim.rules.menus import read_row
from negosim.rules.payoff import settlement_worth

GOLDEN = 0.6180339887498949
REFINEMENTS = 40
AS_GOOD = 1e-6  # a product that is greater by this share of it is greater, and not just rounded otherwise
NO_PRICE = -1.0


@rule(lean=True)
def trade_at(worth, nothing):
    """Return (share of a side's types that trade at a price, expected gain of a type not known yet).

    ``worth`` is what the price is worth to the side; ``nothing`` (types,) what types have without a bargain, linear between them.
    """
    share, gain, cells = 0.0, 0.0, nothing.shape[0] - 1
    for c in range(cells):
        more = worth - min(nothing[c], nothing[c + 1])
        less = worth - max(nothing[c], nothing[c + 1])
        if less > 0.0:
            share += 1.0
            gain += 0.5 * (more + less)
        elif more > 0.0:
            share += more / (more - less)
            gain += 0.5 * more * more / (more - less)
    return share / cells, gain / cells


@rule(lean=True)
def product_of_gains(menu, images, nothing, place, row):
    """Return the product of both sides' expected gains at a place of the menu, whose columns are written into ``row``.

    What a side expects to gain there is its own gain times the share of the other's types that trade.
    """
    read_row(menu, place, row)
    share, gain = trade_at(settlement_worth(images[0], row), nothing[0])
    other_share, other_gain = trade_at(settlement_worth(images[1], row), nothing[1])
    return (share * other_share) * (gain * other_gain)


@rule
def best_node(world, menu, images, nothing):
    """Return (place, product) of the node with the largest product of gains; NO_PRICE where nobody gains at any node.

    Of nodes that are as good as one another it is the one best for the side that is named first proposer.
    """
    row, last = np.zeros(menu.shape[1]), menu.shape[0] - 1
    best, most = NO_PRICE, 0.0
    for m in range(last + 1):
        place = float(last - m if world.first_proposer == 0 else m)
        product = product_of_gains(menu, images, nothing, place, row)
        if product > most * (1.0 + AS_GOOD):
            best, most = place, product
    return best, most


@rule
def refined(menu, images, nothing, best, most):
    """Return the best place by golden sections between the nodes at both sides of the best node, or that node itself."""
    row = np.zeros(menu.shape[1])
    low, high = max(0.0, best - 1.0), min(float(menu.shape[0] - 1), best + 1.0)
    first, second = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_first = product_of_gains(menu, images, nothing, first, row)
    at_second = product_of_gains(menu, images, nothing, second, row)
    for _ in range(REFINEMENTS):
        if at_first >= at_second:
            high, second, at_second = second, first, at_first
            first = high - GOLDEN * (high - low)
            at_first = product_of_gains(menu, images, nothing, first, row)
        else:
            low, first, at_first = first, second, at_second
            second = low + GOLDEN * (high - low)
            at_second = product_of_gains(menu, images, nothing, second, row)
    return first if at_first > most * (1.0 + 1e-12) else best
