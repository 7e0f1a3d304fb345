"""The anatomy of uncertainty: six tactics one at a time, beside closed forms; then two at a time, where there is no formula.

    python experiments/anatomy_of_uncertainty.py --out runs/anatomy

It can be stopped at any time; the same command goes on from there. The folder then holds findings.md, the figures
anatomy-textbook.png and anatomy-case.png, and the two sweeps of us-japan-2025 (alone, pairs).
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from anatomy.figure import tactics_together
from anatomy.words import Anatomy, anatomy_tables, anatomy_text

import negosim as ns
from negosim.cli import told_progress
from negosim.cli.program import Asked, Program
from negosim.results.findings import findings_of
from negosim.results.interactions import interaction_draws, interactions
from negosim.results.results import Results
from negosim.store.store import Store
from negosim.validation.tactics import WORLDS, Overlay, play

SCENARIO, SEED = "us-japan-2025", 2025
PROGRAM = Program("anatomy", __doc__ or "", ("alone", "pairs"), usual=(25_000, 256, 1_000))
TACTICS = [f"sender.{world.name}" for world in WORLDS]
STEPS = (0.0, 0.125, 0.25, 0.5, 0.75, 1.0, 1.5)
"""Levels as multiples of the upper end of what the scenario holds plausible, which is `much`; the last lies beyond it."""


def much(scenario: ns.Scenario) -> dict[str, float]:
    """The upper end of the plausible range of each tactic."""
    ranges = scenario.assumed()
    return {name: ranges[name][1] for name in TACTICS}


def alone(scenario: ns.Scenario, runs: int) -> ns.Experiment:
    """Each tactic at several levels, the other five off."""
    return ns.Experiment(
        name="anatomy-alone",
        title="Six kinds of uncertainty, one at a time",
        question="What does each tactic do where the other five are off, and where is it best for whom?",
        scenario=scenario,
        baseline=dict.fromkeys(TACTICS, 0.0),
        design="one-at-a-time",
        vary=[
            {"parameter": name, "values": [round(step * high, 6) for step in STEPS], "headline": [0.0, high]}
            for name, high in much(scenario).items()
        ],
        replications=runs,
        seed=SEED,
    )


def pairs(scenario: ns.Scenario, runs: int, draws: int, draw_runs: int) -> ns.Experiment:
    """None of the tactics, each at its upper end alone, and two at a time."""
    high = much(scenario)
    single = [{name: high[name]} for name in TACTICS]
    double = [{one: high[one], other: high[other]} for one, other in itertools.combinations(TACTICS, 2)]
    return ns.Experiment(
        name="anatomy-pairs",
        title="Six kinds of uncertainty, two at a time",
        question="How do two tactics act on each other where the other four are off?",
        scenario=scenario,
        baseline=dict.fromkeys(TACTICS, 0.0),
        points=[*single, *double],
        replications=runs,
        seed=SEED,
        assumed_draws=draws,
        draw_replications=draw_runs,
    )


def textbook(runs: int) -> list[Overlay]:
    """Every tactic in its textbook world, with a line for each."""
    played = []
    for world in WORLDS:
        played.append(play(world, runs, SEED))
        gap = 100.0 * played[-1].widest_gap
        print(f"{world.title}: {len(world.levels)} levels, within {gap:.2f} points of {world.source}.", file=sys.stderr)
    return played


def swept(experiment: ns.Experiment, out: Path) -> Results:
    """The results of a sweep, played or gone on with."""
    print(f"{experiment.title}: {experiment.runs:,} runs, {experiment.assumed_draws:,} joint draws.", file=sys.stderr)
    with told_progress() as progress:
        return ns.sweep(experiment, out, progress=progress)


def run(asked: Asked) -> str:
    """Play everything, write the findings, the figures and, into a page, the tables; return the findings."""
    scenario = ns.Scenario.load(SCENARIO)
    overlays = textbook(max(200, asked.runs // 2))
    curves = swept(alone(scenario, asked.runs), asked.out / "alone")
    doubles = swept(pairs(scenario, asked.runs, asked.draws, asked.draw_runs), asked.out / "pairs")
    print("Summing up.", file=sys.stderr)
    anatomy = Anatomy(
        overlays=overlays,
        alone=findings_of(curves, curves.summary()),
        pairs=findings_of(doubles, doubles.summary()),
        interactions=interactions(doubles),
        draws=interaction_draws(doubles),
    )
    text = anatomy_text(anatomy, scenario)
    Store(asked.out).write_beside("findings.md", text.encode())
    if asked.page is not None:
        PROGRAM.renew(asked.page, anatomy_tables(anatomy, scenario))
    drawn = {
        "anatomy-textbook.png": ns.plots.textbook_tactics(overlays),
        "anatomy-case.png": tactics_together(anatomy, scenario),
    }
    for name, axes in drawn.items():
        Store(asked.figures).write_beside(name, ns.plots.png(axes))
    print(f"Written: {asked.out / 'findings.md'}, {', '.join(str(asked.figures / name) for name in drawn)}.", file=sys.stderr)
    return text


def main(words: list[str] | None = None) -> int:
    """Read the command line and run; see `negosim.cli.program`."""
    return PROGRAM.main(run, words)


if __name__ == "__main__":
    raise SystemExit(main())
