"""Questions in SQL: what may be asked, and a connection to DuckDB that reaches the files of one folder alone."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from negosim.common.errors import StoreError

if TYPE_CHECKING:
    import pandas

EXAMPLE = "select label, avg(rounds) from runs group by label"


@contextmanager
def fenced(folder: Path, memory: str | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads files in `folder` alone, however it is asked, and knows no variable of Python.

    memory : what it may use (`400MB`) before it goes by way of the disk, in a folder of its own; None = most of the machine's
    """
    with tempfile.TemporaryDirectory(prefix="negosim-duckdb-") as own:
        settings: dict[str, Any] = {
            "temp_directory": own,
            "autoinstall_known_extensions": "false",  # a question about a file needs no network
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
            "threads": "1",  # a sum depends on its order: the same runs give the same answer, to the last digit
        }
        if memory is not None:
            settings["memory_limit"] = memory
        with duckdb.connect(":memory:", config=settings) as connection:
            connection.execute("set enable_progress_bar = false")
            connection.execute(f"set allowed_directories = [{', '.join(_places(folder))}]")
            connection.execute("set enable_external_access = false")
            connection.execute("set lock_configuration = true")
            yield connection


def _places(folder: Path) -> list[str]:
    """A folder and those in it, which may be links to another disk, as DuckDB compares paths and patterns with them."""
    found = [folder, *(each for each in folder.iterdir() if each.is_dir())]
    names = {str(place) for each in found for place in (each, each.resolve())}
    return [literal(name) for name in sorted(names | {as_pattern(name) for name in names})]


def answer(connection: duckdb.DuckDBPyConnection, sql: str, folder: Path) -> pandas.DataFrame:
    """The answer to a question. TypeError and ValueError for what is not one; StoreError where it reaches beyond the folder."""
    if not isinstance(sql, str):
        raise TypeError(f"sql = {sql!r} is not a text. Write a question in SQL, such as {EXAMPLE}.")
    asked = connection.extract_statements(sql)
    if not asked:
        raise ValueError(f"sql is empty. Write a question, such as {EXAMPLE}.")
    if len(asked) > 1:
        raise ValueError(f"sql has {len(asked)} statements in it. Ask one question at a time, such as {EXAMPLE}.")
    kind = asked[0].type.name
    if kind == "MULTI":
        raise ValueError("sql has a PIVOT that does not list its values. List them: pivot runs on ending in ('settled', ...).")
    if kind != "SELECT":
        raise ValueError(f"sql is not a SELECT but a statement of the kind {kind}, and query only reads. Write {EXAMPLE}, say.")
    try:
        return connection.execute(sql).df()
    except duckdb.PermissionException as error:
        said = str(error).splitlines()[0].removeprefix("Permission Error: ")
        raise StoreError(
            f"sql reaches the results in {folder} alone: {said}. Read other files in Python, and join them to the answer there."
        ) from None


def in_sql(paths: list[str]) -> str:
    """Files as a table in SQL, one read after another."""
    return f"read_parquet([{', '.join(literal(as_pattern(path)) for path in paths)}], hive_partitioning = false)"


def as_pattern(path: str) -> str:
    """A path as a pattern that matches it alone: what means more in a pattern stands for itself in brackets."""
    return re.sub(r"[*?\[]", r"[\g<0>]", path)


def literal(text: str) -> str:
    """A text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"
