"""Learning from silence: who has not conceded yet is more likely to be committed."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from negosim.theory.domain import NOT_NEGATIVE, PROBABILITY, Numbers, arguments, plain


def commitment_after_silence(prior: ArrayLike, concession_rate: ArrayLike, time: ArrayLike) -> Numbers:
    """Return the probability that a side is committed to its demand after it has not conceded for a time.

    z(t) = z / (z + (1 - z) exp(-lambda t))

    prior (z) in [0, 1], the probability at time 0; concession_rate (lambda) not negative, the hazard rate at which the
    *other*, uncommitted type concedes, per unit of time; time (t) not negative. The rates of `attrition` are those of both types
    together; there the posterior is z_i exp(lambda_i t) / c_i.
    Source: Bayes' rule, as for the commitment types of Myerson (1991), Game Theory, and Abreu & Gul (2000), Econometrica 68.

    >>> round(commitment_after_silence(0.1, 0.3, 5.0), 6)
    0.332428
    """
    before, rate, elapsed = arguments(
        prior=(prior, PROBABILITY), concession_rate=(concession_rate, NOT_NEGATIVE), time=(time, NOT_NEGATIVE)
    )
    silent = np.exp(-rate * elapsed)
    return plain(before / np.where(before > 0, before + (1 - before) * silent, 1.0))
