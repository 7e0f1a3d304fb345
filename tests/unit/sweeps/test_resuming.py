"""The folder of results: parts whole or not at all, and nobody else's files."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy
import pyarrow
import pyarrow.parquet
import pytest

from negosim.common.errors import StoreError
from negosim.store.failures import Failure
from negosim.store.manifest import differences, experiment_of, fingerprint, hashes, manifest_of
from negosim.store.parts import packed
from negosim.store.store import Store
from tests.unit.pretend import experiment

MARK = {"experiment": "fingerprint", "platform": {"system": "Linux"}, "place": "somewhere"}
TABLE = pyarrow.table({"point": [0, 0, 0], "payoff": [0.25, float("nan"), 1.0]})
NAMES = ["a", "b"]


@pytest.fixture
def manifest() -> dict[str, Any]:
    return manifest_of(experiment())


@pytest.fixture
def store(tmp_path: Path, manifest: dict[str, Any]) -> Store:
    store = Store(tmp_path / "runs")
    with store.writing(manifest, NAMES):
        keep(store, "a", {"experiment": fingerprint(manifest), "platform": manifest["platform"]})
    return store


def keep(store: Store, name: str, mark: Mapping[str, Any] = MARK) -> None:
    store.keep(name, packed(TABLE, {**MARK, **mark, "part": name}))


def damage(store: Store, name: str = "a", rows: int | None = 3) -> str:
    there = store.manifest()
    assert there is not None
    return str(store.damage(name, fingerprint(there), rows))


def other_files(store: Store) -> dict[str, bytes]:
    """What is set aside."""
    return {path.name: path.read_bytes() for path in store.aside.iterdir()} if store.aside.exists() else {}


def test_a_part_comes_back_as_it_was_written(store: Store) -> None:
    again = pyarrow.parquet.read_table(store.path("a"))
    assert again.schema.remove_metadata().equals(TABLE.schema)
    assert str(again.to_pydict()) == str(TABLE.to_pydict())
    assert store.is_there("a") and not store.is_there("b")
    assert damage(store) == "None"
    assert store.mark("a").keys() == {"experiment", "part", "place", "platform", "values"} and store.mark("b") == {}


def test_the_checksum_is_one_that_sha256sum_can_check(store: Store) -> None:
    content = store.path("a").read_bytes()
    assert store.checksum("a").read_text() == f"{hashlib.sha256(content).hexdigest()}  parts/a.parquet\n"


@pytest.mark.parametrize("failing", [0, 1])
def test_a_write_that_is_broken_off_leaves_no_part(
    store: Store, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    replace, calls = os.replace, []

    def fail(*paths: Any) -> None:
        calls.append(paths)
        if len(calls) == failing + 1:
            raise KeyboardInterrupt
        replace(*paths)

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(KeyboardInterrupt):
        keep(store, "b")
    assert not store.is_there("b")
    assert not list(store.folder.rglob("*.unfinished"))


def test_a_full_disk_says_how_to_go_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match=r"b\.parquet cannot be written: No space left.*finished parts stay"):
        keep(store, "b")


def test_a_folder_that_cannot_be_written_is_an_error(
    tmp_path: Path, manifest: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:  # the tests may run as root, who may write everywhere
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with (
        pytest.raises(StoreError, match=r"runs cannot be written: Permission denied\. Choose a folder"),
        Store(tmp_path / "runs").writing(manifest, NAMES),
    ):
        pass


def test_a_file_in_place_of_the_folder_is_an_error(tmp_path: Path, manifest: dict[str, Any]) -> None:
    (tmp_path / "runs").write_text("not a folder")
    with pytest.raises(StoreError, match="is a file"):
        Store(tmp_path / "runs").check(manifest, NAMES)


def test_the_folder_of_the_same_experiment_is_taken(store: Store, manifest: dict[str, Any]) -> None:
    store.check(manifest, NAMES)
    (store.folder / "notes.txt").write_text("A person's own file, beside the parts.")
    store.check(manifest, NAMES)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seed": 8}, "experiment.seed: 7 there, 8 here"),
        ({"replications": 11}, "experiment.replications: 10 there, 11 here"),
        ({"chunk": 5}, "experiment.chunk: 4 there, 5 here"),
        ({"scenario": "logrolling"}, "scenario.name: \"pie\" there, \"logrolling\" here"),
        ({"baseline": {"talks.rounds": 4}}, "experiment.baseline.talks.rounds: null there, 4 here"),
        (
            {"vary": [{"parameter": "sender.ambiguity", "values": [0.1, 0.3]}]},
            "experiment.vary.1.values.2: 0.2 there, 0.3 here",
        ),
    ],
)
def test_the_folder_of_another_experiment_is_refused(store: Store, changes: Any, words: str) -> None:
    with pytest.raises(StoreError) as caught:
        store.check(manifest_of(experiment(**changes)), NAMES)
    assert words in str(caught.value) and "Choose another folder" in str(caught.value)


def test_a_writer_whose_folder_was_taken_in_the_meantime_leaves_it_alone(
    store: Store, manifest: dict[str, Any]
) -> None:
    other = manifest_of(experiment(seed=8))
    with pytest.raises(StoreError, match="another experiment"), Store(store.folder).writing(other, NAMES):
        pass
    assert store.manifest() == manifest


def test_an_edited_manifest_is_an_error(store: Store) -> None:
    path = store.folder / "manifest.json"
    path.write_text(path.read_text().replace('"replications": 10', '"replications": 12'))
    with pytest.raises(StoreError, match="is damaged"):
        store.manifest()


def test_foreign_files_among_the_parts_are_left_alone(store: Store, manifest: dict[str, Any]) -> None:
    (store.parts / "thesis.parquet").write_text("precious")
    with pytest.raises(StoreError, match=r"not of this experiment, such as thesis\.parquet"):
        store.check(manifest, NAMES)


def test_only_one_sweep_writes_into_a_folder(store: Store, manifest: dict[str, Any]) -> None:
    with (
        store.writing(manifest, NAMES),
        pytest.raises(StoreError, match="Another sweep is writing"),
        Store(store.folder).writing(manifest, NAMES),
    ):
        pass
    with store.writing(manifest, NAMES):  # the lock is gone with its writer
        pass


def test_the_remains_of_a_killed_sweep_are_cleared_away(store: Store, manifest: dict[str, Any]) -> None:
    (store.folder / "b.parquet.123.unfinished").write_bytes(b"half a par")
    with store.writing(manifest, NAMES):
        assert not list(store.folder.rglob("*.unfinished")) and os.listdir(store.parts) == ["a.parquet"]


def test_a_part_that_is_being_written_is_not_seen_among_the_parts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync, seen = os.fsync, []

    def seen_meanwhile(handle: int) -> None:
        seen.append(os.listdir(store.parts))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", seen_meanwhile)
    keep(store, "b")
    assert [sorted(names) for names in seen] == [["a.parquet"]] * 3 + [["a.parquet", "b.parquet"]]


def test_every_damage_to_a_part_is_found(store: Store) -> None:
    path = store.path("a")
    whole = path.read_bytes()
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    for damaged in (whole[:-1], whole[:100], b"", flipped, whole + b"\0"):
        path.write_bytes(damaged)
        assert "checksum" in damage(store)
    path.write_bytes(whole)
    assert damage(store) == "None"
    assert damage(store, rows=4) == "it has 3 rows in place of 4"
    store.checksum("a").unlink()
    assert "cannot be read" in damage(store)


def test_a_whole_part_in_the_wrong_place_is_found(store: Store, tmp_path: Path) -> None:
    store.keep("b", store.path("a").read_bytes())
    assert damage(store, "b") == "it is a of the same experiment"
    keep(store, "b")
    assert damage(store, "b") == "it belongs to another experiment, scenario or version"
    store.keep("b", b"precious")
    assert "it is not a Parquet file" in damage(store, "b")


def test_what_is_set_aside_is_kept_under_names_that_are_free(store: Store) -> None:
    content = store.path("a").read_bytes()
    assert store.set_aside("a") == store.aside / "a-1.parquet" and not store.is_there("a")
    store.keep("a", b"another")
    assert store.set_aside("a") == store.aside / "a-2.parquet"
    kept = other_files(store)
    assert kept["a-1.parquet"] == content and kept["a-2.parquet"] == b"another" and len(kept) == 4


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"sha256": {}}', b"3"])
def test_a_damaged_manifest_is_an_error_for_who_reads_it(store: Store, content: bytes) -> None:
    (store.folder / "manifest.json").write_bytes(content)
    with pytest.raises(StoreError, match=r"manifest\.json is damaged.*Sweep its experiment into"):
        store.manifest()


def test_a_manifest_of_another_layout_is_refused(store: Store, manifest: dict[str, Any]) -> None:
    (store.folder / "manifest.json").write_text(json.dumps({"format": 99}))
    for reading in (store.manifest, lambda: store.check(manifest, NAMES)):
        with pytest.raises(StoreError, match=r"is of layout 99, and .* layout 3\. Sweep its experiment into another folder, or"):
            reading()


@pytest.mark.parametrize("content", [None, b"", b"{}"], ids=["missing", "emptied", "another"])
def test_a_lost_manifest_is_written_anew_by_a_sweep_whose_parts_are_there(
    store: Store, manifest: dict[str, Any], content: bytes | None
) -> None:
    path = store.folder / "manifest.json"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    store.check(manifest, NAMES)
    with store.writing(manifest, NAMES):
        pass
    there = store.manifest()
    assert there is not None and damage(store) == "None"
    assert there == manifest
    assert other_files(store) == ({} if content is None else {"manifest-1.json": content})


def test_a_manifest_that_is_written_anew_knows_the_platforms_of_the_parts(store: Store, manifest: dict[str, Any]) -> None:
    elsewhere = {**manifest["platform"], "machine": "pdp-11"}
    keep(store, "b", {"experiment": fingerprint(manifest), "platform": elsewhere})
    (store.folder / "manifest.json").unlink()
    with store.writing(manifest, NAMES):
        pass
    there = store.manifest()
    assert there is not None and [there["platform"], *there["mixed"]] == [manifest["platform"], elsewhere]
    (store.folder / "manifest.json").unlink()
    store.path("a").unlink()
    with pytest.raises(StoreError, match="holds runs of another platform"):
        store.check(manifest, NAMES)


def test_a_lost_manifest_is_not_written_anew_over_the_parts_of_another_experiment(store: Store, manifest: dict[str, Any]) -> None:
    other = manifest_of(experiment(seed=8))
    (store.folder / "manifest.json").write_bytes(b"")
    for refused in (lambda: store.check(other, NAMES), lambda: store.writing(other, NAMES).__enter__()):
        with pytest.raises(StoreError, match=r"files that are not of this experiment, such as a\.parquet"):
            refused()
    assert (store.folder / "manifest.json").read_bytes() == b""
    with store.writing(manifest, NAMES):
        assert store.is_there("a")


def test_a_manifest_of_somebody_else_is_left_alone(tmp_path: Path, manifest: dict[str, Any]) -> None:
    (tmp_path / "manifest.json").write_text('{"name": "an app of the web"}')
    with pytest.raises(StoreError, match="is damaged, or is not a manifest of negosim"):
        Store(tmp_path).check(manifest, NAMES)


def test_a_folder_of_other_things_gets_no_results(tmp_path: Path, manifest: dict[str, Any]) -> None:
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(StoreError, match=r"holds no results of negosim, but other files, such as thesis\.tex\. Choose a new"):
        Store(tmp_path).check(manifest, NAMES)
    assert os.listdir(tmp_path) == ["thesis.tex"]


def test_what_a_killed_writer_leaves_of_a_new_folder_is_no_stranger(tmp_path: Path, manifest: dict[str, Any]) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "manifest.json.9.unfinished").write_bytes(b"half")
    with Store(tmp_path).writing(manifest, NAMES):
        assert sorted(path.name for path in tmp_path.glob("[!.]*")) == ["checksums", "manifest.json", "parts"]


def test_parts_without_a_manifest_that_are_not_of_the_experiment_are_foreign(tmp_path: Path, manifest: dict[str, Any]) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "a.parquet").write_text("precious")
    with pytest.raises(StoreError, match=r"such as a\.parquet"):
        Store(tmp_path).check(manifest, NAMES)


def test_a_platform_that_differs_is_refused_with_the_way_to_allow_it_and_then_marked(
    store: Store, manifest: dict[str, Any]
) -> None:
    elsewhere = {**manifest, "platform": {**manifest["platform"], "machine": "pdp-11"}}
    elsewhere = {**elsewhere, "sha256": hashes(elsewhere)}
    said = r'holds runs of another platform: platform\.machine: .* "pdp-11" here\. Allow it \(--allow-platform\)'
    with pytest.raises(StoreError, match=said):
        store.check(elsewhere, NAMES)
    with pytest.raises(StoreError, match=said), store.writing(elsewhere, NAMES):
        pass
    with store.writing(elsewhere, NAMES, allow_platform=True):
        pass
    there = store.manifest()
    assert there is not None and there["mixed"] == [elsewhere["platform"]] and there["platform"] == manifest["platform"]
    store.check(elsewhere, NAMES)  # it is mixed now, and marked


def test_a_shard_clears_away_the_remains_of_its_own_parts_alone(store: Store, manifest: dict[str, Any]) -> None:
    for name in NAMES:
        (store.folder / f"{name}.parquet.123.unfinished").write_bytes(b"half a par")
    with store.writing(manifest, NAMES, ("2-of-2", ["b"])):
        assert [path.name for path in store.folder.glob("*.unfinished")] == ["a.parquet.123.unfinished"]


def test_hidden_files_of_a_file_system_are_nobodys_business(store: Store, manifest: dict[str, Any]) -> None:
    (store.parts / ".nfs0000001").write_bytes(b"")
    store.check(manifest, NAMES)


FAILURE = Failure("b", "point 2, runs 0 to 9", "ArithmeticError", "no solution", ("line",))


def test_a_failure_is_recorded_until_its_part_is_written(store: Store) -> None:
    store.record(FAILURE)
    store.record(Failure("a", "elsewhere", "Error", ""))  # a part that is there did not fail
    assert store.failures(NAMES) == [FAILURE] and store.failures(["a"]) == []
    keep(store, "b")
    assert store.failures(NAMES) == [] and not (store.failed / "b.json").exists()


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b'{"place": 3}'])
def test_a_damaged_record_of_a_failure_says_so(store: Store, content: bytes) -> None:
    store.record(FAILURE)
    (store.failed / "b.json").write_bytes(content)
    (failure,) = store.failures(NAMES)
    assert failure.part == "b" and "record of this failure is damaged" in failure.reason


def test_the_remains_of_a_killed_writer_beside_the_parts_are_cleared_away(store: Store, manifest: dict[str, Any]) -> None:
    for name in ("manifest.json.9.unfinished", "summary.csv.9.unfinished", "mine.unfinished.txt"):
        (store.folder / name).write_bytes(b"half")
    with store.writing(manifest, NAMES, ("2-of-2", ["b"])):
        assert not (store.folder / "manifest.json.9.unfinished").exists() and (store.folder / "summary.csv.9.unfinished").exists()
    with store.writing(manifest, NAMES):
        assert not (store.folder / "summary.csv.9.unfinished").exists() and (store.folder / "mine.unfinished.txt").exists()


def test_the_points_that_were_played_are_kept_whatever_a_newer_library_would_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vary = [{"parameter": "sender.ambiguity", "range": [0.0, 0.4]}]
    made = experiment(vary=vary, design="sobol", size=4)
    there = manifest_of(made)
    monkeypatch.setattr("negosim.experiment.spec.unit_sample", lambda *_: numpy.full((4, 1), 0.5))
    assert experiment_of(there).design_points == made.design_points
    here = manifest_of(experiment(vary=vary, design="sobol", size=4))
    assert differences(there, here)[0].startswith("points.2.label: ")
