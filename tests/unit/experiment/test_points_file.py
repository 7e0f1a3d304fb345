"""Points from a CSV file: what is read, and what is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from negosim.common.errors import ExperimentError
from negosim.experiment.experiment import Experiment
from negosim.experiment.points_file import read_points
from negosim.store.manifest import experiment_of, manifest_of
from tests.unit.pretend import experiment

TABLE = """\
sender.ambiguity, talks.rounds, sender.strategy
0.1, 3, commitment
,5,

0.2,,"time-dependent"
"""

FILE = """
name = "listed"
title = "Listed"
question = "?"
scenario = "pie"
points = "sub/points.csv"
replications = 2
seed = 0
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "points.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_a_line_is_a_point_and_an_empty_cell_sets_nothing(table: Path) -> None:
    assert read_points(table) == [
        {"sender.ambiguity": 0.1, "talks.rounds": 3, "sender.strategy": "commitment"},
        {"talks.rounds": 5},
        {"sender.ambiguity": 0.2, "sender.strategy": "time-dependent"},
    ]


def test_points_may_be_the_path_of_a_file(table: Path) -> None:
    for points in (table, str(table)):
        made = experiment(vary=[], points=points)
        assert [point.overrides for point in made.design_points[1:]] == read_points(table)
        assert made.design_points == experiment(vary=[], points=read_points(table)).design_points


def test_the_path_starts_at_the_experiments_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "points.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "listed.toml").write_text(FILE, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "sub")
    assert len(Experiment.load(tmp_path / "listed.toml").design_points) == 4


def test_the_manifest_has_the_points_in_full_without_the_file(table: Path) -> None:
    made = experiment(vary=[], points=table)
    manifest = manifest_of(made)
    table.unlink()
    assert manifest["experiment"]["points"] == [dict(point.overrides) for point in made.design_points[1:]]
    assert experiment_of(manifest).design_points == made.design_points


def test_a_table_from_a_spreadsheet_is_read(table: Path) -> None:
    table.write_bytes(b"\xef\xbb\xbf" + TABLE.replace("\n", "\r\n").encode())
    assert len(read_points(table)) == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["points.csv: the table is empty", "dotted names in the first line"]),
        (b"talks.rounds\n", ["points.csv: the table has no points", "in each line below the names"]),
        (b"talks.rounds\n3,4\n", ["points.csv: line 2 has 2 cells under 1 names", "leave a cell empty"]),
        (b"talks.rounds,sender.ambiguity\n3,\n4\n", ["line 3 has 1 cells under 2 names"]),
        (b"talks.rounds,talks.rounds\n3,4\n", ["column talks.rounds stands there twice"]),
        (b"talks.rounds,,x\n3,4,5\n", ["the table has no name over column 2"]),
        (b"talks.rounds,sender.ambiguity\n3,0.1\n , \n4,\n,\"\"\n5,", None),
        (b'talks.rounds\n"3\n', ["points.csv: the table is not valid CSV", "every quote closed"]),
        (b"talks.rounds\nGed\xfcld\n", ["points.csv: the table is not UTF-8: byte 0xfc in line 2"]),
        (b"talks.rund\n3\n", ["point 1: talks.rund is unknown", '"talks.rounds"']),
        (b"talks.rounds\n3\n3.0\n", ["points.2 is the same as point 1"]),
        (b"talks.rounds\n3\n0\n", ["point 2: talks.rounds = 0 is out of range"]),
        (b"talks.rounds\n2.5\n", ["point 1: talks.rounds = 2.5", "a whole number"]),
        (b"sender.ambiguity\nnan\n", ["point 1: sender.ambiguity = 'nan'", "a number"]),
        (b'sender.ambiguity\n"0,2"\n', ["line 2: sender.ambiguity = '0,2'", "a comma in place of a decimal point"]),
        (b"talks.rounds,sender.ambiguity\n3,0,2\n", ["line 2 has 3 cells under 2 names", "no comma in a number"]),
        (b"talks.rounds;sender.ambiguity\n3;0,2\n", ["line 1 has semicolons between its cells", "a comma between two cells"]),
        (b"talks.rounds\tsender.ambiguity\n3\t0.2\n", ["line 1 has tabs between its cells"]),
        (b"talks.rounds|sender.ambiguity\n3|0.2\n", ["line 1 has vertical bars between its cells"]),
        (b'[{"talks.rounds": 3}]', ["points.csv: the table is written in JSON, not as CSV"]),
        (b"<table/>", ["points.csv: the table is written in XML, not as CSV"]),
        (b"- talks.rounds: 3\n", ["points.csv: the table is written in YAML, not as CSV"]),
        (b"PK\x03\x04\x14\x00\xff", ["points.csv: the table is a workbook", "as CSV"]),
        (b"talks.rounds\n" + b"9" * 80, ["point 1: talks.rounds = 999", "between 1 and 2000"]),
        (b"talks.rounds\n" + b"9" * 5000, ["points.1.talks.rounds = inf is not a finite number"]),
        (b"talks.rounds\n1e300\n", ["point 1: talks.rounds = 1000", "between 1 and 2000"]),
        (b"sender.ambiguity\n1e999\n", ["points.1.sender.ambiguity = inf is not a finite number"]),
    ],
)
def test_what_is_no_list_of_points_is_refused(table: Path, content: bytes, words: list[str] | None) -> None:
    table.write_bytes(content)
    if words is None:  # blank lines, of commas alone too, are no points
        assert len(experiment(vary=[], points=table).design_points) == 4
        return
    with pytest.raises(ExperimentError) as caught:
        experiment(vary=[], points=table)
    assert all(word in str(caught.value) for word in words), caught.value


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExperimentError, match=r"none\.csv: the table cannot be read: No such file .*Name a CSV file"):
        experiment(vary=[], points=tmp_path / "none.csv")
    (tmp_path / "listed.toml").write_text(FILE, encoding="utf-8")
    with pytest.raises(ExperimentError, match=r"points\.csv: the table cannot be read"):
        Experiment.load(tmp_path / "listed.toml")


def test_a_point_in_a_line_that_sets_nothing_cannot_stand_between_others(table: Path) -> None:
    table.write_bytes(b'talks.rounds,sender.ambiguity\n3,0.1\n"","x"\n')
    with pytest.raises(ExperimentError, match=r"point 2: sender\.ambiguity = 'x'"):
        experiment(vary=[], points=table)
