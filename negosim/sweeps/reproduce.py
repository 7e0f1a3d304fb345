"""Reproduction: what a folder holds is played again from its manifest and compared, value by value.

Compared are hashes of names, kinds and values of all columns (`negosim.store.parts.values_hash`), not of the Parquet files,
whose bytes depend on the version of the library that writes them.
"""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy
import pyarrow

from negosim.common.errors import StoreError
from negosim.common.plain import require_whole
from negosim.experiment.experiment import Experiment
from negosim.store.failures import Failure
from negosim.store.manifest import differences, experiment_of, fingerprint, manifest_of
from negosim.store.parts import packed, unpacked, values_hash
from negosim.store.plan import Part, planned_parts
from negosim.store.precision import so_far
from negosim.store.store import Store
from negosim.sweeps.executors import Between, Engine, Finished, Pace, StoppedError, threads
from negosim.sweeps.play import table_of
from negosim.sweeps.runner import Progress, cores


@dataclass(frozen=True)
class Reproduction:
    """What came of it.

    parts, there, compared : parts of the experiment, those that are in the folder, and those of them that were played again
    differing : what did not come out the same, or is damaged
    changes : what decides numbers and is another here than where the folder was begun
    """

    parts: int
    there: int
    compared: int
    differing: tuple[Failure, ...]
    changes: tuple[str, ...]


def reproduce(
    out: str | os.PathLike[str],
    sample: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    engine: Engine | None = None,
) -> Reproduction:
    """Play again what is in the folder `out`, or `sample` of its parts, spread evenly, and compare. Nothing is written.

    StoreError when the folder holds no results.
    """
    workers = cores() if workers is None else workers
    require_whole(1, workers=workers, sample=1 if sample is None else sample)
    store = Store(out)
    manifest = store.manifest()
    if manifest is None:
        raise StoreError(f"{store.folder} holds no results. Name the folder that a sweep wrote.")
    asked = experiment_of(manifest)
    experiment = so_far(store, asked, fingerprint(manifest))
    plan = planned_parts(experiment)
    there = [part for part in plan if store.is_there(part.name)]
    chosen = there if sample is None else spread(there, sample)
    job = Replay(experiment, store.folder, fingerprint(manifest))
    found = _compared(job, chosen, engine or threads(workers), progress)
    changes = differences(manifest, manifest_of(asked))
    return Reproduction(len(plan), len(there), len(chosen), tuple(found), tuple(changes))


def spread(parts: list[Part], sample: int) -> list[Part]:
    """So many of the parts, spread evenly, or all if there are no more."""
    step = max(1.0, len(parts) / sample)
    return [parts[int(number * step)] for number in range(min(sample, len(parts)))]


def _compared(job: Replay, parts: list[Part], engine: Engine, progress: Progress | None) -> list[Failure]:
    """Play the parts again; return what differs, in their order."""
    total, done, found = sum(part.runs for part in parts), 0, []
    pace = Pace(0)
    try:
        with closing(engine(job, parts)) as news:
            for each in news:
                if isinstance(each, int):
                    continue
                done += each.part.runs
                if each.failure is not None:
                    found.append(each.failure)
                if progress is not None:
                    progress(done, total, *pace.at(done, total))
    except KeyboardInterrupt:
        so_far = f"{len(found)} parts differ so far" if found else "no part differs so far"
        raise KeyboardInterrupt(f"Stopped after {done:,} of {total:,} runs: {so_far}.") from None
    return sorted(found, key=lambda failure: failure.part)


@dataclass(frozen=True)
class Replay:
    """The job of a reproduction: play a part and compare it with that in the folder."""

    experiment: Experiment
    folder: Path
    mark: str

    def __call__(self, part: Part, between: Between) -> Finished:
        """Play and compare one part."""
        return self.keep(part, self.play(part, between))

    def play(self, part: Part, between: Between) -> bytes | Failure:
        """The part as it comes out here; what is raised while it is played becomes a Failure."""
        try:
            return packed(table_of(self.experiment, part, between), {})
        except StoppedError:
            raise
        except Exception as error:
            return Failure.of(error, part.name, part.place)

    def keep(self, part: Part, played: bytes | Failure) -> Finished:
        """Compare it with that in the folder; what differs becomes a Failure."""
        store = Store(self.folder)
        damage = store.damage(part.name, self.mark, part.rows)
        if damage is not None:
            return Finished(part, Failure(part.name, part.place, "damaged", damage))
        foreign = store.foreign_values(part.name)
        if foreign is not None:
            return Finished(part, Failure(part.name, part.place, "damaged", foreign))
        if isinstance(played, Failure):
            return Finished(part, played)
        table, here = unpacked(store.content(part.name)), unpacked(played)
        if values_hash(table) == values_hash(here):
            return Finished(part)
        return Finished(part, Failure(part.name, part.place, "different", unlike(table, here)))


def unlike(there: pyarrow.Table, here: pyarrow.Table) -> str:
    """What differs between two tables: columns that one of them lacks, else the first column that differs, and by how much.

    >>> unlike(pyarrow.table({"x": [1.0, 2.0]}), pyarrow.table({"x": [1.0, 2.5]}))
    'x in 1 of 2 rows, by up to 0.5'
    """
    lacking = sorted(set(there.column_names) ^ set(here.column_names))
    if lacking:
        return f"only one of the two has the column {lacking[0]}"
    differing = [name for name in there.column_names if values_hash(there.select([name])) != values_hash(here.select([name]))]
    if not differing:
        return "the columns are in another order"
    name, more = differing[0], f", and {len(differing) - 1} more columns" if len(differing) > 1 else ""
    ours, theirs = there[name].to_numpy(zero_copy_only=False), here[name].to_numpy(zero_copy_only=False)
    if there[name].type != here[name].type or len(ours) != len(theirs):
        return f"{name} in its kind or length{more}"
    if ours.dtype.kind != "f":
        return f"{name} in {numpy.count_nonzero(ours != theirs):,} of {len(ours):,} rows{more}"
    bits = f"u{ours.dtype.itemsize}"  # so that NaN is NaN and -0 is not 0
    rows = numpy.count_nonzero(ours.view(bits) != theirs.view(bits))
    finite = numpy.isfinite(ours) & numpy.isfinite(theirs)
    size = numpy.max(abs(ours[finite] - theirs[finite]), initial=0.0)
    return f"{name} in {rows:,} of {len(ours):,} rows, by up to {size:.3g}{more}"
