"""Whole data sets in from an archive, and labels that a file handed over with who gave them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import JSON, Connection, DateTime, Table, func, literal_column, select

from core.errors import StudioError
from core.formats.provenance import HUMAN, Origins
from core.rows import Row
from core.store import schema
from core.store.archive_checks import Checks
from core.store.archive_tables import NUMBERED, OWNER, TABLES, arrow_schema
from core.store.arrow import Spool, put
from core.store.database import Store
from core.store.facts_annotations import LAYER
from core.store.facts_runs import add_import_run
from core.types import Labels, Prediction

HANDED_OVER = "handed-over"
"""Name of the run of labels that a file brought with their origins, and the action of what humans gave."""


def handed_over_run(dataset_id: str) -> str:
    """The id of the run of labels that the file of a data set brought along."""
    return f"{dataset_id}/{HANDED_OVER}"


@dataclass(frozen=True, slots=True)
class Handed:
    """Labels of an item that came with their origins, one origin per label."""

    position: int
    labels: Labels
    confidences: tuple[float, ...] | None
    origins: Origins

    @property
    def author(self) -> str:
        """Who gave most of the human labels; "" where no label is a human's."""
        names = Counter(one.annotator or HUMAN for one in self.origins if one and one.source == HUMAN)
        return names.most_common(1)[0][0] if names else ""


def add_handed_over(store: Store, dataset_id: str, handed: Sequence[Handed]) -> None:
    """Store labels that came with their origins: all as a run, those of humans as annotations, too.

    They are no gold: whoever said so should hand them over without origins. All or nothing, together with
    the write it is called in.

    Raises:
        UnknownName: no such data set. FormatError: a position it does not have.
    """
    with store.write() as connection:
        found = (Prediction(one.position, one.labels, one.confidences) for one in handed)
        run_id = add_import_run(store, dataset_id, HANDED_OVER, stage1=found, stage2=None)
        table = schema.annotation
        columns = arrow_schema(table)
        now = datetime.now(UTC)
        human = [one for one in handed if one.author]
        ids = _numbers(connection, table, len(human))
        rows = [
            dict.fromkeys(columns.names)
            | {
                "id": number,
                OWNER: dataset_id,
                "layer": LAYER,
                "position": one.position,
                "version": 1,
                "author": one.author,
                "created_at": now,
                "action": HANDED_OVER,
                "labels_after": list(one.labels),
                "comment": "",
                "run_id": run_id,
                "stage": "stage1",
            }
            for number, one in zip(ids, human, strict=True)
        ]
        for batch in pa.Table.from_pylist(rows, columns).to_batches():
            put(connection, table, batch, {})


def is_handed_over(store: Store, dataset_id: str, handed: Sequence[Handed]) -> bool:
    """Whether exactly these labels came with the file of a data set."""
    table = schema.prediction
    query = select(table.c.position, table.c.labels).where(table.c.run_id == handed_over_run(dataset_id))
    with store.read() as connection:
        known = {row.position: tuple(row.labels) for row in connection.execute(query)}
    return known == {one.position: one.labels for one in handed}


def add_archive(store: Store, rows: Iterable[tuple[str, Iterable[Mapping[str, Any]]]]) -> str:
    """Store a data set with everything that belongs to it. All or nothing.

    Args:
        rows: the tables in the order of `archive_tables.TABLES`, each with its rows as
            `views.archived_rows` gives them. They are read once, before the write transaction begins.

    Returns:
        The data set's id.

    Raises:
        StudioError: rows that no data set has, or its id or that of one of its runs is taken here.
    """
    checks = Checks()
    with ExitStack() as stack:
        spools: dict[str, Spool] = {}
        for name, found in rows:
            table = TABLES[name]
            spool = stack.enter_context(Spool(arrow_schema(table), store.path.parent))
            _fill(spool, table, checks, found)
            spools[name] = spool
        checks.finish()
        with store.write() as connection:
            _check_free(connection, checks)
            for name, spool in spools.items():
                _put_all(connection, TABLES[name], spool, checks.counts[name])
    return checks.dataset


def _fill(spool: Spool, table: Table, checks: Checks, found: Iterable[Mapping[str, Any]]) -> None:
    try:
        spool.fill(_as_row(table, checks, row) for row in found)
    except (pa.ArrowException, OverflowError, TypeError, ValueError) as error:
        said = str(error).partition("\n")[0][:200]
        raise StudioError(
            f"a row of {table.name} in the archive is not what it should be ({said})."
        ) from error


def _as_row(table: Table, checks: Checks, row: Mapping[str, Any]) -> Row:
    checks.row(table.name, row)
    owned: dict[str, Any] = {OWNER: checks.dataset, **row} if OWNER in table.c else dict(row)
    return tuple(_value(table, column.name, owned.get(column.name)) for column in table.c)


def _value(table: Table, name: str, value: Any) -> Any:
    kind = table.c[name].type
    if value is not None and isinstance(kind, JSON):
        return json.dumps(value, ensure_ascii=True, allow_nan=False)
    if isinstance(value, str) and isinstance(kind, DateTime):
        return datetime.fromisoformat(value)
    return value


def _check_free(connection: Connection, checks: Checks) -> None:
    if connection.scalar(select(schema.dataset.c.id).where(schema.dataset.c.id == checks.dataset)):
        raise StudioError(
            f"the data set {checks.dataset} is in this workspace already.",
            "Delete it first, or open the archive in another workspace (--workspace).",
        )
    taken = set(connection.scalars(select(schema.run.c.id))) & checks.runs
    if taken:
        raise StudioError(
            f"the run {min(taken)} is in this workspace already.", "Open the archive in another workspace."
        )


def _put_all(connection: Connection, table: Table, spool: Spool, n: int) -> None:
    numbers = _numbers(connection, table, n) if table.name in NUMBERED else []
    for batch in spool.batches():
        fresh = _renumbered(batch, numbers) if numbers else batch
        put(connection, table, fresh, {}, ignore=table is schema.saved)


def _numbers(connection: Connection, table: Table, n: int) -> list[int]:
    """So many fresh ids, from the database's own sequence."""
    following = select(func.nextval(f"{table.name}_id_seq")).select_from(func.range(literal_column(str(n))))
    return sorted(connection.scalars(following))


def _renumbered(batch: pa.RecordBatch, numbers: Sequence[int]) -> pa.RecordBatch:
    """A batch whose ids, and what points to them, are those of this database."""
    columns = {name: batch.column(name) for name in batch.schema.names}
    for name in {"id", "reverts"} & columns.keys():
        old = columns[name].to_pylist()
        columns[name] = pa.array([None if n is None else numbers[n - 1] for n in old], pa.int64())
    return pa.RecordBatch.from_arrays(list(columns.values()), schema=batch.schema)
