"""Faults of questions: another scenario, design, version or platform, and points that cannot be played."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from unittest import mock

import pytest

from negosim.experiment.experiment import Experiment
from negosim.results.results import Results
from negosim.store import manifest
from negosim.store.failures import PointsFailedError
from negosim.store.store import Store
from negosim.sweeps import runner
from negosim.sweeps.runner import sweep
from tests.faults.undisturbed import OUT, TEXT, experiment, laid_out, negosim, part, refusal

ELSEWHERE = {"system": "Linux", "machine": "aarch64", "library": "glibc 2.36", "instructions": "neon"}

IMPOSSIBLE = {"trade.flows.japan-to-us.amount": 10000.0}
"""With such exports no wages clear the markets of us-japan-2025: its welfare cannot be worked out."""


def another_scenario() -> tuple[str, str]:
    """A sweep of another scenario into the same folder"""
    return _refused(TEXT.replace('"pie"', '"ultimatum"'))


def another_seed() -> tuple[str, str]:
    """A sweep with another seed"""
    return _refused(TEXT.replace("seed = 1", "seed = 2"))


def another_design() -> tuple[str, str]:
    """A sweep with another value of what is varied"""
    return _refused(TEXT.replace("0.2]", "0.3]"))


def another_version() -> tuple[str, str]:
    """The same sweep under another version of NumPy"""
    other = {**manifest.versions(), "numpy": "1.26.4"}
    return _refused(TEXT, mock.patch.object(manifest, "versions", lambda: other))


def other_sources() -> tuple[str, str]:
    """The same sweep after a change in the sources of the game"""
    return _refused(TEXT, mock.patch.object(manifest, "_sources", lambda *_, **__: "0" * 64))


def another_platform() -> tuple[str, str]:
    """The unfinished sweep is gone on with on another platform"""
    return _refused(TEXT, _elsewhere())


def another_platform_that_is_allowed() -> tuple[str, str]:
    """The same with --allow-platform"""
    laid_out()
    for number in range(20):
        part(number).unlink()
    with _elsewhere():
        sweep(experiment(), OUT, allow_platform=True)
    results = Results(OUT)
    assert sorted(results.platforms.values()) == [20, 60] and len(results.frame(["point"])) == 40_000
    told = "; ".join(f"{words}: {parts} parts" for words, parts in results.platforms.items())
    return f"mixed and marked: the manifest has both platforms, each part its own ({told})", "nothing: 60 parts kept, 20 played"


def a_point_that_is_out_of_range() -> tuple[str, str]:
    """An experiment of which one point is out of range"""
    said = refusal(lambda: sweep(experiment(TEXT.replace("0.2]", "0.9]")), OUT))
    assert "point 3" in said and not OUT.exists()
    return said, "nothing: refused before the start, no folder is made"


def a_point_that_cannot_be_played() -> tuple[str, str]:
    """One of three points fails while it is played: no wages clear its markets"""
    fields: dict[str, Any] = {
        "name": "bad", "title": "Bad", "question": "?", "scenario": "us-japan-2025", "replications": 400, "chunk": 100, "seed": 1,
    }
    bad = Experiment(**fields, points=[{"sender.ambiguity": 0.2}, IMPOSSIBLE, {"sender.ambiguity": 0.4}])
    with pytest.raises(PointsFailedError) as caught:
        sweep(bad, OUT)
    again = negosim("sweep", "--out", str(OUT))  # which tries again, and fails again
    _, said = again.communicate()
    assert again.returncode == 3, said
    results = Results(OUT)
    assert sorted(results.frame(["point"])["point"].unique()) == [0, 1, 3] and list(results.points_left_out) == [2]
    good = Experiment(**fields, points=[{"sender.ambiguity": 0.2}, {"sender.toughness": 1.0}, {"sender.ambiguity": 0.4}])
    whole = checksums_of_values(sweep(good, "runs/good"), (0, 1, 3))
    assert checksums_of_values(results, (0, 1, 3)) == whole, "other points were touched"
    return str(caught.value), "nothing: 12 of 16 parts are there; the exit code is 3; the findings say what they leave out"


def checksums_of_values(results: Results, points: tuple[int, ...]) -> list[str]:
    """The hashes of the values of some points' parts."""
    names = [path.stem for path in sorted((results.out / "parts").glob("*.parquet"))]
    store = Store(results.out)
    return [store.mark(name)["values"] for name in names if int(name.split("-")[1]) in points]


def _refused(text: str, otherwise: AbstractContextManager[Any] | None = None) -> tuple[str, str]:
    """The sweep of this experiment is refused, where things are otherwise than when the folder was written."""
    laid_out()
    part(11).unlink()
    with otherwise or nullcontext():
        said = refusal(lambda: sweep(experiment(text), OUT))
    return said, "nothing: the folder is as it was"


@contextmanager
def _elsewhere() -> Iterator[None]:
    """On another platform."""
    here = {"new": lambda: ELSEWHERE}
    with mock.patch.object(manifest, "platform_here", **here), mock.patch.object(runner, "platform_here", **here):
        yield


FAULTS = (
    another_scenario,
    another_seed,
    another_design,
    another_version,
    other_sources,
    another_platform,
    another_platform_that_is_allowed,
    a_point_that_is_out_of_range,
    a_point_that_cannot_be_played,
)
