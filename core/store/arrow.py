"""Rows as Arrow batches: the way into DuckDB that is twenty times as fast as statements."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc
from duckdb_sqlalchemy.bulk import insert_from_arrow
from sqlalchemy import Connection, Table

from core.types import Completion, Prediction, Selection

BATCH = 5_000
STRINGS = pa.list_(pa.string())

PREDICTION = pa.schema(
    [
        ("stage", pa.string()),
        ("position", pa.int64()),
        ("labels", STRINGS),
        ("confidences", pa.list_(pa.float32())),
        ("min_confidence", pa.float32()),
        ("mean_confidence", pa.float32()),
        ("completion_key", pa.string()),
        ("error", pa.string()),
    ]
)
SELECTION = pa.schema(
    [
        ("position", pa.int64()),
        ("status", pa.string()),
        ("value", pa.float64()),
        ("upper_bound", pa.float64()),
        ("seconds", pa.float64()),
        ("uncovered", STRINGS),
        ("uncoverable", STRINGS),
    ]
)
EXEMPLAR = pa.schema(
    [
        ("position", pa.int64()),
        ("rank", pa.int64()),
        ("exemplar_dataset", pa.string()),
        ("exemplar_position", pa.int64()),
        ("similarity", pa.float64()),
        ("confidence", pa.float64()),
        ("covers", STRINGS),
        ("origin", pa.string()),
    ]
)
COMPLETION = pa.schema(
    [
        ("key", pa.string()),
        ("model", pa.string()),
        ("prompt_sha256", pa.string()),
        ("prompt", pa.string()),
        ("text", pa.string()),
        ("finish_reason", pa.string()),
        ("status", pa.string()),
        ("prompt_tokens", pa.int64()),
        ("completion_tokens", pa.int64()),
    ]
)
Row = tuple[object, ...]


class Spool:
    """Rows kept in an unnamed file until they are complete.

    So a slow source holds no transaction, a broken one leaves nothing, and memory stays flat.
    The file has no name: it is gone when the process is, however that ends.
    """

    def __init__(self, schema: pa.Schema, folder: Path) -> None:
        self._schema = schema
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by __exit__

    def fill(self, rows: Iterable[Row]) -> int:
        """Take all rows, in batches; returns how many there were."""
        with pa.ipc.new_stream(pa.PythonFile(self._file, "w"), self._schema) as stream:
            n = 0
            for batch in batches(rows, self._schema):
                stream.write_batch(batch)
                n += batch.num_rows
        return n

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows again, in order."""
        self._file.seek(0)
        yield from pa.ipc.open_stream(pa.PythonFile(self._file, "r"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def batches(rows: Iterable[Row], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Rows in the order of the schema, as batches."""
    source = iter(rows)
    while chunk := list(islice(source, BATCH)):
        columns = [
            pa.array(values, field.type)
            for values, field in zip(zip(*chunk, strict=True), schema, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def put(
    connection: Connection,
    table: Table,
    batch: pa.RecordBatch,
    constants: Mapping[str, str],
    *,
    ignore: bool = False,
) -> int:
    """Insert a batch with constant key columns in front; returns the rows added.

    Args:
        ignore: leave rows alone whose key is there already, instead of failing.
    """
    if not batch.num_rows:
        return 0
    names = [*constants, *batch.schema.names]
    fixed = [pa.repeat(pa.scalar(value), batch.num_rows) for value in constants.values()]
    whole = pa.Table.from_arrays([*fixed, *map(_without_nan, batch.columns)], names=names)
    result = insert_from_arrow(connection, table, whole, on_conflict="ignore" if ignore else None)
    return int(result.rowcount)


def _without_nan(values: pa.Array) -> pa.Array:
    """A figure nobody knows is NULL: a NaN would spoil every mean it gets into."""
    if not pa.types.is_floating(values.type):
        return values
    return pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)


def prediction_row(stage: str, row: Prediction) -> Row:
    """A prediction with the two summaries that queues sort by."""
    least, mean = summary(row.confidences)
    return (
        stage,
        row.position,
        row.labels,
        row.confidences,
        least,
        mean,
        row.completion_key,
        row.error,
    )


def summary(confidences: Sequence[float] | None) -> tuple[float | None, float | None]:
    """Least and mean confidence; None where there are none."""
    if not confidences:
        return None, None
    return min(confidences), sum(confidences) / len(confidences)


def selection_row(position: int, row: Selection) -> Row:
    return (position, row.status, row.value, row.upper_bound, row.seconds, row.uncovered, row.uncoverable)


def exemplar_rows(position: int, dataset_id: str, row: Selection, chosen: Sequence[int]) -> Iterator[Row]:
    """One row per chosen exemplar, in prompt order; figures a release did not record are left out."""
    for rank, place in enumerate(chosen):
        similarity, confidence = _at(row.similarity, rank), _at(row.confidence, rank)
        covers = _at(row.covers, rank) or ()
        yield (position, rank, dataset_id, place, similarity, confidence, covers, "target")


def _at(values: Sequence[Any], place: int) -> Any:
    return values[place] if place < len(values) else None


def completion_row(row: Completion) -> Row:
    return tuple(getattr(row, name) for name in COMPLETION.names)
