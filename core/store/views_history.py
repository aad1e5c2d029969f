"""The log of what humans say: its rows with filters, bulk actions, and what of a row still counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, TextClause, and_, func, select, text

from core.store import schema
from core.store.database import Store
from core.store.facts_annotations import LAYER
from core.store.views_data import among
from core.types import Labels

REPEAT = "repeat"
"""The action that says something of one word of an item, whatever else the item holds."""
CARRIED = "tokens"
"""The action of a row that carries labels over to words split anew; taken back with the splitting."""
STATEMENT = -1
"""Stands, among the words of a row, for the row as a whole."""
OF_TOKENS = frozenset({"undo-token", "redo-token"})
"""Actions that take back, or bring back, single words of what an older row said."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the log.

    Attributes:
        before: what humans said before; for a bulk `repeat` on an item nobody had seen, what stood there.
        after: what humans say since; None: nothing.
    """

    id: int
    position: int
    version: int
    layer: str
    author: str
    at: datetime
    action: str
    before: Labels | None
    after: Labels | None
    comment: str = ""
    seconds: float | None = None
    keys: int | None = None
    batch: str | None = None
    reverts: int | None = None
    run_id: str | None = None
    stage: str | None = None

    @property
    def changed(self) -> tuple[int, ...]:
        """The words whose label differs; all of them where a side is missing or words were split anew."""
        if self.before is None or self.after is None or len(self.before) != len(self.after):
            return tuple(range(len(self.after or self.before or ())))
        pairs = enumerate(zip(self.before, self.after, strict=True))
        return tuple(place for place, (old, new) in pairs if old != new)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows of the log. Empty values ask for nothing.

    Attributes:
        label: one that came or went; form: a word of the item as imported (whole, any case).
    """

    author: str = ""
    action: str = ""
    layer: str = ""
    batch: str = ""
    label: str = ""
    form: str = ""
    position: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def entry(store: Store, annotation_id: int) -> tuple[str, Entry] | None:
    """The data set and the row of that id; None where there is none."""
    table = schema.annotation
    with store.read() as connection:
        row = connection.execute(select(table).where(table.c.id == annotation_id)).one_or_none()
    return None if row is None else (row.dataset_id, as_entry(row))


def entries(
    store: Store, dataset_id: str, wanted: Filter, *, limit: int = 50, offset: int = 0
) -> list[Entry]:
    """Rows of the log, newest first."""
    table = schema.annotation
    query = _filtered(select(table), dataset_id, wanted).order_by(table.c.id.desc())
    with store.read() as connection:
        return [as_entry(row) for row in connection.execute(query.limit(limit).offset(offset))]


def n_entries(store: Store, dataset_id: str, wanted: Filter) -> int:
    """How many rows of the log pass."""
    query = _filtered(select(func.count()).select_from(schema.annotation), dataset_id, wanted)
    with store.read() as connection:
        return int(connection.scalar(query) or 0)


def histories(
    store: Store, dataset_id: str, positions: Iterable[int] | None = None, *, layer: str = LAYER
) -> dict[int, list[Entry]]:
    """All rows of these items (None: of all), oldest first."""
    table = schema.annotation
    mine = and_(table.c.dataset_id == dataset_id, table.c.layer == layer)
    if positions is not None:
        mine = and_(mine, among(table.c.position, [*positions]))
    found: dict[int, list[Entry]] = {}
    with store.read() as connection:
        rows = connection.execute(select(table).where(mine).order_by(table.c.position, table.c.version))
        for row in rows:
            found.setdefault(row.position, []).append(as_entry(row))
    return found


def batches(store: Store, dataset_id: str, *, limit: int = 200) -> list[Mapping[str, Any]]:
    """Bulk actions, newest first: batch, author, layer, action, comment, at, items, first, last (ids)."""
    table = schema.annotation
    last = func.max(table.c.id).label("last")
    query = (
        select(
            table.c.batch,
            func.min(table.c.author).label("author"),
            func.min(table.c.layer).label("layer"),
            func.min(table.c.action).label("action"),
            func.min(table.c.comment).label("comment"),
            func.max(table.c.created_at).label("at"),
            func.count().label("items"),
            func.min(table.c.id).label("first"),
            last,
        )
        .where(table.c.dataset_id == dataset_id, table.c.batch.is_not(None))
        .group_by(table.c.batch)
        .order_by(last.desc())
        .limit(limit)
    )
    with store.read() as connection:
        rows = connection.execute(query).mappings().all()
    return [{**row, "at": row["at"].astimezone(UTC)} for row in rows]


def batch_of(store: Store, batch: str) -> tuple[str, str, list[int]] | None:
    """Data set, layer and positions of a bulk action; None where there is none of that name."""
    table = schema.annotation
    query = select(table.c.dataset_id, table.c.layer, table.c.position).where(table.c.batch == batch)
    with store.read() as connection:
        rows = connection.execute(query.order_by(table.c.id)).all()
    if not rows:
        return None
    return rows[0].dataset_id, rows[0].layer, list(dict.fromkeys(row.position for row in rows))


def live(rows: Sequence[Entry]) -> dict[int, set[int]]:
    """What of each row has not been taken back since: places of words, and STATEMENT for the row itself.

    `rows` are all of one item and layer, oldest first. A row that takes back can be taken back itself.
    """
    taken: dict[int, set[int]] = {}
    unsplit: set[int] = set()
    found: dict[int, set[int]] = {}
    for row in reversed(rows):
        own = {*row.changed, *(() if row.action in OF_TOKENS else (STATEMENT,))}
        found[row.id] = set() if row.id in unsplit else own - taken.get(row.id, set())
        if row.reverts is not None and found[row.id]:
            taken.setdefault(row.reverts, set()).update(found[row.id])
            unsplit |= {row.reverts} if row.action == CARRIED else set()
    return found


def _filtered(query: Select[Any], dataset_id: str, wanted: Filter) -> Select[Any]:
    table = schema.annotation
    same = {
        table.c.author: wanted.author,
        table.c.action: wanted.action,
        table.c.layer: wanted.layer,
        table.c.batch: wanted.batch,
    }
    tests: list[ColumnElement[bool] | TextClause] = [
        column == value for column, value in same.items() if value
    ]
    if wanted.position is not None:
        tests.append(table.c.position == wanted.position)
    if wanted.since is not None:
        tests.append(table.c.created_at >= wanted.since)
    if wanted.until is not None:
        tests.append(table.c.created_at < wanted.until)
    if wanted.label:
        tests.append(_came_or_went(wanted.label))
    if wanted.form:
        tests.append(table.c.position.in_(_with_word(dataset_id, wanted.form)))
    return query.where(table.c.dataset_id == dataset_id, *tests)


def _came_or_went(label: str) -> TextClause:
    """One of before and after holds the label more often than the other."""
    side = "len(list_filter(coalesce(annotation.{}, []), x -> x = :came))"
    both = f"{side.format('labels_before')} != {side.format('labels_after')}"
    return text(both).bindparams(came=label)


def _with_word(dataset_id: str, form: str) -> Select[int]:
    table = schema.instance
    holds = text("list_contains(list_transform(instance.tokens, x -> lower(x)), :form)")
    mine = select(table.c.position).where(table.c.dataset_id == dataset_id)
    return mine.where(holds.bindparams(form=form.lower()))


def as_entry(row: Any) -> Entry:
    """A row of the table as an Entry."""
    return Entry(
        id=row.id,
        position=row.position,
        version=row.version,
        layer=row.layer,
        author=row.author,
        at=row.created_at.astimezone(UTC),
        action=row.action,
        before=None if row.labels_before is None else tuple(row.labels_before),
        after=None if row.labels_after is None else tuple(row.labels_after),
        comment=row.comment,
        seconds=row.seconds,
        keys=row.keys,
        batch=row.batch,
        reverts=row.reverts,
        run_id=row.run_id,
        stage=row.stage,
    )
