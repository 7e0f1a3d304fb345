"""Double auctions of one round in which any bid of any type is reckoned against every type of the other side, without luck.

The rules are those of the engine: the package that a bid tables, whether it satisfies the other bid, the bargain between the two,
and what it is worth. ``test_sealed_bid_deviations`` holds what comes out beside runs of the kernel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negosim import Scenario, Side
from negosim.engine.prepare import prepare
from negosim.rules.beliefs import TOLERANCE
from negosim.rules.compiled import rule
from negosim.rules.floor import strike_bargain
from negosim.rules.menus import menu_position, read_package, read_row
from negosim.rules.payoff import settlement_worth
from negosim.rules.records import Game, Talks
from negosim.rules.solvers.auction import OUT_OF_REACH, read_bid
from negosim.strategies.tables import round_one
from tests.oracles.textbook import PAIR, PIE, QUIET, linked, threatened

Numbers = NDArray[np.float64]

BIDDING = {"sender.strategy": "shaded-bid", "target.strategy": "shaded-bid"}
SEALED = {**QUIET, **BIDDING, "talks.protocol": "double-auction", "talks.rounds": 1}


@rule
def _table(game, talks, side, bids, rows, packages):
    """Write the row of the menu and the package that each bid of a side tables."""
    menu, column = game.menus[0, 0], talks.images[side].kept_column
    for n in range(bids.shape[0]):
        place = menu_position(menu, column, side, bids[n], game.world[0].interpolate)
        read_row(menu, place, rows[n])
        read_package(game, talks, place)
        packages[n] = talks.package


@rule
def _worths(game, talks, side, bid, row, package, bids, rows, packages, nothing, out):
    """Write what a bid of a side comes to against each bid of the other: the worth of the bargain, or nothing."""
    own, other = talks.images[side].kept_column, talks.images[1 - side].kept_column
    talks.packages[side, :] = package
    for n in range(bids.shape[0]):
        out[n] = nothing
        if row[other] >= bids[n] - TOLERANCE and rows[n, own] >= bid - TOLERANCE:
            talks.packages[1 - side, :] = packages[n]
            strike_bargain(game, talks)
            if talks.offer[own] >= bid - TOLERANCE and talks.offer[other] >= bids[n] - TOLERANCE:
                out[n] = settlement_worth(talks.images[side], talks.offer)


@dataclass(frozen=True)
class Auction:
    """A prepared game of one round between sides with one profile each, and the talks in it before any bid."""

    game: Game
    talks: Talks

    @classmethod
    def of(cls, scenario: Scenario) -> Auction:
        """Prepare a scenario, whose strategies are shaded bids."""
        game = prepare(scenario)
        return cls(game, round_one(game))

    def table(self, side: Side) -> Numbers:
        """Return the table (2, 4) that a side reads its bid from; what is written into it is played."""
        outlook = self.game.sender_outlook if side is Side.SENDER else self.game.target_outlook
        return outlook[0, 1, :, :, 0, 0, 0]

    def reservations(self, side: Side, shares: Any) -> Numbers:
        """Return the reservation values of a side at shares of its types."""
        record = self.game.sides[side]
        return np.asarray(record["prior_mean"] + record["ambiguity"] * (2.0 * np.asarray(shares) - 1.0))

    def bids(self, side: Side, shares: Any) -> Numbers:
        """Return the bids of a side at shares of its types."""
        return np.array([read_bid(value, self.table(side)) for value in self.reservations(side, shares)])

    def by_one_price(self) -> bool:
        """Return whether some types ask for more than there is, or would if they had a higher reservation value."""
        return any(float(self.table(side)[1].max()) >= OUT_OF_REACH for side in Side)

    def nothing(self, side: Side, reservation: float) -> float:
        """Return what a type has without a bargain."""
        image = self.talks.images[side]
        return float(reservation - image["reservation"] + image["ended"] - image["round_cost"])

    def tabled(self, side: Side, bids: Numbers) -> tuple[Numbers, Numbers]:
        """Return the rows of the menu (bids, columns) and the packages (bids, issues) that bids of a side table."""
        rows, packages = (np.zeros((len(bids), width)) for width in (self.game.menus.shape[3], len(self.game.status_quo)))
        _table(self.game, self.talks, int(side), bids, rows, packages)
        return rows, packages

    def payoffs(self, side: Side, reservation: float, bids: Numbers, others: Numbers) -> Numbers:
        """Return what each bid of a type brings against each bid of the other side, (bids, others)."""
        theirs, out = self.tabled(side.other, others), np.zeros((len(bids), len(others)))
        nothing = self.nothing(side, reservation)
        for bid, row, package, worths in zip(bids, *self.tabled(side, bids), out, strict=True):
            _worths(self.game, self.talks, int(side), bid, row, package, others, *theirs, nothing, worths)
        return out

    def left(self, side: Side, others: Numbers) -> Numbers:
        """Return what bids of the other side leave a side: the bids that just meet them."""
        return self.tabled(side.other, others)[0][:, int(self.talks.images[side]["kept_column"])]

    def largest_gain(self, side: Side, places: Any, tried: Any, types: int) -> tuple[float, float, float]:
        """Return (gain, place of the type, bid): the most that a type of a side gains by a bid; ``types`` are of the other.

        Against lines so many types pretend gains themselves, up to some 0.5 / types, as a bid can just meet the next of them.
        """
        others = self.bids(side.other, (np.arange(types) + 0.5) / types)
        meeting = self.left(side, np.unique(others[others <= 1.0])[:: max(1, types // 20)])
        best = (-np.inf, np.nan, np.nan)
        for place in places:
            (reservation,) = self.reservations(side, [place])
            bids = np.array([*self.bids(side, [place]), *tried, *meeting, *(meeting - 1e-4), *(meeting + 1e-4)])
            means = self.payoffs(side, float(reservation), bids, others).mean(axis=1)
            best = max(best, (float((means - means[0]).max()), place, float(bids[means.argmax()])))
        return best


def _support(rng: np.random.Generator, low: float, high: float) -> tuple[float, float]:
    """Return (mean, half-width) of an interval between two numbers, half-width at most 0.5."""
    ends = np.sort(rng.uniform(low, high, 2))
    return float(ends.mean()), float(min(0.5, 0.5 * (ends[1] - ends[0])))


SUPPORTS = ("facing", "any", "known", "one known", "room for all", "room for some", "no room", "wide")


def supports(kind: str, rng: np.random.Generator) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return (mean, half-width) of both sides' reservation values."""
    sender = _support(rng, 0.0, 1.0)
    if kind == "facing":
        return sender, (1.0 - sender[0], sender[1])
    if kind == "known":
        return (0.5 * sender[0], 0.0), (0.5 * float(rng.uniform()), 0.0)
    if kind == "one known":
        return sender, (float(rng.uniform(0.0, 0.6)), 0.0)
    if kind == "room for all":
        return _support(rng, 0.0, 0.45), _support(rng, 0.0, 0.45)
    if kind == "room for some":
        return _support(rng, 0.0, 0.8), _support(rng, 0.2, 0.6)
    if kind == "no room":
        return _support(rng, 0.55, 1.0), _support(rng, 0.75, 1.0)
    if kind == "wide":
        return (float(rng.uniform(0.3, 0.7)), 0.5), (float(rng.uniform(0.3, 0.7)), 0.5)
    return sender, _support(rng, 0.0, 1.0)


CURVES = {"sender.risk_aversion": 0.6, "target.risk_aversion": 0.6, "sender.curvature": -0.6, "target.curvature": -0.6}
"""Attitudes and by how much they may depart from what is linear."""
BASES = (PIE, PAIR, PAIR.vary({"sender.curvature": 0.8}), linked(PAIR, 0.6), linked(PAIR, -0.4, third=True), threatened())


def drawn(number: int) -> Scenario:
    """Return random auction ``number``: any frontier, supports, weight, impatience and cost of retreating."""
    rng = np.random.default_rng([2025, number])
    base, kind = BASES[number % len(BASES)], SUPPORTS[number // len(BASES) % len(SUPPORTS)]
    changes: dict[str, Any] = {"talks.auction_weight": (0.0, 0.5, 1.0, float(rng.uniform()))[int(rng.integers(4))]}
    for side, (mean, half_width) in zip(Side, supports(kind, rng), strict=True):
        changes |= {f"{side.label}.disagreement": mean, f"{side.label}.ambiguity": half_width}
        changes |= {f"{side.label}.discount": float(rng.uniform(0.7, 1.0)), f"{side.label}.audience_cost": float(rng.uniform())}
    if rng.random() < 0.5:
        changes |= {name: float(rng.uniform(0.0, most)) if most > 0 else 1.0 + float(rng.uniform(most, 0.0))
                    for name, most in CURVES.items()}
    return base.vary({**SEALED, **changes})
