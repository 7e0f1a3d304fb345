"""A sweep of very many runs, killed and gone on with: peak memory, time, disk, and whether it comes out the same again.

    python benchmarks/large_sweep.py                                              # five million runs
    python benchmarks/large_sweep.py --runs 100000000 --points 100 --out runs/large

The sweep is played by `negosim sweep` in processes of their own, of which the first ones are killed (kill -9) at random moments
(seed 1). In the end `negosim reproduce` plays parts again, all of them unless --sample says how many, and compares every value.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy

from negosim.experiment.experiment import Experiment
from negosim.sweeps.runner import sweep

TEXT = """
name = "large"
title = "A large sweep"
question = "How much memory, time and disk does it take?"
scenario = "{scenario}"
replications = {replications}
seed = 1

[[vary]]
parameter = "sender.ambiguity"
values = {levels}
headline = [{first}, {last}]
"""


def written(folder: Path, scenario: str, runs: int, points: int) -> Path:
    """Return the file of an experiment with so many runs at so many points, the baseline one of them."""
    levels = [round(float(level), 6) for level in numpy.linspace(0.0, 0.4, points - 1)]
    file = folder / "large.toml"
    text = TEXT.format(scenario=scenario, replications=runs // points, levels=levels, first=levels[0], last=levels[-1])
    file.write_text(text, encoding="utf-8")
    return file


def played(out: Path, *arguments: str, killed_at: float | None = None) -> tuple[float, float, int, str]:
    """Run a command of negosim; return seconds, peak resident memory in MiB, exit status and its last line.

    killed_at : the number of parts in `out` at which it is killed
    """
    command = [sys.executable, "-c", "from negosim.cli import app; app()", *arguments]
    start = time.monotonic()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, text=True)
        status = 0
        while killed_at is not None and status == 0:
            if len(list((out / "parts").glob("*.parquet"))) >= killed_at:
                process.kill()
                break
            time.sleep(0.05)
            status = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        _, code, usage = os.wait4(process.pid, 0)
        said.seek(0)
        lines = said.read().strip().splitlines() or [""]
    process.returncode = os.waitstatus_to_exitcode(code)
    unit = 1 if sys.platform == "darwin" else 1024
    return time.monotonic() - start, usage.ru_maxrss * unit / 2**20, process.returncode, lines[-1]


def measure(file: Path, out: Path, kills: int, sample: int | None) -> None:
    """Play, kill, go on, play again, and print what it took."""
    experiment = Experiment.load(file)
    parts = sum(1 for _ in range(0, experiment.replications, experiment.chunk)) * len(experiment.design_points)
    for share in sorted(numpy.random.default_rng(1).uniform(0.0, 0.95, kills)):
        seconds, peak, code, _ = played(out, "sweep", str(file), "--out", str(out), killed_at=share * parts)
        print(f"killed at {share:.0%}: {seconds:.0f} s, peak {peak:.0f} MiB, exit status {code}", flush=True)
    seconds, peak, code, _ = played(out, "sweep", "--out", str(out))
    print(f"gone on to the end, findings written: {seconds:.0f} s, peak {peak:.0f} MiB, exit status {code}", flush=True)
    size = sum(path.stat().st_size for path in (out / "parts").iterdir())
    print(f"{experiment.runs:,} runs, {parts:,} parts: {size / 1e9:.2f} GB, {size / experiment.runs:.1f} bytes a run", flush=True)
    start = time.monotonic()
    sweep(experiment, out)
    print(f"all checksums compared, as when a sweep goes on: {time.monotonic() - start:.1f} s", flush=True)
    arguments = ["reproduce", str(out), *(["--sample", str(sample)] if sample is not None else [])]
    seconds, peak, code, said = played(out, *arguments)
    print(f"played again: {said} {seconds:.0f} s, peak {peak:.0f} MiB, exit status {code}", flush=True)


def main() -> None:
    """Measure a sweep of the size that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", default="ultimatum")
    parser.add_argument("--runs", type=int, default=5_000_000)
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--sample", type=int, help="parts that are played again (all)")
    parser.add_argument("--out", type=Path, help="folder of the results, which is kept; without it they are deleted")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp()) if arguments.out is None else arguments.out
    folder.mkdir(parents=True, exist_ok=True)
    file = written(folder, arguments.scenario, arguments.runs, arguments.points)
    try:
        measure(file, folder / "results", arguments.kills, arguments.sample)
    finally:
        if arguments.out is None:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
