"""Data sets and what came with them, as stored. Lists are read page by page, never whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Row, Select, and_, bindparam, func, select
from sqlalchemy.sql.elements import ColumnElement

from core.errors import UnknownName
from core.store import schema
from core.store.database import Store
from core.store.views_tokenization import edited
from core.tokenization import WORDS, Tokens, of_now
from core.types import Completion, Dataset, Instance, LabelInfo, Record

PAGE = 2_000
_CALLS_PER_PAGE = 200


def datasets(store: Store) -> list[Dataset]:
    """All data sets, by id."""
    with store.read() as connection:
        rows = connection.execute(select(schema.dataset).order_by(schema.dataset.c.id)).all()
    return [_dataset(row) for row in rows]


def dataset(store: Store, dataset_id: str) -> Dataset:
    """One data set. Raises UnknownName."""
    with store.read() as connection:
        found = select(schema.dataset).where(schema.dataset.c.id == dataset_id)
        row = connection.execute(found).one_or_none()
        if row is None:
            raise UnknownName("data set", dataset_id, connection.scalars(select(schema.dataset.c.id)))
    return _dataset(row)


def _dataset(row: Row[Any]) -> Dataset:
    return Dataset(
        id=row.id,
        name=row.name,
        language=row.language,
        task=row.task,
        labels=tuple(row.labels),
        licence=row.licence,
        citation=row.citation,
        source=row.source,
        illustrative=row.illustrative,
        fingerprint=row.fingerprint,
        n_instances=row.n_instances,
        n_tokens=row.n_tokens,
        splits=row.splits,
        meta=row.meta,
        egress=row.egress or "ask",
        tagset=tuple(LabelInfo(**info) for info in row.tagset or ()),
    )


def records(
    store: Store,
    dataset_id: str,
    *,
    splits: Sequence[str] | None = None,
    limit: int | None = None,
    with_gold: bool = True,
) -> Iterator[Record]:
    """Instances in file order, with their gold labels where there are any.

    Where words were changed, they are those of now, and the gold of a changed one is `UNKNOWN`.

    Args:
        splits: only these; None = all.
        limit: at most so many.

    Raises:
        UnknownName: no such data set (at once, not on the first item).
    """
    dataset(store, dataset_id)
    found = _records(store, _record_rows(dataset_id, splits, with_gold=with_gold), limit)
    changed = edited(store, dataset_id)
    return (_of_now(record, changed) for record in found) if changed else found


def _of_now(record: Record, changed: Mapping[int, Sequence[Tokens]]) -> Record:
    versions = changed.get(record.instance.position)
    return of_now(record, versions) if versions else record


def _record_rows(dataset_id: str, splits: Sequence[str] | None, *, with_gold: bool) -> Select[Any]:
    table, gold = schema.instance, schema.prediction
    query = select(table).where(table.c.dataset_id == dataset_id)
    if splits is not None:
        query = query.where(table.c.split.in_(splits))
    if with_gold:
        same = and_(
            gold.c.run_id == f"{dataset_id}/gold",
            gold.c.stage == "gold",
            gold.c.position == table.c.position,
        )
        query = query.add_columns(gold.c.labels, gold.c.confidences).outerjoin(gold, same)
    return query


def _records(store: Store, query: Select[Any], limit: int | None) -> Iterator[Record]:
    last, left = -1, limit
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        later = (
            query.where(schema.instance.c.position > last).order_by(schema.instance.c.position).limit(size)
        )
        with store.read() as connection:
            rows = connection.execute(later).all()
        yield from map(_record, rows)
        if len(rows) < size:
            return
        last = rows[-1].position
        left = None if left is None else left - len(rows)


def _record(row: Row[Any]) -> Record:
    labels, confidences = getattr(row, "labels", None), getattr(row, "confidences", None)
    return Record(
        _instance(row),
        None if labels is None else tuple(labels),
        None if confidences is None else tuple(confidences),
    )


def _instance(row: Row[Any]) -> Instance:
    return Instance(
        position=row.position,
        split=row.split,
        tokens=tuple(row.tokens),
        text=row.text,
        text_b=row.text_b,
        meta={key: value for key, value in (row.meta or {}).items() if key != WORDS},
        raw=row.raw,
    )


def instances(store: Store, dataset_id: str, positions: Sequence[int]) -> dict[int, Instance]:
    """The instances at these positions, with the words of now; those that do not exist are left out."""
    table = schema.instance
    found = select(table).where(table.c.dataset_id == dataset_id, among(table.c.position, positions))
    with store.read() as connection:
        rows = connection.execute(found.order_by(table.c.position)).all()
    changed = edited(store, dataset_id, positions)
    return {row.position: _of_now(Record(_instance(row)), changed).instance for row in rows}


def among(column: ColumnElement[int], positions: Sequence[int]) -> ColumnElement[bool]:
    """`column` is one of `positions`, bound as one list: thousands are as good as one."""
    listed = bindparam(None, [int(position) for position in positions], type_=ARRAY(BigInteger))
    return column.in_(select(func.unnest(listed, type_=BigInteger)))


def completions(store: Store, dataset_id: str) -> Iterator[Completion]:
    """All recorded calls of a data set, by key."""
    table, last = schema.completion, ""
    while True:
        query = select(table).where(table.c.dataset_id == dataset_id, table.c.key > last)
        with store.read() as connection:
            rows = connection.execute(query.order_by(table.c.key).limit(_CALLS_PER_PAGE)).all()
        yield from map(call, rows)
        if len(rows) < _CALLS_PER_PAGE:
            return
        last = rows[-1].key


def completion(store: Store, key: str) -> Completion | None:
    """One recorded call by the hash of its request."""
    query = select(schema.completion).where(schema.completion.c.key == key).limit(1)
    with store.read() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else call(row)


def token_rate(store: Store, dataset_id: str) -> tuple[str, float, int] | None:
    """What recorded calls tell of prompt lengths: (model, prompt tokens per byte, how many calls)."""
    table = schema.completion
    total, size = func.sum(table.c.prompt_tokens), func.sum(func.strlen(table.c.prompt))
    query = (
        select(table.c.model, total / size, func.count())
        .where(table.c.dataset_id == dataset_id, table.c.prompt_tokens.is_not(None))
        .group_by(table.c.model)
        .order_by(func.count().desc(), table.c.model)
        .limit(1)
    )
    with store.read() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else (str(row[0]), float(row[1]), int(row[2]))


def call(row: Row[Any]) -> Completion:
    """A row of the table of calls."""
    return Completion(
        key=row.key,
        model=row.model,
        prompt_sha256=row.prompt_sha256,
        prompt=row.prompt,
        text=row.text,
        finish_reason=row.finish_reason,
        prompt_tokens=row.prompt_tokens,
        completion_tokens=row.completion_tokens,
        status=row.status,
        parameters=row.parameters or "",
        host=row.host or "",
        seconds=row.seconds,
        error=row.error,
    )


def template(store: Store, dataset_id: str, name: str) -> str | None:
    """The text of a prompt template that came with a data set."""
    table = schema.template
    query = select(table.c.text).where(table.c.dataset_id == dataset_id, table.c.name == name)
    with store.read() as connection:
        return connection.scalar(query)
