"""The Dask engine: parts are played by worker processes, of this machine or of many, and written by this process alone.

The workers share no disk with this process. Each part goes out with the mark of its sweep and comes back as the content of its
file, which is written here as the other engine writes it. Dask sends code and values by pickle: whoever can reach the scheduler
can run code as its user.

What a worker compiles it compiles once, when the first part comes. What was at work on a worker that dies is played again by
another. Dask gives a part up when several workers died while they had it, though it may have been the one beside it that killed
them; so it is then tried alone before it counts as failed.
"""

from __future__ import annotations

import logging
import pickle
import signal
import time
import uuid
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Any

from negosim.common.plain import require_whole
from negosim.store.failures import Failure
from negosim.store.plan import Part
from negosim.sweeps.executors import HEARTBEAT, Engine, EngineError, Finished, Job, unheard

if TYPE_CHECKING:
    from distributed import Client, Future, LocalCluster

CONNECTING = 10.0
"""Seconds in which a scheduler has to answer."""

LOOPBACK = "127.0.0.1"

PLAY = "__import__('negosim.sweeps.dask').sweeps.dask.played(wanted, job, part)"
"""What a worker is asked to evaluate: were it sent the function itself, one that does not have it would not refuse but die."""

LEAST_IN_FLIGHT = 16
"""Parts in flight where there are few workers, or none yet: a cluster that grows with its work sees that there is some."""

FETCHING = 60.0
"""Seconds for a content to come; one that takes longer, because its worker died and it is played again, is fetched later."""

log = logging.getLogger(__name__)


def dask(scheduler: str | None = None, workers: int | None = None) -> Engine:
    """The engine that plays on the workers of a Dask cluster.

    scheduler : address of its scheduler; None = a cluster of this machine's own, made for the sweep, reached by loopback alone
    workers : processes of the latter, one thread each; None = as many as there are cores

    Sources, versions and platform of a worker must be those of this process. One that differs is named in the log and gets no
    more parts. EngineError when distributed is not installed; and while it plays, when no worker is like this process, and when
    the scheduler cannot be reached or is lost.
    """
    if workers is not None:
        require_whole(1, workers=workers)
    try:
        import distributed  # noqa: F401
    except ModuleNotFoundError as error:
        raise EngineError(
            f'The engine dask needs the package {error.name}, which is not installed. Install the extra "dask" of negosim.'
        ) from None
    return partial(_on_dask, scheduler, workers)


def _on_dask(scheduler: str | None, workers: int | None, job: Job, parts: Sequence[Part]) -> Generator[Finished | int]:
    if not parts:
        return
    with _connected(scheduler, workers) as client:
        work = _Work(client, job, deque(parts))
        while work.is_left:
            landed = work.landed()
            for future in landed:  # one by one, so that no more than one part is in the memory of this process
                fetched = work.fetched(future)
                if fetched is not None:
                    yield job.keep(*fetched)
            if not landed:
                yield 0


@contextmanager
def _connected(scheduler: str | None, workers: int | None) -> Iterator[Client]:
    """A client of the scheduler with this address, or of a cluster that ends with it. What Dask itself would log is not told."""
    from distributed import Client
    from distributed.utils import silence_logging_cmgr

    with silence_logging_cmgr(logging.CRITICAL):
        if scheduler is None:
            with _own(workers) as cluster, Client(cluster, timeout=CONNECTING, set_as_default=False) as client:
                yield client
        else:
            with _client(scheduler) as client:
                yield client


@contextmanager
def _own(workers: int | None) -> Iterator[LocalCluster]:
    """A cluster of this machine's own."""
    from dask import config
    from distributed import LocalCluster

    with (
        config.set({"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host=LOOPBACK,
            dashboard_address=f"{LOOPBACK}:0",  # its server is always there: at a free port, and without a page
            scheduler_kwargs={"dashboard": False},
            preload=[__name__],
            memory_limit=0,  # a process is not ended for the memory that its compiler takes
            silence_logs=logging.CRITICAL,
        ) as cluster,
    ):
        yield cluster


def _client(scheduler: str) -> Client:
    """A client of the scheduler with this address; EngineError when it does not answer."""
    from distributed import Client
    from distributed.comm.addressing import get_address_host_port

    try:
        get_address_host_port(scheduler)  # else a client would be there already when the address is refused
        return Client(scheduler, timeout=CONNECTING, set_as_default=False)
    except (OSError, ValueError) as error:
        raise EngineError(
            f"The scheduler {scheduler} cannot be reached: {str(error).rstrip('.')}. Name the address that it prints when it "
            "starts, such as tcp://10.0.0.5:8786."
        ) from None


def dask_setup(_: object) -> None:
    """What Dask calls in each process of a cluster of ours: Ctrl-C, which a terminal tells all, is for the sweep to hear."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@dataclass
class _Work:
    """What is waiting, in flight, and suspected of killing workers.

    flying : what was sent: its part, and the workers it is confined to; none = it is not
    suspected : names of parts that Dask gave up once; they wait in `last` until each can be played alone
    refused : workers that differ from this process
    present : workers that were connected when last asked, and their threads
    """

    client: Client
    job: Job
    waiting: deque[Part]
    last: deque[Part] = field(default_factory=deque)
    flying: dict[Future[Any], tuple[Part, frozenset[str]]] = field(default_factory=dict)
    suspected: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    present: dict[str, int] = field(default_factory=dict)
    is_deserted: bool = False

    def __post_init__(self) -> None:
        from negosim.store.manifest import decides

        self.wanted = decides(told=True)
        self.content = pickle.dumps(self.job)
        self._carry()

    def _carry(self) -> None:
        """Send the job once for all parts: as the result of a task, which is run again when the worker that has it dies."""
        self.carried = self.client.submit(bytes, self.content, pure=False)

    @property
    def is_left(self) -> bool:
        """Whether nothing has become of some part."""
        return bool(self.waiting or self.flying or self.last)

    def landed(self) -> list[Future[Any]]:
        """What has come to an end; nothing after HEARTBEAT."""
        from distributed import wait

        try:
            self._look()
            self._send()
            if self.flying:
                with self.client.as_current():
                    return list(wait(list(self.flying), timeout=HEARTBEAT, return_when="FIRST_COMPLETED").done)
            time.sleep(HEARTBEAT)  # until there is a worker that is not refused
        except TimeoutError:
            pass
        except (CancelledError, OSError) as error:
            self._reconnect(error)
        return []

    def _look(self) -> None:
        """See which workers there are; what is confined to some that are gone goes back."""
        present = self.client.nthreads()
        for worker in self.present.keys() - present.keys():
            log.info("The worker %s is gone; what it was at is played by others.", worker)
        if not present and not self.is_deserted:
            log.warning("No worker is connected to the scheduler. The sweep goes on when there is one.")
        self.present, self.is_deserted = present, not present
        for future, (part, confined) in list(self.flying.items()):
            if confined and confined.isdisjoint(present):
                future.cancel()
                del self.flying[future]
                self._back(part)

    def _send(self) -> None:
        """Send what is waiting, as far as there is room; what is suspected alone, when nothing else is left."""
        allowed = frozenset(self.present) - self.refused if self.refused else frozenset[str]()
        if self.refused and not allowed:
            return
        room = max(LEAST_IN_FLIGHT, 2 * sum(self.present.values())) - len(self.flying)
        for _ in range(min(room, len(self.waiting))):
            self._submit(self.waiting.popleft(), allowed)
        if self.last and not self.flying:
            self._submit(self.last.popleft(), allowed)

    def _submit(self, part: Part, allowed: frozenset[str]) -> None:
        confined = {"workers": sorted(allowed)} if allowed else {}
        given = {"wanted": self.wanted, "job": self.carried, "part": pickle.dumps(part)}
        sent = self.client.submit(eval, PLAY, given, key=f"{part.name}-{uuid.uuid4().hex}", pure=False, **confined)
        self.flying[sent] = (part, allowed)

    def _back(self, part: Part) -> None:
        """Let a part wait again."""
        (self.last if part.name in self.suspected else self.waiting).appendleft(part)

    def fetched(self, future: Future[Any]) -> tuple[Part, bytes | Failure] | None:
        """A part and what has become of it; None when it has to be played again, or fetched later."""
        from distributed.scheduler import KilledWorker

        if future not in self.flying:
            return None  # it was sent again, for the scheduler was lost in between
        part, allowed = self.flying.pop(future)
        try:
            played = future.result(timeout=FETCHING)
        except TimeoutError:
            self.flying[future] = (part, allowed)
            return None
        except KilledWorker as error:
            future.release()
            return self._killed(part, error.allowed_failures + 1, error.last_worker.address)
        except (CancelledError, OSError) as error:
            self._back(part)
            self._reconnect(error)
            return None
        except Exception as error:
            raise EngineError(
                f"A worker cannot play {part.name}: {type(error).__name__}: {error}. Give all workers the negosim and the "
                "packages of this process, then run the same sweep again: finished parts stay."
            ) from error
        future.release()  # or its worker keeps the content, and it is played again when that dies
        if isinstance(played, _Refusal):
            self._back(part)
            self._refuse(played)
            return None
        return part, played

    def _killed(self, part: Part, workers: int, last: str) -> tuple[Part, Failure] | None:
        """A part that Dask gave up: at first it is suspected, alone it is to blame."""
        if part.name in self.suspected:
            why = f"{workers} workers died while they played it and nothing else, the last at {last}"
            return part, Failure(part.name, part.place, "KilledWorker", why)
        log.warning("%s: %s workers died while they had it. When all else is done, it is tried alone.", part.name, workers)
        self.suspected.add(part.name)
        self._back(part)
        return None

    def _refuse(self, refusal: _Refusal) -> None:
        """Give no more parts to a worker; EngineError when there is no other."""
        if refusal.worker in self.refused:
            return
        self.refused.add(refusal.worker)
        log.warning("The worker %s is refused: %s.", refusal.worker, refusal.why)
        if self.refused.issuperset(self.client.nthreads()):
            raise EngineError(
                f"No worker can play this sweep: that at {refusal.worker} is refused: {refusal.why}. Give the workers the "
                "negosim, the packages and the platform of this process, then run the same sweep again: finished parts stay."
            )

    def _reconnect(self, error: Exception) -> None:
        """Wait until a lost scheduler is there again, and send everything again; EngineError when it does not come."""
        for part, _ in self.flying.values():
            self._back(part)
        self.flying.clear()
        while self.client.status == "connecting":
            time.sleep(HEARTBEAT)
        if self.client.status != "running":
            raise EngineError(
                f"The scheduler was lost, and did not answer for {CONNECTING:.0f} seconds. Run the same sweep again when it is "
                "there: finished parts stay."
            ) from error
        log.warning("The scheduler was lost, and is there again.")
        self._carry()


@dataclass(frozen=True)
class _Refusal:
    """Why a worker does not play."""

    worker: str
    why: str


def played(wanted: dict[str, Any], job: bytes, part: bytes) -> bytes | Failure | _Refusal:
    """On a worker: play a part, if what decides numbers is what the sweep wants."""
    from distributed import get_worker

    from negosim.store.manifest import differences

    differing = differences(_decides(), wanted)
    if differing:
        return _Refusal(get_worker().address, "; ".join(differing))
    try:
        return _unpickled(job).play(pickle.loads(part), unheard)
    except OSError as error:
        return _Refusal(get_worker().address, f"it cannot read or write a file ({error})")


@cache
def _decides() -> dict[str, Any]:
    """What decides numbers in this process: what it had when it was first asked."""
    from negosim.store.manifest import decides

    return decides(told=True)


@lru_cache(maxsize=1)
def _unpickled(job: bytes) -> Job:
    """The job of the sweep that this worker is at: with it come the rules, which are compiled once."""
    loaded: Job = pickle.loads(job)
    return loaded
