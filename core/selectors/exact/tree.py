"""The search among the finalists: all queries of a block at once, one chosen item per level.

Items stand in order of w = score + prices of their labels. A set is built in that order; its value is

    sum w - sum u - sum over labels shown c >= 1 times (c - 1) u - sum over labels missed (loss - u),

so a partial set can be bounded by the w of the next items in order, less what its labels shown twice
and the labels nobody left can show already cost. An item is taken only after all its dominators.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.selectors.exact.finalists import NONE, Finalists, dominance
from core.selectors.exact.masks import Weights
from core.selectors.problem import BoolArray, FloatArray, IntArray

WORD = 62


@dataclass(frozen=True)
class Tree:
    """What the search needs, R queries and C candidates in order of w.

    Attributes:
        places, scores, sets: (R, C) as in `Finalists`, in order of w.
        rank: (R, C) place of each candidate in the order by (score, row).
        above: (R, C, W) its dominators as bits of columns, 62 to a word.
        weights: (R, C) w.
        gain: (k + 1, R, C + 1) w of the next so many items from a column on.
        rest: (R, C + 1) labels carried from a column on.
        need: (R,) labels in demand.
        prices, slack, loss: label prices, loss - price, and loss.
        start: (R,) minus the sum of prices.
    """

    places: IntArray
    scores: FloatArray
    sets: IntArray
    rank: IntArray
    above: IntArray
    weights: FloatArray
    gain: FloatArray
    rest: IntArray
    need: IntArray
    prices: Weights
    slack: Weights
    loss: Weights
    start: FloatArray


@dataclass(frozen=True)
class Nodes:
    """n partial sets: their query, next column, columns chosen (n, W), labels shown, value so far."""

    row: IntArray
    next: IntArray
    bits: IntArray
    shown: IntArray
    base: FloatArray

    def only(self, kept: IntArray) -> Nodes:
        """Some of them."""
        return Nodes(self.row[kept], self.next[kept], self.bits[kept], self.shown[kept], self.base[kept])


def plant(found: Finalists, prices: FloatArray, loss: FloatArray, need: IntArray, k: int) -> Tree:
    """Make the tree of some queries; prices and loss (R, L), need (R,) sets."""
    table, slack = Weights(prices), Weights(loss - prices)
    rows = np.arange(len(need))[:, None]
    weights = np.where(found.places >= 0, found.scores + table.over(rows, found.sets), NONE)
    order = np.argsort(-weights, axis=1, kind="stable")
    weights = np.take_along_axis(weights, order, axis=1)
    matrix = np.take_along_axis(dominance(found), order[:, :, None], axis=1)
    matrix = np.take_along_axis(matrix, order[:, None, :], axis=2)
    ordered = found.columns(order)
    return Tree(
        places=ordered.places,
        scores=ordered.scores,
        sets=ordered.sets,
        rank=order,
        above=_words(matrix),
        weights=weights,
        gain=_gains(weights, k),
        rest=_rest(ordered.sets),
        need=need,
        prices=table,
        slack=slack,
        loss=Weights(loss),
        start=-prices.sum(axis=1),
    )


def _words(members: BoolArray) -> IntArray:
    """Truth values (..., C) as bits (..., W)."""
    width = members.shape[-1]
    bits = np.int64(1) << (np.arange(width, dtype=np.int64) % WORD)
    return np.stack(
        [
            (members[..., start : start + WORD] * bits[start : start + WORD]).sum(axis=-1)
            for start in range(0, max(width, 1), WORD)
        ],
        axis=-1,
    )


def _gains(weights: FloatArray, k: int) -> FloatArray:
    rows, width = weights.shape
    sums = np.hstack([np.zeros((rows, 1)), np.cumsum(np.where(weights > NONE / 2, weights, 0.0), axis=1)])
    used = np.hstack([weights > NONE / 2, np.zeros((rows, 1), dtype=bool)])
    gain = np.full((k + 1, rows, width + 1), NONE)
    gain[0] = 0.0
    for more in range(1, min(k, width) + 1):
        ahead = sums[:, more:] - sums[:, :-more]
        gain[more, :, : ahead.shape[1]] = np.where(used[:, more - 1 : width], ahead, NONE)
    return gain


def _rest(sets: IntArray) -> IntArray:
    later = np.bitwise_or.accumulate(sets[:, ::-1], axis=1)[:, ::-1]
    return np.hstack([later, np.zeros((len(sets), 1), dtype=np.int64)])


def search(tree: Tree, value: FloatArray, k: int, budget: int) -> tuple[IntArray, FloatArray, IntArray]:
    """The best set of every query: places (R, k), value (R,), nodes (R,).

    Args:
        value: (R,) what is known to be reachable, less a little, so that ties are seen.
        budget: nodes per query; where it is exceeded, the value is minus infinity.
    """
    size = len(value)
    zero = np.zeros(size, dtype=np.int64)
    nothing = np.zeros((size, tree.above.shape[2]), dtype=np.int64)
    nodes = Nodes(np.arange(size), zero, nothing, zero, tree.start)
    spent = np.zeros(size, dtype=np.int64)
    for more in range(k, 0, -1):
        nodes = _grow(tree, nodes, value, more)
        spent += np.bincount(nodes.row, minlength=size)
        if (spent > budget).any():
            nodes = nodes.only(np.flatnonzero(spent[nodes.row] <= budget))
    return *_best(tree, nodes, size, k), spent


def _grow(tree: Tree, nodes: Nodes, value: FloatArray, more: int) -> Nodes:
    """Every partial set with one item more that can still reach the value."""
    width = tree.places.shape[1]
    ahead = tree.gain[more][nodes.row, :width] + nodes.base[:, None] >= value[nodes.row][:, None]
    parent, column = np.nonzero(ahead & (np.arange(width) >= nodes.next[:, None]))
    row, bits = nodes.row[parent], nodes.bits[parent]
    free = np.flatnonzero(((tree.above[row, column] & ~bits) == 0).all(axis=1))
    parent, column, row, bits = parent[free], column[free], row[free], bits[free]
    sets, shown = tree.sets[row, column], nodes.shown[parent]
    base = nodes.base[parent] + tree.weights[row, column] - tree.prices.over(row, sets & shown)
    shown = shown | sets
    lost = tree.need[row] & ~shown & ~(tree.rest[row, column + 1] if more > 1 else 0)
    bound = base + tree.gain[more - 1][row, column + 1] - tree.slack.over(row, lost)
    kept = np.flatnonzero(bound >= value[row])
    bits[np.arange(len(row)), column // WORD] |= np.int64(1) << (column % WORD)
    return Nodes(row, column + 1, bits, shown, base).only(kept)


def _best(tree: Tree, leaves: Nodes, size: int, k: int) -> tuple[IntArray, FloatArray]:
    """Per query the leaf of highest value; of equal ones that whose items come first in order."""
    columns = np.arange(tree.places.shape[1])
    members = ((leaves.bits[:, columns // WORD] >> (columns % WORD)) & 1).astype(bool)
    row = leaves.row
    value = np.where(members, tree.scores[row], 0.0).sum(axis=1)
    value -= tree.loss.over(row, tree.need[row] & ~leaves.shown)
    highest = np.full(size, -np.inf)
    np.maximum.at(highest, row, value)
    near = np.flatnonzero(value >= highest[row] - 1e-12 * (1.0 + np.abs(highest[row])))
    rank = np.sort(tree.rank[row[near]][members[near]].reshape(-1, k), axis=1)
    near = near[np.lexsort((*rank.T[::-1], row[near]))]
    first = near[np.r_[True, np.diff(row[near]) > 0][: len(near)]]
    places = np.full((size, k), -1)
    places[row[first]] = tree.places[row[first]][members[first]].reshape(-1, k)
    return places, highest
