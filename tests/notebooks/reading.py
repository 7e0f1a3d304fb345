"""Reading notebooks: what their cells say and print, and whether two outputs say the same."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NUMBER = re.compile(r"(?<![\w.])[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?(?![\w])")
"""A number as people write it; what is part of a word is none."""

CLOSE = {"rel_tol": 1e-6, "abs_tol": 1e-9}
"""How near two numbers must be: their last digits may differ from one processor to the next."""


def names() -> list[str]:
    """Return the names of all notebooks, in their order."""
    return sorted(path.stem for path in FOLDER.glob("*.ipynb"))


def notebook(name: str) -> Any:
    """Return a notebook as it stands in the folder."""
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def executed(name: str) -> Any:
    """Return a notebook as it comes out of a fresh kernel; raises for a cell that does."""
    book = notebook(name)
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    where = {"metadata": {"path": str(FOLDER)}}
    NotebookClient(book, timeout=300, kernel_name="python3", resources=where, record_timing=False).execute()
    return book


def said(output: Any) -> str:
    """Return the text of an output: what is printed, the HTML or else the plain text, and "a picture" for one."""
    if output.output_type == "stream":
        return str(output.text)
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    if "image/png" in output.data:
        return "a picture"
    return str(output.data.get("text/html") or output.data["text/plain"])


def texts(book: Any) -> list[list[str]]:
    """Return the texts of the outputs of each code cell; what is printed in pieces is joined."""
    found = []
    for cell in book.cells:
        if cell.cell_type == "code":
            printed = "".join(said(output) for output in cell.outputs if output.output_type == "stream")
            found.append([printed, *(said(output) for output in cell.outputs if output.output_type != "stream")])
    return found


def same(ours: str, theirs: str) -> bool:
    """Return whether two texts have the same words and nearly the same numbers."""
    if ours == theirs:
        return True
    if NUMBER.sub("#", ours) != NUMBER.sub("#", theirs):
        return False
    pairs = zip(NUMBER.findall(ours), NUMBER.findall(theirs), strict=True)
    return all(math.isclose(float(a.replace(",", "")), float(b.replace(",", "")), **CLOSE) for a, b in pairs)


def quoted(book: Any) -> list[tuple[int, str]]:
    """Return the numbers that the text quotes, in bold, each with the number of its cell."""
    return [
        (place, number)
        for place, cell in enumerate(book.cells)
        if cell.cell_type == "markdown"
        for number in re.findall(r"\*\*(-?[\d.,]+)\*\*", cell.source)
    ]


def stale(book: Any) -> list[str]:
    """Return the quoted numbers that no output before them has."""
    missing = []
    for place, number in quoted(book):
        before = " ".join(said(output) for cell in book.cells[:place] if cell.cell_type == "code" for output in cell.outputs)
        if not re.search(rf"(?<![\d.]){re.escape(number)}(?![\d]|\.\d)", before):
            missing.append(f"cell {place}: {number}")
    return missing
