"""Two scenarios, or two results, side by side: what changed, and what followed, with intervals.

Run r of both has the same luck where both have the same seed: then they are compared run for run, elsewhere as independent
samples; see `negosim.results.samples`. DuckDB reads the parts; some points, or some columns of a large one, are in memory at a
time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy
from numpy.typing import NDArray

from negosim.common import display
from negosim.common.errors import StoreError
from negosim.common.html import NO_MATH
from negosim.common.plain import plain
from negosim.experiment.design import Point
from negosim.experiment.quantities import Quantity, blocks, columns_of, in_order, quantities_of
from negosim.results.runs import Runs
from negosim.results.samples import Differences, Sample, independent_differences, paired_differences
from negosim.scenario.changes import A, B, Change, changes
from negosim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas


Couple = tuple[Point, Point]
"""The points of A and of B that set the same."""

Unmatched = tuple[str, str, str, str]
"""What a row of `Contrast.unmatched` says: what, name, only_in, why."""


@dataclass(frozen=True, eq=False)
class Contrast:
    """Two scenarios or results, A and B, and what differs; a difference is B less A.

    scenarios : of both baselines
    runs, seeds : how many runs each has at a point, and the seed of their luck
    same_rules : whether both were played by the same rules
    changes : one row a `negosim.scenario.changes.Change` between the baselines
    differences : one row a point and quantity that both have: point_a, point_b (their numbers), label; quantity, unit, luck
        (common or independent); mean_a, mean_b, difference, error, low, high (95 % interval); runs_a, runs_b, pairs, in_both
        with its interval, higher and lower as in `negosim.results.samples.Differences`
    unmatched : one row a point or quantity that cannot be compared: what, name, only_in (A, B, or empty for both), why

    Its text is Markdown, which a notebook sets out.
    """

    scenarios: tuple[Scenario, Scenario]
    runs: tuple[int, int]
    seeds: tuple[int, int]
    same_rules: bool
    changes: pandas.DataFrame
    differences: pandas.DataFrame
    unmatched: pandas.DataFrame

    def at(self, place: int = 0) -> pandas.DataFrame:
        """The differences at one of the compared points, counted from 0, by quantity; ValueError when there is none such."""
        points = list(dict.fromkeys(self.differences["point_a"]))
        if not 0 <= place < len(points):
            raise ValueError(f"point {place} is not compared. The compared points are 0 to {len(points) - 1}.")
        return self.differences[self.differences["point_a"] == points[place]].set_index("quantity")

    def plain(self) -> dict[str, Any]:
        """All of it for another program: A and B, and the rows of the frames, ready for JSON; None where nothing is known."""
        sides = zip(("a", "b"), self.scenarios, self.runs, self.seeds, strict=True)
        frames = {"changes": self.changes, "differences": self.differences, "unmatched": self.unmatched}
        return {
            **{key: {"scenario": scenario.name, "runs": runs, "seed": seed} for key, scenario, runs, seed in sides},
            "same_rules": self.same_rules,
            **{name: plain(frame.to_dict("records")) for name, frame in frames.items()},
        }

    def __str__(self) -> str:
        return display.markdown(self)

    def _repr_markdown_(self) -> str:
        return f'<div class="{NO_MATH}">\n\n{self}\n</div>'


def contrast_of(a: Runs, b: Runs) -> Contrast:
    """The contrast of two results, at all points that set the same in both; StoreError when there are none."""
    import pandas

    ours, theirs = a.experiment, b.experiment
    points, only_points = _matched_points(a, b)
    if not points:
        raise StoreError(f"{a.out} and {b.out} have no point in common. Compare results of designs that share one.")
    measured, only_quantities = _matched_quantities(a, b)
    return Contrast(
        scenarios=(ours.base, theirs.base),
        runs=(ours.replications, theirs.replications),
        seeds=(ours.seed, theirs.seed),
        same_rules=a.manifest["rules"] == b.manifest["rules"],
        changes=pandas.DataFrame(changes(ours.base, theirs.base), columns=Change._fields, dtype=object),
        differences=differences_of(a, b, points, measured),
        unmatched=pandas.DataFrame([*only_points, *only_quantities], columns=["what", "name", "only_in", "why"]),
    )


def _matched_points(a: Runs, b: Runs) -> tuple[list[Couple], list[Unmatched]]:
    """The points that set the same in both, in the order of A; and those that only one has."""
    ours, theirs = ({_sets(point): point for point in each.experiment.design_points} for each in (a, b))
    couples = [(point, theirs[sets]) for sets, point in ours.items() if sets in theirs]
    alone = [("point", point.label, A, "") for sets, point in ours.items() if sets not in theirs]
    alone += [("point", point.label, B, "") for sets, point in theirs.items() if sets not in ours]
    return couples, alone


def _sets(point: Point) -> tuple[str | None, frozenset[tuple[str, Any]]]:
    """What a point is, whatever its number: its case, and what it sets."""
    return point.case, frozenset(point.overrides.items())


def _matched_quantities(a: Runs, b: Runs) -> tuple[list[tuple[Quantity, Quantity]], list[Unmatched]]:
    """The quantities that both have in the same unit; and the others."""
    ours, theirs = ({q.name: q for q in quantities_of(each.experiment, each.columns)} for each in (a, b))
    couples, alone = [], list[Unmatched]()
    for name in dict.fromkeys([*ours, *theirs]):
        if name not in theirs or name not in ours:
            alone.append(("quantity", name, A if name in ours else B, ""))
        elif ours[name].unit != theirs[name].unit:
            alone.append(("quantity", name, "", f"in {ours[name].unit} in A, in {theirs[name].unit} in B"))
        else:
            couples.append((ours[name], theirs[name]))
    return couples, alone


def differences_of(
    a: Runs, b: Runs, points: Sequence[Couple], measured: Sequence[tuple[Quantity, Quantity]]
) -> pandas.DataFrame:
    """The differences of quantities between some points of A and of B, as in `Contrast.differences`; A and B may be the same."""
    import pandas

    theirs = {ours.name: other for ours, other in measured}
    runs = a.experiment.replications + b.experiment.replications
    parts = []
    for some, block in blocks(range(len(points)), [ours for ours, _ in measured], runs):
        here = _read(a, [points[place][0] for place in some], block)
        there = _read(b, [points[place][1] for place in some], [theirs[each.name] for each in block])
        for place in some:
            ours, other = points[place]
            shares = numpy.array([each.unit == "share" for each in block]) & (not _are_the_same(a, ours, b, other))
            has_same_seed = a.experiment.seed == b.experiment.seed
            frame = _at(here.loc[[ours.number]], there.loc[[other.number]], block, shares, has_same_seed)
            frame.insert(0, "point_a", ours.number)
            frame.insert(1, "point_b", other.number)
            frame.insert(2, "label", ours.label)
            parts.append(frame.assign(point=place))
    return in_order(pandas.concat(parts, ignore_index=True), [ours for ours, _ in measured]).drop(columns="point")


def _read(results: Runs, points: Sequence[Point], block: list[Quantity]) -> pandas.DataFrame:
    """Quantities of all runs of some points, by point, in the order of their replications."""
    numbers = [point.number for point in points]
    answer = results.query(
        f"select point, replication, {columns_of(block)} from runs where point between {min(numbers)} and {max(numbers)} "
        f"and point in ({', '.join(map(str, numbers))}) order by point, replication"
    )
    return answer.set_index("point")


def _are_the_same(a: Runs, ours: Point, b: Runs, other: Point) -> bool:
    """Whether two points play the same scenario with the same luck by the same rules: they differ by exactly nothing."""
    one, two = ((each.experiment.seed, each.manifest["rules"]) for each in (a, b))
    return one == two and a.experiment.scenario_at(ours) == b.experiment.scenario_at(other)


def _at(
    here: pandas.DataFrame, there: pandas.DataFrame, block: list[Quantity], shares: NDArray[numpy.bool_], same_seed: bool
) -> pandas.DataFrame:
    """The differences at one point: run for run over the replications that both have with the same luck, if there are any."""
    import pandas

    shared, in_a, in_b = numpy.intersect1d(
        here["replication"], there["replication"], assume_unique=True, return_indices=True
    )
    names, everywhere = [each.name for each in block], numpy.array([each.everywhere for each in block])
    first, second = (frame[names].to_numpy(dtype=float) for frame in (here, there))
    is_paired = same_seed and len(shared) > 0
    found: Differences
    if is_paired:
        found = paired_differences(Sample.of(first[in_a], everywhere), Sample.of(second[in_b], everywhere), shares)
    else:
        found = independent_differences(Sample.of(first, everywhere), Sample.of(second, everywhere), shares)
    about = {"quantity": names, "unit": [each.unit for each in block], "luck": "common" if is_paired else "independent"}
    counts = {name: int for name in ("runs_a", "runs_b", "pairs")}
    return pandas.DataFrame(about | found._asdict()).astype(counts)
