"""The labelled data of other languages that a run learns from: which, and what of it the run may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.advice.sources import advised
from core.errors import RecipeError, UnknownName
from core.jobs.request import Request
from core.parallel_rows import without_translations
from core.run_input import Source
from core.store import Store, views
from core.tokenization import UNKNOWN
from core.types import Dataset, Instance, Record

ADVISED = "advised"
"""Stands for the sources that `core.advice.sources` would take."""


def splits_asked(dataset: Dataset, asked: str | None) -> list[str]:
    """The splits a request means; without a word, the test split. Raises UnknownName."""
    if asked is None:
        return ["test"] if "test" in dataset.splits else sorted(dataset.splits)
    names = asked.split("+")
    for name in names:
        if name not in dataset.splits:
            raise UnknownName(f"split of {dataset.id}", name, dataset.splits)
    return names


def sources_of(
    store: Store, dataset: Dataset, labelled: list[str], instances: Sequence[Instance], request: Request
) -> list[Source]:
    """What a run learns from: the sources asked for, else those that name the target themselves.

    Raises:
        UnknownName, RecipeError: no such data set or split, no labels, or what is to be labelled itself.
    """
    asked = _named(store, dataset, request.sources) or default_sources(store, dataset)
    found = [_source(store, dataset, instances, name) for name in asked]
    for source in found:
        if source.dataset == dataset.id and set(splits_of(source)) & set(labelled):
            raise RecipeError(
                f"{dataset.id} cannot be its own source: this run labels {', '.join(labelled)}.",
                "Give other splits of it (--source ID:SPLIT+SPLIT), or other data.",
            )
    return found


def _named(store: Store, dataset: Dataset, asked: Sequence[str]) -> list[str]:
    """The sources that a request names, `advised` spelled out, each once.

    Raises:
        RecipeError: advice was asked for and there is nothing to advise.
    """
    found = advised(store, dataset.id) if ADVISED in asked else []
    if ADVISED in asked and not found:
        raise RecipeError(
            f"there is no labelled {dataset.task} data set in another language to learn from.",
            "Import one (ssp catalog lists them), or name another --source.",
        )
    return list(dict.fromkeys([*(name for name in asked if name != ADVISED), *found]))


def splits_of(source: Source) -> list[str]:
    """The splits a source's items are of."""
    return sorted({record.instance.split for record in source.records})


def default_sources(store: Store, dataset: Dataset) -> list[str]:
    """The data sets of the workspace that say of themselves that they are sources of this one."""
    return [item.id for item in views.datasets(store) if item.meta.get("target") == dataset.id]


def _source(store: Store, target: Dataset, instances: Sequence[Instance], asked: str) -> Source:
    name, _, splits = asked.partition(":")
    dataset = views.dataset(store, name)
    if dataset.task != target.task:
        raise RecipeError(f"{name} is a {dataset.task} data set, {target.id} needs {target.task}.")
    wanted = splits_asked(dataset, splits) if splits else _training_splits(dataset)
    records: list[Record] = [
        record
        for record in views.records(store, name, splits=wanted)
        if record.labels is not None and UNKNOWN not in record.labels
    ]
    if not records:
        raise RecipeError(f"source {name} has no labelled items in {', '.join(wanted)}.")
    kept = without_translations(dataset, records, target, instances)
    return Source(name, dataset.language, kept, len(records) - len(kept), dataset.egress)


def with_labels_of(dataset: Dataset, sources: Sequence[Source]) -> Dataset:
    """A target that came without labels is labelled with those of its sources."""
    if dataset.labels:
        return dataset
    found = {label: None for source in sources for record in source.records for label in record.labels or ()}
    return replace(dataset, labels=tuple(sorted(found, key=lambda label: (label != "O", label[2:], label))))


def _training_splits(dataset: Dataset) -> list[str]:
    return ["train"] if "train" in dataset.splits else sorted(dataset.splits)
