"""Labels counted: one stage, against gold, and from stage to stage. All of it happens in SQL.

A row holds the labels of a whole sentence; `unnest` of lists side by side in one SELECT makes rows of
tokens of them. Where one list is shorter the rest is NULL, and is not counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import REAL, Connection, Integer, Select, String, and_, cast, func, select
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from core.store.database import Store
from core.store.labels_of_now import labels_of_now
from core.store.schema import prediction

if TYPE_CHECKING:
    import pandas as pd

ROUNDING = 1e-6
"""Confidences are 32-bit floats: 0.95 must not fall into the bin below it."""


def stage_summary(store: Store, run_id: str, stage: str) -> dict[str, Any]:
    """n, n_tokens (labels), n_errors (unusable answers), mean_confidence, min_confidence, n_confidences.

    `mean_confidence` is over labels; the confidences are None where the stage gave none.
    """
    rows = _of(prediction, run_id, stage)
    sizes = func.array_length(prediction.c.labels, 1)
    query = select(
        func.count().label("n"),
        func.coalesce(func.sum(sizes), 0).label("n_tokens"),
        func.count(prediction.c.error).label("n_errors"),
        func.coalesce(func.sum(func.array_length(prediction.c.confidences, 1)), 0).label("n_confidences"),
        func.sum(prediction.c.mean_confidence * func.array_length(prediction.c.confidences, 1)).label("sum"),
        func.min(prediction.c.min_confidence).label("min_confidence"),
    ).where(rows)
    with store.read() as connection:
        found = dict(connection.execute(query).mappings().one())
    total = found.pop("sum")
    found["n_tokens"], found["n_confidences"] = int(found["n_tokens"]), int(found["n_confidences"])
    found["mean_confidence"] = total / found["n_confidences"] if total is not None else None
    return found


def label_counts(store: Store, run_id: str, stage: str) -> pd.DataFrame:
    """label, count, mean_confidence: most frequent first."""
    rows = select(
        _each(prediction.c.labels, "label"), _each(prediction.c.confidences, "confidence", REAL)
    ).where(_of(prediction, run_id, stage))
    one = rows.subquery()
    count = func.count().label("count")
    query = (
        select(one.c.label, count, func.avg(one.c.confidence).label("mean_confidence"))
        .where(one.c.label.is_not(None))
        .group_by(one.c.label)
        .order_by(count.desc(), one.c.label)
    )
    with store.read() as connection:
        return frame(connection, query)


def confidence_histogram(store: Store, run_id: str, stage: str, bins: int = 20) -> pd.DataFrame:
    """bin_left, count: all bins of [0, 1], also the empty ones; empty if there are no confidences."""
    import pandas as pd

    one = select(_each(prediction.c.confidences, "confidence", REAL)).where(_of(prediction, run_id, stage))
    rows = one.subquery()
    place = _bin(rows.c.confidence, bins).label("place")
    query = select(place, func.count().label("count")).where(rows.c.confidence.is_not(None)).group_by(place)
    with store.read() as connection:
        found = {row.place: row[1] for row in connection.execute(query)}
    places = range(bins if found else 0)
    return pd.DataFrame(
        {"bin_left": [place / bins for place in places], "count": [found.get(place, 0) for place in places]}
    )


def confusion(store: Store, run_id: str, stage: str, gold_run: str) -> pd.DataFrame:
    """gold, predicted, count, mean_confidence of the predicted label, most frequent first."""
    with store.read() as connection:
        one = _against_gold(connection, run_id, stage, gold_run).subquery()
        count = func.count().label("count")
        query = (
            select(one.c.gold, one.c.predicted, count, func.avg(one.c.confidence).label("mean_confidence"))
            .where(one.c.gold.is_not(None), one.c.predicted.is_not(None))
            .group_by(one.c.gold, one.c.predicted)
            .order_by(count.desc(), one.c.gold, one.c.predicted)
        )
        return frame(connection, query)


def reliability(store: Store, run_id: str, stage: str, gold_run: str, bins: int = 10) -> pd.DataFrame:
    """bin (0-based), confidence (mean), accuracy, count: bins that hold something, in order."""
    with store.read() as connection:
        return frame(connection, _calibrated(_against_gold(connection, run_id, stage, gold_run), bins))


def _calibrated(pairs: Select[Any], bins: int) -> Select[Any]:
    one = pairs.subquery()
    place = _bin(one.c.confidence, bins).label("bin")
    right = cast(one.c.gold == one.c.predicted, Integer)
    query = select(
        place,
        func.avg(one.c.confidence).label("confidence"),
        func.avg(right).label("accuracy"),
        func.count().label("count"),
    ).where(one.c.gold.is_not(None), one.c.confidence.is_not(None), one.c.predicted.is_not(None))
    return query.group_by(place).order_by(place)


def _against_gold(connection: Connection, run_id: str, stage: str, gold_run: str) -> Select[Any]:
    mine, gold = labels_of_now(connection, run_id, stage), labels_of_now(connection, gold_run, "gold")
    return (
        select(
            _each(gold.c.labels, "gold"),
            _each(mine.c.labels, "predicted"),
            _each(mine.c.confidences, "confidence", REAL),
        )
        .select_from(mine.join(gold, mine.c.position == gold.c.position))
        .where(_of(mine, run_id, stage), _of(gold, gold_run, "gold"))
    )


def _of(rows: FromClause, run_id: str, stage: str) -> ColumnElement[bool]:
    return and_(rows.c.run_id == run_id, rows.c.stage == stage)


def _each(values: ColumnElement[Any], name: str, kind: Any = String) -> ColumnElement[Any]:
    return func.unnest(values, type_=kind).label(name)


def _bin(confidence: ColumnElement[float], bins: int) -> ColumnElement[int]:
    return cast(func.least(func.floor(confidence * bins + ROUNDING), bins - 1), Integer)


def frame(connection: Connection, query: Select[Any]) -> pd.DataFrame:
    """The rows of a query as a DataFrame with the names of its columns."""
    import pandas as pd

    result = connection.execute(query)
    return pd.DataFrame([tuple(row) for row in result], columns=list(result.keys()))
