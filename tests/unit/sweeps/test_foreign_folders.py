"""Folders of results in which something else stands in the place of what belongs there, although its checksums fit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

import negosim.sweeps.play
from negosim.common.errors import StoreError
from negosim.results.results import Results
from negosim.store.manifest import hashes
from negosim.store.store import Store
from negosim.sweeps.merge import merge
from negosim.sweeps.reproduce import reproduce
from negosim.sweeps.runner import sweep
from negosim.sweeps.status import status_of
from tests.unit import pretend
from tests.unit.pretend import experiment


@pytest.fixture(autouse=True)
def _pretended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return sweep(experiment(), tmp_path / "runs").out


def rewritten(out: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change the manifest of a folder, and let its hashes fit."""
    path = out / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    change(manifest)
    del manifest["sha256"]
    path.write_text(json.dumps({**manifest, "sha256": hashes(manifest)}), encoding="utf-8")


def replace_part(out: Path, content: bytes) -> str:
    """Put this in place of the last part, with a checksum that fits; return its name."""
    store = Store(out)
    name = sorted(path.stem for path in store.parts.iterdir())[-1]
    store.path(name).write_bytes(content)
    noted = f"{hashlib.sha256(content).hexdigest()}  parts/{name}.parquet\n"
    store.checksum(name).write_text(noted, encoding="utf-8")
    return name


def _points(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    points: list[dict[str, Any]] = manifest["points"]
    return points


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda found: found["scenario"]["talks"].update(rounds=0), "talks.rounds = 0 is out of range. It must be between 1 and"),
        (lambda found: found["scenario"].pop("issues"), "issues is missing"),
        (lambda found: found["experiment"].update(replications=0), "replications = 0 is out of range"),
        (lambda found: found.pop("points"), "it lacks points"),
        (lambda found: found.update(mixed="none"), "it lacks mixed"),
        (lambda found: found.update(platform={"system": 3}), "its sections do not fit together"),
        (lambda found: _points(found)[1].update(overrides="none"), "its sections do not fit together"),
        (lambda found: _points(found)[1].update(point=7), "its points are not numbered case by case"),
        (lambda found: _points(found).clear(), "its points are not numbered case by case"),
    ],
)
def test_a_manifest_that_describes_no_sweep_is_refused_although_its_hash_fits(
    out: Path, change: Callable[[dict[str, Any]], Any], words: str
) -> None:
    right = Results(out).frame()
    rewritten(out, change)
    for read in (Results, status_of, reproduce, lambda folder: merge(out.with_name("all"), [folder])):
        with pytest.raises(StoreError) as caught:
            read(out)
        assert f"{out / 'manifest.json'} does not describe a sweep: {words}" in str(caught.value)
    assert sweep(experiment(), out).frame().equals(right)


@pytest.mark.parametrize("name", [".lock", ".lock-1-of-2", ".gate"])
def test_a_folder_in_the_place_of_a_lock_is_named(out: Path, name: str) -> None:
    (out / name).unlink(missing_ok=True)
    (out / name).mkdir()
    with pytest.raises(StoreError, match=r"cannot be written: Is a directory\. Choose a folder in which you may write"):
        status_of(out)


def test_a_folder_in_the_place_of_a_part_is_named_and_played_anew(out: Path) -> None:
    right = Results(out).frame()
    path = sorted((out / "parts").iterdir())[0]
    path.unlink()
    path.mkdir()
    with pytest.raises(StoreError, match=rf"{path} is damaged: it cannot be read .*plays this part anew"):
        Results(out).frame()
    assert sweep(experiment(), out).frame().equals(right)


def test_a_file_in_the_place_of_the_parts_is_no_traceback(out: Path) -> None:
    for path in (out / "parts").iterdir():
        path.unlink()
    (out / "parts").rmdir()
    (out / "parts").write_bytes(b"none")
    assert status_of(out).done == 0
    with pytest.raises(StoreError):
        Results(out)
    with pytest.raises(StoreError):
        sweep(experiment(), out)


def test_a_part_that_is_not_parquet_is_named_although_its_checksum_fits(out: Path) -> None:
    name = replace_part(out, b"PAR1 and nothing else PAR1")
    with pytest.raises(StoreError, match=rf"{name}.parquet is damaged: it is not a Parquet file .*plays this part anew"):
        Results(out).frame()


def test_a_part_with_other_columns_is_named_although_its_mark_and_its_checksum_fit(out: Path) -> None:
    part = sorted((out / "parts").iterdir())[-1]
    table = pyarrow.parquet.read_table(part)
    place = table.column_names.index("sender_payoff")
    buffer = pyarrow.BufferOutputStream()
    words = pyarrow.array(["none"] * len(table))
    pyarrow.parquet.write_table(table.set_column(place, "sender_payoff", words), buffer)
    name = replace_part(out, buffer.getvalue().to_pybytes())
    for read in (lambda: Results(out).frame(), lambda: Results(out).query("select sum(sender_payoff) from runs")):
        with pytest.raises(StoreError, match=rf"{name}.parquet is damaged, .* values do not have the hash .*Delete it"):
            read()
    assert [failure.why for failure in reproduce(out).differing] == ["damaged: its values do not have the hash that it carries"]
