"""The runs of a sweep: read from disk as they are asked for, never all in memory unless asked."""

from __future__ import annotations

import copy
import logging
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import duckdb
import pyarrow
import pyarrow.dataset
import pyarrow.parquet

from negosim.common.errors import StoreError, nearest
from negosim.common.interruption import interruptibly
from negosim.common.plain import require_whole
from negosim.experiment.design import Comparison, Point, design_table
from negosim.experiment.experiment import Experiment
from negosim.results.questions import answer, fenced, in_sql
from negosim.scenario.scenario import Scenario
from negosim.store.failures import Failure
from negosim.store.manifest import experiment_of, fingerprint, in_words
from negosim.store.plan import Block, Chunk, draw_names, planned_chunks, planned_paths
from negosim.store.precision import Reached, read_reached
from negosim.store.store import Store

if TYPE_CHECKING:
    import pandas

log = logging.getLogger(__name__)

STOPPED = "Query interrupted"
"""What DuckDB says when it has heard Ctrl-C."""

MOST_TOLD = 5
"""Failures that a sentence tells; all are in the folder."""


class Runs:
    """What a finished sweep wrote into a folder, to read and to ask.

    runs : those at each point, of a sweep that is still adding some; None = those that it came to

    Of a sweep in which something failed, what is whole: a point of which any run is missing is left out of every table, and
    so are joint draws and rounds that are missing. The log says so, and so do `left_out` and `points_left_out`.

    Each file is compared with its checksum, and its mark with the manifest, before it is read for the first time. StoreError
    for a file that is damaged, or belongs to another sweep.
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
        self._chunks: dict[str, Chunk | Block] = {
            str(store.path(part.name)): part for part in chunks if part.points[0].number not in self.points_left_out
        }
        self._paths = [str(store.path(part.name)) for part in paths if part.name not in missing]
        self._draws = [str(store.path(name)) for name in draw_names(self.experiment) if name not in missing]
        self._compared: set[str] = set()
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
        self.reached = read_reached(self._store, self._fingerprint)
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
        if not self.manifest["mixed"]:
            return {in_words(self.manifest["platform"]): len(self._every_file)}
        with self._reading(self._every_file):
            return dict(Counter(in_words(self._store.mark(Path(path).stem)["platform"]) for path in self._every_file))

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
        first = next(iter(self._whole()))
        with self._reading([first]):
            return pyarrow.parquet.read_schema(first).remove_metadata()

    def _whole(self) -> dict[str, Chunk | Block]:
        """The files with runs, each with the part that it holds. StoreError when there is none."""
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
        """Runs in the order of points and replications, one row a run; no columns, no limit = all.

        A number that a run does not have is NaN, as pandas has it.
        """
        if isinstance(columns, str):
            raise TypeError(f"columns = {columns!r} is one text. Write a list of names: [{columns!r}].")
        if limit is not None:
            require_whole(limit=limit)
        self.require(columns or ())
        files = list(self._whole())
        if limit is not None:
            files = files[: 1 + sum(runs < limit for runs in accumulate(part.rows for part in self._chunks.values()))]
        return self._table(files, columns, limit)

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

        What a run does not have is NULL, which counts, means and comparisons pass over: so a share of all runs is
        count(*) filter (settled_rice > 100) / count(*), and avg((settled_rice > 100)::int) one of those with a settlement.
        It reads the files of this folder alone: no other file and no address, COPY, ATTACH, INSTALL or setting. ValueError for
        anything but one SELECT, StoreError for a file elsewhere.

        points : those whose runs are asked about, so that only their files are opened; None = all
        memory : what the question may use (`400MB`) before it goes by way of the disk; None = most of the machine's
        """
        unknown = set(points or ()) - {point.number for point in self.experiment.design_points}
        if unknown:
            last = len(self.experiment.design_points) - 1
            raise ValueError(f"point {min(unknown)} is not in the design. Its points are 0 to {last}.")
        asked = [path for path, part in self._whole().items() if points is None or any(p.number in points for p in part.points)]
        with self._reading([*asked, *self._paths, *self._draws]), fenced(self.out, memory) as connection:
            connection.register("design", self._design)
            connection.register("no_parts", self._schema.empty_table())
            connection.execute(f"create view parts as from {in_sql(asked) if asked else 'no_parts'}")
            numbered = f"replication % {self.experiment.most_runs} as run"
            connection.execute(f"create view runs as select *, {numbered} from design join parts using (point)")
            if self._paths:
                connection.execute(f"create view path_parts as from {in_sql(self._paths)}")
                connection.execute(f"create view paths as select *, {numbered} from design join path_parts using (point)")
            if self.has_draws:
                connection.execute(f"create view draw_parts as from {in_sql(self._draws)}")
                connection.execute("create view draws as select * from design join draw_parts using (point)")
            return answer(connection, sql, self.out)

    @property
    def has_draws(self) -> bool:
        """Whether any joint draw is here."""
        return bool(self._draws)

    def draws(self) -> pandas.DataFrame:
        """The joint draws of the assumed numbers: one row a draw and point, with the means over its runs."""
        if not self.has_draws:
            raise StoreError(f"{self.out} has no joint draws. Set assumed_draws in the experiment.")
        return self._table(self._draws)

    def paths(self) -> pandas.DataFrame:
        """The rounds of the first runs of each point, one row an offer: `point`, `replication`, and `Negotiation.frame`."""
        if not self._paths:
            raise StoreError(f"{self.out} has no paths. Set paths in the experiment.")
        return self._table(self._paths)

    def _table(self, files: list[str], columns: Sequence[str] | None = None, limit: int | None = None) -> pandas.DataFrame:
        """The rows of files, or the first of them; whole numbers and truths that some rows lack in pandas' kinds for that."""
        import pandas

        nullable = {
            pyarrow.bool_(): pandas.BooleanDtype(), pyarrow.int32(): pandas.Int32Dtype(), pyarrow.int64(): pandas.Int64Dtype(),
        }
        with self._reading(files):
            rows = pyarrow.dataset.dataset(files, format="parquet")
            chosen = list(columns) if columns is not None else None
            read = rows.to_table if limit is None else partial(rows.head, limit)
            table = interruptibly(lambda: read(columns=chosen))
        frame = table.to_pandas()
        for name, column in zip(table.column_names, table.columns, strict=True):
            if column.null_count and column.type in nullable:
                frame[name] = column.to_pandas(types_mapper=nullable.get)
        return frame

    @property
    def _every_file(self) -> list[str]:
        return [*self._chunks, *self._paths, *self._draws]

    @cached_property
    def _fingerprint(self) -> str:
        return fingerprint(self.manifest)

    def check(self) -> None:
        """Read every part and compare it with its checksum and its mark; StoreError for the first that is damaged or foreign."""
        self._compare(self._every_file)

    def _compare(self, files: Iterable[str]) -> None:
        """StoreError for the first of these files that is not what the sweep wrote."""
        for path in files:
            damage = self._store.damage(Path(path).stem, self._fingerprint)
            if damage is not None:
                raise StoreError(
                    f"{path} is damaged: {damage}. Run the same sweep into {self.out} again: it plays this part anew."
                )
            self._compared.add(path)

    @contextmanager
    def _reading(self, files: Sequence[str]) -> Iterator[None]:
        """Files that are read, compared before they are for the first time; an error as that of the damaged part behind it."""
        self._compare(path for path in files if path not in self._compared)
        try:
            yield
        except RuntimeError as error:
            if str(error) != STOPPED:
                raise
            raise KeyboardInterrupt from None
        except (OSError, pyarrow.ArrowException, duckdb.Error):
            self._compare(files)
            for path in files:
                if foreign := self._store.foreign_values(Path(path).stem):
                    raise StoreError(
                        f"{path} is damaged, although its checksum fits: {foreign}. Delete it, and run the same sweep into "
                        f"{self.out} again: it plays this part anew."
                    ) from None
            raise

