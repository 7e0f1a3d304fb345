"""The outcomes of runs: their records, and the table with its names and units, one row a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from negosim.common import display
from negosim.common.vocabulary import CHANNELS, Ending, Side
from negosim.engine.welfare import average_answer, average_tariff, welfare
from negosim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas
    import pyarrow


def settled_column(issue: str) -> str:
    """Return the column that holds an issue's settled value."""
    return f"settled_{issue.replace('-', '_')}"


def welfare_column(country: str) -> str:
    """Return the column that holds a country's change of welfare."""
    return f"welfare_{country.replace('-', '_')}"


KEPT = ("replication", "ending", "agreed", "rounds", "sender_payoff", "target_payoff")
"""The columns that every run keeps: without them there is nothing to compare."""

NOT_IN_EVERY_RUN = ("sender_utility", "target_utility", "frontier_distance", "nash_distance", "reversed_after")
"""The numbers that, like the settled values, only some runs have: a run without a settlement lacks all of them."""

Reading = Callable[["Outcomes"], NDArray[Any]]
"""How a column is read off a batch of runs: one entry a run."""


def outcome_columns(outcomes: Outcomes) -> dict[str, Any]:
    """Return the columns by name; positions in the real units of their issues, NaN where there is no settlement.

    Welfare is in per cent of real expenditure before the dispute, under the tariffs in force at the end of the run.
    """
    columns: dict[str, Any] = {name: read(outcomes) for name, read in _readings(outcomes.scenario).items()}
    trade = outcomes.scenario.trade
    if trade is not None:
        tariff = average_tariff(outcomes.scenario, outcomes.settlements, outcomes.in_force)
        changes = welfare(trade, tariff, average_answer(outcomes.scenario, outcomes.in_force))
        columns |= dict(zip(_welfare_names(outcomes.scenario), changes.T, strict=True))
    return columns


def outcome_names(scenario: Scenario) -> list[str]:
    """Return the names of the columns of a scenario's runs, without playing any.

    >>> from negosim.scenario.scenario import Scenario
    >>> outcome_names(Scenario.load("pie"))[:5]
    ['replication', 'ending', 'agreed', 'rounds', 'proposer']
    """
    return [*_readings(scenario), *_welfare_names(scenario)]


def _welfare_names(scenario: Scenario) -> list[str]:
    return [] if scenario.trade is None else [welfare_column(country.name) for country in scenario.trade.countries]


def _readings(scenario: Scenario) -> dict[str, Reading]:
    """The columns but welfare, in their order."""
    found: dict[str, Reading] = {
        "replication": lambda outcomes: _numbers(int(outcomes.first), len(outcomes)),
        "ending": lambda outcomes: np.array(ENDINGS, dtype=object)[outcomes.runs["ending"]],
        "agreed": lambda outcomes: np.isin(outcomes.runs["ending"], (Ending.SETTLED, Ending.SETTLED_IN_PART)),
        "rounds": _field("rounds", dtype=np.int32),
        "proposer": lambda outcomes: np.array(PROPOSERS, dtype=object)[outcomes.runs["proposer"]],
    }
    found |= {f"{side.label}_payoff": _field("payoff", side) for side in Side}
    found |= {f"{side.label}_utility": _field("utility", side) for side in Side}
    found |= {
        f"{side.label}_{channel}": _field("ledger", side, number)
        for side in Side
        for number, channel in enumerate(CHANNELS)
    }
    found |= {settled_column(issue.name): _settled(number) for number, issue in enumerate(scenario.issues)}
    found |= {name: _field(name) for name in ("frontier_distance", "nash_distance")}
    for side in Side:
        found[f"{side.label}_reservation"] = _field("reservation", side)
        found[f"{side.label}_profile"] = _field("profile", side, dtype=np.int32)
        found[f"{side.label}_committed"] = _field("committed", side, dtype=np.bool_)
    found["peak_stress"] = _field("peak_stress")
    found["threats_executed"] = _field("threats_executed", dtype=np.int32)
    found["reversed_after"] = _field("reversed_after")
    return found


def _numbers(first: int, runs: int) -> NDArray[Any]:
    """The numbers of runs from the first on, with a sign where 63 bits hold them all: so most programs count rows.

    >>> _numbers(3, 2), _numbers(2**64 - 2, 2).tolist()
    (array([3, 4]), [18446744073709551614, 18446744073709551615])
    """
    numbers = np.uint64(first) + np.arange(runs, dtype=np.uint64)
    return numbers.astype(np.int64) if first + runs <= 2**63 else numbers


ENDINGS = ("", *(ending.label for ending in Ending))
PROPOSERS = (*(side.label for side in Side), "both", "none")


def _field(name: str, *places: int, dtype: type | None = None) -> Reading:
    """A field of the runs' records, at a place in it, as this type."""

    def read(outcomes: Outcomes) -> NDArray[Any]:
        values = outcomes.runs[name]
        for place in places:
            values = values[:, place]
        return values if dtype is None else values.astype(dtype)

    return read


def _settled(number: int) -> Reading:
    """What an issue is settled at, in its unit."""

    def read(outcomes: Outcomes) -> NDArray[Any]:
        issue = outcomes.scenario.issues[number]
        low, high = issue.target_end, issue.sender_end
        return low + outcomes.settlements[:, number] * (high - low)

    return read


RUN = np.dtype(
    [
        ("ending", np.int64), ("rounds", np.int64), ("proposer", np.int64), ("payoff", np.float64, 2),
        ("utility", np.float64, 2), ("ledger", np.float64, (2, len(CHANNELS))), ("frontier_distance", np.float64),
        ("nash_distance", np.float64), ("reservation", np.float64, 2), ("profile", np.int64, 2),
        ("committed", np.int64, 2), ("peak_stress", np.float64), ("threats_executed", np.int64),
        ("reversed_after", np.float64),
    ],
    align=True,
)
"""The record of one run; ending is the number of an Ending, the proposer 2 where both were, -1 where nothing was settled."""


@dataclass(frozen=True)
class Outcomes:
    """The outcomes of a batch of runs: ``runs`` (runs,) of RUN, ``settlements`` (runs, issues) in [0, 1].

    ``in_force`` (runs, threats) is the level of each threat that is in force after the end, a multiple of its rate, or 0.
    """

    scenario: Scenario
    first: int
    runs: NDArray[np.void]
    settlements: NDArray[np.float64]
    in_force: NDArray[np.float64]

    def __repr__(self) -> str:
        return f"<Outcomes of {len(self):,} runs of {self.scenario.name}>"

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(self.runs)

    def _repr_html_(self) -> str:
        return display.html(self)

    def columns(self) -> dict[str, Any]:
        """Return the columns of the table, one entry a run, settled positions in real units."""
        return outcome_columns(self)

    def table(self) -> pyarrow.Table:
        """Return the outcomes as an Arrow table, in which a number that a run does not have is null.

        A NaN in a column that every run must have would be an error of the model: it stays, so that it shows in every mean.
        """
        import pyarrow

        lacking = {*NOT_IN_EVERY_RUN, *(settled_column(issue.name) for issue in self.scenario.issues)}
        columns = self.columns().items()
        return pyarrow.table({name: pyarrow.array(values, from_pandas=name in lacking) for name, values in columns})

    def frame(self) -> pandas.DataFrame:
        """Return the outcomes as a pandas DataFrame, one row a run; a number that a run does not have is NaN."""
        import pandas

        return pandas.DataFrame(self.columns())
