"""The runs of a sweep: read from disk as they are asked for, never all in memory unless asked."""

from __future__ import annotations

import copy
import logging
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import duckdb
import pyarrow
import pyarrow.dataset
import pyarrow.parquet

from negosim.common.errors import StoreError, nearest
from negosim.common.plain import require_whole
from negosim.experiment.design import Comparison, Point, design_table
from negosim.experiment.experiment import Experiment
from negosim.results.questions import answer, fenced, files
from negosim.scenario.scenario import Scenario
from negosim.store.failures import Failure
from negosim.store.manifest import experiment_of, fingerprint, in_words
from negosim.store.plan import Block, Chunk, Paths, draw_names, planned_chunks, planned_paths
from negosim.store.precision import Reached, read_reached
from negosim.store.store import Store

if TYPE_CHECKING:
    import pandas

log = logging.getLogger(__name__)

MOST_TOLD = 5
"""Failures that a sentence tells; all are in the folder."""


class Runs:
    """What a finished sweep wrote into a folder, to read and to ask.

    runs : those at each point, of a sweep that is still adding some; None = those that it came to

    Of a sweep in which something failed, what is whole: a point of which any run is missing is left out of every table, and
    so are joint draws and rounds that are missing. The log says so, and so do `left_out` and `points_left_out`.
    """

    def __init__(self, out: str | os.PathLike[str], runs: int | None = None) -> None:
        self._store = store = Store(out)
        manifest = store.manifest()
        if manifest is None:
            raise StoreError(f"{out} holds no results. Name the folder that a sweep wrote.")
        self.out: Path = store.folder
        self.manifest: dict[str, Any] = manifest
        self.reached: Reached | None = None
        self.experiment: Experiment = self._with_its_runs(runs)
        chunks, paths = list(planned_chunks(self.experiment)), list(planned_paths(self.experiment))
        names = [*(part.name for part in [*chunks, *paths]), *draw_names(self.experiment)]
        missing = {name for name in names if not store.is_there(name)}
        self.failures: list[Failure] = store.failures(names)
        self._check_missing(missing, len(names))
        self.points_left_out: dict[int, Failure] = self._failed_points(chunks)
        self._chunks: dict[str, tuple[Point, ...]] = {
            str(store.path(part.name)): part.points for part in chunks if part.points[0].number not in self.points_left_out
        }
        self._paths = [str(store.path(part.name)) for part in paths if part.name not in missing]
        self._draws = [str(store.path(name)) for name in draw_names(self.experiment) if name not in missing]
        self._first_chunks, self._first_paths = self._first_of_cases(chunks), self._first_of_cases(paths)
        self.shown_case: str | None = next(iter(self.experiment.bases))
        if self.failures:
            log.warning("%s: %s", self.out, self.left_out)

    def of_case(self, name: str) -> Self:
        """The same results, of which the figures show this case in place of the first. StoreError when there is none."""
        if name not in self.experiment.bases:
            names = [str(case) for case in self.experiment.bases if case is not None]
            raise StoreError(f"{self.out} has no case {name}. {nearest(name, names) if names else 'It has no cases.'}")
        other = copy.copy(self)
        other.shown_case = name
        return other

    @property
    def shown_base(self) -> Scenario:
        """The scenario of the case that figures show."""
        return self.experiment.bases[self.shown_case]

    @property
    def shown_baseline(self) -> int:
        """The number of the baseline of the case that figures show."""
        return self.experiment.points_of(self.shown_case)[0].number

    def _with_its_runs(self, runs: int | None) -> Experiment:
        """The experiment, with its scenario, as the manifest has it, and with the runs at each point that it came to."""
        asked = experiment_of(self.manifest)
        if asked.precision is None:
            return asked
        self.reached = read_reached(self._store, fingerprint(self.manifest))
        if runs is None and self.reached is None:
            raise StoreError(
                f"{self.out} is not finished: it is not settled yet how many runs are enough. "
                "Run the same sweep into this folder again: it goes on from there."
            )
        return asked.with_runs(runs or (self.reached.runs if self.reached else asked.replications))

    def _failed_points(self, parts: Sequence[Chunk | Block]) -> dict[int, Failure]:
        """The points of which any run failed, each with its first failure."""
        reasons = {failure.part: failure for failure in self.failures}
        failed = [part for part in reversed(parts) if part.name in reasons]
        return {point.number: reasons[part.name] for part in failed for point in part.points}

    def _first_of_cases(self, parts: Sequence[Chunk | Block | Paths]) -> list[str]:
        """The file of the first part of each case that is there: all parts of a case have the same columns."""
        firsts = {part.case: part.name for part in reversed(parts) if self._store.is_there(part.name)}
        return [str(self._store.path(name)) for name in reversed(firsts.values())]

    def _check_missing(self, missing: set[str], parts: int) -> None:
        """StoreError for a part that is missing without being recorded as failed."""
        unknown = missing - {failure.part for failure in self.failures}
        if unknown:
            raise StoreError(
                f"{self.out} lacks {len(unknown):,} of {parts:,} parts, such as {min(unknown)}. "
                "Run the same sweep into this folder again: it computes what is missing."
            )

    @property
    def left_out(self) -> str:
        """What is left out, and why, in sentences; empty when everything is there."""
        points = self.experiment.design_points
        told = [
            f"Point {number} ({points[number].label}) is left out: {failure.why}."
            for number, failure in sorted(self.points_left_out.items())
        ]
        others = [failure for failure in self.failures if failure.part.startswith(("draws", "paths"))]
        told += [f"The {failure.place} are left out: {failure.why}." for failure in others]
        return " ".join(told[:MOST_TOLD]) + (f" So are {len(told) - MOST_TOLD:,} more." if len(told) > MOST_TOLD else "")

    @property
    def points(self) -> tuple[Point, ...]:
        """The points of the design that are not left out."""
        return tuple(point for point in self.experiment.design_points if point.number not in self.points_left_out)

    def among(self, points: range) -> list[int]:
        """Those of these points that are not left out."""
        return [number for number in points if number not in self.points_left_out]

    @property
    def baselines(self) -> dict[str | None, int]:
        """The number of the baseline of each case, those that are left out excepted."""
        firsts = {case: self.experiment.points_of(case)[0].number for case in self.experiment.bases}
        return {case: number for case, number in firsts.items() if number not in self.points_left_out}

    def require_a_baseline(self) -> None:
        """StoreError when the baseline of every case is left out."""
        if not self.baselines:
            self.require_points(*(self.experiment.points_of(case)[0].number for case in self.experiment.bases))

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """The experiment's comparisons, those of which a point is left out excepted."""
        here = {point.number for point in self.points}
        return tuple(pair for pair in self.experiment.comparisons if {pair.point.number, pair.against.number} <= here)

    @property
    def platforms(self) -> dict[str, int]:
        """The platforms, in words, on which the parts were played, each with their number; read where they are mixed."""
        names = [Path(path).stem for path in [*self._chunks, *self._paths, *self._draws]]
        if not self.manifest["mixed"]:
            return {in_words(self.manifest["platform"]): len(names)}
        return dict(Counter(in_words(self._store.mark(name)["platform"]) for name in names))

    def require_points(self, *points: int) -> None:
        """StoreError when one of these points is left out."""
        for number in points:
            if number in self.points_left_out:
                raise StoreError(f"{self.out} lacks point {number}, which failed: {self.points_left_out[number].why}.")

    def design(self) -> pandas.DataFrame:
        """The design table: one row a point, with its number, its label and the values of what varies."""
        return self._design.copy()

    @cached_property
    def _design(self) -> pandas.DataFrame:
        return design_table(self.experiment.bases, self.experiment.design_points)

    @cached_property
    def columns(self) -> list[str]:
        """The names of what is known of each run; a run of a case that has no such thing has nothing there."""
        return list(self._schema.names)

    @cached_property
    def _schema(self) -> pyarrow.Schema:
        self._whole()
        return self._united(self._first_chunks)

    def _united(self, firsts: list[str]) -> pyarrow.Schema:
        """Every column that one of the cases has; without the marks of the parts."""
        with self._reading():
            schemas = [pyarrow.parquet.read_schema(first).remove_metadata() for first in firsts]
            return pyarrow.unify_schemas(schemas)

    def _whole(self) -> dict[str, tuple[Point, ...]]:
        """The files with runs, each with its points. StoreError when there is none."""
        if not self._chunks:
            raise StoreError(f"{self.out} has no point that is whole. {self.left_out}")
        return self._chunks

    def require(self, columns: Iterable[str]) -> None:
        """StoreError for a column that the runs do not have."""
        for name in columns:
            if name not in self.columns:
                more = "" if self.experiment.columns is None else " Or add it to columns in the experiment; it keeps some only."
                raise StoreError(f"{self.out} has no column {name}. {nearest(name, self.columns)}{more}")

    def frame(self, columns: Sequence[str] | None = None, limit: int | None = None) -> pandas.DataFrame:
        """Runs in the order of points and replications, one row a run; no columns, no limit = all."""
        if isinstance(columns, str):
            raise TypeError(f"columns = {columns!r} is one text. Write a list of names: [{columns!r}].")
        if limit is not None:
            require_whole(limit=limit)
        self.require(columns or ())
        chosen = list(columns) if columns is not None else None
        with self._reading():
            dataset = pyarrow.dataset.dataset(list(self._whole()), schema=self._schema, format="parquet")
            if limit is None:
                return dataset.to_table(columns=chosen).to_pandas()
            return dataset.head(limit, columns=chosen).to_pandas()

    def query(
        self, sql: str, points: Collection[int] | None = None, memory: str | None = None
    ) -> pandas.DataFrame:
        """The answer to a question in SQL, which is one SELECT, from four tables.

        design : the design table
        runs : every run, beside the columns of its point in `design`; `run` is its number within its point, from 0
        paths : the rounds of the first runs of each point, likewise, if the experiment keeps them
        draws : the means of each point in each joint draw, likewise, if the experiment has such draws

        A name with a dot stands in double quotes:
        select "sender.ambiguity", avg(sender_payoff) from runs group by 1

        It reads the files of this folder alone: no other file and no address, COPY, ATTACH, INSTALL or setting. ValueError for
        anything but one SELECT, StoreError for a file elsewhere.

        points : those whose runs are asked about, so that only their files are opened; None = all
        memory : what the question may use (`400MB`) before it goes by way of the disk; None = most of the machine's
        """
        unknown = set(points or ()) - {point.number for point in self.experiment.design_points}
        if unknown:
            last = len(self.experiment.design_points) - 1
            raise ValueError(f"point {min(unknown)} is not in the design. Its points are 0 to {last}.")
        tables = [files(some) for some in self._of_cases(points)] + ["no_parts"]
        with self._reading(), fenced(self.out, memory) as connection:
            connection.register("design", self._design)
            connection.register("no_parts", self._schema.empty_table())  # the columns that another case has
            connection.execute(f"create view parts as {' union all by name '.join(f'select * from {each}' for each in tables)}")
            numbered = f"replication % {self.experiment.most_runs} as run"
            connection.execute(f"create view runs as select *, {numbered} from design join parts using (point)")
            if self._paths:
                connection.register("path_parts", self._rounds)
                connection.execute(f"create view paths as select *, {numbered} from design join path_parts using (point)")
            if self.has_draws:
                connection.execute(f"create view draw_parts as select * from {files(self._draws)}")
                connection.execute("create view draws as select * from design join draw_parts using (point)")
            return answer(connection, sql, self.out)

    def _of_cases(self, points: Collection[int] | None) -> list[list[str]]:
        """The files with runs of these points, those of each case apart."""
        found: dict[str | None, list[str]] = {}
        for path, held in self._whole().items():
            if points is None or any(point.number in points for point in held):
                found.setdefault(held[0].case, []).append(path)
        return list(found.values())

    @property
    def has_draws(self) -> bool:
        """Whether any joint draw is here."""
        return bool(self._draws)

    def draws(self) -> pandas.DataFrame:
        """The joint draws of the assumed numbers: one row a draw and point, with the means over its runs."""
        if not self.has_draws:
            raise StoreError(f"{self.out} has no joint draws. Set assumed_draws in the experiment.")
        with self._reading():
            return pyarrow.dataset.dataset(self._draws).to_table().to_pandas()

    def paths(self) -> pandas.DataFrame:
        """The rounds of the first runs of each point, one row an offer: `point`, `replication`, and `Negotiation.frame`."""
        if not self._paths:
            raise StoreError(f"{self.out} has no paths. Set paths in the experiment.")
        with self._reading():
            return self._rounds.to_table().to_pandas()

    def check(self) -> None:
        """Read every part and compare it with its checksum; StoreError for the first that is damaged."""
        for path in [*self._chunks, *self._paths, *self._draws]:
            damage = self._store.damage(Path(path).stem, fingerprint(self.manifest))
            if damage is not None:
                raise StoreError(
                    f"{path} is damaged: {damage}. Run the same sweep into {self.out} again: it plays this part anew."
                )

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """An error of reading as that of the damaged part that is behind it, if there is one."""
        try:
            yield
        except (OSError, pyarrow.ArrowException, duckdb.Error):
            self.check()
            raise

    @cached_property
    def _rounds(self) -> pyarrow.dataset.Dataset:
        with self._reading():
            return pyarrow.dataset.dataset(self._paths, schema=self._united(self._first_paths), format="parquet")
