"""Faults of processes: killed, interrupted, two at once."""

from __future__ import annotations

import shutil
import signal
import time

import numpy
import psutil
import pytest

from negosim.common.errors import StoreError
from negosim.sweeps.merge import merge
from negosim.sweeps.runner import sweep, sweep_shard
from negosim.sweeps.shards import Shard
from tests.faults.undisturbed import OUT, PARTS, checksums, experiment, gone_on, negosim, process, undisturbed_parts, whole_parts
from tests.unit.clusters import a_scheduler, started, worker

SEED = 1

KILLED_AT_A_STEP = """
import os, signal, threading
steps, lock = 0, threading.Lock()

def counted(function, name):
    def step(*arguments):
        global steps
        with lock:
            steps += 1
            if steps == {step}:
                print(name, *(str(a).rpartition("/")[2] for a in arguments if not isinstance(a, int)), flush=True)
                os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments)
    return step

os.replace = counted(os.replace, "before renaming")
os.fsync = counted(os.fsync, "before synchronising")
"""
"""Kill the process at its n-th renaming or synchronising. With one thread the order of these steps is always the same."""

BEFORE_THE_MANIFEST, AFTER_THE_MANIFEST, BETWEEN_CHECKSUM_AND_PART = 3, 5, 9
"""Steps: the manifest is renamed in the third and synchronised in the fourth, the first part is renamed in the ninth."""

STEPS = 4 + 6 * PARTS


def twenty_kills() -> tuple[str, str]:
    """kill -9 at twenty moments (drawn with seed 1): ten at a random time, ten at a step on the file system, among them
    before the manifest is renamed, between the manifest and the first part, and between the checksum and the part"""
    kills = [_killed_at_a_time(number) for number in range(10)]
    shutil.rmtree("runs", ignore_errors=True)
    steps = [BEFORE_THE_MANIFEST, AFTER_THE_MANIFEST, BETWEEN_CHECKSUM_AND_PART]
    steps += [int(step) for step in numpy.random.default_rng(SEED).integers(5, STEPS, 7)]
    kills += [_killed_at_a_step(step) for step in steps]
    kept = ", ".join(str(count) for count in kills)
    return (
        f"the same command goes on; parts that were there at the kill and were kept: {kept} of {PARTS}",
        "nothing: each time all whole parts were kept, none was half-written, and the end was the same bytes as undisturbed",
    )


def one_kill_between_checksum_and_part() -> tuple[str, str]:
    """kill -9 between the checksum and the first part"""
    kept = _killed_at_a_step(BETWEEN_CHECKSUM_AND_PART)
    assert kept == 0
    return "the same command goes on", "nothing: no part was there"


def _killed_at_a_time(number: int) -> int:
    """Kill a sweep at a random time, with luck of its own, and go on; return how many parts were there."""
    delay = numpy.random.default_rng([SEED, number]).uniform(0.0, 2.0)
    while True:
        shutil.rmtree("runs", ignore_errors=True)
        victim = process()
        while not (OUT / "manifest.json").exists():
            assert victim.poll() is None, victim.communicate()
            time.sleep(0.002)
        time.sleep(delay)
        victim.send_signal(signal.SIGKILL)
        victim.communicate()
        if victim.returncode == -signal.SIGKILL:
            return _survived()
        delay /= 2.0  # it was through already


def _killed_at_a_step(step: int) -> int:
    """Kill a sweep at a step on the file system, and go on; return how many parts were there."""
    shutil.rmtree("runs", ignore_errors=True)
    victim = process("--workers", "1", before=KILLED_AT_A_STEP.format(step=step))
    told, said = victim.communicate()
    assert victim.returncode == -signal.SIGKILL, (told, said)
    kept = _survived()
    assert kept == max(0, step - 4) // 6
    return kept


def _survived() -> int:
    """Every part that has its name is whole, the sweep goes on, and nothing unfinished is left; return how many were there."""
    there = len(checksums())
    assert there == whole_parts(), "a part is there that is not whole"
    _, lines = gone_on()
    assert not lines and not list(OUT.rglob("*.unfinished"))
    return there


def an_interruption() -> tuple[str, str]:
    """Ctrl-C (SIGINT) half-way"""
    return _ended(signal.SIGINT)


def a_termination() -> tuple[str, str]:
    """SIGTERM half-way, as a cluster sends it at its time limit"""
    return _ended(signal.SIGTERM)


def _ended(number: int) -> tuple[str, str]:
    victim = process()
    while whole_parts() < 20:
        assert victim.poll() is None, victim.communicate()
        time.sleep(0.01)
    start = time.monotonic()
    victim.send_signal(number)
    _, said = victim.communicate()
    took = time.monotonic() - start
    assert victim.returncode == 130 and took < 12.0, (said, took)
    stopped = next(line for line in said.splitlines() if line.startswith("Stopped"))
    return f"exit code 130 after {took:.1f} s: {stopped} {said.splitlines()[-1]}", gone_on()[0]


def a_second_sweep_into_the_folder_of_one_that_runs() -> tuple[str, str]:
    """A second process sweeps into the same folder while the first runs"""
    first = process()
    while whole_parts() < 5:
        assert first.poll() is None, first.communicate()
        time.sleep(0.01)
    with pytest.raises(StoreError) as caught:
        sweep(experiment(), OUT)
    _, said = first.communicate()
    assert first.returncode == 0 and checksums() == undisturbed_parts(), said
    return str(caught.value), "nothing: the first goes on undisturbed"


def two_sweeps_that_begin_at_once() -> tuple[str, str]:
    """Two processes begin the same sweep into the same new folder at the same moment"""
    both = [process(), process()]
    said = [each.communicate()[1].strip().splitlines()[-1] for each in both]
    codes = [each.returncode for each in both]
    assert sorted(codes) in ([0, 2], [0, 0]) and checksums() == undisturbed_parts(), said
    return f"one plays; the other ends with exit code {max(codes)}: {said[codes.index(max(codes))]}", "nothing"


def four_shards_in_one_folder_at_once() -> tuple[str, str]:
    """Four processes play shards 1/4 to 4/4 into one folder at the same time, two of them the same"""
    all_of_them = [process("--shard", f"{number}/4") for number in (1, 2, 3, 4, 4)]
    said = [each.communicate()[1].strip().splitlines()[-1] for each in all_of_them]
    codes = sorted(each.returncode for each in all_of_them)
    assert codes in ([0, 0, 0, 0, 2], [0, 0, 0, 0, 0]) and checksums() == undisturbed_parts(), said
    refused = [line for line in said if line.startswith("Another process is playing shard 4")]
    return (refused or ["the second came when the first was through"])[0], "nothing: all 80 parts, the same bytes as undisturbed"


def a_killed_merge() -> tuple[str, str]:
    """kill -9 in the midst of negosim merge of two shards"""
    for number in (1, 2):
        sweep_shard(experiment(), f"runs/{number}", Shard(number, 2))
    victim = negosim("merge", str(OUT), "runs/1", "runs/2", before=KILLED_AT_A_STEP.format(step=STEPS // 2))
    victim.communicate()
    assert victim.returncode == -signal.SIGKILL and whole_parts() == len(checksums()) > 0
    kept = whole_parts()
    merged = merge(OUT, ["runs/1", "runs/2"])
    assert merged.copied == PARTS - kept and checksums() == undisturbed_parts()
    return "the same command goes on", f"nothing: {kept} parts kept, {merged.copied} copied, the shards as they were"


def a_killed_dask_worker() -> tuple[str, str]:
    """kill -9 of one of the two workers of a sweep with --engine dask, half-way"""
    sweeping = process("--engine", "dask", "--workers", "2")
    while whole_parts() < 20:
        assert sweeping.poll() is None, sweeping.communicate()
        time.sleep(0.01)
    family = psutil.Process(sweeping.pid).children(recursive=True)
    next(each for each in family if "spawn_main" in " ".join(each.cmdline())).kill()
    kept = whole_parts()
    _, said = sweeping.communicate()
    assert sweeping.returncode == 0 and kept < PARTS and checksums() == undisturbed_parts(), (kept, said)
    gone = next(line for line in said.splitlines() if "is gone" in line)
    return f"exit code 0: {gone}", f"nothing: {kept} parts were there, the sweep went on, the same bytes as undisturbed"


def a_killed_dask_scheduler() -> tuple[str, str]:
    """kill -9 of the scheduler of a sweep with --engine dask --scheduler, half-way"""
    with a_scheduler() as (address, scheduler), started(*worker(address)):
        sweeping = process("--engine", "dask", "--scheduler", address)
        while whole_parts() < 20:
            assert sweeping.poll() is None, sweeping.communicate()
            time.sleep(0.01)
        scheduler.kill()
        _, said = sweeping.communicate()
    assert sweeping.returncode == 2 and "Traceback" not in said, said
    return f"exit code 2: {said.splitlines()[-1]}", gone_on()[0]


FAULTS = (
    twenty_kills,
    an_interruption,
    a_termination,
    a_second_sweep_into_the_folder_of_one_that_runs,
    two_sweeps_that_begin_at_once,
    four_shards_in_one_folder_at_once,
    a_killed_merge,
    a_killed_dask_worker,
    a_killed_dask_scheduler,
)

QUICK = (one_kill_between_checksum_and_part, a_killed_dask_worker)
"""What stands for them in the tests."""
