"""Keeping the files of a data set in the workspace, so that its import works without a network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core import catalog
from core.download import fetch, forget_absence, keep, missing
from core.release import gather
from core.settings import Settings
from core.types import Report


def prefetch_entry(settings: Settings, dataset_id: str, report: Report) -> int:
    """Keep every file that importing a data set reads; returns how many there are.

    Which files a release has is known to its importer: what it asks for while it reads is kept.

    Raises:
        UnknownName: no such data set. DownloadError: its files cannot be had.
    """
    entry = catalog.entry(dataset_id)
    answers: list[tuple[Sequence[str], Path | None]] = []

    def have(paths: Sequence[str]) -> Path | None:
        forget_absence(entry.repository, paths, settings)
        found = fetch(entry.repository, entry.branch, paths, settings=settings)
        answers.append((paths, found))
        return found

    if entry.kind == "ssp-release":
        gather(entry, have, report)
    elif entry.kind == "files":
        for number, source in enumerate(entry.files):
            report(f"fetching {source.path}", number, len(entry.files))
            have((source.path, *source.also))
            if source.partner:
                have((source.partner,))
        if not any(found for _, found in answers):
            raise missing(entry.repository, entry.branch, [source.path for source in entry.files], settings)
    copies = {keep(entry.repository, paths, found, settings) for paths, found in answers}
    return len(copies - {None})
