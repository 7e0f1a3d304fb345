"""Participation: does a side lose by talking? Joint draws of what a case assumes, against talks that are refused.

    python experiments/participation.py --out runs/participation

It can be stopped at any time; the same command goes on from there. The folder then holds findings.md, participation.csv (one row
a draw and pair of strategies) and the sweep.
"""

from __future__ import annotations

import sys

import pandas

import negosim as ns
from negosim.cli import told_progress
from negosim.cli.program import Asked, Program
from negosim.common.text import percent, signed
from negosim.common.vocabulary import Side
from negosim.experiment.overrides import Overrides
from negosim.results.participation import participation
from negosim.store.store import Store

SCENARIO, SEED = "us-japan-2025-flows", 4119
PROGRAM = Program("participation", __doc__ or "", ("sweep",), usual=(2_000, 150, 2_000))
BASE, LOOKING_AHEAD = "as it stands", ("risk-return", "subgame-perfect")
HARMLESS = "harmless talks"

ZONE, LOSS = 0.02, 0.005
"""The least zone of agreement at which nobody should lose by talking, and what counts as a loss, both in utility."""


def pairs(scenario: ns.Scenario) -> dict[str, Overrides]:
    """The strategies of both sides, by a name: as they stand, and those that look ahead, the latter in harmless talks too."""
    found: dict[str, Overrides] = {BASE: {}}
    for strategy in LOOKING_AHEAD:
        found[strategy] = {f"{side.label}.strategy": strategy for side in Side}
    return found | {f"{name}, {HARMLESS}": found[name] | harmless(scenario) for name in LOOKING_AHEAD}


def harmless(scenario: ns.Scenario) -> Overrides:
    """Talks that do no harm, between sides that are not mistaken.

    Nobody trusts the other to keep a deal for longer than it does, and nothing happens while they talk that would not have
    happened if they had refused to: no threat is carried out early, and the guarantee stays as it is.
    """
    trust: Overrides = {f"{side.label}.trust": 0.0 for side in Side} | {"target.trust_slip": 0.0}
    threats = {f"threats.{threat.key}.early_execution": 0.0 for threat in scenario.threats}
    return trust | threats | {"security.news": 0.0, "security.erosion": 0.0}


def experiment(scenario: ns.Scenario, runs: int, draws: int, draw_runs: int) -> ns.Experiment:
    """Every pair of strategies in every joint draw, with the same luck."""
    return ns.Experiment(
        name="participation",
        title="Participation",
        question="Does a side lose by talking, where there is something to agree on?",
        scenario=scenario,
        points=[overrides for overrides in pairs(scenario).values() if overrides],
        replications=runs,
        seed=SEED,
        assumed_draws=draws,
        draw_replications=draw_runs,
    )


# ---- in words ----


def summary(found: pandas.DataFrame, scenario: ns.Scenario) -> list[str]:
    """What came out, one line a pair of strategies, as a table in Markdown."""
    names = (scenario.sender.short, scenario.target.short)
    heads = (
        "strategies", "both gain", f"zone of {ZONE:g} or more", "both gain there", f"a side loses over {LOSS:g} there",
        f"worst there ({names[0]}, {names[1]})", "no zone", "deals there", f"mean gain there ({names[0]}, {names[1]})",
        f"worst there ({names[0]}, {names[1]})",
    )
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for name, rows in zip(pairs(scenario), _by_pair(found), strict=True):
        zone, none = rows[rows["zone"] >= ZONE], rows[rows["zone"] < 0.0]
        cells = (
            name, _share(_both_gain(rows)), _share(rows["zone"] >= ZONE), _share(_both_gain(zone)),
            f"{len(exceptions(rows))} of {len(zone)}", _both(zone.min()), _share(rows["zone"] < 0.0),
            _share(none["agreed"]), _both(none.mean()), _both(none.min()),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def exceptions(rows: pandas.DataFrame) -> pandas.DataFrame:
    """The draws in which a side loses by talking although there is a zone of agreement, the worst first."""
    worst = rows[["sender_gain", "target_gain"]].min(axis=1)
    lost = rows.assign(worst=worst)[(rows["zone"] >= ZONE) & (worst < -LOSS)]
    return lost.sort_values("worst")


def _by_pair(found: pandas.DataFrame) -> list[pandas.DataFrame]:
    return [rows for _, rows in found.groupby("point")]


def _both_gain(rows: pandas.DataFrame) -> pandas.Series:
    return (rows["sender_gain"] >= 0.0) & (rows["target_gain"] >= 0.0)


def _share(values: pandas.Series) -> str:
    """The mean of some shares; a dash where there are none."""
    return percent(values.mean(), 0) if len(values) else "–"


def _both(gains: pandas.Series) -> str:
    """Both sides' gains; a dash where there are none."""
    here = gains[["sender_gain", "target_gain"]]
    return "–" if here.isna().any() else ", ".join(signed(gain, 3) for gain in here)


def text(settings: ns.Experiment, found: pandas.DataFrame, error: float) -> str:
    """The findings in Markdown."""
    scenario = settings.base
    lines = [
        f"# {settings.title}", "",
        f"{settings.assumed_draws} joint draws of what {scenario.name} assumes, {settings.draw_replications:,} runs each. A gain "
        "is the mean payoff less what refused talks pay, in utility; its standard error is about "
        f"{error:.4f}. The zone of agreement is what the side that gains less gains by the best deal for it, signed in round 1, "
        "by the sides' own reckoning. In harmless talks no side trusts the other, no threat is carried out early, and the "
        "guarantee stays as it is.", "",
        *summary(found, scenario), "",
        f"## Where a side loses more than {LOSS:g} although there is a zone", "",
        f"| strategies | draw | zone | {scenario.sender.short} | {scenario.target.short} | deals |", "|---|--:|--:|--:|--:|--:|",
    ]
    for name, rows in zip(pairs(scenario), _by_pair(found), strict=True):
        for row in exceptions(rows).itertuples():
            gains = f"{signed(row.sender_gain, 3)} | {signed(row.target_gain, 3)}"
            lines.append(f"| {name} | {row.draw} | {row.zone:.3f} | {gains} | {percent(row.agreed, 0)} |")
    return "\n".join(lines) + "\n"


# ---- the command ----


def run(asked: Asked) -> str:
    """Play the draws, write findings and table; return the findings."""
    settings = experiment(ns.Scenario.load(SCENARIO), asked.runs, asked.draws, asked.draw_runs)
    print(f"{settings.title}: {settings.assumed_draws} joint draws, {settings.draw_replications:,} runs each.", file=sys.stderr)
    with told_progress() as progress:
        results = ns.sweep(settings, asked.out / "sweep", progress=progress)
    found = participation(results)
    spread = results.query("select max(s) from (select stddev(target_payoff) as s from runs group by point)").iloc[0, 0]
    told = text(settings, found, float(spread) / asked.draw_runs**0.5)
    if asked.page is not None:
        PROGRAM.renew(asked.page, "\n".join(summary(found, settings.base)))
    Store(asked.out).write_beside("findings.md", told.encode())
    Store(asked.out).write_beside("participation.csv", found.to_csv(index=False, lineterminator="\n").encode())
    print(f"Written: {asked.out / 'findings.md'}, {asked.out / 'participation.csv'}.", file=sys.stderr)
    return told


def main(words: list[str] | None = None) -> int:
    """Read the command line and run; see `negosim.cli.program`."""
    return PROGRAM.main(run, words)


if __name__ == "__main__":
    raise SystemExit(main())
