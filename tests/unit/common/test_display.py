"""What shows a thing is found by its type, wherever the words for it stand; what has none says so."""

from __future__ import annotations

import subprocess
import sys

import pytest

from negosim import Scenario, simulate
from negosim.common.display import html, markdown


def test_a_thing_is_shown_by_the_words_of_a_higher_floor() -> None:
    pie = Scenario.load("pie")
    assert pie.title in html(pie) and html(pie) == pie._repr_html_()
    runs = simulate(pie, 20)
    assert "20 runs" in html(runs) and html(runs) == runs._repr_html_()


@pytest.mark.parametrize("form", [html, markdown])
def test_what_has_no_such_form_is_refused_by_the_name_of_its_type(form) -> None:
    with pytest.raises(TypeError, match=rf"^dict has no {form.__name__} form\.$"):
        form({})


def test_the_words_are_loaded_when_something_is_shown_and_not_before() -> None:
    program = (
        "import sys, negosim\n"
        "pie = negosim.Scenario.load('pie')\n"
        "before = 'negosim.report.cards' in sys.modules\n"
        "pie._repr_html_()\n"
        "print(before, 'negosim.report.cards' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False True\n"
