"""A finished job's directory into the workspace, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import ARRAY, Connection, String, Table, bindparam, delete, func, insert, select

from core import rows
from core.errors import StudioError
from core.rows import BATCH
from core.store import schema
from core.store.arrow import put
from core.store.database import Store
from core.store.facts_runs import insert_run, run_row, set_status
from core.store.taking_over import take_over

_FILES: Mapping[str, tuple[Table, pa.Schema]] = {
    "prediction": (schema.prediction, rows.PREDICTION),
    "selection": (schema.selection, rows.SELECTION),
    "exemplar": (schema.exemplar, rows.EXEMPLAR),
    "influence": (schema.influence, rows.INFLUENCE),
    "completion": (schema.completion, rows.COMPLETION),
}


def ingest(store: Store, job_dir: Path) -> str:
    """Store what a worker computed and mark its run finished. Doing it twice changes nothing.

    Args:
        job_dir: holds `job.json` and `out/*.parquet` with `out/done.json`, written last.

    Returns:
        The run's id.

    Raises:
        StudioError: the job is not finished, or its files are not what a worker writes.
        UnknownName: the data set was deleted meanwhile.
    """
    said, done = _json(job_dir / "job.json"), _json(job_dir / "out" / "done.json")
    run_id, dataset_id = str(said["run_id"]), str(said["dataset_id"])
    if _is_ingested(store, job_dir):
        return run_id
    recipe = said.get("recipe", {})
    row = run_row(
        run_id,
        dataset_id,
        str(recipe.get("name", "")),
        recipe,
        seed=said.get("seed"),
        code_version=str(said.get("code_version", "")),
        parent=said.get("parent"),
        meta={
            "sources": said.get("sources", []),
            "warnings": said.get("warnings", []),
            "seconds": done.get("seconds"),
            "said_until": said.get("said_until", ""),
            **done.get("notes", {}),
        },
    )
    with store.write() as connection:
        insert_run(connection, row)
        for path in sorted((job_dir / "out").glob("*.parquet")):
            _ingest_file(connection, path, f"{job_dir.name}/{path.name}", job_dir.name, row)
        if row["parent"]:
            take_over(connection, run_id, row["parent"])
        set_status(connection, run_id, str(done.get("status", "done")))
        connection.execute(insert(schema.job).values(_job_row(job_dir.name, row, done)))
    return run_id


def _json(path: Path) -> dict[str, Any]:
    try:
        value: dict[str, Any] = json.loads(path.read_text("utf8"))
    except (OSError, ValueError) as error:
        raise StudioError(f"{path}: the job is not finished, or not a job ({error}).") from error
    return value


def _is_ingested(store: Store, job_dir: Path) -> bool:
    with store.read() as connection:
        found = select(schema.job.c.id).where(schema.job.c.id == job_dir.name)
        return connection.scalar(found) is not None


def _ingest_file(connection: Connection, path: Path, name: str, job_id: str, run: Mapping[str, Any]) -> None:
    kind = path.stem.partition("-")[0]
    if kind not in _FILES:
        return
    table, wanted = _FILES[kind]
    owner = {"dataset_id": run["dataset_id"]} if kind == "completion" else {"run_id": run["id"]}
    n = 0
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(BATCH, columns=wanted.names):
                if kind == "completion":
                    _forget_failed(connection, str(run["dataset_id"]), batch)
                put(connection, table, batch.select(wanted.names).cast(wanted), owner, ignore=True)
                n += batch.num_rows
    except (pa.ArrowException, KeyError) as error:
        raise StudioError(f"{path}: this is not a result of a worker ({error}).") from error
    row = {"path": name, "job_id": job_id, "n_rows": n, "created_at": datetime.now(UTC)}
    connection.execute(insert(schema.ingested).values(row))


def _forget_failed(connection: Connection, dataset_id: str, batch: pa.RecordBatch) -> None:
    """A call that failed gives way to the answer that came when it was made again."""
    table = schema.completion
    keys = bindparam(None, batch.column("key").to_pylist(), type_=ARRAY(String))
    again = table.c.key.in_(select(func.unnest(keys, type_=String)))
    connection.execute(
        delete(table).where(table.c.dataset_id == dataset_id, table.c.status == "failed", again)
    )


def _job_row(name: str, run: Mapping[str, Any], done: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": name,
        "run_id": run["id"],
        "dataset_id": run["dataset_id"],
        "recipe": run["recipe"],
        "status": str(done.get("status", "done")),
        "seconds": done.get("seconds"),
        "created_at": run["created_at"],
    }
