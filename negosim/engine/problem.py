"""The bargaining problem of a scenario: what two sides that know everything could agree on, and what they would choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negosim.common.vocabulary import Side
from negosim.engine.prepare import disagreement_point, prepare
from negosim.rules.columns import kept_column
from negosim.scenario.scenario import Scenario
from negosim.theory import pareto, solutions
from negosim.theory.pareto import TOLERANCE

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class Agreement:
    """A package that a solution picks: its utilities (sender, target), and the terms in real units by issue."""

    utilities: tuple[float, float]
    terms: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class BargainingProblem:
    """Nash's (1950) bargaining problem of a scenario: a frontier and a disagreement point. Get one with `of`.

    Everybody knows everything: priorities are the principals' means, and disagreement is worth the mean reservation values,
    to the target less the damage that the threats as they open let expect, as for the Nash solution in the runs.
    Utilities are after the attitude to risk, and before the costs of the talks and ratification at home. Packages come from
    the traced frontier, which is interpolated unless issues have discrete levels; so solutions are as exact as that
    frontier. Each solution gives all agreements that tie, none where there is no zone of agreement.

    utilities : (nodes, 2), from the target's best package to the sender's; positions : (nodes, issues) in [0, 1]. Where the
    frontier jumps, some nodes lead across and may be dominated: `solutions.pareto` tells them.

    >>> problem = BargainingProblem.of(Scenario.load("logrolling"))
    >>> [agreement] = problem.nash()
    >>> [round(utility, 6) for utility in agreement.utilities], agreement.terms
    ([0.8, 0.8], {'price': 200.0, 'delivery': 10.0})
    """

    scenario: Scenario
    utilities: NDArray[np.float64]
    positions: NDArray[np.float64]
    disagreement: NDArray[np.float64]
    is_interpolated: bool

    def __repr__(self) -> str:
        return f"<BargainingProblem of {self.scenario.name}: {len(self.utilities)} packages on the frontier>"

    @classmethod
    def of(cls, scenario: Scenario) -> BargainingProblem:
        """Return the bargaining problem of a Scenario; TypeError for its name or path, of which ``Scenario.load`` makes one."""
        game = prepare(scenario)
        columns = [kept_column(side["first_column"], side["profiles"] - 1) for side in game.sides]  # the last profile is the mean
        menu, positions = game.menus[-1, -1][:, columns], game.positions[-1, -1]
        new = np.append(True, (np.diff(positions, axis=0) != 0.0).any(axis=1))  # a short frontier repeats its last node
        return cls(scenario, menu[new], positions[new], disagreement_point(game), bool(game.world[0]["interpolate"]))

    def nash(self) -> tuple[Agreement, ...]:
        """Return the Nash solution: `solutions.nash`."""
        return self._chosen(solutions.nash)

    def asymmetric_nash(self, weights: ArrayLike) -> tuple[Agreement, ...]:
        """Return the Nash solution with bargaining powers (sender, target): `solutions.asymmetric_nash`."""
        return self._chosen(solutions.asymmetric_nash, weights)

    def kalai_smorodinsky(self) -> tuple[Agreement, ...]:
        """Return the Kalai-Smorodinsky solution, max-min of gain ratios: `solutions.kalai_smorodinsky`."""
        return self._chosen(solutions.kalai_smorodinsky)

    def egalitarian(self) -> tuple[Agreement, ...]:
        """Return the egalitarian solution: `solutions.egalitarian`."""
        return self._chosen(solutions.egalitarian)

    def utilitarian(self) -> tuple[Agreement, ...]:
        """Return the utilitarian solution: `solutions.utilitarian`."""
        return self._chosen(solutions.utilitarian)

    def zone_of_agreement(self) -> tuple[Agreement, ...]:
        """Return the ends of the efficient zone of agreement: the most that the target, then that the sender can ask for.

        They are the efficient packages that leave the other side its disagreement utility: one if the zone is a single
        package, none if there is no zone.
        """
        ends = [self._chosen(solutions.asymmetric_nash, weights) for weights in ((0.0, 1.0), (1.0, 0.0))]
        if not ends[0]:
            return ()
        low, high = ends[0][0], ends[1][-1]
        return (low,) if np.allclose(low.utilities, high.utilities, rtol=0.0, atol=TOLERANCE) else (low, high)

    def frame(self) -> pandas.DataFrame:
        """Return the nodes of the frontier, one row each: both sides' utilities and the terms in real units, by issue."""
        import pandas

        columns = {f"{side.label}_utility": self.utilities[:, side] for side in Side}
        return pandas.DataFrame(columns | self._real(self.positions))

    def _chosen(self, concept: Callable[..., solutions.Solution], *weights: ArrayLike) -> tuple[Agreement, ...]:
        found = concept(self.utilities, self.disagreement, *weights, connected=self.is_interpolated)
        return tuple(self._agreement(place) for place in found.outcomes)

    def _agreement(self, place: float) -> Agreement:
        where = np.array([place], dtype=np.float64)
        sender, target = pareto.at(self.utilities, where)[0].tolist()
        terms = self._real(pareto.at(self.positions, where))
        return Agreement((sender, target), {issue: float(values[0]) for issue, values in terms.items()})

    def _real(self, positions: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        """Return the real values (packages,) of each issue for positions (packages, issues)."""
        ends = {issue.name: (issue.target_end, issue.sender_end) for issue in self.scenario.issues}
        return {
            name: low + column * (high - low)
            for (name, (low, high)), column in zip(ends.items(), positions.T, strict=True)
        }
