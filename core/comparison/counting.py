"""Tokens counted by what several labels say at once: the one pass over all tokens that most figures need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.comparison.sides import UNKNOWN, Codes, Comparison, Places

CELLS = 4_000_000
"""Tables up to this size are counted directly, larger ones by sorting."""

Numbers = npt.NDArray[np.integer[Any]]


def counted(columns: Sequence[Numbers], widths: Sequence[int]) -> tuple[tuple[Places, ...], Places]:
    """Which combinations occur, and how often.

    Args:
        columns: numbers (T,) from 0 to below its width, each.

    Returns:
        The combinations as columns (U,) in ascending order, and their counts (U,).
    """
    size = int(np.prod(widths, dtype=np.float64))
    kind = np.int32 if size < np.iinfo(np.int32).max else np.int64
    keys: npt.NDArray[Any] = columns[0].astype(kind)
    for column, width in zip(columns[1:], widths[1:], strict=True):
        keys = keys * width + column
    if size <= CELLS:
        table = np.bincount(keys, minlength=size)
        found: Places = np.flatnonzero(table)
        counts: Places = table[found]
    else:
        found, counts = np.unique(keys.astype(np.int64), return_counts=True)
    parts = np.unravel_index(found, tuple(widths)) if len(found) else [found] * len(widths)
    return tuple(np.asarray(part, dtype=np.int64) for part in parts), counts


@dataclass(frozen=True, slots=True, eq=False)
class Triples:
    """What two sides said and what is right, as numbers of labels (U,), and how often together (U,).

    `right` is UNKNOWN where nobody said what is right, and throughout without a reference.
    """

    before: Places
    after: Places
    right: Places
    count: Places

    @property
    def changed(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self.before != self.after)

    def kinds(self, *, judged: bool) -> list[str]:
        """Which of CHANGES each is: the exact one where it is `judged`, and known, what is right."""
        return [
            _kind(old, new, right, judged=judged)
            for old, new, right in zip(
                self.before.tolist(), self.after.tolist(), self.right.tolist(), strict=True
            )
        ]

    def of(self, chosen: npt.NDArray[np.bool_]) -> Triples:
        return Triples(self.before[chosen], self.after[chosen], self.right[chosen], self.count[chosen])


def _kind(old: int, new: int, right: int, *, judged: bool) -> str:
    if not judged:
        return "same" if old == new else "changed"
    if old == new:
        return "same_right" if new == right else "same_wrong"
    if new == right:
        return "fixed"
    return "broken" if old == right else "moved"


def triples(compared: Comparison, before: int = 0, after: int = 1) -> Triples:
    """Everything two sides said, counted."""
    width = len(compared.labels)
    sides = [compared.given[before], compared.given[after]]
    if compared.reference is None:
        (old, new), count = counted(sides, (width, width))
        return Triples(old, new, np.full(len(count), UNKNOWN), count)
    (old, new, right), count = counted([*sides, compared.reference + 1], (width, width, width + 1))
    return Triples(old, new, right + UNKNOWN, count)


def whole(counts: npt.NDArray[np.int64], *, known: bool) -> Any:
    """Counts as a column of whole numbers, all of them missing where they are not known."""
    import pandas as pd

    return pd.arrays.IntegerArray(np.array(counts, dtype=np.int64), np.full(len(counts), not known))


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """The tokens whose right label is known, always whole sentences.

    Attributes:
        tokens: places (K,) of `Comparison.given` and its like, as something that arrays are indexed with.
        owners: (K,) the sentence of each, from 0, without gaps.
        n: sentences.
    """

    tokens: Any
    owners: Codes
    n: int
    right: Codes

    def given(self, compared: Comparison, side: int) -> Codes:
        found: Codes = compared.given[side][self.tokens]
        return found


def judged(compared: Comparison) -> Judged | None:
    """What can be held against something; None without a reference, or with none for these sentences."""
    right = compared.reference
    if right is None:
        return None
    known = right != UNKNOWN
    if known.all():
        return Judged(slice(None), compared.owners, compared.n_sentences, right)
    if not known.any():
        return None
    owners = compared.owners[known]
    first = np.diff(owners, prepend=-1) != 0
    return Judged(known, (np.cumsum(first) - 1).astype(np.int32), int(first.sum()), right[known])
