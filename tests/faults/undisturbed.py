"""The small sweep in which faults are provoked, and what it comes to when nothing disturbs it."""

from __future__ import annotations

import hashlib
import logging
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from negosim.common.errors import StoreError
from negosim.experiment.experiment import Experiment
from negosim.sweeps.runner import sweep

TEXT = """
name = "faults"
title = "A sweep that is disturbed"
question = "What is lost?"
scenario = "pie"
replications = 10000
chunk = 500
seed = 1

[[vary]]
parameter = "sender.ambiguity"
values = [0.0, 0.1, 0.2]
"""

RUNS, CHUNK = 40_000, 500
PARTS = RUNS // CHUNK

OUT = Path("runs/x")



def experiment(text: str = TEXT) -> Experiment:
    """The experiment, 40,000 runs in 80 parts, from its file in this folder."""
    Path("faults.toml").write_text(text, encoding="utf-8")
    return Experiment.load("faults.toml")


def checksums(folder: Path = OUT) -> dict[str, str]:
    """The SHA-256 of every part."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted((folder / "parts").glob("*.parquet"))}


@cache
def undisturbed() -> dict[str, bytes]:
    """The files of the sweep that nothing disturbs, by their names within its folder."""
    with tempfile.TemporaryDirectory() as place:
        out = sweep(experiment(), Path(place) / "x").out
        return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def laid_out(out: Path = OUT) -> Path:
    """The finished sweep in a folder; return its parts."""
    for name, content in undisturbed().items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)
    return out / "parts"


def part(number: int) -> Path:
    """A part of the sweep in OUT, counted from 0."""
    return OUT / "parts" / sorted(undisturbed_parts())[number]


def checksum(number: int, folder: Path = OUT) -> Path:
    """The file with the checksum of a part."""
    return folder / "checksums" / f"{part(number).stem}.sha256"


def undisturbed_parts() -> dict[str, str]:
    """The SHA-256 of every part of the undisturbed sweep."""
    return {
        Path(name).name: hashlib.sha256(content).hexdigest()
        for name, content in undisturbed().items()
        if name.endswith(".parquet")
    }


def whole_parts() -> int:
    """How many parts in OUT are those of the undisturbed sweep."""
    return len(checksums().items() & undisturbed_parts().items())


def gone_on(**options: Any) -> tuple[str, list[str]]:
    """Go on with the sweep in OUT; check that every whole part was kept and that the end is that of the undisturbed sweep.

    Return what was lost, and the warnings.
    """
    whole, begun = whole_parts(), []
    with logged() as lines:
        sweep(experiment(), OUT, progress=lambda done, *_: begun.append(done), **options)
    kept = begun[0] // CHUNK if begun else PARTS
    assert kept == whole, f"{whole} parts were whole, and {kept} were kept"
    assert checksums() == undisturbed_parts(), "other values than without the fault"
    return f"nothing: {kept} parts kept, {PARTS - kept} played, the same bytes as undisturbed", lines


@contextmanager
def logged() -> Iterator[list[str]]:
    """The warnings of negosim."""
    lines: list[str] = []

    class Listing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    handler, log = Listing(level=logging.WARNING), logging.getLogger("negosim")
    log.addHandler(handler)
    try:
        yield lines
    finally:
        log.removeHandler(handler)


def refusal(attempt: Callable[[], Any]) -> str:
    """The sentence with which an attempt is refused; everything in the folder is as before."""
    before = everything()
    with pytest.raises((StoreError, ValueError)) as caught:
        attempt()
    assert everything() == before, "something was changed"
    return str(caught.value)


def everything() -> dict[str, bytes]:
    """Every file here but the experiment's and the locks, with its content."""
    found = [path for path in sorted(Path().rglob("*")) if path.is_file() and path.name != "faults.toml"]
    return {str(path): path.read_bytes() for path in found if not path.name.startswith((".lock", ".gate"))}


def process(*arguments: str, before: str = "") -> subprocess.Popen[str]:
    """`negosim sweep faults.toml --out runs/x` in a process of its own, after some lines of Python."""
    experiment()
    return negosim("sweep", "faults.toml", "--out", str(OUT), *arguments, before=before)


def negosim(*arguments: str, before: str = "") -> subprocess.Popen[str]:
    """The command line in a process of its own, after some lines of Python."""
    program = f"{before}\nfrom negosim.cli import app\napp()"
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
