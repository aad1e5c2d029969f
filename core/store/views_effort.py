"""What labelling cost: one row per save that says how long it took, as columns."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from sqlalchemy import and_, func, select

from core.store import schema
from core.store.database import Store
from core.store.views_history import CARRIED, REPEAT


def saves(store: Store, dataset_id: str) -> pa.Table:
    """Every save by hand that says how long it took or how many keys, oldest first.

    Columns: author, at (UTC), layer, position, seconds, keys, before (what humans said, else what the run
    said that stood there; null where nobody knows), after. Bulk actions and what was taken back by a key
    are not in it, nor is what was carried over when words were changed.
    """
    table, given = schema.annotation, schema.prediction
    stood = and_(
        given.c.run_id == table.c.run_id,
        given.c.stage == table.c.stage,
        given.c.position == table.c.position,
        table.c.labels_before.is_(None),
    )
    columns: tuple[Any, ...] = (
        table.c.author,
        table.c.created_at.label("at"),
        table.c.layer,
        table.c.position,
        table.c.seconds,
        table.c["keys"],
        func.coalesce(table.c.labels_before, given.c.labels).label("before"),
        table.c.labels_after.label("after"),
    )
    query = (
        select(*columns)
        .select_from(table.outerjoin(given, stood))
        .where(table.c.dataset_id == dataset_id, table.c.labels_after.is_not(None))
        .where(table.c.reverts.is_(None), table.c.batch.is_(None))
        .where(table.c.action.not_in([REPEAT, CARRIED]))
        .where(func.coalesce(table.c.seconds, table.c["keys"]).is_not(None))
        .order_by(table.c.id)
    )
    with store.read() as connection:
        return connection.execute(query).cursor.to_arrow_table()
