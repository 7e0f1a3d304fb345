"""Rules that several threads load at once are kept in one folder, that of their sources, and nowhere else."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numba
import pytest

from negosim.rules import columns, compiled


def test_threads_that_compile_at_once_all_use_the_folder_of_the_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    both = threading.Barrier(2)

    def slowly(*signature: object, **options: object):
        def compile_rule(function: object) -> object:
            time.sleep(0.05)  # until the other thread would have put the setting back
            seen.append(numba.config.CACHE_DIR)
            return function

        return compile_rule

    def load(_: int) -> None:
        both.wait()
        for _ in range(3):
            compiled.rule(columns.kept_column.py_func)

    monkeypatch.setattr(compiled.numba, "njit", slowly)
    before = numba.config.CACHE_DIR
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(load, range(2)))
    assert seen == [str(compiled.cache_folder())] * 6
    assert before == numba.config.CACHE_DIR
