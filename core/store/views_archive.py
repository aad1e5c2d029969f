"""What an archive holds: every row of a data set, table by table; and who labelled for themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Table, func, literal, select, tuple_

from core.store import schema
from core.store.archive_tables import OF_RUNS, OWNER, TABLES, key_of
from core.store.database import Store
from core.store.facts_annotations import by
from core.types import Labels

PAGE = 2_000


def archived_rows(connection: Connection, dataset_id: str, name: str) -> Iterator[dict[str, Any]]:
    """The rows of one table (see `archive_tables.TABLES`) that belong to a data set, in the order of its key.

    Without the data set's own id; moments in UTC. Numbers that DuckDB gave out (`id`) count 1, 2, ... within
    the data set, and what points to them (`reverts`) follows. One `store.read()` sees one moment: tables read
    in it fit together, whatever is saved meanwhile.
    """
    table = TABLES[name]
    numbers = _numbers(connection, table, dataset_id)
    columns = [column for column in table.c if column.name != OWNER]
    key = key_of(table)
    last: tuple[Any, ...] | None = None
    while True:
        query = select(*columns).where(_mine(table, dataset_id)).order_by(*key).limit(PAGE)
        if last is not None:
            query = query.where(_after(key, last))
        rows = connection.execute(query).mappings().all()
        for row in rows:
            yield {field: _plain(row[field], field, numbers) for field in row}
        if len(rows) < PAGE:
            return
        last = tuple(rows[-1][column.name] for column in key)


def _mine(table: Table, dataset_id: str) -> ColumnElement[bool]:
    if table is schema.dataset:
        return table.c.id == dataset_id
    if table.name in OF_RUNS:
        runs = select(schema.run.c.id).where(schema.run.c.dataset_id == dataset_id)
        return table.c.run_id.in_(runs)
    return table.c[OWNER] == dataset_id


def _after(key: list[Any], last: tuple[Any, ...]) -> ColumnElement[bool]:
    """Rows later than `last` by several columns: a row comparison."""
    return tuple_(*key) > tuple_(*(literal(value) for value in last))


def _numbers(connection: Connection, table: Table, dataset_id: str) -> dict[int, int]:
    if "id" not in table.c or not isinstance(table.c.id.type, BigInteger):
        return {}
    mine = select(table.c.id).where(_mine(table, dataset_id)).order_by(table.c.id)
    return {number: n for n, number in enumerate(connection.scalars(mine), 1)}


def _plain(value: Any, field: str, numbers: dict[int, int]) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if numbers and field in {"id", "reverts"} and value is not None:
        return numbers.get(value)
    return value


def independent(store: Store, dataset_id: str) -> dict[str, dict[int, Labels]]:
    """Annotator -> position -> what they say now, of labels given without seeing those of others."""
    table = schema.annotation
    age = func.row_number().over(
        partition_by=(table.c.layer, table.c.position), order_by=table.c.version.desc()
    )
    ranked = (
        select(table.c.layer, table.c.position, table.c.labels_after, age.label("age"))
        .where(table.c.dataset_id == dataset_id, table.c.layer.startswith(by("")))
        .subquery()
    )
    newest = select(ranked).where(ranked.c.age == 1, ranked.c.labels_after.is_not(None))
    found: dict[str, dict[int, Labels]] = {}
    with store.read() as connection:
        for row in connection.execute(newest.order_by(ranked.c.layer, ranked.c.position)):
            name = row.layer.removeprefix(by(""))
            found.setdefault(name, {})[row.position] = tuple(row.labels_after)
    return found


def exemplar_datasets(connection: Connection, dataset_id: str) -> list[str]:
    """Other data sets whose sentences the runs of this one show as exemplars, by id."""
    table = schema.exemplar
    query = select(table.c.exemplar_dataset).distinct().where(_mine(table, dataset_id))
    return sorted(set(connection.scalars(query)) - {dataset_id})
