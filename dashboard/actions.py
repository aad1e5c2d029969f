"""What pages do. Every change to the workspace goes through here and is refused while presenting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core import demo, importing, jobs
from core.errors import StudioError
from core.jobs import prepare
from core.settings import settings
from core.types import Dataset, Report
from dashboard import resources, state

ACTIVE = {"queued", "running", "ingesting"}


class ReadOnly(StudioError):
    """A change was asked for where nothing may be changed."""

    code = "read_only"


def _writable() -> None:
    if state.view().present:
        raise ReadOnly(
            "this is presentation mode: nothing can be changed.", "Remove present=1 from the address."
        )


def import_dataset(entry_id: str, report: Report) -> dict[str, Any]:
    """Import a catalog entry; answers as `core.importing.import_catalog` does."""
    _writable()
    return importing.import_catalog(resources.store(), settings(), entry_id, report)


def start_run(
    recipe: str,
    dataset: str,
    overrides: Mapping[str, str],
    *,
    sources: Sequence[str] = (),
    split: str | None = None,
    limit: int | None = None,
    seed: int = 0,
) -> str:
    """Start a run in a worker process; returns the job's id."""
    _writable()
    return jobs.start(
        resources.store(),
        settings(),
        recipe,
        dataset,
        overrides,
        sources=sources,
        split=split,
        limit=limit,
        seed=seed,
    )


def default_sources(dataset: Dataset) -> list[str]:
    """What Stage I learns from when a run names no sources."""
    return prepare.default_sources(resources.store(), dataset)


def cancel(job_id: str) -> None:
    _writable()
    jobs.cancel(settings(), job_id)


def active_jobs() -> list[jobs.JobStatus]:
    """Jobs that are on their way."""
    return [job for job in jobs.list_jobs(settings()) if job.state in ACTIVE]


def all_jobs() -> list[jobs.JobStatus]:
    """Every job of the workspace, newest first."""
    return jobs.list_jobs(settings())


def last_job(dataset: str) -> jobs.JobStatus | None:
    return next((job for job in jobs.list_jobs(settings()) if job.dataset == dataset), None)


def poll() -> list[str]:
    """Bring in what workers have finished (the server's background thread calls this)."""
    return jobs.poll(resources.store(), settings())


def is_demo() -> bool:
    """Whether this workspace is the demo's own; one that merely holds the demo in a folder is not."""
    return demo.is_demo(settings())


def reset_demo(report: Report) -> str:
    """Restore the demo workspace; returns the id of its run."""
    _writable()
    return demo.reset(resources.store(), settings(), report)
