"""The rows of a check as text for people: lines for a terminal, a table in Markdown for docs/textbook.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from negosim.common.text import percent
from negosim.validation.textbook.run import Checked, Row

WIDE = 28
"""Letters of a name that stand before its numbers; then a row that holds has 100 columns."""
HEAD = f"{'':{4 + WIDE}}{'closed form':>12}{'engine':>12}{'s.e.':>9}{'allowed':>9}{'runs':>10}{'s':>7}  verdict"


def number(value: float) -> str:
    """Return a number as the tables show it.

    >>> number(0.5263157894736842), number(1.0), number(7)
    ('0.526316', '1', '7')
    """
    return f"{value:.6f}".rstrip("0").rstrip(".")


def small(value: float) -> str:
    """Return an error or what is allowed: nothing for none.

    >>> small(0.0), small(0.00204), small(1e-06)
    ('', '0.0020', '1e-06')
    """
    if value == 0.0:
        return ""
    return f"{value:.4f}" if value >= 0.0001 else f"{value:.0e}"


def parameters(row: Row) -> str:
    """Return the parameters of a row's case in one line."""
    return ", ".join(f"{name.replace('_', ' ')} {value:.4g}" for name, value in row.parameters.items())


def heading(row: Row) -> str:
    """Return the lines over the rows of a result."""
    return f"{row.result}: {row.title} ({row.source})\n{HEAD}"


def line(row: Row) -> str:
    """Return a row as one line of a terminal of 100 columns, or two with a long name; its case stands in a line above it."""
    what = f"    {row.what:{WIDE}}" if len(row.what) <= WIDE else f"    {row.what}\n{'':{4 + WIDE}}"
    numbers = f"{number(row.closed_form):>12}{number(row.engine):>12}{small(row.standard_error):>9}{small(row.allowed):>9}"
    return f"{what}{numbers}{row.runs:>10,}{row.seconds:>7.1f}  {row.verdict}"


def summary(checked: Checked) -> str:
    """Return in plain sentences how many rows hold, and how often a true table would be refused by chance."""
    failed = [row for row in checked.rows if not row.passes]
    rate = checked.false_alarm_rate
    by_chance = "none would ever be refused"
    if rate > 0.0:
        by_chance = f"chance would still refuse one or more once in {1 / rate:,.0f} times"
    held = f"{len(checked.rows) - len(failed)} of {len(checked.rows)} numbers hold."
    names = ", ".join(dict.fromkeys(row.result for row in failed))
    return f"{held}{f' Not so: {names}.' if failed else ''} If all were true, {by_chance}."


def strain(row: Row) -> float:
    """Return the gap between engine and closed form as a share of what is allowed."""
    return abs(row.engine - row.closed_form) / row.allowed


def markdown(rows: Iterable[Row]) -> str:
    """Return one line a result: how many numbers and runs, its first number, and the largest share of what is allowed."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.result, []).append(row)
    head = "| result | source | numbers | runs | the first of them | closed form | engine | farthest off |"
    return "\n".join([head, "|---|---|--:|--:|---|--:|--:|--:|", *(_summed(group) for group in grouped.values())]) + "\n"


def _summed(rows: Sequence[Row]) -> str:
    first, runs = rows[0], sum(row.runs for row in rows)
    error = f" ± {small(first.standard_error)}" if first.standard_error > 0.0 else ""
    example = f"{first.what}; {parameters(first)}" if first.parameters else first.what
    farthest = percent(max(map(strain, rows)), 0)
    return (
        f"| `{first.result}`: {first.title} | {first.source} | {len(rows)} | {runs:,} | {example} | {number(first.closed_form)}"
        f" | {number(first.engine)}{error} | {farthest} |"
    )
