"""The people of a delegation as Mesa agents; each acts in the round by the same rules that the kernel calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from negosim.parameters import Negotiator as NegotiatorParameters
from negosim.parameters import Person
from negosim.parameters import Ratifier as RatifierParameters
from negosim.rules import floor, moves
from negosim.rules.timing import DOUBLE_AUCTION
from negosim.strategies import commitment
from negosim.vocabulary import Response, Side
from negosim.weighing import OWN_RULE, Weighing, against_own_bid, weigh

if TYPE_CHECKING:
    from negosim.model import Negotiation


class Principal(mesa.Agent):
    """Decides how much to demand and whether to accept; the sender's principal also moves the threats."""

    model: Negotiation

    def __init__(self, model: Negotiation, side: Side, person: Person) -> None:
        super().__init__(model)
        self.side, self.person = side, person

    def _strategy(self):
        own = self.model.talks.owns[self.side]
        return commitment if own["committed"] else self.model.strategies[self.side]

    def _knowledge(self) -> tuple[Any, Any, Any, Any, Any]:
        """Return what a strategy may see: its own record, the other's image, the public record, its belief, the homes."""
        talks = self.model.talks
        other = talks.images[self.side.other]
        return talks.owns[self.side], other, talks.public[0], talks.beliefs[self.side], talks.homes

    def _bids(self) -> bool:
        return bool(self.model.game.world[0]["protocol"] == DOUBLE_AUCTION)

    def _outlook(self):
        game = self.model.game
        tables = game.sender_outlook if self.side is Side.SENDER else game.target_outlook
        return tables[self.model.talks.owns[self.side]["table"]]

    def move_threats(self) -> None:
        """Announce, escalate or pause each threat."""
        moves.move_threats(self.model.game, self.model.talks)

    def face_the_alternative(self) -> None:
        """Take stock of what there is without a deal."""
        model = self.model
        moves.face_the_alternative(model.game, model.talks, self.side, model.luck_seed, model.replication)

    def demand(self, menu, noise: float) -> float:
        """Say how much own utility the delegation shall demand from this menu."""
        return self._strategy().propose(*self._knowledge(), menu, self._outlook(), noise)

    def table(self, menu, noise: float) -> None:
        """Table the package that the lead builds to meet the principal's demand."""
        moves.table_offer(self.model.game, self.model.talks, menu, self.demand(menu, noise))

    def answer(self) -> Response:
        """Accept, refuse, or leave the talks; in a double auction the sealed bids answer each other."""
        if self._bids():
            return Response(floor.satisfies(self.model.talks))
        return Response(self._strategy().respond(*self._knowledge(), self.model.talks.offer, self._outlook()))

    def signs(self) -> bool:
        """Sign the delegation's own offer, now that the other side has accepted it, or not."""
        return bool(moves.signs(self.model.talks))

    def weigh(self) -> Weighing:
        """Say what this principal compares when it answers the offer on the table."""
        if self._bids():
            return against_own_bid(self._knowledge()[0], self.model.talks.offer)
        if self.model.talks.owns[self.side]["committed"]:
            name = "commitment"
        elif self.side in self.model.own_strategies:
            name = OWN_RULE
        else:
            name = self.model.scenario.delegation(self.side).strategy
        return weigh(name, *self._knowledge(), self.model.talks.offer, self._outlook())

    def carry_out_threats(self) -> None:
        """Punish a refusal early, or let the threat stand."""
        moves.carry_out_threats(self.model.game, self.model.talks, self.model.luck_seed, self.model.replication)

    def learn(self, accepted: bool) -> None:
        """Update the belief about the other side from the public record."""
        moves.learn(self.model.game, self.model.talks, self.side, accepted)

    def bear_costs(self) -> None:
        """Bear the costs of a round without a deal."""
        moves.bear_costs(self.model.game, self.model.talks, self.side)


class Negotiator(mesa.Agent):
    """Speaks for the delegation: as the lead, builds the package that meets the principal's demand and tables it."""

    model: Negotiation

    def __init__(self, model: Negotiation, side: Side, person: NegotiatorParameters) -> None:
        super().__init__(model)
        self.side, self.person = side, person

    def offer(self, principal: Principal) -> None:
        """Put a package on the table at the utility that the principal demands."""
        game, talks = self.model.game, self.model.talks
        moves.choose_frontier(game, talks)
        moves.restrict_menu(game, talks)
        public = talks.public[0]
        menu = talks.menu if public["part"] else game.menus[public["frontier_sender"], public["frontier_target"]]
        noise = moves.offer_noise(game, talks, self.model.luck_seed, self.model.replication)
        principal.table(menu, noise)
        floor.lay_down(talks)


class Ratifier(mesa.Agent):
    """A group at home without whose consent a deal fails."""

    model: Negotiation

    def __init__(self, model: Negotiation, side: Side, person: RatifierParameters, number: int) -> None:
        super().__init__(model)
        self.side, self.person, self.number = side, person, number

    def vote(self) -> bool:
        """Vote on the deal on the table; the vote is public."""
        return bool(moves.vote(self.model.game, self.model.talks, self.number))
