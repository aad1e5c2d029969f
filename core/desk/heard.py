"""What humans said and did to a data set, kept in memory: only what was added to the logs is read again."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.store import Store
from core.store.facts_annotations import LAYER
from core.store.views_desk import Last, Said, tail
from core.store.views_history import REPEAT
from core.store.views_people import partly_said


class Heard:
    """The newest word on every item of a data set.

    Attributes:
        said: position -> layer -> what was said last.
        remarks: position -> what was said beside labels, oldest first.
        words: position -> version of its words, where somebody edited them.
        skipped: who -> positions.
        repeated: positions of which a bulk action said single words.
        forms: form -> label -> how often humans gave it, as far as it was counted.
        n: rows read so far.
    """

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset
        self.said: dict[int, dict[str, Said]] = {}
        self.remarks: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
        self.words: dict[int, int] = {}
        self.skipped: dict[str, set[int]] = defaultdict(set)
        self.repeated: set[int] = set()
        self.forms: dict[str, Counter[str]] = defaultdict(Counter)
        self.n = 0
        self._last = Last()
        self._version = -1
        self._whole: dict[str, set[int]] = defaultdict(set)
        self._uncounted: set[int] = set()
        self._counted: dict[int, tuple[Sequence[str], Sequence[str]]] = {}
        self._lock = threading.RLock()

    def refresh(self, store: Store) -> None:
        """Take in what was added since."""
        if store.version() == self._version:
            return
        with self._lock:
            version = store.version()
            found = tail(store, self.dataset, self._last)
            for position, layer, row in found.said:
                self._hear(position, layer, row)
            for remark in found.remarks:
                self.remarks[remark["position"]].append(remark)
                if remark["kind"] == "skip":
                    self.skipped[remark["author"]].add(remark["position"])
            self.words.update(found.words)
            self.n += len(found.said) + len(found.remarks) + len(found.words)
            self._last, self._version = found.last, version

    def _hear(self, position: int, layer: str, row: Said) -> None:
        known = self.said.get(position, {})
        self.said[position] = {**known, layer: row}
        if row.labels is None:
            self._whole[layer].discard(position)
        else:
            self._whole[layer].add(position)
        if layer == LAYER:
            self._uncounted.add(position)
        if row.action == REPEAT:
            self.repeated.add(position)

    def done(self, store: Store, layer: str) -> set[int]:
        """The items that humans labelled as a whole in a layer, and did not take back."""
        with self._lock:
            whole = set(self._whole[layer])
            touched = sorted(self.repeated & whole)
        return whole - partly_said(store, self.dataset, touched, layer=layer).keys() if touched else whole

    def flagged(self) -> dict[int, str]:
        """Position -> who flagged it, for what is flagged now."""
        found = {}
        for position, rows in list(self.remarks.items()):
            told = [row for row in rows if row["kind"] in ("flag", "unflag")]
            if told and told[-1]["kind"] == "flag":
                found[position] = told[-1]["id"], told[-1]["author"]
        return {position: who for position, (_, who) in sorted(found.items(), key=lambda pair: pair[1])}

    def count(self, words: Callable[[int], Sequence[str]]) -> None:
        """Count what humans say of forms in the items they spoke of since; `words` gives an item's words."""
        with self._lock:
            while self._uncounted:
                position = self._uncounted.pop()
                row = self.said[position].get(LAYER)
                self._count(position, words(position), row.labels if row and row.labels else ())

    def _count(self, position: int, forms: Sequence[str], labels: Sequence[str]) -> None:
        for form, label in zip(*self._counted.pop(position, ((), ())), strict=True):
            self.forms[form][label] -= 1
            if not self.forms[form][label]:
                del self.forms[form][label]
        if labels and len(labels) == len(forms):
            self._counted[position] = tuple(forms), tuple(labels)
            for form, label in zip(forms, labels, strict=True):
                self.forms[form][label] += 1
