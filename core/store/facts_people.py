"""Bulk entries of the log, and who is to label what: written as one transaction each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

from core.errors import ConflictError
from core.rows import STRINGS
from core.store import schema
from core.store.arrow import put
from core.store.database import Store
from core.store.facts_datasets import check_dataset
from core.store.views_people import versions
from core.types import Labels

_ROWS = pa.schema(
    [
        ("position", pa.int64()),
        ("version", pa.int32()),
        ("created_at", pa.timestamp("us", tz="UTC")),
        ("labels_before", STRINGS),
        ("labels_after", STRINGS),
        ("reverts", pa.int64()),
        ("batch", pa.string()),
        ("run_id", pa.string()),
        ("stage", pa.string()),
    ]
)
_ASSIGNED = pa.schema(
    [
        ("position", pa.int64()),
        ("author", pa.string()),
        ("state", pa.string()),
        ("created_at", pa.timestamp("us", tz="UTC")),
    ]
)


@dataclass(frozen=True, slots=True)
class Change:
    """What a bulk action says of one item; `version` is the one it was worked out from (0 = none yet)."""

    position: int
    version: int
    before: Labels | None
    after: Labels | None
    reverts: int | None = None
    run_id: str | None = None
    stage: str | None = None


def add_changes(
    store: Store,
    dataset_id: str,
    changes: Sequence[Change],
    *,
    author: str,
    action: str,
    layer: str,
    batch: str | None = None,
    comment: str = "",
) -> int:
    """Add a row to the log for every item of a bulk action; all of them or none. Returns how many.

    The labels are taken as they are: whoever worked them out has looked at the items.

    Raises:
        UnknownName: no such data set.
        ConflictError: somebody saved another version of one of the items meanwhile.
    """
    with store.write() as connection:
        check_dataset(connection, dataset_id)
        table = schema.annotation
        known = versions(store, dataset_id, [one.position for one in changes], layer=layer)
        late = [one.position for one in changes if known.get(one.position, 0) != one.version]
        if late:
            raise ConflictError(
                f"item {late[0]} of {dataset_id} was changed meanwhile.", "Look at the preview again."
            )
        now = datetime.now(UTC)
        rows = {
            "position": [one.position for one in changes],
            "version": [one.version + 1 for one in changes],
            "created_at": [now] * len(changes),
            "labels_before": [one.before for one in changes],
            "labels_after": [one.after for one in changes],
            "reverts": [one.reverts for one in changes],
            "batch": [batch] * len(changes),
            "run_id": [one.run_id for one in changes],
            "stage": [one.stage for one in changes],
        }
        fixed = {
            "dataset_id": dataset_id,
            "layer": layer,
            "author": author,
            "action": action,
            "comment": comment,
        }
        return put(connection, table, pa.RecordBatch.from_pydict(rows, schema=_ROWS), fixed)


def add_assignments(store: Store, dataset_id: str, shares: Mapping[str, Iterable[tuple[int, str]]]) -> int:
    """Add who is to label what: name -> (position, state). The newest row of an item and a person counts.

    Raises:
        UnknownName: no such data set.
    """
    rows = [(position, who, state) for who, items in shares.items() for position, state in items]
    now = datetime.now(UTC)
    batch = pa.RecordBatch.from_pydict(
        {
            "position": [position for position, _, _ in rows],
            "author": [who for _, who, _ in rows],
            "state": [state for _, _, state in rows],
            "created_at": [now] * len(rows),
        },
        schema=_ASSIGNED,
    )
    with store.write() as connection:
        check_dataset(connection, dataset_id)
        return put(connection, schema.assignment, batch, {"dataset_id": dataset_id})
