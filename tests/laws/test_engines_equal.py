"""The Mesa model and the batch kernel play the same run, bit for bit; a kernel with a fault in its order is found out."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from itertools import product
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negosim import Scenario, simulate
from negosim.common.vocabulary import CHANNELS, Ending, Side
from negosim.engine import kernel
from negosim.scenario.consistency import THE_OTHERS_ALONE
from negosim.scenario.dotted_names import leaves
from negosim.strategies.catalogue import NAMES
from tests.laws.playing import by_kernel, by_mesa, differences
from tests.laws.worlds import AGENDAS, COMBINATIONS, DELEGATION, DESIGNS, MARKETS, PROTOCOLS, SECURITY, TALKS, world

WORLDS, BATCH, RUNS = 1_150, 50, 2


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


EXTREMES = {
    f"{part}.{name}": span
    for part, ranges in (
        ("talks", TALKS), ("markets", MARKETS), ("security", SECURITY), ("sender", DELEGATION), ("target", DELEGATION)
    )
    for name, span in ranges.items()
    if name not in THE_OTHERS_ALONE.get(part, {})
}
"""Dotted name -> the ends of the range that the worlds draw from; "off" and "to the full" are among them."""

at_the_ends = st.dictionaries(st.sampled_from(sorted(EXTREMES)), st.integers(0, 1), max_size=8)


@settings(max_examples=200)
@given(number=st.integers(0, 10**6), ends=at_the_ends, seed=st.integers(0, 2**64 - 1), run=st.integers(0, 2**62))
def test_both_engines_play_the_same_run_where_dials_stand_at_their_ends(
    number: int, ends: dict[str, int], seed: int, run: int
) -> None:
    scenario = world(number).vary({name: EXTREMES[name][end] for name, end in ends.items()})
    assert differences(by_mesa(scenario, seed, run), by_kernel(scenario, seed, run)) == []


@pytest.mark.parametrize("name", Scenario.names())
def test_both_engines_play_the_same_run_in_every_shipped_scenario(name: str) -> None:
    scenario = Scenario.load(name)
    for replication in range(8):
        assert differences(by_mesa(scenario, 3, replication), by_kernel(scenario, 3, replication)) == []


def test_the_worlds_hold_every_pair_of_strategies_under_every_protocol_and_agenda() -> None:
    met = [(w.talks.agenda, w.talks.protocol, w.sender.strategy, w.target.strategy) for w in map(world, range(WORLDS))]
    assert set(met) >= set(DESIGNS)
    assert {(protocol, sender, target) for _, protocol, sender, target in met} == set(product(PROTOCOLS, NAMES, NAMES))
    for side in (2, 3):
        assert {(each[0], each[1], each[side]) for each in met} == set(product(AGENDAS, PROTOCOLS, NAMES))


NOT_READ = ("trade", "name", "title", "unit", "summary", "kind", "calendar", "short", "reason", "notes")
"""Leaves that no rule reads."""
LISTS = ("linkage", "threats", "ratifiers")
"""What is a leaf only where it is empty."""


def test_the_worlds_vary_every_parameter() -> None:
    seen: dict[str, set[str]] = {}
    for number in range(WORLDS // 4):
        for leaf in leaves(world(number)):
            kind = ".".join(step for step in leaf.name.split(".") if "-" not in step)
            seen.setdefault(kind, set()).add(repr(leaf.value))
    useless = {f"{side}.{name}" for side, names in THE_OTHERS_ALONE.items() for name in names}
    alike = {name for name, values in seen.items() if len(values) == 1} - useless
    assert {name for name in alike if name.split(".")[-1] not in NOT_READ + LISTS} == set()


def test_the_worlds_see_everything_happen() -> None:
    runs = np.concatenate([simulate(world(number), 20, seed=1).runs for number in range(COMBINATIONS)])
    assert set(runs["ending"]) == set(map(int, Ending))
    assert set(runs["proposer"]) == {-1, 0, 1, 2}
    assert np.isfinite(runs["reversed_after"]).mean() > 0.1
    assert runs["committed"].mean() > 0.05
    assert (runs["profile"].max(axis=0) == 3).all()  # three voices, and the mean of a belief-only spread
    assert (runs["threats_executed"] > 0).mean() > 0.1
    assert (runs["rounds"] > 2).mean() > 0.15
    unused = np.argwhere(np.abs(runs["ledger"]).max(axis=0) == 0.0).tolist()
    assert unused == [[Side.SENDER, CHANNELS.index("threat_damage")]]  # only the target is threatened


# ---- planted faults: the order of events in the kernel, changed by one line -----------------------------------------

FAULTS = {
    "the alternative is faced before threats move": ("moves.face_the_alternative(game, talks, 0", 2, "moves.move_threats("),
    "the offer is remembered before it is answered": ("moves.remember_offer(", 1, "talks.answers[side] = answer("),
    "costs are borne before threats are carried out": ("moves.bear_costs(game, talks, 0", 2, "if accepted and moves.signs("),
    "threats move before the world": ("moves.move_threats(", 1, "moves.move_world("),
}
"""What goes wrong -> (first line to move, how many lines, line before which they go)."""


def reordered(source: str, moved: str, count: int, before: str) -> str:
    """Return a source with ``count`` lines, from the one starting with ``moved``, put before another line, indented like it."""
    lines = source.splitlines(keepends=True)
    starts = [n for n, line in enumerate(lines) if line.strip().startswith(moved)]
    assert len(starts) == 1, f"{moved!r} stands {len(starts)} times in the kernel"
    block = lines[starts[0] : starts[0] + count]
    del lines[starts[0] : starts[0] + count]
    places = [n for n, line in enumerate(lines) if line.strip().startswith(before)]
    assert len(places) == 1, f"{before!r} stands {len(places)} times in the kernel"
    indent = lines[places[0]][: -len(lines[places[0]].lstrip())]
    return "".join([*lines[: places[0]], *(indent + line.lstrip() for line in block), *lines[places[0] :]])


def rebuilt(source: str) -> ModuleType:
    """Return the kernel of a source, compiled on its own; the caller takes it out of sys.modules again."""
    module = ModuleType("rebuilt_kernel")
    sys.modules[module.__name__] = module
    exec(compile(source, "<rebuilt kernel>", "exec"), module.__dict__)
    return module


@pytest.fixture
def faulty(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    """A copy of the kernel with one block of lines moved; without a parameter, with all lines where they were."""
    source = inspect.getsource(kernel)
    module = rebuilt(reordered(source, *FAULTS[request.param]) if hasattr(request, "param") else source)
    yield module
    del sys.modules[module.__name__]


def apart(rebuilt_kernel: ModuleType, number: int) -> list[str]:
    """Return where run ``number`` of world ``number`` differs between Mesa and a kernel that was compiled again."""
    scenario = world(number)
    theirs = rebuilt_kernel.simulate(scenario, 1, number, first=number)
    return differences(by_mesa(scenario, number, number), theirs)


@pytest.mark.parametrize("faulty", FAULTS, indirect=True)
def test_a_fault_in_the_order_of_events_is_found_out(faulty: ModuleType) -> None:
    assert any(apart(faulty, number) for number in range(2 * COMBINATIONS))


def test_a_kernel_compiled_again_without_a_fault_is_not_accused(faulty: ModuleType) -> None:
    assert [number for number in range(COMBINATIONS) if apart(faulty, number)] == []
