"""The people of a delegation as Mesa agents; each acts in the round by the same rules that the kernel calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from negosim.parameters import Negotiator as NegotiatorParameters
from negosim.parameters import Person
from negosim.parameters import Ratifier as RatifierParameters
from negosim.rules import moves
from negosim.strategies import commitment
from negosim.vocabulary import Response, Side

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

    def _outlook(self):
        game = self.model.game
        tables = game.sender_outlook if self.side is Side.SENDER else game.target_outlook
        return tables[self.model.talks.owns[self.side]["table"]]

    def move_threats(self) -> None:
        """Announce, escalate or pause each threat."""
        moves.move_threats(self.model.game, self.model.talks)

    def face_the_alternative(self) -> None:
        """Take stock of what there is without a deal."""
        moves.face_the_alternative(self.model.game, self.model.talks, self.side)

    def demand(self, menu, noise: float) -> float:
        """Say how much own utility the delegation shall demand from this menu."""
        talks = self.model.talks
        return self._strategy().propose(
            talks.owns[self.side], talks.public[0], talks.beliefs[self.side], talks.homes, menu,
            self._outlook(), noise,
        )  # fmt: skip

    def answer(self) -> Response:
        """Accept, refuse, or leave the talks."""
        talks = self.model.talks
        return Response(
            self._strategy().respond(
                talks.owns[self.side], talks.public[0], talks.beliefs[self.side], talks.homes, talks.offer,
                self._outlook(),
            )
        )  # fmt: skip

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
        moves.restrict_menu(game, talks)
        public = talks.public[0]
        menu = talks.menu if public["part"] else game.menus[public["frontier_sender"], public["frontier_target"]]
        noise = moves.offer_noise(game, talks, self.model.luck_seed, self.model.replication)
        moves.table_offer(game, talks, menu, principal.demand(menu, noise))


class Ratifier(mesa.Agent):
    """A group at home without whose consent a deal fails."""

    model: Negotiation

    def __init__(self, model: Negotiation, side: Side, person: RatifierParameters, number: int) -> None:
        super().__init__(model)
        self.side, self.person, self.number = side, person, number

    def vote(self) -> bool:
        """Vote on the deal on the table; the vote is public."""
        return bool(moves.vote(self.model.game, self.model.talks, self.number))
