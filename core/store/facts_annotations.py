"""What humans say about labels: a log that only grows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from core.errors import ConflictError, StudioError, UnknownName
from core.store.database import Store
from core.store.schema import annotation, dataset, instance, tokenization

LAYER = "labels"
BLIND = "blind"


def by(author: str) -> str:
    """The layer of labels that one of several annotators gave without seeing the others'."""
    return f"by:{author}"


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
    keys: int | None = None,
    batch: str | None = None,
    reverts: int | None = None,
    run_id: str | None = None,
    stage: str | None = None,
) -> int:
    """Add a human's labels of one instance to the log; nothing is ever overwritten.

    Args:
        labels: one per token (POS, NER) or one in all; None takes back what was said (`undo`).
        expected_version: the version the human had before their eyes (0 = none yet).
        seconds: time spent; keys: keys pressed.
        layer: `LAYER` is what counts and enters the pool; `BLIND` holds labels given without a suggestion,
            `by(NAME)` those that one of several annotators gave for themselves.
        batch: names the bulk action this is part of. reverts: id of the row that this one takes back.
        run_id, stage: whose labels stood there before.

    Returns:
        The new version, counted from 1.

    Raises:
        UnknownName: no such data set.
        StudioError: no such instance, or not as many labels as it needs.
        ConflictError: somebody saved another version meanwhile.
    """
    with store.write() as connection:
        wanted = n_labels(connection, dataset_id, position)
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
            "keys": keys,
            "batch": batch,
            "reverts": reverts,
            "run_id": run_id,
            "stage": stage,
        }
        connection.execute(insert(annotation).values(row))
    return version + 1


def n_labels(connection: Connection, dataset_id: str, position: int) -> int:
    """How many labels an item needs: one per word as it is split now, or one in all."""
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
    if row.task not in {"pos", "ner"}:
        return 1
    mine = tokenization.c.dataset_id == dataset_id, tokenization.c.position == position
    newest = select(tokenization.c.tokens).where(*mine).order_by(tokenization.c.version.desc()).limit(1)
    return len(connection.scalar(newest) or row.tokens)


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
