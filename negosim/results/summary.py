"""The summary of a sweep: point by point, how each quantity is spread, and how it differs from the baseline.

DuckDB reads the parts; some points, or some columns of a large one, are in memory at a time. The quantiles of a point with more
runs than that come from sorting on the disk: memory does not grow with the number of runs.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy

from negosim.experiment.quantities import (
    MEMORY,
    Quantity,
    aggregated,
    among,
    blocks,
    columns_of,
    fits,
    in_order,
    quantities_of,
    quoted,
    unfolded,
)
from negosim.results.paired import point_columns, to_baselines
from negosim.results.runs import Runs

if TYPE_CHECKING:
    import pandas

MOST_ROWS = 1_048_575
"""Rows that a spreadsheet takes below the names of the columns; a longer summary.csv has one row a point, of means."""

QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
"""The quantiles that are reported; between two runs they are interpolated."""

SPREAD = {
    "runs": "count({x})",
    "mean": "avg({x})",
    "sd": "stddev_samp({x})",
    "quantiles": f"quantile_cont({{x}}, {list(QUANTILES.values())})",
}
"""How a quantity is spread over the runs that have it."""


def summarise(results: Runs, points: range | None = None) -> pandas.DataFrame:
    """One row a point and quantity: how it is spread, and its mean difference to the baseline of the same case.

    points : of the design, in which what is there of them is summed up; None = all

    Columns: point, case_name (if there are cases), label, parameter and its value; quantity and unit; runs (that have the
    quantity), mean, sd, q05 to q95; difference, low and high (95 % interval), pairs, and the shares of runs that are higher
    or lower than the same run of the baseline (NaN for what only some runs have: see `negosim.results.paired`).
    The shares of the endings are the means of the quantities `ending_...`. Points that the results leave out have no rows,
    and those of a case whose baseline is one of them have no differences; StoreError when all baselines are.
    """
    results.require_a_baseline()
    measured = quantities_of(results.experiment, results.columns)
    known = point_columns(results)
    points = range(len(known)) if points is None else points
    frame = known.iloc[points.start : points.stop].merge(spreads(results, measured, points), on="point")
    differences = to_baselines(results, measured, points).drop(columns=["unit", "error"])
    return frame.merge(differences, on=["point", "quantity"], how="left")


def wide(frame: pandas.DataFrame, statistic: str = "mean") -> pandas.DataFrame:
    """One statistic of a summary as a table: one row a point, one column a quantity."""
    order = list(dict.fromkeys(frame["quantity"]))
    return frame.pivot(index="point", columns="quantity", values=statistic)[order]


def spreads(results: Runs, measured: list[Quantity], points: range) -> pandas.DataFrame:
    """How each quantity is spread at each of some points: point, quantity, unit, runs, mean, sd, q05 to q95."""
    import pandas

    runs = results.experiment.replications
    parts = []
    for some, block in blocks(points, measured, runs):
        here = results.among(some)
        if not here:
            continue
        statistics = SPREAD if fits(runs) else {**SPREAD, "quantiles": "null"}
        answer = results.query(
            f"with here as (select point, {columns_of(block)} from runs where point {among(some)}) "
            f"select point, {aggregated(block, statistics)} from here group by point",
            points=here,
            memory=MEMORY,
        )
        frame = unfolded(answer, ["point"], block, SPREAD)
        if not fits(runs):  # then the block is one quantity of one point
            frame["quantiles"] = [_by_order(results, int(frame["runs"].iloc[0]), here[0], block[0])]
        parts.append(frame)
    return in_order(spelled_out(pandas.concat(parts, ignore_index=True)), measured)


def _by_order(results: Runs, runs: int, point: int, quantity: Quantity) -> list[float] | None:
    """The quantiles of a quantity over so many runs of a point that have it, by sorting them on the disk; None without any."""
    if runs == 0:
        return None
    wanted = [share * (runs - 1) for share in QUANTILES.values()]
    places = sorted({place for where in wanted for place in (math.floor(where), math.ceil(where))})
    answer = results.query(
        f"with here as (select {columns_of([quantity])} from runs where point = {point}), "
        f"ordered as (select {quoted(quantity)} as x, row_number() over (order by {quoted(quantity)}) - 1 as place from here "
        f"where {quoted(quantity)} is not null) "
        f"select place, x from ordered where place in ({', '.join(map(str, places))})",
        points=[point],
        memory=MEMORY,
    )
    at = dict(zip(answer["place"], answer["x"], strict=True))
    return [_between(at[math.floor(where)], at[math.ceil(where)], where % 1.0) for where in wanted]


def _between(low: float, high: float, share: float) -> float:
    """A quantile between two runs, to the last digit as DuckDB has it."""
    return low * (1.0 - share) + high * share


def spelled_out(frame: pandas.DataFrame) -> pandas.DataFrame:
    """A frame with the list of quantiles as a column each; NaN where no run has the quantity."""
    known = [isinstance(quantiles, (list, numpy.ndarray)) for quantiles in frame["quantiles"]]
    for index, name in enumerate(QUANTILES):
        frame[name] = [float(five[index]) if there else math.nan for five, there in zip(frame["quantiles"], known, strict=True)]
    return frame.drop(columns="quantiles")
