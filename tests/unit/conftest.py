"""What several files of tests begin with: sweeps of a pretended kernel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import negosim.sweeps.play
from tests.unit import pretend


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, int]]:
    """The calls of the pretended kernel: (ambiguity, first run)."""
    calls: list[tuple[float, int]] = []

    def simulate(scenario: Any, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> Any:
        calls.append((scenario.sender.ambiguity, first))
        return pretend.simulate(scenario, replications, seed, first)

    monkeypatch.setattr(negosim.sweeps.play, "simulate", simulate)
    return calls


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a small experiment; its runs are pretended."""
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)
    path = tmp_path / "small.toml"
    path.write_text(pretend.EXPERIMENT, encoding="utf-8")
    return path
