"""The Mesa model and the batch kernel play the same run, bit for bit; a kernel with a fault in its order is found out."""

from __future__ import annotations

import ctypes
import inspect
import sys
from collections.abc import Iterable, Iterator
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
from tests.laws.playing import by_kernel, by_mesa, differences
from tests.laws.worlds import (
    AGENDAS,
    COMBINATIONS,
    DELEGATION,
    DESIGNS,
    FLOW_WORLDS,
    LUMPS_ALONE,
    MARKETS,
    NAMES,
    OF_A_HOLDER,
    PROTOCOLS,
    SECURITY,
    TALKS,
    WITHOUT_FLOWS,
    flow_world,
    world,
)

BATCH, RUNS = 50, 2
WORLDS = -(-len(DESIGNS) // BATCH) * BATCH
"""Whole batches that hold each pair of strategies under each protocol."""


@pytest.mark.parametrize("batch", [0, *(pytest.param(batch, marks=pytest.mark.slow) for batch in range(1, WORLDS // BATCH))])
def test_both_engines_play_the_same_run_in_every_random_world(batch: int) -> None:
    apart = {}
    for number in range(batch * BATCH, (batch + 1) * BATCH):
        scenario = world(number)
        for replication in range(RUNS):
            found = differences(by_mesa(scenario, number, replication), by_kernel(scenario, number, replication))
            if found:
                apart[number, replication] = found
    assert apart == {}


@pytest.mark.parametrize("batch", [0, *(pytest.param(batch, marks=pytest.mark.slow) for batch in (1, 2))])
def test_both_engines_play_the_same_run_in_every_random_world_of_flows(batch: int) -> None:
    apart = {}
    for number in range(batch * BATCH, (batch + 1) * BATCH):
        scenario = flow_world(number)
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


@pytest.mark.slow
@settings(max_examples=200)
@given(number=st.integers(0, 10**6), ends=at_the_ends, seed=st.integers(0, 2**64 - 1), run=st.integers(0, 2**62))
def test_both_engines_play_the_same_run_where_dials_stand_at_their_ends(
    number: int, ends: dict[str, int], seed: int, run: int
) -> None:
    scenario = world(number).vary({name: EXTREMES[name][end] for name, end in ends.items()})
    assert differences(by_mesa(scenario, seed, run), by_kernel(scenario, seed, run)) == []


ALSO_OF_FLOWS = {
    name: span for name, span in EXTREMES.items() if name.split(".")[-1] not in (*LUMPS_ALONE, *OF_A_HOLDER, "trust_slip")
} | {"talks.resumption": (0.0, 1.0), "talks.horizon": (2, 10_000), "sender.inside_option": (0.0, 1.0)}
"""The same for flows, but for what only lumps read and what must agree with the threats."""


@pytest.mark.slow
@settings(max_examples=40)
@given(
    number=st.integers(0, 10**6), ends=st.dictionaries(st.sampled_from(sorted(ALSO_OF_FLOWS)), st.integers(0, 1), max_size=8),
    seed=st.integers(0, 2**64 - 1), run=st.integers(0, 2**62),
)
def test_both_engines_play_the_same_run_of_flows_where_dials_stand_at_their_ends(
    number: int, ends: dict[str, int], seed: int, run: int
) -> None:
    changes = {"talks.horizon": 60} | {name: ALSO_OF_FLOWS[name][end] for name, end in ends.items()}
    scenario = flow_world(number).vary(changes)
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
    for scenario in [*map(world, range(WORLDS // 4)), *map(flow_world, range(FLOW_WORLDS))]:
        for leaf in leaves(scenario):
            kind = ".".join(step for step in leaf.name.split(".") if "-" not in step)
            seen.setdefault(kind, set()).add(repr(leaf.value))
    alike = {name for name, values in seen.items() if len(values) == 1}
    assert {name for name in alike if name.split(".")[-1] not in NOT_READ + LISTS} == set()


@pytest.mark.slow
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


@pytest.mark.slow
def test_the_worlds_of_flows_see_everything_happen() -> None:
    worlds = [flow_world(number) for number in range(2 * FLOW_WORLDS)]
    runs = np.concatenate([simulate(scenario, 20, seed=1).runs for scenario in worlds])
    assert set(runs["ending"]) == set(map(int, Ending))
    assert set(runs["proposer"]) == {-1, 0, 1}
    assert np.isfinite(runs["reversed_after"]).mean() > 0.05
    assert (np.abs(runs["ledger"]).max(axis=0) > 0.0).all()
    holders = [{threat.holder for threat in scenario.threats} for scenario in worlds]
    assert all(holders.count(held) > 10 for held in ({"sender"}, {"target"}, {"sender", "target"}))
    assert {scenario.sender.strategy for scenario in worlds} == set(NAMES) - WITHOUT_FLOWS
    assert {scenario.talks.protocol for scenario in worlds} == set(PROTOCOLS) - WITHOUT_FLOWS


# ---- planted faults: the order of events in the kernel, changed by one line -----------------------------------------

FAULTS = {
    "the alternative is faced before threats move": ("moves.face_the_alternative(game, talks, 0", 2, "moves.move_threats("),
    "the offer is remembered before it is answered": ("moves.remember_offer(", 1, "response = answer("),
    "costs are borne before threats are carried out": ("moves.bear_costs(game, talks, 0", 2, "if accepted and moves.signs("),
    "threats move before the world": ("moves.move_threats(", 1, "moves.move_world("),
}
"""What goes wrong -> (first line to move, how many lines, line before which they go)."""
NO_FAULT = -1


def _place(lines: list[str], start: str) -> int:
    places = [number for number, line in enumerate(lines) if line.strip().startswith(start)]
    assert len(places) == 1, f"{start!r} stands {len(places)} times in the kernel"
    return places[0]


def _only_if(condition: str, indent: str, lines: list[str]) -> list[str]:
    return [f"{indent}if {condition}:\n", *(f"{indent}    {line.lstrip()}" for line in lines)]


def _indent(line: str) -> str:
    return line[: -len(line.lstrip())]


def with_faults(source: str, faults: Iterable[tuple[str, int, str]]) -> str:
    """Return a source in which ``planted()`` decides, run by run, which block of lines is done before another line, if any."""
    lines = source.splitlines(keepends=True)
    for number, (moved, count, before) in enumerate(faults):
        start = _place(lines, moved)
        block = lines[start : start + count]
        lines[start : start + count] = _only_if(f"planted() != {number}", _indent(block[0]), block)
        place = _place(lines, before)
        lines[place:place] = _only_if(f"planted() == {number}", _indent(lines[place]), block)
    return "".join(lines)


@pytest.fixture
def faulty() -> Iterator[tuple[ModuleType, list[int]]]:
    """The kernel compiled again, once for all faults, and a list of one number: that of the fault it has now."""
    planted = [NO_FAULT]
    module = ModuleType("faulty_kernel")
    vars(module)["planted"] = ctypes.CFUNCTYPE(ctypes.c_int64)(lambda: planted[0])
    sys.modules[module.__name__] = module
    exec(compile(with_faults(inspect.getsource(kernel), FAULTS.values()), "<faulty kernel>", "exec"), vars(module))
    yield module, planted
    del sys.modules[module.__name__]


@pytest.mark.slow
def test_a_fault_in_the_order_of_events_is_found_out_and_a_kernel_without_one_is_not_accused(
    faulty: tuple[ModuleType, list[int]],
) -> None:
    """Runs are played until every fault has shown; without a fault all of the first worlds are played.

    One test for all faults, as they share a kernel that takes 15 seconds to compile.
    """
    (module, planted), accused, unseen = faulty, [], set(range(len(FAULTS)))
    for number in range(2 * COMBINATIONS):
        if number >= COMBINATIONS and not unseen:
            break
        scenario = world(number)
        ours = by_mesa(scenario, number, number)
        for planted[0] in [NO_FAULT, *sorted(unseen)]:
            if differences(ours, module.simulate(scenario, 1, number, first=number)):
                unseen.discard(planted[0])
                accused += [number] * (planted[0] == NO_FAULT)
    assert accused == []
    assert [list(FAULTS)[fault] for fault in unseen] == []
