"""A data set item by item as it is handed over: words of now, the labels that count, where they are from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from core.errors import StudioError, UnknownName
from core.exporting import LAST_FIRST
from core.formats.provenance import HUMAN, Origin, Origins
from core.formats.provenance import origins_of as origins_in
from core.handover import authorship
from core.handover.authorship import Said
from core.store import Store, views
from core.store.facts_archive import handed_over_run
from core.types import Dataset, Labels, Prediction, Record


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a data set to hand over.

    `run` stands behind what humans said ("" = what its file brought along, if it did); `human` leaves out
    every item of which humans said nothing.
    """

    dataset: str
    run: str = ""
    human: bool = False
    splits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """An item. `record` has the labels that count, `origins` where each is from.

    `predicted` are the labels of the run alone; `said` those of every human who labelled the item, by name.
    """

    record: Record
    origins: Origins
    predicted: Prediction | None
    said: Mapping[str, Labels]
    run: str


def pieces(store: Store, asked: Asked) -> Iterator[Piece]:
    """The items in file order. Raises UnknownName or StudioError at once, before the first item."""
    dataset = views.dataset(store, asked.dataset)
    for split in asked.splits:
        if split not in dataset.splits:
            raise UnknownName(f"split of {dataset.id}", split, dataset.splits)
    run_id, stage = behind(store, dataset, asked.run)
    return _pieces(store, dataset, asked, run_id, stage)


def behind(store: Store, dataset: Dataset, run_id: str) -> tuple[str, str]:
    """The run that stands behind what humans said, and its last stage; ("", "") where there is none."""
    brought = handed_over_run(dataset.id)
    if not run_id:
        known = {run["id"] for run in views.runs(store)}
        return (brought, "stage1") if brought in known else ("", "")
    run = views.run(store, run_id)
    if run["dataset"] != dataset.id:
        raise StudioError(f"run {run_id} is one of {run['dataset']}, not of {dataset.id}.", "Name another.")
    for stage in LAST_FIRST:
        if stage in run["stages"]:
            return run_id, stage
    raise StudioError(f"run {run_id} holds no labels yet.", "Wait until it is finished.")


def _pieces(store: Store, dataset: Dataset, asked: Asked, run_id: str, stage: str) -> Iterator[Piece]:
    handed = stage != "gold"  # what nobody held right of a word that was split is not known
    predicted = views.predictions(store, run_id, stage, hand_on=handed) if run_id else {}
    brought = handed_over_run(dataset.id)
    imported = _imported(store, dataset.id, brought)
    spoken = authorship.said(store, dataset.id, imported)
    others = _others(store, dataset.id)
    for record in views.records(store, dataset.id, splits=asked.splits or None, with_gold=False):
        position = record.instance.position
        human, machine = spoken.get(position), predicted.get(position)
        if asked.human and human is None:
            continue
        came = imported.get(position, ()) if run_id == brought or (human and human.handed_over) else ()
        labels, origins = _counting(human, machine, run_id, came)
        if labels is not None and record.instance.tokens and len(labels) != len(record.instance.tokens):
            raise StudioError(f"item {position} of {dataset.id} has {len(labels)} labels for other words.")
        votes = dict(others.get(position, {})) | _vote(human)
        yield Piece(replace(record, labels=labels), origins, machine, votes, run_id)


def _counting(
    human: Said | None, machine: Prediction | None, run_id: str, came: Origins
) -> tuple[Labels | None, Origins]:
    if human is not None:
        authors = zip(human.labels, human.authors, strict=True)
        return human.labels, tuple(
            _origin(n, label, author, human, machine, run_id, came)
            for n, (label, author) in enumerate(authors)
        )
    if machine is None:
        return None, ()
    if came:
        return machine.labels, came
    sure: Sequence[float | None] = machine.confidences or (None,) * len(machine.labels)
    pairs = zip(machine.labels, sure, strict=True)
    return machine.labels, tuple(Origin(run_id, value) if label else None for label, value in pairs)


def _origin(
    n: int,
    label: str,
    author: str | None,
    human: Said,
    machine: Prediction | None,
    run_id: str,
    came: Origins,
) -> Origin | None:
    if author is not None:
        return Origin(HUMAN, None, author)
    if n < len(came):
        return came[n]
    same = machine is not None and n < len(machine.labels) and machine.labels[n] == label
    if machine is None or not same:
        return Origin(human.run) if human.run else None
    return Origin(run_id, machine.confidences[n] if machine.confidences else None)


def _vote(human: Said | None) -> dict[str, Labels]:
    """What counts is the word of who spoke last; where a run still has its say, it is nobody's."""
    return {} if human is None or None in human.authors else {human.last: human.labels}


def _others(store: Store, dataset_id: str) -> dict[int, dict[str, Labels]]:
    found: dict[int, dict[str, Labels]] = {}
    for name, said in views.independent(store, dataset_id).items():
        for position, labels in said.items():
            found.setdefault(position, {})[name] = labels
    return found


def _imported(store: Store, dataset_id: str, brought: str) -> dict[int, Origins]:
    """What the file of the data set said of the origins of its labels, by position."""
    if brought not in {run["id"] for run in views.runs(store)}:
        return {}
    labelled = views.predictions(store, brought, "stage1")
    found: dict[int, Origins] = {}
    for record in views.records(store, dataset_id, with_gold=False):
        position = record.instance.position
        if position in labelled:
            mine = labelled[position]
            full = replace(record, labels=mine.labels, confidences=mine.confidences)
            found[position] = origins_in(full) or ()
    return found
