"""The counterpart of a fact in the model: a scenario, what is varied in it, and what is measured in each run.

Points are played with the same luck run for run (common random numbers). A mean over n runs has the standard error
sd / sqrt(n), and so has the mean of the differences of two points, run for run (see `negosim.results.paired`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negosim.common.vocabulary import Ending, Side
from negosim.engine.kernel import simulate
from negosim.engine.outcomes import Outcomes
from negosim.engine.prepare import prepare
from negosim.rules.utility import risk, utility
from negosim.scenario.scenario import Scenario
from negosim.validation.record.evidence import Estimate, Evidence, Level

Measure = Callable[[Outcomes], NDArray[np.float64]]
"""One number a run, NaN for a run that does not have it."""


class Plays:
    """The runs of one scenario under changes, each set of changes played once.

    runs : at each point
    seed : of all luck
    """

    def __init__(self, scenario: Scenario, runs: int, seed: int) -> None:
        self.scenario, self.runs, self.seed = scenario, runs, seed
        self._played: dict[tuple[tuple[str, Any], ...], Outcomes] = {}

    def at(self, changes: Mapping[str, Any]) -> Outcomes:
        """The runs with some values changed, by dotted name."""
        key = tuple(sorted(changes.items()))
        if key not in self._played:
            self._played[key] = simulate(self.scenario.vary(changes), replications=self.runs, seed=self.seed)
        return self._played[key]

    def level(self, label: str, measure: Measure, changes: Mapping[str, Any]) -> Level:
        """The mean of a measure at one point, over the runs that have it."""
        values = measure(self.at(changes))
        known = values[~np.isnan(values)]
        return Level(label, mean(known), len(known), len(values))


def mean(values: NDArray[np.float64]) -> Estimate:
    """The mean of independent numbers and its standard error sd / sqrt(n); NaN and no error for less than two.

    >>> mean(np.array([1.0, 3.0]))
    Estimate(value=2.0, error=1.0)
    """
    if len(values) < 2:
        return Estimate(float(values[0]) if len(values) else math.nan)
    return Estimate(float(values.mean()), float(values.std(ddof=1)) / math.sqrt(len(values)))


def varied(plays: Plays, measure: Measure, what: str, points: Mapping[str, Mapping[str, Any]]) -> Evidence:
    """How a measure that every run has changes from the first to the last point; points by label."""
    levels = tuple(plays.level(label, measure, changes) for label, changes in points.items())
    first, *_, last = points.values()
    change = mean(measure(plays.at(last)) - measure(plays.at(first)))
    return Evidence(levels, change, f"{plays.scenario.name}: {what}")


def as_it_stands(plays: Plays, measure: Measure, what: str) -> Evidence:
    """A measure in the scenario as it stands."""
    level = plays.level("as it stands", measure, {})
    return Evidence((level,), level.estimate, f"{plays.scenario.name}: {what}")


def split_by_end(plays: Plays, measure: Measure, what: str) -> Evidence:
    """A measure in the scenario as it stands; its further levels are the runs with a deal and those without."""
    whole, outcomes = as_it_stands(plays, measure, what), plays.at({})
    values, deals = measure(outcomes), deal(outcomes) > 0.0
    parts = (
        Level(label, mean(values[some]), int(some.sum()), len(values))
        for label, some in (("with a deal", deals), ("without a deal", ~deals))
    )
    return Evidence((*whole.levels, *parts), whole.value, whole.source)


def weekly_persistence(plays: Plays) -> Evidence:
    """The share of market stress that is left a week later: persistence^(7 / days of a round). Nothing is played."""
    calendar = plays.scenario.calendar
    assert calendar is not None
    weekly = plays.scenario.markets.persistence ** (7.0 / calendar.days_per_round)
    name = plays.scenario.name
    return Evidence((), Estimate(weekly), f"{name}: markets.persistence, a share a round, as a share a week; no runs")


def deal(outcomes: Outcomes) -> NDArray[np.float64]:
    """1 where the talks end with a deal, whole or in part, else 0."""
    return np.isin(outcomes.runs["ending"], (Ending.SETTLED, Ending.SETTLED_IN_PART)).astype(float)


def success(outcomes: Outcomes) -> NDArray[np.float64]:
    """1 where a deal gives the sender more utility than the status quo does, by its own priorities, else 0."""
    game, sender = prepare(outcomes.scenario), int(Side.SENDER)
    status_quo = [
        risk(
            utility(
                game.status_quo, game.saliences[sender, profile], game.ideals[sender], *game.attitudes[sender, :2],
                game.edge_from, game.edge_to, game.edge_weight, *game.bounds[sender, profile],
            ),
            game.attitudes[sender, 2],
        )
        for profile in range(int(game.sides[sender]["profiles"]))
    ]
    better = outcomes.runs["utility"][:, sender] > np.array(status_quo)[outcomes.runs["profile"][:, sender]]
    return deal(outcomes) * better


def carried_out(outcomes: Outcomes) -> NDArray[np.float64]:
    """1 where a threat that was not in force before comes into force, with a deal or without, else 0."""
    return (outcomes.runs["threats_executed"] > 0).astype(float)


def let_go(outcomes: Outcomes) -> NDArray[np.float64]:
    """1 where there is neither a deal nor a threat carried out, else 0."""
    return (1.0 - deal(outcomes)) * (1.0 - carried_out(outcomes))


def agreed_rate(outcomes: Outcomes) -> NDArray[np.float64]:
    """The reciprocal tariff of the deal, in percent."""
    issue = outcomes.scenario.issue("reciprocal-tariff")
    position = outcomes.settlements[:, outcomes.scenario.issues.index(issue)]
    return np.asarray(issue.target_end + position * (issue.sender_end - issue.target_end))


def days_to_the_deal(outcomes: Outcomes) -> NDArray[np.float64]:
    """Days from round 1 to the round of the deal."""
    return _of_deals(outcomes, (outcomes.runs["rounds"] - 1.0) * _days(outcomes))


def past_the_first_deadline(outcomes: Outcomes) -> NDArray[np.float64]:
    """1 where the talks go on after the round of the first deadline, else 0."""
    return (outcomes.runs["rounds"] > outcomes.scenario.talks.rounds).astype(float)


def near_the_deadline(outcomes: Outcomes, days: int) -> NDArray[np.float64]:
    """Of deals, 1 where it comes at most so many days before the deadline then in force, else 0.

    That is the first deadline up to its round and the extended one after it, as the clock of the rules has it.
    """
    talks, rounds = outcomes.scenario.talks, outcomes.runs["rounds"]
    deadline = np.where(rounds <= talks.rounds, talks.rounds, talks.rounds + talks.extension_rounds)
    return _of_deals(outcomes, ((deadline - rounds) * _days(outcomes) <= days).astype(float))


def _of_deals(outcomes: Outcomes, values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(deal(outcomes) > 0.0, values, np.nan)


def _days(outcomes: Outcomes) -> int:
    calendar = outcomes.scenario.calendar
    assert calendar is not None
    return calendar.days_per_round
