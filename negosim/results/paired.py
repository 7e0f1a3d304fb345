"""Paired differences between the points of a sweep: the same runs, with the same luck, under other rules.

Run r has the same luck at every point (common random numbers), so that two points are compared run for run. Where the
experiment gives each point luck of its own, the r-th runs of both are a pair all the same: the interval is as valid, and wider.
With d_r = y_r(point) - y_r(other point), r = 1 ... n, the mean difference is D = sum d_r / n, its standard error
s = sd(d) / sqrt(n), and its 95 % interval D -+ t s, where t is the 0.975 quantile of Student's distribution with
n - 1 degrees of freedom (Law and Kelton 2000, Simulation Modeling and Analysis, ch. 10 and 11). The difference of two shares has
the score interval of Tango, which is right for rare events too: see `negosim.results.intervals`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from negosim.experiment.quantities import (
    MEMORY,
    Quantity,
    aggregated,
    among,
    blocks,
    columns_of,
    differences_sql,
    in_order,
    quantities_of,
    unfolded,
)
from negosim.results.intervals import difference_interval
from negosim.results.runs import Runs

if TYPE_CHECKING:
    import pandas

POINT = ("point", "case_name", "label", "parameter", "value")
"""The columns that say which point of the design a row is about; without cases there is no case_name."""


def point_columns(results: Runs) -> pandas.DataFrame:
    """One row a point: point, case_name (if there are cases), label, parameter (the one that is varied there), its value."""
    design = results.design()
    points = results.experiment.design_points
    design["value"] = [point.overrides[point.parameter] if point.parameter else None for point in points]
    return design[[name for name in POINT if name in design]]


ORDER = ("pairs", "difference", "error", "low", "high", "higher", "lower")
"""The columns with the differences of a quantity."""

STATISTICS = {
    "pairs": "count({x})",
    "difference": "avg({x})",
    "sd": "stddev_samp({x})",
    "higher": "avg(({x} > 0)::int)",
    "lower": "avg(({x} < 0)::int)",
}
"""What is known of the differences of a quantity."""


def paired(results: Runs, against: int | None = None, point: int | None = None) -> pandas.DataFrame:
    """Mean differences of each point, or of one `point`, to the point `against`, run for run.

    against : None = the baseline of the same case; a point of another case compares the two cases

    One row a point and quantity that every run has: point, case_name (if there are cases), label, parameter and its value;
    quantity, unit, pairs, difference, error (standard error), low and high (95 % interval), and the shares of runs in which
    the quantity is higher or lower than in the same run of the other point. Points that the results leave out
    have no rows. ValueError for a point that the design does not have; StoreError when one that is named is left out.
    """
    known = point_columns(results)
    for number in (against or 0, point or 0):
        if not 0 <= number < len(known):
            raise ValueError(f"point {number} is not in the design. Its points are 0 to {len(known) - 1}.")
    results.require_points(*(number for number in (against, point) if number is not None))
    measured = quantities_of(results.experiment, results.columns)
    chosen = range(len(known)) if point is None else range(point, point + 1)
    if against is None:
        results.require_a_baseline()
        return known.merge(to_baselines(results, measured, chosen), on="point")
    return known.merge(_differences(results, measured, chosen, against), on="point")


def to_baselines(results: Runs, measured: list[Quantity], points: range) -> pandas.DataFrame:
    """The differences of points to the baseline of their case, as `paired` has them without what is known of the points."""
    import pandas

    parts = []
    for case, baseline in results.baselines.items():
        own = results.experiment.points_of(case)
        some = range(max(points.start, own[0].number), min(points.stop, own[-1].number + 1))
        if results.among(some):
            parts.append(_differences(results, measured, some, baseline))
    if not parts:  # the baseline of their case is left out
        texts = {name: numpy.empty(0, object) for name in ("quantity", "unit")}
        return pandas.DataFrame({"point": numpy.empty(0, numpy.int32), **texts, **{name: numpy.empty(0) for name in ORDER}})
    return pandas.concat(parts, ignore_index=True)


def _differences(
    results: Runs, measured: list[Quantity], points: range, against: int
) -> pandas.DataFrame:
    """The differences of points to another, of what every run has, joined by the number of the run within its point."""
    import pandas

    parts = []
    measured = [quantity for quantity in measured if quantity.everywhere]
    for some, block in blocks(points, measured, results.experiment.replications):
        here = results.among(some)
        if not here:
            continue
        columns = columns_of(block)
        answer = results.query(
            f"with here as (select point, run, {columns} from runs where point {among(some)}), "
            f"there as (select run, {columns} from runs where point = {against}), "
            f"pairs as (select point, {differences_sql(block)} from here join there using (run)) "
            f"select point, {aggregated(block, STATISTICS)} from pairs group by point",
            points={*here, against},
            memory=MEMORY,
        )
        parts.append(unfolded(answer, ["point"], block, STATISTICS))
    frame = in_order(pandas.concat(parts, ignore_index=True), measured)
    frame["error"] = frame["sd"] / numpy.sqrt(frame["pairs"])
    is_share = (frame["unit"] == "share") & (frame["point"] != against)  # a point differs from itself by exactly nothing
    frame["low"], frame["high"] = difference_interval(frame["difference"], frame["sd"], frame["pairs"], is_share)
    return frame[["point", "quantity", "unit", *ORDER]]
