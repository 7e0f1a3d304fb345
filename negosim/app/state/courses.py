"""Courses of the talks: a scenario, a seed, and the forks taken on the way; played to the end once, then only read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from negosim.engine.events import Event
from negosim.engine.model import Negotiation
from negosim.engine.transcript import narrate
from negosim.scenario.scenario import Scenario

REMEMBERED = 64
"""Courses that are kept; any other is played anew, which takes milliseconds."""

Changes = tuple[tuple[str, Any], ...]
"""Values by dotted name, in the order in which they were changed."""


@dataclass(frozen=True)
class Fork:
    """Another course from the end of a round on: values by dotted name."""

    after: int
    changes: Changes

    def words(self) -> str:
        """The fork in words.

        >>> Fork(3, (("sender.toughness", 2.0),)).words()
        'from round 4 on: sender.toughness = 2.0'
        """
        return f"from round {self.after + 1} on: {', '.join(f'{name} = {value}' for name, value in self.changes)}"


@dataclass(frozen=True)
class Course:
    """One course of the talks. Raises ScenarioError when it is played and a fork cannot be taken."""

    scenario: Scenario
    seed: int
    fork: Fork | None = None

    def played(self) -> Negotiation:
        """The talks, played to the end. Nobody may change them: they are shared."""
        return _played(self)

    @property
    def length(self) -> int:
        """Rounds to the end."""
        return self.played().round

    def shown(self, rounds: int) -> Shown:
        """What can be seen of this course after so many rounds."""
        return Shown(self, rounds)

    def stopped(self, rounds: int) -> Negotiation:
        """The talks anew, played so many rounds."""
        talks, fork = Negotiation(self.scenario, self.seed), self.fork
        while talks.running and talks.round < rounds:
            if fork is not None and talks.round == fork.after:
                talks = talks.fork(dict(fork.changes))
            talks.step()
        return talks


@dataclass(frozen=True, eq=False)
class Shown:
    """A course as far as it is shown: its first `rounds` rounds."""

    course: Course
    rounds: int

    @property
    def talks(self) -> Negotiation:
        """The talks, played to the end."""
        return self.course.played()

    def replayed(self) -> Negotiation:
        """The talks as they stand after these rounds."""
        return self.course.stopped(self.rounds)

    @property
    def scenario(self) -> Scenario:
        """The scenario in force, forks included."""
        return self.talks.scenario

    @property
    def has_ended(self) -> bool:
        """Whether the end is shown."""
        return self.rounds >= self.talks.round

    @property
    def events(self) -> list[Event]:
        """What has happened so far."""
        return [event for event in self.talks.events if self._is_past(event)]

    @property
    def opening(self) -> Mapping[str, Any]:
        """How things stood before round 1."""
        return self.talks.events[0].facts

    @property
    def offers(self) -> list[Mapping[str, Any]]:
        """The offers so far, facts by the names of `Negotiation.frame`; a round has two where both sides table one."""
        return [facts for facts in self.talks.rounds if facts["round"] <= self.rounds]

    @property
    def end(self) -> Mapping[str, Any] | None:
        """The facts of the end, if it is shown."""
        return self.talks.events[-1].facts if self.has_ended else None

    def transcript(self) -> str:
        """The course so far in plain English."""
        return narrate(self.scenario, self.events)

    def csv(self) -> str:
        """The offers so far as comma-separated values, one row an offer."""
        frame = self.talks.frame()
        return str(frame[frame["round"] <= self.rounds].to_csv(index=False))

    def _is_past(self, event: Event) -> bool:
        if event.kind == "end":
            return self.has_ended
        return event.kind == "opening" or int(event.facts["round"]) <= self.rounds


@lru_cache(maxsize=REMEMBERED)
def _played(course: Course) -> Negotiation:
    fork = course.fork
    if fork is None:
        return Negotiation(course.scenario, course.seed).play()
    before = Course(course.scenario, course.seed).stopped(fork.after)
    return before.fork(dict(fork.changes)).play()
