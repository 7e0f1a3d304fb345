"""Runs a second of the kernel, on one core and on two, and of Mesa's own ``batch_run`` on the same model.

The case is us-japan-2025 as it stands, where linkage, ratification and all six kinds of uncertainty are on. ``batch_run`` plays
`negosim.Negotiation` as it stands, which collects the columns of the kernel's table and those of each round; the kernel makes its
table too. Both play the same runs, none twice, and must agree on them. One core is timed in processor time
of one thread, two cores in wall-clock time of two threads against one; all take turns, and medians are given.
"""

from __future__ import annotations

import argparse
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import mesa
from processor import machine

import negosim as ns
from negosim.engine.prepare import prepare
from negosim.rules.records import Game

CHUNK = 25_000
"""Runs that a thread plays at a time, as in a sweep."""


def by_batch_run(scenario: ns.Scenario, replications: range, seed: int) -> tuple[float, list[dict[str, Any]]]:
    """Return (runs a second, rows) of Mesa's batch_run in one process."""
    given = {"scenario": [scenario], "seed": [seed], "replication": list(replications)}
    start = time.process_time()
    rows = mesa.batch_run(ns.Negotiation, given, number_processes=1, iterations=1, max_steps=10_000, display_progress=False)
    seconds = time.process_time() - start
    return len(replications) / seconds, rows


def by_kernel(scenario: ns.Scenario, game: Game, replications: int, seed: int) -> float:
    """Return runs a second of the kernel in one thread, the table of outcomes included."""
    start = time.process_time()
    ns.simulate(scenario, replications, seed=seed, game=game).table()
    return replications / (time.process_time() - start)


def by_threads(scenario: ns.Scenario, game: Game, threads: int, chunks: int, seed: int) -> float:
    """Return runs a second, by the clock on the wall, of so many threads that play ``chunks`` chunks each."""

    def play(chunk: int) -> None:
        ns.simulate(scenario, CHUNK, seed=seed, first=chunk * CHUNK, game=game).table()

    start = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(play, range(threads * chunks)))
    return threads * chunks * CHUNK / (time.perf_counter() - start)


def check_alike(scenario: ns.Scenario, game: Game, replications: range, seed: int, rows: list[dict[str, Any]]) -> None:
    """Raise ValueError unless the kernel's runs are those of batch_run."""
    frame = ns.simulate(scenario, len(replications), seed=seed, first=replications.start, game=game).frame()
    for row, ours in zip(rows, frame.to_dict("records"), strict=True):
        if any(row[name] != ours[name] and not row[name] != row[name] for name in ours):
            raise ValueError(f"run {ours['replication']} is not the same in both")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=7, help="turns of each, each with runs of its own")
    parser.add_argument("--kernel", type=int, default=50_000, help="runs of the kernel a turn")
    parser.add_argument("--mesa", type=int, default=150, help="runs of batch_run a turn")
    parser.add_argument("--chunks", type=int, default=6, help=f"chunks of {CHUNK:,} runs that each thread plays a turn")
    arguments = parser.parse_args()
    scenario = ns.Scenario.load("us-japan-2025")
    game = prepare(scenario)
    print(machine())
    by_kernel(scenario, game, 1_000, seed=0)
    by_batch_run(scenario, range(2), seed=0)
    names = ("batch_run", "kernel, one core", "one thread", "two threads")
    rates: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(1, arguments.repetitions + 1):
        replications = range(turn * arguments.mesa, (turn + 1) * arguments.mesa)
        rate, rows = by_batch_run(scenario, replications, seed=turn)
        check_alike(scenario, game, replications, turn, rows)
        rates["batch_run"].append(rate)
        rates["kernel, one core"].append(by_kernel(scenario, game, arguments.kernel, seed=100 + turn))
        rates["one thread"].append(by_threads(scenario, game, 1, arguments.chunks, seed=200 + turn))
        rates["two threads"].append(by_threads(scenario, game, 2, arguments.chunks, seed=300 + turn))
    for name, found in rates.items():
        print(f"{name}: {statistics.median(found):,.0f} runs a second (from {min(found):,.0f} to {max(found):,.0f})")
    for over, under in (("kernel, one core", "batch_run"), ("two threads", "one thread")):
        ratios = [above / below for above, below in zip(rates[over], rates[under], strict=True)]
        print(f"{over} over {under}: {statistics.median(ratios):,.2f}")
    print(machine())


if __name__ == "__main__":
    main()
