"""Runs a second of negosim and of NegMAS (Mohammad, Nakadai & Greenwald 2021) on the same game, and whether they play alike.

The game: four issues of eleven levels, additive utilities, time-dependent strategies, 100 offers, each run with a salience and a
toughness of its own on both sides (``four_issues.py``). No run is played twice. What has to be prepared for a run is timed on
both sides: NegMAS sorts the 14,641 outcomes of each side, negosim finds the frontier. Times are processor times of one thread;
the two take turns, and medians are given.

NegMAS is under the AGPL and no part of negosim: it lies in an environment of its own, ``.venv-negmas``, which this program
makes at its first use (some 800 MB).
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from four_issues import LEVELS, RESERVATION, Games, Played, drawn, scenario_tree
from processor import machine

import negosim as ns
from negosim.engine.population import simulate_each
from negosim.engine.prepare import prepare

NEGMAS = "0.16.0"
HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE.parent / ".venv-negmas"
SETTLED = int(ns.Ending.SETTLED)


def negmas_python() -> Path:
    """Return the Python of the environment in which NegMAS lies; it is made if it is not there."""
    python = ENVIRONMENT / "bin" / "python"
    pinned = f"negmas=={NEGMAS}"
    done = subprocess.run([python, "-c", "import negmas; print(negmas.__version__)"], capture_output=True, text=True) if (
        python.exists()
    ) else None
    if done is None or done.stdout.strip() != NEGMAS:
        print(f"setting up {ENVIRONMENT.name} with {pinned}, once")
        subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--quiet", pinned], check=True)
    return python


def by_negmas(games: Games, best_for_the_other: bool = False) -> Played:
    """Play some games in NegMAS, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        given, played = Path(folder) / "games.npz", Path(folder) / "played.npz"
        np.savez(given, **games._asdict())
        choice = ["--best-for-the-other"] if best_for_the_other else []
        subprocess.run([negmas_python(), HERE / "negmas_games.py", given, played, *choice], check=True)
        with np.load(played) as file:
            return Played(**file)


def by_negosim(games: Games) -> Played:
    """Play the same games in negosim."""
    scenario = ns.Scenario.build(scenario_tree())
    start = time.process_time()
    outcomes = simulate_each(scenario, games.saliences, games.toughness)
    seconds = np.array([time.process_time() - start, np.nan])
    runs = outcomes.runs
    agreed = runs["ending"] == SETTLED
    utilities = np.where(agreed[:, None], runs["utility"], RESERVATION)
    levels = np.where(agreed[:, None], np.rint(outcomes.settlements * (LEVELS - 1)), -1).astype(np.int64)
    return Played(agreed, runs["rounds"], utilities, levels, seconds)


def point_by_point(games: Games) -> float:
    """Return runs a second where each run is a design point of its own: ``vary``, ``prepare``, one run."""
    base = ns.Scenario.build(scenario_tree())
    names = [issue.name for issue in base.issues]
    start = time.process_time()
    for n, (weights, toughness) in enumerate(zip(games.saliences.tolist(), games.toughness.tolist(), strict=True)):
        changes = {f"{side.label}.principal.salience": dict(zip(names, weights[side], strict=True)) for side in ns.Side}
        changes |= {f"{side.label}.toughness": toughness[side] for side in ns.Side}
        ns.simulate(base.vary(changes), 1, first=n)
    return len(games.saliences) / (time.process_time() - start)


def one_profile(replications: int, seed: int) -> float:
    """Return runs a second with one preference profile, whose preparation is not counted, and noise in the offers."""
    noise = {f"{side.label}.offer_noise": 0.02 for side in ns.Side}
    weights = {"sender": (0.4, 0.3, 0.2, 0.1), "target": (0.1, 0.2, 0.3, 0.4)}
    base = ns.Scenario.build(scenario_tree())
    names = [issue.name for issue in base.issues]
    salience = {f"{side}.principal.salience": dict(zip(names, given, strict=True)) for side, given in weights.items()}
    scenario = base.vary(noise | salience)
    game = prepare(scenario)
    start = time.process_time()
    ns.simulate(scenario, replications, seed=seed, game=game)
    return replications / (time.process_time() - start)


def told(name: str, played: Played) -> str:
    """Return how games came out, in one line."""
    sender, target = played.utilities.mean(axis=0)
    error = played.utilities.std(axis=0, ddof=1).max() / np.sqrt(len(played.agreed))
    return (
        f"  {name}: {100 * played.agreed.mean():.1f} % agree, {played.rounds.mean():.1f} offers,"
        f" utility {sender:.3f} and {target:.3f} (s.e. {error:.3f})"
    )


def compare_outcomes(runs: int) -> None:
    """Print how the same games come out in both, and with the one rule exchanged in which they differ."""
    games = drawn(runs, block=0)
    ours, theirs, alike = by_negosim(games), by_negmas(games), by_negmas(games, best_for_the_other=True)
    print(f"the same {runs} games:")
    print(told("NegMAS, which offers of what is worth its demand what is worth least to itself", theirs))
    print(told("negosim, which offers of that what is best for the other", ours))
    print(told("NegMAS with negosim's choice", alike))
    same = (ours.levels == alike.levels).all(axis=1) & (ours.rounds == alike.rounds) & (ours.agreed == alike.agreed)
    print(f"  with that choice the same package after the same number of offers in {same.sum()} of {runs} games")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=7, help="turns of both, each with games of its own")
    parser.add_argument("--negmas", type=int, default=60, help="games of NegMAS a turn")
    parser.add_argument("--negosim", type=int, default=20_000, help="games of negosim a turn")
    parser.add_argument("--compared", type=int, default=500, help="games whose outcomes are compared")
    arguments = parser.parse_args()
    print(machine())
    by_negosim(drawn(10, block=0))
    names = ("NegMAS", "NegMAS without its preparation", "negosim", "negosim, each run a design point", "negosim, one profile")
    rates: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(1, arguments.repetitions + 1):
        theirs = by_negmas(drawn(arguments.negmas, block=2 * turn)).seconds
        ours = by_negosim(drawn(arguments.negosim, block=2 * turn + 1)).seconds
        rates["NegMAS"].append(arguments.negmas / theirs[0])
        rates["NegMAS without its preparation"].append(arguments.negmas / (theirs[0] - theirs[1]))
        rates["negosim"].append(arguments.negosim / ours[0])
        rates["negosim, each run a design point"].append(point_by_point(drawn(200, block=1000 + turn)))
        rates["negosim, one profile"].append(one_profile(arguments.negosim, seed=turn))
    for name, found in rates.items():
        print(f"{name}: {statistics.median(found):,.0f} runs a second (from {min(found):,.0f} to {max(found):,.0f})")
    ratios = [ours / theirs for ours, theirs in zip(rates["negosim"], rates["NegMAS"], strict=True)]
    print(f"negosim plays {statistics.median(ratios):,.0f} times as many runs a second as NegMAS")
    compare_outcomes(arguments.compared)
    print(machine())


if __name__ == "__main__":
    main()
