"""The forms of a transcript: plain text, and Markdown; and what is folded in a long one.

Rounds in which nothing but offers and refusals happened are summed up in one paragraph, which in Markdown opens to show them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

from negosim.common.markdown import escaped
from negosim.common.text import apart, capital, day_of, listed, number
from negosim.common.vocabulary import Side
from negosim.engine.events import Event, column
from negosim.engine.transcript.narrator import Narrator
from negosim.scenario.scenario import Scenario

LONG = 12
"""Rounds from which on a run is long."""

KEPT, LEAST = 3, 3
"""Rounds that are told at both ends of a long run, and the least that are worth folding."""


def narrate(scenario: Scenario, events: Sequence[Event], form: str = "text", fold: bool = True) -> str:
    """Return the events of a run as text: a title, the opening, a paragraph a round, and the end.

    ValueError for a form that is neither "text" nor "markdown".
    """
    if form not in ("text", "markdown"):
        raise ValueError(f'form = {form!r} is none. Write form = "text" or form = "markdown".')
    narrator, markdown, texts = Narrator(scenario), form == "markdown", []
    for stretch in _stretches(scenario, events) if fold else [[event] for event in events]:
        told = [narrator.tell(event) for event in stretch]
        shown = [_as_markdown(event, text) for event, text in zip(stretch, told, strict=True)] if markdown else told
        if len(stretch) > 1:
            summary = _summed_up(scenario, narrator, stretch)
            narrator.forget_offers()
            opened = ["<details>", f"<summary>{escape(summary, quote=False)}</summary>", *shown, "</details>"]
            shown = opened if markdown else [summary]
        texts += shown
    return "\n\n".join([f"# {escaped(scenario.title)}" if markdown else scenario.title, *texts])


def paragraphs(scenario: Scenario, events: Iterable[Event]) -> list[str]:
    """Return the paragraph of each event, none folded."""
    narrator = Narrator(scenario)
    return [narrator.tell(event) for event in events]


# ---- folding


def _stretches(scenario: Scenario, events: Sequence[Event]) -> list[list[Event]]:
    """Return the events in groups: rounds to fold together, and every other event alone."""
    rounds = sorted({event.facts["round"] for event in events if event.kind == "round"})
    inner = set(rounds[KEPT:-KEPT]) if len(rounds) > LONG else set()
    groups: list[list[Event]] = []
    foldable: list[bool] = []
    for last, event in zip([None, *events], events, strict=False):
        folds = event.kind == "round" and event.facts["round"] in inner and _only_a_refusal(scenario, event, last)
        if folds and foldable and foldable[-1]:
            groups[-1].append(event)
        else:
            groups.append([event])
            foldable.append(folds)
    return [part for group in groups for part in ([group] if len(group) >= LEAST else [[event] for event in group])]


def _only_a_refusal(scenario: Scenario, event: Event, last: Event | None) -> bool:
    """Return whether nothing happened in a round but an offer and its refusal."""
    facts = event.facts
    if facts["answer"] != "refuse" or last is None:
        return False
    if any(facts[name] != last.facts[name] for name in ("deadline", "parts_settled")):
        return False
    states = [(last.facts[column("threat", each.key)], facts[column("before_answer", each.key)],
               facts[column("threat", each.key)]) for each in scenario.threats]
    return all(len(set(state)) == 1 for state in states)


def _summed_up(scenario: Scenario, narrator: Narrator, stretch: Sequence[Event]) -> str:
    """Return the paragraph that stands for folded rounds: how many, and how far each side's offers came."""
    first, last = stretch[0].facts, stretch[-1].facts
    days = [day_of(day, scenario.date(1)) for day in (first["date"], last["date"]) if day is not None]
    dates = f", {' to '.join(days)}" if days else ""
    sentences = [f"Rounds {first['round']} to {last['round']}{dates}: {len(stretch)} offers, and none is accepted."]
    for side in Side:
        own = [event.facts for event in stretch if event.facts["proposer"] == side.label]
        if own:
            sentences.append(_how_far(narrator, side, own[0], own[-1]))
    if scenario.has_market_stress:
        levels = [event.facts["stress"] for event in stretch]
        low, high = number(min(levels)), number(max(levels))
        sentences.append(f"Market stress stays at {low}." if low == high else f"Market stress lies between {low} and {high}.")
    return " ".join(sentences)


def _how_far(narrator: Narrator, side: Side, first: dict[str, float], last: dict[str, float]) -> str:
    """Say what a side's folded offers were worth to both sides, or to the one that is heard of, at first and at last."""
    told = []
    for other in (side, side.other):
        begin, end = (facts[f"{other.label}_value"] for facts in (first, last))
        if math.isnan(begin):
            continue
        whom = "itself" if other is side else narrator.names[other]
        before, after = apart(begin, end)
        told.append(f"{after} to {whom}" if abs(begin - end) < 0.0005 else f"{before} at first and {after} at last to {whom}")
    return f"What {narrator.names[side]} offers is worth {listed(told)}."


# ---- Markdown

HEADS = {"opening": "Before round 1", "fork": "Another course"}


def _as_markdown(event: Event, text: str) -> str:
    """Return a paragraph with a heading of its own, and what is indented in it as a list."""
    head, lines = HEADS.get(event.kind, ""), text.split("\n")
    if not head:
        head, lines[0] = _split_head(lines[0], at=": " if event.kind == "round" else ". ")
    shown = [f"## {escaped(head)}", ""]
    for line in lines:
        listed_item = line.startswith("  ")
        if not listed_item and shown[-1] != "":
            shown.append("")
        if listed_item and shown[-1] != "" and not shown[-1].startswith("- "):
            shown.append("")
        shown.append(f"- {escaped(line.strip())}" if listed_item else escaped(line))
    return "\n".join(shown)


def _split_head(line: str, at: str) -> tuple[str, str]:
    """Return the head of a first line and the rest of it."""
    head, _, rest = line.partition(at)
    return head, capital(rest)
