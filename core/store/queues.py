"""Queues: items of a data set that somebody put aside to look at, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, insert, select

from core.errors import StudioError, UnknownName
from core.store.database import Store
from core.store.facts_datasets import check_dataset
from core.store.schema import instance, queue

AUDIT = "audit"


def add_queue(
    store: Store,
    dataset_id: str,
    name: str,
    positions: Sequence[int],
    reason: str,
    *,
    kind: str | None = None,
    meta: Mapping[str, Any] | None = None,
) -> int:
    """Keep items of a data set as a queue, in this order and each once; returns its id.

    Args:
        kind: what it is more than a list; `AUDIT` is a random sample, whose `meta` says of what
            (`{"seed", "of", "run", "stage"}`).

    Raises:
        UnknownName: no such data set.
        StudioError: no name, no items, or one that the data set does not have.
    """
    wanted = list(dict.fromkeys(int(position) for position in positions))
    if not name.strip() or not wanted:
        raise StudioError("a queue needs a name and at least one item.", "Choose items, then name the queue.")
    with store.write() as connection:
        check_dataset(connection, dataset_id)
        here = select(instance.c.position).where(instance.c.dataset_id == dataset_id)
        missing = set(wanted) - set(connection.scalars(here))
        if missing:
            raise StudioError(f"{dataset_id} has no item {min(missing)}.")
        row = {
            "dataset_id": dataset_id,
            "name": name.strip(),
            "positions": wanted,
            "reason": reason,
            "created_at": datetime.now(UTC),
            "kind": kind,
            "meta": None if meta is None else dict(meta),
        }
        return int(connection.scalar(insert(queue).values(row).returning(queue.c.id)) or 0)


def delete_queue(store: Store, queue_id: int) -> None:
    """Forget a queue; its items and their labels stay. Raises UnknownName."""
    with store.write() as connection:
        if not connection.execute(delete(queue).where(queue.c.id == queue_id)).rowcount:
            known = connection.scalars(select(queue.c.id)).all()
            raise UnknownName("queue", str(queue_id), [str(item) for item in known])


def queues(store: Store, dataset_id: str) -> list[dict[str, Any]]:
    """Queues of a data set, newest first: id, dataset, name, positions, reason, created_at, kind, meta."""
    query = select(queue).where(queue.c.dataset_id == dataset_id).order_by(queue.c.id.desc())
    with store.read() as connection:
        return [
            {
                "id": row.id,
                "dataset": row.dataset_id,
                "name": row.name,
                "positions": list(row.positions),
                "reason": row.reason,
                "created_at": row.created_at,
                "kind": row.kind or "",
                "meta": dict(row.meta or {}),
            }
            for row in connection.execute(query)
        ]
