"""Lists of sentences: filtered, ordered, page by page. Finds the positions first, then fills the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Connection, Select, String, Subquery, and_, func, or_, select
from sqlalchemy.sql.elements import ColumnElement, KeyedColumnElement
from sqlalchemy.sql.selectable import FromClause

from core.errors import UnknownName
from core.normal import normal
from core.store.database import Store
from core.store.labels_of_now import differences, labels_at, labels_of_now
from core.store.schema import instance, prediction, queue, run
from core.store.views_data import among
from core.store.views_tokenization import moved_since

if TYPE_CHECKING:
    import pandas as pd

ORDERS = ("position", "least_confident")
CHANGES = ("changed", "fixed", "broken", "moved")
_COLUMNS = [
    "position",
    "split",
    "text",
    "n_tokens",
    "mean_confidence",
    "min_confidence",
    "n_errors",
    "n_changed",
]
_SHOWN = (
    prediction.c.run_id,
    prediction.c.stage,
    prediction.c.position,
    prediction.c.labels,
    prediction.c.mean_confidence,
    prediction.c.min_confidence,
)


@dataclass(frozen=True, slots=True)
class _Filters:
    """Conditions that hold for one and the same label of a sentence, a part of its text, a queue it is in."""

    gold_label: str | None = None
    predicted_label: str | None = None
    changed: str | None = None
    text: str | None = None
    queue: int | None = None


def sentences(
    store: Store,
    run_id: str,
    stage: str,
    *,
    order: str = "position",
    gold_label: str | None = None,
    predicted_label: str | None = None,
    changed: str | None = None,
    text: str | None = None,
    queue: int | None = None,
    limit: int = 50,
    offset: int = 0,
) -> pd.DataFrame:
    """A page of the items a stage labelled.

    Args:
        order: position (in a queue: the queue's own order), or least_confident (lowest mean confidence
            first, then position).
        gold_label, predicted_label, changed: items with a label that is all of these at once; `changed`
            is changed | fixed | broken | moved from stage1 to stage2 of the run.
        text: part of the text, in any case.
        queue: items that are in the queue of this id.

    Returns:
        position, split, text, n_tokens (labels), mean_confidence, min_confidence, n_errors (labels that
        differ from gold; missing without gold), n_changed (labels that stage2 changed; missing unless
        the run has both stages).

    Raises:
        UnknownName: no such run, order or kind of change.
    """
    import pandas as pd

    dataset_id = _dataset(store, run_id)
    wanted = _Filters(gold_label, predicted_label, changed, text, queue)
    with store.read() as connection:
        query = _ordered(connection, run_id, stage, dataset_id, wanted, order).limit(limit).offset(offset)
        positions = [row.position for row in connection.execute(query)]
        lines = list(_fill(connection, run_id, stage, dataset_id, positions))
    return pd.DataFrame(lines, columns=_COLUMNS)


def positions(store: Store, run_id: str, stage: str, *, order: str = "position", **filters: Any) -> list[int]:
    """The positions of everything `sentences` would list, in its order. Raises UnknownName."""
    dataset_id = _dataset(store, run_id)
    with store.read() as connection:
        query = _ordered(connection, run_id, stage, dataset_id, _Filters(**filters), order)
        return [row.position for row in connection.execute(query)]


def n_sentences(
    store: Store,
    run_id: str,
    stage: str,
    *,
    gold_label: str | None = None,
    predicted_label: str | None = None,
    changed: str | None = None,
    text: str | None = None,
    queue: int | None = None,
) -> int:
    """How many items `sentences` would list in all. Raises UnknownName."""
    dataset_id = _dataset(store, run_id)
    wanted = _Filters(gold_label, predicted_label, changed, text, queue)
    with store.read() as connection:
        found = _matching(connection, run_id, stage, dataset_id, wanted)
        return connection.scalar(select(func.count()).select_from(found.subquery())) or 0


def _check(kind: str, name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise UnknownName(kind, name, known)


def _dataset(store: Store, run_id: str) -> str:
    with store.read() as connection:
        found = connection.scalar(select(run.c.dataset_id).where(run.c.id == run_id))
        if found is None:
            raise UnknownName("run", run_id, connection.scalars(select(run.c.id)))
        return str(found)


def _of(rows: FromClause, run_id: str, stage: str) -> ColumnElement[bool]:
    return and_(rows.c.run_id == run_id, rows.c.stage == stage)


def _ordered(
    connection: Connection, run_id: str, stage: str, dataset_id: str, wanted: _Filters, order: str
) -> Select[tuple[int]]:
    _check("order", order, ORDERS)
    query = _matching(connection, run_id, stage, dataset_id, wanted)
    if order == "least_confident":
        query = query.order_by(prediction.c.mean_confidence.asc().nulls_last())
    elif wanted.queue is not None:
        places = _queued(wanted.queue)
        query = query.join(places, places.c.position == prediction.c.position).order_by(places.c.place)
    return query.order_by(prediction.c.position)


def _queued(queue_id: int) -> Subquery:
    """position, place: what a queue holds, in its order."""
    places = func.range(func.len(queue.c.positions))
    columns = [
        func.unnest(values, type_=BigInteger).label(name)
        for name, values in (("position", queue.c.positions), ("place", places))
    ]
    return select(*columns).where(queue.c.id == queue_id).subquery()


def _matching(
    connection: Connection, run_id: str, stage: str, dataset_id: str, wanted: _Filters
) -> Select[tuple[int]]:
    query = select(prediction.c.position).where(_of(prediction, run_id, stage))
    if wanted.queue is not None:
        query = query.where(prediction.c.position.in_(select(_queued(wanted.queue).c.position)))
    if wanted.text:
        query = query.where(prediction.c.position.in_(_with_text(dataset_id, wanted.text)))
    if wanted.gold_label or wanted.predicted_label or wanted.changed:
        found = _with_label(connection, run_id, stage, dataset_id, wanted)
        query = query.where(prediction.c.position.in_(found))
    return query


def _with_text(dataset_id: str, text: str) -> Select[tuple[int]]:
    beside = func.json_extract_string(instance.c.meta, "$.normal")
    has = or_(
        instance.c.text.icontains(text, autoescape=True),
        instance.c.text_b.icontains(text, autoescape=True),
        beside.icontains(normal(text), autoescape=True),
    )
    return select(instance.c.position).where(instance.c.dataset_id == dataset_id, has)


def _with_label(
    connection: Connection, run_id: str, stage: str, dataset_id: str, wanted: _Filters
) -> Select[tuple[int]]:
    """Positions of items one label of which meets all conditions.

    Whole lists are compared before any is unnested: most sentences are out by then, and a single
    condition needs no more than that.
    """
    lists, source, same = _lists(connection, run_id, stage, dataset_id, wanted)
    position = next(iter(lists.values())).table.c.position
    promising = _promising(lists, wanted)
    if len(promising) == 1 and wanted.changed in {None, "changed"}:
        return select(position).select_from(source).where(same, *promising)
    labels = [func.unnest(values, type_=String).label(name) for name, values in lists.items()]
    one = select(position, *labels).select_from(source).where(same, *promising).subquery()
    return select(one.c.position).where(*_holds(one, wanted)).distinct()


def _lists(
    connection: Connection, run_id: str, stage: str, dataset_id: str, wanted: _Filters
) -> tuple[dict[str, KeyedColumnElement[Any]], FromClause, ColumnElement[bool]]:
    """The lists of labels the conditions speak of; each stage is read once, whatever it is called."""
    sides: dict[str, tuple[str, str]] = {}
    if wanted.predicted_label:
        sides["predicted"] = (run_id, stage)
    if wanted.changed:
        _check("kind of change", wanted.changed, CHANGES)
        sides |= {"before": (run_id, "stage1"), "after": (run_id, "stage2")}
    if wanted.gold_label or wanted.changed not in {None, "changed"}:
        sides["gold"] = (f"{dataset_id}/gold", "gold")
    tables = {side: labels_of_now(connection, *side) for side in sides.values()}
    first, *others = tables.values()
    source: FromClause = first
    for table in others:
        source = source.join(table, table.c.position == first.c.position)
    same = and_(*(_of(table, *side) for side, table in tables.items()))
    return {name: tables[side].c.labels for name, side in sides.items()}, source, same


def _promising(lists: Mapping[str, KeyedColumnElement[Any]], wanted: _Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.gold_label:
        conditions.append(func.list_contains(lists["gold"], wanted.gold_label))
    if wanted.predicted_label:
        conditions.append(func.list_contains(lists["predicted"], wanted.predicted_label))
    if wanted.changed:
        conditions.append(lists["before"] != lists["after"])
    return conditions


def _holds(one: FromClause, wanted: _Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.gold_label:
        conditions.append(one.c.gold == wanted.gold_label)
    if wanted.predicted_label:
        conditions.append(one.c.predicted == wanted.predicted_label)
    if wanted.changed:
        conditions.append(one.c.before != one.c.after)
    if wanted.changed == "fixed":
        conditions.append(one.c.after == one.c.gold)
    elif wanted.changed == "broken":
        conditions.append(one.c.before == one.c.gold)
    elif wanted.changed == "moved":
        conditions += [one.c.before != one.c.gold, one.c.after != one.c.gold]
    return conditions


def _fill(
    connection: Connection, run_id: str, stage: str, dataset_id: str, positions: Sequence[int]
) -> Iterator[tuple[Any, ...]]:
    """The lines of one page, in the order of `positions`."""
    item = instance
    shown = select(item.c.position, item.c.split, item.c.text).where(
        item.c.dataset_id == dataset_id, among(item.c.position, positions)
    )
    texts = {row.position: row for row in connection.execute(shown)}
    sides = {(run_id, stage), (f"{dataset_id}/gold", "gold"), (run_id, "stage1"), (run_id, "stage2")}
    labelled = or_(*(_of(prediction, *side) for side in sides))
    found = select(*_SHOWN).where(labelled, among(prediction.c.position, positions))
    rows = {(row.run_id, row.stage, row.position): row for row in connection.execute(found)}
    since = {side: moved_since(connection, *side) for side in sides}
    for position in positions:
        row, text = rows[run_id, stage, position], texts.get(position)
        gold, before, after = (
            labels_at(rows, since, side, position)
            for side in ((f"{dataset_id}/gold", "gold"), (run_id, "stage1"), (run_id, "stage2"))
        )
        yield (
            position,
            text.split if text else "",
            text.text if text else "",
            len(row.labels),
            row.mean_confidence,
            row.min_confidence,
            differences(labels_at(rows, since, (run_id, stage), position), gold),
            differences(before, after),
        )
