"""The demo: one released language's recorded GPT-4 run, replayed through the whole pipeline."""

from __future__ import annotations

from pathlib import Path

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
    """Import the release and replay it; returns the id of the replayed run."""
    (settings.workspace / MARK).touch()
    if not any(dataset.id == DATASET for dataset in views.datasets(store)):
        import_catalog(store, settings, DATASET, report)
    run_here(store, settings, OFFLINE, report)
    return run_here(store, settings, REPLAY, report)[0]


def is_demo(settings: Settings) -> bool:
    return (settings.workspace / MARK).exists()


def reset(store: Store, settings: Settings, report: Report) -> str:
    """Throw away whatever was done in the demo and prepare it again; returns the run's id."""
    for dataset in views.datasets(store):
        facts.delete_dataset(store, dataset.id, force=True)
    return prepare_demo(store, settings, report)


def prefetch(settings: Settings, report: Report) -> int:
    """Copy every file the demo reads into its workspace; returns how many there are."""
    return prefetch_entry(settings, DATASET, report)
