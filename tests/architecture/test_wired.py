"""Nothing but scenarios and data knows a case: no country, person, issue or year of one stands in the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.house import PACKAGE
from tests.architecture.wired import ALLOWED, names_of_cases, wired

NAMES = names_of_cases()


def test_no_file_of_the_package_names_a_case_but_those_that_say_why() -> None:
    found = {offence.split(":")[0] for offence in wired(PACKAGE, NAMES)}
    assert found == set(ALLOWED)


def test_the_names_are_those_of_two_cases() -> None:
    some = {"us-japan-2025", "us-japan-autos-1995", "Japan", "2025", "1995", "rice", "parts-purchases", "kantor"}
    assert some <= NAMES


@pytest.mark.parametrize(
    "fault",
    ['name = "rice"', "year = 2025", 'x = ["Japan"]', "def car_tariff():\n    pass", 'y = "In April 2025"', "a.rice = 1"],
)
def test_a_name_that_is_wired_in_is_noticed(fault: str, tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text(fault + "\n")
    assert len(wired(tmp_path, NAMES)) == 1


def test_a_docstring_a_citation_and_a_longer_word_may_have_a_name(tmp_path: Path) -> None:
    text = '"""As in Japan, 2025."""\n\nSOURCE = "Fearon 1995"\nprice = "licorice"\n'
    (tmp_path / "clean.py").write_text(text)
    assert wired(tmp_path, NAMES) == []
