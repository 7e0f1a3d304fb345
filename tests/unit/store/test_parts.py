"""A part says whose it is and what its values hash to."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy
import pyarrow
import pyarrow.parquet
import pytest

from negosim.store.parts import mark_and_rows, packed, unpacked, values_hash

NAN = float("nan")
COLUMNS: dict[str, Any] = {
    "point": numpy.array([3, 3, 3], dtype=numpy.int32),
    "ending": numpy.array(["settled", "impasse", "settled"], dtype=object),
    "agreed": numpy.array([True, False, True]),
    "payoff": numpy.array([0.25, NAN, -0.0]),
}
TABLE = pyarrow.table(COLUMNS)


def changed(**columns: Any) -> pyarrow.Table:
    return pyarrow.table({**COLUMNS, **columns})


def test_a_part_comes_back_with_its_mark_and_the_hash_of_its_values() -> None:
    content = packed(TABLE, {"experiment": "e", "part": "a"})
    mark, rows = mark_and_rows(BytesIO(content))
    assert mark == {"experiment": "e", "part": "a", "values": values_hash(TABLE)} and rows == 3
    again = unpacked(content)
    assert values_hash(again) == values_hash(TABLE) and again.schema.remove_metadata().equals(TABLE.schema)


def test_the_same_table_gives_the_same_bytes() -> None:
    assert packed(TABLE, {"part": "a"}) == packed(TABLE, {"part": "a"})


def test_numbers_have_no_dictionary_and_no_range_and_all_columns_are_compressed() -> None:
    group = pyarrow.parquet.read_metadata(BytesIO(packed(TABLE, {}))).row_group(0)
    columns = {group.column(index).path_in_schema: group.column(index) for index in range(group.num_columns)}
    assert {column.compression for column in columns.values()} == {"ZSTD"}
    assert not columns["payoff"].has_dictionary_page and not columns["payoff"].is_stats_set
    assert columns["point"].statistics.min == columns["point"].statistics.max == 3


@pytest.mark.parametrize(
    "other",
    [
        changed(payoff=numpy.array([0.25, NAN, 0.0])),  # 0 in place of -0
        changed(payoff=numpy.nextafter(COLUMNS["payoff"], 1.0)),
        changed(agreed=numpy.array([True, True, True])),
        changed(ending=numpy.array(["settled", "settled", "impasse"], dtype=object)),
        changed(ending=numpy.array(["settled", "walk-out", "settled"], dtype=object)),
        changed(point=numpy.array([3, 3, 3], dtype=numpy.int64)),
        TABLE.rename_columns(["point", "ending", "agreed", "gain"]),
        TABLE.select(["point", "ending", "payoff", "agreed"]),
        TABLE.slice(0, 2),
    ],
)
def test_another_value_name_kind_order_or_number_of_rows_gives_another_hash(other: pyarrow.Table) -> None:
    assert values_hash(other) != values_hash(TABLE)


def test_how_a_table_is_held_does_not_count() -> None:
    pieces = pyarrow.concat_tables([TABLE.slice(0, 1), TABLE.slice(1, 2)])
    coded = TABLE.set_column(1, "ending", TABLE["ending"].dictionary_encode())
    large = TABLE.set_column(1, "ending", TABLE["ending"].cast(pyarrow.large_string()))
    assert {values_hash(table) for table in (pieces, coded, large)} == {values_hash(TABLE)}


def test_a_value_that_is_missing_is_none_of_the_others_and_its_place_counts() -> None:
    columns = [
        pyarrow.array([1.0, None, 2.0]), pyarrow.array([None, 1.0, 2.0]), pyarrow.array([1.0, 0.0, 2.0]),
        pyarrow.array([1.0, NAN, 2.0]), pyarrow.array(["a", None, "b"]), pyarrow.array(["a", "", "b"]),
        pyarrow.array([None, None, None]), pyarrow.array([None, None, None], pyarrow.float64()),
    ]
    assert len({values_hash(TABLE.append_column("x", column)) for column in columns}) == len(columns)
    content = packed(TABLE.append_column("x", columns[0]), {})
    assert mark_and_rows(BytesIO(content))[0]["values"] == values_hash(unpacked(content))


def test_a_time_counts_by_its_value_and_its_unit() -> None:
    times = [pyarrow.array([0, 1, seconds], pyarrow.timestamp(unit)) for seconds, unit in ((2, "s"), (3, "s"), (2, "ms"))]
    tables = [TABLE.append_column("x", column) for column in times]
    assert len({values_hash(table) for table in tables}) == 3
    assert all(values_hash(unpacked(packed(table, {}))) == values_hash(table) for table in tables)  # Parquet has no seconds


def test_a_column_that_is_neither_number_truth_time_nor_text_is_refused() -> None:
    with pytest.raises(TypeError, match="no canonical form"):
        values_hash(TABLE.append_column("x", pyarrow.array([[1], [2], [3]])))


@pytest.mark.parametrize("metadata", [None, {b"negosim": b"{"}, {b"negosim": b"[1]"}])
def test_a_file_without_a_mark_of_ours_has_none(metadata: Any) -> None:
    buffer = BytesIO()
    pyarrow.parquet.write_table(TABLE.replace_schema_metadata(metadata), buffer)
    assert mark_and_rows(BytesIO(buffer.getvalue())) == ({}, 3)


def test_what_is_no_parquet_file_is_an_error() -> None:
    with pytest.raises(pyarrow.ArrowException):
        mark_and_rows(BytesIO(b"precious"))
