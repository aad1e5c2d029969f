"""Making, renewing, finding and removing the folders of jobs. Only the owner of the store does so."""

from __future__ import annotations

import os
import shutil
import threading
import time
from dataclasses import asdict
from pathlib import Path

from core import processes
from core.errors import StudioError
from core.jobs.board import ACTIVE, ONLY_HERE, UNWRITTEN, folder_of, read_status, unfinished_jobs, worker
from core.jobs.bundle import save
from core.jobs.prepare import Request, prepare
from core.run_identity import code_version
from core.run_input import RunInput
from core.settings import Settings
from core.store import Store
from core.whole_files import PART, read_json

DONE_WITH = ("in", "kept", "out", "lock", "deaths.json")
"""What nobody needs once the results are in the database."""
_MAKING = threading.Lock()


def make(settings: Settings, job: RunInput, request: Request, *, only_here: bool = False) -> Path:
    """The folder of a new job; it appears under its name when it is whole.

    Raises:
        StudioError: it cannot be written.
    """
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{job.run_id[:8]}-{os.urandom(2).hex()}"
    new, folder = settings.jobs / f".{name}", settings.jobs / name
    try:
        with _MAKING:
            _sweep(settings)
            new.mkdir(parents=True)
            if only_here:
                (new / ONLY_HERE).touch()
            save(job, new, {"request": asdict(request), "asked": time.time()})
            new.rename(folder)
    except OSError as error:
        shutil.rmtree(new, ignore_errors=True)
        raise StudioError(
            f"the job cannot be written into {settings.jobs}: {error.strerror or error}.",
            "Make room, try again.",
        ) from error
    return folder


def unfinished(settings: Settings, run_id: str) -> Path | None:
    """The folder of a job for exactly this run whose results are not in the database yet."""
    found = (folder for folder, status in unfinished_jobs(settings) if status.run_id == run_id)
    return next(found, None)


def renew(store: Store, folder: Path) -> None:
    """Where the code was changed since a job began, begin it anew: pieces of two versions never mix.

    Raises:
        StudioError: what was asked for cannot be carried out any more.
    """
    said = read_json(folder / "job.json")
    if said.get("code_version") == code_version():
        return
    if "request" not in said:
        raise StudioError("an older version of the program made this job.", "Start the run again.")
    for name in ("kept", "out", "progress.json", "deaths.json"):
        _remove(folder / name)
    asked = {key: said[key] for key in ("request", "asked")}
    save(prepare(store, Request(**said["request"])), folder, asked)


def clear(folder: Path) -> None:
    """Let a job that was stopped, or failed, go on."""
    UNWRITTEN.pop(folder, None)
    for name in ("error.json", "deaths.json", ONLY_HERE, "cancel"):
        (folder / name).unlink(missing_ok=True)


def tidy(folder: Path) -> None:
    """Remove what a job needed to be carried out, once its results are in the database."""
    for path in [*(folder / name for name in DONE_WITH), *folder.glob(f".*{PART}")]:
        _remove(path)


def discard(settings: Settings, job_id: str) -> None:
    """Delete the folder of a job that has ended; its results stay in the database.

    Raises:
        UnknownName: no such job. StudioError: it is on its way.
    """
    folder = folder_of(settings, job_id)
    if read_status(folder).state in ACTIVE or processes.alive(worker(folder)):
        raise StudioError(f"the job {job_id} is on its way.", "Stop it first.")
    UNWRITTEN.pop(folder, None)
    (folder / "job.json").unlink(missing_ok=True)  # from here on it is no job, even if this is interrupted
    shutil.rmtree(folder, ignore_errors=True)


def _sweep(settings: Settings) -> None:
    """Remove folders that were never whole, or were being deleted, when their process was killed."""
    for folder in settings.jobs.glob("*"):
        if folder.is_dir() and (folder.name.startswith(".") or not (folder / "job.json").exists()):
            shutil.rmtree(folder, ignore_errors=True)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
