"""What the other side knows alone does not change my move, in any strategy; a strategy that peeps is found out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from numba import types

from negosim import Negotiation, Scenario
from negosim.common.vocabulary import Response, Side
from negosim.rules import floor, moves
from negosim.rules.records import OWN, PROPOSE, RESPOND, Game, Own, Public, Talks
from negosim.strategies.catalogue import NAMES, strategy
from negosim.strategies.record import Strategy
from tests.laws.playing import same_bits
from tests.laws.worlds import COMBINATIONS, FLOW_WORLDS, flow_world, world

pytestmark = pytest.mark.slow

WORLDS = [*map(world, range(COMBINATIONS)), *map(flow_world, range(FLOW_WORLDS))]
ANSWERED = (0.0, 0.2, 0.4, 0.5, 0.6, 0.8, 1.0)
"""Where on a menu the offers lie that a side is asked about."""


class Moves(NamedTuple):
    """All that a side would do in a state of the talks."""

    tabled: np.ndarray  # the package it would propose
    worth: np.ndarray  # and what that is worth to everybody
    answers: tuple[int, ...]  # to offers along a menu
    belief: np.ndarray  # after learning from each answer and offer


def in_the_middle(scenario: Scenario, seed: int) -> Negotiation:
    """Return talks that are about to propose: after the world, the threats and the speakers have moved."""
    model = Negotiation(scenario, seed)
    while model.running:
        before = Talks(*(array.copy() for array in model.talks))
        model.step()
        if model.round == 2 or not model.running:
            break
    model.run.talks = before
    moves.move_world(model.game, model.talks, *model.run.luck)
    model.principals[Side.SENDER].move_threats()
    floor.open_floor(model.game, model.talks, *model.run.luck)
    return model


def moves_of(model: Negotiation, side: Side) -> Moves:
    """Return what a side would do now; the talks are left as they were."""
    kept, game = model.talks, model.game
    model.run.talks = talks = Talks(*(array.copy() for array in kept))
    public, principal = talks.public[0], model.principals[side]
    principal.face_the_alternative()
    public["proposer"], public["lead"] = side, 0
    moves.choose_frontier(game, talks)
    model.negotiators[side][0].offer(principal)
    tabled, worth = talks.package.copy(), talks.offer.copy()
    answers, beliefs = [], []
    for accepted in (False, True):
        principal.learn(accepted)
        beliefs.append(talks.beliefs[side].copy())
    public["proposer"] = side.other
    for place in ANSWERED:
        talks.offer[:] = game.menus[0, 0, round(place * (game.menus.shape[2] - 1))]
        answers.append(int(principal.answer()))
        principal.learn(False)
        beliefs.append(talks.beliefs[side].copy())
    model.run.talks = kept
    return Moves(tabled, worth, tuple(answers), np.array(beliefs))


def with_another_other(talks: Talks, side: Side) -> Talks:
    """Return the same public state, in which the other side has other private values and the homes other thresholds."""
    changed = Talks(*(array.copy() for array in talks))
    own = changed.owns[side.other]
    for name in OWN.names or ():
        if name == "committed":
            own[name] = 1 - own[name]
        elif OWN[name].kind == "f":
            own[name] = 0.37 - 0.5 * own[name]
        elif name != "side":
            own[name] = 0
    changed.beliefs[side.other] = changed.beliefs[side.other][::-1, ::-1]
    changed.thresholds[:] = 1.0 - changed.thresholds
    return changed


def private_values_matter(model: Negotiation, side: Side) -> bool:
    """Return whether a side's moves change with what the other side alone knows."""
    ours = moves_of(model, side)
    model.run.talks = with_another_other(model.talks, side)
    theirs = moves_of(model, side)
    return not (
        same_bits(ours.tabled, theirs.tabled)
        and same_bits(ours.worth, theirs.worth)
        and same_bits(ours.belief, theirs.belief)
        and ours.answers == theirs.answers
    )


@pytest.mark.parametrize("side", Side)
def test_my_move_does_not_depend_on_what_the_other_side_knows_alone(side: Side) -> None:
    leaky = [each.name for n, each in enumerate(WORLDS) if private_values_matter(in_the_middle(each, n), side)]
    assert leaky == []


@pytest.mark.parametrize("side", Side)
def test_the_image_of_a_side_does_not_depend_on_what_it_knows_alone(side: Side) -> None:
    for number, scenario in enumerate(WORLDS):
        model = in_the_middle(scenario, number)
        model.principals[side.other].face_the_alternative()
        image = model.talks.images[side.other].tobytes()
        model.run.talks = with_another_other(model.talks, side)
        model.principals[side.other].face_the_alternative()
        assert model.talks.images[side.other].tobytes() == image, scenario.name


@pytest.mark.parametrize("side", Side)
def test_my_first_offer_does_not_depend_on_whether_doubts_about_the_other_side_are_true(side: Side) -> None:
    compared = 0
    for number in range(COMBINATIONS):
        other = side.other.label
        flags = {f"{other}.ambiguity_belief_only": True, f"{other}.ambiguous_voices_belief_only": True}
        first = Negotiation(world(number).vary({"talks.first_proposer": side.label}), number)
        second = Negotiation(first.scenario.vary(flags), number)
        drawn = [model.talks.owns[side.other][["reservation", "profile"]].tolist() for model in (first, second)]
        first.step()
        second.step()
        frames = [model.frame().query(f"proposer == '{side.label}'") for model in (first, second)]
        if len(frames[0]) and drawn[0] != drawn[1]:
            compared += 1
            ours, theirs = (frame.filter(like="offer_").to_numpy() for frame in frames)
            assert same_bits(ours, theirs), f"world {number}"
    assert compared > 25


def peeping(model: Negotiation, side: Side, honest: Strategy) -> tuple[Strategy, Strategy]:
    """Return two strategies with a leak: one demands what the other side can just bear, one answers by its patience."""

    def propose(*arguments: object) -> float:
        return 1.0 - float(model.talks.owns[side.other]["reservation"])

    def respond(*arguments: object) -> int:
        return int(Response.ACCEPT if model.talks.owns[side.other]["discount"] < 0.9 else Response.REFUSE)

    return Strategy(propose, honest.respond), Strategy(honest.propose, respond)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("leak", [0, 1], ids=["in the offer", "in the answer"])
def test_a_strategy_that_peeps_is_found_out(side: Side, leak: int) -> None:
    found = 0
    for number in range(40):
        model = in_the_middle(world(number), number)
        strategies = list(model.run.strategies)
        strategies[side] = peeping(model, side, strategies[side])[leak]
        model.run.strategies = tuple(strategies)
        found += private_values_matter(model, side)
    assert found >= 10


@pytest.mark.parametrize("side", Side)
def test_a_package_built_for_the_true_priorities_of_the_other_side_is_found_out(
    side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    def choose_frontier(game: Game, talks: Talks) -> None:
        honest(game, talks)
        of_other = "frontier_target" if side is Side.SENDER else "frontier_sender"
        talks.public[0][of_other] = talks.owns[side.other]["profile"]

    honest = moves.choose_frontier
    several = [n for n in range(COMBINATIONS) if len(world(n).delegation(side.other).negotiators) > 1]
    models = [in_the_middle(world(n), n) for n in several]
    monkeypatch.setattr(moves, "choose_frontier", choose_frontier)
    assert sum(private_values_matter(model, side) for model in models) >= 10


def test_my_own_private_values_do_matter() -> None:
    """The moves are not constants: another reservation value of my own changes them, though not those of a commitment type."""
    changed = 0
    numbers = [number for number in range(60) if world(number).target.strategy != "commitment"]
    for number in numbers:
        model = in_the_middle(world(number), number)
        ours = moves_of(model, Side.TARGET)
        model.talks.owns[Side.TARGET]["reservation"] += 0.2
        theirs = moves_of(model, Side.TARGET)
        changed += not same_bits(ours.tabled, theirs.tabled) or ours.answers != theirs.answers
    assert changed > len(numbers) / 3


@pytest.mark.parametrize("signature", [PROPOSE, RESPOND], ids=["propose", "respond"])
def test_a_strategy_is_given_one_private_record_and_nothing_that_holds_another(signature: types.Type) -> None:
    records = [argument for argument in signature.args if isinstance(argument, types.Record)]
    assert records == [Own, Own, Public]  # the own record, the image of the other side, and the public record
    others = [argument for argument in signature.args if not isinstance(argument, types.Record)]
    for argument in others:
        assert isinstance(getattr(argument, "dtype", argument), types.Float)  # tables of numbers, and the noise


@pytest.mark.parametrize("name", NAMES)
def test_a_strategy_is_compiled_for_these_signatures_alone(name: str) -> None:
    rules = strategy(name)
    assert [s.args for s in rules.propose.nopython_signatures] == [PROPOSE.args]
    assert [s.args for s in rules.respond.nopython_signatures] == [RESPOND.args]
