"""A folder is played again from its manifest and compared, value by value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pyarrow
import pyarrow.parquet
import pytest

import negosim.store.manifest
import negosim.sweeps.play
from negosim.common.errors import StoreError
from negosim.results.results import Results
from negosim.store.parts import packed
from negosim.store.store import Store
from negosim.sweeps.reproduce import reproduce, spread, unlike
from negosim.sweeps.runner import sweep
from tests.unit import pretend
from tests.unit.pretend import assuming, experiment
from tests.unit.sweeps.test_runner import PARTS, contents, elsewhere


@pytest.fixture(autouse=True)
def _pretended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return sweep(experiment(scenario=assuming(), assumed_draws=12, draw_replications=4), tmp_path / "runs")


def test_a_sweep_is_reproduced_and_nothing_is_written(results: Results) -> None:
    before = contents(results.out)
    told: list[int] = []
    found = reproduce(results.out, workers=2, progress=lambda done, *_: told.append(done))
    assert (found.parts, found.there, found.compared, found.differing, found.changes) == (11, 11, 11, (), ())
    assert contents(results.out) == before and told[-1] == 30 + 12 * 3 * 4


def test_files_that_another_library_would_write_otherwise_are_the_same_values(results: Results) -> None:
    store = Store(results.out)
    path = store.path(PARTS[0])
    table = pyarrow.parquet.read_table(path)
    pyarrow.parquet.write_table(table, path, compression="snappy", use_dictionary=True)
    store.keep(PARTS[0], path.read_bytes())
    assert reproduce(results.out).differing == ()


def test_a_value_that_comes_out_otherwise_is_named_with_its_size(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    def otherwise(scenario: Any, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> Any:
        table = pretend.simulate(scenario, replications, seed, first).table()
        if scenario.sender.ambiguity != 0.1 or first != 4 or replications != 4 or scenario.talks.rounds != 10:
            return pretend.Outcomes(table)
        column = table.schema.get_field_index("target_payoff")
        payoffs = numpy.nextafter(table["target_payoff"].to_numpy(), 2.0)
        return pretend.Outcomes(table.set_column(column, "target_payoff", pyarrow.array(payoffs)))

    monkeypatch.setattr(negosim.sweeps.play, "simulate", otherwise)
    (failure,) = reproduce(results.out).differing
    assert failure.part == PARTS[4] and failure.place.startswith("point 1 (sender.ambiguity = 0.1), runs 4 to 7")
    assert failure.why.startswith("different: target_payoff in 4 of 4 rows, by up to 5.55e-17")


def test_a_damaged_part_and_a_part_whose_values_were_changed_are_found(results: Results) -> None:
    store = Store(results.out)
    (store.parts / f"{PARTS[0]}.parquet").write_bytes(b"")
    mark = store.mark(PARTS[1])
    table = pyarrow.parquet.read_table(store.path(PARTS[1]))
    changed = table.set_column(table.schema.get_field_index("rounds"), "rounds", pyarrow.array(numpy.zeros(4, numpy.int32)))
    content = packed(changed, mark)
    store.keep(PARTS[1], content)  # with a checksum, and with the hash of the changed values
    store.keep(PARTS[2], packed(changed.slice(0, 2), mark | {"part": PARTS[2]}).replace(b"values", b"valuex", 1))
    found = reproduce(results.out).differing
    assert [failure.part for failure in found] == PARTS[:3]
    assert "checksum" in found[0].why and found[1].why == "different: rounds in 4 of 4 rows"
    assert found[2].why == "damaged: its values do not have the hash that it carries"


def test_a_point_that_can_no_longer_be_played_is_told(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(scenario: Any, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> Any:
        if scenario.sender.ambiguity == 0.2 and first == 8:
            raise ArithmeticError("no solution")
        return pretend.simulate(scenario, replications, seed, first)

    monkeypatch.setattr(negosim.sweeps.play, "simulate", fail)
    assert "ArithmeticError: no solution" in [failure.why for failure in reproduce(results.out).differing]


def test_a_sample_is_spread_evenly_and_missing_parts_are_counted(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    played: list[tuple[float, int]] = []

    def simulate(scenario: Any, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> Any:
        played.append((scenario.sender.ambiguity, first))
        return pretend.simulate(scenario, replications, seed, first)

    monkeypatch.setattr(negosim.sweeps.play, "simulate", simulate)
    (results.out / "parts" / f"{PARTS[0]}.parquet").unlink()
    found = reproduce(results.out, sample=2, workers=1)
    assert (found.parts, found.there, found.compared, found.differing) == (11, 10, 2, ())
    assert played == [(0.0, 4), (0.2, 0)]  # the first and the sixth of the ten that are there


def test_a_sample_is_never_larger_than_what_there_is() -> None:
    parts: list[Any] = list(range(10))
    assert spread(parts, 3) == [0, 3, 6] and spread(parts, 10) == parts and spread(parts, 99) == parts and spread(parts, 1) == [0]


def test_what_is_another_here_is_told(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere(monkeypatch)
    found = reproduce(results.out)
    assert found.differing == () and any(change.startswith("platform.machine") for change in found.changes)


def test_an_interruption_says_how_it_stands(results: Results) -> None:
    def stop(done: int, *_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match=r"Stopped after .* of 174 runs: no part differs so far\."):
        reproduce(results.out, workers=1, progress=stop)


def test_a_folder_without_results_cannot_be_reproduced(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="holds no results"):
        reproduce(tmp_path)


def test_how_tables_differ_is_told() -> None:
    one = pyarrow.table({"x": [1.0, float("nan")], "y": ["a", "b"]})
    assert unlike(one, one.select(["y", "x"])) == "the columns are in another order"
    assert unlike(one, one.select(["x"])) == "only one of the two has the column y"
    assert unlike(one, one.slice(0, 1)) == "x in its kind or length, and 1 more columns"
    other = pyarrow.table({"x": [1.5, 2.0], "y": ["a", "c"]})
    assert unlike(one, other) == "x in 2 of 2 rows, by up to 0.5, and 1 more columns"
    assert unlike(one.select(["y"]), other.select(["y"])) == "y in 1 of 2 rows"
    infinite = pyarrow.table({"x": [1.0, float("inf")], "y": ["a", "b"]})
    assert unlike(one, infinite) == "x in 1 of 2 rows, by up to 0"
    assert unlike(pyarrow.table({"x": [0.0, 1.0]}), pyarrow.table({"x": [-0.0, 1.0]})) == "x in 1 of 2 rows, by up to 0"
