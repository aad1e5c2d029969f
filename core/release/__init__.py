"""The SSP release (arXiv 2406.18880) as a data set: gold, stored labels, selections, recorded calls."""

from __future__ import annotations

from typing import Any

from core.catalog import CatalogEntry
from core.release import inference, tagging
from core.release.parts import Fetch, Finder, ImportedRun, Parts
from core.store import Store, facts
from core.types import Report

TEMPLATE = "ssp-release"
"""The name under which the authors' prompt template is stored with each tagging data set."""


def import_release(store: Store, entry: CatalogEntry, fetch: Fetch, report: Report) -> dict[str, Any]:
    """Import one language. Everything is read and checked before anything is stored.

    Args:
        fetch: gives a local path for the first of some alternative paths of the repository, or None.

    Returns:
        dataset, created, instances, runs (name -> what it holds), completions, templates, notes
        (what the release does not hold, or what differs).

    Raises:
        DownloadError: gold or Stage-I labels are missing.
        FormatError: a file is broken, or does not fit the others.
    """
    parts = gather(entry, fetch, report)
    report("storing", 0, 1)
    dataset, created = facts.add_dataset(store, parts.dataset, parts.records)
    _store_runs(store, dataset, parts)
    completions = facts.add_completions(store, dataset, parts.completions) if parts.completions else 0
    if parts.template:
        facts.add_template(store, dataset, TEMPLATE, parts.template, parts.template_source)
    report("storing", 1, 1)
    return {
        "dataset": dataset,
        "created": created,
        "instances": len(parts.records),
        "runs": {run.name: describe(run) for run in parts.runs},
        "completions": len(parts.completions),
        "new_completions": completions,
        "templates": [TEMPLATE] if parts.template else [],
        "notes": list(dict.fromkeys(parts.notes)),
    }


def gather(entry: CatalogEntry, fetch: Fetch, report: Report) -> Parts:
    """Read one language from the release without storing anything."""
    finder = Finder(entry, fetch, report)
    return inference.gather(finder) if entry.task == "nli" else tagging.gather(finder)


def describe(run: ImportedRun) -> list[str]:
    """What an imported run holds: stage1, stage2, selection."""
    held = {"stage1": run.stage1, "stage2": run.stage2, "selection": run.selections}
    return [name for name, rows in held.items() if rows]


def _store_runs(store: Store, dataset: str, parts: Parts) -> None:
    """Imported runs; one that is there already, from an earlier import, stays as it is."""
    for run in parts.runs:
        facts.add_import_run(
            store,
            dataset,
            run.name,
            stage1=run.stage1,
            stage2=run.stage2,
            selections=[(selection, selection.chosen) for selection in run.selections],
            meta=run.meta,
        )
