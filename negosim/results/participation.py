"""Participation: what both sides gain by talking, in each joint draw of the assumed numbers, over talks that are refused.

A side that loses by talking would have stayed away, so the model owes it a reason. Where there is a zone of agreement, a
side that looks ahead should lose nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from negosim.common.vocabulary import Side
from negosim.engine.no_talks import no_talks
from negosim.engine.prepare import prepare
from negosim.experiment.design import scenario_at
from negosim.results.results import Results
from negosim.rules.payoff import settlement_worth
from negosim.scenario.scenario import Scenario
from negosim.strategies.tables import round_one

if TYPE_CHECKING:
    import pandas


PLAIN = {f"{side.label}.strategy": "time-dependent" for side in Side}
"""Strategies that solve nothing beforehand: neither refused talks nor the zone of agreement depend on those that are played."""


def zone_of_agreement(scenario: Scenario) -> float:
    """Return how much the side that gains less gains by the best deal for it, signed in round 1: below 0 where there is no zone.

        zone = max over packages x of min over sides i of [worth of signing x - what refused talks pay], in utility

    What signing is worth is what a side expects of a deal, all its costs counted, such as precedent and that the deal may lapse.
    Nobody has made a demand yet from which it would have to retreat. Types are at their means, priorities are those of the
    principals, packages are the nodes of the frontier, and nobody at home is asked.

    >>> round(zone_of_agreement(Scenario.load("pie")), 6)
    0.5
    """
    return float(_gains_of_signing(scenario).min(axis=0).max())


def _gains_of_signing(scenario: Scenario) -> NDArray[np.float64]:
    """Return (sides, packages) what each package, signed in round 1, is worth to both sides over refused talks."""
    game, refused = prepare(scenario), no_talks(scenario).value
    images, menu = round_one(game).images, game.menus[-1, -1]
    return np.array([[settlement_worth(images[side], row) - refused[side] for row in menu] for side in Side])


def participation(results: Results) -> pandas.DataFrame:
    """Return one row a joint draw and point: the zone of agreement, what both sides gain by talking, and the share of deals.

    A gain is the mean payoff of the runs less what refused talks pay, which has no luck in it.
    """
    experiment = results.experiment
    points = {point.number: point for point in experiment.draw_points}
    frame = results.draws()[["draw", "point", "agreed", "sender_payoff", "target_payoff"]].copy()
    known = []
    for draw, point in zip(frame["draw"], frame["point"], strict=True):
        case = points[point].case
        scenario = scenario_at(experiment.bases[case].vary(experiment.draws[draw - 1][case]), points[point]).vary(PLAIN)
        known.append((zone_of_agreement(scenario), *no_talks(scenario).value))
    frame["zone"], *refused = np.array(known).T
    for side in Side:
        frame[f"{side.label}_gain"] = frame.pop(f"{side.label}_payoff") - refused[side]
    return frame
