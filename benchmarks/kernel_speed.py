"""How fast the kernel plays, how much faster than the Mesa model, and how long the first use takes.

The case is us-japan-2025, where linkage, ratification and all six kinds of uncertainty are on. Two sides that hold beliefs soon
agree, so that their runs are short; as the scenario stands one side holds beliefs and most runs last to the deadline. Runs a
second are counted in processor time of one thread, the best of several repetitions.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time

import negosim as ns
from negosim.engine.prepare import prepare

IMPORT = "import negosim"
FIRST_PLAY = "import negosim as ns; ns.Negotiation(ns.Scenario.load('us-japan-2025'), seed=7).play().transcript()"
FIRST_BATCH = "import negosim as ns; ns.simulate(ns.Scenario.load('us-japan-2025'), 1_000)"


def rate(scenario: ns.Scenario, replications: int, repetitions: int) -> tuple[float, float]:
    """Return (runs a second of the kernel, preparation apart; mean rounds of a run)."""
    game = prepare(scenario)
    rounds = ns.simulate(scenario, replications=1_000, game=game).runs["rounds"].mean()
    seconds = []
    for seed in range(repetitions):
        start = time.process_time()
        ns.simulate(scenario, replications=replications, seed=seed, game=game)
        seconds.append(time.process_time() - start)
    return replications / min(seconds), float(rounds)


def mesa_rate(scenario: ns.Scenario, replications: int) -> float:
    """Return the runs a second of the Mesa model on the first of the same runs."""
    ns.Negotiation(scenario).play()
    start = time.process_time()
    for replication in range(replications):
        ns.Negotiation(scenario, seed=0, replication=replication).play()
    return replications / (time.process_time() - start)


def in_turn(scenarios: dict[str, ns.Scenario], replications: int, repetitions: int) -> dict[str, float]:
    """Return the runs a second of each scenario, measured in turn, so that what slows the machine slows all of them."""
    games, seconds = {name: prepare(scenario) for name, scenario in scenarios.items()}, dict.fromkeys(scenarios, float("inf"))
    for seed in range(repetitions):
        for name, scenario in scenarios.items():
            start = time.process_time()
            ns.simulate(scenario, replications=replications, seed=seed, game=games[name])
            seconds[name] = min(seconds[name], time.process_time() - start)
    return {name: replications / best for name, best in seconds.items()}


def preparation(scenario: ns.Scenario, repetitions: int = 20) -> tuple[float, float]:
    """Return the seconds it takes to prepare a scenario with new preferences, and with preferences seen before."""
    new, known = [], []
    for n in range(repetitions):
        other = scenario.vary({"sender.linkage": 0.2 + 0.001 * n})
        start = time.process_time()
        prepare(other)
        new.append(time.process_time() - start)
        start = time.process_time()
        prepare(other.vary({"sender.brinkmanship": 0.02}))
        known.append(time.process_time() - start)
    return min(new), min(known)


def seconds_of(code: str, cache: str) -> float:
    """Return the wall-clock seconds of a new Python process that runs the code."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "NEGOSIM_CACHE_DIR": cache})
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=50_000)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--mesa", type=int, default=100, help="runs of the Mesa model")
    arguments = parser.parse_args()

    default = ns.Scenario.load("us-japan-2025")
    both = default.vary({"sender.strategy": "risk-return"})
    cases = {
        "risk-return on both sides": both,
        "as the scenario stands (sender time-dependent)": default,
        "time-dependent on both sides": default.vary({"target.strategy": "time-dependent"}),
    }
    for name, scenario in cases.items():
        kernel, rounds = rate(scenario, arguments.replications, arguments.repetitions)
        mesa = mesa_rate(scenario, arguments.mesa)
        print(f"{name}, {rounds:.1f} rounds a run: {kernel:,.0f} runs a second on one core")
        print(f"  the Mesa model: {mesa:,.0f} runs a second; the kernel is {kernel / mesa:,.0f} times as fast")
    forms = {"lumps": default, "flows": ns.Scenario.load("us-japan-2025-flows")}
    rates = in_turn(forms, arguments.replications, arguments.repetitions)
    for form, scenario in forms.items():
        new, known = preparation(scenario)
        print(f"payoffs as {form}: {rates[form]:,.0f} runs a second, {rates[form] / rates['lumps']:.0%} of those with lumps")
        print(f"  preparing a scenario: {1000 * new:.0f} ms with new preferences, {1000 * known:.0f} ms with those seen before")
    with tempfile.TemporaryDirectory() as cache:
        print(f"first play ever, compiling: {seconds_of(FIRST_PLAY, cache):.1f} s")
        print(f"first batch ever, compiling what is left: {seconds_of(FIRST_BATCH, cache):.1f} s")
        print(f"first play of a later process: {seconds_of(FIRST_PLAY, cache):.1f} s")
        print(f"first batch of a later process: {seconds_of(FIRST_BATCH, cache):.1f} s")
        print(f"starting Python and importing negosim: {min(seconds_of(IMPORT, cache) for _ in range(5)):.2f} s")


if __name__ == "__main__":
    main()
