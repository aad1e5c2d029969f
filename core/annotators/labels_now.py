"""What stands now in every item of a data set, as numbers: what humans say over what a run says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.store import Store, views
from core.store.views_columns import Column
from core.store.views_people import partly_said
from core.types import Dataset, Labels

NOBODY = -1
"""The number of a label that nobody gave."""


@dataclass(frozen=True, slots=True, eq=False)
class Now:
    """S items with T words in all (one per item where an item has one label).

    Attributes:
        labels: all labels that occur; those of the data set first.
        positions: (S,); offsets: (S + 1,); owners: (T,) the row of `positions` each word is of.
        words: (T,) numbers of `forms`.
        given: (T,) numbers of `labels`, NOBODY where nobody said anything.
        sure: (T,) the run's confidence; NaN where there is none, or a human said it.
        human: (T,) whether a human said it.
    """

    labels: Labels
    positions: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]
    owners: npt.NDArray[np.int64]
    forms: tuple[str, ...]
    words: npt.NDArray[np.int32]
    given: npt.NDArray[np.int32]
    sure: npt.NDArray[np.float32]
    human: npt.NDArray[np.bool_]

    def row(self, place: int) -> slice:
        """The words of the item in this row."""
        return slice(int(self.offsets[place]), int(self.offsets[place + 1]))

    def labels_of(self, place: int) -> Labels:
        """The labels of the item in this row; "" where nobody said anything."""
        codes = self.given[self.row(place)].tolist()
        return tuple("" if code == NOBODY else self.labels[code] for code in codes)


def labels_now(store: Store, dataset: Dataset, run_id: str = "", stage: str = "") -> Now:
    """What humans say now, and where they say nothing what the stage of the run says."""
    words = views.word_column(store, dataset.id)
    columns = [views.column(store, run_id, stage)] if run_id and stage else []
    human = views.human_column(store, dataset.id)
    names = _names(dataset, [*columns, human])
    given = np.full(len(words.codes), NOBODY, dtype=np.int32)
    sure = np.full(len(words.codes), np.nan, dtype=np.float32)
    for column in columns:
        here, there = _matched(words, column)
        given[here] = _coded(column, names)[there]
        if column.confidences is not None:
            sure[here] = column.confidences[there]
    said = np.zeros(len(words.codes), dtype=bool)
    _say(store, dataset.id, words, human, names, given, said)
    sure[said] = np.nan
    return Now(
        labels=names,
        positions=words.positions,
        offsets=words.offsets,
        owners=np.repeat(np.arange(len(words.positions)), np.diff(words.offsets)),
        forms=words.names,
        words=words.codes,
        given=given,
        sure=sure,
        human=said,
    )


def _say(
    store: Store,
    dataset: str,
    words: Column,
    human: Column,
    names: Labels,
    given: npt.NDArray[np.int32],
    said: npt.NDArray[np.bool_],
) -> None:
    """Put what humans say over `given`; of items of which they said some words only, those words."""
    old = given.copy()
    here, there = _matched(words, human)
    given[here] = _coded(human, names)[there]
    said[here] = given[here] != NOBODY
    partly = partly_said(store, dataset)
    rows = np.searchsorted(words.positions, np.array([*partly], dtype=np.int64))
    inside = _places(words.offsets, rows)
    starts = np.repeat(words.offsets[rows], [len(spoken) for spoken in partly.values()])
    kept = np.zeros(len(words.codes), dtype=bool)
    kept[starts + np.array([place for spoken in partly.values() for place in spoken], dtype=np.int64)] = True
    said[inside] &= kept[inside]
    given[inside] = np.where(kept[inside] | (old[inside] == NOBODY), given[inside], old[inside])


def _names(dataset: Dataset, columns: list[Column]) -> Labels:
    strange = sorted({name for column in columns for name in column.names} - {"", *dataset.labels})
    return (*dataset.labels, *strange)


def _coded(column: Column, names: Labels) -> npt.NDArray[np.int32]:
    numbers = {"": NOBODY, **{name: number for number, name in enumerate(names)}}
    table = np.array([numbers[name] for name in column.names], dtype=np.int32)
    found: npt.NDArray[np.int32] = table[column.codes] if len(column.names) else column.codes.astype(np.int32)
    return found


def _matched(words: Column, column: Column) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Places in `words` and in `column` of the words of all items that both have, with as many words."""
    rows = np.searchsorted(words.positions, column.positions)
    rows_in = np.minimum(rows, max(0, len(words.positions) - 1))
    sizes = np.diff(column.offsets)
    same = np.zeros(len(column.positions), dtype=bool)
    if len(words.positions):
        same = (words.positions[rows_in] == column.positions) & (np.diff(words.offsets)[rows_in] == sizes)
    return _places(words.offsets, rows_in[same]), _places(column.offsets, np.flatnonzero(same))


def _places(offsets: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    starts, sizes = offsets[rows], np.diff(offsets)[rows]
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if len(ends) else 0
    found: npt.NDArray[np.int64] = np.arange(total, dtype=np.int64) + np.repeat(
        starts - (ends - sizes), sizes
    )
    return found
