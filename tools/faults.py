"""Provoke every fault and print what became of it, as a table: python -m tools.faults [--only WORD] [--page docs/faults.md]"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from _pytest.outcomes import Skipped

from negosim.report.write import with_part
from tests.faults import files, processes, questions
from tests.faults.provoking import Fault, provoked


def row(fault: Fault) -> str:
    """The line of a fault in the table."""
    text = " ".join((fault.__doc__ or "").split())
    try:
        said, lost = provoked(fault)
    except Skipped as reason:
        said, lost = f"not tried: {reason}", ""
    return f"| {text} | {said} | {lost} |".replace("\n", " ")


def main() -> None:
    """Provoke the faults that are asked for, one after another, and print the table, or write it into a page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", metavar="WORD", help="faults whose name has this word in it")
    parser.add_argument("--page", type=Path, help="the page whose table is to be renewed")
    arguments = parser.parse_args()
    rows = []
    for fault in (*processes.FAULTS, *files.FAULTS, *files.ON_A_DISK, *questions.FAULTS):
        if arguments.only in fault.__name__:
            sys.stderr.write(f"{fault.__name__.replace('_', ' ')}\n")
            rows.append(row(fault))
    table = "\n".join(["| fault, as it was provoked | what was said and done | what was lost |", "|---|---|---|", *rows])
    sys.stdout.write(f"{table}\n")
    if arguments.page is not None:
        page = arguments.page.read_text(encoding="utf-8")
        arguments.page.write_text(with_part(page, "faults", table), encoding="utf-8")


if __name__ == "__main__":
    main()
