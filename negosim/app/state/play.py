"""Talks in which a person plays one side: where they stand, what the person is asked, and the next state after a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negosim.app.state.audience import facts_heard, heard
from negosim.common.vocabulary import Response, Side
from negosim.engine.events import Event, column, standing
from negosim.engine.model import Negotiation
from negosim.engine.person import Question, UndecidedError, seat
from negosim.engine.transcript import narrate
from negosim.rules.clock import DOUBLE_AUCTION
from negosim.rules.menus import evaluate
from negosim.rules.payoff import settlement_worth
from negosim.scenario.parameters import Issue
from negosim.scenario.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Playing:
    """Talks with a person on one side.

    before : as they stood after the last whole round; now : the same, or the round under way up to what is asked
    question : what the person is asked; None once the talks are over
    package : the person's offer of the round under way, positions (issues,), if it has made one
    """

    side: Side
    before: Negotiation
    now: Negotiation
    question: Question | None
    package: NDArray[np.float64] | None

    @property
    def scenario(self) -> Scenario:
        """The scenario that is played."""
        return self.now.scenario

    @property
    def may_leave(self) -> bool:
        """Whether this side has an outside option to leave for."""
        return bool(np.isfinite(self.now.talks.owns[self.side]["outside_option"]))

    @property
    def bids_sealed(self) -> bool:
        """Whether both sides table sealed bids, which answer each other."""
        return bool(self.now.game.world[0]["protocol"] == DOUBLE_AUCTION)

    @property
    def reservation(self) -> float:
        """This side's reservation value, as drawn: the least that a deal must be worth to it, utility."""
        return float(self.now.talks.owns[self.side]["reservation"])

    @property
    def no_deal(self) -> float:
        """What no deal pays this side before threats are carried out, utility: with lumps its reservation value."""
        return self.reservation - float(self.now.game.sides[self.side]["gap"])

    @property
    def without_deal(self) -> float:
        """What this side expects if the talks end now, utility."""
        return float(self.now.talks.owns[self.side]["no_deal"])

    @property
    def payoff(self) -> float | None:
        """This side's payoff once the talks are over."""
        return None if self.now.outcome is None else float(self.now.outcome.runs["payoff"][0, self.side])

    @cached_property
    def events(self) -> list[Event]:
        """What this side has heard."""
        return heard(self.before.events, self.side)

    @property
    def present(self) -> dict[str, Any]:
        """How things stand now, as this side sees them."""
        return facts_heard(standing(self.now), self.side)

    @property
    def rounds(self) -> list[dict[str, Any]]:
        """The rounds played, as this side has heard of them: facts by the names of `Negotiation.frame`."""
        return [event.facts for event in self.events if event.kind == "round"]

    @property
    def offers(self) -> list[dict[str, Any]]:
        """The offers that this side has heard: those of `rounds`, and the one that it is to answer."""
        if self.question != "answer":
            return self.rounds
        public, label = self.now.talks.public[0], self.side.label
        terms = self.on_offer()
        pending = self.present | {column("offer", name): value for name, value in terms.items()}
        pending |= {"proposer": self.side.other.label, "part": int(public["part"]) + 1, "on_the_table": ""}
        pending |= {f"{label}_value": self.worth(terms), f"{label}_without_deal": self.without_deal}
        return [*self.rounds, pending]

    def transcript(self) -> str:
        """Tell the talks so far as this side has heard them."""
        return narrate(self.scenario, self.events)

    def open_issues(self) -> list[Issue]:
        """The issues that are not settled yet."""
        locked = self.now.talks.locked
        return [issue for issue, place in zip(self.scenario.issues, locked, strict=True) if np.isnan(place)]

    def on_offer(self) -> dict[str, float]:
        """The other side's offer that is to be answered: real values by issue."""
        return self._terms(self.now.talks.package)

    def start_from(self) -> dict[str, float]:
        """Terms to begin an offer with: this side's own last ones, or its best on every open issue."""
        mine = [facts for facts in self.rounds if facts["proposer"] == self.side.label]
        if mine:
            return {issue.name: float(mine[-1][column("offer", issue.name)]) for issue in self.scenario.issues}
        return self._terms(self.now.game.ideals[self.side])

    def best(self, issue: str) -> float:
        """This side's ideal on an issue, real value."""
        place = [each.name for each in self.scenario.issues].index(issue)
        return self.scenario.real(issue, float(self.now.game.ideals[self.side, place]))

    def worth(self, terms: Mapping[str, float]) -> float:
        """What a package is worth to this side if it is settled and kept, utility."""
        return float(self._row(terms)[self.now.talks.owns[self.side]["kept_column"]])

    def worth_signed(self, terms: Mapping[str, float]) -> float:
        """What this side expects of a package if it is signed now, all that it costs counted, utility."""
        return float(settlement_worth(self.now.talks.owns[self.side], self._row(terms)))

    def _row(self, terms: Mapping[str, float]) -> NDArray[np.float64]:
        """A package as a row of a menu."""
        row = np.zeros_like(self.now.talks.offer)
        evaluate(self.now.game, self.positions(terms), np.zeros(len(terms)), row)
        return row

    def positions(self, terms: Mapping[str, float]) -> NDArray[np.float64]:
        """Positions (issues,) of real values; settled issues at what is settled, levels kept, ends not passed."""
        places = np.array([self.scenario.position(issue.name, terms[issue.name]) for issue in self.scenario.issues])
        steps = np.array([(issue.levels or 1) - 1 for issue in self.scenario.issues])
        rounded = np.round(places * steps) / np.maximum(steps, 1)
        places = np.clip(np.where(steps > 0, rounded, places), 0.0, 1.0)
        locked = self.now.talks.locked
        return np.where(np.isnan(locked), places, locked)

    def offer(self, terms: Mapping[str, float]) -> Playing:
        """Table a package, given as real values by issue."""
        return _advanced(self.side, self.before, self.positions(terms), None)

    def answer(self, response: Response) -> Playing:
        """Answer the other side's offer."""
        return _advanced(self.side, self.before, self.package, response)

    def _terms(self, package: NDArray[np.float64]) -> dict[str, float]:
        issues = self.scenario.issues
        return {issue.name: self.scenario.real(issue.name, float(x)) for issue, x in zip(issues, package, strict=True)}


def begin(scenario: Scenario, side: Side, seed: int) -> Playing:
    """Open the talks of a scenario with a person on this side, and play up to the first thing that it is asked."""
    return _advanced(side, Negotiation(scenario, seed), None, None)


def _advanced(
    side: Side, before: Negotiation, package: NDArray[np.float64] | None, answer: Response | None
) -> Playing:
    """Play on from the end of a whole round, with the decisions of the next one, until the person is asked again."""
    while before.running:
        now = before.fork()
        seat(now, side, package, answer)
        try:
            now.step()
        except UndecidedError as asked:
            return Playing(side, before, now, asked.question, package)
        before, package, answer = now, None, None
    return Playing(side, before, before, None, None)
