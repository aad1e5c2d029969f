"""The K best of every row of a block, exactly, through the maxima of 64 interleaved groups of columns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.selectors.exact.scores import Block
from core.selectors.problem import FloatArray, IntArray

Exact = Callable[[IntArray, IntArray], FloatArray]
"""Float64 scores of parallel rows (of the block) and items."""
GROUP = 64
SMALL = 2048


def largest(block: Block, most: int) -> IntArray:
    """(R, most) columns of the largest entries of every row, in no order; ties fall anyhow."""
    width = block.shape[1]
    if width <= max(SMALL, GROUP * most):
        return _split(block, most)
    across = width // GROUP
    grouped = block[:, : GROUP * across].reshape(len(block), GROUP, across)
    groups = _split(grouped.max(axis=1), most)
    columns = (groups[:, :, None] + across * np.arange(GROUP)).reshape(len(block), -1)
    tail = np.broadcast_to(np.arange(GROUP * across, width), (len(block), width - GROUP * across))
    columns = np.concatenate([columns, tail], axis=1)
    inner = _split(np.take_along_axis(block, columns, axis=1), most)
    return np.take_along_axis(columns, inner, axis=1)


def _split(block: Block, most: int) -> IntArray:
    if block.shape[1] <= most:
        return np.tile(np.arange(block.shape[1]), (len(block), 1))
    return np.argpartition(block, block.shape[1] - most, axis=1)[:, -most:]


def best(block: Block, k: int, error: float, exact: Exact, index: IntArray) -> IntArray:
    """(R, k) the k best items of every row by exact score, ties by `index`; in no order.

    Args:
        block: (R, n) approximate scores, n > k; forbidden items at minus infinity.
        error: how far an entry may be from its exact score.
        index: (n,) rank of an item among equals.
    """
    columns = largest(block, k + 1)
    rough = np.take_along_axis(block, columns, axis=1)
    last = rough.argmin(axis=1)
    rows = np.arange(len(block))
    runner_up = rough[rows, last]
    rough[rows, last] = np.inf
    columns[rows, last] = columns[:, -1]
    picked = columns[:, :-1]
    for row in np.flatnonzero(rough.min(axis=1) <= runner_up + 2 * error).tolist():
        picked[row] = _carefully(block[row], row, k, error, exact, index)
    return picked


def _carefully(scores: Block, row: int, k: int, error: float, exact: Exact, index: IntArray) -> IntArray:
    """One row whose k-th place is too close to call: every item that might hold it is computed."""
    edge = np.partition(scores, len(scores) - k)[len(scores) - k]
    near = np.flatnonzero(scores >= edge - 2 * error)
    value = exact(np.full(len(near), row), near)
    return near[np.lexsort((index[near], -value))[:k]]
