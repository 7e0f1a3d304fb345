"""The results of a sweep: read from disk as they are asked for, never all in memory unless asked."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow
import pyarrow.dataset
import pyarrow.parquet

from negosim.design import design_table
from negosim.experiment import Experiment
from negosim.manifest import experiment_of
from negosim.plan import Block, Chunk, Paths, draw_names, planned_chunks, planned_paths
from negosim.scenario_error import nearest
from negosim.store import Store, StoreError

if TYPE_CHECKING:
    import pandas


class Results:
    """The runs of a finished sweep in a folder.

    >>> Results("runs/nowhere")
    Traceback (most recent call last):
    negosim.store.StoreError: runs/nowhere holds no results. Name the folder that a sweep wrote.
    """

    def __init__(self, out: str | os.PathLike[str]) -> None:
        self._store = store = Store(out)
        manifest = store.manifest()
        if manifest is None:
            raise StoreError(f"{store.folder} holds no results. Name the folder that a sweep wrote.")
        self.out: Path = store.folder
        self.manifest: dict[str, Any] = manifest
        runs, paths = list(planned_chunks(self.experiment)), list(planned_paths(self.experiment))
        self._chunks = self._files(store, [part.name for part in runs])
        self._paths = self._files(store, [part.name for part in paths])
        self._draws = self._files(store, draw_names(self.experiment))
        self._first_chunks, self._first_paths = self._first_of_cases(runs), self._first_of_cases(paths)

    def _first_of_cases(self, parts: Iterable[Chunk | Block | Paths]) -> list[str]:
        """The file of the first part of each case: all parts of a case have the same columns."""
        firsts = {part.case: part.name for part in reversed(list(parts))}
        return [str(self._store.path(name)) for name in reversed(firsts.values())]

    def _files(self, store: Store, names: list[str]) -> list[str]:
        missing = [name for name in names if not store.is_there(name)]
        if missing:
            raise StoreError(
                f"{self.out} lacks {len(missing)} of {len(names)} parts, such as {missing[0]}. "
                "Run the same sweep into this folder again: it computes what is missing."
            )
        return [str(store.path(name)) for name in names]

    @cached_property
    def experiment(self) -> Experiment:
        """The experiment, with its scenario, as the manifest has it."""
        return experiment_of(self.manifest)

    def design(self) -> pandas.DataFrame:
        """The design table: one row a point, with its number, its label and the values of what varies."""
        return self._design.copy()

    @cached_property
    def _design(self) -> pandas.DataFrame:
        return design_table(self.experiment.bases, self.experiment.design_points)

    @cached_property
    def columns(self) -> list[str]:
        """The names of what is known of each run; a run of a case that has no such thing has nothing there."""
        return list(self._dataset.schema.names)

    def require(self, columns: Iterable[str]) -> None:
        """StoreError for a column that the runs do not have."""
        for name in columns:
            if name not in self.columns:
                raise StoreError(f"{self.out} has no column {name}. {nearest(name, self.columns)}")

    def frame(self, columns: Sequence[str] | None = None, limit: int | None = None) -> pandas.DataFrame:
        """Runs in the order of points and replications, one row a run; no columns, no limit = all."""
        self.require(columns or ())
        chosen = list(columns) if columns is not None else None
        with self._reading():
            if limit is None:
                return self._dataset.to_table(columns=chosen).to_pandas()
            return self._dataset.head(limit, columns=chosen).to_pandas()

    def query(self, sql: str) -> pandas.DataFrame:
        """The answer to a question in SQL, from four tables.

        design : the design table
        runs : every run, beside the columns of its point in `design`; `run` is its number within its point, from 0
        paths : the rounds of the first runs of each point, likewise, if the experiment keeps them
        draws : the means of each point in each joint draw, likewise, if the experiment has such draws

        A name with a dot stands in double quotes:
        select "sender.ambiguity", avg(sender_payoff) from runs group by 1
        """
        settings: dict[str, Any] = {  # a question larger than memory goes by way of the disk
            "temp_directory": os.path.join(tempfile.gettempdir(), "negosim-duckdb"),
            "autoinstall_known_extensions": "false",  # a question about a file needs no network
            "threads": "1",  # a sum depends on its order: the same runs give the same answer, to the last digit
        }
        with self._reading(), duckdb.connect(":memory:", config=settings) as connection:
            connection.execute("set enable_progress_bar = false")
            connection.register("design", self._design)
            connection.register("parts", self._dataset)
            numbered = f"replication % {self.experiment.replications} as run"
            connection.execute(f"create view runs as select *, {numbered} from design join parts using (point)")
            if self._paths:
                connection.register("path_parts", self._rounds)
                connection.execute(f"create view paths as select *, {numbered} from design join path_parts using (point)")
            if self._draws:
                connection.register("draw_parts", pyarrow.dataset.dataset(self._draws))
                connection.execute("create view draws as select * from design join draw_parts using (point)")
            return connection.execute(sql).df()

    def interim(self) -> pandas.DataFrame:
        """The mean payoff of each private type of each side, point by point; see `negosim.interim`."""
        from negosim.interim import interim

        return interim(self)

    def draws(self) -> pandas.DataFrame:
        """The joint draws of the assumed numbers: one row a draw and point, with the means over its runs."""
        if not self._draws:
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
        for path in self._chunks + self._paths + self._draws:
            damage = self._store.damage(Path(path).stem)
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

    def sensitivity(self, quantities: str | Sequence[str] | None = None) -> pandas.DataFrame:
        """Sobol's indices of a Saltelli design, Morris's of a Morris design; see `negosim.sensitivity`."""
        from negosim.sensitivity import sensitivity

        return sensitivity(self, quantities)

    @cached_property
    def _dataset(self) -> pyarrow.dataset.Dataset:
        return self._united(self._chunks, self._first_chunks)

    @cached_property
    def _rounds(self) -> pyarrow.dataset.Dataset:
        return self._united(self._paths, self._first_paths)

    def _united(self, files: list[str], firsts: list[str]) -> pyarrow.dataset.Dataset:
        """The files as one table, with every column that one of the cases has."""
        with self._reading():
            schema = pyarrow.unify_schemas([pyarrow.parquet.read_schema(first) for first in firsts])
            return pyarrow.dataset.dataset(files, schema=schema, format="parquet")
