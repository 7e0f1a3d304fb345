"""One writer for the whole of a folder, or one for each shard; whoever dies lets go."""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from negosim.common.errors import StoreError
from negosim.store import lock
from negosim.store.lock import gate, lock_file, take, writers


def test_the_whole_of_a_folder_has_one_writer(tmp_path: Path) -> None:
    with take(tmp_path, None):
        for share in (None, "1-of-2"):
            with pytest.raises(StoreError, match=r"Another sweep is writing into .*Wait until it is done"):
                take(tmp_path, share)
    take(tmp_path, None).close()  # it let go


def test_shards_are_written_side_by_side_each_by_one_process(tmp_path: Path) -> None:
    with take(tmp_path, "1-of-3"), take(tmp_path, "3-of-3"):
        with pytest.raises(StoreError, match="Another process is playing shard 1-of-3"):
            take(tmp_path, "1-of-3")
        with pytest.raises(StoreError, match="Another sweep is writing"):
            take(tmp_path, None)
    take(tmp_path, None).close()


def test_shards_of_two_divisions_do_not_mix_while_they_run(tmp_path: Path) -> None:
    with take(tmp_path, "1-of-3"), pytest.raises(StoreError, match=r"Shard 1-of-3 is being played.*the same number"):
        take(tmp_path, "2-of-4")
    take(tmp_path, "2-of-4").close()


def test_a_lock_that_is_refused_leaves_nothing_held(tmp_path: Path) -> None:
    with take(tmp_path, "1-of-3"), pytest.raises(StoreError):
        take(tmp_path, "2-of-4")
    take(tmp_path, None).close()


def test_who_is_writing_can_be_asked_from_outside(tmp_path: Path) -> None:
    assert writers(tmp_path) == []
    with gate(tmp_path):
        held = take(tmp_path, None)
    assert writers(tmp_path) == [""]
    held.close()
    with gate(tmp_path):
        first, second = take(tmp_path, "1-of-2"), take(tmp_path, "2-of-2")
    assert writers(tmp_path) == ["1-of-2", "2-of-2"]
    first.close()
    assert writers(tmp_path) == ["2-of-2"]
    second.close()
    assert writers(tmp_path) == []


def test_asking_is_in_nobodys_way(tmp_path: Path) -> None:
    stop = threading.Event()
    asked = 0

    def ask() -> None:
        nonlocal asked
        while not stop.is_set():
            writers(tmp_path)
            asked += 1

    with gate(tmp_path):
        take(tmp_path, None).close()
    thread = threading.Thread(target=ask)
    thread.start()
    try:
        for share in [None, "1-of-2"] * 20:
            with gate(tmp_path):
                take(tmp_path, share).close()
    finally:
        stop.set()
        thread.join()
    assert asked > 0


def test_a_lock_says_since_when(tmp_path: Path) -> None:
    for share in ("", "1-of-2"):
        lock_file(tmp_path, share).touch()
        os.utime(lock_file(tmp_path, share), (0, 0))
        take(tmp_path, share or None).close()
        assert time.time() - lock_file(tmp_path, share).stat().st_mtime < 60


PROGRAM = """
import sys, time
from pathlib import Path
from negosim.store.lock import take
held = take(Path(sys.argv[1]), None)
print("held", flush=True)
time.sleep(600)
"""


def test_a_process_that_is_killed_lets_go(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    with pytest.raises(StoreError, match="Another sweep is writing"):
        take(tmp_path, None)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    take(tmp_path, None).close()


def test_a_gate_that_stays_shut_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "AT_THE_GATE", 0.05)
    with gate(tmp_path), pytest.raises(StoreError, match="Another process is starting in"), gate(tmp_path):
        pass


def failing(number: int) -> Any:
    def flock(*_: Any) -> None:
        raise OSError(number, os.strerror(number))

    return flock


def test_a_file_system_without_locks_is_named_and_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(fcntl, "flock", failing(errno.ENOLCK))
    with caplog.at_level(logging.WARNING), gate(tmp_path), take(tmp_path, None):
        pass
    assert caplog.messages == [f"{tmp_path} has no locks: see to it that one process alone writes there."]


def test_any_other_error_of_a_lock_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fcntl, "flock", failing(errno.EIO))
    with pytest.raises(StoreError, match="cannot be written: Input/output error"):
        take(tmp_path, None)


def test_where_there_are_no_such_locks_a_folder_is_taken_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock.os, "name", "nt")
    with take(tmp_path, None), take(tmp_path, None):
        pass
