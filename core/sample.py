"""The embedded sample: both stages run on data that ships with the project."""

from __future__ import annotations

from core import catalog
from core.importing import import_catalog
from core.jobs.launch import run_here
from core.jobs.prepare import Request
from core.settings import Settings
from core.store import Store, views
from core.types import Report


def prepare_sample(store: Store, settings: Settings, report: Report) -> list[str]:
    """Import the sample and run SSP on its targets; what is there already is left alone.

    Returns:
        Ids of the runs, one per target data set.
    """
    entries = [entry for entry in catalog.entries().values() if entry.kind == "sample"]
    present = {dataset.id for dataset in views.datasets(store)}
    for number, entry in enumerate(entries):
        report("importing the sample", number, len(entries))
        if entry.id not in present:
            import_catalog(store, settings, entry.id, _silent)
    report("importing the sample", len(entries), len(entries))
    targets = [entry for entry in entries if entry.meta.get("role") == "target"]
    return [run_here(store, settings, Request("ssp", target.id), report)[0] for target in targets]


def _silent(_stage: str, _done: int, _total: int) -> None:
    """Thirteen small files need no progress of their own."""
