"""The folders of a sweep as other people's programs read them: each as it is, and nothing but its kind."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars
import pyarrow.dataset
import pytest

from negosim.common.errors import StoreError
from negosim.results.results import Results
from negosim.store.manifest import FORMAT, hashes
from negosim.store.store import Store
from negosim.sweeps.runner import sweep
from tests.unit.pretend import assuming, experiment

READERS: dict[str, Callable[[Path], pandas.DataFrame]] = {
    "pandas": pandas.read_parquet,
    "polars": lambda folder: polars.read_parquet(folder).to_pandas(),
    "polars by pattern": lambda folder: polars.scan_parquet(folder / "*.parquet").collect().to_pandas(),
    "Arrow": lambda folder: pyarrow.dataset.dataset(folder).to_table().to_pandas(),
    "DuckDB": lambda folder: duckdb.sql(f"from '{folder}/*.parquet'").df(),
    "DuckDB, everything": lambda folder: duckdb.sql(f"from read_parquet('{folder}/**')").df(),
}
KINDS = {"parts": Results.frame, "draws": Results.draws, "paths": Results.paths}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A real sweep of two cases with other issues, of which one has dates, in several parts of each kind."""
    made = experiment(
        scenario="us-japan-2025", case=[{"name": "usual"}, {"name": "pie", "scenario": assuming()}], replications=30, chunk=20,
        paths=2, assumed_draws=12, draw_replications=3,
    )
    return sweep(made, tmp_path_factory.mktemp("read") / "runs", workers=2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("reader", READERS)
def test_a_folder_is_read_as_it_is(results: Results, reader: str, kind: str) -> None:
    own, found = KINDS[kind](results), READERS[reader](results.out / kind)
    assert len(list((results.out / kind).iterdir())) > 1
    assert list(found) == list(own) and found.count().to_dict() == own.count().to_dict() and len(found) == len(own)
    for name in own.select_dtypes(["number", "bool"]):
        assert sorted(found[name].dropna()) == sorted(own[name].dropna()), name


def test_every_file_of_a_folder_has_the_same_columns_of_the_same_kinds(results: Results) -> None:
    for kind in KINDS:
        files = sorted((results.out / kind).iterdir())
        assert len({str(pyarrow.parquet.read_schema(file).remove_metadata()) for file in files}) == 1, kind


def test_a_run_of_a_case_has_nothing_in_the_columns_of_another(results: Results) -> None:
    frame = results.frame()
    usual, pie = frame[frame["point"] < 3], frame[frame["point"] >= 3]
    assert usual["settled_pie"].isna().all() and pie["settled_rice"].isna().all() and pie["welfare_japan"].isna().all()
    assert pie["settled_pie"].notna().all() and usual["welfare_japan"].notna().all()


def test_the_checksums_are_compared_by_sha256sum_from_the_folder(results: Results) -> None:
    names = [str(path.relative_to(results.out)) for path in sorted((results.out / "checksums").iterdir())]
    told = subprocess.run(["sha256sum", "-c", *names], cwd=results.out, capture_output=True, text=True, check=True).stdout
    assert told.count(": OK") == len(names) == sum(len(list((results.out / kind).iterdir())) for kind in KINDS)


def test_a_folder_of_an_older_layout_is_refused_by_every_reader_with_the_remedy(results: Results, tmp_path: Path) -> None:
    store = Store(results.out)
    manifest: dict[str, Any] = {**(store.manifest() or {}), "format": FORMAT - 1}
    old = Store(tmp_path / "old")
    old.folder.mkdir()
    old._write_manifest({**manifest, "sha256": hashes(manifest)})
    said = rf"layout {FORMAT - 1}, .* layout {FORMAT}\. Sweep its experiment into another folder, or go on with the version"
    for refused in (lambda: Results(old.folder), lambda: sweep(results.experiment, old.folder)):
        with pytest.raises(StoreError, match=said):
            refused()
