"""The files of one data set as one stream of records, and the label set they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.catalog import CatalogEntry, SourceFile
from core.download import fetch, missing
from core.errors import FormatError
from core.formats import DEFAULT, formats
from core.formats.labels import is_known
from core.settings import Settings
from core.tasks import tasks
from core.types import Labels, ReadOptions, Record, Report, TaskName, Tokenization

EVERY = 5_000
"""Items between two words of progress; at each one a user can cancel."""
MIXED = ("ner", "topic")
"""Tasks whose label set is what the files hold."""


@dataclass(frozen=True, slots=True)
class Part:
    """One readable file of a data set; `name` is what errors call it."""

    path: Path
    name: str
    split: str
    format: str
    options: ReadOptions = DEFAULT


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
        options = _options(entry, source, settings)
        if options is None:
            skipped.append(f"{source.split}: {source.partner} is not there")
            continue
        parts.append(Part(found, name, source.split, source.format, options))
    if not parts:
        raise missing(entry.repository, entry.branch, [source.path for source in entry.files], settings)
    return parts, skipped


def _options(entry: CatalogEntry, source: SourceFile, settings: Settings) -> ReadOptions | None:
    """How to read a file of an entry; None where its translation is missing.

    Text without labels is text as it was printed: its punctuation does not stand apart.
    """
    words: Tokenization = "unicode" if entry.meta.get("unlabelled") else "whitespace"
    options = ReadOptions(language=entry.language, tokenization=words)
    if not source.partner:
        return options
    partner = fetch(entry.repository, entry.branch, (source.partner,), settings=settings)
    if partner is None:
        return None
    return replace(options, partner=str(partner), partner_language=source.partner_language)


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
    for part, record in numbered(task, parts, report, "checking"):
        n_records += 1
        for place, label in enumerate(record.labels or ()):
            if label not in labels:
                labels.add(_known(task, label, part, record, place))
    if not n_records:
        hint = f"Give a file that holds at least one {'sentence' if task in ('pos', 'ner') else 'item'}."
        raise FormatError(parts[0].name, 0, "holds nothing to import.", hint)
    return labels


def _known(task: TaskName, label: str, part: Part, record: Record, place: int) -> str:
    if is_known(task, label):
        return label
    line = line_of(record, place)
    raise FormatError(
        part.name, line, f"{label!r} is no {task} label.", "Import it as a file of your own, and map it."
    )


def line_of(record: Record, place: int) -> int:
    """Line number of a record's token, of the record where tokens have none, 0 where nothing is known."""
    if len(record.lines) == len(record.instance.tokens) > place:
        return record.lines[place]
    return record.lines[0] if record.lines else 0


def chained(task: TaskName, parts: Sequence[Part], report: Report, doing: str) -> Iterator[Record]:
    """The records of all files, positions running on from file to file."""
    return (record for _, record in numbered(task, parts, report, doing))


def numbered(
    task: TaskName, parts: Sequence[Part], report: Report, doing: str
) -> Iterator[tuple[Part, Record]]:
    """As `chained`, each record with the file it is from."""
    position = 0
    for number, part in enumerate(parts):
        report(f"{doing} {part.name}", number, len(parts))
        reader = formats[part.format]
        for record in reader.read(
            part.path, task=task, split=part.split, name=part.name, options=part.options
        ):
            yield part, _at(record, position)
            position += 1
            if position % EVERY == 0:
                report(f"{doing} {part.name}: {position:,} items", number, len(parts))


def _at(record: Record, position: int) -> Record:
    if record.instance.position == position:
        return record
    return replace(record, instance=replace(record.instance, position=position))


def label_set(task: TaskName, found: Iterable[str]) -> Labels:
    """Default labels of the task, then those of the files it does not know; for ner and topic, those of the
    files alone, if they hold any.
    """
    labels = sorted(set(found))
    if task not in MIXED or not labels:
        usual = tasks[task].labels
        return (*usual, *(label for label in labels if label not in usual))
    if task == "topic":
        return tuple(labels)
    kinds = sorted({label.partition("-")[2] for label in labels} - {""})
    return ("O", *(f"{edge}-{kind}" for kind in kinds for edge in "BI"))
