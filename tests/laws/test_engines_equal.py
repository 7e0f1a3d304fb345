"""The Mesa model and the batch kernel play the same run, bit for bit; a kernel with a fault in its order is found out."""

from __future__ import annotations

import inspect
import sys
from collections import Counter
from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pytest

from negosim import Scenario, kernel, simulate
from negosim.dotted import leaves
from negosim.vocabulary import CHANNELS, Ending, Side
from tests.laws.playing import by_kernel, by_mesa, differences
from tests.laws.worlds import COMBINATIONS, DESIGNS, world

WORLDS, BATCH, RUNS = 1_000, 50, 3


@pytest.mark.parametrize("batch", range(WORLDS // BATCH))
def test_both_engines_play_the_same_run_in_every_random_world(batch: int) -> None:
    apart = {}
    for number in range(batch * BATCH, (batch + 1) * BATCH):
        scenario = world(number)
        for replication in range(RUNS):
            found = differences(by_mesa(scenario, number, replication), by_kernel(scenario, number, replication))
            if found:
                apart[number, replication] = found
    assert apart == {}


@pytest.mark.parametrize("name", Scenario.names())
def test_both_engines_play_the_same_run_in_every_shipped_scenario(name: str) -> None:
    scenario = Scenario.load(name)
    for replication in range(8):
        assert differences(by_mesa(scenario, 3, replication), by_kernel(scenario, 3, replication)) == []


def test_the_worlds_hold_every_pair_of_strategies_under_every_protocol_and_agenda() -> None:
    met = Counter(
        (w.talks.agenda, w.talks.protocol, w.sender.strategy, w.target.strategy)
        for w in map(world, range(WORLDS))
    )
    assert set(met) == set(DESIGNS)
    assert len(DESIGNS) == 2 * 3 * 25
    assert min(met.values()) >= WORLDS // COMBINATIONS


NOT_READ = ("name", "title", "unit", "summary", "kind", "calendar", "short", "reason", "notes")
"""Leaves that no rule reads."""
LISTS = ("linkage", "threats", "ratifiers")
"""What is a leaf only where it is empty."""


def test_the_worlds_vary_every_parameter() -> None:
    seen: dict[str, set[str]] = {}
    for number in range(WORLDS // 4):
        for leaf in leaves(world(number)):
            kind = ".".join(step for step in leaf.name.split(".") if "-" not in step)
            seen.setdefault(kind, set()).add(repr(leaf.value))
    alike = {name for name, values in seen.items() if len(values) == 1}
    assert {name for name in alike if name.split(".")[-1] not in NOT_READ + LISTS} == set()


def test_the_worlds_see_everything_happen() -> None:
    runs = np.concatenate([simulate(world(number), 20, seed=1).runs for number in range(COMBINATIONS)])
    assert set(runs["ending"]) == set(map(int, Ending))
    assert set(runs["proposer"]) == {-1, 0, 1}
    assert np.isfinite(runs["reversed_after"]).mean() > 0.1
    assert runs["committed"].mean() > 0.05
    assert (runs["profile"].max(axis=0) == 3).all()  # three voices, and the mean of a belief-only spread
    assert (runs["threats_executed"] > 0).mean() > 0.1
    assert (runs["rounds"] > 2).mean() > 0.15
    unused = np.argwhere(np.abs(runs["ledger"]).max(axis=0) == 0.0).tolist()
    assert unused == [[Side.SENDER, CHANNELS.index("threat_damage")]]  # only the target is threatened


# ---- planted faults: the order of events in the kernel, changed by one line -----------------------------------------

FAULTS = {
    "threats move before the world": ("moves.move_threats(", 1, "moves.move_world("),
    "the alternative is faced before threats move": ("moves.face_the_alternative(game, talks, 0", 2, "moves.move_threats("),
    "the frontier is chosen before the speakers": ("moves.choose_frontier(", 1, "moves.choose_speakers("),
    "the offer is remembered before it is answered": ("moves.remember_offer(", 1, "if other.committed:"),
    "costs are borne before threats are carried out": ("moves.bear_costs(game, talks, 0", 2, "if accepted:"),
    "the clock strikes before costs are borne": ("ending = moves.clock(", 3, "moves.bear_costs(game, talks, 0"),
}  # fmt: skip
"""What goes wrong -> (first line to move, how many lines, line before which they go)."""


def reordered(source: str, moved: str, count: int, before: str) -> str:
    """Return a source with ``count`` lines, from the one that starts with ``moved``, put before another line."""
    lines = source.splitlines(keepends=True)
    starts = [n for n, line in enumerate(lines) if line.strip().startswith(moved)]
    assert len(starts) == 1, f"{moved!r} stands {len(starts)} times in the kernel"
    block = lines[starts[0] : starts[0] + count]
    del lines[starts[0] : starts[0] + count]
    places = [n for n, line in enumerate(lines) if line.strip().startswith(before)]
    assert len(places) == 1, f"{before!r} stands {len(places)} times in the kernel"
    return "".join([*lines[: places[0]], *block, *lines[places[0] :]])


@pytest.fixture
def faulty(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    """A copy of the kernel, compiled on its own, with one block of lines moved."""
    module = ModuleType("kernel_with_a_fault")
    sys.modules[module.__name__] = module
    source = reordered(inspect.getsource(kernel), *FAULTS[request.param])
    exec(compile(source, "<kernel with a fault>", "exec"), module.__dict__)
    yield module
    del sys.modules[module.__name__]


@pytest.mark.parametrize("faulty", FAULTS, indirect=True)
def test_a_fault_in_the_order_of_events_is_found_out(faulty: ModuleType) -> None:
    def apart(number: int) -> list[str]:
        scenario = world(number)
        ours, theirs = by_mesa(scenario, number, number), faulty.simulate(scenario, 1, number, first=number)
        return differences(ours, theirs)

    assert any(apart(number) for number in range(2 * COMBINATIONS))
