"""Every notebook runs from top to bottom in a fresh kernel and says again what it says in the folder."""

from __future__ import annotations

import re
from types import ModuleType

import nbformat
import pytest
from matplotlib.axes import Axes

from negosim import Negotiation, Scenario, plots
from tests.architecture.house import MACHINE_PATH
from tests.notebooks.reading import FOLDER, executed, names, notebook, quoted, said, same, stale, texts

SIX = ["1-one-game", "2-many-games", "3-your-own-strategy", "4-the-textbook", "5-your-own-scenario", "6-gallery"]
MOST_CELLS = 40

NOT_IN_THE_GALLERY = {"endings", "payoffs", "rounds", "heat_maps", "draw_all", "png", "typical_run"}
"""Parts of another figure, collections, tools, and one that needs millions of runs."""


def test_there_are_six_notebooks() -> None:
    assert names() == SIX


@pytest.mark.parametrize("name", SIX)
def test_a_notebook_runs_in_a_fresh_kernel_and_says_the_same_again(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(FOLDER.parent))
    for number, (ours, theirs) in enumerate(zip(texts(executed(name)), texts(notebook(name)), strict=True)):
        assert len(ours) == len(theirs), f"code cell {number}"
        assert all(map(same, ours, theirs)), f"code cell {number} now says {ours}"


@pytest.mark.parametrize("name", SIX)
def test_a_notebook_is_short_and_its_outputs_are_whole(name: str) -> None:
    book = notebook(name)
    nbformat.validate(book)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert len(book.cells) < MOST_CELLS
    assert book.cells[0].cell_type == "markdown" and book.cells[0].source.startswith(f"# {name[0]}. ")
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    assert [said(output) for output in outputs if output.output_type == "error" or output.get("name") == "stderr"] == []
    assert "Traceback" not in "".join(map(said, outputs))


@pytest.mark.parametrize("name", SIX)
def test_the_numbers_that_the_text_quotes_stand_in_the_outputs_before_it(name: str) -> None:
    assert stale(notebook(name)) == []


def test_a_quoted_number_that_is_not_printed_is_noticed() -> None:
    book = notebook("1-one-game")
    assert len(quoted(book)) >= 4
    place, number = quoted(book)[0]
    book.cells[place].source = book.cells[place].source.replace(f"**{number}**", "**0.987**")
    assert stale(book) == [f"cell {place}: 0.987"]


def test_two_texts_are_the_same_up_to_the_last_digits() -> None:
    assert same("a 0.500000000001 of 1,000", "a 0.5 of 1,000")
    assert not same("a 0.501", "a 0.500")
    assert not same("a 0.5", "b 0.5")


@pytest.mark.parametrize("name", SIX)
def test_a_notebook_names_no_machine_and_no_person(name: str) -> None:
    book = notebook(name)
    assert set(book.metadata) == {"kernelspec", "language_info"}
    assert all(cell.metadata == {} for cell in book.cells)
    text = "\n".join([*(cell.source for cell in book.cells), *(said for each in texts(book) for said in each)])
    assert not MACHINE_PATH.search(text)
    assert not re.search(r"/tmp|\btmp\w{8}\b", text)


def test_the_gallery_shows_every_figure() -> None:
    source = "\n".join(cell.source for cell in notebook("6-gallery").cells if cell.cell_type == "code")
    drawn = set(re.findall(r"ns\.plots\.(\w+)\(", source))
    figures = {name for name in plots.__all__ if _draws(getattr(plots, name))}
    assert drawn == figures - NOT_IN_THE_GALLERY


def _draws(thing: object) -> bool:
    return callable(thing) and not isinstance(thing, type | ModuleType)


def test_a_figure_is_shown_by_a_notebook_as_a_picture() -> None:
    axes: Axes = plots.offers(Negotiation(Scenario.load("pie"), 7).play())
    assert axes.figure._repr_png_().startswith(b"\x89PNG")  # type: ignore[union-attr]


def test_the_folder_holds_nothing_else() -> None:
    found = {path.name for path in FOLDER.iterdir()} - {".ipynb_checkpoints"}
    assert found == {*(f"{name}.ipynb" for name in SIX), "classroom.md"}
