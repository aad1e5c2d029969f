"""A command line hands its work to the dashboard that has the workspace open: the dashboard's side.

`inbox/ID.json` is a request, `inbox/ID.answer.json` what became of it. Both appear whole. A request is
answered before it is removed, and answering it twice gives the same answer.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from core import processes
from core.errors import StudioError
from core.importing import import_catalog
from core.jobs.launch import submit
from core.jobs.prepare import Request, prepare
from core.jobs.storing import finished, outcome
from core.processes import Process
from core.settings import Settings
from core.store import Store, views
from core.whole_files import read_json, replace_json

ANSWER = ".answer.json"
SECONDS_TO_READ = 600.0
"""An answer nobody took in this time is removed: whoever asked has gone."""


def answer_all(store: Store, settings: Settings) -> None:
    """Answer every request in the inbox, the oldest first."""
    for path in sorted(settings.inbox.glob("*.json")):
        if path.name.endswith(ANSWER):
            _forget_old(path)
        elif not path.name.startswith("."):
            _answer(store, settings, path)


def _forget_old(path: Path) -> None:
    with suppress(OSError):
        if time.time() - path.stat().st_mtime > SECONDS_TO_READ:
            path.unlink()


def _answer(store: Store, settings: Settings, path: Path) -> None:
    try:
        said = read_json(path)
    except ValueError:
        said = {}
    if not said or processes.alive(Process.read(said)):
        try:
            answer = _carried_out(store, settings, said)
        except StudioError as error:
            answer = refusal(error)
        replace_json(path.with_name(f"{path.stem}{ANSWER}"), answer)
    path.unlink(missing_ok=True)


def refusal(error: StudioError) -> dict[str, Any]:
    return {
        "error": error.message,
        "hint": error.hint,
        "code": error.code,
        "exit_code": error.exit_code,
    }


def _carried_out(store: Store, settings: Settings, said: Mapping[str, Any]) -> dict[str, Any]:
    """Raises StudioError, also for what is no request at all."""
    try:
        if said["kind"] == "import":
            return _imported(store, settings, str(said["entry"]))
        return _run(store, settings, Request(**said["request"]))
    except (KeyError, TypeError) as error:
        raise StudioError(
            f"the dashboard does not understand this request ({error}).", "Restart it."
        ) from error


def _run(store: Store, settings: Settings, request: Request) -> dict[str, Any]:
    job = prepare(store, request)
    if finished(store, job.run_id, job.dataset.id):
        return {"done": outcome(store, job.run_id, computed=False)}
    return {"job": submit(store, settings, request)}


def _imported(store: Store, settings: Settings, entry: str) -> dict[str, Any]:
    if all(dataset.id != entry for dataset in views.datasets(store)):
        import_catalog(store, settings, entry, _silent)
    return {"dataset": entry}


def _silent(_stage: str, _done: int, _total: int) -> None:
    """Nobody follows the import of one entry."""
