"""How long the Pareto frontier and the solutions take on several hundred thousand outcomes, in processor time of one core.

Outcomes are packages drawn over ten issues with additive utilities, and the hardest case, in which all are efficient:
shares of a pie. With four sides there are only 10,000 of these, since the time grows with the square of the frontier.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from negosim.theory import solutions

ISSUES = 10


def packages(draw: np.random.Generator, outcomes: int, sides: int) -> NDArray[np.float64]:
    """Return additive utilities (outcomes, sides) of drawn packages; sides have drawn weights, and an ideal end an issue."""
    positions = draw.random((outcomes, ISSUES))
    weights = draw.dirichlet(np.ones(ISSUES), sides)
    wants_more = draw.random((sides, ISSUES)) < 0.5
    return np.column_stack([np.where(more, positions, 1.0 - positions) @ w for more, w in zip(wants_more, weights, strict=True)])


def seconds(work: Callable[..., object], *given: object, repetitions: int) -> float:
    """Return the least processor time of some repetitions."""
    times = []
    for _ in range(repetitions):
        start = time.process_time()
        work(*given)
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--outcomes", type=int, default=300_000)
    parser.add_argument("--repetitions", type=int, default=3)
    arguments = parser.parse_args()
    draw, repetitions = np.random.default_rng(0), arguments.repetitions
    for sides in (2, 3, 4):
        drawn = packages(draw, arguments.outcomes, sides)
        pie = draw.dirichlet(np.ones(sides), arguments.outcomes if sides < 4 else 10_000)
        for name, utilities in (("packages", drawn), ("shares of a pie", pie)):
            taken = seconds(solutions.pareto, utilities, repetitions=repetitions)
            found = solutions.pareto(utilities).sum()
            print(f"pareto, {len(utilities):,} {name} x {sides} sides: {taken:.2f} s, {found:,} efficient")
        point = np.quantile(drawn, 0.3, axis=0)
        for solve in (solutions.nash, solutions.kalai_smorodinsky, solutions.egalitarian, solutions.utilitarian):
            print(f"  {solve.__name__}: {seconds(solve, drawn, point, repetitions=repetitions):.3f} s")
        print(f"  fallback_bargaining: {seconds(solutions.fallback_bargaining, drawn, repetitions=repetitions):.3f} s")


if __name__ == "__main__":
    main()
