"""What humans said of a data set, over the labels of a run, as a file that says where each label is from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from core.errors import RecipeError, UnknownName
from core.exporting import about_export, plain_file, plain_words, write_about, write_whole
from core.formats import formats
from core.formats.provenance import HUMAN, META, confidences, in_meta
from core.handover import argilla, conllu, label_studio, word_table
from core.handover.pieces import Asked, Piece, behind, pieces
from core.store import Store, views
from core.types import Dataset, Record

Writer = Callable[[Iterable[Piece], BinaryIO, Dataset], None]
OWN: Mapping[str, Writer] = {
    "conllu": conllu.write,
    "csv": word_table.write,
    "label-studio": label_studio.write,
    "argilla": argilla.write,
}
"""Formats that have a way of their own to say where labels are from."""
WITH_META = frozenset({"jsonl", "parquet"})
"""Formats that say it among the fields of an item."""
SUFFIXES = {"label-studio": ".json", "argilla": ".json", "csv": ".csv", "conllu": ".conllu"}


def names(dataset: Dataset) -> list[str]:
    """The formats that can hold a data set's human work, those that say where labels are from first."""
    own = [name for name in OWN if name != "conllu" or dataset.task == "pos"]
    rest = [name for name in formats if name not in OWN and dataset.task in formats[name].tasks]
    told = [name for name in rest if name in WITH_META]
    return [*own, *told, *(name for name in rest if name not in told)]


def export_human(
    store: Store, asked: Asked, format_name: str, out: Path, *, provenance: bool = True
) -> dict[str, Any]:
    """Write what humans said, over the labels of a run, over nothing.

    Beside it goes `<out>.about.json`, as of every export; for Label Studio and Argilla also what their
    project needs to be set up with.

    Args:
        provenance: say of each label where it is from, in the formats that can.

    Returns:
        file, about, instances, dataset, labels (in words) and sources (source -> how many labels).

    Raises:
        UnknownName: no such data set, run, split or format.
        StudioError: `out` cannot be written or must not be, or the format cannot hold this data.
    """
    dataset = views.dataset(store, asked.dataset)
    if format_name not in OWN:
        known = sorted({*formats, *OWN})
        if format_name not in known:
            raise UnknownName("format", format_name, known)
    if format_name not in names(dataset):
        raise RecipeError(f"format {format_name} does not hold {dataset.task}.")
    out = plain_file(store, out)
    counted = _Counted(pieces(store, asked))
    kept: Iterable[Piece] = counted if provenance else map(_without, counted)
    write = OWN.get(format_name) or _generic(format_name)
    write_whole(out, lambda stream: write(kept, stream, dataset))
    run_id, stage = behind(store, dataset, asked.run)
    over = f" over {stage} of run {run_id}" if run_id else ""
    about = about_export(dataset, None, "") | {"labels": f"human{over}", "sources": dict(counted.sources)}
    about |= _setup(format_name, dataset)
    about_file = write_about(out, about)
    return {
        "file": str(out),
        "about": str(about_file),
        "instances": counted.n,
        "dataset": dataset.id,
        "labels": about["labels"],
        "sources": dict(counted.sources),
    }


def _setup(format_name: str, dataset: Dataset) -> dict[str, Any]:
    if format_name == "label-studio":
        return {"label_studio_config": label_studio.config(dataset)}
    return {"argilla_settings": argilla.settings(dataset)} if format_name == "argilla" else {}


class _Counted:
    """Pieces on their way out, counted with the sources of their labels."""

    def __init__(self, found: Iterator[Piece]) -> None:
        self._found = found
        self.n = 0
        self.sources: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Piece]:
        for piece in self._found:
            self.n += 1
            for origin in piece.origins:
                self.sources[origin.source if origin else "unknown"] += 1
            yield piece


def _without(piece: Piece) -> Piece:
    return replace(piece, origins=())


def _generic(name: str) -> Writer:
    def write(found: Iterable[Piece], out: BinaryIO, dataset: Dataset) -> None:
        formats[name].write((_as_record(piece, name) for piece in found), out, task=dataset.task)

    return write


def _as_record(piece: Piece, name: str) -> Record:
    """The record with what the format can say of its origins among its fields."""
    record = replace(piece.record, confidences=confidences(piece.origins))
    record = plain_words(record)
    meta = {key: value for key, value in record.instance.meta.items() if key != META}
    if name in WITH_META and any(piece.origins):
        meta |= in_meta(piece.origins)
    return replace(record, instance=replace(record.instance, meta=meta))


def human_labels(sources: Mapping[str, int]) -> int:
    """How many labels of an export a human gave."""
    return sources.get(HUMAN, 0)
