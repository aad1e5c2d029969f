"""Starting runs: in a worker of the dashboard, or here, in the process of a command line."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from core import processes
from core.errors import Cancelled, StudioError
from core.jobs.board import ONLY_HERE, folder_of, read_status, worker
from core.jobs.carrying import carry_out
from core.jobs.claim import claimed
from core.jobs.folders import clear, make, renew, tidy, unfinished
from core.jobs.prepare import Request, prepare
from core.jobs.progress import FileReport
from core.jobs.storing import bring_in, fail, finished, mark_done
from core.settings import Settings
from core.store import Store
from core.types import Report
from core.whole_files import read_json

SECONDS_FOR_AN_ORPHAN = 15.0
AGAIN = "Give the same command again to go on where it stopped."


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
    """Ask for a run in a worker process; returns the job's id at once.

    A run that is stored already becomes a job that is done; one that was stopped, or failed, goes on.
    """
    return submit(store, settings, Request(recipe, dataset, overrides or {}, sources, split, limit, seed))


def submit(store: Store, settings: Settings, request: Request) -> str:
    """As `start`, for a request. Raises what `prepare` raises."""
    job = prepare(store, request)
    stored = finished(store, job.run_id, job.dataset.id)
    folder = None if stored else unfinished(settings, job.run_id)
    if folder is None:
        folder = make(settings, job, request)
        if stored:
            mark_done(store, folder, job.run_id, computed=False)
    elif read_status(folder).state in {"cancelled", "failed"}:
        clear(folder)
    return folder.name


def cancel(settings: Settings, job_id: str) -> None:
    """Ask a job to stop; what it has finished is kept. Raises UnknownName."""
    (folder_of(settings, job_id) / "cancel").touch()


def resume(settings: Settings, job_id: str) -> None:
    """Let a job that was stopped, or failed, go on: a dashboard takes it up by itself.

    Raises:
        UnknownName: no such job. StudioError: it did not stop.
    """
    folder = folder_of(settings, job_id)
    state = read_status(folder).state
    if state not in {"cancelled", "failed"}:
        raise StudioError(f"the job {job_id} is {state}: there is nothing to resume.")
    clear(folder)


def run_here(store: Store, settings: Settings, request: Request, report: Report) -> tuple[str, bool]:
    """Run in this process (the command line) and ingest; goes on where the same run was interrupted.

    Returns:
        The run's id and whether it had to be computed (False: the same run is already stored).

    Raises:
        StudioError: what `prepare` and `core.pipeline.run` raise; Cancelled on Ctrl-C.
    """
    job = prepare(store, request)
    if finished(store, job.run_id, job.dataset.id):
        return job.run_id, False
    folder = unfinished(settings, job.run_id) or make(settings, job, request, only_here=True)
    return finish_here(store, folder, report), True


def finish_here(store: Store, folder: Path, report: Report) -> str:
    """Carry a job out in this process, from where it stopped, and ingest it; returns the run's id.

    Raises:
        StudioError: as `run_here`.
    """
    own = (folder / ONLY_HERE).exists()
    _let_go(folder)
    with claimed(folder):
        clear(folder)
        (folder / ONLY_HERE).touch()  # nobody else goes on with it while it is stopped
        renew(store, folder)
        try:
            if not (folder / "out" / "done.json").exists():
                carry_out(folder, _both(report, FileReport(folder)))
            run_id = bring_in(store, folder)
        except (KeyboardInterrupt, Cancelled):
            (folder / "cancel").touch()
            raise Cancelled(f"stopped. {AGAIN}") from None
        except StudioError as error:
            _give_up(folder, error, own=own)
            raise
    if own:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        (folder / ONLY_HERE).unlink(missing_ok=True)
        tidy(folder)
    return run_id


def _give_up(folder: Path, error: StudioError, *, own: bool) -> None:
    if own:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        fail(folder, error)


def _let_go(folder: Path) -> None:
    """Wait for the worker of a dashboard that was killed: it ends when it notices."""
    end = time.monotonic() + SECONDS_FOR_AN_ORPHAN
    while time.monotonic() < end:
        holder = worker(folder)
        if not processes.alive(holder) or holder == processes.this():
            return
        time.sleep(0.1)


def _both(first: Report, second: Report) -> Report:
    def report(stage: str, done: int, total: int) -> None:
        first(stage, done, total)
        second(stage, done, total)

    return report


def told(settings: Settings, job_id: str) -> Mapping[str, object]:
    """What a command line answers for a job that is done (see `storing.outcome`)."""
    return read_json(folder_of(settings, job_id) / "ingested")
