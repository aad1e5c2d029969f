"""What an import brings, gathered completely before anything is stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.catalog import CatalogEntry
from core.errors import DownloadError
from core.tasks import Task, tasks
from core.types import Completion, Dataset, Labels, Prediction, Record, Report, Selection

Fetch = Callable[[Sequence[str]], Path | None]


@dataclass(frozen=True, slots=True)
class ImportedRun:
    """Stored labels of one Stage I and the stages that followed it."""

    name: str
    stage1: Sequence[Prediction] | None = None
    stage2: Sequence[Prediction] | None = None
    selections: Sequence[Selection] = ()
    meta: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Parts:
    """Everything of one language; `notes` say what the release does not hold or hold in doubt."""

    dataset: Dataset
    records: list[Record]
    runs: list[ImportedRun] = field(default_factory=list)
    completions: list[Completion] = field(default_factory=list)
    template: str = ""
    template_source: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def lengths(self) -> list[int]:
        """Labels per instance: tokens, or one."""
        return [len(record.instance.tokens) or 1 for record in self.records]


@dataclass(frozen=True, slots=True)
class Finder:
    """Asks for files of one language; what is optional and missing becomes a note."""

    entry: CatalogEntry
    fetch: Fetch
    report: Report
    notes: list[str] = field(default_factory=list)

    @property
    def task(self) -> Task:
        return tasks[self.entry.task]

    @property
    def code(self) -> str:
        """The release's own code of the language."""
        return str(self.entry.meta.get("code") or self.entry.language)

    def required(self, what: str, paths: Sequence[str]) -> Path:
        """The first of `paths` that exists.

        Raises:
            DownloadError: none does.
        """
        self.report(what, 0, 0)
        found = self.fetch(paths)
        if found is None:
            raise DownloadError(
                f"{self.entry.id}: {what} not found in {self.entry.repository} (tried {', '.join(paths)}).",
                "Check SSP_MIRROR or the network; a release without this file cannot be imported.",
            )
        return found

    def optional(self, what: str, paths: Sequence[str]) -> Path | None:
        """The first of `paths` that exists; None, and a note, when none does."""
        self.report(what, 0, 0)
        found = self.fetch(paths)
        if found is None:
            self.notes.append(f"{what}: not in the release ({paths[0]})")
        return found


def dataset_of(entry: CatalogEntry, preferred: str) -> Dataset:
    """The data set of a release entry; `preferred` names its Stage-I labels. Counts come with storing."""
    return Dataset(
        id=entry.id,
        name=entry.name,
        language=entry.language,
        task=entry.task,
        labels=entry.labels or tasks[entry.task].labels,
        licence=entry.licence,
        citation=entry.citation,
        source=entry.repository,
        meta={**entry.meta, "stage1": preferred},
    )


def with_labels_of(dataset: Dataset, rows: Sequence[Labels]) -> Dataset:
    """The data set with every further label that its gold uses, in order of appearance."""
    extra = dict.fromkeys(label for labels in rows for label in labels)
    return replace(dataset, labels=tuple(dict.fromkeys([*dataset.labels, *extra])))
