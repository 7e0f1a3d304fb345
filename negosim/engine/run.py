"""One run of the talks: its scenario and game, its luck, who plays, and the state of the talks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from negosim.common.plain import require_whole
from negosim.common.text import counted
from negosim.common.vocabulary import Ending, Side
from negosim.engine.outcomes import Outcomes
from negosim.engine.prepare import prepare, seated, strategies_of
from negosim.rules.opening import open_talks
from negosim.rules.records import Game, Talks, new_talks
from negosim.scenario.people import Ratifier
from negosim.scenario.scenario import Scenario
from negosim.strategies.own import Own, by_side
from negosim.strategies.record import Strategy


def require_numbered(first: int, replications: int) -> None:
    """ValueError where so many runs from the number ``first`` on would come to numbers outside [0, 2**64)."""
    if int(first) + int(replications) > 2**64:
        problem = f"first = {first} leaves {counted(2**64 - int(first), 'number')} below 2**64 for {replications:,} runs"
        raise ValueError(f"{problem}. Begin with a lower number, or play fewer runs.")


@dataclass
class Run:
    """The run of a scenario with a seed and a number, between the strategies of both sides.

    own_strategies : the strategies that the user wrote, by side
    talks : the state of the run; `opened` returns the state with which it began
    outcome : None until the talks have ended
    """

    scenario: Scenario
    seed: np.uint64
    replication: np.uint64
    own_strategies: dict[Side, Strategy]
    strategies: tuple[Strategy, Strategy]
    game: Game
    talks: Talks
    outcome: Outcomes | None = None

    @classmethod
    def open(cls, scenario: Scenario, seed: int, replication: int, strategies: Own | None = None) -> Run:
        """Return a run before its first round; errors as `require_whole`, `prepare` and `strategies_of`."""
        require_whole(seed=seed, replication=replication)
        luck, own = (np.uint64(seed), np.uint64(replication)), by_side(strategies or {})
        playing = strategies_of(scenario, own)
        game = seated(prepare(scenario), playing)
        return cls(scenario, *luck, own, playing, game, _opened(game, *luck))

    @property
    def luck(self) -> tuple[np.uint64, np.uint64]:
        """What every draw of the run is addressed by: its seed and its number."""
        return self.seed, self.replication

    @property
    def round(self) -> int:
        """The number of rounds played."""
        return int(self.talks.public[0]["round"])

    @cached_property
    def homes(self) -> list[tuple[Side, Ratifier]]:
        """The ratifiers of both sides, numbered as in the game."""
        return [(side, person) for side in Side for person in self.scenario.delegation(side).ratifiers]

    def opened(self) -> Talks:
        """Return the state with which the run began."""
        return _opened(self.game, *self.luck)


def _opened(game: Game, seed: np.uint64, replication: np.uint64) -> Talks:
    talks = new_talks(game)
    open_talks(game, talks, seed, replication)
    return talks


def standing_in_words(run: Run) -> str:
    """Say in a few words how far the talks of a run are.

    >>> standing_in_words(Run.open(Scenario.load("pie"), seed=7, replication=0))
    'no round played yet, the deadline is round 10'
    """
    if run.outcome is not None:
        return f"{Ending(int(run.outcome.runs['ending'][0])).words} in round {run.round}"
    deadline = f"the deadline is round {int(run.talks.public[0]['deadline'])}"
    return f"{counted(run.round, 'round')} played, {deadline}" if run.round else f"no round played yet, {deadline}"
