"""Starting runs and bringing their results into the database."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.errors import Cancelled, FormatError, UnknownName
from core.jobs.board import alive, jobs_folder, list_jobs, read_status
from core.jobs.bundle import replace_json, save
from core.jobs.prepare import Request, prepare
from core.jobs.worker import carry_out
from core.run_input import RunInput
from core.scoring import score_run
from core.settings import Settings
from core.store import Store, facts, views
from core.types import Report

ONLY_HERE = "in-this-process"
"""Marks the folder of a run that the command line carries out itself."""


def run_here(store: Store, settings: Settings, request: Request, report: Report) -> tuple[str, bool]:
    """Run in this process (the command line) and ingest.

    Returns:
        The run's id and whether it had to be computed (False: the same run is already stored).
    """
    job = prepare(store, request)
    if finished(store, job):
        return job.run_id, False
    _sweep(settings)
    folder = _new_folder(settings, job)
    (folder / "pid").write_text(str(os.getpid()))
    (folder / ONLY_HERE).touch()
    try:
        carry_out(folder, report)
        _ingest(store, folder)
    except KeyboardInterrupt:
        raise Cancelled("stopped; nothing of this run was kept.") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return job.run_id, True


def start(
    store: Store,
    settings: Settings,
    recipe: str,
    dataset: str,
    overrides: Mapping[str, str] | None = None,
    *,
    sources: Sequence[str] = (),
    split: str | None = None,
    limit: int | None = None,
    seed: int = 0,
) -> str:
    """Start a run in a worker process; returns the job's id at once.

    A run that is stored already becomes a job that is done.
    """
    job = prepare(store, Request(recipe, dataset, overrides or {}, sources, split, limit, seed))
    folder = _new_folder(settings, job)
    if finished(store, job):
        (folder / "ingested").touch()
    else:
        _spawn(folder)
    return folder.name


def poll(store: Store, settings: Settings) -> list[str]:
    """Ingest what workers have finished; returns the ids of the runs that became visible."""
    runs = []
    for job in list_jobs(settings):
        folder = jobs_folder(settings) / job.id
        if job.state == "ingesting":
            runs += _ingest_or_say(store, folder)
        elif job.state in {"queued", "running"} and _worker_gone(folder):
            replace_json(folder / "error.json", {"state": "failed", "message": _last_words(folder)})
    return runs


def _sweep(settings: Settings) -> None:
    """Remove what a killed command line left behind: its inputs are in the database anyway."""
    for mark in jobs_folder(settings).glob(f"*/{ONLY_HERE}"):
        if not alive(int((mark.parent / "pid").read_text())):
            shutil.rmtree(mark.parent, ignore_errors=True)


def finished(store: Store, job: RunInput) -> bool:
    """Whether exactly this run is stored and complete."""
    return any(
        run["id"] == job.run_id and run["status"] == "done" for run in views.runs(store, job.dataset.id)
    )


def _new_folder(settings: Settings, job: RunInput) -> Path:
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{job.run_id[:8]}-{os.urandom(2).hex()}"
    folder = jobs_folder(settings) / name
    folder.mkdir(parents=True)
    save(job, folder)
    return folder


def _spawn(folder: Path) -> None:
    """The worker runs niced, so that people who annotate meanwhile do not feel it."""
    command = [sys.executable, "-m", "core.jobs.worker", str(folder), str(os.getpid())]
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            ["nice", "-n", "10", *command] if shutil.which("nice") else command,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            env=os.environ | {"SSP_WORKSPACE": str(folder.parents[1])},
        )
    (folder / "pid").write_text(str(process.pid))
    process.returncode = 0  # the board, not this handle, waits for the process


def _worker_gone(folder: Path) -> bool:
    pid = folder / "pid"
    return (
        pid.exists()
        and not alive(int(pid.read_text()))
        and read_status(folder).state in {"queued", "running"}
    )


def _last_words(folder: Path) -> str:
    log = (folder / "log.txt").read_text("utf8", errors="replace").strip().splitlines()
    return f"the worker ended without a word: {log[-1] if log else 'no output'} (see {folder / 'log.txt'})."


def _ingest_or_say(store: Store, folder: Path) -> list[str]:
    """The run, or nothing and an error in the job: results that cannot be stored are not tried for ever."""
    try:
        return [_ingest(store, folder)]
    except (UnknownName, FormatError) as error:
        replace_json(folder / "error.json", {"state": "failed", "message": str(error), "code": error.code})
        return []


def _ingest(store: Store, folder: Path) -> str:
    run_id = facts.ingest(store, folder)
    score_run(store, run_id)
    (folder / "ingested").touch()
    return run_id
