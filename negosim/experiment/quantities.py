"""The quantities of a run that are summed up: what each is called, how it is read off a run, and in which unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from negosim.common.text import NOISE
from negosim.common.vocabulary import CHANNELS, Ending, Side
from negosim.engine.outcomes import settled_column, welfare_column
from negosim.experiment.spec import ExperimentSpec

if TYPE_CHECKING:
    import pandas

    from negosim.scenario.scenario import Scenario


@dataclass(frozen=True)
class Quantity:
    """One number of a run.

    name : in every table of the summary
    sql : its value for a row of `runs`, NULL for a run that does not have it
    unit : for people
    everywhere : whether every run has it, so that it can be compared run for run with another point
    """

    name: str
    sql: str
    unit: str
    everywhere: bool = True


AT_ONCE = 4_000_000
"""Numbers that one question may hold in memory: quantiles need all of theirs, 32 MB, and three times that while they grow."""

POINTS_AT_ONCE = 2_000
"""Points that one question may be about: its answer has a row for each of them and each quantity."""

MEMORY = "400MB"
"""What a question about all runs may use before it goes by way of the disk."""

COMPARED = ("sender_payoff", "target_payoff", "joint_payoff", "no_deal")
"""The quantities that findings are about."""


def ending_quantity(ending: Ending) -> str:
    """The name of the share of runs that end so.

    >>> ending_quantity(Ending.SETTLED_IN_PART)
    'ending_settled_in_part'
    """
    return f"ending_{ending.name.lower()}"


def quantities(scenario: Scenario, columns: list[str]) -> list[Quantity]:
    """All quantities whose column is among the `columns` of the runs, in the order of the tables."""
    wanted = [
        *(Quantity(ending_quantity(end), f"ending = '{end.label}'", "share") for end in Ending),
        Quantity("agreed", "agreed", "share"),
        Quantity("no_deal", "not agreed", "share"),
        Quantity("rounds", "rounds", "rounds"),
        Quantity("rounds_to_agreement", "case when agreed then rounds end", "rounds", everywhere=False),
        *_of_both_sides(),
        *_of_all_countries(scenario),
        *(
            Quantity(settled_column(issue.name), settled_column(issue.name), issue.unit, everywhere=False)
            for issue in scenario.issues
        ),
        Quantity("frontier_distance", "frontier_distance", "utility", everywhere=False),
        Quantity("nash_distance", "nash_distance", "utility", everywhere=False),
        Quantity("peak_stress", "peak_stress", "stress"),
        Quantity("threats_executed", "threats_executed", "threats"),
        Quantity("reversed_after", "reversed_after", "rounds", everywhere=False),
        *_of_the_first_year(scenario),
    ]
    return [quantity for quantity in wanted if _column(quantity) in columns]


def quantities_of(experiment: ExperimentSpec, columns: list[str]) -> list[Quantity]:
    """All quantities of an experiment's runs, united by name over its cases.

    Where cases read a quantity otherwise, or have it in other units, each run is read as in its own case.
    """
    known = {case: {each.name: each for each in quantities(base, columns)} for case, base in experiment.bases.items()}
    names = list(dict.fromkeys(name for some in known.values() for name in some))
    return [
        _united(name, {_range(experiment, case): some[name] for case, some in known.items() if name in some})
        for name in names
    ]


def _range(experiment: ExperimentSpec, case: str | None) -> range:
    points = experiment.points_of(case)
    return range(points[0].number, points[-1].number + 1)


def _united(name: str, readings: Mapping[range, Quantity]) -> Quantity:
    """One quantity as several cases have it, by the points of each."""
    each = list(readings.values())
    if len(set(each)) == 1:
        return each[0]
    sql = each[0].sql
    if len({quantity.sql for quantity in each}) > 1:
        sql = f"case {' '.join(f'when point {among(some)} then {q.sql}' for some, q in readings.items())} end"
    unit = " or ".join(dict.fromkeys(quantity.unit for quantity in each))
    return Quantity(name, sql, unit, all(quantity.everywhere for quantity in each))


def _of_the_first_year(scenario: Scenario) -> list[Quantity]:
    """Whether a deal is taken back within a year; none without a calendar. In the long run any hazard takes it back.

    A deal that is never taken back has no `reversed_after`, and is one that is not taken back within a year.
    """
    if scenario.calendar is None:
        return []
    sql = f"case when agreed then coalesce(reversed_after * {scenario.calendar.days_per_round} <= 365, false) end"
    return [Quantity("reversed_within_a_year", sql, "share", everywhere=False)]


def _of_both_sides() -> list[Quantity]:
    """Payoffs, the channels of their ledgers, and the utility of what was settled."""
    sides = [side.label for side in Side]
    payoffs = [f"{side}_payoff" for side in sides]
    ledgers = [f"{side}_{channel}" for side in sides for channel in CHANNELS]
    utilities = [f"{side}_utility" for side in sides]
    return [
        *(Quantity(name, name, "utility") for name in payoffs),
        Quantity("joint_payoff", " + ".join(payoffs), "utility"),
        *(Quantity(name, name, "utility") for name in ledgers),
        *(Quantity(name, name, "utility", everywhere=False) for name in utilities),
    ]


def _of_all_countries(scenario: Scenario) -> list[Quantity]:
    """The change of each country's welfare; none without trade."""
    names = [welfare_column(country.name) for country in scenario.trade.countries] if scenario.trade is not None else []
    return [Quantity(name, name, "% of real expenditure") for name in names]


def _column(quantity: Quantity) -> str:
    """The column that a quantity is read from."""
    derived = {
        "rounds_to_agreement": "rounds",
        "reversed_within_a_year": "reversed_after",
        "no_deal": "agreed",
        "joint_payoff": "sender_payoff",
    }
    return "ending" if quantity.name.startswith("ending_") else derived.get(quantity.name, quantity.name)


def columns_of(quantities: list[Quantity]) -> str:
    """The quantities as a list of columns for SQL, each a DOUBLE under its own name.

    A quantity that only some runs have is NULL elsewhere. A NaN in a quantity that every run must have stays one, so that it
    shows in every mean.
    """
    return ", ".join(f'({quantity.sql})::double as "{quantity.name}"' for quantity in quantities)


def differences_sql(quantities: list[Quantity]) -> str:
    """Quantities of the table `here` less those of the table `there` as columns for SQL; what is left by rounding alone is 0.

    >>> differences_sql([Quantity("rounds", "rounds", "rounds")])
    'if(abs(here."rounds" - there."rounds") <= 1e-12, 0, here."rounds" - there."rounds") as "rounds"'
    """
    return ", ".join(f"{exact(f'here.{q} - there.{q}')} as {q}" for q in map(quoted, quantities))


def exact(difference: str) -> str:
    """A difference in SQL that is 0 where rounding alone keeps it from that, so that it is neither above 0 nor below."""
    return f"if(abs({difference}) <= {NOISE!r}, 0, {difference})"


def aggregated(quantities: list[Quantity], statistics: Mapping[str, str]) -> str:
    """A list of aggregates for SQL: each statistic of each quantity; `{x}` in it stands for the column.

    >>> aggregated([Quantity("rounds", "rounds", "rounds")], {"mean": "avg({x})"})
    'avg("rounds") as "rounds|mean"'
    """
    return ", ".join(
        f'{template.replace("{x}", quoted(quantity))} as "{quantity.name}|{statistic}"'
        for quantity in quantities
        for statistic, template in statistics.items()
    )


def quoted(quantity: Quantity) -> str:
    """The name of a quantity as SQL has it."""
    return f'"{quantity.name}"'


def unfolded(
    answer: pandas.DataFrame, keys: Sequence[str], quantities: list[Quantity], statistics: Iterable[str]
) -> pandas.DataFrame:
    """The answer to a query with `aggregated` as one row a quantity: keys, quantity, unit, statistics."""
    import numpy
    import pandas

    names, units = [quantity.name for quantity in quantities], [quantity.unit for quantity in quantities]
    columns = {key: numpy.repeat(answer[key].to_numpy(), len(names)) for key in keys}
    columns |= {"quantity": numpy.tile(numpy.array(names, object), len(answer))}
    columns |= {"unit": numpy.tile(numpy.array(units, object), len(answer))}
    for statistic in statistics:
        columns[statistic] = numpy.column_stack([answer[f"{name}|{statistic}"].to_numpy() for name in names]).ravel()
    return pandas.DataFrame(columns)



def among(points: range) -> str:
    """Points that follow one another, as SQL has them: said so, the parts of other points are not read.

    >>> among(range(3, 7))
    'between 3 and 6'
    """
    return f"between {points[0]} and {points[-1]}"


def fits(runs: int) -> bool:
    """Whether one quantity of this many runs can be in memory."""
    return runs <= AT_ONCE


def blocks(points: range, measured: list[Quantity], runs: int) -> Iterator[tuple[range, list[Quantity]]]:
    """Points and quantities in pieces of at most AT_ONCE numbers and POINTS_AT_ONCE, and of one quantity of one point at least.

    >>> two = [Quantity("a", "a", "share"), Quantity("b", "b", "share")]
    >>> [(list(some), len(quantities)) for some, quantities in blocks(range(3), two, AT_ONCE // 4)]
    [([0, 1], 2), ([2], 2)]
    >>> [(list(some), len(quantities)) for some, quantities in blocks(range(2), two, AT_ONCE)]
    [([0], 1), ([1], 1), ([0], 1), ([1], 1)]
    """
    width = max(1, AT_ONCE // runs)
    for first in range(0, len(measured), width):
        some = measured[first : first + width]
        step = min(POINTS_AT_ONCE, max(1, AT_ONCE // (runs * len(some))))
        for start in range(0, len(points), step):
            yield points[start : start + step], some


def in_order(frame: pandas.DataFrame, quantities: list[Quantity]) -> pandas.DataFrame:
    """A frame in the order of points, then of quantities: a query gives its groups in any order."""
    rank = {quantity.name: number for number, quantity in enumerate(quantities)}
    frame = frame.assign(rank=frame["quantity"].map(rank))
    return frame.sort_values(["point", "rank"], kind="stable", ignore_index=True).drop(columns="rank")
