"""What the tests of scenarios share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from negosim.common.errors import ScenarioError
from negosim.scenario.scenario import Scenario


@pytest.fixture
def refused(tmp_path: Path) -> Callable[[str], ScenarioError]:
    """Load a text as mine.toml and give back the error."""

    def load(text: str) -> ScenarioError:
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ScenarioError) as caught:
            Scenario.load(path)
        assert caught.value.file == "mine.toml" or str(path) == caught.value.file
        assert "pydantic" not in str(caught.value).lower()
        return caught.value

    return load
