"""What humans say about labels: a log that only grows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from core.errors import ConflictError, StudioError, UnknownName
from core.store.database import Store
from core.store.schema import annotation, dataset, instance

LAYER = "labels"


def annotate(
    store: Store,
    dataset_id: str,
    position: int,
    labels: Sequence[str] | None,
    *,
    author: str,
    action: str = "set",
    comment: str = "",
    seconds: float | None = None,
    expected_version: int | None = None,
    layer: str = LAYER,
) -> int:
    """Add a human's labels of one instance to the log; nothing is ever overwritten.

    Args:
        labels: one per token (POS, NER) or one in all; None takes back what was said (`undo`).
        expected_version: the version the human had before their eyes (0 = none yet).
        seconds: time spent.

    Returns:
        The new version, counted from 1.

    Raises:
        UnknownName: no such data set.
        StudioError: no such instance, or not as many labels as it needs.
        ConflictError: somebody saved another version meanwhile.
    """
    with store.write() as connection:
        wanted = _wanted(connection, dataset_id, position)
        if labels is not None and len(labels) != wanted:
            raise StudioError(f"item {position} of {dataset_id} needs {wanted} labels, not {len(labels)}.")
        version, before = _latest(connection, dataset_id, layer, position)
        if expected_version is not None and expected_version != version:
            raise ConflictError(
                f"item {position} of {dataset_id} was changed meanwhile (version {version}).",
                "Look at the new labels, then save again.",
            )
        row = {
            "dataset_id": dataset_id,
            "layer": layer,
            "position": position,
            "version": version + 1,
            "author": author,
            "created_at": datetime.now(UTC),
            "action": action,
            "labels_before": before,
            "labels_after": None if labels is None else list(labels),
            "comment": comment,
            "seconds": seconds,
        }
        connection.execute(insert(annotation).values(row))
    return version + 1


def _wanted(connection: Connection, dataset_id: str, position: int) -> int:
    found = select(instance.c.tokens, dataset.c.task).where(
        instance.c.dataset_id == dataset_id,
        dataset.c.id == instance.c.dataset_id,
        instance.c.position == position,
    )
    row = connection.execute(found).one_or_none()
    if row is None:
        known = connection.scalars(select(dataset.c.id)).all()
        if dataset_id not in known:
            raise UnknownName("data set", dataset_id, known)
        raise StudioError(f"{dataset_id} has no item {position}.")
    return len(row.tokens) if row.task in {"pos", "ner"} else 1


def _latest(
    connection: Connection, dataset_id: str, layer: str, position: int
) -> tuple[int, list[str] | None]:
    found = select(annotation.c.version, annotation.c.labels_after).where(
        annotation.c.dataset_id == dataset_id,
        annotation.c.layer == layer,
        annotation.c.position == position,
    )
    row = connection.execute(found.order_by(annotation.c.version.desc()).limit(1)).one_or_none()
    return (0, None) if row is None else (row.version, row.labels_after)
