"""Words split, merged and re-spelled: a log that grows beside the imported words, which stay as they are.

In the same transaction the newest labels of every layer are carried over, so that there are always as many
as the sentence has words: a row whose action is `CARRIED`. What counts (and what the editor said) is handed
on to the words of an edit; of what others said only the labels of words that are still the same are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, func, insert, select

from core.errors import ConflictError, StudioError
from core.store.database import Store
from core.store.facts_annotations import LAYER, by, n_labels
from core.store.schema import annotation, dataset, tokenization
from core.store.views_tokenization import words_of
from core.tokenization import UNKNOWN, Tokens, edit, handed_on, moved, operation

CARRIED = "tokens"
"""The action of a row that carries labels over to other words."""


class _Place(NamedTuple):
    dataset: str
    position: int
    author: str


def retokenize(
    store: Store,
    dataset_id: str,
    position: int,
    first: int,
    last: int,
    forms: Sequence[str],
    *,
    author: str,
    expected_version: int | None = None,
) -> int:
    """Let the words `first` to `last` (of now, from 0, both included) be `forms` instead.

    Args:
        expected_version: the version of the words that the human had before their eyes (0 = as imported).

    Returns:
        The new version.

    Raises:
        UnknownName: no such data set.
        StudioError: no such item, or nothing that `core.tokenization.edit` can do.
        ConflictError: somebody changed the words meanwhile.
    """
    at = _Place(dataset_id, position, author)
    with store.write() as connection:
        now = _now(connection, at, expected_version)
        new = edit(now, first, last, forms)
        _add(connection, at, operation(last + 1 - first, len(forms)), now, new)
    return new.version


def undo_tokenization(
    store: Store, dataset_id: str, position: int, *, author: str, expected_version: int | None = None
) -> int:
    """Take the last change of words back that is not taken back yet; returns the new version.

    Labels that nobody touched since come back as they were.

    Raises:
        As `retokenize`. StudioError: there is nothing to take back.
    """
    return _revert(store, _Place(dataset_id, position, author), "undo", expected_version)


def redo_tokenization(
    store: Store, dataset_id: str, position: int, *, author: str, expected_version: int | None = None
) -> int:
    """Make the change again that was taken back last, unless the words were changed since.

    Raises:
        As `undo_tokenization`.
    """
    return _revert(store, _Place(dataset_id, position, author), "redo", expected_version)


def _revert(store: Store, at: _Place, action: str, expected: int | None) -> int:
    with store.write() as connection:
        now = _now(connection, at, expected)
        done, undone = _stacks(_log(connection, at))
        stack = done if action == "undo" else undone
        if not stack:
            raise StudioError(f"no change of the words of item {at.position} is there to {action}.")
        row = stack[-1]
        before = words_of(connection, at.dataset, at.position)[row.version - 1]
        new = Tokens(now.version + 1, before.tokens, before.first, before.last)
        _add(connection, at, action, now, new, row)
    return new.version


def _stacks(log: Sequence[Row[Any]]) -> tuple[list[Row[Any]], list[Row[Any]]]:
    """The changes that can be taken back, and the undos that can."""
    done: list[Row[Any]] = []
    undone: list[Row[Any]] = []
    for row in log:
        if row.action == "undo":
            done.pop()
            undone.append(row)
            continue
        undone = undone[:-1] if row.action == "redo" else []
        done.append(row)
    return done, undone


def _now(connection: Connection, at: _Place, expected: int | None) -> Tokens:
    n_labels(connection, at.dataset, at.position)
    task = connection.scalar(select(dataset.c.task).where(dataset.c.id == at.dataset))
    if task not in {"pos", "ner"}:
        raise StudioError(f"items of {at.dataset} ({task}) are labelled as a whole: they have no words.")
    now = words_of(connection, at.dataset, at.position)[-1]
    if expected is not None and expected != now.version:
        raise ConflictError(
            f"the words of item {at.position} of {at.dataset} were changed (version {now.version}).",
            "Look at the words of now, then change them.",
        )
    return now


def _log(connection: Connection, at: _Place) -> Sequence[Row[Any]]:
    mine = and_(tokenization.c.dataset_id == at.dataset, tokenization.c.position == at.position)
    return connection.execute(select(tokenization).where(mine).order_by(tokenization.c.version)).all()


def _add(
    connection: Connection, at: _Place, action: str, old: Tokens, new: Tokens, reverts: Row[Any] | None = None
) -> None:
    moment = datetime.now(UTC)
    row = {
        "dataset_id": at.dataset,
        "position": at.position,
        "version": new.version,
        "author": at.author,
        "created_at": moment,
        "action": action,
        "tokens": list(new.tokens),
        "first": list(new.first),
        "last": list(new.last),
        "reverts": None if reverts is None else reverts.id,
    }
    connection.execute(insert(tokenization).values(row))
    for said in _newest(connection, at):
        labels, taken_back = _carried(connection, at, said, old, new, reverts)
        connection.execute(insert(annotation).values(_row(at, said, labels, moment, taken_back)))


def _newest(connection: Connection, at: _Place) -> Sequence[Row[Any]]:
    """The newest row of each layer in which somebody says something of the item."""
    age = func.row_number().over(partition_by=annotation.c.layer, order_by=annotation.c.version.desc())
    mine = and_(annotation.c.dataset_id == at.dataset, annotation.c.position == at.position)
    ranked = select(annotation, age.label("age")).where(mine).subquery()
    query = select(ranked).where(ranked.c.age == 1, ranked.c.labels_after.is_not(None))
    return connection.execute(query.order_by(ranked.c.layer)).all()


def _carried(
    connection: Connection, at: _Place, said: Row[Any], old: Tokens, new: Tokens, reverts: Row[Any] | None
) -> tuple[list[str], int | None]:
    """A layer's labels of the new words, and the row that is taken back where it is as if never written."""
    if reverts is not None and said.action == CARRIED and said.created_at == reverts.created_at:
        return list(said.labels_before), said.id
    if said.layer in {LAYER, by(at.author)}:
        return list(handed_on(said.labels_after, old, new)), None
    return list(moved(said.labels_after, old, new, UNKNOWN)), None


def _row(
    at: _Place, said: Row[Any], labels: list[str], moment: datetime, reverts: int | None
) -> dict[str, Any]:
    return {
        "dataset_id": at.dataset,
        "layer": said.layer,
        "position": at.position,
        "version": said.version + 1,
        "author": at.author,
        "created_at": moment,
        "action": CARRIED,
        "labels_before": list(said.labels_after),
        "labels_after": labels,
        "comment": "",
        "reverts": reverts,
    }
