"""The state of a results folder: what is done, what failed, what is missing, and whether anybody is at work on it."""

from __future__ import annotations

import os
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from negosim.common.errors import StoreError
from negosim.store.failures import Failure
from negosim.store.lock import lock_file, writers
from negosim.store.manifest import experiment_of, fingerprint, in_words, platforms
from negosim.store.plan import draw_runs, planned_chunks, planned_paths
from negosim.store.precision import so_far
from negosim.store.store import FILES, Store


@dataclass(frozen=True)
class Status:
    """The state of a folder, without a look into the parts.

    parts, done, failed, missing : numbers of parts
    runs, runs_done : numbers of runs, those of joint draws too
    writers : who is playing into it now: `` for the whole, `2-of-8` for a shard
    rate, left : runs a second since the first of these began, and the seconds left at that rate; None while nobody plays
    bytes, set_aside : size of the parts, and number of files that are set aside
    begun, written : when the manifest and the last part were written (UTC, ISO 8601)
    platforms : on which parts may have been played, in words
    has_report : whether summary and findings are there
    """

    folder: str
    name: str
    title: str
    scenario: str
    seed: int
    parts: int
    done: int
    failed: int
    missing: int
    runs: int
    runs_done: int
    writers: tuple[str, ...]
    rate: float | None
    left: float | None
    bytes: int
    set_aside: int
    begun: str
    written: str | None
    platforms: tuple[str, ...]
    has_report: bool
    failures: tuple[Failure, ...]

    def plain(self) -> dict[str, Any]:
        """The state for another program."""
        return asdict(self)


def status_of(out: str | os.PathLike[str]) -> Status:
    """The state of the folder `out`; parts are counted, not read. StoreError when it holds no results."""
    store = Store(out)
    manifest = store.manifest()
    if manifest is None:
        raise StoreError(f"{store.folder} holds no results. Name the folder that a sweep wrote.")
    experiment = so_far(store, experiment_of(manifest), fingerprint(manifest))
    runs = {part.name: part.runs for part in [*planned_chunks(experiment), *planned_paths(experiment)]} | draw_runs(experiment)
    there = {name: found for name in runs if (found := _stat(store.path(name))) is not None}
    failures = store.failures(list(runs))
    playing = writers(store.folder)
    done = sum(runs[name] for name in there)
    rate = _rate(store.folder, playing, {name: found.st_mtime for name, found in there.items()}, runs)
    return Status(
        folder=str(store.folder),
        name=experiment.name,
        title=experiment.title,
        scenario=experiment.base.name,
        seed=experiment.seed,
        parts=len(runs),
        done=len(there),
        failed=len(failures),
        missing=len(runs) - len(there) - len(failures),
        runs=sum(runs.values()),
        runs_done=done,
        writers=tuple(playing),
        rate=rate,
        left=(sum(runs.values()) - done) / rate if rate else None,
        bytes=sum(found.st_size for found in there.values()),
        set_aside=sum(1 for path in store.aside.glob("*") if path.suffix != ".sha256"),
        begun=_when((store.folder / "manifest.json").stat().st_mtime),
        written=_when(max(found.st_mtime for found in there.values())) if there else None,
        platforms=tuple(in_words(platform) for platform in platforms(manifest)),
        has_report=all((store.folder / name).exists() for name in FILES),
        failures=tuple(failures),
    )


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _rate(folder: Path, playing: list[str], written: dict[str, float], runs: dict[str, int]) -> float | None:
    """Runs a second that were written since the first of those who are playing began; None while nobody plays."""
    if not playing:
        return None
    since = min(lock_file(folder, share).stat().st_mtime for share in playing)
    new = sum(runs[name] for name, when in written.items() if when >= since)
    return new / max(time.time() - since, 1e-9)


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
