"""The results of a sweep: read from disk as they are asked for, never all in memory unless asked."""

from __future__ import annotations

import logging
import os
import re
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow
import pyarrow.dataset
import pyarrow.parquet

from negosim.design import Comparison, Point, design_table
from negosim.experiment import Experiment
from negosim.failures import Failure
from negosim.manifest import experiment_of, fingerprint
from negosim.origin import in_words
from negosim.plan import draw_names, planned_chunks
from negosim.scenario_error import nearest
from negosim.store import Store, StoreError

if TYPE_CHECKING:
    import pandas

log = logging.getLogger(__name__)

MOST_TOLD = 5
"""Failures that a sentence tells; all are in the folder."""


def experiment_in(out: str | os.PathLike[str]) -> Experiment:
    """The experiment of a folder, finished or not. StoreError when it holds no results."""
    manifest = Store(out).manifest()
    if manifest is None:
        raise StoreError(f"{out} holds no results. Name the folder that a sweep wrote, or the file of an experiment.")
    return experiment_of(manifest)


class Results:
    """The runs of a finished sweep in a folder.

    Of a sweep in which something failed, what is whole: a point of which any run is missing is left out of every table, and
    so is a joint draw that is missing. The log says so, and so do `left_out` and `points_left_out`.

    >>> Results("runs/nowhere")
    Traceback (most recent call last):
    negosim.store_error.StoreError: runs/nowhere holds no results. Name the folder that a sweep wrote.
    """

    def __init__(self, out: str | os.PathLike[str]) -> None:
        self._store = store = Store(out)
        manifest = store.manifest()
        if manifest is None:
            raise StoreError(f"{store.folder} holds no results. Name the folder that a sweep wrote.")
        self.out: Path = store.folder
        self.manifest: dict[str, Any] = manifest
        chunks = {chunk.name: chunk.point.number for chunk in planned_chunks(self.experiment)}
        names = [*chunks, *draw_names(self.experiment)]
        missing = {name for name in names if not store.is_there(name)}
        self.failures: list[Failure] = store.failures(names)
        self._check_missing(missing, len(names))
        self.points_left_out: dict[int, Failure] = {
            chunks[failure.part]: failure for failure in reversed(self.failures) if failure.part in chunks
        }
        self._chunks = {
            str(store.path(name)): point for name, point in chunks.items() if point not in self.points_left_out
        }
        self._draws = [str(store.path(name)) for name in names if name not in chunks and name not in missing]
        if self.failures:
            log.warning("%s: %s", self.out, self.left_out)

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
        told += [f"The {draws.place} are left out: {draws.why}." for draws in self.failures if draws.part.startswith("draws")]
        return " ".join(told[:MOST_TOLD]) + (f" So are {len(told) - MOST_TOLD:,} more." if len(told) > MOST_TOLD else "")

    @property
    def points(self) -> tuple[Point, ...]:
        """The points of the design that are not left out."""
        return tuple(point for point in self.experiment.design_points if point.number not in self.points_left_out)

    def among(self, points: range) -> list[int]:
        """Those of these points that are not left out."""
        return [number for number in points if number not in self.points_left_out]

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """The experiment's comparisons, those of which a point is left out excepted."""
        here = {point.number for point in self.points}
        return tuple(pair for pair in self.experiment.comparisons if {pair.point.number, pair.against.number} <= here)

    @property
    def platforms(self) -> dict[str, int]:
        """The platforms, in words, on which the parts were played, each with their number; read where they are mixed."""
        names = [Path(path).stem for path in [*self._chunks, *self._draws]]
        if not self.manifest["mixed"]:
            return {in_words(self.manifest["platform"]): len(names)}
        return dict(Counter(in_words(self._store.mark(name)["platform"]) for name in names))

    def require_points(self, *points: int) -> None:
        """StoreError when one of these points is left out."""
        for number in points:
            if number in self.points_left_out:
                raise StoreError(f"{self.out} lacks point {number}, which failed: {self.points_left_out[number].why}.")

    @cached_property
    def experiment(self) -> Experiment:
        """The experiment, with its scenario, as the manifest has it."""
        return experiment_of(self.manifest)

    def design(self) -> pandas.DataFrame:
        """The design table: one row a point, with its number, its label and the values of what varies."""
        return design_table(self.experiment.base, self.experiment.design_points)

    @property
    def columns(self) -> list[str]:
        """The names of what is known of each run."""
        with self._reading():
            return list(pyarrow.parquet.read_schema(next(iter(self._whole()))).names)

    def _whole(self) -> dict[str, int]:
        """The files with runs, each with its point. StoreError when there is none."""
        if not self._chunks:
            raise StoreError(f"{self.out} has no point that is whole. {self.left_out}")
        return self._chunks

    def frame(self, columns: Sequence[str] | None = None, limit: int | None = None) -> pandas.DataFrame:
        """Runs in the order of points and replications, one row a run; no columns, no limit = all."""
        for name in columns or ():
            if name not in self.columns:
                raise StoreError(f"{self.out} has no column {name}. {nearest(name, self.columns)}")
        chosen = list(columns) if columns is not None else None
        with self._reading():
            dataset = pyarrow.dataset.dataset(list(self._whole()), format="parquet")
            if limit is None:
                return dataset.to_table(columns=chosen).to_pandas()
            return dataset.head(limit, columns=chosen).to_pandas()

    def query(
        self, sql: str, points: Collection[int] | None = None, memory: str | None = None
    ) -> pandas.DataFrame:
        """The answer to a question in SQL, from three tables.

        design : the design table
        runs : every run, beside the columns of its point in `design`
        draws : the means of each point in each joint draw, likewise, if the experiment has such draws

        A name with a dot stands in double quotes:
        select "sender.ambiguity", avg(sender_payoff) from runs group by 1

        points : those whose runs are asked about, so that only their files are opened; None = all
        memory : what the question may use (`400MB`) before it goes by way of the disk; None = most of the machine's
        """
        chosen = [path for path, point in self._whole().items() if points is None or point in points]
        settings: dict[str, Any] = {
            "temp_directory": os.path.join(tempfile.gettempdir(), "negosim-duckdb"),
            "autoinstall_known_extensions": "false",  # a question about a file needs no network
            "threads": "1",  # a sum depends on its order: the same runs give the same answer, to the last digit
        }
        if memory is not None:
            settings["memory_limit"] = memory
        with self._reading(), duckdb.connect(":memory:", config=settings) as connection:
            connection.execute("set enable_progress_bar = false")
            connection.register("design", self.design())
            connection.execute(f"create view parts as select * from {_files(chosen)}")
            connection.execute("create view runs as select * from design join parts using (point)")
            if self.has_draws:
                connection.execute(f"create view draw_parts as select * from {_files(self._draws)}")
                connection.execute("create view draws as select * from design join draw_parts using (point)")
            return connection.execute(sql).df()

    def interim(self) -> pandas.DataFrame:
        """The mean payoff of each private type of each side, point by point; see `negosim.interim`."""
        from negosim.interim import interim

        return interim(self)

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

    def check(self) -> None:
        """Read every part and compare it with its checksum; StoreError for the first that is damaged."""
        for path in [*self._chunks, *self._draws]:
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

    def summary(self) -> pandas.DataFrame:
        """Means, spreads and paired differences to the baseline, point by point; see `negosim.summary`."""
        from negosim.summary import summarise

        return summarise(self)


def _files(paths: Sequence[str]) -> str:
    """Files as a table in SQL, one read after another. What would be a pattern in a name stands for itself in brackets."""
    names = [re.sub(r"[*?\[]", r"[\g<0>]", path).replace("'", "''") for path in paths]
    listed = ", ".join(f"'{name}'" for name in names)
    return f"read_parquet([{listed}], hive_partitioning = false)"
