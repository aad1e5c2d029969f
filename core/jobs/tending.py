"""What a dashboard does for its jobs, twice a second: start, notice deaths, bring results in."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from core import processes
from core.calls.noting import NOTE
from core.errors import StudioError
from core.jobs.board import UNWRITTEN, tail, unfinished_jobs, worker
from core.jobs.claim import ORPHANED, Claimed
from core.jobs.folders import renew
from core.jobs.inbox import answer_all
from core.jobs.storing import bring_in_or_fail, fail, finished, mark_done, retry_unwritten
from core.settings import Settings
from core.store import Store
from core.whole_files import PART, read_json, replace_json

DEATHS = 3
"""Deaths of a job's workers, with nothing finished between them, after which it is given up."""
Answer = TypeVar("Answer")
log = logging.getLogger(__name__)
_started: dict[Path, subprocess.Popen[bytes]] = {}
_said: dict[Path, str] = {}
_tending = threading.Lock()


def poll(store: Store, settings: Settings) -> list[str]:
    """Look after every job once; returns the ids of the runs that became visible.

    What cannot be read or written (a full disk, a folder without permission) is logged once and tried
    again; the other jobs go on.
    """
    with _tending:
        for begun in _started.values():
            begun.poll()
        _carefully(settings.inbox, partial(answer_all, store, settings))
        runs: list[str] = []
        waiting, busy = [], 0
        for folder, status in unfinished_jobs(settings):
            handle = _started.get(folder)
            if status.state == "running" or (handle and handle.returncode is None):
                busy += 1
            elif status.state == "queued":
                waiting.append((status.started, folder))
            else:
                runs += _carefully(folder, partial(_settle, store, folder, status.state)) or []
        for _, folder in sorted(waiting):
            free = busy < settings.jobs_at_a_time
            busy += bool(_carefully(folder, partial(_attend, store, folder, free=free)))
    return runs


def _carefully(folder: Path, work: Callable[[], Answer]) -> Answer | None:
    try:
        answer = work()
    except Exception as error:  # noqa: BLE001 - one job, whatever is wrong with it, does not stop the others
        if _said.get(folder) != str(error):
            log.error("%s: %s: %s", folder, type(error).__name__, error)
        _said[folder] = str(error)
        return None
    _said.pop(folder, None)
    return answer


def _settle(store: Store, folder: Path, state: str) -> list[str]:
    """What is to do for a job that no worker is needed for."""
    _started.pop(folder, None)
    if folder in UNWRITTEN:
        retry_unwritten(folder)
    return bring_in_or_fail(store, folder) if state == "ingesting" else []


def _attend(store: Store, folder: Path, *, free: bool) -> bool:
    """Start a worker for a job that has none, if there may be one more; whether the job has one now."""
    handle, holder = _started.get(folder), worker(folder)
    if processes.alive(holder):
        return True
    if handle or holder:
        _died(folder, handle.returncode if handle else None)
    if not free or folder in UNWRITTEN or (folder / "error.json").exists():
        return False
    try:
        renew(store, folder)
        said = read_json(folder / "job.json")
        if finished(store, said["run_id"], said["dataset_id"]):
            mark_done(store, folder, said["run_id"], computed=False)
            return False
    except StudioError as error:
        fail(folder, error)
        return False
    _started[folder] = spawn(folder)
    return True


def spawn(folder: Path) -> subprocess.Popen[bytes]:
    """A worker for a job: niced, so that people who annotate meanwhile do not feel it, and out of reach of
    the Ctrl-C that ends the dashboard.
    """
    command = [sys.executable, "-m", "core.jobs.worker", str(folder), str(os.getpid())]
    with (folder / "log.txt").open("ab") as said:
        return subprocess.Popen(
            ["nice", "-n", "10", *command] if shutil.which("nice") else command,
            stdout=said,
            stderr=said,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env=os.environ | {"SSP_WORKSPACE": str(folder.parents[1])},
        )


def _died(folder: Path, code: int | None) -> None:
    """A worker ended and said nothing: it is replaced, unless that has happened too often."""
    _started.pop(folder, None)
    (folder / "worker.json").unlink(missing_ok=True)
    if code in {Claimed.exit_code, ORPHANED}:
        return
    before, pieces = read_json(folder / "deaths.json"), _pieces(folder)
    deaths = 1 + (before.get("deaths", 0) if before.get("pieces") == pieces else 0)
    log.warning(
        "the worker of %s died (exit code %s); deaths without progress: %d", folder.name, code, deaths
    )
    try:
        replace_json(folder / "deaths.json", {"deaths": deaths, "pieces": pieces})
    except OSError as error:
        fail(
            folder, StudioError(f"the worker died, and {folder} cannot be written: {error.strerror}.", GO_ON)
        )
        return
    if deaths >= DEATHS:
        fail(folder, StudioError(f"{_cause(code)}{_last_words(folder)}", GO_ON))


GO_ON = "Resume it: it goes on where it stopped."


def _cause(code: int | None) -> str:
    how = "was killed (signal 9: often the machine is out of memory)" if code == -9 else "ended"
    return f"the worker {how} {DEATHS} times without finishing anything in between. "


def _last_words(folder: Path) -> str:
    said = tail(folder, 1)
    return f"Its last words: {said} (see {folder / 'log.txt'})." if said else "It left no word."


def _pieces(folder: Path) -> str:
    """Tells whether anything was finished since the last time."""
    found = [
        path.stat().st_mtime_ns
        for room in ("kept", "out")
        for path in (folder / room).rglob("*")
        if path.is_file() and not path.name.endswith(PART)
    ]
    calls = read_json(folder / NOTE).get("calls", 0)
    return f"{len(found)}/{max(found, default=0)}/{calls}"
