"""The tables that README.md and ODD.md take from the code. Renew them: python -m tests.architecture.documents"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from negosim.facts_text import facts_table
from negosim.parameter_table import parameter_table
from negosim.verdicts import compare
from negosim.vocabulary import Ending
from tests.architecture.house import ROOT

DOCUMENTS = (ROOT / "README.md", ROOT / "negosim" / "ODD.md")


def endings_table() -> str:
    """Return the endings with their sentences as a Markdown table."""
    rows = [f"| {ending.label} | {ending.sentence} |" for ending in Ending]
    return "\n".join(["| ending | meaning |", "|---|---|", *rows]) + "\n"


@cache
def record_table() -> str:
    """Return the stylised facts as `negosim facts` has them, as a Markdown table: a few seconds of runs."""
    return facts_table(compare())


TABLES = {"parameters": parameter_table, "endings": endings_table, "facts": record_table}


def renewed(text: str) -> str:
    """Return a document with every generated table as the code has it."""
    for name, table in TABLES.items():
        pattern = re.compile(rf"(<!-- {name}: generated[^\n]*-->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        text = pattern.sub(lambda found, table=table: f"{found[1]}\n{table()}\n{found[2]}", text)
    return text


def renew(documents: tuple[Path, ...] = DOCUMENTS) -> None:
    """Write the tables into the documents."""
    for path in documents:
        path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    renew()
