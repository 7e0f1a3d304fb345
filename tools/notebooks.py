"""Run notebooks from top to bottom and keep what they say anew: python -m tools.notebooks [NAME ...], all without a name."""

from __future__ import annotations

import os
import sys
from typing import Any

import nbformat

from tests.notebooks.reading import FOLDER, executed, names, notebook, said, same


def renew(name: str) -> None:
    """Run a notebook, and write into its file what says or shows something else than before; the rest stays as it is."""
    book = notebook(name)
    for cell, fresh in zip(book.cells, executed(name).cells, strict=True):
        if cell.cell_type == "code" and not _alike(cell.outputs, fresh.outputs):
            cell.outputs = [_slim(output) for output in fresh.outputs]
    nbformat.write(book, FOLDER / f"{name}.ipynb")


def _alike(kept: list[Any], fresh: list[Any]) -> bool:
    """Whether two lists of outputs say the same and show the same pictures."""
    if len(kept) != len(fresh):
        return False
    return all(same(said(one), said(other)) and _picture(one) == _picture(other) for one, other in zip(kept, fresh, strict=True))


def _picture(output: Any) -> str | None:
    picture = output.get("data", {}).get("image/png")
    return None if picture is None else "".join(picture.split())


def _slim(output: Any) -> Any:
    """An output without the plain text of what it has as HTML."""
    if "text/html" in output.get("data", {}):
        output.data.pop("text/plain", None)
    return output


def main(chosen: list[str]) -> None:
    """Renew the notebooks with these names, one after another."""
    os.environ["PYTHONPATH"] = str(FOLDER.parent)
    for name in chosen or names():
        sys.stderr.write(f"{name}\n")
        renew(name)


if __name__ == "__main__":
    main(sys.argv[1:])
