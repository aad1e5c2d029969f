"""Taking back and bringing back: new rows at the end of the log, by the log alone, from any later session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from core.annotators.taking_back import Step, takes_back, worked_out
from core.errors import StudioError
from core.store import Store
from core.store.facts_annotations import LAYER
from core.store.facts_people import Change, add_changes
from core.store.views_history import (
    OF_TOKENS,
    STATEMENT,
    Entry,
    Filter,
    batch_of,
    entries,
    entry,
    histories,
    live,
    n_entries,
)
from core.store.views_people import n_words

__all__ = [
    "Filter",
    "Log",
    "Step",
    "Undone",
    "log",
    "redo",
    "revert",
    "reverted",
    "undo",
    "undo_batch",
    "undone_batch",
]


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of a bulk action: items changed, and what was left alone (position -> why)."""

    n: int
    skipped: Mapping[int, str]
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Log:
    """A page of the log, and how many rows there are in all."""

    rows: tuple[Entry, ...]
    total: int


def log(store: Store, dataset: str, wanted: Filter | None = None, *, limit: int = 50, offset: int = 0) -> Log:
    """Rows of the log, newest first."""
    asked = wanted or Filter()
    rows = tuple(entries(store, dataset, asked, limit=limit, offset=offset))
    return Log(rows, n_entries(store, dataset, asked))


def undo(
    store: Store, dataset: str, position: int, *, author: str, layer: str = LAYER, token: int | None = None
) -> Step:
    """Take back the newest thing this person said of an item, or of one of its words."""
    with store.write():
        rows = histories(store, dataset, [position], layer=layer).get(position, [])
        alive = live(rows)
        wanted = STATEMENT if token is None else token
        mine = [
            row for row in rows if row.author == author and row.reverts is None and wanted in alive[row.id]
        ]
        return _stepped(store, dataset, position, rows, mine[-1] if mine else None, author, token)


def redo(
    store: Store, dataset: str, position: int, *, author: str, layer: str = LAYER, token: int | None = None
) -> Step:
    """Bring back what this person took back last, unless they said something else of the item since."""
    with store.write():
        rows = histories(store, dataset, [position], layer=layer).get(position, [])
        alive = live(rows)
        back: Entry | None = None
        for row in rows:
            if row.author == author and row.reverts is None:
                back = None
            elif row.author == author and takes_back(row, rows) and alive[row.id]:
                back = row if token is None or token in alive[row.id] else back
        return _stepped(store, dataset, position, rows, back, author, token, again=True)


def revert(store: Store, annotation_id: int, author: str) -> Step:
    """Take back one row of the log, whoever it is of; a row that took something back brings it back.

    Raises:
        StudioError: no such row.
    """
    with store.write():
        dataset, row = _row(store, annotation_id)
        rows = histories(store, dataset, [row.position], layer=row.layer)[row.position]
        again = row.reverts is not None and takes_back(row, rows)
        return _stepped(store, dataset, row.position, rows, row, author, None, again=again)


def reverted(store: Store, annotation_id: int) -> Step:
    """What `revert` would do, without doing it. Raises StudioError: no such row."""
    dataset, row = _row(store, annotation_id)
    rows = histories(store, dataset, [row.position], layer=row.layer)[row.position]
    size = n_words(store, dataset, [row.position])[row.position]
    return worked_out(store, rows, row, None, size)[0]


def undo_batch(store: Store, batch: str, author: str) -> Undone:
    """Take back a bulk action: one new bulk action, which `undo_batch` takes back in turn.

    Raises:
        StudioError: no bulk action of that name.
    """
    with store.write():
        dataset, layer, steps = _of_batch(store, batch)
        name = uuid4().hex
        changes = [change for _, change in steps if change is not None]
        skipped = {step.position: step.message for step, _ in steps if step.message}
        if changes:
            action = "redo" if _is_taking_back(store, batch) else "undo"
            add_changes(
                store, dataset, changes, author=author, action=action, layer=layer, batch=name, comment=batch
            )
    return Undone(len(changes), skipped, name if changes else "")


def undone_batch(store: Store, batch: str) -> Undone:
    """What `undo_batch` would do, without doing it. Raises StudioError: no bulk action of that name."""
    _, _, steps = _of_batch(store, batch)
    skipped = {step.position: step.message for step, _ in steps if step.message}
    return Undone(sum(change is not None for _, change in steps), skipped)


def _of_batch(store: Store, batch: str) -> tuple[str, str, list[tuple[Step, Change | None]]]:
    found = batch_of(store, batch)
    if found is None:
        raise StudioError(f"there is no bulk action {batch!r}.", "Choose one in the history.")
    dataset, layer, positions = found
    steps, sizes = [], n_words(store, dataset, positions)
    for position, rows in histories(store, dataset, positions, layer=layer).items():
        row = next(one for one in rows if one.batch == batch)
        steps.append(worked_out(store, rows, row, None, sizes[position]))
    return dataset, layer, steps


def _is_taking_back(store: Store, batch: str) -> bool:
    """Whether a bulk action is itself the taking back of another."""
    dataset, _, _ = batch_of(store, batch) or ("", "", [])
    found = entries(store, dataset, Filter(batch=batch), limit=1)
    return bool(found and found[0].action == "undo")


def _row(store: Store, annotation_id: int) -> tuple[str, Entry]:
    found = entry(store, annotation_id)
    if found is None:
        raise StudioError(f"there is no entry {annotation_id} in the history.", "Choose one that is there.")
    return found


def _stepped(
    store: Store,
    dataset: str,
    position: int,
    rows: Sequence[Entry],
    row: Entry | None,
    author: str,
    token: int | None,
    *,
    again: bool = False,
) -> Step:
    """Carry out what `worked_out` says; call inside a write transaction."""
    if row is None:
        now = (rows[-1].version, rows[-1].after) if rows else (0, None)
        return Step(position, *now, done=False, message=f"nothing to {'bring' if again else 'take'} back.")
    size = n_words(store, dataset, [position])[position]
    step, change = worked_out(store, rows, row, token, size)
    if change is None:
        return step
    action = ("redo" if again else "undo") + (
        "-token" if token is not None or row.action in OF_TOKENS else ""
    )
    add_changes(store, dataset, [change], author=author, action=action, layer=row.layer)
    return step
