"""Playing the special cases: teaching scenarios with everything else off, and what is read off their runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negosim.kernel import Outcomes, simulate
from negosim.scenario import Scenario
from negosim.vocabulary import Ending

QUIET = {"sender.offer_noise": 0.0, "target.offer_noise": 0.0, "sender.discount": 1.0, "target.discount": 1.0}
"""No noise in offers and no impatience."""


def special_case(name: str, changes: Mapping[str, Any], strategy: str | None = None) -> Scenario:
    """Return a teaching scenario without noise and impatience, with changes by dotted name; ``strategy`` is for both sides."""
    both = {} if strategy is None else {"sender.strategy": strategy, "target.strategy": strategy}
    return Scenario.load(name).vary({**QUIET, **both, **changes})


def settled(outcomes: Outcomes) -> NDArray[np.bool_]:
    """Return which runs were settled, (runs,)."""
    return outcomes.runs["ending"] == Ending.SETTLED


def the_outcome(scenario: Scenario) -> tuple[float, float]:
    """Return both sides' utilities of a settlement in which luck plays no part; NaN where there is none."""
    sender, target = map(float, simulate(scenario, 1).runs["utility"][0])
    return sender, target
