"""Interactions: what two changes do together beyond what each does alone.

With f00 the mean of a quantity where neither change is made, f10 and f01 where one is and f11 where both are,

    interaction = f11 - f10 - f01 + f00,

measured run for run with the same luck: its standard error is that of the mean of these sums (a 2 x 2 factorial with common
random numbers; Law and Kelton 2000, Simulation Modeling and Analysis, ch. 11 and 12). Above 0 the two strengthen each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy

from negosim.common.errors import ExperimentError
from negosim.common.text import NOISE
from negosim.experiment.design import Point
from negosim.experiment.quantities import COMPARED, aggregated, columns_of, exact, quantities_of, quoted, unfolded
from negosim.results.intervals import sum_interval
from negosim.results.paired import STATISTICS
from negosim.results.runs import Runs

if TYPE_CHECKING:
    import pandas


class Couple(NamedTuple):
    """Two parameters changed together at a point, the two points at which each is changed alone, and the baseline.

    All four are points of one case.
    """

    first: str
    second: str
    together: int
    first_alone: int
    second_alone: int
    neither: int


def couples(points: tuple[Point, ...]) -> list[Couple]:
    """Every point that changes two parameters, with the points that change one of them in the same way.

    ExperimentError when one of these is missing.

    >>> design = (Point(0, {}), Point(1, {"a": 1}), Point(2, {"b": 5}), Point(3, {"a": 1, "b": 5}))
    >>> couples(design)
    [Couple(first='a', second='b', together=3, first_alone=1, second_alone=2, neither=0)]
    """
    alone = {(p.case, p.parameter, p.overrides[p.parameter]): p.number for p in points if p.parameter}
    neither = {point.case: point.number for point in points if not point.overrides}
    found = []
    for point in points:
        if len(point.overrides) == 2:
            for item in point.overrides.items():
                if (point.case, *item) not in alone:
                    raise ExperimentError(
                        "is changed together with another parameter, but nowhere alone", field=item[0], value=item[1],
                        remedy="Add the point at which it is changed alone.",
                    )
            one, other = point.overrides.items()
            both = alone[point.case, *one], alone[point.case, *other]
            found.append(Couple(one[0], other[0], point.number, *both, neither[point.case]))
    return found


def interactions(results: Runs) -> pandas.DataFrame:
    """One row a couple and quantity that every run has: how far both changes together are more than the sum of each.

    Columns: first, second, together (the number of the point); quantity, unit, pairs, difference (the interaction), error, low
    and high (95 % interval).
    """
    import pandas

    experiment = results.experiment
    found = couples(experiment.design_points)
    some = [quantity for quantity in quantities_of(experiment, results.columns) if quantity.everywhere]
    listed = ", ".join(f"({c.together}, {c.first_alone}, {c.second_alone}, {c.neither})" for c in found)
    sums = ", ".join(f"{exact(f'f11.{q} - f10.{q} - f01.{q} + f00.{q}')} as {q}" for q in map(quoted, some))
    answer = results.query(
        f"with couples(point, one, other, neither) as (values {listed}), "
        f"numbers as (select point, run, {columns_of(some)} from runs), "
        f"sums as (select couples.point, {sums} from couples join numbers f11 on f11.point = couples.point "
        "join numbers f10 on f10.point = couples.one and f10.run = f11.run "
        "join numbers f01 on f01.point = couples.other and f01.run = f11.run "
        "join numbers f00 on f00.point = couples.neither and f00.run = f11.run) "
        f"select point, {aggregated(some, STATISTICS)} from sums group by point order by point"
    )
    frame = unfolded(answer, ["point"], some, STATISTICS)
    frame["error"] = frame["sd"] / numpy.sqrt(frame["pairs"])
    frame["low"], frame["high"] = sum_interval(frame["difference"], frame["sd"], frame["pairs"], frame["unit"] == "share")
    names = pandas.DataFrame([(c.together, c.first, c.second) for c in found], columns=["point", "first", "second"])
    order = ["quantity", "unit", "pairs", "difference", "error", "low", "high"]
    return names.merge(frame, on="point").rename(columns={"point": "together"})[["first", "second", "together", *order]]


def interaction_draws(results: Runs) -> pandas.DataFrame:
    """One row a couple and quantity of COMPARED: how its interaction is spread over the joint draws of the assumed numbers.

    Columns: together, quantity, draws, median, and the shares of draws in which it is above (higher) or below 0 (lower). A draw
    has few runs: an interaction that is small beside a draw's own error has a share near one half.
    """
    import pandas

    means = results.draws().set_index(["draw", "point"])[list(COMPARED)]
    rows = []
    for couple in couples(results.experiment.design_points):
        f11, f10, f01, f00 = (
            means.xs(point, level="point")
            for point in (couple.together, couple.first_alone, couple.second_alone, couple.neither)
        )
        contrast = f11 - f10 - f01 + f00
        for quantity in COMPARED:
            values = contrast[quantity].to_numpy()
            rows.append(
                {
                    "together": couple.together, "quantity": quantity, "draws": len(values), "median": numpy.median(values),
                    "higher": numpy.mean(values > NOISE), "lower": numpy.mean(values < -NOISE),
                }
            )
    return pandas.DataFrame(rows)
