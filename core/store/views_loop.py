"""How far the log of what humans said has come: which corrections a run had, and which came after."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, select

from core.store import schema, views_annotations
from core.store.database import Store
from core.store.facts_annotations import LAYER
from core.store.views_people import partly_said
from core.store.views_runs import run
from core.types import Labels

Parts = dict[int, dict[int, str]]


def last_said(store: Store, dataset_id: str, *, layer: str = LAYER) -> datetime:
    """When the newest row of the log was written; 1970 where there is none.

    Rows are written one after another, so what was said until then is what a reader sees now.
    """
    table = schema.annotation
    query = select(func.max(table.c.created_at)).where(
        table.c.dataset_id == dataset_id, table.c.layer == layer
    )
    with store.read() as connection:
        found: datetime | None = connection.scalar(query)
    return datetime.fromtimestamp(0, UTC) if found is None else found.astimezone(UTC)


def said_until(store: Store, run_id: str) -> datetime:
    """Until when human labels were taken into a run, or into the one whose labels it took over.

    Runs of before this was noted: when they were stored. Raises UnknownName.
    """
    found = run(store, run_id)
    while not found["meta"].get("said_until") and found["parent"]:
        found = run(store, found["parent"])
    noted: str = found["meta"].get("said_until") or found["created_at"].isoformat()
    return datetime.fromisoformat(noted)


def corrections_of(
    store: Store, dataset_id: str, until: datetime | None = None
) -> tuple[dict[int, Labels], Parts]:
    """Human labels of whole items, and of single words of the others, at a moment (None = now)."""
    parts = partly_said(store, dataset_id, until=until)
    whole = views_annotations.annotations(store, dataset_id, until=until)
    return {at: labels for at, labels in whole.items() if at not in parts}, parts
