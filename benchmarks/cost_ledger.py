"""What a run of us-japan-2025 costs: how often each elementary operation is done, and what it takes by itself.

Operations are counted with the compiler off, in a process of its own that plays runs of the same prepared game in plain Python.
What one takes is timed in compiled loops over states like those of the runs. Count times time, summed up, is held against what a
run takes in all; what is left is the bookkeeping of the rounds. Look-ups and evaluations of a utility are counted apart:
runs read utilities from tables, and where the agenda is whole no utility is evaluated in a run at all.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

STEPS = {
    "opening": ("rules.opening", "open_talks"),
    "world and threats move": ("rules.moves", "move_world"),
    "sides face the alternative": ("rules.moves", "face_the_alternative"),
    "proposals under beliefs": ("strategies.risk_return", "propose"),
    "answers under beliefs": ("strategies.risk_return", "respond"),
    "demands of the path": ("strategies.time_dependent", "propose"),
    "offers put on the table": ("rules.moves", "table_offer"),
    "beliefs learn from an offer": ("rules.beliefs", "learn_from_offer"),
    "beliefs learn from an answer": ("rules.beliefs", "learn_from_answer"),
    "ends of rounds": ("rules.moves", "clock"),
    "closings": ("rules.closing", "close_with_deal"),
    "distances and records": ("kernel", "record"),
}
"""The steps that a run consists of -> (module, function) by whose calls they are counted. No two overlap."""

OPERATIONS = {
    "draws": ("rules.draws", "philox"),
    "normal quantiles": ("rules.draws", "normal"),
    "places found on a menu": ("rules.menus", "menu_position"),
    "numbers read from a menu": ("rules.menus", "read_number"),
    "sheets of the outlook": ("rules.outlook", "outlook_now"),
    "entries of the outlook": ("rules.outlook", "_entry"),
    "chances of acceptance": ("rules.beliefs", "acceptance"),
    "likelihoods of an offer": ("rules.beliefs", "offer_likelihood"),
    "shares that would answer so": ("rules.beliefs", "_accepting_share"),
    "utilities evaluated": ("rules.menus", "package_utility"),
}
"""What is done within the steps, in the same way."""

LOOKUPS = ("places found on a menu", "numbers read from a menu", "sheets of the outlook", "entries of the outlook")


# ---- counting, with the compiler off ---------------------------------------------------------------------------------


def count(file: str, runs: int) -> dict[str, float]:
    """Return how often each operation is done in a run, on average; the game is read from a file."""
    from negosim.engine import kernel
    from negosim.rules import luck
    from negosim.rules.records import Game, new_talks
    from negosim.strategies.catalogue import strategy

    warnings.simplefilter("ignore", RuntimeWarning)  # the generator's products wrap around, as they should
    luck._high_product = lambda left, right: np.uint64((int(left) * int(right)) >> 64)
    with np.load(file) as arrays:
        game = Game(**{name: arrays[name] for name in Game._fields})
        strategies = [str(arrays[side]) for side in ("sender", "target")]
    talks = new_talks(game)
    game, talks = game._make(map(_readable, game)), talks._make(map(_readable, talks))
    counts: Counter[str] = Counter()
    for each in strategies:
        strategy(each)  # loaded, so that its rules can be exchanged
    for what, (module, function) in {**STEPS, **OPERATIONS}.items():
        _count_calls(what, f"negosim.{module}", function, counts)
    rules = [each for name in strategies for each in strategy(name)]
    settlement, in_force = np.zeros(len(game.status_quo)), np.zeros(game.threats.shape[0])
    for replication in range(runs):
        ending, kept = kernel.play(game, talks, *rules, np.uint64(0), np.uint64(replication))
        kernel.record(game, talks, ending, kept, Record(np.zeros(1, kernel.RUN), 0), settlement, in_force)
    return {what: counts[what] / runs for what in (*STEPS, *OPERATIONS)}


class Record:
    """One record of a structured array, whose fields are attributes as they are in compiled code."""

    def __init__(self, array: np.ndarray, place: int) -> None:
        object.__setattr__(self, "_at", (array, place))

    def __getattr__(self, name: str) -> Any:
        array, place = self._at
        return array[name][place]

    def __setattr__(self, name: str, value: Any) -> None:
        array, place = self._at
        array[name][place] = value


class Records:
    """A structured array, of which rules read records and the shape."""

    def __init__(self, array: np.ndarray) -> None:
        self.array, self.shape = array, array.shape

    def __getitem__(self, place: int) -> Record:
        return Record(self.array, place)


def _readable(array: np.ndarray) -> Any:
    """Return an array that rules can read without the compiler."""
    return Records(array) if array.dtype.names else array


def _count_calls(what: str, module: str, name: str, counts: Counter[str]) -> None:
    """Put a function that counts in the place of a rule, wherever a module of rules holds it."""
    original = getattr(sys.modules[module], name)

    def counting(*arguments: Any) -> Any:
        counts[what] += 1
        return original(*arguments)

    for holder, loaded in list(sys.modules.items()):
        if holder.startswith("negosim"):
            for attribute, value in list(vars(loaded).items()):
                if value is original:
                    setattr(loaded, attribute, counting)


def counted(scenario: Any, game: Any, runs: int) -> dict[str, float]:
    """Return the counts of a process in which nothing is compiled."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "game.npz"
        strategies = {side: getattr(scenario, side).strategy for side in ("sender", "target")}
        np.savez(file, **game._asdict(), **{side: np.array(name) for side, name in strategies.items()})
        command = [sys.executable, __file__, "--count", str(file), "--runs", str(runs)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, "NUMBA_DISABLE_JIT": "1"})
    return dict(json.loads(done.stdout))


# ---- timing, compiled ------------------------------------------------------------------------------------------------


def unit_times(game: Any, repetitions: int) -> dict[str, float]:
    """Return the nanoseconds that each operation takes, the least of some repetitions."""
    from operations import operations

    return {what: _nanoseconds(work, repetitions) for what, work in operations(game).items()}


def _nanoseconds(work: Callable[[int], float], repetitions: int, times: int = 20_000) -> float:
    work(10)
    best = float("inf")
    for _ in range(repetitions):
        start = time.process_time()
        work(times)
        best = min(best, time.process_time() - start)
    return 1e9 * best / times


def whole_run(scenario: Any, game: Any, repetitions: int, runs: int = 20_000) -> float:
    """Return the nanoseconds that a run takes in all."""
    import negosim as ns

    ns.simulate(scenario, 100, game=game)
    best = float("inf")
    for seed in range(repetitions):
        start = time.process_time()
        ns.simulate(scenario, runs, seed=seed, game=game)
        best = min(best, time.process_time() - start)
    return 1e9 * best / runs


def main() -> None:
    """Count, time, and print the ledger."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200, help="runs over which operations are counted")
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--count", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.count:
        sys.stdout.write(json.dumps(count(arguments.count, arguments.runs)))
        return
    from processor import machine

    import negosim as ns
    from negosim.engine.kernel import without_idle_work
    from negosim.engine.prepare import prepare, strategies_of

    scenario = ns.Scenario.load("us-japan-2025")
    game = prepare(scenario)
    print(machine())
    often = counted(scenario, without_idle_work(game, strategies_of(scenario)), arguments.runs)
    takes = unit_times(game, arguments.repetitions)
    total = whole_run(scenario, game, arguments.repetitions)
    print(f"a run takes {total:,.0f} ns, {1e9 / total:,.0f} runs a second on one core; 100,000 would leave it 10,000 ns")
    for title, table in (("the steps of a run", STEPS), ("of which elementary operations", OPERATIONS)):
        print(f"{title:34s}{'a run':>10s}{'ns each':>10s}{'ns a run':>10s}{'share':>8s}")
        for what in table:
            cost = often[what] * takes[what]
            print(f"{what:34s}{often[what]:10.1f}{takes[what]:10.1f}{cost:10.0f}{cost / total:8.1%}")
        left = total - sum(often[what] * takes[what] for what in table)
        print(f"{'all else':54s}{left:10.0f}{left / total:8.1%}")
    looked_up = sum(often[what] * takes[what] for what in LOOKUPS)
    print(
        f"draws {often['draws']:.1f} x {takes['draws']:.1f} ns = {often['draws'] * takes['draws']:,.0f} ns,"
        f" look-ups {looked_up:,.0f} ns, utilities {often['utilities evaluated']:.1f} x {takes['utilities evaluated']:.0f} ns"
    )
    print(machine())


if __name__ == "__main__":
    main()
