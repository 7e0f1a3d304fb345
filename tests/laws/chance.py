"""How sure a statistical law is: every comparison raises a false alarm with at most one chance in a million."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

FALSE_ALARM = 1e-6
"""Chance that one comparison fails although the law holds; the luck is fixed, so that it fails always or never."""
SIGMAS = float(stats.norm.isf(FALSE_ALARM / 2))
"""The same for a mean of many draws, in standard errors: 4.9."""


def happens_as_often(count: int, trials: int, chance: float) -> bool:
    """Return whether ``count`` of ``trials`` is believable for a given chance (exact binomial test, two-sided)."""
    return bool(stats.binomtest(int(count), int(trials), chance).pvalue > FALSE_ALARM)


def has_mean(draws: NDArray[np.float64], mean: float) -> bool:
    """Return whether draws are believable for a given mean."""
    error = draws.std(ddof=1) / np.sqrt(len(draws))
    return bool(abs(draws.mean() - mean) <= SIGMAS * error)
