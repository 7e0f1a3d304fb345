"""Whole runs are told as they were told before, line by line; ``python -m tools.transcripts`` writes the files anew."""

from __future__ import annotations

import pytest

from negosim.common.vocabulary import Ending
from tests.transcripts.cases import CASES, FOLDER, file_of


@pytest.mark.parametrize("name", CASES)
def test_a_run_is_told_as_it_was(name: str) -> None:
    told = CASES[name].play().transcript().splitlines()
    kept = file_of(name).read_text(encoding="utf-8").splitlines()
    assert told == kept, "if the change is meant: python -m tools.transcripts"


def test_there_is_a_file_for_each_run_and_no_other() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(CASES)


def test_the_runs_end_in_every_way_there_is() -> None:
    ends = [file_of(name).read_text(encoding="utf-8").split("The end, in round ")[1].splitlines()[0] for name in CASES]
    assert [ending for ending in Ending if not any(ending.sentence in end for end in ends)] == []
