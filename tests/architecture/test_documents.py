"""The documents say what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from negosim.common.vocabulary import Ending
from negosim.report.parameters import parameter_rows
from negosim.scenario.scenario import Scenario
from negosim.strategies.catalogue import NAMES
from tests.architecture.documents import DOCUMENTS, renewed
from tests.architecture.house import ROOT


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_generated_tables_are_those_of_the_code(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text == renewed(text), "renew it: python -m tests.architecture.documents"
    assert all(f"`{row.name}`" in text for row in parameter_rows())


def test_a_table_that_is_out_of_date_is_noticed() -> None:
    stale = "<!-- endings: generated -->\n| old |\n<!-- end of endings -->\n"
    assert "| old |" not in renewed(stale)
    assert renewed(renewed(stale)) == renewed(stale)


def test_every_file_that_the_readme_points_to_is_there() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(targets) > 5
    assert [target for target in targets if not (ROOT / target).is_file()] == []


def test_the_readme_names_every_scenario_strategy_and_ending() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in (*Scenario.names(), *NAMES) if f"`{name}`" not in text] == []
    assert [ending.label for ending in Ending if ending.sentence not in text] == []
