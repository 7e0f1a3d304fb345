"""The table of sides that solve for both: levels of a moving threat evenly spaced in logs, and one table for both sides."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from negosim import Scenario, Side
from negosim.engine.prepare import prepare
from negosim.rules.records import Game
from negosim.rules.solvers.induction import level_at, level_place

ROUNDS, VOLATILITY = 20, 0.1


def solved(**changes: Any) -> Game:
    """Return the prepared game of two subgame-perfect sides over a threatened pie."""
    both = {"sender.strategy": "subgame-perfect", "target.strategy": "subgame-perfect"}
    settings = {"talks.protocol": "alternating", "talks.rounds": ROUNDS, "sender.volatility": VOLATILITY}
    return prepare(Scenario.load("threat").vary({**both, **settings, **{k.replace("__", "."): v for k, v in changes.items()}}))


@pytest.mark.parametrize("level", (0.05, 0.3, 0.5, 0.77, 1.9, 6.0))
def test_a_level_is_found_again_between_two_levels_of_the_grid_or_beyond_its_ends(level: float) -> None:
    low, step, count = 0.25, 0.1, 15
    index, share = level_place(level, low, step, count)
    below, above = level_at(low, step, index), level_at(low, step, index + 1)
    assert below + share * (above - below) == pytest.approx(level, rel=1e-12)
    assert 0 <= index <= count - 2 and (0.0 <= share <= 1.0) == (low <= level <= level_at(low, step, count - 1))


def test_the_grid_reaches_two_standard_deviations_of_all_rounds_in_quarters_of_one_rounds() -> None:
    game = solved()
    levels = game.target_outlook.shape[3]
    low, step = (float(game.sides[Side.TARGET][name]) for name in ("level_low", "level_step"))
    reach = 2.0 * VOLATILITY * math.sqrt(ROUNDS)
    ends = low, level_at(low, step, levels - 1)
    assert ends == pytest.approx((0.5 * math.exp(-reach), 0.5 * math.exp(reach)))
    assert 0.9 * VOLATILITY / 4.0 < step <= VOLATILITY / 4.0


def test_a_level_that_cannot_move_needs_no_grid_and_a_threat_that_is_not_carried_out_early_no_shares() -> None:
    assert solved(sender__volatility=0.0).target_outlook.shape[3:5] == (1, 1)
    assert solved(threats__pie__early_execution=0.3).target_outlook.shape[4] == 2
    assert solved(threats__pie__state="imposed").target_outlook.shape[4] == 2


@pytest.mark.parametrize("early", (0.0, 0.3))
def test_both_sides_look_up_the_same_table_each_from_its_own_side(early: float) -> None:
    """The target's table, solved by itself against a sender that plays something else, is the one both share."""
    shared = solved(threats__pie__early_execution=early)
    alone = solved(threats__pie__early_execution=early, sender__strategy="time-dependent")
    assert np.array_equal(shared.target_outlook, alone.target_outlook)
    assert np.array_equal(shared.sender_outlook[..., ::-1, :], shared.target_outlook)
    for name in ("level_low", "level_step"):
        assert shared.sides[Side.SENDER][name] == shared.sides[Side.TARGET][name] == alone.sides[Side.TARGET][name]


def test_where_going_on_is_linear_in_damage_a_moving_level_is_worth_its_mean() -> None:
    """The level is a martingale: if it is borne whatever happens, luck in it changes nothing at the opening level."""
    still, moving = solved(sender__volatility=0.0), solved(sender__volatility=0.02)
    middle = moving.target_outlook.shape[3] // 2
    assert moving.target_outlook[0, 1, 0, middle, 0, :, 0] == pytest.approx(still.target_outlook[0, 1, 0, 0, 0, :, 0], abs=1e-9)
