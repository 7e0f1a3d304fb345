"""No one-shot deviation from an equilibrium strategy gains anything, by any type and after any history.

Sealed bids have a file of their own, test_sealed_bid_deviations.

What is exact is held to 1e-9 of the pie. Where luck decides, the mean paired gain must lie within four standard errors: a move
that gains nothing is accused once in 31,574 comparisons, and so any of the about 3,000 here at most 10 times in 100, those
included whose loss is plain. The luck is fixed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from negosim import Scenario, Side
from negosim.common.vocabulary import Response
from negosim.rules.clock import RANDOM_PROPOSER
from negosim.strategies.shipped import attrition, brinkmanship, risk_return, subgame_perfect, time_dependent
from tests.oracles.deviations import (
    ERRORS,
    NO_MOVE,
    ROUNDING,
    Course,
    Play,
    openings,
    profitable,
    standard_error,
    the_answer,
)
from tests.oracles.textbook import PAIR, PIE, QUIET, linked, threatened

DEMANDS = np.linspace(0.0, 1.0, 21)
OFFERS = np.linspace(0.0, 1.0, 6)
Gains = dict[Any, NDArray[np.float64]]

# ---- subgame-perfect play, nothing being private --------------------------------------------------------------------

IMPATIENT = {"sender.discount": 0.9, "target.discount": 0.8, "talks.rounds": 6}
CERTAIN = {
    "a pie": PIE,
    "the target first": PIE.vary({"talks.first_proposer": "target"}),
    "no deal is worth something": PIE.vary({"sender.disagreement": 0.3, "target.disagreement": 0.25}),
    "no deal is worth more than the pie": PIE.vary({"sender.disagreement": 0.6, "target.disagreement": 0.55}),
    "a binding outside option": PIE.vary({"target.outside_option": 0.6}),
    "outside options that do not bind": PIE.vary({"target.outside_option": 0.1, "sender.outside_option": 0.05}),
    "an outside option that improves": PIE.vary({"sender.outside_option": 0.1, "sender.outside_option_trend": 0.1}),
    "aversion to risk": PIE.vary({"sender.risk_aversion": 0.5}),
    "two issues": PAIR,
    "two linked issues": linked(PAIR, 0.6),
    "three linked issues": linked(PAIR, 0.6, third=True),
    "a threat that is surely carried out": threatened(),
}
LUCKY = {
    "a breakdown": PIE.vary({"sender.brinkmanship": 0.2, "sender.disagreement": 0.1, "target.disagreement": 0.2}),
    "a sudden deadline": PIE.vary({"target.deadline_hazard": 0.15}),
    "a random proposer": PIE.vary({"talks.protocol": "random-proposer", "talks.proposer_probability": 0.3}),
    "an extension": PIE.vary({"talks.extension_rounds": 2, "talks.extension_probability": 0.4}),
    "a threat that may be carried out early": threatened(execution=0.6, early_execution=0.3),
    "threats and an opaque sender": threatened(execution=0.9).vary({"sender.unpredictability": 0.4}),
}
SCRIPTS = (1.0, 0.2)
"""Every round before was refused: demands of everything, or an offer so generous that it should have been taken."""


def solved(scenario: Scenario, runs: int) -> Play:
    return Play.of(scenario.vary({**QUIET, **IMPATIENT}).vary(both("subgame-perfect")), subgame_perfect, runs=runs)


def both(strategy: str, **changes: Any) -> dict[str, Any]:
    """Return a setting of both sides, and others of both, by dotted name."""
    settings = {"strategy": strategy, **changes}
    return {f"{side.label}.{name}": value for side, (name, value) in product(Side, settings.items())}


def demands(play: Play, maker: Side, until: int, script: float) -> Iterator[tuple[Any, NDArray[np.float64]]]:
    """Yield what each demand on the grid gains its maker in round ``until``."""
    usual = Course(until, NO_MOVE, script)
    plain = play.outcomes(dict.fromkeys(Side, usual))
    for demand in DEMANDS:
        yield (until, script, maker, "demands", demand), play.gains(maker, plain, Course(until, demand, script), usual)


def answers(play: Play, maker: Side, until: int, script: float) -> Iterator[tuple[Any, NDArray[np.float64]]]:
    """Yield what each answer gains the other side, to the maker's equilibrium offer and to offers on a grid."""
    asked = maker.other
    can_leave = not np.isnan(play.game.sides[asked]["outside_option"])
    for demand in (NO_MOVE, *OFFERS):
        offering = Course(until, demand, script)
        plain = play.outcomes({asked: Course(until, NO_MOVE, script), maker: offering})
        for answer in Response if can_leave else (Response.REFUSE, Response.ACCEPT):
            instead = Course(until, the_answer(answer), script)
            yield (until, script, asked, answer.name, "to", demand), play.gains(asked, plain, instead, offering)


def one_shot(play: Play, rounds: tuple[int, ...]) -> Gains:
    """Return the gains of every deviation in these rounds, after both kinds of history, under alternating or random offers."""
    found: Gains = {}
    world = play.game.world[0]
    for until, script in product(rounds, SCRIPTS):
        if until == 1 and script != SCRIPTS[0]:
            continue  # there is no round before
        turn = Side((int(world["first_proposer"]) + until - 1) % 2)
        for maker in Side if world["protocol"] == RANDOM_PROPOSER else (turn,):
            found |= dict(demands(play, maker, until, script)) | dict(answers(play, maker, until, script))
    return found


@pytest.mark.parametrize("name", CERTAIN)
def test_no_deviation_from_subgame_perfect_play_gains_anything_where_nothing_is_random(name: str) -> None:
    found = one_shot(solved(CERTAIN[name], runs=1), (1, 2, 3, 4, 5, 6))
    assert len(found) >= 11 * (len(DEMANDS) + 2 * (1 + len(OFFERS)))
    assert profitable(found) == {}


@pytest.mark.parametrize("name", LUCKY)
def test_no_deviation_from_subgame_perfect_play_gains_anything_on_average(name: str) -> None:
    found = one_shot(solved(LUCKY[name], runs=2_000), (1, 2, 6))
    assert max(map(standard_error, found.values())) <= 0.02
    assert profitable(found) == {}


# ---- holding out: attrition and contests in risk --------------------------------------------------------------------

HOLDING_OUT = 40
"""Rounds: the wars below are over by a third of them. In a last round an ordinary side takes what there is, and is no match."""
PROTOCOLS = ("alternating", "concession-clock")
WARS = {
    "alike": {"commitment": (0.1, 0.1), "committed_demand": (0.6, 0.6), "discount": (0.9, 0.9)},
    "unlike": {"commitment": (0.15, 0.05), "committed_demand": (0.7, 0.6), "discount": (0.9, 0.95)},
}
ROUNDS = (1, 2, 3, 6, 9)
TOO_LATE = (14, 17)
"""Rounds of the deviations; in the latter ordinary sides have given way for certain before, unless they deviated."""
LEFT = 0.4
"""What the demand of either side leaves the other where the wars are alike."""


def war(protocol: str, numbers: dict[str, tuple[float, float]], strategy: str = "attrition") -> Scenario:
    """Return two sides that hold out for their demands; ``numbers`` are (the sender's, the target's)."""
    unlike = {f"{side.label}.{name}": pair[side] for name, pair in numbers.items() for side in Side}
    settings = {"talks.protocol": protocol, "talks.rounds": HOLDING_OUT}
    return PIE.vary({**QUIET, **settings, **both(strategy), **unlike})


def holding_out(play: Play, side: Side, until: int) -> Gains:
    """Return what giving way, holding out, and demanding less gain a side that has held out until a round."""
    demand = float(play.game.sides[side]["committed_demand"])
    plain = play.outcomes({side: Course(until, NO_MOVE, demand)})
    moves = {"gives way": the_answer(Response.ACCEPT), "holds out": the_answer(Response.REFUSE)}
    moves |= {f"demands {lower:g}": lower for lower in (0.0, demand / 3, 2 * demand / 3, demand, 0.5 * (1 + demand), 1.0)}
    return {(until, side, move): play.gains(side, plain, Course(until, move_, demand)) for move, move_ in moves.items()}


def from_its_first_turn(play: Play, rounds: tuple[int, ...]) -> Gains:
    """Return the gains of both sides, but for round 1 of the side that is asked in round 2."""
    return {
        key: gains
        for until, side in product(rounds, Side) if until > 1 or side != play.game.world[0]["first_proposer"]
        for key, gains in holding_out(play, side, until).items()
    }


@pytest.mark.parametrize(("protocol", "name"), [*product(PROTOCOLS, WARS)])
def test_an_ordinary_side_in_a_war_of_attrition_gains_nothing_by_another_move(protocol: str, name: str) -> None:
    """The ordinary type that should have given way long ago included; runs in which the other has done so are left out."""
    play = Play.of(war(protocol, WARS[name]), attrition, runs=8_000)
    found = from_its_first_turn(play, ROUNDS)
    assert max(map(standard_error, found.values())) <= 0.006
    assert profitable(found) == {}


@pytest.mark.parametrize(("protocol", "name"), [*product(PROTOCOLS, WARS)])
def test_a_side_that_gives_way_by_chance_is_indifferent(protocol: str, name: str) -> None:
    play = Play.of(war(protocol, WARS[name]), attrition, runs=20_000)
    rounds = play.game.giving_way[:, :, 0]
    mixed = [(t, side) for side in Side for t in ROUNDS if 0.0 < rounds[side, t] < 1.0]
    assert len(mixed) >= 3
    for t, side in mixed:
        found = holding_out(play, side, t)
        for move in ("gives way", "holds out"):
            gains = found[t, side, move]
            assert abs(gains.mean()) <= ERRORS * standard_error(gains), (t, side, move)


@pytest.mark.parametrize("side", Side)
def test_a_war_of_attrition_with_a_wrong_rate_is_found_out(side: Side) -> None:
    """A side that gives way half as often as it should leaves the other better off by giving way itself."""
    play = Play.of(war("alternating", WARS["alike"]), attrition, runs=8_000)
    play.game.giving_way[side, 4:, 0] *= 0.5
    assert (side.other, "gives way") in {key[1:] for key in profitable(from_its_first_turn(play, ROUNDS))}


@pytest.mark.parametrize(("protocol", "until"), [*product(PROTOCOLS, TOO_LATE)])
def test_a_side_that_should_have_given_way_gains_at_most_the_round_until_its_next_turn(protocol: str, until: int) -> None:
    """It gives way only by its answers. Who is left by then is surely committed, so that an offer would save it that round."""
    play = Play.of(war(protocol, WARS["alike"]), attrition, runs=8_000)
    for side in Side:
        found = holding_out(play, side, until)
        assert profitable(found, bound=(1.0 - 0.9) * LEFT + ROUNDING) == {}
        assert profitable({key: gains for key, gains in found.items() if key[2] == "holds out"}) == {}


@pytest.mark.parametrize(("protocol", "rounds"), [*product(PROTOCOLS, (1.0, 0.5, 0.25))])
def test_who_gives_way_before_its_first_turn_saves_a_round_at_most(protocol: str, rounds: float) -> None:
    """The side that is asked in round 2 could give way in round 1. As rounds get short, the two are the same moment."""
    discount = 0.9**rounds
    pair = {**WARS["alike"], "discount": (discount, discount)}
    play = Play.of(war(protocol, pair).vary({"talks.rounds": 160}), attrition, runs=8_000)
    assert profitable(holding_out(play, Side.SENDER, 1), bound=(1.0 - discount) * LEFT + ROUNDING) == {}


TYPES = (0.01, 0.1, 0.2, 0.3, 0.39)
"""Reservation values over the support [0, 0.4]."""
CONTEST = {
    "disagreement": (0.2, 0.2), "ambiguity": (0.2, 0.2), "committed_demand": (0.6, 0.6), "brinkmanship": (0.05, 0.05),
}


def contest(protocol: str) -> Play:
    return Play.of(war(protocol, CONTEST, "brinkmanship"), brinkmanship, runs=2_500)


@pytest.mark.parametrize(("protocol", "reservation"), [*product(PROTOCOLS, TYPES)])
def test_no_type_in_a_contest_in_risk_gains_anything_by_another_move(protocol: str, reservation: float) -> None:
    """Types that should have given way long ago, and types that should hold out for longer, included."""
    found: Gains = {}
    for side in Side:
        play = contest(protocol).of_type(side, reservation)
        found |= {key: gains for key, gains in from_its_first_turn(play, (1, 2, 3, 6, 14)).items() if key[1] == side}
    assert max(map(standard_error, found.values())) <= 0.02
    assert profitable(found) == {}


def test_a_contest_in_risk_with_wrong_margins_is_found_out() -> None:
    """If each type of the target gives way two turns late, the middle types of the sender give way too late as well."""
    play = contest("alternating").of_type(Side.SENDER, 0.2)
    late = play.game.giving_way[Side.TARGET, :, 1]
    late[5:] = late[1:-4].copy()
    assert profitable({key: gains for t in ROUNDS for key, gains in holding_out(play, Side.SENDER, t).items()}) != {}


# ---- one offer under doubt ------------------------------------------------------------------------------------------

PLACES = (0.0, 0.2, 0.5, 0.8, 1.0)

DOUBTS = {
    "a narrow doubt": {"target.disagreement": 0.3, "target.ambiguity": 0.1},
    "a wide doubt": {"target.disagreement": 0.4, "target.ambiguity": 0.4},
    "a committed type": {"target.disagreement": 0.2, "target.ambiguity": 0.2, "target.commitment": 0.3},
}
"""The sender offers, to a target that takes what is worth its reservation value."""


def one_offer(doubt: dict[str, float]) -> Play:
    settings = {"talks.protocol": "one-round", "sender.strategy": "risk-return", "sender.ambiguity": 0.2}
    scenario = PIE.vary({**QUIET, **settings, "sender.disagreement": 0.25, **doubt})
    return Play.of(scenario, risk_return, time_dependent, runs=5_000)


@pytest.mark.parametrize("name", DOUBTS)
def test_no_type_gains_anything_by_another_single_offer(name: str) -> None:
    play = one_offer(DOUBTS[name])
    found = {key: gains for place in PLACES for key, gains in openings(play, Side.SENDER, place, DEMANDS).items()}
    assert max(map(standard_error, found.values())) <= 0.0075
    assert profitable(found) == {}


@pytest.mark.parametrize("reservation", (0.05, 0.25, 0.45))
def test_no_type_gains_anything_by_another_answer_to_a_single_offer(reservation: float) -> None:
    scenario = PIE.vary({**QUIET, "talks.protocol": "one-round", **both("risk-return", ambiguity=0.2, disagreement=0.25)})
    play = Play.of(scenario, risk_return).of_type(Side.TARGET, reservation)
    found = dict(answers(play, Side.SENDER, 1, 1.0))
    assert profitable(found) == {}


def test_an_offer_that_is_too_generous_is_found_out() -> None:
    """A planted fault: the target of the pie lets 0.05 go in round 2, after any history."""
    play = solved(CERTAIN["a pie"], runs=1)
    generous = play.game.target_outlook.copy()
    generous[:, 2, ..., 1, 0] += 0.05 / 0.9  # what the other side is thought to have otherwise
    play = replace(play, game=play.game._replace(target_outlook=generous))
    for script in SCRIPTS:
        found = profitable(dict(demands(play, Side.TARGET, 2, script)))
        assert found and max(found.values()) <= 0.05 + ROUNDING
        assert profitable(dict(demands(play, Side.SENDER, 3, script))) == {}
