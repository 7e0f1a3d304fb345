"""Schedulers and workers of Dask, each a process of its own, as on other machines."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from negosim.sweeps.dask import LOOPBACK

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def started(module: str, *arguments: str, path: Path = ROOT) -> Iterator[subprocess.Popen[str]]:
    """A scheduler or a worker of Dask as a process of its own, with negosim from this folder."""
    command = [sys.executable, "-m", f"distributed.cli.dask_{module}", *arguments, "--no-dashboard"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(path), str(ROOT)])}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment, cwd=path)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def a_scheduler(port: int = 0) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a scheduler without workers, and its process."""
    with started("scheduler", "--host", LOOPBACK, "--port", str(port)) as process:
        assert process.stderr is not None
        yield next(found[0] for line in process.stderr if (found := re.search(r"tcp://[\d.:]+", line))), process


def worker(address: str) -> tuple[str, ...]:
    """The arguments of a worker of this scheduler."""
    return ("worker", address, "--host", LOOPBACK, "--no-nanny", "--nthreads", "1")
