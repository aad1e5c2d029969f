"""The files of one data set as one stream of records, and the label set they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.catalog import CatalogEntry
from core.download import fetch, missing
from core.errors import FormatError
from core.formats import formats
from core.settings import Settings
from core.tasks import tasks
from core.types import Labels, Record, Report, TaskName

MIXED = ("ner", "topic")
"""Tasks whose label set is what the files hold."""


@dataclass(frozen=True, slots=True)
class Part:
    """One readable file of a data set; `name` is what errors call it."""

    path: Path
    name: str
    split: str
    format: str


def fetched(entry: CatalogEntry, settings: Settings, report: Report) -> tuple[list[Part], list[str]]:
    """The files of an entry that exist, and in words what was not there.

    Raises:
        DownloadError: none of them exists, or the address does not answer.
    """
    parts: list[Part] = []
    skipped: list[str] = []
    for number, source in enumerate(entry.files):
        report(f"fetching {source.path}", number, len(entry.files))
        paths = (source.path, *source.also)
        found = fetch(entry.repository, entry.branch, paths, settings=settings)
        if found is None:
            skipped.append(f"{source.split}: {source.path} is not there")
            continue
        name = _which(found, paths)
        if name != source.path:
            skipped.append(f"{source.split}: {source.path} is not there; read {name} instead")
        parts.append(Part(found, name, source.split, source.format))
    if not parts:
        raise missing(entry.repository, entry.branch, [source.path for source in entry.files], settings)
    return parts, skipped


def _which(found: Path, paths: Sequence[str]) -> str:
    return next(path for path in paths if found.as_posix().endswith(f"/{path}"))


def sample_parts(entry: CatalogEntry, folder: Path) -> list[Part]:
    """The files of an entry of the embedded sample, which lies in `folder`."""
    return [Part(folder / source.path, source.path, source.split, source.format) for source in entry.files]


def scan(task: TaskName, parts: Sequence[Part], report: Report) -> set[str]:
    """The labels that occur; reads everything, so that what is unsound is found before it is stored.

    Raises:
        FormatError: a file is not what its format promises, or there is not one record in all.
    """
    labels: set[str] = set()
    n_records = 0
    for record in chained(task, parts, report, "checking"):
        labels.update(record.labels or ())
        n_records += 1
    if not n_records:
        hint = f"Give a file that holds at least one {'sentence' if task in ('pos', 'ner') else 'item'}."
        raise FormatError(parts[0].name, 0, "holds nothing to import.", hint)
    return labels


def chained(task: TaskName, parts: Sequence[Part], report: Report, doing: str) -> Iterator[Record]:
    """The records of all files, positions running on from file to file."""
    position = 0
    for number, part in enumerate(parts):
        report(f"{doing} {part.name}", number, len(parts))
        reader = formats[part.format].read(part.path, task=task, split=part.split, name=part.name)
        for record in reader:
            yield _at(record, position)
            position += 1


def _at(record: Record, position: int) -> Record:
    if record.instance.position == position:
        return record
    return replace(record, instance=replace(record.instance, position=position))


def label_set(task: TaskName, found: Iterable[str]) -> Labels:
    """Default labels of the task; for ner and topic those of the files, if they hold any."""
    labels = sorted(set(found))
    if task not in MIXED or not labels:
        return tasks[task].labels
    if task == "topic":
        return tuple(labels)
    kinds = sorted({label.partition("-")[2] for label in labels} - {""})
    return ("O", *(f"{edge}-{kind}" for kind in kinds for edge in "BI"))
