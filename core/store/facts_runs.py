"""Runs, imported labels, recorded calls and scores into the workspace; runs out of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from core import rows
from core.errors import FormatError, StudioError, UnknownName
from core.rows import Row
from core.store import schema
from core.store.arrow import Spool, exemplar_rows, put
from core.store.database import Store
from core.store.facts_datasets import check_dataset, delete_runs
from core.types import Completion, Prediction, Score, Selection

Recorded = Iterable[tuple[Selection, tuple[int, ...]]]


def start_run(
    store: Store,
    run_id: str,
    dataset_id: str,
    recipe: str,
    params: Mapping[str, Any],
    seed: int | None,
    code_version: str,
    parent: str | None = None,
) -> None:
    """Note that a run has begun; a run that is there already stays as it is.

    Raises:
        UnknownName: no such data set.
    """
    with store.write() as connection:
        row = run_row(run_id, dataset_id, recipe, params, seed=seed, code_version=code_version, parent=parent)
        insert_run(connection, row)


def finish_run(store: Store, run_id: str, status: str) -> None:
    """Set the final status of a run (done | failed | cancelled). Raises UnknownName."""
    with store.write() as connection:
        set_status(connection, run_id, status)


def run_row(
    run_id: str,
    dataset_id: str,
    recipe: str,
    params: Mapping[str, Any],
    *,
    seed: int | None = None,
    code_version: str = "",
    parent: str | None = None,
    kind: str = "run",
    name: str = "",
    meta: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "id": run_id,
        "dataset_id": dataset_id,
        "kind": kind,
        "recipe": recipe,
        "params": dict(params),
        "seed": seed,
        "code_version": code_version,
        "parent": parent,
        "status": "running",
        "name": name or recipe,
        "created_at": datetime.now(UTC),
        "finished_at": None,
        "meta": dict(meta or {}),
    }


def insert_run(connection: Connection, row: Mapping[str, Any]) -> None:
    check_dataset(connection, row["dataset_id"])
    connection.execute(insert(schema.run).values(row).on_conflict_do_nothing())


def set_status(connection: Connection, run_id: str, status: str) -> None:
    change = update(schema.run).where(schema.run.c.id == run_id)
    found = connection.execute(change.values(status=status, finished_at=datetime.now(UTC)))
    if not found.rowcount:
        raise UnknownName("run", run_id, connection.scalars(select(schema.run.c.id)).all())


def add_import_run(
    store: Store,
    dataset_id: str,
    name: str,
    *,
    stage1: Iterable[Prediction] | None,
    stage2: Iterable[Prediction] | None,
    selections: Recorded = (),
    meta: Mapping[str, Any] | None = None,
) -> str:
    """Store labels made elsewhere as the run `<dataset_id>/<name>`. All or nothing.

    Args:
        selections: recorded exemplars: a `Selection`, whose `query` is the position of the item it was
            made for, and the positions of the exemplars in the same data set, in prompt order.

    Returns:
        The run's id. A run of this id that is there already stays as it is; nothing is read.

    Raises:
        UnknownName: no such data set.
        FormatError: a position that the data set does not have.
    """
    run_id = f"{dataset_id}/{name}"
    with store.read() as connection:
        size = _size(connection, dataset_id)
        if connection.scalar(select(schema.run.c.id).where(schema.run.c.id == run_id)):
            return run_id
    with ExitStack() as stack:
        folder = store.path.parent
        spools = [
            stack.enter_context(Spool(kind, folder))
            for kind in (rows.PREDICTION, rows.SELECTION, rows.EXEMPLAR)
        ]
        _fill_import(spools, run_id, size, (stage1, stage2), list(selections))
        with store.write() as connection:
            row = run_row(run_id, dataset_id, "", {}, kind="import", name=name, meta=meta)
            insert_run(connection, row)
            for spool, table in zip(
                spools, (schema.prediction, schema.selection, schema.exemplar), strict=True
            ):
                for batch in spool.batches():
                    put(connection, table, batch, {"run_id": run_id})
            set_status(connection, run_id, "done")
    return run_id


def _size(connection: Connection, dataset_id: str) -> int:
    check_dataset(connection, dataset_id)
    n = select(schema.dataset.c.n_instances).where(schema.dataset.c.id == dataset_id)
    return int(connection.execute(n).scalar_one())


def _fill_import(
    spools: Sequence[Spool],
    run_id: str,
    size: int,
    stages: tuple[Iterable[Prediction] | None, Iterable[Prediction] | None],
    chosen: Sequence[tuple[Selection, tuple[int, ...]]],
) -> None:
    def inside(position: int) -> int:
        if not 0 <= position < size:
            raise FormatError(run_id, 0, f"item {position} is not one of the {size} of its data set.")
        return position

    def labels() -> Iterator[Row]:
        for stage, found in zip(("stage1", "stage2"), stages, strict=True):
            for row in found or ():
                inside(row.position)
                yield rows.prediction_row(stage, row)

    dataset_id = run_id.rpartition("/")[0]
    spools[0].fill(labels())
    spools[1].fill(rows.selection_row(inside(row.query), row) for row, _ in chosen)
    spools[2].fill(
        exemplar
        for row, places in chosen
        for exemplar in exemplar_rows(row.query, dataset_id, row, [inside(place) for place in places])
    )


def add_completions(store: Store, dataset_id: str, completions: Iterable[Completion]) -> int:
    """Store recorded calls verbatim; those that are there already stay. Returns how many are new.

    Raises:
        UnknownName: no such data set.
    """
    with Spool(rows.COMPLETION, store.path.parent) as spool:
        spool.fill(map(rows.completion_row, completions))
        with store.write() as connection:
            check_dataset(connection, dataset_id)
            owner = {"dataset_id": dataset_id}
            return sum(
                put(connection, schema.completion, batch, owner, ignore=True) for batch in spool.batches()
            )


def add_template(store: Store, dataset_id: str, name: str, text: str, source: str) -> None:
    """Keep a prompt template that came with a data set; one of this name is replaced."""
    with store.write() as connection:
        check_dataset(connection, dataset_id)
        row = {"dataset_id": dataset_id, "name": name, "text": text, "source": source}
        statement = insert(schema.template).values(row)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["dataset_id", "name"], set_={"text": text, "source": source}
            )
        )


def put_scores(store: Store, run_id: str, scores: Iterable[Score]) -> None:
    """Store a run's scores; one of the same stage, gold and metric is replaced. Raises UnknownName."""
    with store.write() as connection:
        known = connection.scalars(select(schema.run.c.id)).all()
        if run_id not in known:
            raise UnknownName("run", run_id, known)
        for score in scores:
            found = {
                "value": score.value,
                "label_set": list(score.label_set),
                "n_instances": score.n_instances,
            }
            key = {"run_id": run_id, "stage": score.stage, "gold": score.gold, "metric": score.metric}
            statement = insert(schema.score).values({**key, **found})
            connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=found))


def delete_run(store: Store, run_id: str) -> None:
    """Delete a run with its labels, selections and scores.

    Raises:
        UnknownName: no such run.
        StudioError: it is the gold of a data set.
    """
    with store.write() as connection:
        rows = connection.execute(select(schema.run.c.id, schema.run.c.kind))
        kinds = {row.id: row.kind for row in rows}
        if run_id not in kinds:
            raise UnknownName("run", run_id, kinds)
        if kinds[run_id] == "gold":
            raise StudioError(f"{run_id} is the gold of its data set.", "Delete the whole data set instead.")
        delete_runs(connection, [run_id])
