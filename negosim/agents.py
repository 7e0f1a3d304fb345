"""The people of a delegation as Mesa agents; each acts in the round by the same rules that the kernel calls."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import mesa

from negosim.parameters import Negotiator as NegotiatorParameters
from negosim.parameters import Person
from negosim.parameters import Ratifier as RatifierParameters
from negosim.rules import moves
from negosim.rules.beliefs import TOLERANCE, concession
from negosim.rules.home import ratification
from negosim.strategies import commitment, risk_return
from negosim.strategies.tit_for_tat import imitation
from negosim.strategies.veto_aware import LIKELY
from negosim.vocabulary import Response, Side

if TYPE_CHECKING:
    from negosim.model import Negotiation


ABOVE_NONE = 1e-6
"""A chance of passing at home that is as good as none."""


class Weighing(NamedTuple):
    """What a principal compared when it answered: ``worth`` must reach ``needed``, utilities or, at home, chances.

    ``basis`` says what was needed: "commitment" its final demand, "aspiration" what it aspires to in this round,
    "reciprocity" what would answer the other's concession in kind, "reservation" its reservation value, "home" a chance
    of passing at home, "no-home" any such chance, "going-on" what it expects of going on, "outside-option" what it has by
    leaving, "" unknown.
    """

    worth: float
    needed: float
    basis: str


def weigh(strategy: str, own, public, belief, homes, offer, outlook) -> Weighing:
    """Return what a strategy compares in its answer, from what it is given to answer by; ``strategy`` by name."""
    value = float(offer[own["kept_column"]])
    if strategy == "commitment":
        return Weighing(value, float(own["committed_demand"]), "commitment")
    if strategy in ("time-dependent", "veto-aware"):
        aspired = concession(own["reservation"], own["opening"], own["conceded"])
        passes = ratification(offer, homes, public["home_column"])
        if strategy == "veto-aware" and value >= aspired - TOLERANCE and passes < LIKELY and public["goes_on"] > 0.0:
            return Weighing(passes, LIKELY, "home")
        return Weighing(value, aspired, "aspiration")
    if strategy == "tit-for-tat":
        if public["elapsed"] >= 1.0:
            return Weighing(value, float(own["reservation"]), "reservation")
        return Weighing(value, imitation(own, own["other_last"], value), "reciprocity")
    if strategy == "risk-return":
        return _prospects(own, public, belief, homes, offer, outlook)
    return Weighing(value, math.nan, "")


def _prospects(own, public, belief, homes, offer, outlook) -> Weighing:
    """Return the deal, as far as it is believed to pass and to be kept, against going on or leaving."""
    deal, refused, passes = risk_return.prospects(own, public, belief, homes, offer, outlook)
    leaving = own["outside_option"]  # NaN where there is none, so that no comparison with it holds
    if passes <= 0.0 and not leaving > max(deal, refused):
        return Weighing(passes, ABOVE_NONE, "no-home")
    if leaving > refused:
        return Weighing(deal, float(leaving), "outside-option")
    return Weighing(deal, refused, "going-on")


class Principal(mesa.Agent):
    """Decides how much to demand and whether to accept; the sender's principal also moves the threats."""

    model: Negotiation

    def __init__(self, model: Negotiation, side: Side, person: Person) -> None:
        super().__init__(model)
        self.side, self.person = side, person

    def _strategy(self):
        own = self.model.talks.owns[self.side]
        return commitment if own["committed"] else self.model.strategies[self.side]

    def _knowledge(self) -> tuple[Any, Any, Any, Any]:
        """Return what a strategy may see: its own record, the public one, its belief, what is known of the homes."""
        talks = self.model.talks
        return talks.owns[self.side], talks.public[0], talks.beliefs[self.side], talks.homes

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
        return self._strategy().propose(*self._knowledge(), menu, self._outlook(), noise)

    def answer(self) -> Response:
        """Accept, refuse, or leave the talks."""
        return Response(self._strategy().respond(*self._knowledge(), self.model.talks.offer, self._outlook()))

    def signs(self) -> bool:
        """Sign the delegation's own offer, now that the other side has accepted it, or not."""
        return bool(moves.signs(self.model.talks))

    def weigh(self) -> Weighing:
        """Say what this principal compares when it answers the offer on the table."""
        committed = self.model.talks.owns[self.side]["committed"]
        name = "commitment" if committed else self.model.scenario.delegation(self.side).strategy
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
