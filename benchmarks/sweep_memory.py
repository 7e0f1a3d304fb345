"""Peak memory of a sweep and of its summary, for some runs and for eight times as many: it should hardly grow.

Each size is played in a process of its own, whose peak resident memory is read when it is done.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile

from negosim.experiment.experiment import Experiment
from negosim.report.write import write_report
from negosim.results.results import Results
from negosim.sweeps.runner import sweep

TIMES = 8


def peak() -> float:
    """Return the peak resident memory of this process so far, in MiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def measure(scenario: str, replications: int, stage: str, folder: str) -> None:
    """Sweep a point and the baseline into the folder, or sum up the runs there, and print the peak."""
    if stage == "report":
        write_report(Results(folder))
    else:
        vary = [{"parameter": "sender.ambiguity", "values": [0.0]}]
        fields = {"name": "memory", "title": "Memory", "question": "How much?", "scenario": scenario, "vary": vary}
        sweep(Experiment(**fields, replications=replications, seed=1), folder)
    print(f"{peak():.0f}")


def measured(scenario: str, replications: int, stage: str, folder: str) -> int:
    """Return the peak of `measure` in a process of its own."""
    command = [sys.executable, __file__, "--scenario", scenario, "--replications", str(replications)]
    done = subprocess.run([*command, "--stage", stage, "--folder", folder], stdout=subprocess.PIPE, text=True, check=True)
    return int(done.stdout)


def main() -> None:
    """Print the peaks of both sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="us-japan-2025")
    parser.add_argument("--replications", type=int, default=100_000)
    parser.add_argument("--stage", choices=["sweep", "report"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.stage:
        measure(arguments.scenario, arguments.replications, arguments.stage, arguments.folder)
        return
    for times in (1, TIMES):
        replications = times * arguments.replications
        with tempfile.TemporaryDirectory() as folder:
            peaks = {
                stage: measured(arguments.scenario, replications, stage, folder) for stage in ("sweep", "report")
            }
        told = ", ".join(f"{stage} {mebibytes} MiB" for stage, mebibytes in peaks.items())
        print(f"{arguments.scenario}, {2 * replications:,} runs: peak resident memory {told}")


if __name__ == "__main__":
    main()
