"""The facts as text: blocks for a terminal, and a table in Markdown for docs/record.md."""

from __future__ import annotations

import math
import textwrap
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from negosim.validation.record.data import TIES
from negosim.validation.record.evidence import Estimate, Evidence, Level
from negosim.validation.record.facts import Fact
from negosim.validation.record.verdicts import SCENARIO, Compared


def facts_text(rows: Sequence[Compared], runs: int, seed: int, width: int) -> str:
    """All rows as blocks of at most `width` columns, then how often each verdict was given."""
    preface = (
        f"The record beside the model: {SCENARIO}, {runs:,} runs at each point, seed {seed}. s.e. is the standard error; n 80 "
        "of 184 means that the outcome of 80 of 184 cases is known. A verdict needs a record that is strong enough, compares at "
        "two standard errors, and is the same with the unknown outcomes left out and counted as failures; and a difference must "
        "keep its sign whatever they were."
    )
    blocks = ["\n".join(textwrap.wrap(preface, width))]
    for row in rows:
        parts = {
            "record": _side(row.fact, row.record, "n"),
            "from": f"{row.record.source}.{f' {bounds}.' if (bounds := _bounds(row)) else ''}",
            "model": _side(row.fact, row.model, "runs"),
            "how": f"{row.model.source}.",
            "sample": f"{row.fact.sample}. {row.fact.why}",
            "verdict": row.verdict,
        }
        lines = textwrap.wrap(f"{row.fact.name}: {row.fact.statement}", width)
        for name, text in parts.items():
            lines += textwrap.wrap(text, width, initial_indent=f"  {name:<8} ", subsequent_indent=" " * 11)
        blocks.append("\n".join(lines))
    return "\n\n".join([*blocks, "\n".join(textwrap.wrap(f"Verdicts: {_tally(rows)}.", width))])


def facts_table(rows: Sequence[Compared]) -> str:
    """The rows as a Markdown table, and below it whose codes are known from memory."""
    lines = ["| fact | record | model | sample | verdict |", "|---|---|---|---|---|"]
    for row in rows:
        cells = (
            f"`{row.fact.name}` {row.fact.statement}",
            "; ".join(part for part in (_side(row.fact, row.record, "n"), _bounds(row).lower()) if part),
            _side(row.fact, row.model, "runs"),
            row.fact.sample,
            row.verdict,
        )
        lines.append(f"| {' | '.join(cells)} |")
    coded = [f"`{row.fact.name}`" for row in rows if row.record.source == TIES]
    return "\n".join([*lines, *(["", f"The record of {', '.join(coded)} is {TIES}."] if coded else [])]) + "\n"


def _tally(rows: Sequence[Compared]) -> str:
    """How often each verdict was given, the reasons for no mark left out, and on how many records if some have the same.

    >>> _tally([])
    'none'
    """
    counts = Counter(row.verdict.partition(":")[0] for row in rows)
    told = []
    for verdict, count in counts.items():
        records: list[Evidence] = []
        for row in rows:
            if row.verdict.partition(":")[0] == verdict and row.record not in records:
                records.append(row.record)
        told.append(f"{count} {verdict}{f' (on {len(records)} records)' if len(records) < count else ''}")
    return ", ".join(told) or "none"


def _side(fact: Fact, side: Evidence, counted: Literal["n", "runs"]) -> str:
    """The levels of one side, and for a difference what lies between the first and the last."""
    if fact.kind == "level":
        whole = [shown(fact, side.value), *(known for level in side.levels[:1] if (known := _known(level, counted)))]
        parts = [f"{level.label} {shown(fact, level.estimate)} of {_known(level, counted)}" for level in side.levels[1:]]
        return "; ".join([", ".join(whole), *parts])
    levels = []
    for level in side.levels:
        known = _known(level, counted)
        levels.append(f"{level.label}: {shown(fact, Estimate(level.estimate.value))}{f' ({known})' if known else ''}")
    return f"{', '.join(levels)}; change {shown(fact, side.value, signed=True)}"


def _bounds(row: Compared) -> str:
    """What the record could be at worst and at best; nothing where all outcomes are known."""
    if row.record.bounds is None:
        return ""
    low, high = (shown(row.fact, Estimate(bound), signed=row.fact.kind == "difference") for bound in row.record.bounds)
    return f"Whatever became of the other cases: {low} to {high}"


def _known(level: Level, counted: Literal["n", "runs"]) -> str:
    """How many cases or runs are behind a level; nothing where it is all runs of a point, which the preface counts."""
    if counted == "runs":
        return "" if level.n == level.of else f"{level.n:,} of {level.of:,} runs"
    return f"n {level.n:,}" if level.n == level.of else f"n {level.n:,} of {level.of:,}"


def shown(fact: Fact, estimate: Estimate, signed: bool = False) -> str:
    """A number in the unit of its fact, with its standard error if there is one."""
    value, error = estimate.value, estimate.error
    if math.isnan(value):
        return "no run has it"
    if fact.unit == "share":
        value, error = 100.0 * value, None if error is None else 100.0 * error
    digits, error_digits = {"share": (1, 1), "%": (1, 2), "days": (0, 1), "correlation": (2, 2)}[fact.unit]
    unit = {"share": " points" if signed else " %", "%": " %", "days": " days", "correlation": ""}[fact.unit]
    text = f"{value:{'+' if signed else ''}.{digits}f}{unit}"
    return text if error is None else f"{text} (s.e. {error:.{error_digits}f})"
