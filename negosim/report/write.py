"""The summary and the findings of a sweep on disk, beside its runs.

summary.parquet, summary.csv : one row a point and quantity, see `negosim.results.summary`
findings.json : the findings as numbers, see `negosim.results.findings`
findings.md : the findings in sentences
sensitivity.csv : for a Saltelli or Morris design one row a quantity, factor and index, see `negosim.results.sensitivity`
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from negosim.report.findings import findings_text
from negosim.report.sensitivity import sensitivity_report
from negosim.results.findings import Findings, findings_of
from negosim.results.results import Results
from negosim.results.sensitivity import INDICES
from negosim.store.store import FILES, Store

if TYPE_CHECKING:
    import pandas


INDICES_FILE = "sensitivity.csv"

FORMULA = re.compile(r"[=@\t\r]|[-+](?!\.?\d[\d.]*(e[-+]?\d+)?$)")
"""How a formula begins: as a text that is not a number."""


def write_report(results: Results) -> tuple[Findings, str]:
    """Write all files, each whole or not at all; return the findings and their text. StoreError if that fails."""
    summary = results.summary()
    findings = findings_of(results, summary)
    experiment = results.experiment
    cases = {case.name: (case.heading, experiment.bases[case.name]) for case in experiment.case}
    indices, told = sensitivity_report(results) if experiment.design in INDICES else (None, "")
    text = findings_text(findings, experiment.base, cases, told)
    table = _of_one_type(summary)
    parquet = BytesIO()
    table.to_parquet(parquet, index=False)
    contents = (
        parquet.getvalue(),
        as_csv(table),
        findings.json().encode(),
        text.encode(),
    )
    store = Store(results.out)
    for name, content in zip(FILES, contents, strict=True):
        store.write_beside(name, content)
    if indices is not None:
        store.write_beside(INDICES_FILE, as_csv(indices))
    return findings, text


def as_csv(table: pandas.DataFrame) -> bytes:
    """A table as CSV, in which an apostrophe stands before a text that a spreadsheet would take for a formula, such as a unit.

    >>> import pandas
    >>> as_csv(pandas.DataFrame({"unit": ["=1+1", "%"], "value": ["-0.5", "@home"], "mean": [-1.0, 2.0]})).decode().split()
    ['unit,value,mean', "'=1+1,-0.5,-1.0", "%,'@home,2.0"]
    """
    guarded = {
        name: column.replace({cell: f"'{cell}" for cell in column.unique() if isinstance(cell, str) and FORMULA.match(cell)})
        for name, column in table.select_dtypes(exclude="number").items()
    }
    return bytes(table.assign(**guarded).to_csv(index=False, lineterminator="\n").encode())


def with_part(text: str, name: str, part: str) -> str:
    """A page of Markdown with its generated part of this name replaced; ValueError when the page has no such part, or several.

    >>> print(with_part("<!-- sums: generated -->\\nold\\n<!-- end of sums -->", "sums", "1 + 1 = 2"))
    <!-- sums: generated -->
    <BLANKLINE>
    1 + 1 = 2
    <BLANKLINE>
    <!-- end of sums -->
    """
    pattern = re.compile(rf"(<!-- {re.escape(name)}: generated[^\n]*-->\n).*?(<!-- end of {re.escape(name)} -->)", re.DOTALL)
    renewed, count = pattern.subn(lambda found: f"{found[1]}\n{part.strip()}\n\n{found[2]}", text)
    if count != 1:
        raise ValueError(
            f"the page has {count} generated parts named {name}. Give it one: <!-- {name}: generated --> and, below, "
            f"<!-- end of {name} -->."
        )
    return renewed


def report_paths(results: Results) -> list[Path]:
    """Where the files are."""
    found = [results.out / name for name in FILES]
    return [*found, *(path for path in [results.out / INDICES_FILE] if path.exists())]


def _of_one_type(summary: pandas.DataFrame) -> pandas.DataFrame:
    """The summary with its values as texts where some are words: a column on disk has one type."""
    values = summary["value"]
    if values.map(lambda value: isinstance(value, (str, bool))).any():
        summary = summary.assign(value=values.map(lambda value: None if value is None else str(value)))
    return summary
