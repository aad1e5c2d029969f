"""The embedded sample: both stages run on data that ships with the project."""

from __future__ import annotations

from core import catalog
from core.catalog import CatalogEntry
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
    entries = sample_entries()
    present = {dataset.id for dataset in views.datasets(store)}
    for number, entry in enumerate(entries):
        report("importing the sample", number, len(entries))
        if entry.id not in present:
            import_catalog(store, settings, entry.id, _silent)
    report("importing the sample", len(entries), len(entries))
    return [run_here(store, settings, request, report)[0] for request in sample_runs()]


def sample_entries() -> list[CatalogEntry]:
    """The data sets of the sample."""
    return [entry for entry in catalog.entries().values() if entry.kind == "sample"]


def sample_runs() -> list[Request]:
    """The runs on the sample's targets."""
    return [Request("ssp", entry.id) for entry in sample_entries() if entry.meta.get("role") == "target"]


def _silent(_stage: str, _done: int, _total: int) -> None:
    """Thirteen small files need no progress of their own."""
