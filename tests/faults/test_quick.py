"""The quick ones of the faults: nothing is lost. All of them: python -m tools.faults"""

from __future__ import annotations

import pytest

from tests.faults import files, processes, questions
from tests.faults.provoking import Fault, provoked


@pytest.mark.parametrize("fault", [*files.FAULTS, *questions.FAULTS, *processes.QUICK], ids=lambda fault: fault.__name__)
def test_nothing_is_lost_by(fault: Fault) -> None:
    said, lost = provoked(fault)
    assert said and lost.startswith("nothing")
