"""Many games with the same settings, and where one run lies among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from negosim.common.text import amount, percent
from negosim.common.vocabulary import Ending, Side
from negosim.engine.kernel import simulate
from negosim.engine.outcomes import Outcomes
from negosim.scenario.scenario import Scenario

GAMES = 10_000


@dataclass(frozen=True, eq=False)
class Many:
    """Runs 0 to GAMES - 1 of a seed; the run that is watched is run 0 of the same seed."""

    outcomes: Outcomes

    @classmethod
    def of(cls, scenario: Scenario, seed: int) -> Many:
        """Play them."""
        return cls(simulate(scenario, GAMES, seed))

    @property
    def scenario(self) -> Scenario:
        """The scenario that was played."""
        return self.outcomes.scenario

    def payoffs(self, side: Side) -> NDArray[np.float64]:
        """The payoffs (runs,) of a side."""
        return np.asarray(self.outcomes.runs["payoff"][:, side])

    def shares(self) -> dict[Ending, float]:
        """The share of the runs that ended in each way, the commonest first."""
        counts = np.bincount(self.outcomes.runs["ending"], minlength=len(Ending) + 1)
        found = {ending: float(counts[ending]) / len(self.outcomes) for ending in Ending if counts[ending]}
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    def rounds(self) -> NDArray[np.int64]:
        """The rounds (runs,) that the runs took."""
        return np.asarray(self.outcomes.runs["rounds"], dtype=np.int64)

    def share_below(self, side: Side, payoff: float) -> float:
        """The share of the runs in which a side has less than this payoff; of those with the same, half count."""
        payoffs = self.payoffs(side)
        return float((payoffs < payoff).mean() + 0.5 * (payoffs == payoff).mean())

    def term_rows(self) -> list[list[str]]:
        """The settled value of each issue in words: title, median, the middle 80 per cent, and how often it is settled."""
        rows = []
        for number, issue in enumerate(self.scenario.issues):
            positions = self.outcomes.settlements[:, number]
            settled = positions[~np.isnan(positions)]
            share = percent(len(settled) / len(self.outcomes), 0)
            if len(settled) == 0:
                rows.append([issue.title, "never settled", "", share])
                continue
            values = [self.scenario.real(issue.name, float(x)) for x in np.quantile(settled, [0.1, 0.5, 0.9])]
            low, high = sorted((values[0], values[2]))
            span = f"{amount(low)} to {amount(high, issue.unit)}"
            rows.append([issue.title, amount(values[1], issue.unit), span, share])
        return rows
