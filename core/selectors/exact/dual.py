"""Bounds and good sets for many queries at once: Lagrangian relaxation of the coverage rows.

With u_l in [0, loss_l] for every label, w_j = v_j + sum of u over j's labels and T_u the K best by w,

    f(S) <= sum_{j in T_u} w_j - sum_l u_l        for every set S of K items.

`ascend` lowers that bound by Polyak's subgradient steps (one vector u per query); `improve` raises
the best set known by single swaps. Both work on float32 copies: they only steer, and whoever uses
their outcome computes the bound anew. Source: Held, Wolfe and Crowder (1974); Fisher (1981).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from core.selectors.problem import BoolArray, IntArray

Single = npt.NDArray[np.float32]
FAR = np.float32(-1e30)


class Field(Protocol):
    """The candidates of R queries: scores (R, C), -1e30 where there is none."""

    @property
    def scores(self) -> Single:
        """(R, C)."""
        ...

    def weigh(self, prices: Single) -> Single:
        """(R, C) w of every candidate under the label prices (R, L)."""
        ...

    def carried(self, picked: IntArray) -> Single:
        """(R, K, L) labels of the candidates picked (R, K)."""
        ...


@dataclass(frozen=True)
class Own:
    """Every query has its own candidates. `labels`: (R, C, L) of 0 and 1."""

    scores: Single
    labels: Single

    def weigh(self, prices: Single) -> Single:
        """See `Field`."""
        return np.asarray(self.scores + np.matmul(self.labels, prices[:, :, None])[:, :, 0])

    def carried(self, picked: IntArray) -> Single:
        """See `Field`."""
        return self.labels[np.arange(len(picked))[:, None], picked]


@dataclass(frozen=True)
class Shared:
    """The first columns are each query's own, the rest are the same label sets for all.

    `own`: (R, K, L); `table`: (C - K, L).
    """

    scores: Single
    own: Single
    table: Single

    def weigh(self, prices: Single) -> Single:
        """See `Field`."""
        weights = self.scores.copy()
        weights[:, : self.own.shape[1]] += np.matmul(self.own, prices[:, :, None])[:, :, 0]
        weights[:, self.own.shape[1] :] += prices @ self.table.T
        return weights

    def carried(self, picked: IntArray) -> Single:
        """See `Field`."""
        first = self.own.shape[1]
        shared: Single = self.table[np.maximum(picked - first, 0)]
        rows, places = np.nonzero(picked < first)
        shared[rows, places] = self.own[rows, picked[rows, places]]
        return shared


@dataclass
class State:
    """Per query the label prices (R, L) with the lowest bound so far, and the best value of a set (R,)."""

    prices: Single
    bound: Single
    value: Single

    def rows(self, kept: BoolArray | IntArray) -> State:
        """The state of some queries."""
        return State(self.prices[kept], self.bound[kept], self.value[kept])


def ascend(field: Field, loss: Single, state: State, k: int, steps: int) -> None:
    """Improve a state by subgradient steps, in place; the bound is reset to that of `field`."""
    prices, scale = state.prices.copy(), np.full(len(loss), 1.2, dtype=np.float32)
    state.bound = np.full(len(loss), np.inf, dtype=np.float32)
    for _ in range(steps):
        weights = field.weigh(prices)
        picked = np.argpartition(weights, weights.shape[1] - k, axis=1)[:, -k:]
        shown = field.carried(picked).sum(axis=1)
        bound = np.take_along_axis(weights, picked, axis=1).sum(axis=1) - prices.sum(axis=1)
        better = bound < state.bound - 1e-6
        state.prices[better], state.bound[better] = prices[better], bound[better]
        state.value = np.maximum(state.value, _worth(field, picked, shown, loss))
        scale = np.where(better, scale, scale * np.float32(0.85))
        prices = _step(prices, shown - 1, loss, scale * (bound - state.value))


def _worth(field: Field, picked: IntArray, shown: Single, loss: Single) -> Single:
    """(R,) objective of the sets picked."""
    gain: Any = np.take_along_axis(field.scores, picked, axis=1).sum(axis=1)
    return np.asarray(gain - ((shown == 0) * loss).sum(axis=1), dtype=np.float32)


def _step(prices: Single, slope: Single, loss: Single, size: Single) -> Single:
    """Prices moved against the slope; a slope that leads out of [0, loss] counts as none."""
    slope = np.where(((prices <= 0) & (slope > 0)) | ((prices >= loss) & (slope < 0)), 0, slope)
    steepness = np.maximum((slope * slope).sum(axis=1), 1)
    return np.asarray(np.clip(prices - (size / steepness)[:, None] * slope, 0, loss))


def greedy(field: Own, loss: Single, prices: Single, k: int) -> IntArray:
    """(R, K): one by one the candidate of highest score plus prices of labels not shown yet."""
    rows = np.arange(len(loss))
    scores, open_labels = field.scores.copy(), prices.copy()
    picked = np.empty((len(loss), k), dtype=np.int64)
    for place in range(k):
        weights = scores + np.matmul(field.labels, open_labels[:, :, None])[:, :, 0]
        picked[:, place] = weights.argmax(axis=1)
        scores[rows, picked[:, place]] = FAR
        open_labels *= 1 - field.labels[rows, picked[:, place]]
    return picked


def improve(field: Own, loss: Single, picked: IntArray, passes: int) -> Single:
    """Exchange one member for one candidate where that gains most, until nothing gains: values (R,)."""
    value = _worth(field, picked, field.carried(picked).sum(axis=1), loss)
    active = np.arange(len(picked))
    for _ in range(passes):
        part = Own(field.scores[active], field.labels[active])
        moved = _best_swap(part, loss[active], picked[active])
        gained = _worth(part, moved, part.carried(moved).sum(axis=1), loss[active])
        higher = gained > value[active] + 1e-6
        active = active[higher]
        picked[active], value[active] = moved[higher], gained[higher]
        if not len(active):
            break
    return value


def _best_swap(field: Own, loss: Single, picked: IntArray) -> IntArray:
    rows = np.arange(len(picked))
    carried = field.carried(picked)
    open_labels = ((carried.sum(axis=1, keepdims=True) - carried) <= 0) * loss[:, None, :]
    gain = np.matmul(open_labels, field.labels.transpose(0, 2, 1)) + field.scores[:, None, :]
    gain -= (np.take_along_axis(field.scores, picked, axis=1) + open_labels.sum(axis=2))[:, :, None]
    np.put_along_axis(gain, np.broadcast_to(picked[:, None, :], (*picked.shape, picked.shape[1])), FAR, 2)
    out, into = np.divmod(gain.reshape(len(rows), -1).argmax(axis=1), gain.shape[2])
    moved = picked.copy()
    moved[rows, out] = into
    return moved
