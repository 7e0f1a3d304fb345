"""The six tactics in textbook worlds: the engine plays what the closed form says, and a wrong closed form is found out.

Seeds are fixed. A mean may be four standard errors and a bound away from the closed form: a true one is refused once in 16,000
times a mean, of which there are 30 here.
"""

from __future__ import annotations

import numpy as np
import pytest

from negosim import plots
from negosim.common.vocabulary import Side
from negosim.validation.tactics import WORLDS, World, play

RUNS = 1_500
BOUNDS = {"commitment": 0.004}
"""What is not luck: rounds of attrition have a length of 0.1, offers are found to a thousandth."""
TINY = {"brinkmanship": 20}
"""Worlds in which luck plays no part."""
WIDTH_OF_95 = 1.96


def few_levels(world: World) -> World:
    """A world at its first, middle and last level."""
    picked = (world.levels[0], world.levels[len(world.levels) // 2], world.levels[-1])
    return world._replace(levels=picked)


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_the_engine_plays_what_the_closed_form_says(world: World) -> None:
    overlay = play(few_levels(world), TINY.get(world.name, RUNS), seed=11)
    gap = np.abs(overlay.means - overlay.at_levels)
    assert (gap <= 4.0 / WIDTH_OF_95 * overlay.margins + BOUNDS.get(world.name, 0.001)).all(), gap
    spread = np.ptp(overlay.closed_form, axis=0)
    assert spread.max() > 0.1  # the tactic matters in its world
    assert (4.0 / WIDTH_OF_95 * overlay.margins).max() < 0.1


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_a_wrong_closed_form_is_found_out(world: World) -> None:
    """That of a third of the level misses by far at the middle or the last level."""
    wrong = few_levels(world)._replace(closed_form=lambda levels: world.closed_form(levels / 3))
    overlay = play(wrong, TINY.get(world.name, RUNS), seed=11)
    gap = np.abs(overlay.means - overlay.at_levels)
    assert not (gap <= 4.0 / WIDTH_OF_95 * overlay.margins + BOUNDS.get(world.name, 0.001)).all()


@pytest.mark.parametrize("world", [world for world in WORLDS if world.turn[0] > 0.0], ids=lambda world: world.name)
def test_the_formula_turns_where_it_is_said_to(world: World) -> None:
    """The slope, or the value itself, changes there by more than it does anywhere near by."""
    step = 1e-4
    around = world.turn[0] + step * np.array([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0])
    values = np.column_stack([np.broadcast_to(side, around.shape) for side in world.closed_form(around)])
    before, after = values[2] - values[1], values[4] - values[3]
    jump = np.abs(values[3] - values[2]) - 2 * np.maximum(np.abs(before), np.abs(after))
    assert (np.abs(after - before) > 1e-5).any() or (jump > 0.01).any()


def test_every_tactic_of_the_glossary_has_a_world() -> None:
    names = ["ambiguity", "commitment", "unpredictability", "volatility", "reversal", "brinkmanship"]
    assert [world.name for world in WORLDS] == names
    for world in WORLDS:
        assert world.scenario(world.levels[1]).get(f"sender.{world.name}") == world.levels[1]


def test_the_figure_shows_the_engine_s_means_and_the_closed_form() -> None:
    overlay = play(few_levels(WORLDS[2]), 50, seed=1)
    (axes,) = plots.textbook_tactics([overlay])
    lines = dict(zip(Side, (line for line in axes.lines if len(line.get_xdata()) == len(overlay.curve)), strict=True))
    points = {side: axes.containers[k].lines[0] for k, side in enumerate(Side)}
    for side in Side:
        assert np.array_equal(lines[side].get_ydata(), overlay.closed_form[:, side])
        assert np.array_equal(points[side].get_ydata(), overlay.means[:, side])
        assert lines[side].get_linestyle() != "None" and points[side].get_marker() != "None"
    assert axes.get_xlabel() == WORLDS[2].meaning and "Schelling" in axes.get_title(loc="left")
