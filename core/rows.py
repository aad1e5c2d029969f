"""Facts as Arrow rows: one schema per kind, shared by the worker that writes files and the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import pyarrow as pa

from core.types import Completion, Influence, Prediction, Selection

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
        ("outcome", pa.string()),
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
INFLUENCE = pa.schema(
    [
        ("position", pa.int64()),
        ("tokens", pa.list_(pa.int32())),
        ("ranks", pa.list_(pa.int32())),
        ("exemplar_tokens", pa.list_(pa.int32())),
        ("shares", pa.list_(pa.float32())),
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
        ("parameters", pa.string()),
        ("host", pa.string()),
        ("seconds", pa.float64()),
        ("error", pa.string()),
    ]
)
Row = tuple[object, ...]


def batches(rows: Iterable[Row], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Rows in the order of the schema, as batches."""
    source = iter(rows)
    while chunk := list(islice(source, BATCH)):
        columns = [
            pa.array(values, field.type)
            for values, field in zip(zip(*chunk, strict=True), schema, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


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
        row.outcome,
    )


def summary(confidences: Sequence[float] | None) -> tuple[float | None, float | None]:
    """Least and mean confidence; None where there are none."""
    if not confidences:
        return None, None
    return min(confidences), sum(confidences) / len(confidences)


def selection_row(position: int, row: Selection) -> Row:
    return (position, row.status, row.value, row.upper_bound, row.seconds, row.uncovered, row.uncoverable)


def completion_row(row: Completion) -> Row:
    return tuple(getattr(row, name) for name in COMPLETION.names)


def influence_row(row: Influence) -> Row:
    return (row.position, list(row.tokens), list(row.ranks), list(row.exemplar_tokens), list(row.shares))
