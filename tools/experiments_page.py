"""The findings of sweeps of experiments/*.toml, put into the page of the experiments.

    python -m tools.experiments_page runs/linkage runs/home-audience --page experiments/README.md

A page has a generated part for each experiment, by its name; it gets the number of runs, and the table of the findings or what
is said of the indices. Nothing is played: sweep first.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from negosim.cli.application import plainly
from negosim.common.errors import StoreError
from negosim.report.write import with_part
from negosim.results.results import Results
from negosim.store.store import Store

SECTIONS = ("## In short", "## Which factors matter")
"""Where in the findings the page's part begins; it ends with the next heading of another kind."""


def main(words: Sequence[str] | None = None) -> int:
    """Renew the page; return 0, or 2 for what a user got wrong, told in one line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", help="folders that sweeps wrote")
    parser.add_argument("--page", type=Path, required=True, help="the page of Markdown to renew")
    given = parser.parse_args(words)
    try:
        with plainly():
            for folder in given.folders:
                renew(given.page, Results(folder))
    except typer.Exit as ended:
        return ended.exit_code
    return 0


def renew(page: Path, results: Results) -> None:
    """Put the findings of one sweep into the page. StoreError when there are none, and when the page has no part for them."""
    experiment, findings = results.experiment, results.out / "findings.md"
    if not findings.exists():
        raise StoreError(f"{results.out} has no findings yet. Sweep into it again: negosim sweep --out {results.out}")
    text = findings.read_text(encoding="utf-8")
    draws = f", {experiment.assumed_draws:,} joint draws" if experiment.assumed_draws else ""
    head = f"{experiment.runs:,} runs at {len(experiment.design_points):,} points{draws}, seed {experiment.seed}."
    try:
        renewed = with_part(page.read_text(encoding="utf-8"), experiment.name, f"{head}\n\n{part_of(text)}")
    except OSError as error:
        raise StoreError(f"{page} cannot be read: {error.strerror}. Choose another page.") from None
    except ValueError as error:
        raise StoreError(f"{page} cannot be renewed: {error}") from None
    Store(page.parent).write_beside(page.name, renewed.encode())


def part_of(text: str) -> str:
    """The lines of the findings that go into the page.

    >>> part_of("# A\\n\\n## In short\\n\\n| a |\\n\\n## The baseline\\n\\nb")
    '| a |'
    """
    lines: list[str] = []
    is_inside = False
    for line in text.splitlines():
        if line.startswith("## "):
            is_inside = line.startswith(SECTIONS)
        elif is_inside:
            lines.append(line)
    return "\n".join(lines).strip()


if __name__ == "__main__":
    sys.exit(main())
