"""The demo: one released language's recorded GPT-4 run, replayed through the whole pipeline."""

from __future__ import annotations

from pathlib import Path

from core import catalog
from core.download import kept_folder
from core.errors import StudioError
from core.importing import import_catalog
from core.jobs.launch import run_here
from core.jobs.prepare import Request
from core.prefetch import prefetch_entry
from core.settings import Settings
from core.store import Store, facts, views
from core.types import Report

DATASET = "ssp-release-gsw"
REPLAY = Request("ssp", DATASET, {"llm": "replay"})
OFFLINE = Request("ssp", DATASET, {"llm": "offline"})
MARK = "demo"


def folder(settings: Settings) -> Path:
    """The demo's own workspace, inside the user's."""
    return settings.workspace / "demo"


def prepare_demo(store: Store, settings: Settings, report: Report) -> str:
    """Import the release and replay it; returns the id of the replayed run.

    The files are kept in the demo's workspace, so that `reset` needs neither network nor mirror.
    """
    (settings.workspace / MARK).touch()
    if not any(dataset.id == DATASET for dataset in views.datasets(store)):
        _keep(settings, report)
        import_catalog(store, settings, DATASET, report)
    run_here(store, settings, OFFLINE, report)
    return run_here(store, settings, REPLAY, report)[0]


def is_demo(settings: Settings) -> bool:
    return (settings.workspace / MARK).is_file()


def reset(store: Store, settings: Settings, report: Report) -> str:
    """Throw away whatever was done in the demo and prepare it again; returns the run's id.

    Raises:
        StudioError: the workspace is not the demo's; nothing was thrown away.
        DownloadError: the kept files are gone and cannot be had; nothing was thrown away.
    """
    if not is_demo(settings):
        raise StudioError(
            f"{settings.workspace} is not the demo's workspace: it is not reset.",
            "Open the demo with `make demo`.",
        )
    _keep(settings, report)
    for dataset in views.datasets(store):
        facts.delete_dataset(store, dataset.id, force=True)
    return prepare_demo(store, settings, report)


def _keep(settings: Settings, report: Report) -> None:
    """Have the demo's files in its workspace; those that are there already are not asked for again."""
    if not (kept_folder(settings) / catalog.entry(DATASET).repository).is_dir():
        prefetch(settings, report)


def prefetch(settings: Settings, report: Report) -> int:
    """Copy every file the demo reads into its workspace; returns how many there are."""
    return prefetch_entry(settings, DATASET, report)
