"""A job that came to the end of its budget: given more, it goes on where it stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core import processes
from core.errors import StudioError
from core.jobs.board import ACTIVE, folder_of, read_status, worker
from core.jobs.bundle import save
from core.jobs.folders import clear
from core.jobs.prepare import Request, prepare
from core.settings import Settings
from core.store import Store
from core.whole_files import read_json

LIMITS = ("max_price", "max_total_tokens", "max_calls")
"""Settings `llm.…` that limit what a run may spend; 0 = no limit."""


def limits(settings: Settings, job_id: str) -> dict[str, float]:
    """What a job may spend, by name of the limit; 0 = no limit. Raises UnknownName."""
    said = read_json(folder_of(settings, job_id) / "job.json")
    table = said.get("recipe", {}).get("llm", {})
    return {name: float(table.get(name, 0)) for name in LIMITS}


def raise_budget(store: Store, settings: Settings, job_id: str, wanted: Mapping[str, float]) -> None:
    """Set the limits of a job that has stopped, and let it go on; finished calls are not repeated.

    Raises:
        UnknownName: no such job, or no such limit. StudioError: it is on its way or cannot be made anew.
    """
    folder = folder_of(settings, job_id)
    if read_status(folder).state in ACTIVE or processes.alive(worker(folder)):
        raise StudioError(f"the job {job_id} is on its way.", "Stop it first.")
    said = read_json(folder / "job.json")
    if "request" not in said:
        raise StudioError("an older version of the program made this job.", "Start the run again.")
    request = Request(**said["request"])
    changed = {f"llm.{name}": f"{wanted[name]:g}" for name in LIMITS if name in wanted}
    request = replace(request, overrides={**request.overrides, **changed})
    save(prepare(store, request), folder, {"request": _plain(request), "asked": said["asked"]})
    clear(folder)


def _plain(request: Request) -> dict[str, object]:
    return {name: getattr(request, name) for name in Request.__dataclass_fields__}
