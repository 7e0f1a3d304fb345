"""The textbook through the engine: every number of `negosim check` holds, at its own parameters and at drawn ones.

A number in which luck plays a part is refused by chance, if true, once in 15,787 times; here the seeds are fixed.
"""

from __future__ import annotations

import numpy as np
import pytest

from negosim.report.checks import markdown
from negosim.validation.textbook import RESULTS, check
from negosim.validation.textbook.result import WIDEST
from negosim.validation.textbook.run import CHAPTERS, ERRORS, rows_of
from tests.architecture.house import ROOT

DRAWS = 2


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_number_of_the_chapter_holds_and_stands_in_the_page(chapter: str) -> None:
    checked = check([chapter])
    assert [row for row in checked.rows if not row.passes] == []
    assert {row.result for row in checked.rows} == {result.name for result in CHAPTERS[chapter]}
    page = (ROOT / "docs" / "textbook.md").read_text(encoding="utf-8")
    lines = markdown(checked.rows).splitlines()[2:]
    assert [line for line in lines if line not in page] == [], "renew it: python -m tools.documents"


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("draw", range(DRAWS))
def test_every_result_holds_at_parameters_drawn_from_its_domain(name: str, draw: int) -> None:
    result = RESULTS[name]
    parameters = result.draw(np.random.default_rng([draw, sum(name.encode())]))
    rows = list(rows_of(result, parameters, seed=100 + draw))
    assert rows
    assert [row for row in rows if not row.passes] == []


def test_every_result_has_several_cases_a_source_and_a_name_of_its_own() -> None:
    alone = {name for name, result in RESULTS.items() if len(result.cases) == 1}
    assert alone == {"best-of-the-us"}  # a number of one economy
    assert all(result.title and result.source for result in RESULTS.values())
    assert len(RESULTS) == sum(map(len, CHAPTERS.values()))
    assert ERRORS == 4.0
    assert WIDEST == 0.01
