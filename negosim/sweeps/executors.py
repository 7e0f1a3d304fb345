"""Engines: what plays the parts of a sweep that are missing.

An engine is given a job and the missing parts. It calls `job(part, between)` for each of them, in any order; the job plays the
part, writes it and returns what became of it. An engine whose workers do not share the disk calls `job.play` there and
`job.keep` here. The engine yields what became of the parts as it comes, and now and then an int, the runs played so far of parts
that are not finished, so that the sweep can say how far it is. `between` is told runs as they are played; what it raises ends
the part. Closing the engine ends the work. Which engine plays changes no value.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from negosim.store.failures import Failure
from negosim.store.plan import Part

Between = Callable[[int], None]


def unheard(runs: int) -> None:
    """The `between` of work that nobody watches or stops."""


THREADS = "negosim-sweep"
"""How the threads of a sweep are named."""

HEARTBEAT = 0.5
"""Seconds after which the sweep hears how far it is when no part was finished."""

PATIENCE = 4.0
"""Seconds that parts have to end in when the work is to end; what takes longer, such as compiling, is left to itself."""


class StoppedError(Exception):
    """The work is to end before this part is finished."""


class EngineError(RuntimeError):
    """An engine that cannot be used as asked: what is wrong, and how to go on."""


@dataclass(frozen=True)
class Finished:
    """What became of a part: it was written, or it failed."""

    part: Part
    failure: Failure | None = None


class Job(Protocol):
    """Plays a part and keeps what comes of it. It can be pickled, for an engine whose workers are other processes."""

    def __call__(self, part: Part, between: Between) -> Finished:
        """Do both."""

    def play(self, part: Part, between: Between) -> bytes | Failure:
        """The content of the part's file, or why there is none; nothing of the folder is read or written."""

    def keep(self, part: Part, played: bytes | Failure) -> Finished:
        """Do with that, where the folder is, what is to be done."""


Engine = Callable[[Job, Sequence[Part]], Generator[Finished | int]]


def threads(workers: int) -> Engine:
    """The engine that plays on this many threads of this process: the kernel lets go of the interpreter while it plays."""
    return partial(_on_threads, workers)


def _on_threads(workers: int, job: Job, parts: Sequence[Part]) -> Generator[Finished | int]:
    """At most `workers` + 1 parts are in flight, which bounds the memory."""
    stop = threading.Event()
    counts: dict[str, int] = {}

    def between(name: str, runs: int) -> None:
        if stop.is_set():
            raise StoppedError
        counts[name] = counts.get(name, 0) + runs

    waiting = iter(parts)
    flying: dict[Future[Finished], Part] = {}
    pool = ThreadPoolExecutor(workers, thread_name_prefix=THREADS)
    try:
        while True:
            for part in waiting:
                flying[pool.submit(job, part, partial(between, part.name))] = part
                if len(flying) > workers:
                    break
            if not flying:
                return
            landed = wait(flying, timeout=HEARTBEAT, return_when=FIRST_COMPLETED).done
            for future in [future for future in flying if future in landed]:
                counts.pop(flying.pop(future).name, None)
                yield future.result()
            if not landed:
                yield sum(list(counts.values()))
    finally:
        stop.set()
        pool.shutdown(wait=not flying, cancel_futures=True)
        wait([future for future in flying if not future.cancelled()], timeout=PATIENCE)


WINDOW = 60.0
"""Seconds that the rate looks back: a slow point long ago says nothing about what is left."""


class Pace:
    """What was done when, over the last WINDOW seconds."""

    def __init__(self, done: int) -> None:
        self._marks = deque([(time.monotonic(), done)])

    def at(self, done: int, total: int) -> tuple[float, float]:
        """Runs a second now, and the seconds that are left at that rate: nan until something is done."""
        now = time.monotonic()
        if len(self._marks) == 1 and done == self._marks[0][1]:
            self._marks.clear()  # nothing is played yet: making ready and compiling say nothing about the rate
        self._marks.append((now, done))
        while len(self._marks) > 2 and self._marks[1][0] < now - WINDOW:
            self._marks.popleft()
        since, before = self._marks[0]
        rate = (done - before) / (now - since) if now > since else 0.0
        return rate, (total - done) / rate if rate > 0.0 else (0.0 if done == total else math.nan)
