"""A finished job's results into the database, once, and what is told of them afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.errors import FormatError, StudioError, UnknownName
from core.jobs import distributions
from core.jobs.board import UNWRITTEN
from core.jobs.folders import tidy
from core.scoring import score_run
from core.store import Store, facts, views
from core.whole_files import read_json, replace_json


def finished(store: Store, run_id: str, dataset_id: str) -> bool:
    """Whether exactly this run is stored and complete."""
    return any(run["id"] == run_id and run["status"] == "done" for run in views.runs(store, dataset_id))


def bring_in(store: Store, folder: Path) -> str:
    """Store what a worker computed; doing it again changes nothing. Returns the run's id.

    Raises:
        StudioError: the results are not what a worker writes, or their data set was deleted.
    """
    run_id = facts.ingest(store, folder)
    score_run(store, run_id)
    distributions.keep(store, folder, run_id)
    mark_done(store, folder, run_id, computed=True)
    return run_id


def mark_done(store: Store, folder: Path, run_id: str, *, computed: bool) -> None:
    """Note that the run is in the database; the file says what a command line answers."""
    replace_json(folder / "ingested", outcome(store, run_id, computed=computed))
    tidy(folder)


def outcome(store: Store, run_id: str, *, computed: bool) -> dict[str, Any]:
    """What is told of a run that is stored. Raises UnknownName."""
    stored = views.run(store, run_id)
    return {
        "run": run_id,
        "dataset": stored["dataset"],
        "recipe": stored["recipe"],
        "stages": stored["stages"],
        "computed": computed,
        "left_out": sum(item.get("left_out", 0) for item in stored["meta"].get("sources", ())),
        "warnings": list(stored["meta"].get("warnings", ())),
    }


def bring_in_or_fail(store: Store, folder: Path) -> list[str]:
    """The run, or nothing and an error in the job: results that cannot be stored are not tried for ever."""
    try:
        return [bring_in(store, folder)]
    except (UnknownName, FormatError) as error:
        fail(folder, error)
        return []


def fail(folder: Path, error: StudioError) -> None:
    """Say in the job's folder why it failed; on a full disk, remember it."""
    state = "cancelled" if error.code == "cancelled" else "failed"
    said = {"state": state, "message": str(error), "code": error.code, "exit_code": error.exit_code}
    UNWRITTEN[folder] = said
    try:
        replace_json(folder / "error.json", said)
    except OSError:
        return
    del UNWRITTEN[folder]


def retry_unwritten(folder: Path) -> None:
    """Write what `fail` could not."""
    said = UNWRITTEN.get(folder)
    if said and not read_json(folder / "error.json"):
        replace_json(folder / "error.json", said)
        del UNWRITTEN[folder]
