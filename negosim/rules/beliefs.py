"""What a side believes about the other's type, and how the public record moves it (Bayes' rule).

A belief has shape (voices, cells + 1): row p is the hypothesis that the other principal shares voice p's priorities; the
first columns hold the mass of each cell of its reservation value (uniform inside a cell, so the distribution function is
piecewise linear), the last column the mass of the type that never takes less than its demand.
The believed rule of the other side is the time-dependent path of ``concession`` (Faratin, Sierra & Jennings 1998), for
its offers and for its answers; in the last round it equals the reservation value, which is the one-shot case. A side that
holds out (``solvers.holding_out``) is believed to do so: it demands what a committed one would, and gives way as its table says.

The prior of a private reservation value is a uniform draw whose odds are tilted. If s is uniform on [0, 1], the type at that
quantile is low + (high - low) x(s), with x / (1 - x) = tilt s / (1 - s), that is x(s) = tilt s / (1 + (tilt - 1) s). A tilt of 1
is the uniform prior; above 1 high reservation values are likelier, and the density at the top is tilt^2 times that at the
bottom. Where the value v of the prize is uniform on [v0, V] and a breakdown costs D, the reservation value in units of the prize
falls by D / v, and its prior has the tilt V / v0: uniform in resolve (Nalebuff 1986).
"""

from __future__ import annotations

import math

import numpy as np

from negosim.rules.columns import kept_column
from negosim.rules.compiled import rule
from negosim.rules.luck import normal_cdf
from negosim.rules.menus import read_number

TOLERANCE = 1e-9  # a utility this little below a demand still meets it: rounding must not decide an answer


@rule(lean=True)
def conceded_share(elapsed, toughness):
    """Return elapsed^toughness, the share of its way that a side has gone; toughness above 1 is Boulware, below 1 conceder.

    ``toughness`` is 1/b in Faratin's notation.
    """
    return elapsed**toughness


@rule(lean=True)
def concession(reservation, opening, conceded):
    """Return the utility demanded, D(r) = r + (max(D0, r) - r) (1 - conceded)."""
    return reservation + (max(opening, reservation) - reservation) * (1.0 - conceded)


@rule(lean=True, inline=True)
def most_demanding_acceptor(offered, opening, conceded):
    """Return the highest reservation value r whose demand D(r) an offer worth ``offered`` still meets."""
    if offered >= opening:
        return offered
    if conceded <= 0.0:
        return -np.inf
    return (offered - opening * (1.0 - conceded)) / conceded


@rule(lean=True)
def share_of_cells(cell, cells, cut, low, high):
    """Return the share of a cell's mass that lies at or below ``cut``; the support [low, high] has equal cells."""
    if high <= low:
        return 1.0 if low <= cut + TOLERANCE else 0.0
    place = (cut - low) / (high - low) * cells - cell
    return min(1.0, max(0.0, place))


@rule
def cumulative(own, belief):
    """Return running sums over the cells, (voices, cells + 1, 2): mass and first moment of the reservation value."""
    cells = own.believed_cells
    width = (own.believed_high - own.believed_low) / cells
    sums = np.zeros((own.other_voices, cells + 1, 2))
    for p in range(own.other_voices):
        for c in range(cells):
            sums[p, c + 1, 0] = sums[p, c, 0] + belief[p, c]
            sums[p, c + 1, 1] = sums[p, c, 1] + belief[p, c] * (own.believed_low + (c + 0.5) * width)
    return sums


@rule(lean=True, inline=True)
def acceptance(own, belief, sums, menu, node, share):
    """Return (chance of acceptance, mass and first moment of the rational types that refuse, committed that refuse).

    The offer lies at a share of the way from a node of the menu to the next. The first is sum_p b_p F_p(cut(u_p(x))), with F_p
    piecewise linear, plus the committed mass whose demand is met. ``sums`` comes from ``cumulative``.
    """
    cells = own.believed_cells
    low, high = own.believed_low, own.believed_high
    accepted = refusing = moment = committed = 0.0
    for p in range(own.other_voices):
        offered = read_number(menu, node, share, kept_column(own.other_column, p))
        cut = most_demanding_acceptor(offered, own.believed_opening, own.believed_conceded)
        if cut <= low < high and offered < own.believed_demand - TOLERANCE:  # all refuse, which needs no arithmetic
            refusing += sums[p, cells, 0]
            moment += sums[p, cells, 1]
            committed += belief[p, cells]
            continue
        place = (cut - low) / (high - low) * cells if high > low else (cells if low <= cut + TOLERANCE else 0.0)
        place = min(float(cells), max(0.0, place))
        cell = min(int(place), cells - 1)
        inside, voice, at = place - cell, np.uintp(p), np.uintp(cell)
        mass = belief[voice, at]
        below = sums[voice, at, 0] + inside * mass
        middle = low + (cell + 0.5 * inside) * (high - low) / cells
        accepted += below
        refusing += sums[p, cells, 0] - below
        moment += sums[p, cells, 1] - sums[voice, at, 1] - inside * mass * middle
        if offered >= own.believed_demand - TOLERANCE:
            accepted += belief[p, cells]
        else:
            committed += belief[p, cells]
    return accepted, refusing, moment, committed


@rule(lean=True)
def believed_profile(belief, voices, cells):
    """Return the voice whose priorities the other most likely shares, or ``voices`` (the mean) if none has over half."""
    if voices == 1:
        return 0
    for p in range(voices):
        mass = 0.0
        for c in range(cells + 1):
            mass += belief[p, c]
        if mass > 0.5:
            return p
    return voices


@rule(lean=True)
def _density(x):
    return math.exp(-0.5 * x * x) * 0.3989422804014327


@rule(lean=True)
def offer_likelihood(offered, reservation, low, high, opening, conceded, noise):
    """Return the likelihood of an offer worth ``offered`` to its maker, whose reservation value lies in [low, high].

    Offers are min(1, max(r, D(r) + noise * normal)), r uniform in the cell: a density, and for each r an atom at r from the
    clipping, which the cell spreads out. What is clipped at 1 counts as spread over one ``noise``, to be set beside densities.
    """
    demand = concession(reservation, opening, conceded)
    if offered >= 1.0 - TOLERANCE:
        return normal_cdf((demand - 1.0) / noise) / noise
    width = high - low if high > low else noise
    possible = 1.0 if offered >= low - TOLERANCE else 0.0
    if high > low:
        possible = min(1.0, max(0.0, (offered - low) / width))
    likelihood = possible * _density((offered - demand) / noise) / noise
    if low - TOLERANCE <= offered <= high + TOLERANCE:
        likelihood += normal_cdf((reservation - demand) / noise) / width
    return likelihood


@rule(lean=True)
def _rescale(own, belief, weights):
    """Take over the weights as the new belief; evidence that no type explains leaves it as it was."""
    total = 0.0
    for p in range(own.other_voices):
        for c in range(own.believed_cells + 1):
            total += weights[p, c]
    if total > 0.0:
        for p in range(own.other_voices):
            for c in range(own.believed_cells + 1):
                belief[p, c] = weights[p, c] / total


@rule(lean=True)
def learn_from_offer(own, public, belief, weights, row, speakers):
    """Update a belief by the other's offer and by who made it.

    ``speakers`` (profiles, voices) is who leads for whom; ``weights`` is a scratch array of the belief's shape.
    """
    cells = own.believed_cells
    width = (own.believed_high - own.believed_low) / cells
    mimics = holds_out(own.believed_gives_way, own.believed_gives_way_below)
    for p in range(own.other_voices):
        offered = row[kept_column(own.other_column, p)]
        speaks = speakers[p, public.lead]
        if mimics:
            for c in range(cells + 1):
                weights[p, c] = belief[p, c] * speaks
            continue
        for c in range(cells):
            weights[p, c] = 0.0
            if belief[p, c] == 0.0:
                continue
            low = own.believed_low + c * width
            weights[p, c] = belief[p, c] * speaks * offer_likelihood(
                offered, low + 0.5 * width, low, low + width,
                own.believed_opening, own.believed_conceded, own.believed_noise,
            )
        gap = (offered - own.believed_demand) / own.believed_noise
        if offered >= 1.0 - TOLERANCE:
            likelihood = normal_cdf((own.believed_demand - 1.0) / own.believed_noise) / own.believed_noise
        else:
            likelihood = _density(gap) / own.believed_noise
        weights[p, cells] = belief[p, cells] * speaks * likelihood
    _rescale(own, belief, weights)


@rule(lean=True)
def holds_out(gives_way, gives_way_below):
    """Return whether a side is known to hold out for its demand, with one rule or the other for giving way."""
    return not (math.isnan(gives_way) and math.isnan(gives_way_below))


@rule(lean=True)
def _accepting_share(own, cell, offered, meets):
    """Return the share of a cell of rational types that accepts an offer worth ``offered``; ``meets`` is the demand met."""
    if holds_out(own.believed_gives_way, own.believed_gives_way_below):
        if meets:
            return 1.0
        if offered < own.believed_gives_way_to - TOLERANCE:
            return 0.0
        if not math.isnan(own.believed_gives_way):
            return own.believed_gives_way
        cut = own.believed_gives_way_below
    else:
        cut = most_demanding_acceptor(offered, own.believed_opening, own.believed_conceded)
    return share_of_cells(cell, own.believed_cells, cut, own.believed_low, own.believed_high)


@rule(lean=True)
def learn_from_answer(own, belief, weights, row, accepted):
    """Update a belief by the other's answer to an offer: each type survives by its share that would answer so."""
    cells = own.believed_cells
    for p in range(own.other_voices):
        offered = row[kept_column(own.other_column, p)]
        meets = offered >= own.believed_demand - TOLERANCE
        for c in range(cells):
            share = _accepting_share(own, c, offered, meets)
            weights[p, c] = belief[p, c] * (share if accepted else 1.0 - share)
        weights[p, cells] = belief[p, cells] if meets == accepted else 0.0
    _rescale(own, belief, weights)


@rule(lean=True)
def learn_from_threat(own, belief, weights, rational_chance, committed_chance, happened):
    """Update a belief by a move that the rational types make with one chance and the committed type with another."""
    cells = own.believed_cells
    rational = rational_chance if happened else 1.0 - rational_chance
    committed = committed_chance if happened else 1.0 - committed_chance
    for p in range(own.other_voices):
        for c in range(cells):
            weights[p, c] = belief[p, c] * rational
        weights[p, cells] = belief[p, cells] * committed
    _rescale(own, belief, weights)


@rule(lean=True)
def summary(belief, own):
    """Return (mean reservation value of the rational types, mass of the committed type): the state of the outlook."""
    cells = own.believed_cells
    width = (own.believed_high - own.believed_low) / cells
    rational = moment = 0.0
    for p in range(own.other_voices):
        for c in range(cells):
            rational += belief[p, c]
            moment += belief[p, c] * (own.believed_low + (c + 0.5) * width)
    mean = moment / rational if rational > 0.0 else own.believed_high
    return mean, 1.0 - rational


@rule(lean=True)
def updated_trust(trust, breaks, slip, kept):
    """Return the trust in the other's promises after a pause that was kept or broken.

    A reliable side breaks a pause with chance ``slip``, an unreliable one with ``breaks`` (at least ``slip``).
    """
    unreliable = min(1.0, max(breaks, slip))
    if kept:
        reliable_weight, other_weight = trust * (1.0 - slip), (1.0 - trust) * (1.0 - unreliable)
    else:
        reliable_weight, other_weight = trust * slip, (1.0 - trust) * unreliable
    total = reliable_weight + other_weight
    return trust if total <= 0.0 else reliable_weight / total


@rule(lean=True)
def place_of(share, tilt):
    """Return the place in the support, 0 to 1, below which a share of the types lies.

    >>> place_of(0.5, 1.0), place_of(0.5, 3.0)
    (0.5, 0.75)
    """
    return tilt * share / (1.0 + (tilt - 1.0) * share)


@rule(lean=True)
def reservation_at(low, high, tilt, share):
    """Return the reservation value below which a share of a side's types lies: the quantile function of its prior."""
    return low + (high - low) * place_of(share, tilt)


@rule(lean=True)
def mean_density(below, above, tilt):
    """Return the mean density of the types between two places in the support, in units of the uniform density.

    (F(above) - F(below)) / (above - below) with F(x) = x / (tilt - (tilt - 1) x), the inverse of ``place_of``.

    >>> mean_density(0.0, 0.75, 3.0) * 0.75
    0.5
    """
    return tilt / ((tilt - (tilt - 1.0) * below) * (tilt - (tilt - 1.0) * above))
