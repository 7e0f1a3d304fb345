"""A game that a person plays: the talks, and the terms of the offer that it is about to make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from negosim.app.bidding import read_term
from negosim.app.playing import Playing, begin
from negosim.scenario import Scenario
from negosim.vocabulary import Response, Side


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
