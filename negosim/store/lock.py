"""Locks on a results folder: one writer for the whole of it, or one for each shard. However a process ends, its locks end too."""

from __future__ import annotations

import errno
import logging
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from negosim.common.errors import StoreError
from negosim.common.paths import require_ordinary
from negosim.store.files import said

LOCK, GATE = ".lock", ".gate"

AT_THE_GATE = 30.0
"""Seconds to wait until another process has come in; that takes it some milliseconds."""

UNKNOWN = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EBADF)
"""Errors of file systems that have no locks."""

log = logging.getLogger(__name__)


@contextmanager
def gate(folder: Path, mode: str = "a") -> Iterator[None]:
    """Come in one after another: what is done here is seen whole by whoever comes next. StoreError when it stays shut."""
    with said(folder):
        file = _opened(folder / GATE, mode)
    with file:
        end = time.monotonic() + AT_THE_GATE
        while not _taken(file, shared=False):
            if time.monotonic() > end:
                raise StoreError(f"Another process is starting in {folder} and does not come to an end. End it, or try again.")
            time.sleep(0.01)
        yield


def take(folder: Path, share: str | None) -> ExitStack:
    """Take a folder for one writer, or for one share of it (`2-of-8`); closing gives it back. StoreError when it is taken.

    Shares of one number of shards can be written side by side, each by one process. Call it at the gate.
    """
    held = ExitStack()
    try:
        with said(folder):
            _enter(held, folder, share)
    except BaseException:
        held.close()
        raise
    return held


def writers(folder: Path) -> list[str]:
    """Who is writing into a folder: `` for the whole of it, `2-of-8` for a shard."""
    if not (folder / GATE).exists():
        return []
    with gate(folder, "r"), said(folder):
        return _holders(folder)


def _enter(held: ExitStack, folder: Path, share: str | None) -> None:
    whole = held.enter_context(_opened(folder / LOCK, "a"))
    if not _taken(whole, shared=share is not None):
        raise StoreError(f"Another sweep is writing into {folder}. Wait until it is done, or choose another folder.")
    if share is None:
        os.utime(folder / LOCK)  # since when, for `negosim status`
        return
    own = held.enter_context(_opened(lock_file(folder, share), "a"))
    if not _taken(own, shared=False):
        raise StoreError(f"Another process is playing shard {share} into {folder}. Wait until it is done.")
    os.utime(lock_file(folder, share))
    others = [name for name in _holders(folder) if name.split("-of-")[1] != share.split("-of-")[1]]
    if others:
        raise StoreError(
            f"Shard {others[0]} is being played into {folder}. Divide by the same number, or choose another folder."
        )


def lock_file(folder: Path, share: str) -> Path:
    """The file that a writer holds: that of its share, or `` for that of the whole."""
    return folder / (f"{LOCK}-{share}" if share else LOCK)


def _opened(path: Path, mode: str) -> IO[str]:
    """A file to lock; OSError for a pipe, whose opening would wait for somebody at its other end."""
    if path.exists():
        require_ordinary(path)
    return path.open(mode)


def _holders(folder: Path) -> list[str]:
    held = []
    for path in sorted(folder.glob(f"{LOCK}-*-of-*")):
        with _opened(path, "r") as file:
            if not _taken(file, shared=False):
                held.append(path.name.removeprefix(f"{LOCK}-"))
    if not held and (folder / LOCK).exists():
        with _opened(folder / LOCK, "r") as file:
            return [] if _taken(file, shared=False) else [""]
    return held


def _taken(file: IO[str], shared: bool) -> bool:
    """Whether the lock on a file could be taken; a file system without locks is named in the log, once a folder."""
    if os.name != "posix":
        return True  # two writers write the same parts, each whole: a waste, not an error
    import fcntl

    try:
        fcntl.flock(file.fileno(), (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in UNKNOWN:
            raise
        if file.name.endswith(LOCK):
            log.warning("%s has no locks: see to it that one process alone writes there.", Path(file.name).parent)
    return True
