"""One run of the talks as a Mesa model: people who act in turn, a transcript, a table of rounds, and forks."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
from numpy.typing import NDArray

from negosim.agents import Negotiator, Principal, Ratifier
from negosim.cards import talks_card, talks_standing
from negosim.events import Answered, Event, end_event, fork_event, home_facts, opening_event, plain, round_state
from negosim.game import prepare
from negosim.kernel import RUN, Outcomes, record, require_whole
from negosim.own_strategy import Own, by_side, strategies_of
from negosim.rules import closing, floor, moves
from negosim.rules.opening import hold_dear, open_talks
from negosim.rules.records import Game, Talks
from negosim.scenario import Scenario
from negosim.scenario_error import ScenarioError
from negosim.talks import new_talks
from negosim.transcript import narrate, paragraphs
from negosim.vocabulary import Ending, Response, Side, ThreatState
from negosim.weighing import Weighing

if TYPE_CHECKING:
    import pandas

GOING_ON, NOBODY = 0, -1
"""No ending yet; and no side has walked out."""


class Negotiation(mesa.Model):
    """The talks of one scenario with one run's luck; the same run as ``simulate(scenario, 1, seed, first=replication)``.

    One ``step()`` is one round. ``running`` says whether the talks go on, ``outcome`` is None until they have ended.
    ``strategies`` are of the user's own, by side: ``{"target": ns.strategy(propose, respond)}``; see docs/strategies.md.
    Raises TypeError for a scenario that is no Scenario (``Scenario.load`` makes one of a name or a path) and for a seed or
    replication that is no whole number, ValueError for one outside [0, 2**64).
    """

    scenario: Scenario = None  # type: ignore[assignment]  # set below; here it hides the scenario that Mesa 3.5 makes itself

    def __init__(
        self, scenario: Scenario, seed: int = 0, replication: int = 0, strategies: Own | None = None
    ) -> None:
        require_whole(seed=seed, replication=replication)
        super().__init__(rng=int(seed))
        self.scenario, self.luck_seed, self.replication = scenario, np.uint64(seed), np.uint64(replication)
        self.game = prepare(scenario)
        self.talks = _opened(self.game, self.luck_seed, self.replication)
        self.own_strategies = by_side(strategies or {})
        self.strategies = strategies_of(scenario, self.own_strategies)
        self.principals = [Principal(self, s, scenario.delegation(s).principal) for s in Side]
        self.negotiators = [[Negotiator(self, s, p) for p in scenario.delegation(s).negotiators] for s in Side]
        people = [(s, person) for s in Side for person in scenario.delegation(s).ratifiers]
        self.ratifiers = [Ratifier(self, s, person, r) for r, (s, person) in enumerate(people)]
        self.rounds: list[dict[str, Any]] = []
        self.outcome: Outcomes | None = None
        self.events: list[Event] = [opening_event(self)]

    @property
    def round(self) -> int:
        """The number of rounds played."""
        return int(self.talks.public[0]["round"])

    def step(self) -> None:
        """Play one round: world, threats, who speaks, offer, answer, home, learning, clock. Nothing once talks are over."""
        if not self.running:
            return
        game, talks, luck = self.game, self.talks, (self.luck_seed, self.replication)
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
            for principal in self.principals:
                principal.bear_costs()
            ending = int(moves.clock(game, talks, *luck))
        self._note(standing)
        if ending != GOING_ON:
            self._finish(ending, walker)

    def _note(self, played: Answered) -> None:
        """Enter an offer, its answer and the present state in the table and in the story."""
        self.rounds.append(round_state(self, played))
        self.events.append(Event("round", self.rounds[-1] | home_facts(self, played.offer)))

    def _answer(self, proposer: Side) -> Answered:
        """Let the other side's principal answer, and note what it compared and what stood at that moment."""
        talks, principal = self.talks, self.principals[proposer.other]
        floor.look_at(talks, int(proposer))
        weighing, answer = principal.weigh(), principal.answer()
        talks.answers[proposer] = answer
        threats = [ThreatState(int(state)) for state in talks.threat_state]
        signed = answer is Response.ACCEPT and self.principals[proposer].signs()
        lead, part = int(talks.public[0]["lead"]), int(talks.public[0]["part"])
        return Answered(proposer, lead, answer, weighing, [], threats, part, signed, talks.offer.copy(), talks.package.copy())

    def _consequences(self, answer: Response, played: Answered) -> tuple[int, int]:
        """Draw the consequences of an answer. Returns (an Ending's number or GOING_ON, the side that left or NOBODY)."""
        game, talks = self.game, self.talks
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
        game, talks, luck = self.game, self.talks, (self.luck_seed, self.replication)
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
        self.outcome = Outcomes(self.scenario, int(self.replication), runs, settlements, in_force)
        self.running = False
        self.events.append(end_event(self, votes))

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
            "seed": int(self.luck_seed),
            "replication": int(self.replication),
            "own_strategies": [side.label for side in Side if side in self.own_strategies],
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
        answer_basis                 what was needed: see ``negosim.weighing.Weighing``
        signed                       whether the offer was accepted and its own maker signed it
        vote_S_P                     whether this ratifier consented; missing if nothing was put to it
        ============================ ================================================================================
        """
        import pandas

        nothing, states = Weighing(np.nan, np.nan, ""), [ThreatState.NONE] * len(self.talks.threat_state)
        proposer, talks = Side(int(self.talks.public[0]["proposer"])), self.talks
        no_offer = Answered(proposer, 0, Response.REFUSE, nothing, [], states, 0, False, talks.offer, talks.package)
        blank = round_state(self, no_offer)  # for columns and their types
        frame = pandas.DataFrame(self.rounds or [blank]).iloc[: len(self.rounds)]
        return frame.astype({"date": "datetime64[s]"} | {name: "boolean" for name in blank if name.startswith("vote_")})

    def __repr__(self) -> str:
        return f"<Negotiation {self.scenario.name}, seed {int(self.luck_seed)}: {talks_standing(self)}>"

    def _repr_html_(self) -> str:
        return talks_card(self)

    def fork(self, changes: Mapping[str, Any] | None = None) -> Negotiation:
        """Return another course of the same run from here on, with the same luck and, if given, other parameters.

        ``changes`` are dotted names as in ``Scenario.vary``. What has happened stays; without changes the fork goes on bit
        for bit as the original would. A parameter that sets how something starts (a type, trust, a threat's state, market
        stress) sets it anew as of now, a type by the luck with which it was drawn at first; a belief whose prior is
        changed starts anew at that prior. What was demanded is remembered at what it was worth then. The original is left
        as it is. Raises ScenarioError for a change that ``vary`` refuses, that alters the people, the threats or the ends
        of the issues, that cuts the agenda anew once a part is settled, that puts the deadline into the past, or that
        comes after the end.
        """
        changes = dict(changes or {})
        scenario = self.scenario.vary(changes)
        _refuse_other_talks(self, changes)
        other = Negotiation(scenario, int(self.luck_seed), int(self.replication), self.own_strategies)
        other.events, other.rounds = copy.deepcopy(self.events), copy.deepcopy(self.rounds)
        other.running, other.outcome = self.running, self.outcome
        other.talks = _carried_on(self.talks, _opened(self.game, self.luck_seed, self.replication), other.talks)
        if changes:
            _refuse_another_agenda(self, other, changes)
            other.talks.public[0]["deadline"] = _deadline(self, other, changes)
            for own in (*other.talks.owns, *other.talks.images):
                hold_dear(other.game, own)
            other.events.append(fork_event(other, changes))
        return other


def _opened(game: Game, seed: np.uint64, replication: np.uint64) -> Talks:
    """Return the talks of a run as they open."""
    talks = new_talks(game)
    open_talks(game, talks, seed, replication)
    return talks


# ---- forks -----------------------------------------------------------------------------------------------------------

FIXED = re.compile(
    r"name|issues(\.[^.]+\.(name|unit|target_end|sender_end))?|threats(\.[^.]+\.issue)?"
    r"|(sender|target)\.(principal|negotiators|ratifiers)(\.[^.]+)?(\.name)?"
)
"""Dotted names of what the talks are about and who takes part, which a fork keeps."""

CUTS_THE_AGENDA = ("talks.agenda", "talks.linkage_threshold", "linkage.")


def _refuse_other_talks(model: Negotiation, changes: Mapping[str, Any]) -> None:
    """Raise ScenarioError for changes after the end, and for those that make other talks of these."""
    for name, value in changes.items():
        if FIXED.fullmatch(name):
            problem = "cannot be changed in a fork, which keeps the people, the threats and the ends of the issues"
            remedy = "Start anew instead: Negotiation(scenario.vary(...), seed)."
            raise ScenarioError(problem, field=name, value=value, remedy=remedy)
        if any(name == f"{side.label}.strategy" for side in model.own_strategies):
            remedy = "Start anew without strategies=: Negotiation(scenario.vary(...), seed)."
            problem = "cannot be changed in a fork: the side plays a strategy of the user's own"
            raise ScenarioError(problem, field=name, value=value, remedy=remedy)
        if not model.running:
            remedy = "Fork before the end: make the model again and step() to the round you want."
            raise ScenarioError("comes too late: the talks have ended", field=name, value=value, remedy=remedy)


def _refuse_another_agenda(model: Negotiation, other: Negotiation, changes: Mapping[str, Any]) -> None:
    """Raise ScenarioError where the agenda would be cut anew although parts of it are settled."""
    settled = int(model.talks.public[0]["part"])
    if settled == 0 or np.array_equal(model.game.part_of_issue, other.game.part_of_issue):
        return
    name = next((name for name in changes if name.startswith(CUTS_THE_AGENDA)), next(iter(changes)))
    problem = f"would cut the agenda anew, of which parts are settled (the first {settled})"
    remedy = "Fork before the first part is settled, or leave the agenda and the linkage as they are."
    raise ScenarioError(problem, field=name, value=changes[name], remedy=remedy)


def _deadline(model: Negotiation, other: Negotiation, changes: Mapping[str, Any]) -> int:
    """Return the round of the deadline in force in a fork; ScenarioError if that is over or was moved already."""
    world, extended = other.game.world[0], bool(model.talks.public[0]["extended"])
    if extended and world["rounds"] != model.game.world[0]["rounds"]:
        name = "talks.rounds" if "talks.rounds" in changes else "talks.protocol"
        remedy = "Set talks.extension_rounds, by which it was moved."
        raise ScenarioError("comes too late: the deadline has been moved", field=name, value=changes[name], remedy=remedy)
    deadline = int(world["rounds"] + (world["extension_rounds"] if extended else 0))
    if deadline <= model.round:
        name = "talks.extension_rounds" if extended else "talks.rounds"
        name = name if name in changes else "talks.protocol"
        least = model.round + 1 - (int(world["rounds"]) if extended else 0)
        remedy = f"Fork earlier, or make {'talks.extension_rounds' if extended else 'talks.rounds'} {least} or more."
        problem = f"puts the deadline into the past: {model.round} rounds have been played"
        raise ScenarioError(problem, field=name, value=changes[name], remedy=remedy)
    return deadline


def _carried_on(mine: Talks, before: Talks, after: Talks) -> Talks:
    """Return a state of the talks as it is, ``mine``, but where they would have opened otherwise, as they would have opened.

    ``before`` and ``after`` are openings with the same luck, before and after the changes.
    """
    merged: dict[str, Any] = {}
    for name in Talks._fields:
        present, old, new = (getattr(talks, name) for talks in (mine, before, after))
        if name == "beliefs":
            merged[name] = np.stack([_belief(side, mine, before, after) for side in Side])
        elif new.shape != old.shape:  # scratch of a belief with more or fewer cells
            merged[name] = new
        elif new.dtype.names:
            merged[name] = present.copy()
            for field in new.dtype.names:
                merged[name][field] = _chosen(present[field], old[field], new[field])
        elif name == "homes":  # both ends of a support belong together
            merged[name] = np.where(_same(old, new).all(axis=1, keepdims=True), present, new)
        else:
            merged[name] = _chosen(present, old, new)
    public = merged["public"]
    if public[0]["round"] > 0:  # the highest stress so far is a thing of the past
        public["peak_stress"] = np.maximum(mine.public["peak_stress"], public["stress"])
    return Talks(**merged)


def _same(old: NDArray[Any], new: NDArray[Any]) -> NDArray[np.bool_]:
    return (old == new) | ((old != old) & (new != new))


def _chosen(present: NDArray[Any], old: NDArray[Any], new: NDArray[Any]) -> NDArray[Any]:
    return np.where(_same(old, new), present, new)


def _belief(side: Side, mine: Talks, before: Talks, after: Talks) -> NDArray[np.float64]:
    """Return a side's belief as it is, or the prior where the changes made that another one."""
    old, new, belief = before.owns[side], after.owns[side], after.beliefs[side].copy()
    place = slice(0, int(new["other_voices"])), slice(0, int(new["believed_cells"]) + 1)
    support = ["believed_cells", "believed_low", "believed_high", "believed_tilt"]
    if old[support] == new[support] and np.array_equal(before.beliefs[side][place], belief[place]):
        belief[place] = mine.beliefs[side][place]
    return belief
