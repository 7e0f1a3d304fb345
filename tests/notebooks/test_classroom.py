"""The answers of the classroom sheet are what their code prints."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.notebooks.reading import FOLDER, same

SHEET = (FOLDER / "classroom.md").read_text(encoding="utf-8")
ANSWER = re.compile(
    r"^## \d+\. (.*?) \(notebook \d\)\n.*?```python\n(.*?)\n```\n\n```text\n(.*?)\n```", re.DOTALL | re.MULTILINE
)
"""An exercise: its title, the code of its answer, and what that prints."""

ANSWERS = ANSWER.findall(SHEET)


@pytest.fixture(scope="module")
def session() -> dict[str, Any]:
    """What is known after the block at the head of the sheet."""
    known: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", SHEET, re.DOTALL)[0], known)
    return known


def test_there_are_ten_exercises_each_with_its_answer() -> None:
    assert len(ANSWERS) == len(re.findall(r"^## ", SHEET, re.MULTILINE)) == 10
    assert SHEET.count("<details>") == SHEET.count("</details>") == 10


@pytest.mark.parametrize("number", range(10), ids=[title for title, _, _ in ANSWERS])
def test_an_answer_is_what_its_code_prints(number: int, session: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    _, code, printed = ANSWERS[number]
    exec(compile(code, f"<exercise {number + 1}>", "exec"), session)
    assert same(capsys.readouterr().out.rstrip(), printed)
