"""A run of the tests that has to be complete notices a kind that is missing and a test that was skipped."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.conftest import kind_of, missing


@pytest.mark.parametrize(
    ("nodeid", "kind"),
    [
        ("tests/unit/test_kernel.py::test_a_run_ends", "unit"),
        ("tests/laws/deep/test_x.py::test_x[1-a]", "laws"),
        ("negosim/engine/kernel.py::negosim.engine.kernel.simulate", "doctests"),
    ],
)
def test_the_kind_of_a_test_is_its_folder(nodeid: str, kind: str) -> None:
    assert kind_of(nodeid) == kind


def test_a_run_in_which_every_kind_ran_is_complete() -> None:
    assert missing(Counter(unit=3, laws=1), Counter(), ["unit", "laws"]) == []


def test_a_kind_that_did_not_run_is_noticed() -> None:
    assert missing(Counter(unit=3), Counter(), ["unit", "laws"]) == ["no test of kind laws ran"]


def test_a_skipped_test_is_noticed_whatever_its_kind() -> None:
    assert missing(Counter(unit=3), Counter(oracles=2), ["unit"]) == ["2 of kind oracles skipped"]


def test_a_run_that_need_not_be_complete_may_skip() -> None:
    assert missing(Counter(), Counter(unit=1), []) == []
