"""The tables of an archive, and what their columns are outside a database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from sqlalchemy import (
    ARRAY,
    JSON,
    REAL,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    Integer,
    String,
    Table,
)

from core.store import schema

OWNER = "dataset_id"
TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        schema.dataset,
        schema.instance,
        schema.run,
        schema.prediction,
        schema.selection,
        schema.exemplar,
        schema.influence,
        schema.score,
        schema.job,
        schema.completion,
        schema.template,
        schema.annotation,
        schema.remark,
        schema.tokenization,
        schema.assignment,
        schema.queue,
        schema.saved,
    )
}
"""What belongs to a data set, in the order it is written and read."""
OF_RUNS = frozenset({"prediction", "selection", "exemplar", "influence", "score"})
"""Tables whose rows belong to a run, and so to its data set."""
NUMBERED = ("annotation", "remark", "tokenization", "assignment", "queue")
"""Tables whose rows the database numbers."""
_KINDS: tuple[tuple[type, pa.DataType], ...] = (
    (JSON, pa.string()),
    (DateTime, pa.timestamp("us", tz="UTC")),
    (Boolean, pa.bool_()),
    (BigInteger, pa.int64()),
    (Integer, pa.int32()),
    (REAL, pa.float32()),
    (Double, pa.float64()),
    (String, pa.string()),
)


def key_of(table: Table) -> list[Column[Any]]:
    """The columns that rows are told apart and ordered by, without the data set."""
    return [column for column in table.primary_key.columns if column.name != OWNER]


def arrow_schema(table: Table) -> pa.Schema:
    """The columns of a table as Arrow has them; JSON is text."""
    return pa.schema([(column.name, _kind(column.type)) for column in table.c])


def _kind(kind: Any) -> pa.DataType:
    if isinstance(kind, ARRAY):
        return pa.list_(_kind(kind.item_type))
    return next(arrow for sql, arrow in _KINDS if isinstance(kind, sql))
