"""Getting data in: a catalog entry or a file of one's own becomes a stored data set, or nothing does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from core import catalog
from core.catalog import CatalogEntry
from core.download import fetch
from core.errors import StudioError
from core.formats import formats
from core.formats.detect import detect, guess_split
from core.release import import_release
from core.scoring import score_run
from core.settings import Settings
from core.sources import Part, chained, fetched, label_set, sample_parts, scan
from core.store import Store, facts, views
from core.types import Dataset, Report, TaskName


def import_catalog(store: Store, settings: Settings, dataset_id: str, report: Report) -> dict[str, Any]:
    """Fetch a data set of the catalog and store it.

    Returns:
        dataset, instances, tokens, created (False: identical content was there), licence, citation,
        splits (name -> instances) and skipped (what could not be found, in words); for a release also
        what `core.release.import_release` says.

    Raises:
        UnknownName: no such data set. DownloadError: none of its files can be had.
        FormatError: a file does not hold what it promises. In each case the store is unchanged.
    """
    entry = catalog.entry(dataset_id)
    if entry.kind == "ssp-release":
        return _import_release(store, settings, entry, report)
    if entry.kind == "sample":
        with as_file(files("core.catalog").joinpath("sample")) as folder:
            return _store(store, _dataset_of(entry), sample_parts(entry, folder), [], report)
    parts, skipped = fetched(entry, settings, report)
    return _store(store, _dataset_of(entry), parts, skipped, report)


def import_file(
    store: Store,
    path: Path,
    *,
    task: TaskName,
    language: str,
    format: str | None = None,  # noqa: A002
    dataset_id: str | None = None,
    split: str | None = None,
    report: Report | None = None,
) -> dict[str, Any]:
    """Read one file and store it as a data set; answers as `import_catalog` does.

    Args:
        language: ISO 639-1/-3 code or BCP 47 tag, in the catalog or not.
        format: name of a format; detected from the content when absent.
        dataset_id: by default made from the file's name.
        split: by default told from the file's name, else test.

    Raises:
        UnknownName: no such language or format. StudioError: a format of another task, no usable id.
        FormatError: with file and line; the store is unchanged.
    """
    spoken = catalog.language(language)
    file_name = path.name.encode("utf-8", "replace").decode()  # a name on disk may be any bytes
    written = _usable_format(format, task) if format else detect(path, task)
    dataset = Dataset(
        id=_checked_id(dataset_id) if dataset_id else slug(path.stem),
        name=Path(file_name).stem,
        language=spoken.code,
        task=task,
        labels=(),
        source=file_name,
        meta={"format": written, "script": spoken.script, "direction": spoken.direction},
    )
    part = Part(path, file_name, split or guess_split(file_name), written)
    return _store(store, dataset, [part], [], report or _silent)


def licence_note(entry: CatalogEntry) -> str:
    """What a user should know before an import: terms, whom to cite, where the data come from."""
    lines = [f"{entry.name}.", f"Licence: {entry.licence or 'none stated by the publisher'}."]
    if re.search(r"\bNC\b", entry.licence):
        lines.append("Non-commercial use only.")
    if entry.citation:
        lines.append(f"Please cite: {entry.citation}.")
    note = entry.meta.get("note")
    return " ".join([*lines, f"Note: {note}."] if note else lines)


def slug(stem: str) -> str:
    """An id made from a file name: lower case, words joined by hyphens."""
    return re.sub(r"[^\w]+", "-", stem.lower()).strip("-_") or "dataset"


def _checked_id(dataset_id: str) -> str:
    if re.fullmatch(r"\w[\w.-]*", dataset_id):
        return dataset_id
    raise StudioError(
        f"{dataset_id!r} cannot be the id of a data set.", "Use letters, digits, '-', '_' and '.', no spaces."
    )


def _usable_format(name: str, task: TaskName) -> str:
    if task in formats[name].tasks:
        return name
    able = [other for other in formats if task in formats[other].tasks]
    raise StudioError(
        f"files of format {name} hold no {task} labels.", f"Formats that do: {', '.join(able)}."
    )


def _import_release(store: Store, settings: Settings, entry: CatalogEntry, report: Report) -> dict[str, Any]:
    def have(paths: Sequence[str]) -> Path | None:
        return fetch(entry.repository, entry.branch, paths, settings=settings)

    done = import_release(store, entry, have, report)
    for name in done["runs"]:
        score_run(store, f"{done['dataset']}/{name}")
    return done | _answer(store, done["dataset"], created=done["created"], skipped=done["notes"])


def _dataset_of(entry: CatalogEntry) -> Dataset:
    return Dataset(
        id=entry.id,
        name=entry.name,
        language=entry.language,
        task=entry.task,
        labels=entry.labels,
        licence=entry.licence,
        citation=entry.citation,
        source=entry.repository,
        illustrative=entry.kind == "sample",
        meta=dict(entry.meta),
    )


def _store(
    store: Store, dataset: Dataset, parts: Sequence[Part], skipped: list[str], report: Report
) -> dict[str, Any]:
    """Read the files twice: once to know that they are sound and which labels they hold, once to store."""
    found = scan(dataset.task, parts, report)
    described = replace(dataset, labels=dataset.labels or label_set(dataset.task, found))
    records = chained(dataset.task, parts, report, "storing")
    dataset_id, created = facts.add_dataset(store, described, records)
    return _answer(store, dataset_id, created=created, skipped=skipped)


def _answer(store: Store, dataset_id: str, *, created: bool, skipped: Sequence[str]) -> dict[str, Any]:
    stored = views.dataset(store, dataset_id)
    return {
        "dataset": dataset_id,
        "instances": stored.n_instances,
        "tokens": stored.n_tokens,
        "created": created,
        "licence": stored.licence,
        "citation": stored.citation,
        "splits": dict(stored.splits),
        "skipped": list(skipped),
    }


def _silent(doing: str, done: int, total: int) -> None:
    """A report nobody reads."""
