"""The sides of a comparison, brought to the same sentences and the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.errors import StudioError
from core.store import Store, views
from core.store.views_columns import Column
from core.types import Dataset, Labels

GOLD, HUMAN = "gold", "human"
MOST = 6
"""Sides that can be told apart on one page."""
NO_LABEL = "(no label)"
"""How an empty label reads: an answer that could not be used."""
UNKNOWN = -1
"""The number of a label that is not known."""

Codes = npt.NDArray[np.int32]
Places = npt.NDArray[np.int64]
Sure = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Side:
    """One labeling of a data set: a stage of a run, or what humans say (no run, stage `human`)."""

    run: str
    stage: str

    def __str__(self) -> str:
        return f"{self.run}@{self.stage}" if self.run else self.stage

    @classmethod
    def read(cls, text: str) -> Side:
        """`RUN@STAGE`, or `human`."""
        run, _, stage = text.rpartition("@")
        return cls(run, stage)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """N sides, S sentences, T tokens (one per item where an item has one label).

    Attributes:
        labels: all labels anybody gave: those of the data set's label set first, in its order.
        sides: what is compared; the first is held to be the earlier one.
        positions: (S,) of the sentences that all sides labelled, all with as many labels, none of them
            before its words were changed.
        offsets: (S + 1,): sentence s has the tokens offsets[s] to offsets[s + 1].
        owners: (T,) the sentence of each token, from 0.
        given: per side (T,), numbers of `labels`.
        sure: per side (T,), NaN where unknown; None where the side says nothing of its confidence.
        against: what is held to be right: gold, human, or "" for nothing.
        reference: (T,) numbers of `labels`, UNKNOWN where nobody said what is right; None without any.
        words: (T,) numbers of `forms`.
        missing: per side how many of its sentences were left out, since another side has not labelled them.
    """

    dataset: Dataset
    labels: Labels
    sides: tuple[Side, ...]
    positions: Places
    offsets: Places
    owners: Codes
    given: tuple[Codes, ...]
    sure: tuple[Sure | None, ...]
    against: str
    reference: Codes | None
    words: Codes
    forms: tuple[str, ...]
    missing: tuple[int, ...]

    @property
    def stored_labels(self) -> Labels:
        """`labels` as they are stored: an empty one is empty."""
        return tuple("" if label == NO_LABEL else label for label in self.labels)

    @property
    def n_sentences(self) -> int:
        return len(self.positions)

    @property
    def n_tokens(self) -> int:
        return len(self.owners)


def load(store: Store, dataset_id: str, sides: Sequence[Side], against: str = "") -> Comparison:
    """Bring the sides together.

    Args:
        sides: one to `MOST`, no two the same.
        against: gold, human, or "".

    Raises:
        UnknownName: no such data set.
        StudioError: too many sides, one that is twice there, without labels, or of another data set; nothing
            to hold them against; no sentence that all have labelled.
    """
    dataset = views.dataset(store, dataset_id)
    _check(store, dataset, sides)
    columns = [_column(store, dataset_id, side) for side in sides]
    for side, column in zip(sides, columns, strict=True):
        if not len(column.positions):
            raise StudioError(f"{side} has no labels of {dataset.name}.", "Choose another run or stage.")
    words = views.word_column(store, dataset_id)
    positions = _common([words, *columns])
    if not len(positions):
        raise StudioError("these runs labelled no sentence in common.", "Compare runs of the same split.")
    for column in columns:
        positions = positions[~np.isin(positions, column.partly)]
    if not len(positions):
        raise StudioError(
            "the words of all these sentences were changed since they were labelled.", "Start a new run."
        )
    right = _reference(store, dataset_id, against)
    labels = _labels(dataset, [*columns, *([right] if right else [])])
    sizes = np.diff(words.offsets)[np.searchsorted(words.positions, positions)]
    taken = [_taken(column, positions) for column in columns]
    return Comparison(
        dataset=dataset,
        labels=labels,
        sides=tuple(sides),
        positions=positions,
        offsets=np.concatenate([[0], np.cumsum(sizes)]),
        owners=np.repeat(np.arange(len(positions), dtype=np.int32), sizes),
        given=tuple(_recoded(col, labels)[at] for col, at in zip(columns, taken, strict=True)),
        sure=tuple(
            None if col.confidences is None else col.confidences[at]
            for col, at in zip(columns, taken, strict=True)
        ),
        against=against,
        reference=_known(right, positions, sizes, labels) if right else None,
        words=words.codes[_taken(words, positions)],
        forms=words.names,
        missing=tuple(len(column.positions) - len(positions) for column in columns),
    )


def _check(store: Store, dataset: Dataset, sides: Sequence[Side]) -> None:
    if not 1 <= len(sides) <= MOST:
        raise StudioError(f"{len(sides)} labelings cannot be compared.", f"Choose one to {MOST}.")
    for side in sides:
        if sides.count(side) > 1:
            raise StudioError(f"{side} is to be compared with itself.", "Choose it once.")
        if side.run and views.run(store, side.run)["dataset"] != dataset.id:
            raise StudioError(
                f"run {side.run} is not one of {dataset.name}.", "Compare runs of one data set."
            )


def _column(store: Store, dataset_id: str, side: Side) -> Column:
    if side.run:
        return views.column(store, side.run, side.stage)
    return views.human_column(store, dataset_id)


def _reference(store: Store, dataset_id: str, against: str) -> Column | None:
    if not against:
        return None
    if against == HUMAN:
        found = views.human_column(store, dataset_id)
    else:
        found = views.column(store, f"{dataset_id}/gold", GOLD)
    if not len(found.positions):
        what = "corrected sentences" if against == HUMAN else "gold labels"
        raise StudioError(f"{dataset_id} has no {what}.", "Compare without them, or add some first.")
    return found


def _common(columns: Sequence[Column]) -> Places:
    """Positions that all columns have, with as many tokens in each."""
    positions = columns[0].positions
    for column in columns[1:]:
        positions = positions[np.isin(positions, column.positions, assume_unique=True)]
    sizes = [np.diff(col.offsets)[np.searchsorted(col.positions, positions)] for col in columns]
    same = np.all([size == sizes[0] for size in sizes], axis=0)
    kept: Places = positions[same & (sizes[0] > 0)]
    return kept


def _taken(column: Column, positions: Places) -> Places:
    """The places of the tokens of these sentences, in order."""
    if len(positions) == len(column.positions):
        return np.arange(len(column.codes), dtype=np.int64)
    rows = np.searchsorted(column.positions, positions)
    starts, sizes = column.offsets[rows], np.diff(column.offsets)[rows]
    ends = np.cumsum(sizes)
    places: Places = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - (ends - sizes), sizes)
    return places


def _labels(dataset: Dataset, columns: Sequence[Column]) -> Labels:
    strange = sorted({name or NO_LABEL for column in columns for name in column.names} - set(dataset.labels))
    return (*dataset.labels, *strange)


def _recoded(column: Column, labels: Labels) -> Codes:
    numbers = {label: number for number, label in enumerate(labels)}
    table = np.array([numbers[name or NO_LABEL] for name in column.names], dtype=np.int32)
    found: Codes = table[column.codes]
    return found


def _known(column: Column, positions: Places, sizes: Places, labels: Labels) -> Codes:
    """What is right, for the tokens of these sentences; UNKNOWN where it is not said."""
    rows = np.minimum(np.searchsorted(column.positions, positions), len(column.positions) - 1)
    said = (column.positions[rows] == positions) & (np.diff(column.offsets)[rows] == sizes)
    found = np.full(int(sizes.sum()), UNKNOWN, dtype=np.int32)
    codes = _recoded(column, labels)
    if NO_LABEL in labels:
        codes[codes == labels.index(NO_LABEL)] = UNKNOWN
    found[np.repeat(said, sizes)] = codes[_taken(column, positions[said])]
    return found
