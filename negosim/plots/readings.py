"""What the figures read off a sweep: only the columns and points that they draw, by way of SQL.

Of an experiment with cases the figures show the first, or that of `Results.of_case`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy

from negosim.common.errors import StoreError, nearest
from negosim.experiment.design import Point
from negosim.experiment.quantities import Quantity, aggregated, columns_of, differences_sql, quantities_of, unfolded
from negosim.results.intervals import difference_interval, mean_interval
from negosim.results.paired import STATISTICS
from negosim.results.results import Results
from negosim.rules.compiled import sources_hash
from negosim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas

    from negosim.engine.model import Negotiation


class NothingToDrawError(ValueError):
    """The results do not hold what a figure is about: what is missing, and how to get it."""


def require_talks(talks: Negotiation) -> None:
    """TypeError for what is no Negotiation."""
    from negosim.engine.model import Negotiation

    if not isinstance(talks, Negotiation):
        shown = str(talks)[:60]
        raise TypeError(f"talks = {shown!r} is no Negotiation. Write ns.Negotiation(scenario, seed=7).play(), say.")


Levels = dict[str, list[tuple[float, Point]]]
"""The points at which each parameter is varied alone, with its value, lowest first."""


def require(results: Results, columns: Sequence[str]) -> None:
    """StoreError for a column that the runs do not have; NothingToDrawError if the experiment chose which to keep."""
    for name in columns:
        if name not in results.columns:
            raise _missing(results, f"column {name}", nearest(name, results.columns))


def _missing(results: Results, what: str, remedy: str) -> StoreError | NothingToDrawError:
    if results.experiment.columns is not None:
        return NothingToDrawError(f"{results.experiment.name} keeps no {what}. Add it to columns in the experiment.")
    return StoreError(f"{results.out} has no {what}, which this figure draws. {remedy}")


def require_same_rules(results: Results) -> None:
    """NothingToDrawError when the rules have changed since: what they would say today is not about these runs."""
    if results.manifest["rules"] != sources_hash():
        raise NothingToDrawError(
            f"The runs in {results.out} were played by other rules than those of today. Play the sweep anew into another folder."
        )


def measured(results: Results, names: Sequence[str]) -> list[Quantity]:
    """The quantities with these names; StoreError for one that the runs do not have."""
    known = {quantity.name: quantity for quantity in quantities_of(results.experiment, results.columns)}
    for name in names:
        if name not in known:
            raise _missing(results, f"quantity {name}", nearest(name, list(known)))
    return [known[name] for name in names]


def scenario_of(results: Results, point: int) -> Scenario:
    """The scenario of a point; ValueError for a point that the design does not have, StoreError for one that is left out."""
    points = results.experiment.design_points
    if not 0 <= point < len(points):
        raise ValueError(f"point {point} is not in the design. Its points are 0 to {len(points) - 1}.")
    results.require_points(point)
    return results.experiment.scenario_at(points[point])


def number_of(results: Results, point: int | None) -> int:
    """The number of a point, None = the baseline; errors as in `scenario_of`."""
    number = results.shown_baseline if point is None else point
    scenario_of(results, number)
    return number


def named(results: Results, point: int) -> str:
    """A point in words."""
    return "the baseline" if point == results.shown_baseline else results.experiment.design_points[point].label


def shown_points(results: Results) -> tuple[Point, ...]:
    """The points that figures of a sweep are about: those of the case that is shown, without those that are left out."""
    own = results.experiment.points_of(results.shown_case)
    return tuple(point for point in own if point.number not in results.points_left_out)


def levels(results: Results) -> Levels:
    """Every parameter that takes two numbers or more alone; NothingToDrawError when the experiment has none."""
    found: Levels = {}
    for point in shown_points(results):
        value = point.overrides[point.parameter] if point.parameter else None
        if point.parameter and isinstance(value, (int, float)) and not isinstance(value, bool):
            found.setdefault(point.parameter, []).append((float(value), point))
    found = {name: sorted(some, key=lambda pair: pair[0]) for name, some in found.items() if len(some) > 1}
    if not found:
        raise NothingToDrawError(
            f"{results.experiment.name} varies no parameter alone over two numbers or more. "
            'Play an experiment with design = "one-at-a-time".'
        )
    return found


def statistics_at(
    results: Results, names: Sequence[str], templates: Mapping[str, str], point: int | None = None
) -> pandas.DataFrame:
    """Statistics of quantities at one point, or at all: one row a point and quantity; `templates` as in `aggregated`."""
    number_of(results, point)
    some = measured(results, names)
    where = "" if point is None else f" where point = {point}"
    answer = results.query(
        f"with here as (select point, {columns_of(some)} from runs{where}) "
        f"select point, {aggregated(some, templates)} from here group by point order by point",
        points=None if point is None else [point],
    )
    return unfolded(answer, ["point"], some, templates)


MEAN = {"runs": "count({x})", "mean": "avg({x})", "sd": "stddev_samp({x})"}


def means_at(results: Results, names: Sequence[str], point: int | None = None) -> pandas.DataFrame:
    """Means of quantities: point, quantity, unit, runs, mean, sd, low and high (95 % interval of the mean)."""
    frame = statistics_at(results, names, MEAN, point)
    low, high = mean_interval(frame["mean"], frame["sd"], frame["runs"], frame["unit"] == "share")
    return frame.assign(low=low, high=high)


def differences(results: Results, names: Sequence[str], against: Mapping[int, int]) -> pandas.DataFrame:
    """Mean differences run for run of some points to others, as in `negosim.results.paired` but of these quantities alone.

    against : which point each is compared with. One row a point and quantity: point, quantity, unit, pairs,
    difference, low and high (95 % interval).
    """
    some = measured(results, names)
    couples = ", ".join(f"({point}, {other})" for point, other in against.items())
    wanted = ", ".join(str(point) for point in sorted({*against, *against.values()}))
    answer = results.query(
        f"with couples(point, other) as (values {couples}), "
        f"numbers as (select point, run, {columns_of(some)} from runs where point in ({wanted})), "
        f"pairs as (select here.point, {differences_sql(some)} from couples join numbers here on here.point = couples.point "
        "join numbers there on there.point = couples.other and there.run = here.run) "
        f"select point, {aggregated(some, STATISTICS)} from pairs group by point order by point",
        points={*against, *against.values()},
    )
    frame = unfolded(answer, ["point"], some, STATISTICS)
    is_share = (frame["unit"] == "share") & (frame["point"] != frame["point"].map(against))
    low, high = difference_interval(frame["difference"], frame["sd"], frame["pairs"], is_share)
    frame = frame.assign(low=low, high=high)
    return frame[["point", "quantity", "unit", "pairs", "difference", "low", "high"]]


def counted(results: Results, column: str, width: float, point: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    """How many runs of a point lie in each bin of this width: (edges, counts), one edge more than counts."""
    require(results, [column])
    scenario_of(results, point)
    answer = results.query(
        f"select floor({column} / {width!r})::bigint as bin, count(*) as runs from runs where point = {point} "
        "group by bin order by bin",
        points=[point],
    )
    bins = answer["bin"].to_numpy()
    counts = numpy.zeros(bins[-1] - bins[0] + 1)
    counts[bins - bins[0]] = answer["runs"].to_numpy()
    return numpy.arange(bins[0], bins[-1] + 2) * width, counts
