"""How a notebook shows the results of a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negosim.markup import card, line, table
from negosim.vocabulary import Side
from negosim.wording import percent, side_name

if TYPE_CHECKING:
    from negosim.results import Results

MOST_ROWS = 12
"""Points that are shown; of more, the first ones."""


def results_card(results: Results) -> str:
    """Return results as HTML: what was played, and of each point both mean payoffs, the share of deals and the rounds."""
    experiment = results.experiment
    factors = [block.parameter for block in experiment.vary]
    played = f"{len(results.points):,} points of {experiment.replications:,} runs each, in {results.out.name}"
    varied = f"; it varies {', '.join(factors)}" if factors else ""
    shown = [point.number for point in results.points[:MOST_ROWS]]
    more = len(results.points) - len(shown)
    scenario = experiment.base
    head = ["point", "", *(f"mean payoff of {side_name(scenario, side)}" for side in Side), "deals", "mean rounds"]
    parts = [line(f"{played}{varied}."), table(head, _rows(results, shown), words=2) if shown else ""]
    parts += [line(f"… and {more:,} more points.")] if more else []
    parts += [line(results.left_out)] if results.left_out else []
    methods = ".summary() for means and differences, .frame() for the runs, .query(sql), .design(), .interim()"
    return card(f"{experiment.title} ({experiment.name})", *parts, line(f"More: {methods}; figures in negosim.plots."))


def _rows(results: Results, points: list[int]) -> list[list[str]]:
    frame = results.query(
        "select point, label, avg(sender_payoff) as sender, avg(target_payoff) as target, "
        "avg(agreed::int) as agreed, avg(rounds) as rounds from runs "
        f"where point in ({', '.join(map(str, points))}) group by point, label order by point",
        points=points,
    )
    return [
        [str(row.point), row.label, f"{row.sender:.3f}", f"{row.target:.3f}", percent(row.agreed), f"{row.rounds:.1f}"]
        for row in frame.itertuples()
    ]
