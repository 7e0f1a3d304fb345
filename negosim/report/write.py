"""The summary and the findings of a sweep on disk, beside its runs.

summary.parquet, summary.csv : one row a point and quantity, see `negosim.results.summary`; where these are more rows than a
    spreadsheet takes, summary.csv has one row a point, with the mean of each quantity
findings.json : the findings as numbers, see `negosim.results.findings`
findings.md : the findings in sentences
sensitivity.csv : for a Saltelli or Morris design one row a quantity, factor and index, see `negosim.results.sensitivity`
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from negosim.experiment.quantities import POINTS_AT_ONCE, quantities_of
from negosim.report.findings import findings_text
from negosim.report.sensitivity import sensitivity_report
from negosim.results.findings import Findings, findings_of, points_told
from negosim.results.paired import point_columns
from negosim.results.results import Results
from negosim.results.sensitivity import INDICES
from negosim.results.summary import MOST_ROWS, summarise, wide
from negosim.store.store import FILES, Store

if TYPE_CHECKING:
    import pandas
    import pyarrow


INDICES_FILE = "sensitivity.csv"

FORMULA = re.compile(r"[=@\t\r]|[-+](?!\.?\d[\d.]*(e[-+]?\d+)?$)")
"""How a formula begins: as a text that is not a number."""


def write_report(results: Results) -> tuple[Findings, str]:
    """Write all files, each whole or not at all; return the findings and their text. StoreError if that fails.

    The summary is made and written by some points at a time; what the findings are about is kept of it.
    """
    parquet, csv = BytesIO(), BytesIO()
    findings = findings_of(results, _written(results, parquet, csv))
    experiment = results.experiment
    cases = {case.name: (case.heading, experiment.bases[case.name]) for case in experiment.case}
    indices, told = sensitivity_report(results) if experiment.design in INDICES else (None, "")
    text = findings_text(findings, experiment.base, cases, told)
    contents = (parquet.getvalue(), csv.getvalue(), findings.json().encode(), text.encode())
    store = Store(results.out)
    for name, content in zip(FILES, contents, strict=True):
        store.write_beside(name, content)
    if indices is not None:
        store.write_beside(INDICES_FILE, as_csv(indices))
    return findings, text


def as_csv(table: pandas.DataFrame, header: bool = True) -> bytes:
    """A table as CSV, in which an apostrophe stands before a text that a spreadsheet would take for a formula, such as a unit.

    >>> import pandas
    >>> as_csv(pandas.DataFrame({"unit": ["=1+1", "%"], "value": ["-0.5", "@home"], "mean": [-1.0, 2.0]})).decode().split()
    ['unit,value,mean', "'=1+1,-0.5,-1.0", "%,'@home,2.0"]
    """
    guarded = {
        name: column.replace({cell: f"'{cell}" for cell in column.unique() if isinstance(cell, str) and FORMULA.match(cell)})
        for name, column in table.select_dtypes(exclude="number").items()
    }
    return bytes(table.assign(**guarded).to_csv(index=False, header=header, lineterminator="\n").encode())


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


def _written(results: Results, parquet: BytesIO, csv: BytesIO) -> pandas.DataFrame:
    """Write the summary into both files, some points at a time; return those of its rows that the findings are about."""
    import pandas
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    known, told = point_columns(results), points_told(results)
    with_words = bool(known["value"].map(lambda value: isinstance(value, (str, bool))).any())
    kept, writer = [], None
    for block in _blocks(results):
        kept.append(block[block["point"].isin(told)])
        table = _in_words(block) if with_words else block
        if writer is None:
            kinds = pyarrow.Schema.from_pandas(_in_words(known) if with_words else known, preserve_index=False)
            schema = _schema(results, table, kinds)
            is_long = len(results.points) * block["quantity"].nunique() <= MOST_ROWS
            writer = ParquetWriter(parquet, schema)
        writer.write_table(pyarrow.Table.from_pandas(table, schema=schema, preserve_index=False))
        rows = table if is_long else known.merge(wide(table), left_on="point", right_index=True)
        csv.write(as_csv(rows, header=not csv.tell()))
    assert writer is not None
    writer.close()
    return pandas.concat(kept, ignore_index=True)


def _blocks(results: Results) -> Iterator[pandas.DataFrame]:
    """The summary, some points at a time."""
    points = range(len(results.experiment.design_points))
    for start in range(0, len(points), POINTS_AT_ONCE):
        some = points[start : start + POINTS_AT_ONCE]
        if results.among(some):
            yield summarise(results, some)


def _schema(results: Results, block: pandas.DataFrame, kinds: pyarrow.Schema) -> pyarrow.Schema:
    """The types of the columns of the summary: those of the points as a whole, and a fraction where a number can be missing."""
    import pyarrow

    found = pyarrow.Schema.from_pandas(block, preserve_index=False)
    for field in kinds:
        found = found.set(found.get_field_index(field.name), field)
    measured = quantities_of(results.experiment, results.columns)
    if not all(quantity.everywhere for quantity in measured) or len(results.baselines) < len(results.experiment.bases):
        found = found.set(found.get_field_index("pairs"), pyarrow.field("pairs", pyarrow.float64()))
    return found


def _in_words(frame: pandas.DataFrame) -> pandas.DataFrame:
    """A frame with its values as texts: a column on disk has one type."""
    return frame.assign(value=frame["value"].map(lambda value: None if value is None else str(value)))
