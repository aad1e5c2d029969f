"""What a stage of a run says of every item, and how right it believes itself to be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.store.views_columns import Column
from core.types import Labels

Floats = npt.NDArray[np.float64]
UNSURE = 0.5
"""Confidence of a label that came without one."""


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """The labels of S items with T labels in all.

    Attributes:
        positions: (S,), ascending. offsets: (S + 1,). codes: (T,) numbers of `names`.
        sure: (T,) confidences; `UNSURE` where there is none.
    """

    positions: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]
    codes: npt.NDArray[np.int32]
    names: tuple[str, ...]
    sure: Floats

    def labels(self, row: int) -> Labels:
        """The labels of an item."""
        codes = self.codes[self.offsets[row] : self.offsets[row + 1]]
        return tuple(self.names[code] for code in codes.tolist())

    def expected(self, metric: str) -> tuple[Floats, Floats]:
        """(S,) expected numerators and (S,) denominators of a metric, if the confidences were right."""
        if metric == "span_f1":
            return self._spans()
        return self._sums(self.sure), np.diff(self.offsets).astype(np.float64)

    def _spans(self) -> tuple[Floats, Floats]:
        """A span is right with the confidence of its least sure word; a doubted O may be a missed span."""
        outside = np.array([not name.startswith(("B", "I")) for name in self.names])[self.codes]
        goes_on = self._goes_on()
        starts = np.flatnonzero(~goes_on)
        least = np.minimum.reduceat(self.sure, starts) if len(starts) else np.zeros(0)
        right, begun = np.zeros(len(self.codes)), np.zeros(len(self.codes))
        right[starts], begun[starts] = least, 1.0
        right[outside], begun[outside] = 0.0, 0.0
        hits, given = self._sums(right), self._sums(begun)
        missed = self._sums(np.where(outside, 1.0 - self.sure, 0.0))
        return 2.0 * hits, given + hits + missed

    def _goes_on(self) -> npt.NDArray[np.bool_]:
        """(T,) whether a label continues the span of the one before it."""
        kinds = {kind: at for at, kind in enumerate(dict.fromkeys(name[2:] for name in self.names))}
        kind = np.array([kinds[name[2:]] for name in self.names])[self.codes]
        inner = np.array([name.startswith("I") for name in self.names])[self.codes]
        span = np.array([name.startswith(("B", "I")) for name in self.names])[self.codes]
        found = np.zeros(len(self.codes), dtype=np.bool_)
        found[1:] = inner[1:] & span[:-1] & (kind[1:] == kind[:-1])
        found[self.offsets[:-1][np.diff(self.offsets) > 0]] = False
        return found

    def _sums(self, values: Floats) -> Floats:
        totals = np.concatenate([[0.0], np.cumsum(values)])
        return np.asarray(totals[self.offsets[1:]] - totals[self.offsets[:-1]])


def said_of(labels: Column) -> Said:
    """From a column of the store."""
    known = labels.confidences
    sure = np.full(len(labels.codes), UNSURE)
    if known is not None:
        sure = np.where(np.isnan(known), UNSURE, known.astype(np.float64))
    return Said(labels.positions, labels.offsets, labels.codes, labels.names, np.clip(sure, 0.0, 1.0))
