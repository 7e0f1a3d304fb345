"""Watching talks between two simulated sides: settings, a seed, how many rounds are shown, and other courses beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from negosim.app.state import dials
from negosim.app.state.courses import Changes, Course, Fork, Shown
from negosim.common.errors import ScenarioError
from negosim.scenario.scenario import Scenario

MOST_FORKS = 2
"""Other courses that find room beside the first."""

LARGEST_SEED = 2**63 - 1


@dataclass(frozen=True)
class Watching:
    """What one person watches. Every step gives a new state; a ScenarioError leaves the old one as it is."""

    base: Scenario
    seed: int = 0
    changes: Changes = ()
    rounds: int = 0
    forks: tuple[Fork, ...] = ()

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario with the settings that were changed."""
        return self.base.vary(dict(self.changes))

    @cached_property
    def courses(self) -> tuple[Course, ...]:
        """The course of the talks, and after it the other courses."""
        return tuple(Course(self.scenario, self.seed, fork) for fork in (None, *self.forks))

    @property
    def length(self) -> int:
        """Rounds of the longest course."""
        return max(course.length for course in self.courses)

    @property
    def shown(self) -> tuple[Shown, ...]:
        """All courses as far as they are shown."""
        return tuple(course.shown(min(self.rounds, course.length)) for course in self.courses)

    @property
    def has_ended(self) -> bool:
        """Whether all rounds are shown."""
        return self.rounds >= self.length

    def at(self, rounds: int) -> Watching:
        """The same with so many rounds shown, as far as there are that many."""
        return replace(self, rounds=max(0, min(rounds, self.length)))

    def stepped(self) -> Watching:
        """One round more."""
        return self.at(self.rounds + 1)

    def back(self) -> Watching:
        """One round less."""
        return self.at(self.rounds - 1)

    def with_seed(self, typed: Any) -> Watching:
        """Other luck: the talks begin anew."""
        text = str(typed).strip()
        if not text.isdecimal() or int(text) > LARGEST_SEED:
            remedy = f"Write a whole number from 0 to {LARGEST_SEED}, such as 7."
            raise ScenarioError("is no seed", field="seed", value=text, remedy=remedy)
        return replace(self, seed=int(text), rounds=0, forks=()).checked()

    def changed(self, name: str, typed: Any) -> Watching:
        """Another value of one parameter: as many rounds stay shown, other courses go where they can go no more."""
        name = name.strip()
        value = dials.read(self.scenario, name, typed)
        changes = {**dict(self.changes), name: value}
        if value == self.base.get(name):
            del changes[name]
        state = replace(self, changes=tuple(changes.items()), forks=()).checked()
        forks = tuple(fork for fork in self.forks if _can_be_taken(Course(state.scenario, self.seed, fork)))
        state = replace(state, forks=forks)
        return state.at(state.rounds)

    def unchanged(self) -> Watching:
        """All settings as the scenario has them."""
        state = replace(self, changes=(), forks=())
        return state.at(self.rounds)

    def forked(self, name: str, typed: Any) -> Watching:
        """Another course from here on, with another value of one parameter."""
        if len(self.forks) >= MOST_FORKS:
            raise ScenarioError(f"{MOST_FORKS} other courses are shown already", remedy="Remove one first.")
        name = name.strip()
        value = dials.read(self.scenario, name, typed)
        fork = Fork(min(self.rounds, self.courses[0].length), ((name, value),))
        if fork in self.forks:
            raise ScenarioError("is a course that is shown already", field=name, value=value, remedy="Choose another value.")
        return replace(self, forks=(*self.forks, fork)).checked()

    def without_fork(self, number: int) -> Watching:
        """Without one of the other courses, counted from 0."""
        state = replace(self, forks=(*self.forks[:number], *self.forks[number + 1 :]))
        return state.at(state.rounds)

    def checked(self) -> Watching:
        """The same, once all courses have been played. Raises ScenarioError if one cannot be."""
        for course in self.courses:
            course.played()
        return self


def _can_be_taken(course: Course) -> bool:
    try:
        course.played()
    except ScenarioError:
        return False
    return True
