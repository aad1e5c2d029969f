"""The state of every job, read from its folder alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from core import processes
from core.errors import UnknownName
from core.processes import Process
from core.settings import Settings
from core.whole_files import read_json

State = Literal["queued", "running", "ingesting", "done", "failed", "cancelled"]
ACTIVE: frozenset[State] = frozenset({"queued", "running", "ingesting"})
ONLY_HERE = "in-this-process"
"""Marks the folder of a run that a command line carries out itself."""
UNWRITTEN: dict[Path, dict[str, Any]] = {}
"""Why a job failed, where that could not be written into its folder (a full disk)."""
SPENDING = "llm.json"
"""What asking a language model took so far: calls, tokens, money."""
TAIL = 16_384
"""Bytes of a log that are looked at from its end."""


@dataclass(frozen=True, slots=True)
class JobStatus:
    """Where a job stands: `done` of `total` in `stage`; `message` says why it ended.

    `started` is when it was asked for (seconds as a file's time has them), `spent` the seconds workers
    have spent on it, `rate` items per second, `left` the seconds left in the stage, None where unknown.
    `code` is the kind of error it ended with; `model` what asking a language model took so far
    (`llm.json`), empty where none is asked.
    """

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
    spent: float = 0.0
    rate: float | None = None
    left: float | None = None
    code: str = ""
    model: Mapping[str, Any] = field(default_factory=dict)


def status(settings: Settings, job_id: str) -> JobStatus:
    """State of one job. Raises UnknownName."""
    return read_status(folder_of(settings, job_id))


def folder_of(settings: Settings, job_id: str) -> Path:
    """The folder of a job. Raises UnknownName."""
    found = {folder.name: folder for folder in folders(settings)}
    if job_id not in found:
        raise UnknownName("job", job_id, found)
    return found[job_id]


def list_jobs(settings: Settings) -> list[JobStatus]:
    """All jobs, newest first."""
    return _newest_first(read_status(folder) for folder in folders(settings))


def open_jobs(settings: Settings) -> list[JobStatus]:
    """The jobs whose results are not in the database, newest first; quick however many there were."""
    return _newest_first(job for _, job in unfinished_jobs(settings))


def _newest_first(jobs: Iterable[JobStatus]) -> list[JobStatus]:
    return sorted(jobs, key=lambda job: (job.started, job.id), reverse=True)


def folders(settings: Settings) -> Iterator[Path]:
    """The folders of all jobs that are complete enough to be one, and those that cannot be looked into."""
    if settings.jobs.is_dir():
        for path in settings.jobs.iterdir():
            if not path.name.startswith(".") and _is_job(path):
                yield path


def _is_job(folder: Path) -> bool:
    try:
        return folder.is_dir() and (folder / "job.json").exists()
    except OSError:
        return True


def unfinished_jobs(settings: Settings) -> Iterator[tuple[Path, JobStatus]]:
    """The jobs whose results are not in the database; of the others, however many, nothing is read."""
    for folder in folders(settings):
        if not _is_done(folder):
            yield folder, read_status(folder)


def _is_done(folder: Path) -> bool:
    try:
        return (folder / "ingested").exists()
    except OSError:
        return False


def log_tail(settings: Settings, job_id: str, lines: int = 20) -> str:
    """The last lines of what a job's workers said. Raises UnknownName."""
    return tail(folder_of(settings, job_id), lines)


def tail(folder: Path, lines: int) -> str:
    path = folder / "log.txt"
    try:
        with path.open("rb") as log:
            log.seek(max(0, path.stat().st_size - TAIL))
            text = log.read().decode("utf8", "replace")
    except OSError:
        return ""
    return "\n".join(text.strip().splitlines()[-lines:])


def read_status(folder: Path) -> JobStatus:
    """State of the job in a folder; one that cannot be read has failed, and says so."""
    try:
        said = _description(folder / "job.json", (folder / "job.json").stat().st_mtime_ns)
        progress, failed = read_json(folder / "progress.json"), _failure(folder)
        state = _state(folder, failed)
        started = float(said.get("asked") or (folder / "job.json").stat().st_mtime)
    except (OSError, ValueError) as error:
        message = f"the folder of this job cannot be read ({error})."
        return JobStatus(folder.name, "failed", "", 0, 0, "", "", "", message, 0.0)
    return JobStatus(
        id=folder.name,
        state=state,
        stage=str(progress.get("stage", "")),
        done=int(progress.get("done", 0)),
        total=int(progress.get("total", 0)),
        run_id=str(said.get("run_id", "")),
        dataset=str(said.get("dataset_id", "")),
        recipe=str(said.get("recipe", {}).get("name", "")),
        message=str(failed.get("message", "stopped." if state == "cancelled" else "")),
        started=started,
        spent=float(progress.get("spent", 0.0)),
        rate=progress.get("rate"),
        left=progress.get("left"),
        code=str(failed.get("code", "")),
        model=read_json(folder / SPENDING),
    )


def _failure(folder: Path) -> Mapping[str, Any]:
    return read_json(folder / "error.json") or UNWRITTEN.get(folder, {})


@lru_cache(maxsize=4096)
def _description(path: Path, _changed: int) -> Mapping[str, Any]:
    """What a job is; read once, since the file changes only when a job begins anew."""
    return read_json(path)


def _state(folder: Path, failed: Mapping[str, Any]) -> State:
    if (folder / "ingested").exists():
        return "done"
    if failed:
        return "cancelled" if failed.get("state") == "cancelled" else "failed"
    if processes.alive(worker(folder)):
        return "running"
    if (folder / "out" / "done.json").exists():
        return "ingesting"
    if (folder / "cancel").exists() or (folder / ONLY_HERE).exists():
        return "cancelled"
    return "queued"


def worker(folder: Path) -> Process | None:
    """Who carries the job out, or did when it was killed."""
    return Process.read(read_json(folder / "worker.json"))
