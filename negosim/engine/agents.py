"""The people of a delegation as Mesa agents; each acts in the round by the same rules that the kernel calls."""

from __future__ import annotations

from typing import Any

import mesa

from negosim.common.vocabulary import Response, Side
from negosim.engine.run import Run
from negosim.rules import floor, moves
from negosim.rules.clock import DOUBLE_AUCTION
from negosim.scenario.people import Negotiator as NegotiatorParameters
from negosim.scenario.people import Person
from negosim.scenario.people import Ratifier as RatifierParameters
from negosim.strategies.record import Strategy, Weighing
from negosim.strategies.shipped import commitment
from negosim.strategies.weighing import against_no_deal, against_own_bid


class Principal(mesa.Agent):
    """Decides how much to demand and whether to accept; the sender's also has every threat moved, by the choice of its holder."""

    def __init__(self, model: mesa.Model, run: Run, side: Side, person: Person) -> None:
        super().__init__(model)
        self.run, self.side, self.person = run, side, person

    def _strategy(self) -> Strategy:
        own = self.run.talks.owns[self.side]
        return commitment.STRATEGY if own["committed"] else self.run.strategies[self.side]

    def _knowledge(self) -> tuple[Any, Any, Any, Any, Any]:
        """Return what a strategy may see: its own record, the other's image, the public record, its belief, the homes."""
        talks = self.run.talks
        other = talks.images[self.side.other]
        return talks.owns[self.side], other, talks.public[0], talks.beliefs[self.side], talks.homes

    def _bids(self) -> bool:
        return bool(self.run.game.world[0]["protocol"] == DOUBLE_AUCTION)

    def _outlook(self):
        game = self.run.game
        tables = game.sender_outlook if self.side is Side.SENDER else game.target_outlook
        return tables[self.run.talks.owns[self.side]["table"]]

    def move_threats(self) -> None:
        """Announce, escalate or pause each threat, whichever side holds it."""
        moves.move_threats(self.run.game, self.run.talks)

    def face_the_alternative(self) -> None:
        """Take stock of what there is without a deal."""
        moves.face_the_alternative(self.run.game, self.run.talks, self.side, *self.run.luck)

    def demand(self, menu, noise: float) -> float:
        """Say how much own utility the delegation shall demand from this menu."""
        return self._strategy().propose(*self._knowledge(), menu, self._outlook(), noise)

    def table(self, menu, noise: float) -> None:
        """Table the package that the lead builds to meet the principal's demand."""
        moves.table_offer(self.run.game, self.run.talks, menu, self.demand(menu, noise))

    def answer(self) -> Response:
        """Accept, refuse, or leave the talks; in a double auction the sealed bids answer each other."""
        response = self._response()
        if response is not Response.ACCEPT or self._bids() or moves.may_accept(self.run.game, self.run.talks, int(self.side)):
            return response
        return Response.REFUSE

    def _response(self) -> Response:
        """Return the answer of the strategy or of the bid, before it is asked whether what is accepted is worth signing."""
        if self._bids():
            return Response(floor.satisfies(self.run.talks))
        return Response(self._strategy().respond(*self._knowledge(), self.run.talks.offer, self._outlook()))

    def signs(self) -> bool:
        """Sign the delegation's own offer, now that the other side has accepted it, or not."""
        return bool(moves.signs(self.run.game, self.run.talks))

    def weigh(self) -> Weighing:
        """Say what this principal compares when it answers the offer on the table."""
        if self._response() is Response.ACCEPT and self.answer() is Response.REFUSE:
            return against_no_deal(self._knowledge()[0], self.run.talks.offer, bool(self.run.game.world[0]["flows"]))
        if self._bids():
            return against_own_bid(self._knowledge()[0], self.run.talks.offer)
        return self._strategy().weigh(*self._knowledge(), self.run.talks.offer, self._outlook())

    def carry_out_threats(self) -> None:
        """Punish a refusal early, or let the threat stand."""
        moves.carry_out_threats(self.run.game, self.run.talks, *self.run.luck)

    def learn(self, accepted: bool) -> None:
        """Update the belief about the other side from the public record."""
        moves.learn(self.run.game, self.run.talks, self.side, accepted)

    def bear_costs(self) -> None:
        """Bear the costs of a round without a deal."""
        moves.bear_costs(self.run.game, self.run.talks, self.side)


class Negotiator(mesa.Agent):
    """Speaks for the delegation: as the lead, builds the package that meets the principal's demand and tables it."""

    def __init__(self, model: mesa.Model, run: Run, side: Side, person: NegotiatorParameters) -> None:
        super().__init__(model)
        self.run, self.side, self.person = run, side, person

    def offer(self, principal: Principal) -> None:
        """Put a package on the table at the utility that the principal demands."""
        game, talks = self.run.game, self.run.talks
        moves.choose_frontier(game, talks)
        moves.restrict_menu(game, talks)
        public = talks.public[0]
        menu = talks.menu if public["part"] else game.menus[public["frontier_sender"], public["frontier_target"]]
        noise = moves.offer_noise(game, talks, *self.run.luck)
        principal.table(menu, noise)
        floor.lay_down(talks)


class Ratifier(mesa.Agent):
    """A group at home without whose consent a deal fails."""

    def __init__(self, model: mesa.Model, run: Run, side: Side, person: RatifierParameters, number: int) -> None:
        super().__init__(model)
        self.run, self.side, self.person, self.number = run, side, person, number

    def vote(self) -> bool:
        """Vote on the deal on the table; the vote is public."""
        return bool(moves.vote(self.run.game, self.run.talks, self.number))
