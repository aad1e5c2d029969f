"""The public data that the offline figures are measured on, read as any other data set of the catalog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from core import catalog
from core.run_input import Source
from core.settings import Settings
from core.sources import chained, fetched, label_set
from core.types import Dataset, Record, Report, TaskName


@dataclass(frozen=True, slots=True)
class Corpus:
    """The first `limit` sentences of some splits of a catalog entry, in the order of the splits."""

    entry: str
    splits: tuple[str, ...]
    limit: int = 400


@dataclass(frozen=True, slots=True)
class Bench:
    """Targets, and the source languages that every one of them is labelled from."""

    task: TaskName
    sources: tuple[Corpus, ...]
    targets: tuple[Corpus, ...]


POS = Bench(
    "pos",
    sources=(
        Corpus("ud-icelandic-modern", ("dev", "test")),
        Corpus("ud-german-gsd", ("dev", "test")),
        Corpus("ud-english-ewt", ("dev", "test")),
        Corpus("ud-danish-ddt", ("dev", "test")),
        Corpus("ud-norwegian-nynorsk", ("dev",)),
    ),
    targets=(Corpus("ud-faroese-oft", ("test",)), Corpus("ud-swiss_german-uzh", ("test",), 100)),
)
NER = Bench(
    "ner",
    sources=(
        Corpus("masakhaner1-swa", ("train",)),
        Corpus("masakhaner1-wol", ("train",)),
        Corpus("uner-english-ewt", ("dev", "test")),
    ),
    targets=tuple(Corpus(f"masakhaner1-{code}", ("test",), 300) for code in ("hau", "ibo", "lug")),
)


def records(corpus: Corpus, settings: Settings, report: Report) -> list[Record]:
    """The sentences of a corpus, with gold.

    Raises:
        DownloadError: it cannot be had. FormatError: it is not what its format promises.
    """
    entry = catalog.entry(corpus.entry)
    parts, _ = fetched(entry, settings, report)
    ordered = sorted(
        (part for part in parts if part.split in corpus.splits),
        key=lambda part: corpus.splits.index(part.split),
    )
    return list(islice(chained(entry.task, ordered, report, "reading"), corpus.limit))


def source(corpus: Corpus, found: Sequence[Record]) -> Source:
    """A corpus as a source of a run."""
    return Source(corpus.entry, catalog.entry(corpus.entry).language, found)


def dataset(corpus: Corpus, found: Sequence[Record]) -> Dataset:
    """A corpus as a target, with the label set of its task, for entities that of its gold."""
    entry = catalog.entry(corpus.entry)
    labels = label_set(entry.task, (label for record in found for label in record.labels or ()))
    return Dataset(corpus.entry, entry.name, entry.language, entry.task, labels)
