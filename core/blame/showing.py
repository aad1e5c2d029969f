"""The exemplars of a run as they were shown: their words, their labels then, and which of these are wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.comparison import GOLD
from core.store import Store, views
from core.store.views_blame import Places, Shown
from core.store.views_columns import Column
from core.types import Labels

NOISY = ("consensus", "stage1", "pool")
"""Where the label an exemplar was shown with is looked for, in this order."""


@dataclass(frozen=True, slots=True, eq=False)
class Showing:
    """E different exemplars with X tokens in all; an exemplar whose labels are not known has none.

    Attributes:
        owners, exemplars: (E,) numbers of `datasets` and positions there.
        human: (E,) whether it was shown with a human's labels.
        offsets: (E + 1,): exemplar e has the tokens offsets[e] to offsets[e + 1].
        words: (X,) numbers of `forms`.
        labels: (X,) numbers of `names`: as they were shown.
        wrong: (X,) whether the label is wrong by what is held to be right; False where that is not known.
        judged: (X,) whether it is known.
    """

    owners: Places
    exemplars: Places
    human: npt.NDArray[np.bool_]
    offsets: Places
    words: Places
    labels: Places
    wrong: npt.NDArray[np.bool_]
    judged: npt.NDArray[np.bool_]
    datasets: tuple[str, ...]
    forms: tuple[str, ...]
    names: Labels

    @property
    def tokens_of(self) -> Places:
        """(X,) the exemplar of each token."""
        return np.repeat(np.arange(len(self.exemplars)), np.diff(self.offsets))


def showing(store: Store, run: Mapping[str, Any], shown: Shown, unique: Places, against: str) -> Showing:
    """The exemplars of `unique`: (3, E) numbers of data sets and origins, and positions."""
    owners, origins, exemplars = unique
    human = np.array([kind == "corrected" for kind in shown.kinds], dtype=np.bool_)[origins]
    forms, names = _Numbers(), _Numbers()
    parts: list[_Part] = []
    for number, dataset in enumerate(shown.datasets):
        mine = np.flatnonzero(owners == number)
        own = dataset == run["dataset"]
        words = views.word_column(store, dataset) if _is_here(store, dataset) else None
        if words is None or not len(words.positions):
            continue
        right = _right(store, dataset, against if own else GOLD)
        said = _said(store, run, dataset) if own else [right]
        for rows, columns in (
            (mine[~human[mine]], said),
            (mine[human[mine]], [_human_then(store, run, words)]),
        ):
            parts.append(_part(rows, exemplars[rows], (words, columns, right), forms, names))
    return _joined(parts, owners, exemplars, human, (shown.datasets, forms.names, names.names))


def _is_here(store: Store, dataset: str) -> bool:
    return dataset in {item.id for item in views.datasets(store)}


def _right(store: Store, dataset: str, against: str) -> Column:
    if against == GOLD:
        return views.column(store, f"{dataset}/gold", GOLD)
    return views.human_column(store, dataset)


def _said(store: Store, run: Mapping[str, Any], dataset: str) -> list[Column]:
    """The noisy labels of the target, the likeliest place first."""
    stage1 = run["params"].get("stage1", {})
    if stage1.get("labeler") == "gold":
        return [_right(store, dataset, GOLD)]
    found = [views.column(store, run["id"], stage) for stage in NOISY if stage in run["stages"]]
    origin = str(stage1.get("labels", "none"))
    if origin not in {"none", "auto"}:  # exemplars outside a run keep the labels they were imported with
        found.append(views.column(store, f"{dataset}/{origin}", "stage1"))
    return found


def _human_then(store: Store, run: Mapping[str, Any], words: Column) -> Column:
    """What humans had said when the run was made; whoever said something since did not say it to the run."""
    said, _ = views.corrections_of(store, str(run["dataset"]), views.said_until(store, str(run["id"])))
    names = tuple(dict.fromkeys(label for labels in said.values() for label in labels))
    numbers = {name: at for at, name in enumerate(names)}
    codes = [numbers[label] for labels in said.values() for label in labels]
    return Column(
        np.array(list(said), dtype=np.int64),
        np.concatenate([[0], np.cumsum([len(labels) for labels in said.values()])]).astype(np.int64),
        np.array(codes, dtype=np.int32),
        names,
    )


class _Numbers:
    """Strings of several columns under common numbers."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def of(self, names: Iterable[str]) -> Places:
        known = self._known
        return np.array([known.setdefault(name, len(known)) for name in names], dtype=np.int64)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._known)


@dataclass(frozen=True, slots=True)
class _Part:
    """Exemplars `rows` with the tokens that are known of them."""

    rows: Places
    sizes: Places
    words: Places
    labels: Places
    wrong: npt.NDArray[np.bool_]
    judged: npt.NDArray[np.bool_]


def _part(
    rows: Places,
    positions: Places,
    columns: tuple[Column, Sequence[Column], Column],
    forms: _Numbers,
    names: _Numbers,
) -> _Part:
    words, said, right = columns
    taken = _first(
        positions, _gathered(positions, words, forms), [_gathered(positions, col, names) for col in said]
    )
    sizes, labels = taken
    spelled = _kept(_gathered(positions, words, forms), sizes)
    truth = _fitted(_gathered(positions, right, names), sizes)
    judged = truth >= 0
    return _Part(rows, sizes, spelled, labels, judged & (truth != labels), judged)


_Lists = tuple[Places, Places]
"""Sizes (W,) and their values one after the other."""


def _gathered(positions: Places, column: Column, numbers: _Numbers) -> _Lists:
    """What a column says at each of these positions; nothing where it has none."""
    if not len(column.positions):
        return np.zeros(len(positions), dtype=np.int64), np.zeros(0, dtype=np.int64)
    rows = np.minimum(np.searchsorted(column.positions, positions), len(column.positions) - 1)
    here = column.positions[rows] == positions
    sizes = np.where(here, np.diff(column.offsets)[rows], 0).astype(np.int64)
    codes = column.codes[_places(column.offsets[rows], sizes)]
    return sizes, numbers.of(column.names)[codes]


def _places(starts: Places, sizes: Places) -> Places:
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if len(ends) else 0
    places: Places = np.arange(total) + np.repeat(starts - (ends - sizes), sizes)
    return places


def _first(positions: Places, words: _Lists, said: Sequence[_Lists]) -> _Lists:
    """The labels of the first column that has as many as there are words; none where no column has."""
    wanted = words[0]
    sizes = np.zeros(len(positions), dtype=np.int64)
    source = np.full(len(positions), -1)
    for number, (found, _) in enumerate(said):
        fits = (source < 0) & (found == wanted) & (wanted > 0)
        source[fits], sizes[fits] = number, wanted[fits]
    labels = np.zeros(int(sizes.sum()), dtype=np.int64)
    ends = np.cumsum(sizes)
    for number, (found, values) in enumerate(said):
        mine = source == number
        taken = _places((np.cumsum(found) - found)[mine], sizes[mine])
        labels[_places((ends - sizes)[mine], sizes[mine])] = values[taken]
    return sizes, labels


def _kept(lists: _Lists, sizes: Places) -> Places:
    """The values of those that have as many as `sizes`; the others have none."""
    found, values = lists
    same = found == sizes
    return values[_places((np.cumsum(found) - found)[same], found[same])]


def _fitted(lists: _Lists, sizes: Places) -> Places:
    """One value per token of `sizes`, -1 where there is not one for each."""
    found, values = lists
    answer = np.full(int(sizes.sum()), -1, dtype=np.int64)
    same = found == sizes
    answer[_places((np.cumsum(sizes) - sizes)[same], sizes[same])] = values[
        _places((np.cumsum(found) - found)[same], found[same])
    ]
    return answer


def _joined(
    parts: Sequence[_Part],
    owners: Places,
    exemplars: Places,
    human: npt.NDArray[np.bool_],
    names: tuple[tuple[str, ...], tuple[str, ...], Labels],
) -> Showing:
    """All parts in the order of the exemplars."""
    sizes = np.zeros(len(exemplars), dtype=np.int64)
    for part in parts:
        sizes[part.rows] = part.sizes
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    total = int(offsets[-1])
    words, labels = np.zeros(total, dtype=np.int64), np.zeros(total, dtype=np.int64)
    wrong, judged = np.zeros(total, dtype=np.bool_), np.zeros(total, dtype=np.bool_)
    for part in parts:
        places = _places(offsets[part.rows], part.sizes)
        words[places], labels[places] = part.words, part.labels
        wrong[places], judged[places] = part.wrong, part.judged
    datasets, forms, labelled = names
    return Showing(owners, exemplars, human, offsets, words, labels, wrong, judged, datasets, forms, labelled)
