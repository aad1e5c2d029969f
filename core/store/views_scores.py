"""Scores of many runs at once: a page that shows all of them cannot ask for each."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from core.store import schema
from core.store.database import Store
from core.types import Score


def scores_of(store: Store, run_ids: Sequence[str]) -> dict[str, list[Score]]:
    """The scores of each of these runs, by stage and metric; runs without any are left out."""
    table = schema.score
    query = select(table).where(table.c.run_id.in_(run_ids))
    found: dict[str, list[Score]] = {}
    with store.read() as connection:
        rows = connection.execute(query.order_by(table.c.run_id, table.c.gold, table.c.stage, table.c.metric))
        for row in rows:
            score = Score(row.metric, row.value, row.stage, row.gold, tuple(row.label_set), row.n_instances)
            found.setdefault(row.run_id, []).append(score)
    return found
