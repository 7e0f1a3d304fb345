"""No bid but its own gains a type of a side with shaded bids anything, whatever the frontier, the doubts and the weight of a bid.

In one round every bid on a grid, and those that just meet other bids, are reckoned against all types of the other side. At one
price a type gains at most BETWEEN_NODES, as much as packages between two nodes of a frontier may be worth more than they seem; by
lines TOLERATED, one thousandth. Where luck decides, the mean paired gain must lie within four standard errors: a move that gains
nothing is accused once in 31,574 comparisons, and any of the about 5,000 here at most 16 times in 100. The luck is fixed.

Not claimed, as the bids are solved without them: sides of several voices or of whose commitment there is doubt, homes, an agenda
in parts, promises that may be taken back, precedents, threats that move, a deadline that may be moved.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from negosim import Side, simulate
from negosim.common.vocabulary import Ending
from negosim.rules.solvers.auction import OUT_OF_REACH, TOLERATED, read_bid
from negosim.strategies.shipped import shaded_bid
from tests.oracles.auctions import BASES, SEALED, SUPPORTS, Auction, drawn
from tests.oracles.deviations import NO_MOVE, Course, Play, openings, profitable, standard_error
from tests.oracles.textbook import PIE, threatened

BIDS = np.linspace(0.0, 1.0, 21)
EDGES = (0.0, 1e-9, 0.3, 0.7, 1.0 - 1e-9, 1.0)
"""Places of types on a support, at its ends and just inside them, 0 the keenest."""
BETWEEN_NODES = 5e-5
FOUND = 1e-8
"""How closely the lines are found."""
DRAWN = 2 * len(BASES) * len(SUPPORTS)
Gains = dict[Any, NDArray[np.float64]]


def largest_gain(auction: Auction, types: int = 100) -> float:
    """Return the most that any type of either side gains by another bid, the types at the step of one price included."""
    most = -np.inf
    for side in Side:
        low, high = auction.reservations(side, (0.0, 1.0))
        step = (float(auction.table(side)[0, 1]) - low) / (high - low) if high > low else 0.0
        places = [*EDGES, *(place for place in (step - 1e-9, step + 1e-9) if 0.0 < place < 1.0)]
        most = max(most, auction.largest_gain(side, places, BIDS, types)[0])
    return float(most)


@pytest.mark.parametrize("number", range(DRAWN))
def test_no_type_gains_anything_by_another_bid_in_one_round(number: int) -> None:
    auction = Auction.of(drawn(number))
    if auction.by_one_price():
        assert largest_gain(auction) <= BETWEEN_NODES
    else:
        assert largest_gain(auction, 1_000) <= TOLERATED


def test_the_auctions_hold_lines_and_single_prices_and_truthful_bids() -> None:
    auctions = [Auction.of(drawn(number)) for number in range(DRAWN)]
    priced = [auction.by_one_price() for auction in auctions]
    shaded = [
        not auction.by_one_price()
        and any(auction.bids(side, [0.0])[0] > auction.reservations(side, [0.0])[0] + 0.01 for side in Side)
        for auction in auctions
    ]
    assert sum(priced) > DRAWN // 3 and sum(shaded) > DRAWN // 10
    assert len(auctions) - sum(priced) - sum(shaded) >= 5


@pytest.mark.parametrize("number", range(0, DRAWN, 7))
def test_what_is_reckoned_here_is_what_the_kernel_plays(number: int) -> None:
    """Each pair of types plays one run: bids of both sides are told apart by what comes of them."""
    scenario = drawn(number)
    auction, play = Auction.of(scenario), Play.of(scenario, shaded_bid)
    for place, other in product((0.0, 0.4, 0.8), (0.1, 0.5, 0.9)):
        (sender,), (target,) = auction.reservations(Side.SENDER, [place]), auction.reservations(Side.TARGET, [other])
        run = play.of_type(Side.SENDER, float(sender)).of_type(Side.TARGET, float(target)).outcomes({})[0]
        for side, mine, theirs, reservation in ((Side.SENDER, place, other, sender), (Side.TARGET, other, place, target)):
            bids, others = auction.bids(side, [mine]), auction.bids(side.other, [theirs])
            expected = auction.payoffs(side, float(reservation), bids, others)[0, 0]
            assert run["payoff"][side] == pytest.approx(expected, abs=1e-9)


# ---- the lines of the textbook, by luck ------------------------------------------------------------------------------

AUCTIONS = {
    "split in half": (0.5, {}),
    "by the sender's bid": (0.0, {}),
    "by the target's bid": (1.0, {}),
    "narrower doubts": (0.3, {"sender.ambiguity": 0.2, "target.ambiguity": 0.2}),
    "unequal means": (
        0.6,
        {"sender.disagreement": 0.3, "target.disagreement": 0.7, "sender.ambiguity": 0.3, "target.ambiguity": 0.3},
    ),
}
"""Weight and doubts where each type of one side may just have a partner in the other: the linear equilibrium is played there."""
PLACES = (0.0, 0.2, 0.5, 0.8, 1.0)


def facing(weight: float, doubts: dict[str, float]) -> Play:
    """Return sealed bids; without other doubts the reservation values of both sides are uniform on [0, 1]."""
    wide = {"sender.disagreement": 0.5, "target.disagreement": 0.5, "sender.ambiguity": 0.5, "target.ambiguity": 0.5}
    return Play.of(PIE.vary({**SEALED, **wide, "talks.auction_weight": weight, **doubts}), shaded_bid, runs=3_000)


@pytest.mark.parametrize("name", AUCTIONS)
def test_no_type_gains_anything_by_another_bid_than_that_of_its_line(name: str) -> None:
    play = facing(*AUCTIONS[name])
    assert max(play.game.sender_outlook.max(), play.game.target_outlook.max()) < OUT_OF_REACH
    found: Gains = {}
    for side, place in product(Side, PLACES):
        found |= openings(play, side, place, BIDS)
    assert max(map(standard_error, found.values())) <= 0.0065
    assert profitable(found, bound=FOUND) == {}


# ---- several rounds --------------------------------------------------------------------------------------------------

DOUBTS = {"sender.disagreement": 0.35, "target.disagreement": 0.4, "sender.ambiguity": 0.35, "target.ambiguity": 0.3}
ROUNDS = {
    "patient": {},
    "a threat": {"target.disagreement": 0.6, "sender.discount": 0.9},
    "impatient": {"sender.discount": 0.8, "target.discount": 0.9},
    "a breakdown": {"sender.brinkmanship": 0.2, "target.discount": 0.9},
    "a sudden deadline": {"target.deadline_hazard": 0.3, "sender.discount": 0.7},
    "retreating costs": {"sender.audience_cost": 0.5, "target.audience_cost": 0.5},
    "facing": {"sender.disagreement": 0.5, "target.disagreement": 0.5, "sender.ambiguity": 0.5, "target.ambiguity": 0.5},
}


def in_rounds(name: str) -> Play:
    base = threatened() if name == "a threat" else PIE
    return Play.of(base.vary({**SEALED, "talks.rounds": 3, **DOUBTS, **ROUNDS[name]}), shaded_bid, runs=500)


def in_any_round(play: Play, side: Side, place: float) -> Gains:
    """Return what each bid in each round gains a type that plays its strategy afterwards.

    Before, it bid by its strategy, or asked for everything; the latter not where it would have to reckon with its own retreat.
    """
    record, found = play.game.sides[side], {}
    reservation = float(record["prior_mean"] + (2.0 * place - 1.0) * record["ambiguity"])
    outlook = play.game.sender_outlook if side is Side.SENDER else play.game.target_outlook
    own = read_bid(reservation, outlook[0, 1, :, :, 0, 0, 0])
    play = play.of_type(side, reservation)
    for until, script in product((1, 2, 3), (own,) if record["audience_cost"] > 0.0 else (own, 1.0)):
        plain = play.outcomes({side: Course(until, NO_MOVE, script)})
        if (plain["rounds"] >= until).any():
            for bid in BIDS[::2]:
                found[until, script, side, place, bid] = play.gains(side, plain, Course(until, bid, script))
    return found


@pytest.mark.parametrize("name", ROUNDS)
def test_no_type_gains_anything_by_another_bid_in_any_of_three_rounds(name: str) -> None:
    play, found = in_rounds(name), {}
    for side, place in product(Side, (0.0, 0.5, 0.7, 0.85, 1.0)):
        found |= in_any_round(play, side, place)
    assert max(map(standard_error, found.values())) <= 0.02 and {key[0] for key in found} == {1, 2, 3}
    assert profitable(found) == {}


def test_lines_would_be_no_equilibrium_in_a_round_that_may_be_followed_by_another() -> None:
    once, play = facing(0.5, {}).game, in_rounds("facing")
    for outlook, lines in ((play.game.sender_outlook, once.sender_outlook), (play.game.target_outlook, once.target_outlook)):
        outlook[:] = lines[:, 1:2]
    found = profitable(in_any_round(play, Side.SENDER, 0.0), bound=0.01)
    assert {key[0] for key in found} == {1, 2, 3}


# ---- faults that are found out ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("shift", (-0.1, 0.1))
def test_bids_that_are_shaded_wrongly_are_found_out(shift: float) -> None:
    """An own bid that is off by 0.1 in every type leaves a better one."""
    play = facing(0.5, {})
    play.game.sender_outlook[:, :, 1] += shift
    assert profitable(openings(play, Side.SENDER, 0.2, BIDS)) != {}


def at_one_price() -> Auction:
    auction = Auction.of(PIE.vary({**SEALED, **DOUBTS}))
    assert auction.by_one_price() and largest_gain(auction) <= BETWEEN_NODES
    return auction


def test_a_price_that_leaves_something_between_the_bids_is_found_out() -> None:
    auction = at_one_price()
    auction.table(Side.SENDER)[1, :2] -= 0.05
    assert largest_gain(auction) > 0.01


@pytest.mark.parametrize("shift", (-0.1, 0.1))
def test_a_step_between_those_who_trade_and_those_who_do_not_that_is_misplaced_is_found_out(shift: float) -> None:
    auction = at_one_price()
    auction.table(Side.TARGET)[0, 1:3] += shift
    assert largest_gain(auction) > 0.01


def test_truthful_bids_of_those_who_do_not_trade_would_be_met() -> None:
    auction = at_one_price()
    auction.table(Side.SENDER)[1, 2:] = auction.table(Side.SENDER)[0, 2:]
    assert largest_gain(auction) > 0.01


def test_lines_are_found_out_where_one_price_is_played() -> None:
    """Lines as they would be between supports that face each other."""
    auction = at_one_price()
    for side in Side:
        values = auction.reservations(side, (0.0, 1.0))
        auction.table(side)[:] = np.array([[values[0], values[1], values[1], values[1]], 0.25 + values[[0, 1, 1, 1]] / 1.5])
    assert largest_gain(auction, 1_000) > 2 * TOLERATED


def test_types_that_do_not_trade_at_the_price_never_do() -> None:
    play = replace(in_rounds("impatient"), runs=300)
    (settled,) = {int(run["rounds"]) for run in play.outcomes({}) if run["ending"] == Ending.SETTLED}
    assert settled == 1
    stubborn = play.of_type(Side.SENDER, 0.9)
    assert set(stubborn.outcomes({})["ending"]) == {Ending.IMPASSE}
    assert set(simulate(play.scenario, 300).runs["ending"]) == {Ending.SETTLED, Ending.IMPASSE}
