"""The factors of a design, for curves and heat maps: their levels, the cells of two of them, and means over the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy

from negosim.common.errors import nearest
from negosim.experiment.design import Point
from negosim.experiment.overrides import Value
from negosim.experiment.quantities import Quantity, columns_of, quoted, unfolded
from negosim.plots.readings import NothingToDrawError, measured, shown_points
from negosim.results.intervals import mean_interval, sum_interval
from negosim.results.results import Results

if TYPE_CHECKING:
    import pandas

Level = tuple[float, tuple[Point, ...]]
"""A level of a factor, and the points that have it."""

Cells = dict[tuple[Value, Value], Point]
"""The point at each pair of levels of two factors."""


def factors_of(results: Results) -> list[str]:
    """The parameters that the design varies, in its order."""
    return list(dict.fromkeys(name for point in shown_points(results) for name in point.overrides))


def require_factor(results: Results, name: str) -> None:
    """NothingToDrawError for a parameter that the design does not vary."""
    known = factors_of(results)
    if name not in known:
        raise NothingToDrawError(f"{results.experiment.name} does not vary {name}. {nearest(name, known)}")


def levels_of(results: Results, name: str) -> list[Level]:
    """The levels of a parameter, lowest first, each with its points.

    A parameter that is varied alone has one point a level. In a grid a level has one for each combination of the other
    factors, the same combinations at every level: a mean over them is that of the level. NothingToDrawError for a
    parameter that takes fewer than two numbers, or whose levels cannot be compared so.
    """
    require_factor(results, name)
    points = [point for point in shown_points(results) if name in point.overrides]
    alone = [point for point in points if point.parameter == name]
    chosen = alone if len(alone) > 1 else points
    by_level: dict[float, list[Point]] = {}
    for point in chosen:
        value = point.overrides[name]
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise NothingToDrawError(f"{name} takes {value} at point {point.number}: a curve needs numbers. Draw a heat map.")
        by_level.setdefault(float(value), []).append(point)
    if len(by_level) < 2:
        raise NothingToDrawError(f"{results.experiment.name} gives {name} one number alone. Play a sweep with two or more.")
    if len({_others(some, name) for some in by_level.values()}) > 1:
        raise NothingToDrawError(
            f"The other factors of {results.experiment.name} are not the same at each level of {name}, so its levels cannot be "
            'compared. Play a grid, or design = "one-at-a-time".'
        )
    return [(level, tuple(by_level[level])) for level in sorted(by_level)]


def _others(points: Iterable[Point], name: str) -> frozenset[frozenset[tuple[str, Value]]]:
    """What the points set beside one parameter."""
    return frozenset(frozenset(item for item in point.overrides.items() if item[0] != name) for point in points)


def cells_of(results: Results, x: str, y: str) -> tuple[list[Value], list[Value], Cells]:
    """The levels of two factors, and the point at each pair of them; numbers are sorted, words as in the design.

    ValueError for one factor twice. NothingToDrawError when the design has no point that sets these two alone, at each pair.
    """
    if x == y:
        raise ValueError(f"{x} stands on both axes. Name two parameters.")
    for name in (x, y):
        require_factor(results, name)
    points = [point for point in shown_points(results) if set(point.overrides) == {x, y}]
    found = {(point.overrides[x], point.overrides[y]): point for point in points}
    across, up = (_sorted(dict.fromkeys(pair[axis] for pair in found)) for axis in (0, 1))
    if not found or len(found) < len(across) * len(up):
        raise NothingToDrawError(
            f"{results.experiment.name} has no grid of {x} and {y} with all else as in the baseline. Play one: design = "
            '"grid", with these two in vary.'
        )
    return across, up, found


def _sorted(values: Iterable[Value]) -> list[Value]:
    known = list(values)
    if all(isinstance(value, (int, float)) for value in known):
        return sorted(known, key=lambda value: float(value))  # type: ignore[arg-type]
    return known


def level_means(results: Results, levels: Sequence[Level], names: Sequence[str]) -> pandas.DataFrame:
    """Means of quantities at each level: level, quantity, unit, runs, mean, low and high (95 % interval), lowest level first.

    The mean of a level with k points is the mean of theirs, m = sum_j m_j / k. Runs of one number have the same luck at every
    point, so the error is that of the sums over the points, z_r = sum_j I_jr (y_jr - m_j) / (p_j k), with I and p as in
    `negosim.results.samples`: s = sd(z) / sqrt(n), and the interval is m -+ t s; of shares see `negosim.results.intervals`.
    """
    some = measured(results, names)
    places = ", ".join(f"({point.number}, {place})" for place, (_, points) in enumerate(levels) for point in points)
    answer = results.query(
        f"with places(point, place) as (values {places}), "
        f"numbers as (select place, point, replication, {columns_of(some)} from runs join places using (point)), "
        f"influences as (select place, replication, {_each(some, INFLUENCES)} from numbers window w as (partition by point)), "
        f"sums as (select place, replication, {_each(some, SUMS)} from influences group by place, replication) "
        f"select place, {_each(some, AGGREGATES)} from sums group by place order by place"
    )
    frame = unfolded(answer, ["place"], some, STATISTICS)
    # t has the freedom of the runs that have the quantity, the error the size of a mean over all runs
    given = frame["mean"], frame["sd"] * numpy.sqrt(frame["known"] / frame["runs"]), frame["known"], frame["unit"] == "share"
    is_single = [len(levels[place][1]) == 1 for place in frame["place"]]
    low, high = numpy.where(is_single, mean_interval(*given), sum_interval(*given))
    level = [levels[place][0] for place in frame["place"]]
    return frame.assign(level=level, low=low, high=high)


STATISTICS = ("runs", "known", "mean", "sd")

INFLUENCES = (
    "coalesce(avg({x}) over w, 'nan'::double) as {x}, "
    "coalesce(({x} - avg({x}) over w) * count(*) over w / count({x}) over w, 0) as {z}, count({x}) over w as {n}"
)
SUMS = "avg({x}) as {x}, avg({z}) as {z}, min({n}) as {n}"
AGGREGATES = 'count(*) as "{name}|runs", min({n}) as "{name}|known", avg({x}) as "{name}|mean", stddev_samp({z}) as "{name}|sd"'
"""For SQL: what a run adds at its point, the mean of that over the points of a level, and what is known of the level.

{x} is a quantity, at first of a run and then its mean, {z} its influence, {n} how many runs have it.
"""


def _each(some: Sequence[Quantity], template: str) -> str:
    """A list of columns for SQL, one template a quantity."""
    return ", ".join(
        template.format(name=quantity.name, x=quoted(quantity), z=f'"{quantity.name}|z"', n=f'"{quantity.name}|n"')
        for quantity in some
    )
