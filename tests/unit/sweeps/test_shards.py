"""Shards: a sweep divided among processes, and merged."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

import negosim.store.manifest
import negosim.sweeps.play
from negosim.common.errors import ScenarioError, StoreError
from negosim.results.results import Results
from negosim.store.failures import PointsFailedError
from negosim.store.manifest import in_words, platform_here
from negosim.store.store import Store
from negosim.sweeps.merge import merge
from negosim.sweeps.runner import sweep, sweep_shard
from negosim.sweeps.shards import Shard
from tests.unit import pretend
from tests.unit.pretend import assuming, experiment
from tests.unit.sweeps.test_runner import ELSEWHERE, PARTS, contents, elsewhere


def test_shards_in_one_folder_make_the_sweep_and_the_last_has_the_results(tmp_path: Path, played: Any) -> None:
    found = [sweep_shard(experiment(), tmp_path / "runs", Shard(number, 3), workers=1) for number in (3, 1, 2)]
    assert found[:2] == [None, None] and found[2] is not None and len(found[2].frame()) == 30
    assert len(played) == 9 == len(set(played))
    sweep(experiment(), tmp_path / "whole")
    assert contents(tmp_path / "runs") == contents(tmp_path / "whole")


def test_a_shard_plays_its_share_alone_and_goes_on_like_a_sweep(tmp_path: Path, played: Any) -> None:
    told: list[tuple[int, int]] = []
    shard = Shard(2, 4)
    sweep_shard(experiment(), tmp_path / "runs", shard, 1, lambda done, total, *_: told.append((done, total)))
    assert sorted(contents(tmp_path / "runs")) == sorted(
        f"{name}{ending}" for name in (PARTS[1], PARTS[5]) for ending in (".parquet", ".sha256")
    )
    assert told[0] == (0, 6) and told[-1] == (6, 6)
    (tmp_path / "runs" / "parts" / f"{PARTS[5]}.parquet").unlink()
    played.clear()
    sweep_shard(experiment(), tmp_path / "runs", shard)
    assert played == [(0.1, 8)]


def test_a_shard_without_parts_is_done_at_once(tmp_path: Path, played: Any) -> None:
    assert sweep_shard(experiment(), tmp_path / "runs", Shard(12, 12)) is None
    assert played == [] and (tmp_path / "runs" / "manifest.json").exists()


def test_a_shard_tells_of_its_own_failures_alone(tmp_path: Path, played: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend.failing_at(monkeypatch, 0.1, begin=0)
    with pytest.raises(PointsFailedError, match="1 of 9 parts failed"):
        sweep_shard(experiment(), tmp_path / "runs", Shard(2, 2))  # the fourth part is the first of point 1
    results = sweep_shard(experiment(), tmp_path / "runs", Shard(1, 2))
    assert results is not None and list(results.points_left_out) == [1]


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "1/0", "a/b", "-1/2", "1/2/3", ""])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError, match=r"is no share\. Write 2/8, say"):
        Shard.read(text)


def test_shards_divide_the_parts() -> None:
    parts = list(range(17))
    for of in (1, 2, 5, 20):
        shares = [Shard.read(f"{number}/{of}").share(parts) for number in range(1, of + 1)]
        assert sorted(part for share in shares for part in share) == parts and max(map(len, shares)) - min(map(len, shares)) <= 1


# ---- merging ----


def shards(folder: Path, of: int = 3, **changes: Any) -> list[Path]:
    """The folders of all shards of a sweep."""
    for number in range(1, of + 1):
        sweep_shard(experiment(**changes), folder / str(number), Shard(number, of))
    return [folder / str(number) for number in range(1, of + 1)]


def test_merged_shards_are_the_sweep(tmp_path: Path, played: Any) -> None:
    made = {"scenario": assuming(), "assumed_draws": 25, "draw_replications": 4}
    merged = merge(tmp_path / "all", shards(tmp_path, **made))
    assert (merged.parts, merged.copied, merged.missing) == (12, 12, ())
    sweep(experiment(**made), tmp_path / "whole")
    assert contents(tmp_path / "all") == contents(tmp_path / "whole")
    assert (tmp_path / "all" / "manifest.json").read_bytes() == (tmp_path / "whole" / "manifest.json").read_bytes()
    Results(tmp_path / "all").check()


def test_a_merge_says_what_is_missing_and_goes_on(tmp_path: Path, played: Any) -> None:
    first, second, third = shards(tmp_path)
    assert merge(tmp_path / "all", [third, first]).missing == (PARTS[1], PARTS[4], PARTS[7])
    merged = merge(tmp_path / "all", [second, first])
    assert (merged.copied, merged.missing) == (3, ())
    assert merge(tmp_path / "all", [tmp_path / "all", second]).copied == 0


def test_a_merge_leaves_the_shards_as_they_are(tmp_path: Path, played: Any) -> None:
    folders = shards(tmp_path)
    before = [contents(folder) for folder in folders]
    merge(tmp_path / "all", folders)
    assert [contents(folder) for folder in folders] == before


def test_a_damaged_part_is_left_out_and_named_or_taken_from_another_folder(
    tmp_path: Path, played: Any, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = shards(tmp_path, of=2)
    path = first / "parts" / f"{PARTS[2]}.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    with caplog.at_level(logging.WARNING):
        assert merge(tmp_path / "all", [first, second]).missing == (PARTS[2],)
    assert f"{path} is left out: its" in caplog.text
    whole = sweep(experiment(), tmp_path / "whole").out
    assert merge(tmp_path / "all", [whole]).missing == ()


def test_a_damaged_part_of_the_merged_folder_is_taken_anew(
    tmp_path: Path, played: Any, caplog: pytest.LogCaptureFixture
) -> None:
    folders = shards(tmp_path)
    merge(tmp_path / "all", folders)
    before = contents(tmp_path / "all")
    (tmp_path / "all" / "parts" / f"{PARTS[2]}.parquet").write_bytes(b"precious")
    with caplog.at_level(logging.WARNING):
        assert merge(tmp_path / "all", folders).copied == 1
    assert contents(tmp_path / "all") == before
    assert (tmp_path / "all" / "set-aside" / f"{PARTS[2]}-1.parquet").read_bytes() == b"precious"


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"seed": 8}, r"experiment\.seed: 7 there, 8 here"), ({"chunk": 5}, r"experiment\.chunk: 4 there, 5 here")],
)
def test_folders_of_two_experiments_are_not_merged(tmp_path: Path, played: Any, changes: Any, words: str) -> None:
    one = sweep(experiment(), tmp_path / "one").out
    other = sweep(experiment(**changes), tmp_path / "other").out
    with pytest.raises(StoreError, match=rf"other cannot be merged with .*one: {words} \(there = .*one, here = .*other\)"):
        merge(tmp_path / "all", [one, other])
    assert not (tmp_path / "all").exists()
    with pytest.raises(StoreError, match="cannot be merged"):
        merge(one, [other])


def test_a_folder_without_results_is_not_merged(tmp_path: Path, played: Any) -> None:
    with pytest.raises(StoreError, match="nowhere holds no results"):
        merge(tmp_path / "all", [sweep(experiment(), tmp_path / "one").out, tmp_path / "nowhere"])


def test_shards_of_two_platforms_are_merged_only_if_that_is_allowed(
    tmp_path: Path, played: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep_shard(experiment(), tmp_path / "1", Shard(1, 2))
    elsewhere(monkeypatch)
    sweep_shard(experiment(), tmp_path / "2", Shard(2, 2))
    folders = [tmp_path / "1", tmp_path / "2"]
    with pytest.raises(StoreError, match=r"platform\.machine.*Allow it \(--allow-platform\) to mix them"):
        merge(tmp_path / "all", folders)
    merge(tmp_path / "all", folders, allow_platform=True)
    assert Results(tmp_path / "all").platforms == {in_words(platform_here()): 5, in_words(ELSEWHERE): 4}
    monkeypatch.undo()
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)
    one = sweep(experiment(), tmp_path / "here").out
    with pytest.raises(StoreError, match="Allow it"):
        merge(one, [tmp_path / "all"])


def test_one_part_with_two_values_is_refused(tmp_path: Path, played: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    one = sweep(experiment(), tmp_path / "one").out

    def otherwise(scenario: Any, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> Any:
        return pretend.simulate(scenario, replications, seed + 1, first)

    monkeypatch.setattr(negosim.sweeps.play, "simulate", otherwise)
    other = sweep(experiment(), tmp_path / "other").out
    with pytest.raises(StoreError, match=r"are the same part with different values.*negosim reproduce says"):
        merge(tmp_path / "all", [one, other])
    assert contents(tmp_path / "one") != contents(tmp_path / "other")


def test_failures_are_merged_unless_another_shard_has_the_part(
    tmp_path: Path, played: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend.failing_at(monkeypatch, 0.1)
    with pytest.raises(PointsFailedError):
        sweep(experiment(), tmp_path / "one")
    merged = merge(tmp_path / "all", [tmp_path / "one"])
    assert merged.missing == tuple(PARTS[3:6])
    assert [failure.part for failure in Store(tmp_path / "all").failures(PARTS)] == PARTS[3:6]
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)
    sweep(experiment(), tmp_path / "other")
    merge(tmp_path / "all", [tmp_path / "one", tmp_path / "other"])
    assert Results(tmp_path / "all").failures == []
