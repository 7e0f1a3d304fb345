"""Cases: strategies, protocols or scenarios side by side, in each of which the whole design of an experiment is played."""

from __future__ import annotations

import os
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from negosim.overrides import PlainOverrides
from negosim.parameters import Part, Slug
from negosim.scenario import Scenario


def loaded(scenario: Any) -> Any:
    """A scenario for its name or path."""
    return Scenario.load(scenario) if isinstance(scenario, (str, os.PathLike)) else scenario


NamedScenario = Annotated[Scenario, BeforeValidator(loaded), WithJsonSchema({"type": "string"})]
"""The type of a field that holds a scenario: the object, its name, or the path of its file."""


class Case(Part):
    """One case: what differs from the experiment's own scenario and baseline at each of its points."""

    name: Slug = Field(description="short name")
    title: str = Field("", description="one line for people; the name if left out")
    scenario: NamedScenario | None = Field(
        None, description="its scenario: a name, or a path from the experiment's file; none = the experiment's"
    )
    set: PlainOverrides = Field({}, description="what is set in this case, over the baseline")

    @property
    def heading(self) -> str:
        """What people call it."""
        return self.title or self.name
