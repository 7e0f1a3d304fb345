"""One run of the talks as a Mesa model: people who act in turn, a transcript, a table of rounds, and forks."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import partial
from os import PathLike
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from negosim.common import display
from negosim.common.plain import plain
from negosim.common.vocabulary import Ending, Response, Side, ThreatState
from negosim.engine.agents import Negotiator, Principal, Ratifier
from negosim.engine.events import Answered, Event, end_event, fork_event, home_facts, opening_event, round_state
from negosim.engine.fork import carry_on, refuse_other_talks
from negosim.engine.kernel import record
from negosim.engine.outcomes import RUN, Outcomes, outcome_names
from negosim.engine.run import Run, standing_in_words
from negosim.engine.transcript import narrate, paragraphs
from negosim.rules import closing, floor, moves
from negosim.rules.records import Game, Talks
from negosim.scenario.scenario import Scenario, require_loaded
from negosim.strategies.own import Own
from negosim.strategies.record import Weighing

if TYPE_CHECKING:
    import pandas

GOING_ON, NOBODY = 0, -1
"""No ending yet; and no side has walked out."""


def _latest(name: str, talks: Negotiation) -> Any:
    """Return what the outcome, or the last round, says under a name."""
    return talks.latest[name]


class Negotiation(mesa.Model):
    """The talks of one scenario with one run's luck; the same run as ``simulate(scenario, 1, seed, first=replication)``.

    One ``step()`` is one round. ``running`` says whether the talks go on, ``outcome`` is None until they have ended.
    ``scenario`` is a Scenario, or a name or a path for ``Scenario.load``. ``strategies`` are of the user's own, by side:
    ``{"target": ns.strategy(propose, respond)}``; see docs/strategies.md. ``changes`` are values of the scenario by dotted name,
    as ``Scenario.vary`` takes them. ``datacollector`` has a row for each round: the columns of ``simulate(...).frame()``, None
    until the talks have ended, and those of ``frame()`` that have other names. So Mesa's own tools play negosim:
    ``mesa.batch_run(Negotiation, {"scenario": "pie", "seed": range(9), "sender.toughness": [0.5, 2.0]})``.
    Raises TypeError for what is not a scenario and for a seed or replication that is not a whole number, ValueError for one
    outside [0, 2**64), ScenarioError for a name that is not known and for changes that ``vary`` refuses.
    """

    scenario: Scenario = None  # type: ignore[assignment]  # set below; here it hides the scenario that Mesa 3.5 makes itself

    def __init__(
        self, scenario: Scenario | str | PathLike[str], seed: int = 0, replication: int = 0, strategies: Own | None = None,
        **changes: Any,
    ) -> None:
        scenario = Scenario.load(scenario) if isinstance(scenario, str | PathLike) else scenario
        require_loaded(scenario)
        scenario = scenario.vary(changes)
        run = Run.open(scenario, seed, replication, strategies)
        super().__init__(rng=int(seed))
        self.run, self.scenario = run, scenario
        self.principals = [Principal(self, run, s, scenario.delegation(s).principal) for s in Side]
        self.negotiators = [[Negotiator(self, run, s, p) for p in scenario.delegation(s).negotiators] for s in Side]
        self.ratifiers = [Ratifier(self, run, s, person, r) for r, (s, person) in enumerate(run.homes)]
        self.rounds: list[dict[str, Any]] = []
        self.events: list[Event] = [opening_event(run)]
        self.latest: dict[str, Any] = {}
        names = dict.fromkeys((*self._blank(), *outcome_names(scenario)))
        self.datacollector = self._collector = mesa.DataCollector({name: partial(_latest, name) for name in names})

    @property
    def round(self) -> int:
        """The number of rounds played."""
        return self.run.round

    @property
    def talks(self) -> Talks:
        """The state of the talks."""
        return self.run.talks

    @property
    def game(self) -> Game:
        """The scenario made ready to play."""
        return self.run.game

    @property
    def outcome(self) -> Outcomes | None:
        """The outcome of the run; None until the talks have ended."""
        return self.run.outcome

    def _wrapped_step(self) -> None:
        """Count a step and play it, as Mesa does; once the talks are over there is none to count."""
        if self.running:
            super()._wrapped_step()

    def step(self) -> None:
        """Play one round: world, threats, who speaks, offer, answer, home, learning, clock. Nothing once talks are over."""
        game, talks, luck = self.run.game, self.run.talks, self.run.luck
        moves.move_world(game, talks, *luck)
        self.principals[Side.SENDER].move_threats()
        floor.open_floor(game, talks, *luck)
        for principal in self.principals:
            principal.face_the_alternative()
        speakers = [side for side in Side if floor.speaks(talks, int(side))]
        for side in speakers:
            floor.take_the_floor(game, talks, int(side), *luck)
            self.negotiators[side][int(talks.public[0]["lead"])].offer(self.principals[side])
        played = {side: self._answer(side) for side in speakers}
        for side in speakers:
            floor.look_at(talks, int(side))
            moves.remember_offer(game, talks)
        answer = Response(floor.conclude(game, talks, *luck))
        standing = played.pop(Side(int(talks.public[0]["proposer"])))
        for aside in played.values():  # the offer that does not stand is told first
            self._note(aside)
        ending, walker = self._consequences(answer, standing)
        if ending == GOING_ON:
            for side in speakers:
                floor.look_at(talks, int(side))
                for principal in self.principals:
                    principal.learn(bool(talks.answers[side] == Response.ACCEPT))
            ending = int(moves.run_clock(game, talks, *luck))
            if ending == GOING_ON or not game.world[0]["flows"]:
                for principal in self.principals:
                    principal.bear_costs()
        self._note(standing)
        if ending != GOING_ON:
            self._finish(ending, walker)
        self._collect()

    def _collect(self) -> None:
        """Enter the round in Mesa's table, and once the talks have ended the outcome; a subclass may have a table of its own."""
        end = {} if self.outcome is None else self.events[-1].facts
        self.latest = self.rounds[-1] | {name: end.get(name) for name in outcome_names(self.scenario)}
        self._collector.collect(self)

    def _note(self, played: Answered) -> None:
        """Enter an offer, its answer and the present state in the table and in the story."""
        self.rounds.append(round_state(self.run, played))
        self.events.append(Event("round", self.rounds[-1] | home_facts(self.run, played.offer)))

    def _answer(self, proposer: Side) -> Answered:
        """Let the other side's principal answer, and note what it compared and what stood at that moment."""
        talks, principal = self.run.talks, self.principals[proposer.other]
        floor.look_at(talks, int(proposer))
        weighing, answer = principal.weigh(), principal.answer()
        talks.answers[proposer] = answer
        threats = [ThreatState(int(state)) for state in talks.threat_state]
        signed = answer is Response.ACCEPT and self.principals[proposer].signs()
        lead, part = int(talks.public[0]["lead"]), int(talks.public[0]["part"])
        return Answered(proposer, lead, answer, weighing, [], threats, part, signed, talks.offer.copy(), talks.package.copy())

    def _consequences(self, answer: Response, played: Answered) -> tuple[int, int]:
        """Draw the consequences of an answer. Returns (an Ending's number or GOING_ON, the side that left or NOBODY)."""
        game, talks = self.run.game, self.run.talks
        if answer is Response.WALK_OUT:
            return Ending.WALK_OUT, played.proposer.other
        if answer is Response.REFUSE:
            self.principals[Side.SENDER].carry_out_threats()
            return GOING_ON, NOBODY
        if not self.principals[played.proposer].signs():
            return GOING_ON, NOBODY
        moves.lock_part(game, talks)
        if talks.public[0]["part"] < game.world[0]["parts"]:
            return GOING_ON, NOBODY
        played.votes.extend(ratifier.vote() for ratifier in self.ratifiers)
        if all(played.votes):
            return Ending.SETTLED, NOBODY
        if not game.world[0]["setback"]:
            return Ending.RATIFICATION_FAILED, NOBODY
        moves.reopen(talks)
        return GOING_ON, NOBODY

    def _finish(self, ending: int, walker: int) -> None:
        """Close the ledger by the ending; parts that are settled by then are put to the ratifiers as they stand."""
        game, talks, luck = self.run.game, self.run.talks, self.run.luck
        kept, votes = np.nan, []
        if talks.public[0]["part"] > 0 and ending not in (Ending.SETTLED, Ending.RATIFICATION_FAILED, Ending.WALK_OUT):
            closing.settle_in_part(game, talks)
            votes = [ratifier.vote() for ratifier in self.ratifiers]
            ending = Ending.SETTLED_IN_PART if all(votes) else Ending.RATIFICATION_FAILED
        if ending in (Ending.SETTLED, Ending.SETTLED_IN_PART):
            kept = closing.close_with_deal(game, talks, *luck)
        else:
            closing.close_without_deal(game, talks, *luck, walker)
        closing.close_ledger(game, talks)
        runs, settlements, in_force = np.zeros(1, RUN), np.zeros((1, len(game.status_quo))), np.zeros((1, len(game.threats)))
        record(game, talks, int(ending), kept, runs[0], settlements[0], in_force[0])
        self.run.outcome = Outcomes(self.scenario, int(self.run.replication), runs, settlements, in_force)
        self.running = False
        self.events.append(end_event(self.run, votes))

    def play(self) -> Negotiation:
        """Play on until the talks have ended, and return the model."""
        while self.running:
            self.step()
        return self

    def transcript(self, form: str = "text", fold: bool = True) -> str:
        """Tell the run so far in plain English, with dates and real units.

        form : "text" or "markdown"; fold : whether the rounds of a long run in which nothing but offers and refusals
        happened are told together. ValueError for another form.
        """
        return narrate(self.scenario, self.events, form, fold)

    def story(self) -> dict[str, Any]:
        """Return the run so far as plain data that ``json.dumps`` takes: what ``negosim play --json`` prints.

        Keys: scenario (its name), fingerprint, seed, replication, own_strategies (the sides that play a strategy of the
        user's own), opening and rounds (facts by the names of ``frame()``), forks (with the round after which each was
        taken), told (the paragraphs of the transcript), outcome (the row of ``simulate(...).frame()``; None while the
        talks go on). Dates are texts such as 2025-04-02; what is not a number is None.
        """
        told = {kind: [plain(event.facts) for event in self.events if event.kind == kind] for kind in ("opening", "fork")}
        outcome = None if self.outcome is None else self.outcome.frame().astype(object).iloc[0].to_dict()
        return {
            "scenario": self.scenario.name,
            "fingerprint": self.scenario.fingerprint(),
            "seed": int(self.run.seed),
            "replication": int(self.run.replication),
            "own_strategies": [side.label for side in Side if side in self.run.own_strategies],
            "opening": told["opening"][0],
            "rounds": plain(self.rounds),
            "forks": told["fork"],
            "told": paragraphs(self.scenario, self.events),
            "outcome": plain(outcome),
        }

    def frame(self) -> pandas.DataFrame:
        """Return the rounds played as a pandas DataFrame, one row an offer; the state is that at the end of the round.

        Where both sides table an offer in a round it has two rows, and the offer that stands is the second.

        Utilities are own utilities in [0, 1]. X is an issue, S a side (sender or target), O the other side, P a person.

        ============================ ================================================================================
        round, deadline              number of the round; round of the deadline in force
        date                         day of the round, a timestamp; NaT where rounds have no dates
        part, parts, parts_settled   part of the agenda on the table, from 1; how many there are; how many are settled
        on_the_table                 short names of the issues of that part, with spaces between them
        stress, credibility          market stress, in units of the threshold 1; the guarantee's credibility, share
        threat_X, before_answer_X    state of the threat: none, announced, paused, imposed; and when the offer was made
        level_X                      level of the threat, a multiple of its declared rate
        threatened_X, in_force_X     the value threatened and the value in force, in the unit of the issue
        S_trust                      trust in the other side's promises, probability
        S_believes_O_reservation     expected reservation value of the other side, utility
        S_believes_O_committed       belief that the other side never takes less than its demand, probability
        S_believes_O_is_P            belief that the other principal shares this negotiator's priorities, probability
        proposer, lead               sender or target; short name of the negotiator who speaks
        offer_X                      what is offered, in the unit of the issue
        S_value                      worth of the offer if it is settled and kept, utility
        S_without_deal               what the side expects if the talks end now, utility
        answer                       accept, refuse or walk-out
        answer_worth, answer_needed  what the other principal compared: the worth of the offer to it, and what it needed
        answer_basis                 what was needed: see ``negosim.strategies.record.Weighing``
        signed                       whether the offer was accepted and its own maker signed it
        vote_S_P                     whether this ratifier consented; missing if nothing was put to it
        ============================ ================================================================================
        """
        import pandas

        blank = self._blank()
        frame = pandas.DataFrame(self.rounds or [blank]).iloc[: len(self.rounds)]
        return frame.astype({"date": "datetime64[s]"} | {name: "boolean" for name in blank if name.startswith("vote_")})

    def _blank(self) -> dict[str, Any]:
        """Return a round without an offer, for the names of the columns and their types."""
        nothing, states = Weighing(np.nan, np.nan, ""), [ThreatState.NONE] * len(self.run.talks.threat_state)
        proposer, talks = Side(int(self.run.talks.public[0]["proposer"])), self.run.talks
        return round_state(
            self.run, Answered(proposer, 0, Response.REFUSE, nothing, [], states, 0, False, talks.offer, talks.package)
        )

    def __copy__(self) -> Negotiation:
        """Copy it whole: of a part of it the copy and the original would go on together."""
        return copy.deepcopy(self)

    def __repr__(self) -> str:
        return f"<Negotiation {self.scenario.name}, seed {int(self.run.seed)}: {standing_in_words(self.run)}>"

    def _repr_html_(self) -> str:
        return display.html(self)

    def fork(self, changes: Mapping[str, Any] | None = None) -> Negotiation:
        """Return another course of the same run from here on, with the same luck and, if given, other parameters.

        ``changes`` are dotted names as in ``Scenario.vary``. What has happened stays; without changes the fork goes on bit
        for bit as the original would. A parameter that sets how something starts (a type, trust, a threat's state, market
        stress) sets it anew as of now, a type by the luck with which it was drawn at first; a belief whose prior is
        changed starts anew at that prior, unless with flows it has only moved along with what no deal pays. What was demanded
        is remembered at what it was worth then. The original is left as it is. Raises ScenarioError for a change that ``vary``
        refuses, that alters the people, the threats or the ends of the issues, that cuts the agenda anew once a part is
        settled, that puts the deadline into the past, or that comes after the end.
        """
        changes = dict(changes or {})
        scenario = self.scenario.vary(changes)
        refuse_other_talks(self.run, changes)
        other = Negotiation(scenario, int(self.run.seed), int(self.run.replication), self.run.own_strategies)
        other.events, other.rounds = copy.deepcopy(self.events), copy.deepcopy(self.rounds)
        other.datacollector = other._collector = copy.deepcopy(self._collector)
        other.steps, other.latest = self.steps, self.latest
        carry_on(self.run, other.run, changes)
        other.running = self.running
        if changes:
            other.events.append(fork_event(other.run, changes))
        return other
