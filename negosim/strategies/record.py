"""What a strategy is: two rules, and in one record with them all that the rest of the package has to know of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from negosim.common.vocabulary import Side
    from negosim.rules.records import Game

Table = NDArray[np.float64]
"""What a side looks up in the runs: seven axes, the first of which is its profile."""

OWN_RULE = "own-rule"
"""Stands for the name of a strategy that a user wrote, and for the basis of its answers."""

BELIEFS, LUCK = "beliefs", "luck"
"""What a strategy may read besides the public record: its belief about the other side, and its own draw of the round."""


class Weighing(NamedTuple):
    """What a principal compared when it answered: ``worth`` must reach ``needed``, utilities or, at home, chances.

    ``basis`` says what was needed: "commitment" its final demand, "aspiration" what it aspires to in this round,
    "reciprocity" what would answer the other's concession in kind, "reservation" its reservation value, "home" a chance
    of passing at home, "no-home" any such chance, "going-on" what it expects of going on, "outside-option" what it has by
    leaving, "rung" what it would itself propose next, "bid" its own bid, "out-of-reach" the same where it is above all there is,
    "chance" that its chance of giving way (worth) came up, "risk" that the risk run makes types up to a reservation value (worth)
    give way, its own among them, "last-chance" what it has if the talks end with this answer, "no-deal" the same where its
    strategy would accept less, "own-rule" what only the author of its strategy knows, "" unknown.
    """

    worth: float
    needed: float
    basis: str


def by_its_own_rule(own: Any, other: Any, public: Any, belief: Any, homes: Any, offer: Any, outlook: Any) -> Weighing:
    """Return what an offer is worth; what it was compared with only the author of the strategy knows."""
    return Weighing(float(offer[own["kept_column"]]), math.nan, OWN_RULE)


@dataclass(frozen=True)
class Strategy:
    """How a side decides, and what is known of that. For what a user's own strategy leaves out, the worst is assumed.

    propose, respond : compiled rules with the signatures ``PROPOSE`` and ``RESPOND`` of negosim.rules.records
    name : that by which a scenario names it, the name of its file with hyphens
    source : author and year, where it comes from
    sentence : what it does, to follow the name of a side
    reads : which of BELIEFS and LUCK it reads; a side need not keep what it does not read
    takes_less : whether it may take less than the reservation value where an end without a deal is worth less than that
    solve : (game, side) -> the table that its side looks up in the runs, solved once per design point before any luck; its
        first axis is the side's profile, and the rules that read it say what the other six are. None for no table
    exchange : (game, table) -> the target's table from the sender's, where both sides play it and so solve the same
    holds_out : the kind of its rule for giving way, of `negosim.rules.solvers.holding_out`; 0 = it has none
    weigh : (own, other, public, belief, homes, offer, outlook) -> the Weighing behind its answer, for people to follow
    """

    propose: Any
    respond: Any
    name: str = OWN_RULE
    source: str = ""
    sentence: str = "decides by a rule of its own"
    reads: tuple[str, ...] = (BELIEFS, LUCK)
    takes_less: bool = True
    solve: Callable[[Game, Side], Table] | None = None
    exchange: Callable[[Game, Table], Table] | None = None
    holds_out: int = 0
    weigh: Callable[..., Weighing] = by_its_own_rule

    @property
    def is_prepared(self) -> bool:
        """Whether something has to be solved before it can play."""
        return self.solve is not None or self.holds_out != 0
