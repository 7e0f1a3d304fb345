"""A strategy of the user's own plays the same runs in both engines, and a copy of a shipped one plays as that does."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module
from itertools import product
from typing import Any

import pytest

from negosim import Negotiation, Side, simulate, strategy
from negosim.strategies.catalogue import NAMES
from tests.laws.playing import differences
from tests.laws.worlds import PROTOCOLS, world

pytestmark = pytest.mark.slow

WORLDS = 40


def written_anew(name: str) -> dict[str, Callable[..., Any]]:
    """Return what the file of a shipped strategy defines, executed as a user's file would be, its decorators left out."""
    source = inspect.getsource(import_module(f"negosim.strategies.shipped.{name.replace('-', '_')}"))
    for decorator in ("@rule(PROPOSE)\n", "@rule(RESPOND)\n"):
        source = source.replace(decorator, "")
    copy: dict[str, Any] = {"__name__": "copy_of_a_strategy"}
    exec(compile(source, f"<copy of {name}>", "exec"), copy)
    return copy


@pytest.mark.parametrize("name", NAMES)
def test_the_file_of_a_shipped_strategy_copied_as_a_users_plays_the_same_runs(name: str) -> None:
    copied = written_anew(name)
    mine = strategy(copied["propose"], copied["respond"])
    for number, side in product(range(0, 2 * WORLDS, 8), Side):
        scenario = world(number).vary({f"{side.label}.strategy": name})
        shipped = simulate(scenario, 20, seed=number)
        assert differences(simulate(scenario, 20, seed=number, strategies={side: mine}), shipped) == []


def propose(own, other, public, belief, homes, menu, outlook, noise):
    """Open high; then split the difference between the own last demand and what the other last offered, or wait with luck."""
    if own.offers_received == 0 or own.luck < 0.2:
        return min(1.0, own.opening + noise)
    return max(own.reservation, 0.5 * (own.last_demand + own.other_last) + 0.1 * belief[0, 0] + noise)


def respond(own, other, public, belief, homes, offer, outlook):
    """Accept what beats the middle of the way and, late, whatever beats the end of the talks; leave if that pays more."""
    worth = offer[own.kept_column]
    if worth >= 0.5 * (own.opening + own.reservation) or (public.goes_on <= 0.0 and worth >= own.no_deal):
        return 1
    return 2 if own.outside_option > own.no_deal and public.elapsed > 0.5 else 0


@pytest.mark.parametrize("sides", [(Side.SENDER,), (Side.TARGET,), tuple(Side)], ids=["sender", "target", "both"])
def test_both_engines_play_the_same_run_with_a_strategy_of_ones_own(sides: tuple[Side, ...]) -> None:
    mine = dict.fromkeys(sides, strategy(propose, respond))
    met, moved = set(), 0
    for number in range(WORLDS):
        scenario = world(number)
        by_mesa = Negotiation(scenario, number, strategies=mine).play().outcome
        by_kernel = simulate(scenario, 1, number, strategies=mine)
        assert by_mesa is not None
        assert differences(by_mesa, by_kernel) == []
        met.add(scenario.talks.protocol)
        moved += differences(by_kernel, simulate(scenario, 1, number)) != []
    assert met == set(PROTOCOLS)
    assert moved > WORLDS // 4  # it is another strategy
