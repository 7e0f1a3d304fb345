"""How a notebook shows a run and a batch of runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from negosim.events import column
from negosim.markup import card, counted, folded, line, prose, table
from negosim.transcript import paragraphs
from negosim.transcript.wording import amount, number
from negosim.vocabulary import Ending, Side
from negosim.wording import ENDED, percent, side_name

if TYPE_CHECKING:
    from negosim.kernel import Outcomes
    from negosim.model import Negotiation

SHOWN, AT_EITHER_END = 14, 6
"""Offers that are shown whole, and how many at both ends of a longer run."""


def talks_standing(talks: Negotiation) -> str:
    """Say in a few words how far talks are.

    >>> from negosim import Negotiation, Scenario
    >>> talks_standing(Negotiation(Scenario.load("pie"), 7))
    'no round played yet, the deadline is round 10'
    """
    if talks.outcome is not None:
        return f"{ENDED[Ending(int(talks.outcome.runs['ending'][0]))]} in round {talks.round}"
    deadline = f"the deadline is round {int(talks.talks.public[0]['deadline'])}"
    return f"{counted(talks.round, 'round')} played, {deadline}" if talks.round else f"no round played yet, {deadline}"


def talks_card(talks: Negotiation) -> str:
    """Return a run as HTML: the offers and answers so far, where each issue stands, payoffs, and the transcript to open."""
    scenario = talks.scenario
    which = f"Run {int(talks.replication)} of seed {int(talks.luck_seed)}: {talks_standing(talks)}."
    own = [side_name(scenario, side) for side in Side if side in talks.own_strategies]
    parts = [line(which), *([line(f"{' and '.join(own)} by a strategy of the user's own.")] if own else [])]
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
        rows.append([issue.title, issue.unit, *("" if value is None else amount(float(value), "") for value in values)])
    return table([*head, *(["settled"] if settled is not None else [])], rows, words=2)


def outcomes_card(outcomes: Outcomes) -> str:
    """Return a batch of runs as HTML: how they end, and the distribution of both payoffs and of the rounds."""
    scenario, runs = outcomes.scenario, outcomes.runs
    if not len(runs):
        return card(scenario.title, line("No runs."))
    shares = {ending: float((runs["ending"] == int(ending)).mean()) for ending in Ending}
    ends = ", ".join(f"{ENDED[ending]} {percent(share)}" for ending, share in shares.items() if share)
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
