"""What a question in SQL may ask, and what it reaches."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

import negosim.sweeps.play
from negosim.common.errors import StoreError
from negosim.results.results import Results
from negosim.sweeps.runner import sweep
from tests.unit import pretend
from tests.unit.pretend import experiment


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Results:
    monkeypatch.setattr(negosim.sweeps.play, "simulate", pretend.simulate)
    return sweep(experiment(), tmp_path / "runs [1] * 'a'", workers=1)


def names(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*")}


@pytest.mark.parametrize(
    ("sql", "error", "said"),
    [
        ("", ValueError, "sql is empty"),
        (" ; ", ValueError, "sql is empty"),
        (None, TypeError, "sql = None is not a text"),
        (b"select 1", TypeError, "is not a text"),
        ("select 1; select 2", ValueError, "sql has 2 statements"),
        ("pivot runs on ending using count(*)", ValueError, "PIVOT that does not list its values"),
        ("copy (pivot runs on ending using count(*)) to '{out}/x.csv'", ValueError, "PIVOT"),
        ("copy runs to '{out}/x.csv'", ValueError, "the kind COPY"),
        ("export database '{out}/x'", ValueError, "the kind EXPORT"),
        ("explain analyze copy runs to '{out}/x.csv'", ValueError, "the kind EXPLAIN"),
        ("prepare a as copy runs to '{out}/x.csv'", ValueError, "the kind PREPARE"),
        ("attach '{out}/x.db'", ValueError, "the kind ATTACH"),
        ("install httpfs", ValueError, "query only reads"),
        ("load httpfs", ValueError, "query only reads"),
        ("set enable_external_access = true", ValueError, "the kind SET"),
        ("create table mine as select 1", ValueError, "the kind CREATE"),
    ],
)
def test_anything_but_one_question_is_refused_in_a_sentence(
    results: Results, sql: Any, error: type[Exception], said: str
) -> None:
    before = names(results.out)
    with pytest.raises(error, match=said):
        results.query(sql.format(out=str(results.out).replace("'", "''")) if isinstance(sql, str) else sql)
    assert names(results.out) == before


@pytest.mark.parametrize(
    "table",
    ["read_text('{other}')", "read_csv('{other}')", "glob('{folder}/*')", "read_csv('https://example.org/x.csv')",
     "read_parquet('s3://bucket/x.parquet')", "read_csv('/dev/stdin')", "read_text('{out}/../mine.csv')"],
)  # fmt: skip
def test_a_question_reaches_the_results_alone(results: Results, table: str, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("a,b\n1,2\n")
    places = {"other": tmp_path / "mine.csv", "folder": tmp_path, "out": str(results.out).replace("'", "''")}
    with pytest.raises(StoreError, match=r"sql reaches the results in .* alone"):
        results.query(f"select * from {table.format(**places)}")


def test_a_question_knows_no_variable_of_python(results: Results) -> None:
    with pytest.raises(Exception, match="tables does not exist"):
        results.query("select * from tables")  # what a local variable of `query` is called


@pytest.mark.parametrize(
    "sql",
    ["from runs", "describe runs", "summarize runs", "values (1)", "with a as (select 1 as x) from a",
     "pivot runs on ending in ('settled') using count(*) group by point"],
)  # fmt: skip
def test_every_way_of_asking_a_question_is_open(results: Results, sql: str) -> None:
    assert len(results.query(sql)) > 0


def test_results_are_read_by_way_of_links(results: Results, tmp_path: Path) -> None:
    expected = results.query("select count(*) as runs from runs")
    elsewhere = tmp_path / "disk"
    (results.out / "parts").rename(elsewhere)
    (results.out / "parts").symlink_to(elsewhere)
    (tmp_path / "link").symlink_to(results.out)
    for out in (results.out, tmp_path / "link", tmp_path / "link" / ".." / "link"):
        assert Results(out).query("select count(*) as runs from runs").equals(expected)


def test_what_goes_by_way_of_the_disk_has_a_folder_of_its_own_that_is_cleared_away(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    (place / "negosim-duckdb").touch()  # somebody else's
    found = [results.query("select current_setting('temp_directory') as own")["own"][0] for _ in range(2)]
    assert found[0] != found[1] and all(Path(own).parent == place for own in found)
    sorting = "select max(x) as most from (select row_number() over (order by a.sender_payoff, b.run) as x from runs a, runs b)"
    assert results.query(sorting, memory="50MB")["most"][0] == 900
    assert os.listdir(place) == ["negosim-duckdb"]


def test_points_that_the_design_lacks_are_refused(results: Results) -> None:
    for point in (-1, 3):
        with pytest.raises(ValueError, match=rf"point {point} is not in the design\. Its points are 0 to 2"):
            results.query("select 1", points=[0, point])


@pytest.mark.parametrize("limit", [-1, 1.5, True, "3"])
def test_a_limit_that_is_not_a_count_is_refused(results: Results, limit: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=f"limit = {limit!r}"):
        results.frame(limit=limit)


def test_a_name_in_place_of_a_list_of_names_is_refused(results: Results) -> None:
    with pytest.raises(TypeError, match=r"Write a list of names: \['rounds'\]"):
        results.frame("rounds")
