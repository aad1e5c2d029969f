"""The candidates left of each query, with exact scores, without those that another one dominates.

y dominates x if it comes before x by (score, row) and carries every label in demand that x does.
Some optimum holds no item outside T that another item outside T dominates, and with every item all
its dominators (of T and F): else swapping would lose nothing and come earlier in the order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.selectors.exact.masks import Weights
from core.selectors.exact.pool import Pool
from core.selectors.exact.scores import Block
from core.selectors.exact.top import Exact
from core.selectors.problem import BoolArray, FloatArray, IntArray

NONE = -1e30
PAIRS = 1_000_000


@dataclass(frozen=True)
class Finalists:
    """Up to C items of R queries, best first by (score, row); unused columns come last.

    Attributes:
        places: (R, C) place in the pool, -1 unused.
        scores: (R, C) exact, -1e30 unused.
        sets: (R, C) labels in demand.
        outside: (R, C) not among the K best.
    """

    places: IntArray
    scores: FloatArray
    sets: IntArray
    outside: BoolArray

    def columns(self, order: IntArray) -> Finalists:
        """The columns `order` (R, C')."""

        def taken(array: IntArray) -> IntArray:
            return np.take_along_axis(array, order, axis=1)

        return Finalists(taken(self.places), taken(self.scores), taken(self.sets), taken(self.outside))  # type: ignore[arg-type]

    def rows(self, kept: IntArray | int) -> Finalists:
        """Some queries, or one."""
        return Finalists(self.places[kept], self.scores[kept], self.sets[kept], self.outside[kept])


@dataclass(frozen=True)
class Rest:
    """The queries of a block that the certificate did not settle.

    Attributes:
        block: approximate scores of the whole block; T is put to minus infinity by `set_aside`.
        lines: (R,) their rows in it.
        places: (R, K) T.
        exact, error: of the block.
    """

    block: Block
    lines: IntArray
    places: IntArray
    exact: Exact
    error: float

    def set_aside(self) -> Block:
        """(R, K) the approximate scores of T, which is taken out of the block."""
        rough = self.block[self.lines[:, None], self.places]
        self.block[self.lines[:, None], self.places] = -np.inf
        return rough

    def highest(self, pool: Pool) -> Block:
        """(R, G) approximate score of the best item of every signature."""
        if 2 * len(self.lines) > len(self.block):
            return np.maximum.reduceat(self.block, pool.starts, axis=1)[self.lines]
        return np.maximum.reduceat(self.block[self.lines], pool.starts, axis=1)


Some = tuple[IntArray, IntArray, FloatArray]
"""Parallel rows, places and exact scores, row by row."""


def representatives(pool: Pool, rest: Rest, kept: BoolArray) -> Some:
    """The best item outside T of every signature kept (R, G)."""
    rows, groups = np.nonzero(kept)
    if pool.lengths[groups].sum() * 4 > kept.shape[0] * rest.block.shape[1]:
        pair, places = _near_in_all(pool, rest, kept)
    else:
        pair, places = _near_in_some(pool, rest, rows, groups)
    scores = rest.exact(rest.lines[rows[pair]], places)
    order = np.lexsort((places, -scores, pair))
    chosen = order[np.r_[True, np.diff(pair[order]) > 0][: len(order)]]
    return rows[pair[chosen]], places[chosen], scores[chosen]


def _near_in_some(pool: Pool, rest: Rest, rows: IntArray, groups: IntArray) -> tuple[IntArray, IntArray]:
    """Items that may be the best of their signature: number of the (row, signature), place."""
    lengths = pool.lengths[groups]
    pair = np.repeat(np.arange(len(rows)), lengths)
    first = np.cumsum(lengths) - lengths
    places = np.arange(len(pair)) + (pool.starts[groups] - first)[pair]
    rough = rest.block.ravel()[(rest.lines[rows] * rest.block.shape[1])[pair] + places]
    best = np.maximum.reduceat(rough, first) if len(rows) else rough
    near = np.flatnonzero((rough >= best[pair] - 2 * rest.error) & np.isfinite(rough))
    return pair[near], places[near]


def _near_in_all(pool: Pool, rest: Rest, kept: BoolArray) -> tuple[IntArray, IntArray]:
    """The same where most of the pool has to be looked at."""
    edge = rest.highest(pool) - rest.block.dtype.type(2 * rest.error)
    edge[~kept | ~np.isfinite(edge)] = np.inf
    rows, places = np.nonzero(rest.block[rest.lines] >= np.repeat(edge, pool.lengths, axis=1))
    number = np.cumsum(kept.ravel()).reshape(kept.shape) - 1
    return number[rows, pool.group[places]], places


def members(rest: Rest, inside: BoolArray) -> Some:
    """Those of T (R, K) that can still matter."""
    rows, columns = np.nonzero(inside)
    picked = rest.places[rows, columns]
    return rows, picked, rest.exact(rest.lines[rows], picked)


def gather(pool: Pool, inside: Some, outside: Some) -> Finalists:
    """Both kinds of candidates side by side, in order."""
    rows, places, scores = (np.concatenate(pair) for pair in zip(inside, outside, strict=True))
    flag = np.arange(len(rows)) >= len(inside[0])
    order = np.lexsort((pool.order[places], -scores, rows))
    rows, places, scores, flag = rows[order], places[order], scores[order], flag[order]
    count = np.bincount(rows)
    column = np.arange(len(rows)) - (np.cumsum(count) - count)[rows]
    shape = (len(count), int(count.max()))
    found = Finalists(np.full(shape, -1), np.full(shape, NONE), np.zeros(shape, int), np.zeros(shape, bool))
    found.places[rows, column], found.scores[rows, column] = places, scores
    found.sets[rows, column], found.outside[rows, column] = pool.sets[places], flag
    return found


def dominance(found: Finalists, part: slice = slice(None)) -> BoolArray:
    """(R, C', C) whether column y (last axis) dominates the columns x of `part`."""
    sets, used = found.sets, found.places >= 0
    width = sets.shape[1]
    covers = (sets[:, part, None] & ~sets[:, None, :]) == 0
    earlier = np.arange(width) < np.arange(width)[part, None]
    pairs: BoolArray = covers & earlier & used[:, part, None] & used[:, None, :]
    return pairs


def undominated(found: Finalists, k: int) -> Finalists:
    """Without columns outside T that one outside dominates, or that K others dominate."""
    drop = np.zeros(found.places.shape, dtype=bool)
    step = max(1, PAIRS // max(found.places.size, 1))
    for start in range(0, found.places.shape[1], step):
        part = slice(start, start + step)
        pairs = dominance(found, part)
        drop[:, part] = found.outside[:, part] & (pairs & found.outside[:, None, :]).any(axis=2)
        drop[:, part] |= pairs.sum(axis=2) >= k
    return only(found, ~drop)


def only(found: Finalists, kept: BoolArray) -> Finalists:
    """The used columns that are kept, moved to the front, in order."""
    kept = kept & (found.places >= 0)
    width = int(kept.sum(axis=1).max(initial=0))
    order = np.argsort(~kept, axis=1, kind="stable")[:, :width]
    moved = found.columns(order)
    gone = ~np.take_along_axis(kept, order, axis=1)
    return Finalists(
        np.where(gone, -1, moved.places),
        np.where(gone, NONE, moved.scores),
        np.where(gone, 0, moved.sets),
        moved.outside & ~gone,
    )


def reachable(found: Finalists, prices: Weights, total: FloatArray, value: FloatArray, k: int) -> BoolArray:
    """(R, C) columns that can be part of a set worth `value`, by exact reduced costs.

    Args:
        prices: label prices; `total` (R,) their sum over all labels.
    """
    rows = np.arange(len(value))[:, None]
    weights = found.scores + np.where(found.places >= 0, prices.over(rows, found.sets), 0.0)
    split = np.partition(weights, weights.shape[1] - k, axis=1)[:, -k:]
    others = split[:, 1:].sum(axis=1) - total
    return np.asarray(weights >= (value - others)[:, None]) & (found.places >= 0)
