"""One run of the talks as a Mesa model: people who act in turn, a transcript, a table of rounds, and forks."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from negosim.agents import Negotiator, Principal, Ratifier
from negosim.events import Event, opening_event, round_state
from negosim.game import prepare
from negosim.kernel import RUN, Outcomes, finish, new_talks, record, strategies_of
from negosim.rules import moves
from negosim.rules.opening import hold_dear, open_talks
from negosim.rules.records import Talks
from negosim.scenario import Scenario
from negosim.transcript import narrate
from negosim.vocabulary import Ending, Response, Side

if TYPE_CHECKING:
    import pandas


class Negotiation(mesa.Model):
    """The talks of one scenario with one run's luck; the same run as ``simulate(scenario, 1, seed, first=replication)``.

    One ``step()`` is one round. ``running`` says whether the talks go on, ``outcome`` is None until they have ended.
    Raises ValueError for a seed or replication that is negative.
    """

    def __init__(self, scenario: Scenario, seed: int = 0, replication: int = 0) -> None:
        if not 0 <= seed < 2**64 or replication < 0:
            raise ValueError(f"seed = {seed}, replication = {replication}: both must be 0 or more.")
        super().__init__(rng=seed)
        self.scenario, self.luck_seed, self.replication = scenario, np.uint64(seed), np.uint64(replication)
        self.game = prepare(scenario)
        self.talks = new_talks(self.game)
        self.strategies = strategies_of(scenario)
        self.events: list[Event] = []
        self.rounds: list[dict[str, Any]] = []
        self.outcome: Outcomes | None = None
        self.principals = [Principal(self, s, scenario.delegation(s).principal) for s in Side]
        self.negotiators = [[Negotiator(self, s, p) for p in scenario.delegation(s).negotiators] for s in Side]
        people = [(s, person) for s in Side for person in scenario.delegation(s).ratifiers]
        self.ratifiers = [Ratifier(self, s, person, r) for r, (s, person) in enumerate(people)]
        open_talks(self.game, self.talks, self.luck_seed, self.replication)
        self.events.append(opening_event(self))

    @property
    def round(self) -> int:
        """The number of rounds played."""
        return int(self.talks.public[0]["round"])

    def step(self) -> None:
        """Play one round: world, threats, who speaks, offer, answer, home, learning, clock. Nothing once talks are over."""
        if not self.running:
            return
        game, talks, luck = self.game, self.talks, (self.luck_seed, self.replication)
        before = talks.threat_state.copy()
        moves.move_world(game, talks, *luck)
        self.principals[Side.SENDER].move_threats()
        moves.choose_speakers(game, talks, *luck)
        for principal in self.principals:
            principal.face_the_alternative()
        moves.choose_frontier(game, talks)
        public = talks.public[0]
        proposer = Side(int(public["proposer"]))
        self.negotiators[proposer][int(public["lead"])].offer(self.principals[proposer])
        answer = self.principals[proposer.other].answer()
        moves.remember_offer(game, talks)
        votes: list[bool] = []
        ending, walker = self._consequences(answer, proposer, votes)
        if ending == 0:
            for principal in self.principals:
                principal.learn(answer is Response.ACCEPT)
            for principal in self.principals:
                principal.bear_costs()
            ending = int(moves.clock(game, talks, *luck))
        self._note(before, proposer, answer, votes)
        if ending != 0:
            self._finish(ending, walker)

    def _consequences(self, answer: Response, proposer: Side, votes: list[bool]) -> tuple[int, int]:
        """Draw the consequences of an answer. Returns (ending or 0, the side that walked out or -1)."""
        game, talks = self.game, self.talks
        if answer is Response.WALK_OUT:
            return int(Ending.WALK_OUT), int(proposer.other)
        if answer is Response.REFUSE:
            self.principals[Side.SENDER].carry_out_threats()
            return 0, -1
        moves.lock_part(game, talks)
        if talks.public[0]["part"] < game.world[0]["parts"]:
            return 0, -1
        votes.extend(ratifier.vote() for ratifier in self.ratifiers)
        if all(votes):
            return int(Ending.SETTLED), -1
        if not game.world[0]["setback"]:
            return int(Ending.RATIFICATION_FAILED), -1
        moves.reopen(talks)
        return 0, -1

    def _note(self, before: Any, proposer: Side, answer: Response, votes: list[bool]) -> None:
        state = round_state(self, before, proposer, answer, votes)
        self.rounds.append(state)
        self.events.append(Event("round", state))

    def _finish(self, ending: int, walker: int) -> None:
        ending, kept = finish(self.game, self.talks, self.luck_seed, self.replication, ending, walker)
        runs, settlements = np.zeros(1, RUN), np.zeros((1, len(self.game.status_quo)))
        record(self.game, self.talks, int(ending), kept, runs[0], settlements[0])
        self.outcome = Outcomes(self.scenario, int(self.replication), runs, settlements)
        self.running = False
        self.events.append(Event("end", self.outcome.frame().iloc[0].to_dict()))

    def play(self) -> Negotiation:
        """Play on until the talks have ended, and return the model."""
        while self.running:
            self.step()
        return self

    def transcript(self) -> str:
        """Tell the run so far in plain English, with dates and real units."""
        return narrate(self.scenario, self.events)

    def frame(self) -> pandas.DataFrame:
        """Return the state of every round played, one row a round."""
        import pandas

        return pandas.DataFrame(self.rounds)

    def fork(self, changes: dict[str, Any] | None = None) -> Negotiation:
        """Return another course of the same run from here on, with the same luck and, if given, other parameters.

        ``changes`` are dotted names as in ``Scenario.vary``. What has happened stays: types, beliefs, positions settled,
        costs borne. Raises ScenarioError for changes that alter the issues or the people, as those have acted already.
        """
        scenario = self.scenario.vary(changes or {})
        other = Negotiation(scenario, int(self.luck_seed), int(self.replication))
        if [i.name for i in scenario.issues] != [i.name for i in self.scenario.issues]:
            raise ValueError("a fork must keep the issues of the talks.")
        fresh = other.talks
        other.talks = Talks._make(array.copy() for array in self.talks)
        if fresh.beliefs.shape != self.talks.beliefs.shape:  # a doubt that was not there before starts at its prior
            other.talks = other.talks._replace(beliefs=fresh.beliefs)
        for side in Side:
            _adopt(other.talks.owns[side], fresh.owns[side])
            hold_dear(other.game, other.talks.owns[side])
        public, world = other.talks.public[0], other.game.world[0]
        public["deadline"] = world["rounds"] + (world["extension_rounds"] if public["extended"] else 0)
        other.events, other.rounds = copy.deepcopy(self.events), copy.deepcopy(self.rounds)
        other.running, other.outcome = self.running, self.outcome
        return other


MEMORY = ("reservation", "profile", "committed", "kept_column", "table", "trust", "public_demand", "last_demand", "other_last",
          "other_before", "outside_option")  # fmt: skip
"""What a side carries over into a fork: its type and its memory."""


def _adopt(own: Any, fresh: Any) -> None:
    """Give a side the parameters of the fork and leave it its type and its memory."""
    for field in own.dtype.names:
        if field not in MEMORY:
            own[field] = fresh[field]
