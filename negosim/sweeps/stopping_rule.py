"""When the runs are enough: after each look at whole chunks, how many runs each point gets.

With n runs at every point, let h be the longer arm of the interval of a mean, or of a paired difference: from it to the end that
is farther off. It is the interval of the tables (`negosim.results.intervals`), and that of a share has room for what has not
happened yet. Of any other quantity that is 0 in all n runs, or the same in both runs of all n pairs, a share of up to `unseen(n)`
may be another; h is this share, of one unit. Let q be the highest h over the wanted half-width, over all points and quantities.
q <= 1 and n >= LEAST_RUNS: n runs are enough. Else the next look is at the next whole number of chunks from n q^2 on, 20 n at
most, for h falls like 1 / sqrt(n); never at more than `most`.

n is the same at every point, that of the point that needs most, so that all comparisons remain run for run. It is decided by runs
that are there whole, in the order of points and replications: whatever the workers, the order and the interruptions, it is the
same. To stop by a look at the data widens no interval, as wanted widths go to 0 (Chow and Robbins 1965, Annals of Mathematical
Statistics 36, 457-462). Before that the intervals at which one stops are a little too narrow, for they are computed as if n had
been fixed beforehand; and each is for one quantity at one point, not for all of them at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy

from negosim.common.text import NOISE
from negosim.experiment.design import Comparison
from negosim.experiment.experiment import Experiment
from negosim.experiment.quantities import MEMORY, Quantity, aggregated, columns_of, differences_sql, quantities_of
from negosim.experiment.spec import LEAST_RUNS
from negosim.results.intervals import Interval, difference_interval, mean_interval, unseen
from negosim.results.results import Results
from negosim.store.precision import Reached, Widest

GROWTH = 20
"""How many times as many runs a look may lead to: the standard deviation of a few runs says little."""

STATISTICS = {"runs": "count({x})", "mean": "avg({x})", "sd": "stddev_samp({x})"}


def look(results: Results) -> Reached:
    """How precise results are, and whether that is enough, for an experiment with a `precision`.

    Points that are left out, and those where no run has a quantity, do not count.
    """
    experiment, precision = results.experiment, results.experiment.precision
    assert precision is not None
    known = {quantity.name: quantity for quantity in quantities_of(experiment, results.columns)}
    wanted = [known[name] for name in precision.quantity]
    means = precision.of == "means"
    numbers = _means(wanted) if means else _differences(results, wanted)
    widest = _widest(results, wanted, numbers, mean_interval if means else difference_interval)
    return Reached(experiment.replications, precision.half_width, precision.of, widest)


def next_runs(experiment: Experiment, reached: Reached) -> int:
    """The runs at each point at the next look; those reached, if they are enough or no more are allowed."""
    now, chunk = reached.runs, experiment.chunk
    if reached.is_enough:
        return now
    worst = max((each.half_width for each in reached.widest), default=0.0) / reached.wanted
    needed = max(LEAST_RUNS, min(now * worst**2, GROWTH * now))
    return min(max(math.ceil(needed / chunk), now // chunk + 1) * chunk, experiment.most_runs)


def _widest(
    results: Results, wanted: list[Quantity], numbers: str, interval: Callable[..., Interval]
) -> tuple[Widest, ...]:
    """The widest interval of each quantity over the points at which `numbers` has any, those that are not left out."""
    here = [point.number for point in results.points]
    if not here or not numbers:
        return ()
    answer = results.query(
        f"with numbers as ({numbers}) select point, {aggregated(wanted, STATISTICS)} from numbers group by point order by point",
        points=here,
        memory=MEMORY,
    )
    found = []
    for quantity in wanted:
        runs, mean, sd = (answer[f"{quantity.name}|{name}"].to_numpy(dtype=float) for name in STATISTICS)
        is_share = quantity.unit == "share"
        low, high = interval(mean, sd, runs, is_share)
        is_nothing = (numpy.abs(mean) <= NOISE) & (sd <= NOISE) & (not is_share)
        arm = numpy.where(is_nothing, unseen(runs), numpy.maximum(high - mean, mean - low))
        half = numpy.where(runs == 1, numpy.inf, numpy.where(runs == 0, 0.0, arm))
        place = int(half.argmax())
        found.append(Widest(quantity.name, float(half[place]), int(answer["point"].iloc[place])))
    return tuple(found)


def _means(wanted: list[Quantity]) -> str:
    """The quantities of each run, in SQL."""
    return f"select point, {columns_of(wanted)} from runs"


def _differences(results: Results, wanted: list[Quantity]) -> str:
    """Those of each run less those of the run that it is compared with; nothing where nothing is compared."""
    pairs = results.comparisons or _to_baselines(results)
    if not pairs:
        return ""
    couples = ", ".join(f"({pair.point.number}, {pair.against.number})" for pair in pairs)
    return (
        f"with couples(point, other) as (values {couples}), each as (select point, run, {columns_of(wanted)} from runs) "
        f"select here.point, {differences_sql(wanted)} from couples join each here on here.point = couples.point "
        "join each there on there.point = couples.other and there.run = here.run"
    )


def _to_baselines(results: Results) -> tuple[Comparison, ...]:
    """Each point with the baseline of its case, for a design that has no findings point by point."""
    all_points, baselines = results.experiment.design_points, results.baselines
    return tuple(
        Comparison(point, all_points[baselines[point.case]])
        for point in results.points
        if point.case in baselines and point.number != baselines[point.case]
    )
