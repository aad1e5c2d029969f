"""The state of every job, read from its directory alone."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.errors import UnknownName
from core.settings import Settings

State = Literal["queued", "running", "ingesting", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class JobStatus:
    """Where a job stands: `done` of `total` in `stage`; `message` says why it failed."""

    id: str
    state: State
    stage: str
    done: int
    total: int
    run_id: str
    dataset: str
    recipe: str
    message: str
    started: float


def jobs_folder(settings: Settings) -> Path:
    return settings.workspace / "jobs"


def status(settings: Settings, job_id: str) -> JobStatus:
    """State of one job. Raises UnknownName."""
    folder = jobs_folder(settings) / job_id
    if not (folder / "job.json").exists():
        raise UnknownName("job", job_id, [job.id for job in list_jobs(settings)])
    return read_status(folder)


def list_jobs(settings: Settings) -> list[JobStatus]:
    """All jobs, newest first."""
    folder = jobs_folder(settings)
    if not folder.is_dir():
        return []
    found = [read_status(path.parent) for path in folder.glob("*/job.json")]
    return sorted(found, key=lambda job: job.started, reverse=True)


def cancel(settings: Settings, job_id: str) -> None:
    """Ask a job to stop; it does so at its next progress report."""
    status(settings, job_id)
    (jobs_folder(settings) / job_id / "cancel").touch()


def read_status(folder: Path) -> JobStatus:
    said = _json(folder / "job.json")
    progress = _json(folder / "progress.json")
    failed = _json(folder / "error.json")
    return JobStatus(
        id=folder.name,
        state=_state(folder, failed),
        stage=str(progress.get("stage", "")),
        done=int(progress.get("done", 0)),
        total=int(progress.get("total", 0)),
        run_id=str(said.get("run_id", "")),
        dataset=str(said.get("dataset_id", "")),
        recipe=str(said.get("recipe", {}).get("name", "")),
        message=str(failed.get("message", "")),
        started=(folder / "job.json").stat().st_mtime,
    )


def _state(folder: Path, failed: dict[str, Any]) -> State:
    if (folder / "ingested").exists():
        return "done"
    if failed:
        return "cancelled" if failed.get("state") == "cancelled" else "failed"
    if (folder / "out" / "done.json").exists():
        return "ingesting"
    if not (folder / "progress.json").exists():
        return "queued"
    return "running"


def _json(path: Path) -> dict[str, Any]:
    try:
        value: dict[str, Any] = json.loads(path.read_text("utf8"))
    except FileNotFoundError:
        return {}
    return value


def alive(pid: int) -> bool:
    """Whether a process of this id runs (a zombie of ours counts as gone)."""
    try:
        reaped, _ = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        reaped = 0
    if reaped == pid:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
