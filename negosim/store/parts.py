"""One part of the results as a Parquet file that says whose it is: its mark, and the hash of its values.

The mark is JSON under the key `negosim` of the file's metadata: experiment (fingerprint, see `negosim.store.manifest`), part (its
name), place (its runs in words), platform (see `negosim.store.manifest`), values (`values_hash`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import IO, Any

import numpy
import pyarrow
import pyarrow.compute
import pyarrow.parquet

KEY = b"negosim"


def packed(table: pyarrow.Table, mark: Mapping[str, Any]) -> bytes:
    """A table as the content of a Parquet file, marked.

    Columns of fractions have no statistics: those of Parquet pass over NaN, which stands where a number that every run must have
    is wrong, and a reader that trusts them would take a comparison with NaN for settled.
    """
    whole = {**mark, "values": values_hash(table)}
    table = table.replace_schema_metadata({KEY: json.dumps(whole)})
    words = [field.name for field in table.schema if not pyarrow.types.is_floating(field.type)]
    buffer = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(table, buffer, compression="zstd", use_dictionary=words, write_statistics=words)
    return bytes(buffer.getvalue().to_pybytes())


def mark_and_rows(file: IO[bytes]) -> tuple[dict[str, Any], int]:
    """The mark of a file, empty when it has none, and its number of rows; an error of pyarrow when it is not a Parquet file."""
    metadata = pyarrow.parquet.read_metadata(file)
    try:
        mark = json.loads((metadata.metadata or {}).get(KEY, b"{}"))
    except ValueError:
        mark = {}
    return mark if isinstance(mark, dict) else {}, metadata.num_rows


def unpacked(content: bytes) -> pyarrow.Table:
    """The table in the content of a file."""
    return pyarrow.parquet.read_table(pyarrow.BufferReader(content))


def values_hash(table: pyarrow.Table) -> str:
    """The SHA-256 of names, kinds and values of a table, column by column, whatever file or library holds them.

    Numbers count by their bits, so that -0.0 is not 0.0. TypeError for a column that is neither number, truth, time nor text.

    >>> values_hash(pyarrow.table({"x": [0.0]})) == values_hash(pyarrow.table({"x": [-0.0]}))
    False
    """
    digest = hashlib.sha256()
    for name in table.column_names:
        kind, content = _canonical(table[name])
        digest.update(f"{json.dumps(name)} {kind} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _canonical(column: pyarrow.ChunkedArray) -> tuple[str, bytes]:
    """The kind of a column and its values as bytes, little-endian; texts as numbers in the order of their first use."""
    kind = column.type
    if pyarrow.types.is_null(kind):
        return "nothing", str(len(column)).encode()
    if column.null_count:
        name, known = _canonical(column.drop_null())
        return f"{name} or nothing", column.is_null().cast(pyarrow.uint8()).to_numpy().tobytes() + known
    if pyarrow.types.is_boolean(kind):
        return "truth", column.cast(pyarrow.uint8()).to_numpy().tobytes()
    if pyarrow.types.is_timestamp(kind):
        if kind.unit == "s":  # which Parquet does not know: it keeps milliseconds
            return _canonical(column.cast(pyarrow.timestamp("ms", kind.tz)))
        return str(kind), column.cast(pyarrow.int64()).to_numpy().astype("<i8", copy=False).tobytes()
    if pyarrow.types.is_integer(kind) or pyarrow.types.is_floating(kind):
        numbers = column.to_numpy()
        return str(kind), numbers.astype(numbers.dtype.newbyteorder("<"), copy=False).tobytes()
    if pyarrow.types.is_dictionary(kind):
        return _canonical(column.cast(kind.value_type))
    if pyarrow.types.is_string(kind) or pyarrow.types.is_large_string(kind):
        array = pyarrow.compute.dictionary_encode(column.combine_chunks())
        words = json.dumps(array.dictionary.to_pylist()).encode()
        return "text", words + array.indices.to_numpy().astype(numpy.dtype("<i4")).tobytes()
    raise TypeError(f"a column of {kind} has no canonical form")
