"""The design of an experiment: the points at which the game is played, and joint draws of what is assumed."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from negosim.common.errors import ExperimentError, ScenarioError
from negosim.experiment.overrides import Overrides, Value
from negosim.experiment.sampling import drawn_weights
from negosim.scenario.salience import normalised, salience_of
from negosim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas

MOST_POINTS = 100_000
"""A larger design is taken for a slip: at a thousand runs a point it would be a hundred million runs."""

MOST_TRIED = 64
"""Joint draws that are tried for each one that is wanted, lest the search for valid ones go on for ever."""

MOST_NAMED = 12
"""Parameters that the label of a point names; a joint draw of a case may set hundreds."""

Bases = Mapping[str | None, Scenario]
"""The scenario of the baseline of each case, by its name; of an experiment without cases, by None."""

Draw = Mapping[str | None, Overrides]
"""What a joint draw of assumed numbers sets in each case, by its name; of an experiment without cases, by None."""


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the design table: what differs from the baseline, which is the first point of its case."""

    number: int
    overrides: Overrides
    case: str | None = None

    @property
    def label(self) -> str:
        """The point in words; no other point of the design has the same.

        >>> Point(3, {"sender.ambiguity": 0.2}).label, Point(0, {}).label, Point(4, {}, "firm").label
        ('sender.ambiguity = 0.2', 'baseline', 'firm: baseline')
        """
        told = [f"{name} = {value}" for name, value in itertools.islice(self.overrides.items(), MOST_NAMED)]
        if len(self.overrides) > MOST_NAMED:
            told.append(f"and {len(self.overrides) - MOST_NAMED} more at point {self.number}")
        return f"{f'{self.case}: ' if self.case else ''}{', '.join(told) or 'baseline'}"

    @property
    def parameter(self) -> str | None:
        """The one parameter that is varied here; None when there is none, or more than one."""
        return next(iter(self.overrides)) if len(self.overrides) == 1 else None


@dataclass(frozen=True)
class Comparison:
    """Two points of a design, of which the difference is a finding: run for run, `point` less `against`."""

    point: Point
    against: Point

    @property
    def label(self) -> str:
        """What changes from the one to the other.

        >>> Comparison(Point(2, {"sender.ambiguity": 0.2}), Point(1, {"sender.ambiguity": 0.0})).label
        'sender.ambiguity from 0 to 0.2'
        >>> Comparison(Point(2, {"sender.ambiguity": 0.2}), Point(0, {})).label
        'sender.ambiguity = 0.2 against the baseline'
        """
        name, case = self.point.parameter, f"{self.point.case}: " if self.point.case else ""
        if name is not None and name == self.against.parameter:
            return f"{case}{name} from {shown(self.against.overrides[name])} to {shown(self.point.overrides[name])}"
        return f"{self.point.label} against {self.against.label if self.against.overrides else 'the baseline'}"


def shown(value: Value) -> str:
    """A value as a person writes it, with all of its digits: who writes that finds it again.

    >>> shown(0.0), shown(0.05), shown(0.123456789), shown("commitment")
    ('0', '0.05', '0.123456789', 'commitment')
    """
    short = f"{value:g}" if isinstance(value, float) else ""
    return short if short and float(short) == value else str(value)


def numbered(overrides: Iterable[Overrides], cases: Sequence[str | None] = (None,)) -> tuple[Point, ...]:
    """The points of a design, case by case: the baseline, then the others in their order.

    With n points beside the baseline, point i of case c is number c (n + 1) + i. A point that equals the baseline is
    played like any other: with the same luck it differs by exactly 0.
    """
    design = [{}, *overrides]
    points = (len(design) - 1) * len(cases)
    if points > MOST_POINTS:
        where = f" in {len(cases)} cases" if len(cases) > 1 else ""
        remedy = f"It may have {MOST_POINTS:,}. Take fewer points, values or cases."
        raise ExperimentError(f"has {points:,} points{where}", field="the design", remedy=remedy)
    pairs = itertools.product(cases, design)
    return tuple(Point(number, given, case) for number, (case, given) in enumerate(pairs))


def grid(vary: Mapping[str, Sequence[Value]]) -> Iterator[Overrides]:
    """Every combination of the values; the last parameter changes fastest.

    >>> [point["b"] for point in grid({"a": [0, 1], "b": [5, 6]})]
    [5, 6, 5, 6]
    """
    if not vary:
        return iter(())
    size = math.prod(len(values) for values in vary.values())
    if size > MOST_POINTS:
        raise ExperimentError(
            f"make a grid of {size:,} points",
            field="vary",
            remedy=f'A grid may have {MOST_POINTS:,}. Take fewer values, or design = "one-at-a-time".',
        )
    return (dict(zip(vary, values, strict=True)) for values in itertools.product(*vary.values()))


def one_at_a_time(vary: Mapping[str, Sequence[Value]]) -> Iterator[Overrides]:
    """Each parameter alone at each of its values, the others as in the baseline.

    >>> list(one_at_a_time({"a": [0, 1], "b": [5]}))
    [{'a': 0}, {'a': 1}, {'b': 5}]
    """
    return ({name: value} for name, values in vary.items() for value in values)


def scenario_at(base: Scenario, point: Point) -> Scenario:
    """The scenario of a point, `base` being that of its case; ExperimentError with its number when it is not valid."""
    try:
        return base.vary(point.overrides)
    except ScenarioError as error:
        case = f" of case {point.case}" if point.case else ""
        raise ExperimentError.of(error, place=f"point {point.number}{case}") from None


def design_table(bases: Bases, points: Sequence[Point]) -> pandas.DataFrame:
    """One row a point: `point`, `label`, `parameter`, and the value of each parameter that is varied.

    With cases also `case_name`, after the number. Whole numbers of which some are missing stay whole: `Int64`.
    """
    import pandas

    names = list(dict.fromkeys(name for point in points for name in point.overrides))
    columns: dict[str, object] = {"point": pandas.array([point.number for point in points], dtype="int32")}
    if points[-1].case is not None:
        columns["case_name"] = [point.case for point in points]
    columns["label"] = [point.label for point in points]
    columns["parameter"] = [point.parameter for point in points]
    for name in names:
        usual = {case: base.get(name) for case, base in bases.items()}
        values = [point.overrides.get(name, usual[point.case]) for point in points]
        lacks_whole = None in values and all(value is None or isinstance(value, int) for value in values)
        columns[name] = pandas.array(values) if lacks_whole else values
    return pandas.DataFrame(columns)


def assumed_draws(
    scenario: Scenario,
    n: int,
    seed: int,
    fixed: Collection[str] = (),
    points: Sequence[Point] = (),
    others: Sequence[Scenario] = (),
) -> list[dict[str, float | int]]:
    """Joint draws from the ranges of the scenario's assumed numbers: one dict of overrides each.

    The draws are uniform over the ranges, given that they make a valid scenario: the points of a scrambled
    Sobol sequence (Owen 1998), in its order, without those that the scenario refuses. Whole numbers stay
    whole; the drawn weights of a salience are divided by their sum. The same seed gives the same draws, and a
    longer list begins with the shorter one. ExperimentError when there is nothing to draw, or when fewer than
    one draw in 64 is valid.

    fixed : dotted names that are not drawn; naming one weight of a salience keeps the salience as it is
    points : a draw must be valid at each of these points too
    others : scenarios in which it must be valid as well, such as the baselines of other cases
    """
    ranges = _free_ranges(scenario, fixed)
    if n == 0:
        return []
    if not ranges:
        raise ExperimentError(
            "has no assumed number with a range to draw from",
            field=scenario.name,
            remedy="Give the assumed numbers of the scenario a range, or draw nothing: assumed_draws = 0, another design.",
        )
    whole, weights = {name for name in ranges if isinstance(scenario.get(name), int)}, drawn_weights(ranges)
    found: list[dict[str, float | int]] = []
    refused: ScenarioError | None = None
    for tried, unit in enumerate(_sobol(len(ranges), n, seed)):
        draw = _scaled(ranges, unit, whole, weights)
        refusal = _refusal(draw, (scenario, *others), points)
        if refusal is None:
            found.append(draw)
        refused = refusal or refused
        if len(found) == n:
            return found
        if tried + 1 == n * MOST_TRIED:
            break
    raise ExperimentError(
        f"gives only {len(found)} valid scenarios in {n * MOST_TRIED} joint draws of its assumed "
        f"numbers; one of the others fails so: {refused}",
        field=scenario.name,
        remedy="Narrow the ranges in the scenario, so that most combinations are valid.",
    )


def _refusal(draw: Overrides, bases: Sequence[Scenario], points: Sequence[Point]) -> ScenarioError | None:
    """Why a draw makes no valid scenario of one of these, or at one of the points; None if it always does."""
    try:
        for base in bases:
            drawn = base.vary(draw)
            for point in points:
                drawn.vary(point.overrides)
    except ScenarioError as error:
        return error
    return None


def _free_ranges(scenario: Scenario, fixed: Collection[str]) -> dict[str, tuple[float, float]]:
    """The ranges of the assumed numbers that are not fixed."""
    held = {salience_of(name) or name for name in fixed}
    return {
        name: span for name, span in scenario.assumed().items() if name not in held and salience_of(name) not in held
    }


def _sobol(dimensions: int, n: int, seed: int) -> Iterator[Sequence[float]]:
    """An endless scrambled Sobol sequence in [0, 1), made in blocks whose sizes keep it balanced."""
    import numpy
    from scipy.stats import qmc

    sequence = qmc.Sobol(dimensions, scramble=True, rng=numpy.random.default_rng(seed))
    power = max(0, math.ceil(math.log2(n)))
    while True:
        yield from sequence.random_base2(power).tolist()
        power += sequence.num_generated > 2**power  # the second block fills up to the next power of two


def _scaled(
    ranges: Mapping[str, tuple[float, float]], unit: Sequence[float], whole: Collection[str], weights: list[list[str]]
) -> dict[str, float | int]:
    """Numbers in [0, 1) as values within the ranges, the weights of each salience with sum 1."""
    draw: dict[str, float | int] = {}
    for (name, (low, high)), share in zip(ranges.items(), unit, strict=True):
        if name in whole:
            first, last = math.ceil(low), math.floor(high)
            draw[name] = first + int(share * (last - first + 1))
        else:
            draw[name] = low + share * (high - low)
    for some in weights:
        draw |= normalised({name: draw[name] for name in some})
    return draw
