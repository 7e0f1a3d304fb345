"""The summary of a sweep: point by point, how each quantity is spread, and how it differs from the baseline.

DuckDB reads the parts; some points, or some columns of a large one, are in memory at a time.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from negosim.paired import paired, point_columns
from negosim.quantities import Quantity, aggregated, among, blocks, columns_of, in_order, quantities_of, unfolded
from negosim.results import Results

if TYPE_CHECKING:
    import pandas

QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
"""The quantiles that are reported; between two runs they are interpolated."""

SPREAD = {
    "runs": "count({x})",
    "mean": "avg({x})",
    "sd": "stddev_samp({x})",
    "quantiles": f"quantile_cont({{x}}, {list(QUANTILES.values())})",
}
"""How a quantity is spread over the runs that have it."""


def summarise(results: Results) -> pandas.DataFrame:
    """One row a point and quantity: how it is spread, and its mean difference to the baseline of the same case.

    Columns: point, case_name (if there are cases), label, parameter and its value; quantity and unit; runs (that have the
    quantity), mean, sd, q05 to q95; difference, low and high (95 % interval), pairs, and the shares of runs that are higher
    or lower than the same run of the baseline (NaN for what only some runs have: see `negosim.paired`).
    The shares of the endings are the means of the quantities `ending_...`.
    """

    measured = quantities_of(results.experiment, results.columns)
    frame = point_columns(results).merge(_spreads(results, measured), on="point")
    differences = paired(results).drop(columns=[*list(point_columns(results))[1:], "unit", "error"])
    return frame.merge(differences, on=["point", "quantity"], how="left")


def wide(frame: pandas.DataFrame, statistic: str = "mean") -> pandas.DataFrame:
    """One statistic of a summary as a table: one row a point, one column a quantity."""
    order = list(dict.fromkeys(frame["quantity"]))
    return frame.pivot(index="point", columns="quantity", values=statistic)[order]


def _spreads(results: Results, measured: list[Quantity]) -> pandas.DataFrame:
    """The spread of every quantity at every point."""
    import pandas

    points = range(len(results.experiment.design_points))
    parts = []
    for some, block in blocks(points, measured, results.experiment.replications):
        answer = results.query(
            f"with here as (select point, {columns_of(block)} from runs where point {among(some)}) "
            f"select point, {aggregated(block, SPREAD)} from here group by point"
        )
        parts.append(unfolded(answer, ["point"], block, SPREAD))
    return in_order(spelled_out(pandas.concat(parts, ignore_index=True)), measured)


def spelled_out(frame: pandas.DataFrame) -> pandas.DataFrame:
    """A frame with the list of quantiles as a column each; NaN where no run has the quantity."""
    for index, name in enumerate(QUANTILES):
        frame[name] = [
            math.nan if quantiles is None else float(quantiles[index]) for quantiles in frame["quantiles"]
        ]
    return frame.drop(columns="quantiles")
