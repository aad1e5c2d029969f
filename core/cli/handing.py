"""A command hands its work to the dashboard that has the workspace open, and follows it there."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core import presence, processes
from core.errors import Cancelled, StoreLocked, StudioError
from core.jobs import JobStatus, cancel, status
from core.jobs.board import folder_of
from core.jobs.inbox import ANSWER
from core.jobs.launch import told
from core.jobs.prepare import Request
from core.presence import Dashboard
from core.sample import sample_entries, sample_runs
from core.settings import Settings
from core.types import Report
from core.whole_files import read_json, replace_json

SECONDS_BETWEEN_LOOKS = 0.2


class NotDone(StudioError):
    """What a dashboard could not do, in its words."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        super().__init__(str(said.get("error") or said.get("message")), str(said.get("hint", "")))
        self.code = str(said.get("code", StudioError.code))
        self.exit_code = int(said.get("exit_code", StudioError.exit_code))


def open_dashboard(settings: Settings, locked: StoreLocked) -> Dashboard | None:
    """The dashboard that holds the store, if that is who holds it."""
    found = presence.dashboard(settings.workspace)
    return found if found and found.process.pid == locked.pid else None


def run_there(settings: Settings, request: Request, report: Report) -> dict[str, Any]:
    """Have the dashboard carry out a run, and wait for it; answers as `storing.outcome`.

    Raises:
        StudioError: what the dashboard says; Cancelled on Ctrl-C, which stops the job.
    """
    said = ask(settings, {"kind": "run", "request": asdict(request)})
    if "done" in said:
        return dict(said["done"])
    job = str(said["job"])
    try:
        return _followed(settings, job, report)
    except KeyboardInterrupt:
        cancel(settings, job)
        raise Cancelled(f"stopped the job {job}.", f"Go on with: ssp jobs resume {job}") from None


def sample_there(settings: Settings, report: Report) -> list[str]:
    """As `core.sample.prepare_sample`, by the dashboard."""
    entries = sample_entries()
    for number, entry in enumerate(entries):
        report("importing the sample", number, len(entries))
        ask(settings, {"kind": "import", "entry": entry.id})
    return [str(run_there(settings, request, report)["run"]) for request in sample_runs()]


def ask(settings: Settings, what: Mapping[str, Any]) -> dict[str, Any]:
    """The dashboard's answer to a request in its inbox."""
    name = f"{time.time_ns()}-{os.getpid()}"
    path = settings.inbox / f"{name}.json"
    answer = path.with_name(f"{name}{ANSWER}")
    settings.inbox.mkdir(parents=True, exist_ok=True)
    replace_json(path, asdict(processes.this()) | dict(what))
    try:
        while not answer.exists():
            _still_there(settings)
            time.sleep(SECONDS_BETWEEN_LOOKS)
        said = read_json(answer)
    finally:
        path.unlink(missing_ok=True)
        answer.unlink(missing_ok=True)
    if "error" in said:
        raise NotDone(said)
    return said


def _still_there(settings: Settings) -> None:
    if presence.dashboard(settings.workspace) is None:
        raise StudioError(
            "the dashboard that was asked has gone.", "Give the command again: it then runs here, or goes on."
        )


def _followed(settings: Settings, job: str, report: Report) -> dict[str, Any]:
    while True:
        found = status(settings, job)
        if found.state == "done":
            return dict(told(settings, job))
        if found.state in {"failed", "cancelled"}:
            raise _ended(folder_of(settings, job), found)
        if found.state == "queued" and not found.stage:
            report("waiting for other jobs", 0, 0)
        elif found.stage:
            report(found.stage, found.done, found.total)
        _still_there(settings)
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _ended(folder: Path, found: JobStatus) -> StudioError:
    if found.state == "cancelled":
        return Cancelled(f"the job {found.id} was stopped.", f"Go on with: ssp jobs resume {found.id}")
    return NotDone(read_json(folder / "error.json") or {"message": found.message})
