"""A person at the table: a principal whose offers and answers are given from outside, in the order of the round as it stands.

The round is not told anew for a person. It is played on a fork; where a decision is asked that has not been given, the fork
is thrown away, and once the decision is known the round is played again from its beginning: luck is addressed by round and
purpose, so it comes out the same.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from negosim.common.vocabulary import Response, Side
from negosim.engine.agents import Principal
from negosim.engine.model import Negotiation
from negosim.rules import floor
from negosim.rules.menus import evaluate
from negosim.strategies.record import Weighing

Question = Literal["offer", "answer"]


class UndecidedError(Exception):
    """A person is asked for a decision that has not been given: an offer, or the answer to one."""

    def __init__(self, question: Question) -> None:
        super().__init__(f"The person has not decided on the {question}.")
        self.question: Question = question


class PersonalPrincipal(Principal):
    """A principal played by a person: tables the package given, gives the answer given, and is never committed.

    package : positions (issues,) in [0, 1]; settled issues keep their settled positions
    """

    def __init__(
        self, model: Negotiation, side: Side, package: NDArray[np.float64] | None, answer: Response | None
    ) -> None:
        super().__init__(model, model.run, side, model.scenario.delegation(side).principal)
        self.package, self.given = package, answer

    def table(self, menu, noise: float) -> None:
        """Table the package given. Raises UndecidedError without one."""
        if self.package is None:
            raise UndecidedError("offer")
        talks = self.run.talks
        talks.package[:] = np.where(np.isnan(talks.locked), self.package, talks.locked)
        evaluate(self.run.game, talks.package, talks.other_package, talks.offer)
        own = talks.owns[self.side]
        own["demanded"] = talks.offer[own["kept_column"]]

    def answer(self) -> Response:
        """Give the answer given; sealed bids answer each other. Raises UndecidedError without one."""
        if self._bids():
            return Response(floor.satisfies(self.run.talks))
        if self.given is None:
            raise UndecidedError("answer")
        return self.given

    def signs(self) -> bool:
        """Sign the own offer, whatever it is worth."""
        return True

    def weigh(self) -> Weighing:
        """Say what the offer is worth; what a person compares it with is its own affair."""
        talks = self.run.talks
        return Weighing(float(talks.offer[talks.owns[self.side]["kept_column"]]), np.nan, "")


def seat(
    model: Negotiation, side: Side, package: NDArray[np.float64] | None = None, answer: Response | None = None
) -> PersonalPrincipal:
    """Put a person in the place of a side's principal, with the decisions of the coming round as far as they are given."""
    model.principals[side].remove()
    person = PersonalPrincipal(model, side, package, answer)
    model.principals[side] = person
    model.run.talks.owns["committed"][side] = 0  # a person decides itself, whatever type was drawn
    return person
