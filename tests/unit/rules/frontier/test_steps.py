"""Steps of levels: how many changes are tried between two neighbours of a frontier."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from negosim.rules.frontier import steps


@pytest.mark.parametrize(("levels", "tried"), [([50, 0, 0], 50), ([50, 50, 0], 100), ([5, 5, 5], 15 + 3 * 25)])
def test_changes_of_two_issues_are_tried_only_where_no_continuous_issue_makes_up_for_one(
    levels: list[int], tried: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at, valid = [], set()
    change_levels = steps._change_levels

    def counted(stakes, start, number, pairs, package):  # type: ignore[no-untyped-def]
        looked_at.append(number)
        if change_levels.py_func(stakes, start, number, pairs, package):
            valid.add(number)
        return False

    monkeypatch.setattr(steps, "_change_levels", counted)
    stakes, package = SimpleNamespace(levels=np.array(levels)), np.zeros(3)
    assert not steps.step.py_func(stakes, package, package, np.zeros((2, 2)), package.copy(), np.zeros((3, 2, 2)))
    assert len(valid) == tried
    two = 0 not in levels
    assert len(looked_at) == (2 if two else 4) * 9 * max(levels) ** (2 if two else 1)
