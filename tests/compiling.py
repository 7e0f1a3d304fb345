"""The rules compiled before several processes run the tests, so that no two of them compile the same.

Two processes share the work: one compiles the kernel and what the Mesa model calls, one what makes a scenario ready to play.
What is compiled already is loaded only, and once all is, a mark in the folder of these sources says so. A rule that only a few
tests need is still compiled by the first of them.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from negosim.rules.compiled import cache_folder

ROOT = Path(__file__).resolve().parents[1]
HALVES = ("played", "prepared")


def compile_ahead() -> None:
    """Compile both halves at once, unless that was done; a failure is left for the tests to tell."""
    mark = cache_folder() / "compiled_for_the_tests"
    if mark.exists():
        return
    started = [subprocess.Popen([sys.executable, "-m", "tests.compiling", half], cwd=ROOT) for half in HALVES]
    if not any([process.wait() for process in started]):
        mark.touch()


def played() -> None:
    """Compile the kernel, and the rules that the Mesa model calls one by one."""
    from negosim.engine import agents, kernel, model  # noqa: F401


def prepared() -> None:
    """Compile what a scenario is prepared by: every shipped one, and a world for every pair of like strategies."""
    from negosim import Scenario
    from negosim.engine.prepare import prepare
    from negosim.strategies.catalogue import NAMES
    from tests.laws.worlds import COMBINATIONS, world

    for scenario in map(Scenario.load, Scenario.names()):
        prepare(scenario)
    for cycle in range(5):
        for number in range(cycle * COMBINATIONS, (cycle + 1) * COMBINATIONS, len(NAMES) + 1):
            prepare(world(number))


if __name__ == "__main__":
    {"played": played, "prepared": prepared}[sys.argv[1]]()
