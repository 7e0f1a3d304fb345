"""What holds for every case that is shipped: the files behind it are there, and all its plausible numbers can be played."""

from __future__ import annotations

from pathlib import Path

import pytest

from negosim.engine.prepare import prepare
from negosim.experiment.design import assumed_draws
from negosim.scenario.scenario import Scenario

CASES = [case for case in map(Scenario.load, Scenario.names()) if case.kind == "case"]
DATA = Path(__file__).parents[3] / "negosim" / "validation" / "record" / "csv"
SHIPPED = {path.name for path in DATA.glob("*.csv")}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_files_that_a_case_cites_are_shipped(case: Scenario) -> None:
    words = {word.strip("();,:") for note in case.notes.values() for word in str(note.source or note.assumed).split()}
    cited = {word for word in words if word.endswith(".csv")}
    assert cited and cited <= SHIPPED


def test_the_page_about_the_data_names_every_file_and_every_case() -> None:
    page = (DATA / "README.md").read_text(encoding="utf-8")
    assert [name for name in (*SHIPPED, *(f"scenario/shipped/{case.name}.toml" for case in CASES)) if name not in page] == []


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_any_joint_draw_of_what_a_case_assumes_can_be_played(case: Scenario) -> None:
    for draw in assumed_draws(case, 64, seed=1):
        prepare(case.vary(draw))
