"""Best responses: the sender's tactics against the target's strategies. Does the target's best strategy undo the tactic?

    python experiments/best_responses.py --out runs/best-responses

It can be stopped at any time; the same command goes on from there. The folder then holds findings.md, matrix.csv, the figure
best-responses.png and the sweep.
"""

from __future__ import annotations

import math
import sys
import warnings
from typing import Any, NamedTuple

import nashpy
import numpy as np
import pandas

import negosim as ns
from negosim.cli import told_progress
from negosim.cli.program import Asked, Program
from negosim.common.text import in_points, listed, percent
from negosim.results.intervals import half_width
from negosim.results.payoff_matrix import Choices, Matrix, matrix_of, point_of, profiles
from negosim.results.results import Results
from negosim.store.store import Store
from negosim.strategies.catalogue import NAMES

SCENARIO, SEED = "us-japan-2025", 2026
PROGRAM = Program("best-responses", __doc__ or "", ("sweep",), usual=(10_000, 64, 250))
BASE, DIALS = "as it stands", ("ambiguity", "commitment", "unpredictability", "volatility", "reversal", "brinkmanship")
HOLDING_OUT = ("commitment", "bluff", "brinkmanship", "attrition")
LEFT_OUT = ("shaded-bid",)
"""Its bids are solved for sealed bids, which these talks are not."""

MEANS = "select point, avg(sender_payoff) as sender_payoff, avg(target_payoff) as target_payoff from runs group by point"

MOST_SUPPORTS = 20_000
"""Pairs of supports up to which all are tried for an equilibrium."""


class Equilibrium(NamedTuple):
    """A mixed choice of each side (shares by name, none below a thousandth) and what it pays both."""

    sender: dict[str, float]
    target: dict[str, float]
    payoffs: tuple[float, float]


class Gain(NamedTuple):
    """What a row brings the sender over BASE, with its 95 % interval and the share of joint draws with the same sign."""

    value: float
    low: float
    high: float
    held: float

    @property
    def sign(self) -> int:
        """1 or -1 where the interval leaves out 0, else 0."""
        return (self.low > 0) - (self.high < 0)

    def __str__(self) -> str:
        return f"{in_points(self.value)} ({in_points(self.low)} to {in_points(self.high)}; {percent(self.held, 0)} of the draws)"


def sender_choices(scenario: ns.Scenario) -> Choices:
    """The sender's own strategy as it stands, with each dial at its upper end, with all off; and strategies that hold out."""
    ranges, own = scenario.assumed(), {"sender.strategy": scenario.sender.strategy}
    dials = {name: {**own, f"sender.{name}": ranges[f"sender.{name}"][1]} for name in DIALS}
    off = {"all dials off": {**own, **{f"sender.{name}": 0.0 for name in DIALS}}}
    return {BASE: own, **dials, **off, **{f"{name} (strategy)": {"sender.strategy": name} for name in HOLDING_OUT}}


def target_choices() -> Choices:
    """Every strategy of the catalogue that makes sense in these talks."""
    return {name: {"target.strategy": name} for name in NAMES if name not in LEFT_OUT}


def experiment(scenario: ns.Scenario, runs: int, draws: int, draw_runs: int) -> ns.Experiment:
    """Every row against every column, with the same luck."""
    return ns.Experiment(
        name="best-responses",
        title="Tactics against strategies",
        question="Does the target's best strategy undo the tactic?",
        scenario=scenario,
        points=profiles(sender_choices(scenario), target_choices()),
        replications=runs,
        seed=SEED,
        assumed_draws=draws,
        draw_replications=draw_runs,
    )


def equilibria(game: Matrix) -> tuple[list[Equilibrium], bool]:
    """Equilibria of the choices that are not dominated, by nashpy, and whether these are all of a game that is not degenerate.

    All supports are tried where they are few; else the paths of Lemke and Howson are followed from each choice.
    """
    left = game.part(*game.undominated())
    bimatrix = nashpy.Game(left.sender, left.target)
    all_tried = math.comb(len(left.rows) + len(left.columns), len(left.rows)) <= MOST_SUPPORTS
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        found = list(bimatrix.support_enumeration() if all_tried else bimatrix.lemke_howson_enumeration())
    distinct: dict[tuple[float, ...], Equilibrium] = {}
    for x, y in found:
        if len(x) == len(left.rows) and len(y) == len(left.columns) and np.isfinite(x).all() and np.isfinite(y).all():
            shares = tuple(np.round(np.concatenate([x, y]), 6))
            payoffs = (float(x @ left.sender @ y), float(x @ left.target @ y))
            distinct[shares] = Equilibrium(_shares(left.rows, x), _shares(left.columns, y), payoffs)
    return list(distinct.values()), all_tried and not warned


def _shares(names: tuple[str, ...], weights: Any) -> dict[str, float]:
    return {name: float(weight) for name, weight in zip(names, weights, strict=True) if weight >= 0.001}


def gains(results: Results, game: Matrix, own: str) -> dict[str, tuple[Gain, Gain]]:
    """For each row: its gain over BASE against the target's own strategy, and against the best response to each of the two."""
    rows, columns = sender_choices(results.experiment.base), target_choices()
    best, drawn = dict(zip(game.rows, game.best_columns(), strict=True)), _drawn_gains(results, own)
    payoffs = results.frame(["sender_payoff"])["sender_payoff"].to_numpy().reshape(-1, results.experiment.replications)
    found = {}
    for row, values in game.gains(BASE, own).items():
        pair = []
        for k, (here, there) in enumerate(((own, own), (best[row], best[BASE]))):
            against, point = point_of(rows, columns, BASE, there), point_of(rows, columns, row, here)
            change = payoffs[point] - payoffs[against]
            mean, margin = float(change.mean()), float(half_width(change.std(ddof=1), len(change)))
            same = [math.copysign(1.0, draw[row][k]) == math.copysign(1.0, values[k]) for draw in drawn]
            pair.append(Gain(mean, mean - margin, mean + margin, float(np.mean(same))))
        found[row] = (pair[0], pair[1])
    return found


def _drawn_gains(results: Results, own: str) -> list[dict[str, tuple[float, float]]]:
    """The gains in each joint draw, in which the target's best responses are those of the draw."""
    rows, columns = sender_choices(results.experiment.base), target_choices()
    return [matrix_of(means, rows, columns).gains(BASE, own) for _, means in results.draws().groupby("draw")]


# ---- in sentences ----


def verdict(row: str, against_own: Gain, against_best: Gain, reply: str) -> str:
    """Whether the target's best strategy undoes a tactic, in sentences."""
    told = f"**{row}**: {against_own} points against the target's own strategy, {against_best} where it answers by {reply}. "
    if against_own.sign == 0:
        return told + "The runs cannot tell whether it pays against the target's own strategy."
    if against_own.sign < 0:
        return told + "There is nothing to undo: against the target's own strategy it does not pay."
    if against_best.sign < 0:
        return told + "The best response undoes the tactic and turns it against the sender."
    if against_best.sign == 0:
        return told + "The best response undoes the tactic."
    if against_best.value >= against_own.value:
        return told + "The best response takes nothing of it away."
    return told + f"The best response leaves {percent(against_best.value / against_own.value, 0)} of the gain."


def left_over(against_own: Gain, against_best: Gain) -> str:
    """What the target's best response leaves of a gain, in a word or two."""
    if against_own.sign <= 0:
        return "does not pay" if against_own.sign < 0 else "no gain that the runs can tell"
    if against_best.sign <= 0:
        return "undone" if against_best.sign == 0 else "turned against it"
    return "all" if against_best.value >= against_own.value else percent(against_best.value / against_own.value, 0)


def gains_table(found: dict[str, tuple[Gain, Gain]], game: Matrix, own: str) -> list[str]:
    """The gains of the sender as a table in Markdown."""
    best = dict(zip(game.rows, game.best_columns(), strict=True))
    return [
        f"| the sender's choice | gain against {own} | the target's best response | gain against it | what is left |",
        "|---|---|---|---|---|",
        *(f"| {row} | {pair[0]} | {best[row]} | {pair[1]} | {left_over(*pair)} |" for row, pair in found.items()),
    ]


def text(settings: ns.Experiment, found: dict[str, tuple[Gain, Gain]], game: Matrix, own: str) -> str:
    """The findings in Markdown."""
    regret, best = game.regret(BASE, own), dict(zip(game.rows, game.best_columns(), strict=True))
    paying = [row for row, (first, _) in found.items() if first.sign > 0]
    undone = [row for row in paying if found[row][1].sign <= 0]
    lines = [
        f"# {settings.title}", "",
        _preface(settings, game, own), "",
        f"Of {len(found)} choices of the sender other than the one it has, {len(paying)} pay it against the target's own "
        f"strategy; the target's best response undoes {len(undone)} of them{f': {listed(undone)}' if undone else ''}.", "",
        f"By another choice of its own the sender could gain {in_points(regret[0])} points, "
        f"the target {in_points(regret[1])}.", "",
        *(f"- {verdict(row, *pair, best[row])}" for row, pair in found.items()), "",
        "## Best responses", "",
        "| sender | the target's best response | target | over its own strategy |", "|---|---|---|---|",
        *(_best_line(game, row, best[row], own) for row in game.rows), "",
        "| target | the sender's best response | sender |", "|---|---|---|",
        *(_best_row_line(game, c, row) for c, row in zip(game.columns, game.best_rows(), strict=True)), "",
        "## Equilibrium of the matrix", "", *_equilibrium_text(game, own),
    ]
    return "\n".join(lines) + "\n"


def _preface(settings: ns.Experiment, game: Matrix, own: str) -> str:
    return (
        f"{settings.replications:,} runs of {settings.base.name} in each of {game.sender.size} cells, the same luck in all; in "
        f"points, with 95 % intervals from paired runs, and the share of {settings.assumed_draws} joint draws of the assumed "
        "numbers in which the sign is the same. Best responses are among these strategies as they are programmed, not among "
        f"all plans. A gain of the sender is over what it has as it stands: against the target's own strategy ({own}), or where "
        "the target answers both by its best response."
    )


def _best_line(game: Matrix, row: str, column: str, own: str) -> str:
    r, c = game.rows.index(row), game.columns.index(column)
    return f"| {row} | {column} | {100 * game.target[r, c]:.1f} | {in_points(game.regret(row, own)[1])} |"


def _best_row_line(game: Matrix, column: str, row: str) -> str:
    return f"| {column} | {row} | {100 * game.sender[game.rows.index(row), game.columns.index(column)]:.1f} |"


def _equilibrium_text(game: Matrix, own: str) -> list[str]:
    rows, columns = game.undominated()
    found, whole = equilibria(game)
    count = f"{len(found)} {'equilibrium' if len(found) == 1 else 'equilibria'}{'' if whole else ', perhaps not all'}"
    lines = [
        f"Not dominated by another single choice: {listed(rows)} of the sender, {listed(columns)} of the target. Among these "
        f"nashpy finds {count}.", "",
    ]
    here = game.part([BASE], [own])
    for one in found:
        more = one.payoffs[0] - float(here.sender[0, 0]), one.payoffs[1] - float(here.target[0, 0])
        lines.append(
            f"- The sender plays {_mixed(one.sender)}, the target {_mixed(one.target)}: {100 * one.payoffs[0]:.1f} and "
            f"{100 * one.payoffs[1]:.1f} points, {in_points(more[0])} and {in_points(more[1])} against the pair as it stands."
        )
    return lines


def _mixed(shares: dict[str, float]) -> str:
    return listed([name if share > 0.999 else f"{name} {percent(share, 0)}" for name, share in shares.items()])


# ---- the command ----


def run(asked: Asked) -> str:
    """Play the matrix, write findings, figure and tables; return the findings."""
    settings = experiment(ns.Scenario.load(SCENARIO), asked.runs, asked.draws, asked.draw_runs)
    print(f"{settings.title}: {settings.runs:,} runs, {settings.assumed_draws} joint draws.", file=sys.stderr)
    with told_progress() as progress:
        results = ns.sweep(settings, asked.out / "sweep", progress=progress)
    means = results.query(MEANS)
    game, own = matrix_of(means, sender_choices(settings.base), target_choices()), settings.base.target.strategy
    found = gains(results, game, own)
    told = text(settings, found, game, own)
    table = pandas.DataFrame(
        [
            {"sender": row, "target": column, "sender_payoff": game.sender[r, c], "target_payoff": game.target[r, c]}
            for r, row in enumerate(game.rows)
            for c, column in enumerate(game.columns)
        ]
    )
    if asked.page is not None:
        PROGRAM.renew(asked.page, "\n".join(gains_table(found, game, own)))
    picture = ns.plots.png(ns.plots.payoff_matrix(game, settings.base, BASE, own))
    Store(asked.out).write_beside("findings.md", told.encode())
    Store(asked.out).write_beside("matrix.csv", table.to_csv(index=False, lineterminator="\n").encode())
    Store(asked.figures).write_beside("best-responses.png", picture)
    written = (asked.out / "findings.md", asked.out / "matrix.csv", asked.figures / "best-responses.png")
    print(f"Written: {', '.join(map(str, written))}.", file=sys.stderr)
    return told


def main(words: list[str] | None = None) -> int:
    """Read the command line and run; see `negosim.cli.program`."""
    return PROGRAM.main(run, words)


if __name__ == "__main__":
    raise SystemExit(main())
