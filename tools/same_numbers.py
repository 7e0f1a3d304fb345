"""A record of what negosim computes, to be held against that of another version: the same values, whatever their names.

    python -m tools.same_numbers runs/numbers

The record has six parts: the runs of every shipped scenario, those of random worlds, the numbers of the textbook, the summaries
of the sweeps in experiments/, the findings of its programs, and the numbers in transcripts. For each it prints a hash, and in
the folder it keeps what the hash is of, so that two folders can be compared file by file. A change that is to change no number
is made between two records; the whole takes some four minutes.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib
import io
import math
import re
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

import negosim as ns
from tests.laws.worlds import world

ROOT = Path(__file__).resolve().parents[1]
RUNS, WORLDS, RUNS_OF_A_WORLD, SEEDS = 200_000, 400, 500, 20
NUMBER = re.compile(r"\d[\d.,]*\d|\d")


def runs_of(outcomes: object) -> str:
    """The hash of the outcomes of a batch: every field of every run, the settlements, and the threats left in force."""
    digest = hashlib.sha256()
    arrays = [outcomes.runs[name] for name in outcomes.runs.dtype.names]
    for array in (*arrays, outcomes.settlements, outcomes.in_force):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def shipped_scenarios() -> Iterable[str]:
    """A line for each shipped scenario: RUNS runs of it."""
    for name in sorted(ns.Scenario.names()):
        yield f"{name} {runs_of(ns.simulate(ns.Scenario.load(name), RUNS, seed=12))}"


def random_worlds() -> Iterable[str]:
    """A line for each of WORLDS random worlds of the laws, spread over all pairs of strategies: RUNS_OF_A_WORLD runs of it."""
    for number in range(0, 3 * WORLDS, 3):
        yield f"{number} {runs_of(ns.simulate(world(number), RUNS_OF_A_WORLD, seed=number))}"


def textbook() -> Iterable[str]:
    """A line for each number of `negosim check`: every number that its row has, but for the seconds that it took."""
    for row in ns.check().rows:
        yield " ".join(numbers(replace(row, seconds=0.0).__dict__.values()))


def sweeps() -> Iterable[str]:
    """The rows of the summary of each sweep of experiments/, made small; names and their order do not count."""
    for path in sorted((ROOT / "experiments").glob("*.toml")):
        small = {"replications": 40, "assumed_draws": 0, "chunk": 25_000}
        asked = ns.Experiment.load(path)
        if asked.size is not None:
            small["size"] = 8
        if asked.assumed_draws:
            small |= {"assumed_draws": 2, "draw_replications": 10}
        with tempfile.TemporaryDirectory() as folder:
            results = ns.sweep(ns.Experiment.load(path, **small), folder)
            yield from (f"{path.stem} {row}" for row in sorted(table(results.summary())))
            if small["assumed_draws"]:
                yield from (f"{path.stem} draw {row}" for row in sorted(table(results.draws())))


def programs() -> Iterable[str]:
    """The numbers in the findings of each program of experiments/, made small; their order does not count."""
    sys.path.insert(0, str(ROOT / "experiments"))
    for name in ("anatomy_of_uncertainty", "best_responses", "participation"):
        module = importlib.import_module(name)
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as told:
            status = module.main(["--out", folder, "--runs", "60", "--draws", "2", "--draw-runs", "20"])
        assert status == 0, name
        yield f"{name} {' '.join(sorted(NUMBER.findall(told.getvalue())))}"


def transcripts() -> Iterable[str]:
    """The numbers in the transcripts of SEEDS runs of each shipped scenario."""
    for name in sorted(ns.Scenario.names()):
        for seed in range(SEEDS):
            told = ns.Negotiation(ns.Scenario.load(name), seed=seed).play().transcript()
            yield f"{name} {seed} {' '.join(NUMBER.findall(told))}"


def table(frame: object) -> Iterable[str]:
    """Each row of a table: its numbers, in an order that does not hang on the columns' names."""
    for row in frame.select_dtypes("number").to_numpy():
        yield " ".join(sorted(numbers(row.tolist())))


def numbers(values: Iterable[object]) -> list[str]:
    """Those of some values that are numbers, to the last digit."""
    found = (float(value) for value in values if isinstance(value, int | float | np.number) and not isinstance(value, bool))
    return ["nan" if math.isnan(value) else value.hex() for value in found]


PARTS: dict[str, Callable[[], Iterable[str]]] = {
    "scenarios": shipped_scenarios,
    "worlds": random_worlds,
    "textbook": textbook,
    "sweeps": sweeps,
    "programs": programs,
    "transcripts": transcripts,
}


def main(words: list[str] | None = None) -> int:
    """Write the parts into a folder and print a hash for each, and one for all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the parts are kept")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="only these")
    given = parser.parse_args(words)
    given.folder.mkdir(parents=True, exist_ok=True)
    whole = hashlib.sha256()
    for name in given.parts:
        text = "\n".join(PARTS[name]()) + "\n"
        (given.folder / f"{name}.txt").write_text(text, encoding="utf-8")
        part = hashlib.sha256(text.encode()).hexdigest()
        whole.update(part.encode())
        print(f"{name:12} {text.count(chr(10)):6} lines  {part[:16]}", flush=True)
    print(f"{'all':12}               {whole.hexdigest()[:16]}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
