"""What humans said: now, and in the order they said it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, and_, func, select

from core.store import schema
from core.store.database import Store
from core.store.facts_annotations import LAYER
from core.store.views_tokenization import histories, then_and_now, versions_at
from core.tokenization import UNKNOWN, moved
from core.types import Labels


def newest(
    dataset_id: str, *, layer: str = LAYER, until: datetime | None = None
) -> Select[tuple[int, list[str]]]:
    """position and labels_after of what humans say now, or said at a moment, without what was taken back."""
    table = schema.annotation
    mine = and_(table.c.dataset_id == dataset_id, table.c.layer == layer)
    if until is not None:
        mine = and_(mine, table.c.created_at <= until)
    age = func.row_number().over(partition_by=table.c.position, order_by=table.c.version.desc()).label("age")
    ranked = select(table.c.position, table.c.labels_after, age).where(mine).subquery()
    said = and_(ranked.c.age == 1, ranked.c.labels_after.is_not(None))
    return select(ranked.c.position, ranked.c.labels_after).where(said).order_by(ranked.c.position)


def annotations(
    store: Store, dataset_id: str, *, layer: str = LAYER, until: datetime | None = None
) -> dict[int, Labels]:
    """What humans say now: the newest labels per position. `until`: what they said at that moment.

    They are of the words of now; the labels of words that were changed after that moment are `UNKNOWN`.
    """
    with store.read() as connection:
        rows = connection.execute(newest(dataset_id, layer=layer, until=until)).all()
        changed = histories(connection, dataset_id) if until else {}
        then = versions_at(connection, dataset_id, until) if until and changed else {}
    found: dict[int, Labels] = {row.position: tuple(row.labels_after) for row in rows}
    for position in changed.keys() & found.keys():
        labels, number = found[position], then.get(position, 0)
        words = then_and_now(changed[position], number, len(labels))
        found[position] = moved(labels, *words, UNKNOWN)
    return found


def annotation_log(
    store: Store, dataset_id: str, position: int | None = None, *, layer: str = LAYER
) -> list[Mapping[str, Any]]:
    """Everything humans said, oldest first: version, author, created_at, action, labels before and after."""
    table = schema.annotation
    query = select(table).where(table.c.dataset_id == dataset_id, table.c.layer == layer)
    if position is not None:
        query = query.where(table.c.position == position)
    with store.read() as connection:
        rows = connection.execute(query.order_by(table.c.id)).mappings().all()
    return [{**row, "created_at": row["created_at"].astimezone(UTC)} for row in rows]


def remarks(store: Store, dataset_id: str, position: int | None = None) -> list[Mapping[str, Any]]:
    """What humans said beside labels, oldest first: id, position, token, kind, text, author, created_at."""
    table = schema.remark
    query = select(table).where(table.c.dataset_id == dataset_id)
    if position is not None:
        query = query.where(table.c.position == position)
    with store.read() as connection:
        rows = connection.execute(query.order_by(table.c.id)).mappings().all()
    return [{**row, "created_at": row["created_at"].astimezone(UTC)} for row in rows]
