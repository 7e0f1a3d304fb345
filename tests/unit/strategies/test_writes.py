"""A user's strategy writes into nothing that it is given: each way to do it is refused, with its name and the remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import numba
import numpy as np
import pytest

from negosim import Negotiation, Scenario, StrategyError, simulate, strategy
from negosim.engine.prepare import prepare

TRADE = Scenario.load("logrolling")


@numba.njit
def sets_a_field(record):
    record.reservation = 0.0


@numba.njit
def sets_a_number(array):
    array[0] = 1.0


@numba.njit
def sets_all_through_flat(array):
    for k in range(array.size):
        array.flat[k] = 1.0


def refuses(own, other, public, belief, homes, offer, outlook):
    return 0


def written_as(line: str, role: str = "propose") -> Callable[..., Any]:
    """Return a function with this line in it, called slip."""
    takes = {"propose": "menu, outlook, noise", "respond": "offer, outlook"}[role]
    last = {"propose": "0.8", "respond": "0"}[role]
    scope = dict(globals())
    exec(f"def slip(own, other, public, belief, homes, {takes}):\n    {line}\n    return {last}\n", scope)
    function: Callable[..., Any] = scope["slip"]
    return function


INTO_ARRAYS = {
    "menu[:, own.kept_column] = 0.9": "menu",
    "menu[0, 0] += 0.1": "menu",
    "row = menu[0]\n    row[0] = 0.9": "menu",
    "menu.T[0, 0] = 0.9": "menu",
    "menu.sort()": "menu",
    "np.exp(menu, menu)": "menu",
    "belief[:] = 0.0": "belief",
    "belief += 1.0": "belief",
    "homes[0, 0] = 1.0; belief[0, 0] = 1.0": "belief and homes",
    "outlook[:] = 5.0": "outlook",
    "sets_a_number(menu[0])": "menu",
    "menu.flat[0] = 0.9": "an array by its flat",
    "sets_all_through_flat(homes)": "an array by its flat",
    "for x in np.nditer(menu):\n        x[()] = 0.9": "an array by numpy.nditer",
    "np.fill_diagonal(menu, 0.9)": "an array by numpy.fill_diagonal",
    "np.ascontiguousarray(menu)[0, 0] = 0.9": "an array by numpy.ascontiguousarray",
}


@pytest.mark.parametrize("line", INTO_ARRAYS)
def test_a_proposer_that_writes_into_an_array_is_refused_with_the_array_and_the_remedy(line: str) -> None:
    with pytest.raises(StrategyError) as said:
        strategy(written_as(line), refuses)
    assert re.search(r"Change a copy instead, such as mine = \w+\.copy\(\)\. The function is slip\.$", str(said.value))
    assert f"propose writes into {INTO_ARRAYS[line]}, which it may only read." in str(said.value)


@pytest.mark.parametrize("line", ["offer[:] = 1.0", "np.asfortranarray(offer)[0] = 1.0", "belief[0, 0] = 1.0"])
def test_a_responder_that_writes_into_an_array_is_refused(line: str) -> None:
    with pytest.raises(StrategyError, match=r"respond writes into (offer|belief|an array by numpy\.asfortranarray), which"):
        strategy(written_as("pass"), written_as(line, "respond"))


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("own['reservation'] = 0.0", "reservation"), ("other['trust'] = 1.0", "trust"), ("public['round'] = 3", "round"),
        ("sets_a_field(own)", "reservation"), ("def inside():\n        own.trust = 0.1\n    inside()", "trust"),
    ],
)
def test_a_field_of_a_record_is_set_neither_by_its_name_nor_by_a_helper(line: str, field: str) -> None:
    with pytest.raises(StrategyError, match=rf"propose writes into \.{field} of a record, which it may only read\. A strategy"):
        strategy(written_as(line), refuses)


@pytest.mark.parametrize(
    "line",
    [
        "menu = menu.copy()\n    menu[0, 0] = 0.9", "belief = belief + 1.0",
        "mine = np.zeros((2, 2))\n    mine.flat[0] = 1.0\n    mine += 1.0\n    sets_a_number(mine[0])",
        "np.fill_diagonal(menu.copy(), 2.0)",
    ],
)
def test_a_copy_and_arrays_of_ones_own_may_be_written_into(line: str) -> None:
    mine = {"target": strategy(written_as(line), refuses)}
    plain = {"target": strategy(written_as("pass"), refuses)}
    assert simulate(TRADE, 20, 1, strategies=mine).runs.tobytes() == simulate(TRADE, 20, 1, strategies=plain).runs.tobytes()


@pytest.fixture
def as_before() -> Iterator[None]:
    """Runs of built-in strategies, and those of one's own, are afterwards what they were."""
    before = simulate(TRADE, 50, 1).runs.tobytes()
    yield
    assert simulate(Scenario.load("logrolling"), 50, 1).runs.tobytes() == before
    outcome = Negotiation(Scenario.load("logrolling"), 1).play().outcome
    assert outcome is not None and outcome.runs.tobytes() == simulate(TRADE, 1, 1).runs.tobytes()


@pytest.mark.usefixtures("as_before")
def test_what_is_written_into_a_game_changes_no_other() -> None:
    for game in (prepare(TRADE), Negotiation(TRADE, 1).game):
        for array in game:
            array[...] = np.zeros(1, array.dtype)


def test_a_table_of_nothing_is_not_shared_by_all_games() -> None:
    pie = Scenario.load("pie")
    prepare(pie).sender_outlook[...] = 5.0
    prepare(pie).giving_way[...] = 5.0
    assert prepare(pie).sender_outlook.max() == 0.0 and np.isnan(prepare(pie).giving_way).all()
