"""The command line of long work: going on, shards, failures, state, reproduction, and an end within seconds."""

from __future__ import annotations

import json
import logging
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import negosim.sweeps.play
import negosim.sweeps.runner
from negosim.cli import application, progress
from negosim.store.lock import gate, take
from tests.unit import pretend
from tests.unit.cli.test_commands import refusal, run

pytestmark = pytest.mark.slow

PARTS = 12


def swept(file: Path, *arguments: Any, name: str = "runs") -> Path:
    out = file.parent / name
    assert run("sweep", file, "--out", out, *arguments).exit_code == 0
    return out


# ---- going on ----


def test_a_sweep_goes_on_from_its_folder_alone(file: Path) -> None:
    out = swept(file)
    (out / "parts" / "point-0001-chunk-0002.parquet").unlink()
    file.unlink()
    result = run("sweep", "--out", out)
    assert result.exit_code == 0 and "# A small experiment" in result.stdout and "36 of 40 runs" in result.stderr
    assert len(list((out / "parts").glob("*.parquet"))) == PARTS


def test_runs_are_added_until_they_are_precise_enough_and_the_folder_remembers(file: Path) -> None:
    file.write_text(pretend.EXPERIMENT.replace("chunk = 4", "chunk = 10"), encoding="utf-8")
    asked = ("sweep", file, "--until-precision", "0.05")
    told = run(*asked, "--dry-run").stdout
    assert "runs      at least 40: 10 at each point" in told and "is no wider than ±0.05" in told and "1,000,000 at most" in told
    result = run(*asked, "--out", file.parent / "runs")
    assert result.exit_code == 0 and "at least 40 runs at 4 points" in result.stderr
    assert "With 10 runs a point the widest 95 % intervals are sender_payoff +-0.1" in result.stderr
    assert "no wider than ±0.05, for payoff (First) and payoff (Second): 1" in result.stdout
    assert run("sweep", "--out", file.parent / "runs").stdout == result.stdout
    assert "holds runs of another experiment" in refusal("sweep", file, "--out", file.parent / "runs")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sweep", "--out", "{folder}/no where"], ["--out = ", "has no sweep to go on with", "negosim sweep FILE --out '"]),
        (["sweep", "--out", "{folder}"], ["holds no results", "or the file of an experiment"]),
        (["sweep", "{file}", "--out", "{folder}/x", "--shard", "3/2"], ["shard = '3/2' is no share", "Write 2/8, say"]),
        (["sweep", "{file}", "--out", "{folder}/x", "--scheduler", "tcp://a:1"], ["--scheduler belongs to --engine dask"]),
        (["sweep", "{file}", "--out", "{folder}/x", "--until-precision", "0"], ["precision.half_width = 0.0 is out of range"]),
        (["sweep", "--out", "{folder}", "--until-precision", "1"], ["--until-precision = '1.0' belongs to a file"]),
        (["status", "{folder}"], ["holds no results. Name the folder that a sweep wrote"]),
        (["merge", "{folder}/all", "{folder}"], ["holds no results. Name folders that a sweep wrote"]),
        (["merge", "{folder}/all"], ["Missing argument 'folders'"]),
        (["reproduce", "{folder}"], ["holds no results"]),
        (["reproduce", "{folder}", "--sample", "0"], ["'--sample'", "0 is out of range. It must be at least 1."]),
    ],
)
def test_what_is_wrong_is_one_line_that_names_it_and_the_remedy(file: Path, arguments: list[str], words: list[str]) -> None:
    said = refusal(*(argument.format(file=file, folder=file.parent) for argument in arguments))
    assert all(word in said for word in words), said
    assert sorted(os.listdir(file.parent)) == ["small.toml"]


# ---- shards ----


def test_shards_are_merged_and_then_summed_up(file: Path) -> None:
    folders = [swept(file, "--shard", f"{number}/3", name=f"shard {number}") for number in (1, 2, 3)]
    result = run("sweep", file, "--out", folders[0], "--shard", "1/3")
    assert result.stdout == "" and "of these shard 1/3, into" in result.stderr
    assert f"Shard 1/3 is done. 4 of 12 parts are in {folders[0]}." in result.stderr
    assert f"negosim merge RESULTS {shlex.quote(str(folders[0]))} ..." in result.stderr
    out = file.parent / "all"
    result = run("merge", out, *folders[:2])
    assert result.exit_code == 1 and result.stdout == "" and "8 parts copied" in result.stderr
    assert "4 of 12 parts are missing, such as point-0000-chunk-0003" in result.stderr
    assert f"Play them: negosim sweep --out {out}" in result.stderr
    result = run("merge", out, folders[2])
    assert result.exit_code == 0 and "# A small experiment" in result.stdout
    whole = swept(file)
    for name in ("findings.md", "summary.csv", "summary.parquet", "findings.json"):
        assert (out / name).read_bytes() == (whole / name).read_bytes()


def test_the_last_shard_in_a_common_folder_sums_up(file: Path) -> None:
    out = swept(file, "--shard", "1/2")
    result = run("sweep", file, "--out", out, "--shard", "2/2")
    assert result.exit_code == 0 and "# A small experiment" in result.stdout and (out / "findings.md").exists()


# ---- failures ----


def test_a_failure_is_told_and_the_exit_code_says_so(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend.failing_at(monkeypatch, 0.1)
    out = file.parent / "runs"
    result = run("sweep", file, "--out", out)
    assert result.exit_code == 3 and "Traceback" not in result.stderr
    assert "Failed: point 2 (sender.ambiguity = 0.1), runs 0 to 3: ArithmeticError: wages were not found." in result.stderr
    assert "3 of 12 parts failed" in result.stderr.splitlines()[-1]
    assert "**Something failed.** Point 2 (sender.ambiguity = 0.1) is left out" in result.stdout
    lines = run("status", out).stdout.splitlines()
    assert lines[1] == "parts     9 of 12 done, 3 failed, 0 missing"
    assert "failed    point 2 (sender.ambiguity = 0.1), runs 0 to 3: ArithmeticError: wages were not found" in lines
    assert lines[-1] == f"next      negosim sweep --out {out}"
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)
    assert run("sweep", "--out", out).exit_code == 0 and "failed" not in run("status", out).stdout.split("\n", 2)[2]


def test_without_a_baseline_there_are_no_findings(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text(pretend.EXPERIMENT.replace("[0.0, 0.1, 0.2]", "[0.1, 0.2]").replace("[0.0, 0.2]", "[0.1, 0.2]"))
    pretend.failing_at(monkeypatch, 0.0)
    result = run("sweep", file, "--out", file.parent / "runs")
    assert result.exit_code == 3 and result.stdout == ""
    assert "The baseline failed: without it there is nothing to compare with" in result.stderr


def test_failures_of_shards_are_told_by_the_shard_the_last_shard_and_the_merge(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend.failing_at(monkeypatch, 0.1)
    one = run("sweep", file, "--out", file.parent / "1", "--shard", "1/2")
    assert one.exit_code == 3 and "2 of 12 parts failed" in one.stderr and "is done" not in one.stderr
    two = run("sweep", file, "--out", file.parent / "2", "--shard", "2/2")
    assert two.exit_code == 3 and "1 of 12 parts failed" in two.stderr
    merged = run("merge", file.parent / "all", file.parent / "1", file.parent / "2")
    assert merged.exit_code == 3 and "Point 2 (sender.ambiguity = 0.1) is left out" in merged.stdout
    assert run("sweep", file, "--out", file.parent / "1", "--shard", "2/2").exit_code == 3  # completes the folder
    assert (file.parent / "1" / "findings.md").exists()


# ---- state ----


def test_the_state_of_a_folder_is_told(file: Path) -> None:
    out = swept(file)
    lines = run("status", out).stdout.splitlines()
    assert lines[0] == f"A small experiment (small, pie, seed 7) in {out}"
    assert lines[1:3] == ["parts     12 of 12 done, 0 failed, 0 missing", "runs      40 of 40"]
    assert lines[3].startswith("disk      0.") and lines[-1] == f"next      negosim plot {out}"
    (out / "summary.csv").unlink()
    assert run("status", out).stdout.splitlines()[-1] == f"next      negosim sweep --out {out}"
    told = json.loads(run("status", out, "--json").stdout)
    assert told["done"] == 12 and told["next"] == f"negosim sweep --out {out}" and told["failures"] == []


def test_a_running_sweep_is_told(file: Path) -> None:
    out = swept(file, "--shard", "1/2")
    (out / "parts" / "point-0000-chunk-0001.parquet").write_bytes(b"")
    run("sweep", file, "--out", out, "--shard", "1/2")
    with gate(out):
        held = take(out, "2-of-2")
    with held:
        assert "running   shard 2-of-2, 0 runs a second" in run("status", out).stdout.splitlines()
        os.utime(out / ".lock-2-of-2", (0, 0))  # a long time ago: now the parts are counted as its work
        lines = run("status", out).stdout.splitlines()
    assert any(line.startswith("running   shard 2-of-2, 0 runs a second, ") and line.endswith(" left") for line in lines)
    assert f"set aside 1 files that were damaged or foreign, in {out}/set-aside" in lines
    assert lines[-1] == "next      wait: it is running"


def test_mixed_platforms_are_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.unit.sweeps.test_runner import elsewhere

    out = swept(file)
    elsewhere(monkeypatch)
    assert "Allow it (--allow-platform) to mix them" in refusal("sweep", file, "--out", out)
    assert run("sweep", file, "--out", out, "--allow-platform").exit_code == 0
    assert any(line.startswith("platforms mixed: ") and "aarch64" in line for line in run("status", out).stdout.splitlines())


# ---- reproduction ----


def test_a_sweep_is_reproduced(file: Path) -> None:
    out = swept(file)
    result = run("reproduce", out)
    assert result.exit_code == 0
    assert result.stdout == "12 of 12 parts played again have the same values, bit for bit.\n"
    told = json.loads(run("reproduce", out, "--sample", 3, "--json").stdout)
    assert (told["compared"], told["differing"]) == (3, [])


def test_what_does_not_come_out_the_same_is_told_and_the_exit_code_says_so(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = swept(file)
    (out / "parts" / "point-0000-chunk-0001.parquet").write_bytes(b"")
    (out / "parts" / "point-0000-chunk-0002.parquet").unlink()
    result = run("reproduce", out)
    assert result.exit_code == 1
    assert "point-0000-chunk-0001: point 0 (baseline), runs 0 to 3: damaged: its 0 bytes" in result.stdout
    assert "1 of 12 parts are missing in the folder." in result.stdout and "10 of 11 parts played again" in result.stdout
    for path in (out / "parts").glob("*.parquet"):
        path.unlink()
    assert run("reproduce", out).exit_code == 1  # nothing was compared


# ---- the end within seconds ----

PROGRAM = """
import sys, threading, time
import negosim.sweeps.play
import negosim.sweeps.runner
from negosim import cli
from tests.unit import pretend

how = sys.argv.pop(1)

def simulate(scenario, replications, seed=0, first=0, between=None):
    if first >= 4:
        print("playing\\n", end="", flush=True)  # in one piece: two threads say so
        while how == "slowly":  # slice by slice
            time.sleep(0.05)
            between(1)
        time.sleep(600)  # as compiling does
    return pretend.simulate(scenario, replications, seed, first)

negosim.sweeps.play.simulate = simulate
cli.app()
"""


@pytest.mark.parametrize(
    ("how", "number", "most"),
    [("slowly", signal.SIGINT, 6.0), ("slowly", signal.SIGTERM, 6.0), ("compiling", signal.SIGINT, 12.0)],
)
def test_an_interruption_ends_within_seconds_and_says_how_to_go_on(file: Path, how: str, number: int, most: float) -> None:
    out = file.parent / "runs"
    command = [sys.executable, "-c", PROGRAM, how, "sweep", str(file), "--out", str(out), "--workers", "2"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "playing\n"
    start = time.monotonic()
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert time.monotonic() - start < most
    assert process.returncode == 130 and "Traceback" not in said
    assert said.splitlines()[-1] == f"negosim sweep --out {out}" and "runs, which are kept in" in said.splitlines()[-2]
    assert not list(out.rglob("*.unfinished"))
    assert run("sweep", "--out", out).exit_code == 0
    assert len(list((out / "parts").glob("*.parquet"))) == PARTS


def test_an_interruption_while_rules_are_compiled_is_heard_at_once(tmp_path: Path) -> None:
    (tmp_path / "compiling.py").write_text("import time\nprint('compiling', flush=True)\ntime.sleep(600)\n")
    program = (
        "from negosim.cli.application import app, loaded, plainly\n"
        "@app.command()\ndef compile():\n    with plainly():\n        loaded('compiling')\n"
        "app(['compile'])\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None and process.stdout.readline() == "compiling\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=10)
    assert process.returncode == 130 and said == "\nStopped.\n"


def test_a_module_that_cannot_be_loaded_is_the_error_it_is() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        application.loaded("no_such_module")
    assert application.loaded("json") is json


def test_sigterm_is_taken_for_an_interruption_while_a_command_is_at_work_alone() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with application.ended_like_an_interruption():
        assert signal.getsignal(signal.SIGTERM) is signal.default_int_handler
    assert signal.getsignal(signal.SIGTERM) is before
    errors: list[BaseException] = []

    def elsewhere() -> None:
        try:
            with application.ended_like_an_interruption():
                pass
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=elsewhere)  # a thread may not set handlers
    thread.start()
    thread.join()
    assert errors == []


def test_the_log_is_told_while_a_sweep_runs_and_not_after() -> None:
    lines: list[str] = []
    log = logging.getLogger("negosim.sweeps.runner")
    with progress.log_told(lines.append):
        log.info("Comparing %s parts.", 3)
        log.debug("not this")
    log.info("nor this")
    assert lines == ["Comparing 3 parts."]
