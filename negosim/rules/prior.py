"""The prior of a private reservation value: a uniform draw whose odds are tilted, over a support of a given width.

If s is uniform on [0, 1], the type at that quantile is low + (high - low) x(s), with x / (1 - x) = tilt s / (1 - s), that is
x(s) = tilt s / (1 + (tilt - 1) s). A tilt of 1 is the uniform prior; above 1 high reservation values are likelier, and the
density at the top is tilt^2 times that at the bottom. Where the value v of the prize is uniform on [v0, V] and a breakdown costs
D, the reservation value in units of the prize falls by D / v, and its prior has the tilt V / v0: uniform in resolve
(Nalebuff 1986).
"""

from __future__ import annotations

from negosim.rules.compiled import rule


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
