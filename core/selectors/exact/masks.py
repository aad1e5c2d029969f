"""Sets of labels as the bits of an int64, and sums of label weights over such sets.

The sum over a set never falls when the set grows, bit for bit: every sum adds its terms in the
order of the labels, and rounding is monotone. The search relies on it to order candidates.
"""

from __future__ import annotations

import numpy as np

from core.selectors.problem import BoolArray, FloatArray, IntArray

MOST_LABELS = 62
BYTE = 256


def pack(carried: BoolArray) -> IntArray:
    """(N, L) truth values as (N,) sets; L at most `MOST_LABELS`."""
    bits = np.int64(1) << np.arange(carried.shape[1], dtype=np.int64)
    return np.asarray((carried * bits).sum(axis=1, dtype=np.int64))


def unpack(sets: IntArray, width: int) -> BoolArray:
    """Sets of any shape as truth values with one more axis of `width` labels."""
    return np.asarray((sets[..., None] >> np.arange(width, dtype=np.int64)) & 1, dtype=bool)


class Weights:
    """Label weights (R, L), one row per query, ready to be summed over sets."""

    def __init__(self, weights: FloatArray) -> None:
        self._tables = [_table(weights[:, start : start + 8]) for start in range(0, weights.shape[1], 8)]

    def over(self, rows: IntArray, sets: IntArray) -> FloatArray:
        """Sums for parallel rows and sets, which may be of any shapes that broadcast."""
        total = np.zeros(np.broadcast_shapes(rows.shape, sets.shape))
        for place, table in enumerate(self._tables):
            total += table.ravel()[rows * BYTE + ((sets >> (8 * place)) & (BYTE - 1))]
        return total


def _table(weights: FloatArray) -> FloatArray:
    """(R, up to 8) weights -> (R, 256) sums over every set of them."""
    table = np.zeros((len(weights), BYTE))
    for label in range(weights.shape[1]):
        size = 1 << label
        table[:, size : 2 * size] = table[:, :size] + weights[:, label : label + 1]
    return table
