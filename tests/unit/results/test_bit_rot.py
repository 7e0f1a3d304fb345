"""A file that is not what the sweep wrote gives no wrong number: it is named, with the remedy, or gives the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy
import pandas
import pyarrow.parquet
import pytest

import negosim.sweeps.play
from negosim.common.errors import StoreError
from negosim.results.results import Results
from negosim.store.store import Store
from negosim.sweeps.runner import sweep
from tests.unit import pretend
from tests.unit.pretend import assuming, experiment

READINGS: dict[str, Callable[[Results], pandas.DataFrame]] = {
    "frame": Results.frame,
    "summary": Results.summary,
    "query": lambda results: results.query("select point, count(*), sum(sender_payoff) from runs group by 1 order by 1"),
    "draws": Results.draws,
    "paths": Results.paths,
}
REMEDY = "plays this part anew"


@pytest.fixture(autouse=True)
def _pretended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)
        made = experiment(scenario=assuming(), assumed_draws=3, draw_replications=8, paths=1)
        yield sweep(made, tmp_path_factory.mktemp("rot") / "runs").out


def rotten(path: Path, seed: int, flips: int) -> Iterator[None]:
    """A file with one bit flipped, again and again at another place; in the end it is whole."""
    whole, draws = path.read_bytes(), numpy.random.default_rng(seed)
    try:
        for bit in draws.choice(8 * len(whole), flips, replace=False).tolist():
            content = bytearray(whole)
            content[bit // 8] ^= 1 << bit % 8
            path.write_bytes(bytes(content))
            yield
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize("reading", READINGS)
def test_no_flipped_bit_of_a_part_or_its_checksum_gives_another_number(out: Path, reading: str) -> None:
    """Of all readings those that need the file refuse each flip, and name it."""
    right = READINGS[reading](Results(out))
    kind = reading if reading in ("draws", "paths") else "parts"
    part = sorted((out / kind).iterdir())[-1]
    for path, flips in ((part, 150), (Store(out).checksum(part.stem), 30)):
        for _ in rotten(path, seed=15, flips=flips):
            try:
                assert READINGS[reading](Results(out)).equals(right)
                assert path.suffix == ".sha256"  # a letter of its note may change case, or a space become another
            except StoreError as error:
                assert f"{part} is damaged" in str(error) and REMEDY in str(error)


def test_no_flipped_bit_of_the_manifest_gives_another_number(out: Path) -> None:
    right = READINGS["query"](Results(out))
    for _ in rotten(out / "manifest.json", seed=16, flips=150):
        try:
            assert READINGS["query"](Results(out)).equals(right)
        except StoreError as error:
            assert "manifest.json is damaged" in str(error) or "manifest.json is of layout" in str(error)


def test_no_flipped_bit_of_what_a_sweep_came_to_gives_other_runs(tmp_path: Path) -> None:
    made = experiment(precision={"quantity": "sender_payoff", "half_width": 0.02}, replications=100, chunk=100)
    results = sweep(made, tmp_path / "runs")
    runs = results.experiment.replications
    assert runs > 100
    for _ in rotten(results.out / "precision.json", seed=17, flips=150):
        try:
            assert Results(results.out).experiment.replications == runs
        except StoreError as error:
            assert "it is not settled yet how many runs are enough" in str(error)


def stranger(store: Store, name: str, tmp_path: Path) -> tuple[bytes, str]:
    """The same part of a sweep with another seed."""
    made = experiment(scenario=assuming(), assumed_draws=3, draw_replications=8, paths=1, seed=8)
    return Store(sweep(made, tmp_path / "other").out).content(name), "it belongs to another experiment"


def neighbour(store: Store, name: str, tmp_path: Path) -> tuple[bytes, str]:
    """Another part of the same sweep."""
    return store.content("point-0000-chunk-0001"), "it is point-0000-chunk-0001 of the same experiment"


def unmarked(store: Store, name: str, tmp_path: Path) -> tuple[bytes, str]:
    """The runs of the part with other payoffs, written by somebody with pandas."""
    frame = pandas.read_parquet(store.path(name))
    frame["sender_payoff"] += 1.0
    frame.to_parquet(tmp_path / "mine.parquet", index=False)
    return (tmp_path / "mine.parquet").read_bytes(), "it belongs to another experiment"


@pytest.mark.parametrize("foreign", [stranger, neighbour, unmarked])
def test_a_foreign_part_with_a_checksum_that_is_right_is_not_read_as_one_of_the_sweep(
    out: Path, tmp_path: Path, foreign: Any
) -> None:
    store, name = Store(out), "point-0002-chunk-0001"
    whole = store.content(name)
    content, why = foreign(store, name, tmp_path)
    store.keep(name, content)
    try:
        for reading in ("frame", "summary", "query"):
            with pytest.raises(StoreError, match=f"{name}.parquet is damaged: {why}.*{REMEDY}"):
                READINGS[reading](Results(out))
    finally:
        store.keep(name, whole)


def test_a_file_is_compared_once_and_only_when_it_is_read(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damage, compared = Store.damage, []

    def noted(store: Store, name: str, *arguments: Any) -> str | None:
        compared.append(name)
        return damage(store, name, *arguments)

    monkeypatch.setattr(Store, "damage", noted)
    results = Results(out)
    assert compared == []
    results.frame(limit=4), results.columns
    assert compared == ["point-0000-chunk-0001"]
    results.frame(limit=5)
    assert compared == ["point-0000-chunk-0001", "point-0000-chunk-0002"]
    results.query("select count(*) from runs", points=[2])
    assert not any(name.startswith("point-0001") for name in compared)
    results.frame(), results.summary(), results.draws(), results.paths()
    assert len(compared) == len(set(compared)) == len(list(out.glob("*/*.parquet")))
    results.check()
    assert len(compared) == 2 * len(set(compared))


def test_no_part_is_read_without_its_mark(out: Path) -> None:
    for path in out.glob("*/*.parquet"):
        assert b"negosim" in pyarrow.parquet.read_schema(path).metadata
