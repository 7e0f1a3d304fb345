"""What both sides have if they refuse to talk: no deal from round 0 on, which the talks are held against.

    value = base - stress - threats - doubt

With flows ``base`` is what a round without a settlement is worth before costs; with lumps it is the mean reservation value.
``stress`` is what market stress goes on costing: that of the start, and what threats in force or still moving keep up. ``threats``
is the damage expected of the threats that are in force or announced, sum_j damage_j level_j c_j with c = 1 if it is imposed and
else execution (1 - u/2) of its holder; below 0 for a side that gains by them. ``doubt`` is security stake x (1 - credibility).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from negosim.engine.prepare import disagreement_point, prepare
from negosim.scenario.scenario import Scenario

Array = NDArray[np.float64]


class NoTalks(NamedTuple):
    """What talks that are refused are worth, and its parts; each field is (sides,), in utility after the attitude to risk.

    ``least`` is the mean reservation value: the least utility that a side would sign for, before damage and doubts. It exceeds
    what no deal pays by what a deal costs the side that signs it.
    """

    base: Array
    stress: Array
    threats: Array
    doubt: Array
    least: Array

    @property
    def value(self) -> Array:
        """What both sides have (sides,)."""
        return self.base - self.stress - self.threats - self.doubt


def no_talks(scenario: Scenario) -> NoTalks:
    """Return what both sides of a scenario have, on the mean of their types, if the talks are refused before round 1.

    Talks that explode in round 1 come to nearly the same. What differs is small: in round 1 threats may be announced, and the
    refusal may have some carried out early, which also erodes the guarantee; with lumps the round has costs of its own.

    >>> refused = no_talks(Scenario.load("threat"))
    >>> refused.base.tolist(), refused.threats.round(6).tolist(), refused.value.round(6).tolist()
    ([0.0, 1.0], [0.0, 0.5], [0.0, 0.5])
    """
    game = prepare(scenario)
    sides, world = game.sides, game.world[0]
    no_deal = sides["prior_mean"] - sides["gap"]
    base = sides["talks_flow"] if world["flows"] else no_deal
    kept_up = base - no_deal
    return NoTalks(
        base=base,
        stress=kept_up + sides["stress_tail"] * world["initial_stress"],
        threats=no_deal - disagreement_point(game),
        doubt=sides["security_stake"] * (1.0 - world["credibility"]),
        least=sides["prior_mean"],
    )
