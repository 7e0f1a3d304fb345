"""The folder of results: parts whole or not at all, and nobody else's files."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy
import pyarrow
import pyarrow.parquet
import pytest

from negosim.manifest import differences, experiment_of, manifest_of
from negosim.store import Store, StoreError
from tests.unit.pretend import assuming, experiment

TABLE = pyarrow.table({"point": [0, 0, 0], "payoff": [0.25, float("nan"), 1.0]})
NAMES = ["a", "b"]


@pytest.fixture
def manifest() -> dict[str, Any]:
    return manifest_of(experiment())


@pytest.fixture
def store(tmp_path: Path, manifest: dict[str, Any]) -> Store:
    store = Store(tmp_path / "runs")
    with store.writing(manifest, NAMES):
        store.write("a", TABLE)
    return store


def test_a_part_comes_back_as_it_was_written(store: Store) -> None:
    again = pyarrow.parquet.read_table(store.path("a"))
    assert again.schema.equals(TABLE.schema)
    assert str(again.to_pydict()) == str(TABLE.to_pydict())
    assert store.is_there("a") and not store.is_there("b")
    assert store.damage("a", rows=3) is None


def test_numbers_are_compressed_without_a_dictionary(store: Store) -> None:
    group = pyarrow.parquet.read_metadata(store.path("a")).row_group(0)
    assert group.column(1).compression == "ZSTD"
    assert not group.column(1).has_dictionary_page


def test_the_checksum_is_one_that_sha256sum_can_check(store: Store) -> None:
    content = store.path("a").read_bytes()
    noted = store.path("a").with_suffix(".sha256").read_text()
    assert noted == f"{hashlib.sha256(content).hexdigest()}  a.parquet\n"


def test_every_damage_to_a_part_is_found(store: Store) -> None:
    path = store.path("a")
    whole = path.read_bytes()
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    for damaged in (whole[:-1], whole[:100], b"", flipped, whole + b"\0"):
        path.write_bytes(damaged)
        assert "checksum" in str(store.damage("a", rows=3))
    path.write_bytes(whole)
    assert store.damage("a", rows=3) is None
    assert store.damage("a", rows=4) == "it has 3 rows in place of 4"
    path.with_suffix(".sha256").unlink()
    assert "cannot be read" in str(store.damage("a", rows=3))


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
        store.write("b", TABLE)
    assert not store.is_there("b")
    assert not list(store.parts.glob("*.unfinished"))


def test_a_full_disk_says_how_to_go_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match=r"b\.parquet cannot be written: No space left.*finished parts stay"):
        store.write("b", TABLE)


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


def test_runs_of_other_rules_are_not_mixed(store: Store, manifest: dict[str, Any]) -> None:
    newer = {**manifest, "rules": "changed", "versions": {**manifest["versions"], "numba": "99.0"}}
    said = r'rules: .* there, "changed" here; versions\.numba: .* "99\.0" here'
    with pytest.raises(StoreError, match=said):
        store.check(newer, NAMES)


def test_what_changes_no_run_is_no_difference(manifest: dict[str, Any]) -> None:
    reworded = manifest_of(experiment(title="Another title", question="Other words?"))
    reworded["versions"]["pyarrow"] = "99.0"
    assert differences(manifest, reworded) == []


def test_other_draws_of_the_assumed_numbers_are_a_difference() -> None:
    one, two = (
        manifest_of(experiment(scenario=assuming({"sender.toughness": (0.5, high)}), assumed_draws=4))
        for high in (2.0, 3.0)
    )
    assert [clause.split(":")[0] for clause in differences(one, two)] == ["draws"]


def test_a_manifest_gives_back_its_experiment(manifest: dict[str, Any]) -> None:
    made = experiment(scenario=assuming(), baseline={"talks.rounds": 5}, assumed_draws=2)
    again = experiment_of(json.loads(json.dumps(manifest_of(made))))
    assert again.scenario == made.scenario and again.draws == made.draws
    assert manifest_of(again) == manifest_of(made)
    assert manifest["sha256"]["scenario"] == experiment().scenario.fingerprint()


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"sha256": {}}'])
def test_a_damaged_manifest_is_an_error(store: Store, content: bytes) -> None:
    (store.folder / "manifest.json").write_bytes(content)
    with pytest.raises(StoreError, match=r"manifest\.json (is damaged|cannot be read)"):
        store.manifest()


def test_an_edited_manifest_is_an_error(store: Store) -> None:
    path = store.folder / "manifest.json"
    path.write_text(path.read_text().replace('"replications": 10', '"replications": 12'))
    with pytest.raises(StoreError, match="is damaged"):
        store.manifest()


def test_foreign_files_among_the_parts_are_left_alone(store: Store, manifest: dict[str, Any]) -> None:
    (store.parts / "thesis.parquet").write_text("precious")
    with pytest.raises(StoreError, match=r"not of this experiment, such as thesis\.parquet"):
        store.check(manifest, NAMES)


def test_parts_without_a_manifest_are_foreign(tmp_path: Path, manifest: dict[str, Any]) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "a.parquet").write_text("precious")
    with pytest.raises(StoreError, match=r"such as a\.parquet"):
        Store(tmp_path).check(manifest, NAMES)


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
    (store.parts / "b.parquet.123.unfinished").write_bytes(b"half a par")
    with store.writing(manifest, NAMES):
        assert sorted(os.listdir(store.parts)) == ["a.parquet", "a.sha256"]


def test_the_points_that_were_played_are_kept_whatever_a_newer_library_would_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vary = [{"parameter": "sender.ambiguity", "range": [0.0, 0.4]}]
    made = experiment(vary=vary, design="sobol", size=4)
    there = manifest_of(made)
    monkeypatch.setattr("negosim.experiment.unit_sample", lambda *_: numpy.full((4, 1), 0.5))
    assert experiment_of(there).design_points == made.design_points
    here = manifest_of(experiment(vary=vary, design="sobol", size=4))
    assert differences(there, here)[0].startswith("points.2.label: ")
