"""A part of a sweep, played: its runs, the means of its joint draws, or the rounds of single runs, as the content of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy
import pyarrow

from negosim.common.errors import StoreError
from negosim.engine.kernel import simulate
from negosim.engine.model import Negotiation
from negosim.engine.outcomes import outcome_names
from negosim.experiment.design import Bases, scenario_at
from negosim.experiment.experiment import Experiment
from negosim.experiment.quantities import COMPARED
from negosim.store.failures import Failure
from negosim.store.parts import packed
from negosim.store.plan import Chunk, Draws, Part, Paths
from negosim.store.store import Store
from negosim.sweeps.executors import Between, Finished, StoppedError, unheard

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class Play:
    """The job of a sweep: play a part and write it into the folder, with the mark of the experiment."""

    experiment: Experiment
    folder: Path
    mark: Mapping[str, Any]

    def __call__(self, part: Part, between: Between) -> Finished:
        """Play and write one part. StoreError when a file cannot be read or written."""
        try:
            return self.keep(part, self.play(part, between))
        except OSError as error:
            raise StoreError(f"{part.name} cannot be played: {error}. Finished parts are kept in {self.folder}.") from error

    def play(self, part: Part, between: Between) -> bytes | Failure:
        """The content of the part's file; what is raised while it is played becomes a Failure.

        OSError when a file cannot be read or written, as that of a compiled rule on a full disk: no fault of the point.
        """
        try:
            table = table_of(self.experiment, part, between)
        except (StoppedError, OSError):
            raise
        except Exception as error:
            return Failure.of(error, part.name, part.place)
        return packed(table, {**self.mark, "part": part.name, "place": part.place})

    def keep(self, part: Part, played: bytes | Failure) -> Finished:
        """Write the content of the part's file into the folder."""
        if isinstance(played, Failure):
            return Finished(part, played)
        Store(self.folder).keep(part.name, played)
        return Finished(part)

    def __reduce__(self) -> tuple[Any, ...]:
        """Without the points and draws of the experiment, which may be many: the parts have their own."""
        fields = {name: getattr(self.experiment, name) for name in Experiment.model_fields if name != "points"}
        return Play, (Experiment.model_construct(**fields), self.folder, self.mark)


def table_of(experiment: Experiment, part: Part, between: Between = unheard) -> pyarrow.Table:
    """What a part holds, played for it: the same table wherever and whenever."""
    if isinstance(part, Draws):
        return _means(experiment, part, between)
    if isinstance(part, Paths):
        return path_table(experiment, part, between)
    return pyarrow.concat_tables(_runs(experiment, chunk, between) for chunk in part.chunks)


def _runs(experiment: Experiment, chunk: Chunk, between: Between) -> pyarrow.Table:
    """The runs of a chunk, one row a run: the number of their point, and the columns that the experiment keeps.

    Where the cases have other scenarios, all have the columns of all: a number that only runs of another case have is null.
    """
    scenario = experiment.scenario_at(chunk.point)
    outcomes = simulate(scenario, replications=chunk.runs, seed=experiment.seed, first=chunk.first, between=between)
    table, of_others = outcomes.table(), set(experiment.run_columns).difference(outcome_names(scenario))
    found = dict.fromkeys(of_others, pyarrow.nulls(chunk.runs, pyarrow.float64()))
    found |= dict(zip(table.column_names, table.columns, strict=True))
    point = pyarrow.array(numpy.full(chunk.runs, chunk.point.number, dtype=numpy.int32))
    return pyarrow.table({"point": point} | {name: found[name] for name in experiment.run_columns if name in found})


def _means(experiment: Experiment, part: Draws, between: Between) -> pyarrow.Table:
    """One row a draw and point: the mean of each number over the runs that have it, null if none has.

    For each quantity of COMPARED also its mean difference to the point `against`, run for run with the same luck
    (`_gain`), and the standard error of that mean (`_gain_error`). Cases of other scenarios have other numbers: null where a
    case has no such number.
    """
    rows: list[dict[str, float]] = []
    for number, draw in enumerate(part.draws, start=part.first):
        bases = {case: base.vary(draw[case]) for case, base in experiment.bases.items()}
        rows += _draw(experiment, part, number, bases, between)
    counts = ("draw", "point", "against", "runs")
    names = dict.fromkeys(name for row in rows for name in row)
    kinds = {name: pyarrow.int32() if name in counts else pyarrow.float64() for name in names}
    return pyarrow.table(
        {name: pyarrow.array([row.get(name) for row in rows], kind, from_pandas=True) for name, kind in kinds.items()}
    )


def _draw(experiment: Experiment, part: Draws, number: int, bases: Bases, between: Between) -> list[dict[str, float]]:
    """The rows of one joint draw, in which the cases have these scenarios."""
    rows: dict[int, dict[str, float]] = {}
    compared: dict[int, numpy.ndarray] = {}
    for place, point in enumerate(part.points):
        turn = number - 1 if experiment.luck == "common" else (number - 1) * len(part.points) + place
        first = turn * part.replications
        scenario = scenario_at(bases[point.case], point)
        outcomes = simulate(
            scenario, replications=part.replications, seed=experiment.seed, first=first, between=between
        )
        values = _numbers(outcomes.columns())
        compared[point.number] = numpy.column_stack([values[name] for name in COMPARED])
        rows[point.number] = dict(zip(values, _means_of(numpy.column_stack(list(values.values()))), strict=True))
    for point in part.points:
        against = part.against(point).number
        gains = compared[point.number] - compared[against]
        errors = gains.std(axis=0, ddof=1) / numpy.sqrt(part.replications)
        for name, gain, error in zip(COMPARED, gains.mean(axis=0), errors, strict=True):
            rows[point.number] |= {f"{name}_gain": float(gain), f"{name}_gain_error": float(error)}
        where = {"draw": number, "point": point.number, "against": against, "runs": part.replications}
        rows[point.number] = where | rows[point.number]
    return list(rows.values())


def _numbers(columns: Mapping[str, numpy.ndarray]) -> dict[str, numpy.ndarray]:
    """The columns that a mean is taken of: numbers, what is true or false, and what COMPARED has besides."""
    values = {
        name: column.astype(float) for name, column in columns.items() if name != "replication" and column.dtype.kind != "O"
    }
    values["joint_payoff"] = values["sender_payoff"] + values["target_payoff"]
    values["no_deal"] = 1.0 - values["agreed"]
    return values


def _means_of(columns: numpy.ndarray) -> list[float]:
    """The mean of the numbers in each column that are not nan; nan for a column without any."""
    known = ~numpy.isnan(columns)
    counts = known.sum(axis=0)
    totals = numpy.where(known, columns, 0.0).sum(axis=0)
    return [float(total / count) if count else float("nan") for total, count in zip(totals, counts, strict=True)]


def path_table(experiment: Experiment, part: Paths, between: Between) -> pyarrow.Table:
    """One row an offer of each run: `point` and `replication`, then the columns of `Negotiation.frame` of any case.

    They are the same runs as those in the table of runs, told by the other engine. `between` is told of each.
    """
    told = [_told(Negotiation(base, experiment.seed).frame(), 0, 0) for base in experiment.bases.values()]
    for point in part.points:
        scenario, first = experiment.scenario_at(point), experiment.first_run(point)
        for replication in range(first, first + part.each):
            frame = Negotiation(scenario, experiment.seed, replication).play().frame()
            told.append(_told(frame, point.number, replication))
            between(1)
    return pyarrow.concat_tables(told, promote_options="default").replace_schema_metadata(None)


def _told(frame: pandas.DataFrame, point: int, replication: int) -> pyarrow.Table:
    """The rounds of a run with the numbers of its point and of the run."""
    rounds = pyarrow.Table.from_pandas(frame, preserve_index=False)
    where = {"point": (point, pyarrow.int32()), "replication": (replication, pyarrow.int64())}
    for place, (name, (value, kind)) in enumerate(where.items()):
        rounds = rounds.add_column(place, name, pyarrow.array([value] * len(frame), kind))
    return rounds
