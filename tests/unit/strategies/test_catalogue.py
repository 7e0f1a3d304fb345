"""Which strategies read their beliefs and their luck is what their sources say."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module

import pytest

from negosim import Scenario, simulate
from negosim.engine import kernel
from negosim.engine.prepare import prepare
from negosim.strategies.catalogue import NAMES, strategy
from negosim.strategies.record import BELIEFS, LUCK, Strategy


def names_read(name: str) -> set[str]:
    """Return every name and attribute that the source of a strategy reads."""
    tree = ast.parse(inspect.getsource(import_module(f"negosim.strategies.shipped.{name.replace('-', '_')}")))
    nodes = list(ast.walk(tree))
    return {node.id for node in nodes if isinstance(node, ast.Name)} | {
        node.attr for node in nodes if isinstance(node, ast.Attribute)
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_strategy_reads_its_belief_and_its_luck_if_its_record_says_so_and_only_then(name: str) -> None:
    assert ("belief" in names_read(name)) == (BELIEFS in strategy(name).reads)
    assert ("luck" in names_read(name)) == (LUCK in strategy(name).reads)


def test_a_strategy_that_is_not_of_the_catalogue_is_taken_to_read_everything() -> None:
    def propose(own, other, public, belief, homes, menu, outlook, noise):
        return own.committed_demand

    honest = strategy("commitment")
    assert honest.reads == ()
    assert Strategy(propose, honest.respond).reads == (BELIEFS, LUCK)


def test_sides_are_marked_by_what_they_read() -> None:
    case = Scenario.load("us-japan-2025")
    sides = kernel.without_idle_work(prepare(case), kernel.strategies_of(case)).sides
    assert sides["ignores_beliefs"].tolist() == [1, 0]  # the sender follows a path; the target weighs risks
    assert sides["ignores_luck"].tolist() == [1, 1]
    both = case.vary({"target.strategy": "time-dependent"})
    sides = kernel.without_idle_work(prepare(both), kernel.strategies_of(both)).sides
    assert sides["ignores_beliefs"].tolist() == [1, 0]  # whose priorities the sender shares still counts


def test_a_prepared_game_is_not_marked_itself() -> None:
    case = Scenario.load("pie")
    game = prepare(case)
    simulate(case, 1, game=game)
    assert not game.sides["ignores_beliefs"].any()
