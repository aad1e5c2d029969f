"""What the desk keeps in memory of a data set and one of its runs, so that an item is put together at once.

Words and labels are numbers per token (a million tokens: 4 MB each, 8 with confidences). A finished run never
changes, so none of it is ever read twice; what humans say is not in it.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from core.jobs import distributions
from core.store import Store, views
from core.store.views_columns import Column
from core.types import Dataset, Instance, Labels

OTHER_RUNS = 3
"""Runs beside the one looked at whose labels are shown and suggested."""
POSTERIOR_TOKENS = 50_000
"""Tokens up to which kept distributions of Stage I are read for suggestions."""
MOST_INSTANCES = 4_000
MOST_LABELS = 4
STAGES = ("stage1", "consensus", "stage2")
STAGE_NAMES = {"stage1": "Stage I", "consensus": "Consensus", "stage2": "Stage II", "gold": "Gold"}
Suggestions = tuple[tuple[str, float], ...]
Titled = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Labelling:
    """One stage's labels, under the name people read."""

    name: str
    column: Column
    run_id: str = ""
    stage: str = ""

    def row(self, position: int) -> int:
        """The number of the sentence, -1 where it has none."""
        return row_of(self.column.positions, position)

    def of(self, position: int) -> tuple[Labels, tuple[float | None, ...]] | None:
        """Labels and confidences of an item; None where this stage gave none."""
        row, column = self.row(position), self.column
        if row < 0:
            return None
        where = slice(int(column.offsets[row]), int(column.offsets[row + 1]))
        labels = tuple(column.names[code] for code in column.codes[where])
        if column.confidences is None:
            return labels, (None,) * len(labels)
        return labels, tuple(_number(value) for value in column.confidences[where])


def row_of(positions: npt.NDArray[np.int64], position: int) -> int:
    """Where a position stands among ascending ones, -1 where it does not."""
    place = int(np.searchsorted(positions, position))
    return place if place < len(positions) and positions[place] == position else -1


def _number(value: Any) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)


@dataclass
class Material:
    """Words, labels and forms.

    Attributes:
        dataset: as it was when this was read; only its labels and task matter here.
        shown: whose labels an item shows that no human has labelled; None where nobody labelled.
        beside: the other stages of the run, and other runs.
        examples: of each label, once somebody asked for them.
        posteriors: position -> per token the likeliest labels, where the run's distributions were kept.
    """

    dataset: Dataset
    run_id: str
    stage: str
    words: Column
    shown: Labelling | None
    beside: tuple[Labelling, ...]
    posteriors: dict[int, tuple[Suggestions, ...]] = field(default_factory=dict)
    instances: OrderedDict[int, Instance] = field(default_factory=OrderedDict)
    examples: dict[str, list[list[str]]] | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)
    _forms: dict[str, tuple[int, tuple[tuple[str, int], ...]]] = field(default_factory=dict)
    _index: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], dict[str, int]] | None = None
    _labels: npt.NDArray[np.int32] | None = None

    @property
    def tokens(self) -> bool:
        """Whether every word has a label, not the whole item one."""
        return self.dataset.task in {"pos", "ner"}

    def positions(self) -> npt.NDArray[np.int64]:
        """The items of the run, or of the data set where there is none."""
        return self.shown.column.positions if self.shown else self.words.positions

    def fetch(self, store: Store, positions: Sequence[int], edited: Collection[int]) -> dict[int, Instance]:
        """The items; those seen lately are not read again, unless somebody edited their words."""
        with self.lock:
            missing = [at for at in positions if at in edited or at not in self.instances]
        found = views.instances(store, self.dataset.id, missing) if missing else {}
        with self.lock:
            self.instances.update(found)
            known = {at: self.instances[at] for at in positions if at in self.instances}
            while len(self.instances) > MOST_INSTANCES:
                self.instances.popitem(last=False)
        return known

    def expect(self, store: Store, positions: Sequence[int], soon: Callable[[], Sequence[int]]) -> None:
        """Read what will be asked for soon along with what is missing now: one query for many items."""
        with self.lock:
            missing = any(position not in self.instances for position in positions)
        if missing:
            self.fetch(store, [*positions, *soon()], ())

    def forms(self, position: int) -> tuple[str, ...]:
        """The words of an item, as they were when this was read."""
        row, column = row_of(self.words.positions, position), self.words
        if row < 0:
            return ()
        return tuple(
            column.names[code] for code in column.codes[column.offsets[row] : column.offsets[row + 1]]
        )

    def elsewhere(
        self, form: str, human: Mapping[str, int] | None = None
    ) -> tuple[int, tuple[tuple[str, int], ...]]:
        """How often a form occurs, and its labels: those of `human` first, then the most frequent ones."""
        known = self._forms.get(form)
        if known is None:
            known = self._forms[form] = self._look_up(form)
        if not human:
            return known
        first = sorted(human.items(), key=lambda pair: (-pair[1], pair[0]))
        return known[0], (*first, *(pair for pair in known[1] if pair[0] not in human))

    def _look_up(self, form: str) -> tuple[int, tuple[tuple[str, int], ...]]:
        order, starts, codes = self.index()
        code = codes.get(form)
        if code is None:
            return 0, ()
        places = order[starts[code] : starts[code + 1]]
        given = self.aligned()[places]
        counts = Counter(given[given >= 0].tolist())
        names = self.shown.column.names if self.shown else ()
        return len(places), tuple((names[label], n) for label, n in counts.most_common(MOST_LABELS))

    def index(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], dict[str, int]]:
        """Token numbers grouped by form, where each form's begin, and form -> its number."""
        with self.lock:
            if self._index is None:
                order = np.argsort(self.words.codes, kind="stable")
                sizes = np.bincount(self.words.codes, minlength=len(self.words.names))
                starts = np.concatenate([[0], np.cumsum(sizes)])
                codes = {name: code for code, name in enumerate(self.words.names)}
                self._index = order, starts, codes
            return self._index

    def aligned(self) -> npt.NDArray[np.int32]:
        """Per word of the data set the number of the label shown, -1 where there is none."""
        with self.lock:
            if self._labels is None:
                self._labels = _aligned(self.words, self.shown.column if self.shown else None)
            return self._labels


def _aligned(words: Column, labels: Column | None) -> npt.NDArray[np.int32]:
    if labels is None or not len(labels.positions):
        return np.full(len(words.codes), -1, dtype=np.int32)
    if np.array_equal(words.offsets, labels.offsets) and np.array_equal(words.positions, labels.positions):
        return labels.codes.astype(np.int32)
    found = np.full(len(words.codes), -1, dtype=np.int32)
    rows = np.searchsorted(words.positions, labels.positions)
    for mine, row in enumerate(rows):
        start, end = labels.offsets[mine], labels.offsets[mine + 1]
        to = words.offsets[row]
        if words.offsets[row + 1] - to == end - start:
            found[to : to + end - start] = labels.codes[start:end]
    return found


def read(store: Store, dataset_id: str, run_id: str, stage: str, titled: Titled) -> Material:
    """Read what the desk needs of a data set, a run and its stage ("" = its last; no run: gold, if any).

    Raises:
        UnknownName: no such data set or run.
    """
    dataset = views.dataset(store, dataset_id)
    words = views.word_column(store, dataset_id)
    runs = views.runs(store, dataset_id)
    mine = views.run(store, run_id) if run_id else None
    known = [name for name in STAGES if mine and name in mine["stages"]]
    last = stage if stage in known else (known[-1] if known else "")
    shown: Labelling | None
    if mine is not None and last:
        shown = _labelling(store, STAGE_NAMES[last], run_id, last)
    else:
        shown = _gold(store, dataset_id, runs)
    own = [_labelling(store, STAGE_NAMES[name], run_id, name) for name in known if name != last]
    others = _others(store, [row for row in runs if row["id"] != run_id], titled)
    posteriors = _posteriors(store, run_id, dataset) if "stage1" in known else {}
    return Material(dataset, run_id if last else "", last, words, shown, (*own, *others), posteriors)


def _gold(store: Store, dataset_id: str, runs: Sequence[Mapping[str, Any]]) -> Labelling | None:
    """The labels that came with the file: what is corrected where nobody else labelled."""
    gold = next((row["id"] for row in runs if row["kind"] == "gold"), None)
    return _labelling(store, STAGE_NAMES["gold"], gold, "gold") if gold else None


def _labelling(store: Store, name: str, run_id: str, stage: str) -> Labelling:
    return Labelling(name, views.column(store, run_id, stage), run_id, stage)


def _others(store: Store, runs: Sequence[Mapping[str, Any]], titled: Titled) -> list[Labelling]:
    newest = [row for row in reversed(runs) if row["kind"] != "gold" and set(row["stages"]) & set(STAGES)]
    found = []
    for row in newest[:OTHER_RUNS]:
        last = [name for name in STAGES if name in row["stages"]][-1]
        found.append(_labelling(store, titled(row), row["id"], last))
    return found


def _posteriors(store: Store, run_id: str, dataset: Dataset) -> dict[int, tuple[Suggestions, ...]]:
    """Stage I's likeliest three labels per token, where whole distributions were kept."""
    if dataset.n_tokens > POSTERIOR_TOKENS or dataset.n_instances > POSTERIOR_TOKENS:
        return {}
    found = {}
    for position, row in distributions.kept(store, run_id).items():
        table = np.asarray(row.posterior)
        if table.ndim == 2 and table.shape[1] == len(dataset.labels):
            best = np.argsort(-table, axis=1)[:, :4]
            found[position] = tuple(
                tuple((dataset.labels[label], round(float(table[at, label]), 4)) for label in labels)
                for at, labels in enumerate(best)
            )
    return found
