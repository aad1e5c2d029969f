"""Items that no query can need, whatever its similarities: dropped once for all queries.

Item j goes when K + 1 others carry every label in demand that j does and are worth more than j by
over `spread`, the most that two similarities of a query can differ: at most one of them is the
query itself, so K of them beat j in every query and one of these is always free to replace it.
"""

from __future__ import annotations

import numpy as np

from core.selectors.exact.masks import pack
from core.selectors.exact.wish import Wish
from core.selectors.problem import BoolArray, FloatArray, IntArray

CHUNK = 256


def needless(wish: Wish, labels: IntArray, spread: float) -> BoolArray:
    """(N,) items that can be dropped. `labels`: those in demand, at most `MOST_LABELS`."""
    allowed = np.isfinite(wish.worth)
    worth = np.where(allowed, wish.worth, -np.inf)
    if not allowed.any() or worth.max() - worth[allowed].min() <= spread:
        return np.zeros(len(worth), dtype=bool)
    sets = pack(wish.counts[:, labels] > 0)
    signatures, group = np.unique(sets, return_inverse=True)
    order = np.argsort(-worth, kind="stable")[: int(allowed.sum())]
    strong = order[_place_in_group(group[order]) <= wish.k]
    level = _level(signatures, sets[strong], worth[strong], wish.k + 1, worth[allowed].min() + spread)
    return np.asarray(worth < level[group] - spread)


def _place_in_group(group: IntArray) -> IntArray:
    """How many earlier entries belong to the same group."""
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(group[order]) != 0])
    lengths = np.diff(np.append(starts, len(group)))
    place = np.empty(len(group), dtype=np.int64)
    place[order] = np.arange(len(group)) - np.repeat(starts, lengths)
    return place


def _level(signatures: IntArray, sets: IntArray, worth: FloatArray, count: int, floor: float) -> FloatArray:
    """(G,) worth of the `count`-th best item that carries all of a signature, if above `floor`.

    `sets`, `worth`: items, best first.
    """
    level = np.full(len(signatures), -np.inf)
    seen = np.zeros(len(signatures), dtype=np.int64)
    left = np.arange(len(signatures))
    for start in range(0, len(sets), CHUNK):
        if not len(left) or worth[start] <= floor:
            break
        part = slice(start, start + CHUNK)
        carries = (signatures[left][:, None] & ~sets[part][None, :]) == 0
        total = seen[left][:, None] + np.cumsum(carries, axis=1)
        seen[left] = total[:, -1]
        reached = total[:, -1] >= count
        level[left[reached]] = worth[part][(total[reached] >= count).argmax(axis=1)]
        left = left[~reached]
    return level
