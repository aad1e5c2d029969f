"""Labelled data out of the workspace: a data set with its gold, or a run with its labels."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from core import languages, tagsets
from core.decisions import original
from core.errors import RecipeError, StudioError, UnknownName
from core.formats import formats
from core.formats.labels import EMPTY
from core.store import Store, views
from core.store.facts_archive import handed_over_run
from core.types import Dataset, Record

WORDS_OF_NOW = "tokenization"
"""What meta tells of words that were split, merged or re-spelled."""
LAST_FIRST = ("stage2", "consensus", "stage1", "gold")


def export(
    store: Store,
    what: str,
    format_name: str,
    out: Path,
    *,
    split: str | None = None,
    originals: bool = False,
) -> dict[str, Any]:
    """Write a data set (gold labels) or a run (labels of its last stage) to `out`.

    Beside it goes `<out>.about.json`: where data and labels come from, licence, citation, the language,
    the label set with its guidelines and the label mapping of the import.

    Args:
        originals: of a data set, the labels its file had before an import mapped them.

    Returns:
        `{"file", "about", "instances", "dataset", "labels"}`.

    Raises:
        UnknownName: `what` is neither a data set nor a run, or the format or split is unknown.
        StudioError: `out` cannot be written or must not be, or the format cannot hold this data.
    """
    dataset, run = _find(store, what)
    splits = None if split is None else split.split("+")
    for name in splits or ():
        if name not in dataset.splits:
            raise UnknownName(f"split of {dataset.id}", name, dataset.splits)
    stage = _last_stage(run) if run else "gold"
    writer = formats[format_name]
    out = plain_file(store, out)
    if dataset.task not in writer.tasks:
        raise RecipeError(f"format {format_name} does not hold {dataset.task}.")
    records = _records(store, dataset, run, stage, splits)
    records = map(original, records) if originals and run is None else records
    counted = _Counted(records if format_name == "conllu" else map(plain_words, records))
    write_whole(out, lambda stream: writer.write(counted, stream, task=dataset.task))
    about = about_export(dataset, run, stage)
    about_file = write_about(out, about)
    return {
        "file": str(out),
        "about": str(about_file),
        "instances": counted.n,
        "dataset": dataset.id,
        "labels": about["labels"],
    }


def write_about(out: Path, about: Mapping[str, Any]) -> Path:
    """Write beside an exported file what it is; returns where."""
    about_file = out.with_name(f"{out.name}.about.json")
    about_file.write_text(json.dumps(about, ensure_ascii=False, indent=2), "utf8")
    return about_file


def about_export(dataset: Dataset, run: dict[str, Any] | None, stage: str) -> dict[str, Any]:
    """What an exported file is, for whoever finds it later."""
    return {
        "dataset": dataset.id,
        "name": dataset.name,
        "language": {"code": dataset.language, **languages.described(languages.of(dataset))},
        "task": dataset.task,
        "label_set": [asdict(info) for info in tagsets.of(dataset)],
        "label_mapping": dataset.meta.get("label_mapping"),
        "egress": dataset.egress,
        "licence": dataset.licence,
        "citation": dataset.citation,
        "source": dataset.source,
        "illustrative": dataset.illustrative,
        "labels": "gold" if run is None or run["kind"] == "gold" else f"{stage} of run {run['id']}",
        "recipe": None if run is None else run["params"],
    }


class _Counted:
    """An iterable of records that knows how many went through."""

    def __init__(self, records: Iterator[Record]) -> None:
        self._records = records
        self.n = 0

    def __iter__(self) -> Iterator[Record]:
        for record in self._records:
            self.n += 1
            yield record


def _find(store: Store, what: str) -> tuple[Dataset, dict[str, Any] | None]:
    if any(dataset.id == what for dataset in views.datasets(store)):
        return views.dataset(store, what), None
    try:
        run = views.run(store, what)
    except UnknownName:
        known = [item.id for item in views.datasets(store)] + [item["id"] for item in views.runs(store)]
        raise UnknownName("data set or run", what, known) from None
    return views.dataset(store, run["dataset"]), run


def _last_stage(run: dict[str, Any]) -> str:
    for stage in LAST_FIRST:
        if stage in run["stages"]:
            return stage
    raise StudioError(f"run {run['id']} holds no labels yet.", "Wait until it is finished.")


def _records(
    store: Store, dataset: Dataset, run: dict[str, Any] | None, stage: str, splits: list[str] | None
) -> Iterator[Record]:
    if run is None:
        yield from _as_imported(store, dataset, splits)
        return
    labelled = views.predictions(store, run["id"], stage, hand_on=stage != "gold")
    for record in views.records(store, dataset.id, splits=splits, with_gold=False):
        prediction = labelled.get(record.instance.position)
        if prediction is not None:
            yield replace(record, labels=prediction.labels, confidences=prediction.confidences)


def _as_imported(store: Store, dataset: Dataset, splits: list[str] | None) -> Iterator[Record]:
    """Gold, and the labels that came with their origins and so are none."""
    brought = handed_over_run(dataset.id)
    has = any(run["id"] == brought for run in views.runs(store))
    labelled = views.predictions(store, brought, "stage1") if has else {}
    for record in views.records(store, dataset.id, splits=splits):
        prediction = labelled.get(record.instance.position)
        if record.labels is None and prediction is not None:
            record = replace(record, labels=prediction.labels, confidences=prediction.confidences)
        yield record


def plain_words(record: Record) -> Record:
    """A record whose words are all its file has of them; a word nobody labelled has the label `_`."""
    meta = {key: value for key, value in record.instance.meta.items() if key != WORDS_OF_NOW}
    labels = record.labels
    if labels is not None and record.instance.tokens:
        labels = tuple(label or EMPTY for label in labels)
    return replace(record, labels=labels, instance=replace(record.instance, meta=meta))


def plain_file(store: Store, out: Path) -> Path:
    """Where `out` leads to: a new or a plain file, since what is there is replaced as a whole."""
    target = out.resolve()
    if target == store.path.resolve():
        raise StudioError(f"{out} is the database of this workspace.", "Choose another file.")
    if target.exists() and not (target.is_file() or target.is_dir()):
        raise StudioError(f"{out} is a device or a pipe, not a file.", "Choose a file.")
    return target if out.is_symlink() else out


def write_whole(out: Path, write: Any) -> None:
    """All of the file or none of it."""
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            write(stream)
        part.replace(out)
    except OSError as error:
        raise StudioError(f"{out} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
