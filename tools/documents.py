"""The tables that pages in docs/ take from the code. Renew them: python -m tools.documents

The table of the textbook takes some minutes of runs; tests/oracles/test_textbook.py holds it, chapter by chapter.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from negosim.common.vocabulary import Ending
from negosim.report.checks import markdown, summary
from negosim.report.facts import facts_table
from negosim.report.parameters import parameter_table
from negosim.strategies.catalogue import NAMES, strategy
from negosim.validation.record.verdicts import compare
from negosim.validation.textbook import check

ROOT = Path(__file__).resolve().parents[1]

DOCUMENTS = tuple(ROOT / "docs" / f"{name}.md" for name in ("model", "parameters", "record", "strategies", "textbook"))


def endings_table() -> str:
    """Return the endings with their sentences as a Markdown table."""
    rows = [f"| {ending.label} | {ending.sentence} |" for ending in Ending]
    return "\n".join(["| ending | meaning |", "|---|---|", *rows]) + "\n"


@cache
def record_table() -> str:
    """Return the stylised facts as `negosim facts` has them, as a Markdown table: a few seconds of runs."""
    return facts_table(compare())


def strategies_table() -> str:
    """Return the strategies with what they do and where they come from, as a Markdown table, from their records."""
    rows = [f"| `{each.name}` | {each.sentence} | {each.source} |" for each in map(strategy, NAMES)]
    return "\n".join(["| strategy | a side that plays it | source |", "|---|---|---|", *rows]) + "\n"


TABLES: dict[str, Callable[[], str]] = {
    "parameters": parameter_table,
    "endings": endings_table,
    "facts": record_table,
    "strategies": strategies_table,
}


@cache
def textbook_table() -> str:
    """Return the results of `negosim check` as a Markdown table, and how often a true one would be refused."""
    checked = check()
    return f"{markdown(checked.rows)}\n{summary(checked)}\n"


def renewed(text: str, tables: dict[str, Callable[[], str]] = TABLES) -> str:
    """Return a document with its generated tables as the code has them."""
    for name, table in tables.items():
        pattern = re.compile(rf"(<!-- {name}: generated[^\n]*-->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        text = pattern.sub(lambda found, table=table: f"{found[1]}\n{table()}\n{found[2]}", text)
    return text


def renew(documents: tuple[Path, ...] = DOCUMENTS) -> None:
    """Write the tables into the documents."""
    for path in documents:
        text = renewed(path.read_text(encoding="utf-8"), {**TABLES, "textbook": textbook_table})
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    renew()
