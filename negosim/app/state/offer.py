"""A game that a person plays, and the terms of its offer: dials in real units, and what is typed read as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from negosim.app.state.dials import STEPS, Dial, Group
from negosim.app.state.play import Playing, begin
from negosim.common.errors import ScenarioError
from negosim.common.text import amount
from negosim.common.vocabulary import Response, Side
from negosim.engine.events import column
from negosim.scenario.parameters import Issue
from negosim.scenario.scenario import Scenario


def offer_dials(playing: Playing, draft: Mapping[str, float]) -> Group:
    """A slider for each issue that is open, from one end to the other."""
    return Group("Terms", tuple(_dial(playing, issue, draft[issue.name]) for issue in playing.open_issues()), is_open=True)


def _dial(playing: Playing, issue: Issue, value: float) -> Dial:
    low, high = sorted((issue.target_end, issue.sender_end))
    step = (high - low) / (STEPS if issue.levels is None else issue.levels - 1)
    told = [f"today {amount(issue.status_quo, issue.unit)}", f"best for you {amount(playing.best(issue.name), issue.unit)}"]
    theirs = [facts for facts in playing.rounds if facts["proposer"] == playing.side.other.label]
    if theirs:
        told.append(f"they last offered {amount(theirs[-1][column('offer', issue.name)], issue.unit)}")
    return Dial(issue.name, issue.title, "; ".join(told), issue.unit, "number", value, low, high, step)


def read_term(issue: Issue, typed: Any) -> float:
    """The value that a person gave for an issue; one between two levels becomes the nearest when it is tabled.

    >>> rice = Issue(name="rice", title="Rice", unit="t", target_end=0.0, sender_end=10.0, status_quo=0.0)
    >>> read_term(rice, "2.5")
    2.5
    """
    low, high = sorted((issue.target_end, issue.sender_end))
    remedy = f"It must lie between {low:g} and {high:g} {issue.unit}."
    try:
        value = float(str(typed).strip().replace("−", "-").replace(",", ""))
    except ValueError:
        raise ScenarioError("is not a number", field=issue.title, value=typed, remedy=remedy) from None
    if not low <= value <= high:
        raise ScenarioError("cannot be offered", field=issue.title, value=typed, remedy=remedy)
    return value


@dataclass(frozen=True, eq=False)
class Game:
    """A game that a person plays: the talks, the seed, and the terms that it is about to offer."""

    playing: Playing
    seed: int
    draft: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def begun(cls, scenario: Scenario, side: Side, seed: int) -> Game:
        """A new game."""
        return cls(begin(scenario, side, seed), seed).redrafted()

    def redrafted(self) -> Game:
        """The same with a draft to begin the next offer with."""
        return replace(self, draft=self.playing.start_from() if self.playing.question == "offer" else {})

    def with_term(self, issue: str, typed: Any) -> Game:
        """Another value of one issue in the draft. ScenarioError with a sentence for what cannot be offered."""
        return replace(self, draft={**self.draft, issue: read_term(self.playing.scenario.issue(issue), typed)})

    def offered(self) -> Game:
        """The draft tabled."""
        return replace(self, playing=self.playing.offer(self.draft)).redrafted()

    def answered(self, response: Response) -> Game:
        """The other side's offer answered."""
        return replace(self, playing=self.playing.answer(response)).redrafted()
