"""How a notebook shows a run, a batch of runs, the results of a sweep, and a scenario."""

from __future__ import annotations

from typing import Any

import numpy as np

from negosim.common.display import html
from negosim.common.html import card, folded, line, prose, table
from negosim.common.text import amount, counted, listed, number, percent
from negosim.common.vocabulary import Ending, Side
from negosim.engine.events import column
from negosim.engine.model import Negotiation
from negosim.engine.outcomes import Outcomes
from negosim.engine.run import standing_in_words
from negosim.engine.transcript import paragraphs
from negosim.experiment.design import shown
from negosim.report.no_talks import TITLE, derived, no_talks_head, no_talks_rows
from negosim.report.words import side_name
from negosim.results.results import Results
from negosim.scenario.parameters import Issue
from negosim.scenario.scenario import Scenario

SHOWN, AT_EITHER_END = 14, 6
"""Offers that are shown whole, and how many at both ends of a longer run."""


@html.register
def talks_card(talks: Negotiation) -> str:
    """Return a run as HTML: the offers and answers so far, where each issue stands, payoffs, and the transcript to open."""
    scenario = talks.scenario
    which = f"Run {int(talks.run.replication)} of seed {int(talks.run.seed)}: {standing_in_words(talks.run)}."
    own = [side_name(scenario, side) for side in Side if side in talks.run.own_strategies]
    parts = [line(which), *([line(f"{listed(own)} by a strategy of the user's own.")] if own else [])]
    if talks.rounds:
        parts += [_offers(talks), _issues(talks)]
    if talks.outcome is not None:
        payoffs = talks.outcome.runs["payoff"][0]
        told = ", ".join(f"{side_name(scenario, side)} {number(payoffs[side], 3)}" for side in Side)
        parts.append(line(f"Payoffs, all costs counted: {told}."))
    return card(scenario.title, *parts, folded("Transcript", prose(paragraphs(scenario, talks.events))))


def _offers(talks: Negotiation) -> str:
    """The table of offers, one row each; the middle of a long run is left out."""
    scenario, rows = talks.scenario, [_offer_row(talks, facts) for facts in talks.rounds]
    stress = ["stress"] if scenario.has_market_stress else []
    head = ["round", "day", "offer by", "answer", *(f"worth to {side_name(scenario, side)}" for side in Side), *stress]
    if len(rows) > SHOWN:
        rows = [*rows[:AT_EITHER_END], ["…"] * len(head), *rows[-AT_EITHER_END:]]
    return table(head, rows, words=4)


def _offer_row(talks: Negotiation, facts: dict[str, Any]) -> list[str]:
    scenario, date = talks.scenario, facts["date"]
    day = "" if date is None else f"{date.day} {date:%b %Y}"
    answer = {"accept": "accepted", "refuse": "refused", "walk-out": "talks left"}[facts["answer"]]
    if False in [facts[name] for name in facts if name.startswith("vote_")]:
        answer = "accepted, fails at home"
    worths = [number(facts[f"{side.label}_value"]) for side in Side]
    stress = [number(facts["stress"])] if scenario.has_market_stress else []
    return [str(facts["round"]), day, side_name(scenario, Side[facts["proposer"].upper()]), answer, *worths, *stress]


def _issues(talks: Negotiation) -> str:
    """The table of issues: today, each side's last offer, and what is settled."""
    scenario, last = talks.scenario, {facts["proposer"]: facts for facts in talks.rounds}
    head = ["issue", "unit", "today", *(f"last offer of {side_name(scenario, side)}" for side in Side)]
    settled = None if talks.outcome is None else talks.outcome.settlements[0]
    rows = []
    for place, issue in enumerate(scenario.issues):
        offers = [last.get(side.label) for side in Side]
        values = [issue.status_quo, *(None if offer is None else offer[column("offer", issue.name)] for offer in offers)]
        if settled is not None:
            values.append(scenario.real(issue.name, float(settled[place])) if np.isfinite(settled[place]) else None)
        rows.append([issue.title, issue.unit, *("" if value is None else amount(float(value)) for value in values)])
    return table([*head, *(["settled"] if settled is not None else [])], rows, words=2)


@html.register
def outcomes_card(outcomes: Outcomes) -> str:
    """Return a batch of runs as HTML: how they end, and the distribution of both payoffs and of the rounds."""
    scenario, runs = outcomes.scenario, outcomes.runs
    if not len(runs):
        return card(scenario.title, line("No runs."))
    shares = {ending: float((runs["ending"] == int(ending)).mean()) for ending in Ending}
    ends = ", ".join(f"{ending.words} {percent(share)}" for ending, share in shares.items() if share)
    named = [(f"payoff of {side_name(scenario, side)}", runs["payoff"][:, side], 3) for side in Side]
    rows = [_spread(name, values, digits) for name, values, digits in [*named, ("rounds to the end", runs["rounds"], 1)]]
    return card(
        f"{scenario.title}: {len(runs):,} runs",
        line(f"{ends}."),
        table(["", "mean", "5 %", "median", "95 %"], rows),
        line("One row a run: .frame()."),
    )


def _spread(name: str, values: Any, digits: int) -> list[str]:
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return [name, *(number(float(each), digits) for each in (np.mean(values), low, middle, high))]


MOST_ROWS = 12
"""Points that are shown; of more, the first ones."""


@html.register
def results_card(results: Results) -> str:
    """Return results as HTML: what was played, and of each point both mean payoffs, the share of deals and the rounds."""
    experiment = results.experiment
    factors = [block.parameter for block in experiment.vary]
    played = f"{len(results.points):,} points of {experiment.replications:,} runs each, in {results.out.name}"
    varied = f"; it varies {', '.join(factors)}" if factors else ""
    shown = [point.number for point in results.points[:MOST_ROWS]]
    more = len(results.points) - len(shown)
    scenario = experiment.base
    head = ["point", "", *(f"mean payoff of {side_name(scenario, side)}" for side in Side), "runs with a deal", "mean rounds"]
    parts = [line(f"{played}{varied}."), table(head, _rows(results, shown), words=2) if shown else ""]
    parts += [line(f"… and {more:,} more points.")] if more else []
    parts += [line(results.left_out)] if results.left_out else []
    methods = ".summary() for means and differences, .frame() for the runs, .query(sql), .design(), .interim()"
    return card(f"{experiment.title} ({experiment.name})", *parts, line(f"More: {methods}; figures in negosim.plots."))


def _rows(results: Results, points: list[int]) -> list[list[str]]:
    frame = results.query(
        "select point, label, avg(sender_payoff) as sender, avg(target_payoff) as target, "
        "avg(agreed::int) as agreed, avg(rounds) as rounds from runs "
        f"where point in ({', '.join(map(str, points))}) group by point, label order by point",
        points=points,
    )
    return [
        [str(row.point), row.label, f"{row.sender:.3f}", f"{row.target:.3f}", percent(row.agreed), f"{row.rounds:.1f}"]
        for row in frame.itertuples()
    ]


TACTICS = ("ambiguity", "ambiguous_voices", "commitment", "unpredictability", "volatility", "reversal", "brinkmanship")
"""The parameters of a side that make it uncertain to the other."""


@html.register
def scenario_card(scenario: Scenario) -> str:
    """Return a scenario as HTML: title and summary, the issues in their units, both sides, what no deal is worth, the clock."""
    sides = [scenario.delegation(side) for side in Side]
    head = ["issue", "unit", *(f"end of {each.short}" for each in reversed(sides)), "status quo"]
    head += [f"weight to {each.short}" for each in sides]
    talks = scenario.talks
    clock = f"{talks.protocol}, {talks.rounds} rounds, agenda {talks.agenda}"
    if scenario.calendar is not None:
        clock += f"; round 1 is {scenario.calendar.first_round}, a round has {scenario.calendar.days_per_round} days"
    refused = derived(scenario)
    without = [] if refused is None else [line(f"{TITLE}:"), table(no_talks_head(scenario), no_talks_rows(refused))]
    return card(
        f"{scenario.title} ({scenario.name})",
        line(scenario.summary),
        table(head, [_issue_row(scenario, issue) for issue in scenario.issues], words=2),
        *(line(_side_text(scenario, side)) for side in Side),
        *without,
        line(f"{clock}. {counted(len(scenario.linkage), 'link')} between issues, {counted(len(scenario.threats), 'threat')}."),
    )


def _issue_row(scenario: Scenario, issue: Issue) -> list[str]:
    numbers = [f"{value:,.6g}" for value in (issue.target_end, issue.sender_end, issue.status_quo)]
    names = [each.name for each in scenario.issues]
    place = names.index(issue.name)
    weights = [scenario.delegation(side).principal.salience.vector(names)[place] for side in Side]
    return [issue.title, issue.unit, *numbers, *(f"{weight:.2f}" for weight in weights)]


def _side_text(scenario: Scenario, side: Side) -> str:
    """Say who a side is, what it plays, and in what it is uncertain."""
    delegation = scenario.delegation(side)
    given = {name: getattr(delegation, name, 0.0) for name in TACTICS}
    tactics = ", ".join(f"{name.replace('_', ' ')} {shown(value)}" for name, value in given.items() if value)
    people = f"{counted(len(delegation.negotiators), 'negotiator')}, {counted(len(delegation.ratifiers), 'ratifier')}"
    return f"{delegation.name} ({side.label}): {delegation.strategy}; {people}; uncertain: {tactics or 'nothing'}."
