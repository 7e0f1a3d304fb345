"""How many runs a second the kernel plays: the best of several rounds, compilation left out."""

from __future__ import annotations

import argparse
import time

import negosim as ns


def main() -> None:
    """Time `simulate` on one scenario and print runs per second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="us-japan-2025")
    parser.add_argument("--replications", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()

    scenario = ns.Scenario.load(arguments.scenario)
    ns.simulate(scenario, replications=100, seed=1)  # compiles, or finds the compiled rules on disk
    seconds = []
    for seed in range(arguments.rounds):
        start = time.perf_counter()
        ns.simulate(scenario, replications=arguments.replications, seed=seed)
        seconds.append(time.perf_counter() - start)
    print(f"{arguments.scenario}: {arguments.replications / min(seconds):,.0f} runs a second")


if __name__ == "__main__":
    main()
