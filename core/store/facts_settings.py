"""What may be said of a data set again and again: where its text may go, what its labels mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import update

from core.store import schema
from core.store.database import Store
from core.store.facts_datasets import check_dataset
from core.types import Egress, LabelInfo


def set_egress(store: Store, dataset_id: str, egress: Egress) -> None:
    """Decide where the text of a data set may go. Raises UnknownName."""
    _set(store, dataset_id, {"egress": egress})


def set_tagset(store: Store, dataset_id: str, tagset: Sequence[LabelInfo]) -> None:
    """Give labels their description, key and colour. Raises UnknownName."""
    _set(store, dataset_id, {"tagset": [asdict(info) for info in tagset] or None})


def _set(store: Store, dataset_id: str, values: dict[str, object]) -> None:
    with store.write() as connection:
        check_dataset(connection, dataset_id)
        table = schema.dataset
        connection.execute(update(table).where(table.c.id == dataset_id).values(**values))
