"""What the server was told to open: it tells the page, which Solara loads by name, in the environment."""

from __future__ import annotations

import os

from negosim.scenario.scenario import Scenario

OPENED = "NEGOSIM_VIEW_SCENARIO"
"""The variable with the name or the path of the scenario."""

DEFAULT = "pie"


def opened_scenario() -> Scenario:
    """The scenario that the server was told to open."""
    return Scenario.load(os.environ.get(OPENED, DEFAULT))
