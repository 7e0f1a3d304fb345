"""The Dask engine on real clusters of processes: the same values; workers that die or differ; schedulers that are not there."""

from __future__ import annotations

import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing import resource_tracker
from pathlib import Path

import psutil
import pytest
from dask import config
from distributed import LocalCluster

import negosim.store.manifest
from negosim.store.manifest import platform_here, versions
from negosim.store.plan import planned_parts
from negosim.sweeps import dask as module
from negosim.sweeps.dask import LOOPBACK, dask
from negosim.sweeps.executors import EngineError, Finished
from negosim.sweeps.reproduce import reproduce
from negosim.sweeps.runner import sweep
from tests.unit.cli.test_commands import run
from tests.unit.clusters import ROOT, a_scheduler, started, worker
from tests.unit.jobs import Noting, Unwritable
from tests.unit.pretend import EXPERIMENT, assuming, experiment
from tests.unit.sweeps.test_runner import contents

pytestmark = pytest.mark.slow

PLAN = planned_parts(experiment())
NAMES = [part.name for part in PLAN]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The scheduler of a cluster of two processes, which gives up a part that two workers died with."""
    with (
        config.set({"distributed.scheduler.allowed-failures": 1}),
        LocalCluster(
            n_workers=2, threads_per_worker=1, host=LOOPBACK, dashboard_address=f"{LOOPBACK}:0", silence_logs=logging.CRITICAL
        ) as workers,
    ):
        yield workers.scheduler_address


@pytest.fixture
def job(tmp_path: Path) -> Noting:
    return Noting(tmp_path / "diary")


def played(news: Iterator[Finished | int]) -> dict[str, str | None]:
    """Why each part failed, None where it did not."""
    finished = [each for each in news if isinstance(each, Finished)]
    found = {each.part.name: each.failure and each.failure.why for each in finished}
    assert len(found) == len(finished), "a part came twice"
    return found


# ---- values ----


def test_the_values_are_those_of_threads_and_are_reproduced(address: str, tmp_path: Path) -> None:
    made = experiment(
        scenario=assuming(), assumed_draws=12, draw_replications=4, paths=2, replications=300, chunk=100,
        points=[{"sender.ambiguity": 0.1}, {"sender.ambiguity": 0.2}], vary=[],
    )
    told: list[int] = []
    sweep(made, tmp_path / "threads")
    sweep(made, tmp_path / "dask", engine=dask(address), progress=lambda done, *_: told.append(done))
    assert contents(tmp_path / "threads") == contents(tmp_path / "dask")
    assert told == sorted(told) and len(told) > 10
    found = reproduce(tmp_path / "threads", engine=dask(address))
    assert found.compared == found.parts and found.differing == ()


def test_the_job_goes_once_to_each_process_and_few_parts_are_in_flight(
    address: str, job: Noting, monkeypatch: pytest.MonkeyPatch
) -> None:
    most, submit = 0, module._Work._submit

    def counting(self: module._Work, *arguments: object) -> None:
        nonlocal most
        submit(self, *arguments)  # type: ignore[arg-type]
        most = max(most, len(self.flying))

    monkeypatch.setattr(module, "LEAST_IN_FLIGHT", 3)
    monkeypatch.setattr(module._Work, "_submit", counting)
    many = planned_parts(experiment(chunk=1))
    assert played(dask(address)(job, many)) == dict.fromkeys((part.name for part in many), None)
    assert most == 4  # two for each thread
    unpickled = job.who_had("unpickled")
    assert len(unpickled) == len(set(unpickled)) == 2


def test_nothing_is_started_for_no_parts(job: Noting) -> None:
    assert list(dask("tcp://nowhere:1")(job, [])) == []


# ---- workers that die ----


def test_what_a_killed_worker_was_at_is_played_by_another(address: str, tmp_path: Path) -> None:
    job = Noting(tmp_path / "diary", deadly=(NAMES[2],))
    assert played(dask(address)(job, PLAN)) == dict.fromkeys(NAMES, None)
    assert len(job.who_had(NAMES[2])) == 2


def test_a_part_that_kills_again_and_again_is_a_failure_and_those_beside_it_are_not(
    address: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    job = Noting(tmp_path / "diary", deadly=(NAMES[2],), times=99)
    found = played(dask(address)(job, PLAN))
    why = found.pop(NAMES[2])
    assert why is not None
    assert why.startswith("KilledWorker: 2 workers died while they played it and nothing else, the last at tcp://")
    assert found == dict.fromkeys(NAMES[:2] + NAMES[3:], None)
    assert len(job.who_had(NAMES[2])) == 4
    assert f"{NAMES[2]}: 2 workers died while they had it. When all else is done, it is tried alone." in caplog.messages
    suspected = {line.split(":")[0] for line in caplog.messages if "is tried alone" in line}
    begun = [name for name, _ in job.noted() if name in NAMES]
    *_, third, fourth = [place for place, name in enumerate(begun) if name == NAMES[2]]
    assert fourth == third + 1 and set(begun[third:]) <= suspected  # alone, when all others were done


def test_results_that_are_lost_before_they_are_fetched_are_played_again(
    address: str, job: Noting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FETCHING", 0.1)
    news = (each for each in dask(address)(job, PLAN) if isinstance(each, Finished))
    first = next(news)
    while len({name for name, _ in job.noted()} & set(NAMES)) < len(NAMES):
        time.sleep(0.05)
    time.sleep(0.5)
    second = next(news)  # all others are through, and are about to be fetched
    for process in set(job.who_had("unpickled")):
        os.kill(process, signal.SIGKILL)
    assert played(news) == dict.fromkeys((name for name in NAMES if name not in (first.part.name, second.part.name)), None)
    assert max(len(job.who_had(name)) for name in NAMES) > 1


# ---- workers that differ ----


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A folder with another negosim: a comment more."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "negosim", tmp_path / "other" / "negosim", ignore=ignored)
    with (tmp_path / "other" / "negosim" / "experiment" / "design.py").open("a") as file:
        file.write("# another version\n")
    return tmp_path / "other"


def test_a_worker_with_other_sources_is_refused_and_the_others_play(
    address: str, tmp_path: Path, other: Path, caplog: pytest.LogCaptureFixture
) -> None:
    job = Noting(tmp_path / "diary", seconds=0.2)
    many = planned_parts(experiment(chunk=2))
    with started(*worker(address), path=other) as process:
        while process.stderr is not None and "Registered to" not in process.stderr.readline():
            assert process.poll() is None
        assert played(dask(address)(job, many)) == dict.fromkeys((part.name for part in many), None)
    (line,) = [line for line in caplog.messages if "is refused" in line]
    assert re.fullmatch(r'The worker tcp://[\d.:]+ is refused: sources: "\w+\.\.\. there, "\w+\.\.\. here\.', line)
    assert process.pid not in job.who_had(many[0].name)


@pytest.mark.parametrize(
    ("what", "here", "differing"),
    [
        ("versions", {**versions(), "numpy": "1.26.4"}, r'versions\.numpy: "[\d.]+" there, "1\.26\.4" here\.'),
        ("platform_here", {**platform_here(), "machine": "z80"}, r'platform\.machine: "\w+" there, "z80" here\.'),
    ],
)
def test_workers_of_another_version_or_platform_are_refused(
    what: str, here: dict[str, str], differing: str, address: str, job: Noting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(negosim.store.manifest, what, lambda: here)  # here, not in the workers' processes
    with pytest.raises(EngineError, match=f"^No worker can play this sweep: .* is refused: {differing}"):
        played(dask(address)(job, PLAN))
    assert not set(NAMES) & {name for name, _ in job.noted()}


def test_when_no_worker_is_like_this_process_the_sweep_ends_with_one_sentence(job: Noting, other: Path) -> None:
    with (
        a_scheduler() as (scheduler, _),
        started(*worker(scheduler), path=other),
        pytest.raises(EngineError, match=r"^No worker can play this sweep: that at tcp://\S+ is refused: sources: .* Give the"),
    ):
        played(dask(scheduler)(job, PLAN))
    assert not job.diary.exists()


def test_what_was_kept_for_like_workers_waits_for_another_when_they_are_gone(tmp_path: Path, other: Path) -> None:
    job = Noting(tmp_path / "diary", seconds=0.3)
    with a_scheduler() as (scheduler, _), started(*worker(scheduler), path=other), started(*worker(scheduler)) as like:
        news = dask(scheduler)(job, PLAN)
        begun = [next(each for each in news if isinstance(each, Finished)).part.name for _ in range(2)]
        like.kill()
        assert isinstance(next(news), int) and isinstance(next(news), int)
        with started(*worker(scheduler)):
            assert begun + sorted(played(news)) == begun + sorted(set(NAMES) - set(begun))


def test_a_worker_that_cannot_read_a_file_is_refused_and_gets_no_more_parts(
    address: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LEAST_IN_FLIGHT", 3)
    job, many = Unwritable(tmp_path / "diary"), planned_parts(experiment(chunk=1))
    assert played(dask(address)(job, many)) == dict.fromkeys((part.name for part in many), None)
    asked = job.who_had("asked")
    assert asked.count(asked[0]) <= 4  # what was in flight when it refused
    (line,) = [line for line in caplog.messages if "is refused" in line]
    assert line.endswith(" is refused: it cannot read or write a file ([Errno 13] Permission denied: 'rules').")


def test_a_worker_without_this_engine_ends_the_sweep_with_one_sentence(job: Noting, tmp_path: Path) -> None:
    (tmp_path / "bare" / "negosim" / "sweeps").mkdir(parents=True)
    for name in ("__init__.py", "sweeps/__init__.py", "sweeps/dask.py"):
        (tmp_path / "bare" / "negosim" / name).touch()
    with (
        a_scheduler() as (scheduler, _),
        started(*worker(scheduler), path=tmp_path / "bare"),
        pytest.raises(EngineError, match=r"^A worker cannot play point-0.*'played'.* Give all workers the negosim"),
    ):
        played(dask(scheduler)(job, PLAN))


# ---- schedulers ----


@pytest.mark.parametrize("wrong", ["tcp://127.0.0.1:9", "nonsense://x", "tcp://127.0.0.1", ""])
def test_a_scheduler_that_cannot_be_reached_is_one_sentence(wrong: str, job: Noting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CONNECTING", 0.5)
    if wrong != "tcp://127.0.0.1:9":
        monkeypatch.setattr("distributed.Client", None)  # no use to try
    with pytest.raises(EngineError, match=f"^The scheduler {wrong} cannot be reached: .*Name the address that it prints"):
        played(dask(wrong)(job, PLAN))


def test_the_command_line_tells_that_in_one_line_and_the_same_sweep_goes_on(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(EXPERIMENT, encoding="utf-8")
    command = ("sweep", tmp_path / "small.toml", "--out", tmp_path / "x")
    told = run(*command, "--engine", "dask", "--scheduler", "nonsense://x")
    assert told.exit_code == 2 and told.stderr.splitlines()[-1].startswith("The scheduler nonsense://x cannot be reached: ")
    assert run(*command).exit_code == 0


def test_a_scheduler_that_is_lost_ends_the_sweep_with_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CONNECTING", 3.0)
    with a_scheduler() as (scheduler, process), started(*worker(scheduler)):
        news = dask(scheduler)(Noting(tmp_path / "diary", seconds=0.5), PLAN)
        assert isinstance(next(each for each in news if each != 0), Finished)
        process.kill()
        with pytest.raises(EngineError, match=r"^The scheduler was lost, and did not answer for 3 seconds\. Run the same sweep"):
            played(news)


def test_a_sweep_waits_for_workers_and_goes_on_with_a_scheduler_that_is_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    job = Noting(tmp_path / "diary", seconds=0.3)
    with a_scheduler() as (scheduler, process):
        news = dask(scheduler)(job, PLAN)
        assert next(news) == 0
        assert "No worker is connected to the scheduler. The sweep goes on when there is one." in caplog.messages
        with started(*worker(scheduler)):
            first = next(each for each in news if isinstance(each, Finished))
            process.kill()
            process.wait()
            with a_scheduler(int(scheduler.rpartition(":")[2])), started(*worker(scheduler)):
                assert played(news) == dict.fromkeys((name for name in NAMES if name != first.part.name), None)
    assert "The scheduler was lost, and is there again." in caplog.messages


# ---- a cluster of this machine's own ----


def test_a_cluster_of_its_own_is_reached_by_loopback_alone_and_ends_with_the_engine(tmp_path: Path) -> None:
    resource_tracker.ensure_running()  # Python's own helper, which the first process that is spawned brings, stays to the end
    before = psutil.Process().children(recursive=True)
    news = dask(workers=2)(Noting(tmp_path / "diary", seconds=30.0), PLAN)
    assert next(news) == 0
    new = [each for each in psutil.Process().children(recursive=True) if each not in before]
    family = [psutil.Process(), *new]
    listening = [each for one in family for each in one.net_connections() if each.status == psutil.CONN_LISTEN]
    assert len(listening) >= 4 and {each.laddr.ip for each in listening} == {LOOPBACK}
    start = time.monotonic()
    news.close()
    assert time.monotonic() - start < 10.0
    assert [each for each in new if each.is_running() and each.status() != psutil.STATUS_ZOMBIE] == []


def test_ctrl_c_ends_a_sweep_on_workers_and_says_how_to_go_on(tmp_path: Path) -> None:
    text = (ROOT / "tests" / "faults" / "undisturbed.py").read_text().split('"""')[3].replace("chunk = 500", "chunk = 200")
    (tmp_path / "small.toml").write_text(text.replace("= 10000", "= 100000"))
    command = [sys.executable, "-c", "from negosim.cli import app\napp()", "sweep", "small.toml", "--out", "x"]
    process = subprocess.Popen(
        [*command, "--engine", "dask", "--workers", "2"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    while len(list((tmp_path / "x").glob("parts/*.parquet"))) < 5:
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers too
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130 and "Traceback" not in said
    assert said.splitlines()[-2].startswith("Stopped after ") and "are kept in x" in said.splitlines()[-2]
    assert said.splitlines()[-1] == "negosim sweep --out x --engine dask"
    assert not list((tmp_path / "x").rglob("*.unfinished"))


def test_without_distributed_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(EngineError, match=r'^The engine dask needs the package distributed, .* the extra "dask" of negosim\.$'):
        dask()
