"""Labels in SQL as they are of the words of now: NULL for words that were changed since, and not counted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    REAL,
    BigInteger,
    BindParameter,
    Connection,
    String,
    and_,
    bindparam,
    case,
    func,
    select,
)
from sqlalchemy.sql.selectable import FromClause

from core.store.schema import prediction, run, tokenization
from core.store.views_tokenization import Moved, moved_since, then_and_now
from core.tokenization import moved

SHAPE = '[{"position": "BIGINT", "labels": ["VARCHAR"], "confidences": ["FLOAT"]}]'
_PLAIN = ("run_id", "stage", "position", "mean_confidence", "min_confidence", "error")


def labels_of_now(connection: Connection, run_id: str, stage: str) -> FromClause:
    """What a stage of a run gave: run_id, stage, position, labels, confidences, their mean and least, error.

    Where no words were changed since, the table itself (of all runs).
    """
    since = moved_since(connection, run_id, stage)
    if not since:
        return prediction.alias()
    mine = and_(prediction.c.run_id == run_id, prediction.c.stage == stage)
    text: BindParameter[str] = bindparam(None, _rows(connection, run_id, stage, since))
    row = select(func.unnest(func.from_json(text, SHAPE))).subquery().c[0]
    shown = {"position": BigInteger, "labels": ARRAY(String), "confidences": ARRAY(REAL)}
    columns = (func.struct_extract(row, name, type_=kind).label(name) for name, kind in shown.items())
    new = select(*columns).subquery()
    changed = new.c.position.is_not(None)
    query = (
        select(
            *(prediction.c[name] for name in _PLAIN),
            case((changed, new.c.labels), else_=prediction.c.labels).label("labels"),
            case((changed, new.c.confidences), else_=prediction.c.confidences).label("confidences"),
        )
        .select_from(prediction.outerjoin(new, new.c.position == prediction.c.position))
        .where(mine)
    )
    return query.subquery()


def _rows(connection: Connection, run_id: str, stage: str, since: Moved) -> str:
    query = select(prediction.c.position, prediction.c.labels, prediction.c.confidences).where(
        prediction.c.run_id == run_id, prediction.c.stage == stage, prediction.c.position.in_(list(since))
    )
    rows = []
    for row in connection.execute(query):
        then, now = then_and_now(*since[row.position], len(row.labels))
        sure = None if row.confidences is None else moved(row.confidences, then, now, None)
        labels = moved(row.labels, then, now, None)
        rows.append({"position": row.position, "labels": labels, "confidences": sure})
    return json.dumps(rows)


def words_of_now(connection: Connection, run_id: str) -> FromClause | None:
    """position and tokens of the sentences of a run's data set whose words were changed; None without any."""
    table = tokenization
    owner = select(run.c.dataset_id).where(run.c.id == run_id).scalar_subquery()
    newest = (
        select(table.c.position, func.max(table.c.version).label("version"))
        .where(table.c.dataset_id == owner)
        .group_by(table.c.position)
        .subquery()
    )
    if connection.execute(select(newest.c.position).limit(1)).first() is None:
        return None
    same = and_(table.c.position == newest.c.position, table.c.version == newest.c.version)
    query = select(table.c.position, table.c.tokens).join(newest, same).where(table.c.dataset_id == owner)
    return query.subquery()


def labels_at(
    rows: Mapping[tuple[str, str, int], Any],
    since: Mapping[tuple[str, str], Moved],
    side: tuple[str, str],
    position: int,
) -> Sequence[str | None] | None:
    """Labels of the words of now; None for a word that was changed since, or where there are none."""
    row = rows.get((*side, position))
    if row is None or position not in since[side]:
        return None if row is None else row.labels
    return moved(row.labels, *then_and_now(*since[side][position], len(row.labels)), None)


def differences(one: Sequence[str | None] | None, other: Sequence[str | None] | None) -> int | None:
    """How many of the words of which both know the label have two."""
    if one is None or other is None:
        return None
    return sum(a != b for a, b in zip(one, other, strict=False) if a is not None and b is not None)
