"""Runs: what they are, what they predicted, which exemplars they chose, how well they did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Row, func, select

from core.errors import UnknownName
from core.store import schema
from core.store.database import Store
from core.store.views_data import among
from core.store.views_stale import stale
from core.store.views_tokenization import moved_since, then_and_now
from core.tokenization import relabelled
from core.types import Influence, Prediction, Score

RunRow = dict[str, Any]
ORDER = {"stage1": 0, "consensus": 1, "stage2": 2}
_QUERIES_PER_PAGE = 500


def runs(store: Store, dataset_id: str | None = None) -> list[RunRow]:
    """All runs (of one data set), oldest first, with their stages and the number of items."""
    table = schema.run
    query = select(table) if dataset_id is None else select(table).where(table.c.dataset_id == dataset_id)
    with store.read() as connection:
        rows = connection.execute(query.order_by(table.c.created_at, table.c.id)).all()
        counted = select(schema.prediction.c.run_id, schema.prediction.c.stage, func.count().label("n"))
        if dataset_id is not None:
            counted = counted.where(schema.prediction.c.run_id.in_([row.id for row in rows]))
        stages: dict[str, dict[str, int]] = defaultdict(dict)
        for run_id, stage, n in connection.execute(counted.group_by("run_id", "stage")):
            stages[run_id][stage] = n
    return [_run(row, stages[row.id]) for row in rows]


def run(store: Store, run_id: str) -> RunRow:
    """One run. Raises UnknownName."""
    table = schema.prediction
    counted = select(table.c.stage, func.count().label("n")).where(table.c.run_id == run_id)
    with store.read() as connection:
        row = connection.execute(select(schema.run).where(schema.run.c.id == run_id)).one_or_none()
        if row is None:
            raise UnknownName("run", run_id, connection.scalars(select(schema.run.c.id)))
        stages = {stage: n for stage, n in connection.execute(counted.group_by(table.c.stage))}  # noqa: C416
    return _run(row, stages)


def _run(row: Row[Any], stages: dict[str, int]) -> RunRow:
    return {
        "id": row.id,
        "dataset": row.dataset_id,
        "kind": row.kind,
        "recipe": row.recipe,
        "params": row.params,
        "status": row.status,
        "seed": row.seed,
        "created_at": _utc(row.created_at),
        "stages": sorted(stages, key=lambda stage: (ORDER.get(stage, 9), stage)),
        "n": max((n for stage, n in stages.items() if stage != "pool"), default=0),
        "name": row.name,
        "parent": row.parent,
        "code_version": row.code_version,
        "finished_at": _utc(row.finished_at),
        "meta": row.meta,
    }


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)


def predictions(
    store: Store,
    run_id: str,
    stage: str,
    positions: Sequence[int] | None = None,
    *,
    hand_on: bool = False,
) -> dict[int, Prediction]:
    """The labels a stage of a run gave, by position, in file order. Empty where there are none.

    They are of the words of now. Where these were changed since, the label is `UNKNOWN` (or, to go on with,
    handed on from the word it was) and the confidence 0.
    """
    table = schema.prediction
    shown = (table.c.position, table.c.labels, table.c.confidences, table.c.completion_key)
    query = select(*shown, table.c.error, table.c.outcome).where(
        table.c.run_id == run_id, table.c.stage == stage
    )
    if positions is not None:
        query = query.where(among(table.c.position, positions))
    with store.read() as connection:
        rows = connection.execute(query.order_by(table.c.position))
        found = {row.position: _prediction(cast("Row[Any]", row)) for row in rows}
        moved = moved_since(connection, run_id, stage) if found else {}
    for position, (versions, number) in moved.items():
        if position in found and (row := found[position]).labels:
            words = then_and_now(versions, number, len(row.labels))
            found[position] = relabelled(row, *words, hand_on=hand_on)
    return found


def _prediction(row: Row[Any]) -> Prediction:
    return Prediction(
        position=row.position,
        labels=tuple(row.labels),
        confidences=None if row.confidences is None else tuple(row.confidences),
        completion_key=row.completion_key,
        error=row.error,
        outcome=row.outcome,
    )


def scores(store: Store, run_id: str) -> list[Score]:
    """A run's scores, by stage and metric."""
    table = schema.score
    query = (
        select(table).where(table.c.run_id == run_id).order_by(table.c.gold, table.c.stage, table.c.metric)
    )
    with store.read() as connection:
        rows = connection.execute(query).all()
    return [
        Score(row.metric, row.value, row.stage, row.gold, tuple(row.label_set), row.n_instances)
        for row in rows
    ]


def selection(store: Store, run_id: str, position: int) -> dict[str, Any] | None:
    """The exemplars chosen for one item and why; None where none were chosen.

    Returns:
        position, status, value, upper_bound, seconds, covered, uncovered, uncoverable, exemplars: a
        list of rank, dataset, position, similarity, confidence, covers, origin in prompt order.
    """
    found = _selections(store, run_id, position - 1, 1)
    return found[0] if found and found[0]["position"] == position else None


def influence(store: Store, run_id: str, position: int) -> Influence | None:
    """What spoke for the Stage-II labels of one item; None where that is not known, or `stale`."""
    table = schema.influence
    query = select(table).where(table.c.run_id == run_id, table.c.position == position)
    with store.read() as connection:
        row = connection.execute(query).one_or_none()
    if row is None or position in stale(store, run_id):
        return None
    parts = (row.tokens, row.ranks, row.exemplar_tokens, row.shares)
    return Influence(position, *(tuple(part) for part in parts))


def selections(store: Store, run_id: str) -> Iterator[dict[str, Any]]:
    """All selections of a run in file order, each as `selection` returns it."""
    last = -1
    while page := _selections(store, run_id, last, _QUERIES_PER_PAGE):
        yield from page
        last = page[-1]["position"]


def _selections(store: Store, run_id: str, after: int, limit: int) -> list[dict[str, Any]]:
    table, chosen = schema.selection, schema.exemplar
    later = select(table).where(table.c.run_id == run_id, table.c.position > after)
    with store.read() as connection:
        rows = connection.execute(later.order_by(table.c.position).limit(limit)).all()
        if not rows:
            return []
        between = chosen.c.position.between(rows[0].position, rows[-1].position)
        shown = select(chosen).where(chosen.c.run_id == run_id, between)
        exemplars: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for row in connection.execute(shown.order_by(chosen.c.position, chosen.c.rank)):
            exemplars[row.position].append(_exemplar(row))
    return [_selection(row, exemplars[row.position]) for row in rows]


def _exemplar(row: Row[Any]) -> dict[str, Any]:
    return {
        "rank": row.rank,
        "dataset": row.exemplar_dataset,
        "position": row.exemplar_position,
        "similarity": row.similarity,
        "confidence": row.confidence,
        "covers": list(row.covers),
        "origin": row.origin,
    }


def _selection(row: Row[Any], exemplars: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "position": row.position,
        "status": row.status,
        "value": row.value,
        "upper_bound": row.upper_bound,
        "seconds": row.seconds,
        "covered": sorted({label for item in exemplars for label in item["covers"]}),
        "uncovered": list(row.uncovered),
        "uncoverable": list(row.uncoverable),
        "exemplars": exemplars,
    }
