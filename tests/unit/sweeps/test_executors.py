"""Engines: what plays the parts, how it ends, and that it changes no value."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import negosim.sweeps.play
from negosim.store.plan import Part, planned_parts
from negosim.sweeps import executors
from negosim.sweeps.executors import Between, Finished, Job, StoppedError, threads
from negosim.sweeps.runner import sweep
from tests.unit import pretend
from tests.unit.pretend import assuming, experiment
from tests.unit.sweeps.test_runner import contents

PLAN = planned_parts(experiment())


@pytest.fixture(autouse=True)
def _pretended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)


def shortly(part: Part, between: Between) -> Finished:
    time.sleep(0.05)
    return Finished(part)


def backwards(job: Job, parts: Sequence[Part]) -> Generator[Finished | int]:
    """An engine whose workers might be other processes: the job and the parts go through pickle, the last part comes first."""
    for part in reversed(parts):
        again, sent = pickle.loads(pickle.dumps((job, part)))
        yield again(sent, lambda runs: None)


def test_another_engine_gives_the_same_bytes(tmp_path: Path) -> None:
    made = experiment(scenario=assuming(), assumed_draws=12, draw_replications=4)
    sweep(made, tmp_path / "threads")
    sweep(made, tmp_path / "backwards", engine=backwards)
    assert contents(tmp_path / "threads") == contents(tmp_path / "backwards")


def test_an_engine_is_given_what_is_missing_alone(tmp_path: Path) -> None:
    sweep(experiment(), tmp_path / "runs")
    (tmp_path / "runs" / "parts" / "point-0001-chunk-0002.parquet").unlink()
    asked: list[str] = []

    def asking(job: Job, parts: Sequence[Part]) -> Generator[Finished | int]:
        asked.extend(part.name for part in parts)
        return backwards(job, parts)

    sweep(experiment(), tmp_path / "runs", engine=asking)
    assert asked == ["point-0001-chunk-0002"]


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_no_more_than_one_part_waits_beside_those_being_played(monkeypatch: pytest.MonkeyPatch, workers: int) -> None:
    flying, most, lock = 0, 0, threading.Lock()

    class Counting(ThreadPoolExecutor):
        def submit(self, *args: Any, **kwargs: Any) -> Any:
            nonlocal flying, most
            with lock:
                flying += 1
                most = max(most, flying)
            future = super().submit(*args, **kwargs)
            future.add_done_callback(landed)
            return future

    def landed(_: Any) -> None:
        nonlocal flying
        with lock:
            flying -= 1

    monkeypatch.setattr(executors, "ThreadPoolExecutor", Counting)
    finished = list(threads(workers)(shortly, PLAN))
    assert sorted(each.part.name for each in finished if isinstance(each, Finished)) == [part.name for part in PLAN]
    assert most == workers + 1


def test_runs_are_told_while_a_part_is_played(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "HEARTBEAT", 0.02)
    told, go_on = threading.Event(), threading.Event()

    def slow(part: Part, between: Between) -> Finished:
        between(3)
        told.set()
        go_on.wait(10.0)
        return Finished(part)

    news = threads(1)(slow, PLAN[:1])
    assert next(news) in (0, 3) and told.wait(10.0)
    while next(news) != 3:
        pass
    go_on.set()
    while isinstance(each := next(news), int):
        pass
    assert each.part is PLAN[0] and list(news) == []


def test_a_closed_engine_ends_its_parts_at_their_next_slice() -> None:
    stopped: list[str] = []

    def endless(part: Part, between: Between) -> Finished:
        try:
            while True:
                time.sleep(0.01)
                between(1)
        except StoppedError:
            stopped.append(part.name)
            raise

    news = threads(2)(endless, PLAN)
    assert next(news) >= 0
    start = time.monotonic()
    news.close()
    assert time.monotonic() - start < executors.PATIENCE and sorted(stopped) == [part.name for part in PLAN[:2]]


def test_a_closed_engine_waits_for_what_cannot_be_interrupted_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "HEARTBEAT", 0.02)
    monkeypatch.setattr(executors, "PATIENCE", 0.1)
    go_on = threading.Event()

    def compiling(part: Part, between: Between) -> Finished:
        go_on.wait(10.0)
        return Finished(part)

    news = threads(1)(compiling, PLAN)
    assert next(news) == 0
    start = time.monotonic()
    news.close()
    assert 0.1 <= time.monotonic() - start < 5.0
    assert any(thread.name.startswith(executors.THREADS) for thread in threading.enumerate())
    go_on.set()


def test_an_error_of_a_job_ends_the_engine() -> None:
    def failing(part: Part, between: Between) -> Finished:
        raise MemoryError(part.name)

    with pytest.raises(MemoryError, match="point-0000-chunk-0001"):
        list(threads(1)(failing, PLAN))
