"""The runner: the same results however the work is cut, ordered, stopped and taken up again."""

from __future__ import annotations

import hashlib
import logging
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

import negosim.store.manifest
import negosim.sweeps.play
import negosim.sweeps.runner
from negosim.common.errors import ExperimentError, StoreError
from negosim.report.write import write_report
from negosim.results.results import Results
from negosim.store.manifest import in_words, platform_here
from negosim.store.store import Store
from negosim.sweeps.runner import sweep
from tests.unit import pretend
from tests.unit.pretend import assuming, experiment

PARTS = [f"point-000{point}-chunk-000{chunk}" for point in range(3) for chunk in (1, 2, 3)]


def contents(folder: Path) -> dict[str, str]:
    """The checksums of all parts, and of the files with theirs."""
    files = [path for kind in ("parts", "draws", "paths", "checksums") for path in (folder / kind).glob("*")]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_every_point_is_played_as_often_as_asked(tmp_path: Path, played: Any) -> None:
    results = sweep(experiment(), tmp_path / "runs", workers=1)
    frame = results.frame()
    assert frame["point"].tolist() == [0] * 10 + [1] * 10 + [2] * 10
    assert frame["replication"].tolist() == list(range(10)) * 3
    assert played == [(point, first) for point in (0.0, 0.1, 0.2) for first in (0, 4, 8)]


def test_the_folder_holds_a_manifest_and_parts_that_say_their_point(tmp_path: Path, played: Any) -> None:
    sweep(experiment(), tmp_path / "runs")
    assert sorted(contents(tmp_path / "runs")) == sorted(
        f"{name}{ending}" for name in PARTS for ending in (".parquet", ".sha256")
    )
    part = pyarrow.parquet.read_table(tmp_path / "runs" / "parts" / f"{PARTS[3]}.parquet")
    assert part["point"].to_pylist() == [1] * 4 and str(part.schema.field("point").type) == "int32"


def test_an_experiment_can_be_given_by_its_file(tmp_path: Path, played: Any) -> None:
    file = tmp_path / "small.toml"
    file.write_text('name = "s"\ntitle = "S"\nquestion = "?"\nscenario = "pie"\nreplications = 3\nseed = 1\n')
    assert len(sweep(file, tmp_path / "runs").frame()) == 3
    file.write_text("name = 3")
    with pytest.raises(ExperimentError, match=r"small\.toml"):
        sweep(file, tmp_path / "runs")


def test_the_number_of_workers_changes_no_byte(tmp_path: Path, played: Any) -> None:
    sweep(experiment(), tmp_path / "one", workers=1)
    sweep(experiment(), tmp_path / "five", workers=5)
    assert contents(tmp_path / "one") == contents(tmp_path / "five")


@pytest.mark.parametrize("chunk", [1, 3, 10, 1000])
def test_the_size_of_the_chunks_changes_no_run(tmp_path: Path, played: Any, chunk: int) -> None:
    usual = sweep(experiment(), tmp_path / "usual").frame()
    other = sweep(experiment(chunk=chunk), tmp_path / "other").frame()
    assert usual.equals(other)


def test_a_finished_sweep_is_not_played_again(tmp_path: Path, played: Any) -> None:
    sweep(experiment(), tmp_path / "runs")
    played.clear()
    assert len(sweep(experiment(), tmp_path / "runs").frame()) == 30
    assert played == []


def test_a_finished_sweep_can_be_read_where_nothing_can_be_written(
    tmp_path: Path, played: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep(experiment(), tmp_path / "runs")

    def refuse(*_: Any, **__: Any) -> None:  # the tests may run as root, who may write everywhere
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert len(sweep(experiment(), tmp_path / "runs").frame()) == 30
    with pytest.raises(StoreError, match="Permission denied"):
        sweep(experiment(), tmp_path / "new")


def test_only_what_is_missing_is_played(tmp_path: Path, played: Any) -> None:
    sweep(experiment(), tmp_path / "runs")
    before = contents(tmp_path / "runs")
    played.clear()
    (tmp_path / "runs" / "parts" / f"{PARTS[4]}.parquet").unlink()
    sweep(experiment(), tmp_path / "runs")
    assert played == [(0.1, 4)]
    assert contents(tmp_path / "runs") == before


def test_a_damaged_part_is_named_and_played_again(
    tmp_path: Path, played: Any, caplog: pytest.LogCaptureFixture
) -> None:
    sweep(experiment(), tmp_path / "runs")
    before = contents(tmp_path / "runs")
    played.clear()
    path = tmp_path / "runs" / "parts" / f"{PARTS[8]}.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    with caplog.at_level(logging.WARNING):
        sweep(experiment(), tmp_path / "runs")
    assert f"{PARTS[8]}.parquet is played again: its" in caplog.text and "do not have the checksum" in caplog.text
    assert played == [(0.2, 8)]
    assert contents(tmp_path / "runs") == before
    assert (tmp_path / "runs" / "set-aside" / f"{PARTS[8]}-1.parquet").read_bytes() == path.read_bytes()[:-20]


def test_another_experiment_does_not_touch_the_folder(tmp_path: Path, played: Any) -> None:
    sweep(experiment(), tmp_path / "runs")
    before = contents(tmp_path / "runs")
    with pytest.raises(StoreError, match="another experiment"):
        sweep(experiment(seed=8), tmp_path / "runs")
    assert contents(tmp_path / "runs") == before


def test_an_interrupted_sweep_keeps_what_is_finished_and_goes_on(tmp_path: Path, played: Any) -> None:
    def stop_after_two(done: int, total: int, rate: float, left: float) -> None:
        if done >= 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match=r"Stopped after 8 of 30 runs.*Run the same sweep"):
        sweep(experiment(), tmp_path / "runs", workers=1, progress=stop_after_two)
    finished = len(played)
    assert 2 <= finished <= 4
    with pytest.raises(StoreError, match=r"lacks \d of 9 parts.*Run the same sweep"):
        Results(tmp_path / "runs")
    sweep(experiment(), tmp_path / "runs", workers=1)
    assert len(played) == 9 and len(set(played)) == 9
    sweep(experiment(), tmp_path / "whole")
    assert contents(tmp_path / "runs") == contents(tmp_path / "whole")


PROGRAM = """
import sys, time
import negosim.sweeps.play
import negosim.sweeps.runner
from tests.unit import pretend

def slow(*args, **kwargs):
    time.sleep(0.2)
    return pretend.simulate(*args, **kwargs)

negosim.sweeps.play.simulate = slow
negosim.sweeps.runner.sweep(pretend.experiment(), sys.argv[1], workers=2)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_killed_sweep_goes_on_as_if_nothing_had_happened(tmp_path: Path, played: Any) -> None:
    folder = tmp_path / "runs"
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(folder)])
    deadline = time.monotonic() + 120
    while len(list(folder.glob("parts/*.parquet"))) < 3 and time.monotonic() < deadline:
        assert process.poll() is None, "the sweep ended before it could be killed"
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    there = len(list(folder.glob("parts/*.parquet")))
    assert 3 <= there < 9
    sweep(experiment(), folder)
    assert len(played) == 9 - there
    sweep(experiment(), tmp_path / "whole")
    assert contents(folder) == contents(tmp_path / "whole")


def test_progress_ends_at_the_total_and_counts_what_was_there(tmp_path: Path, played: Any) -> None:
    told: list[tuple[int, int, float, float]] = []
    sweep(experiment(), tmp_path / "runs", workers=1, progress=lambda *news: told.append(news))
    assert [news[0] for news in told] == [0, 4, 8, 10, 14, 18, 20, 24, 28, 30]
    assert {news[1] for news in told} == {30}
    assert told[0][2] == 0.0 and math.isnan(told[0][3])
    assert all(rate > 0.0 for _, _, rate, _ in told[1:]) and told[-1][3] == 0.0

    (tmp_path / "runs" / "parts" / f"{PARTS[0]}.parquet").unlink()
    told.clear()
    sweep(experiment(), tmp_path / "runs", workers=1, progress=lambda *news: told.append(news))
    assert [news[0] for news in told] == [26, 30]


def test_no_workers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="workers = 0 lies outside"):
        sweep(experiment(), tmp_path / "runs", workers=0)


def test_joint_draws_play_the_headlines_alone_each_against_the_value_it_starts_from(
    tmp_path: Path, played: Any
) -> None:
    vary = [{"parameter": "sender.ambiguity", "values": [0.0, 0.1, 0.2, 0.3], "headline": [0.1, 0.3]}]
    made = experiment(scenario=assuming(), vary=vary, replications=4, assumed_draws=12, draw_replications=5)
    results = sweep(made, tmp_path / "runs", workers=1)
    assert played[5:] == [(level, first) for first in range(0, 60, 5) for level in (0.1, 0.3)]
    draws = results.draws()
    assert draws["draw"].tolist() == [draw for draw in range(1, 13) for _ in range(2)]
    assert draws["point"].tolist() == [2, 4] * 12 and set(draws["against"]) == {2}
    assert draws["sender_payoff_gain"].to_numpy() == pytest.approx([0.0, 0.2] * 12, abs=1e-12)


def test_each_draw_is_played_with_its_own_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, float, float]] = []

    def simulate(scenario: Any, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> Any:
        seen.append((scenario.talks.rounds, scenario.sender.toughness, scenario.sender.ambiguity))
        return pretend.simulate(scenario, replications, seed, first)

    monkeypatch.setattr(negosim.sweeps.play, "simulate", simulate)
    made = experiment(scenario=assuming(), assumed_draws=4, replications=4)
    sweep(made, tmp_path / "runs", workers=1)
    expected = [(draw[None]["talks.rounds"], draw[None]["sender.toughness"]) for draw in made.draws]
    assert seen[3:] == [(*pair, ambiguity) for pair in expected for ambiguity in (0.0, 0.1, 0.2)]


def test_the_parts_of_joint_draws_resume_like_the_others(tmp_path: Path, played: Any) -> None:
    made = experiment(scenario=assuming(), replications=4, assumed_draws=25, draw_replications=2)
    sweep(made, tmp_path / "runs", workers=3)
    before = contents(tmp_path / "runs")
    assert [name for name in sorted(before) if name.startswith("draws") and name.endswith("parquet")] == [
        f"draws-from-00{first}.parquet" for first in ("01", "11", "21")
    ]
    assert len(list((tmp_path / "runs" / "parts").iterdir())) == 3  # runs, and nothing else
    (tmp_path / "runs" / "draws" / "draws-from-0011.parquet").unlink()
    played.clear()
    assert len(sweep(made, tmp_path / "runs", workers=1).draws()) == 75
    assert len(played) == 30 and {first for _, first in played} == set(range(20, 40, 2))
    assert contents(tmp_path / "runs") == before


def test_new_words_and_reported_values_are_taken_over_and_play_nothing(tmp_path: Path, played: Any) -> None:
    sweep(experiment(), tmp_path / "runs")
    played.clear()
    before = contents(tmp_path / "runs")
    results = sweep(experiment(title="Better said", reported={"pie": 50}), tmp_path / "runs")
    assert (results.experiment.title, results.experiment.reported) == ("Better said", {"pie": 50})
    assert played == [] and contents(tmp_path / "runs") == before
    assert Results(tmp_path / "runs").experiment.title == "Better said"


def test_parts_that_were_swapped_are_named_set_aside_and_played_again(
    tmp_path: Path, played: Any, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(sweep(experiment(), tmp_path / "runs").out)
    before = contents(tmp_path / "runs")
    for file in (store.path, store.checksum):
        one, other, between = (file(name) for name in (PARTS[0], PARTS[4], "between"))
        one.rename(between), other.rename(one), between.rename(other)
    played.clear()
    with caplog.at_level(logging.WARNING):
        sweep(experiment(), tmp_path / "runs", workers=1)
    assert f"{PARTS[0]}.parquet is played again: it is {PARTS[4]} of the same experiment" in caplog.text
    assert played == [(0.0, 0), (0.1, 4)] and contents(tmp_path / "runs") == before


def test_a_whole_part_of_another_experiment_is_named_and_kept_aside(
    tmp_path: Path, played: Any, caplog: pytest.LogCaptureFixture
) -> None:
    there, other = (Store(sweep(experiment(seed=seed), tmp_path / str(seed)).out) for seed in (7, 8))
    before = contents(tmp_path / "7")
    there.keep(PARTS[2], other.content(PARTS[2]))
    with caplog.at_level(logging.WARNING):
        sweep(experiment(), tmp_path / "7")
    assert f"{PARTS[2]}.parquet is played again: it belongs to another experiment, scenario or version" in caplog.text
    assert contents(tmp_path / "7") == before
    kept = tmp_path / "7" / "set-aside" / f"{PARTS[2]}-1.parquet"
    assert kept.read_bytes() == other.content(PARTS[2])


def test_a_damaged_manifest_is_written_anew_and_no_run_is_played_again(tmp_path: Path, played: Any) -> None:
    path = sweep(experiment(), tmp_path / "runs").out / "manifest.json"
    before, whole = contents(tmp_path / "runs"), path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    played.clear()
    assert len(sweep(experiment(), tmp_path / "runs").frame()) == 30
    assert played == [] and path.read_bytes() == whole and contents(tmp_path / "runs") == before


def test_a_part_that_another_process_has_written_meanwhile_is_not_played_again(
    tmp_path: Path, played: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep(experiment(), tmp_path / "whole")
    writing = Store.writing

    def copied_in_between(store: Store, *args: Any) -> Any:
        for path in (tmp_path / "whole").glob("*/point-0001*"):
            (store.folder / path.parent.name).mkdir(parents=True, exist_ok=True)
            (store.folder / path.parent.name / path.name).write_bytes(path.read_bytes())
        (store.folder / "manifest.json").write_bytes((tmp_path / "whole" / "manifest.json").read_bytes())
        return writing(store, *args)

    monkeypatch.setattr(Store, "writing", copied_in_between)
    played.clear()
    sweep(experiment(), tmp_path / "runs", workers=1)
    assert [level for level, _ in played] == [0.0] * 3 + [0.2] * 3
    assert contents(tmp_path / "runs") == contents(tmp_path / "whole")


ELSEWHERE = {"system": "Linux", "machine": "aarch64", "library": "glibc 2.36", "instructions": "neon"}


def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be on another platform."""
    monkeypatch.setattr(negosim.sweeps.runner, "platform_here", lambda: ELSEWHERE)
    monkeypatch.setattr(negosim.store.manifest, "platform_here", lambda: ELSEWHERE)


def test_runs_of_another_platform_are_mixed_only_if_that_is_allowed_and_then_parts_and_findings_say_so(
    tmp_path: Path, played: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = in_words(platform_here())
    assert sweep(experiment(), tmp_path / "runs").platforms == {here: 9}
    for name in PARTS[5:7]:
        (tmp_path / "runs" / "parts" / f"{name}.parquet").unlink()
    elsewhere(monkeypatch)
    with pytest.raises(StoreError, match="holds runs of another platform"):
        sweep(experiment(), tmp_path / "runs")
    results = sweep(experiment(), tmp_path / "runs", allow_platform=True)
    assert results.platforms == {here: 7, in_words(ELSEWHERE): 2}
    findings, text = write_report(results)
    assert findings.platforms == (f"{here} (7 parts)", f"{in_words(ELSEWHERE)} (2 parts)")
    assert f"several platforms, whose last digits may differ: {here} (7 parts); Linux, aarch64" in text
    assert sweep(experiment(), tmp_path / "runs").platforms == results.platforms  # it is mixed now


@pytest.mark.parametrize("workers", [0, 1.5, True, "2"])
def test_workers_that_are_no_count_are_refused(tmp_path: Path, workers: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=f"workers = {workers!r}"):
        sweep(experiment(), tmp_path / "runs", workers=workers)
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("out", ["s3://bucket/x", "file:x", "http://host/x", "hf://x/y", ""])
def test_what_is_not_a_folder_here_is_refused_before_anything_is_played(out: str, played: list[Any]) -> None:
    with pytest.raises(StoreError, match=r"is an address, not a path|The path is empty"):
        sweep(experiment(), out)
    assert played == []


def test_the_home_folder_is_one_folder_for_all_who_read_and_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, played: list[Any]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    one = sweep(experiment(seed=1), "~/runs")
    other = sweep(experiment(seed=2), "./~/runs")  # a folder that is called so
    for results, place in ((one, tmp_path / "home" / "runs"), (other, tmp_path / "here" / "~" / "runs")):
        asked = results.query("select avg(sender_payoff) as mean from runs")["mean"][0]
        assert results.out == place and asked == pytest.approx(results.frame()["sender_payoff"].mean())
        assert len(list(place.glob("parts/*.parquet"))) == len(PARTS)
    assert one.frame()["sender_payoff"].mean() != other.frame()["sender_payoff"].mean()


def test_results_are_those_of_their_folder_wherever_one_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, played: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    results = sweep(experiment(), "runs")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert len(results.frame()) == 30 and results.query("select count(*) as runs from runs")["runs"][0] == 30
    write_report(results)
    assert (tmp_path / "runs" / "findings.md").exists() and not list((tmp_path / "elsewhere").iterdir())
