"""Which candidates can still be part of a best set: reduced costs, for a block of queries at once.

Columns of a query are its K best items (T) and, behind them, the best item outside T of every
signature; by the kernel argument (see `kernel.py`) they hold an optimum. A column j is dropped when
a set with j cannot reach the best set known: (sum of the K - 1 largest w) - sum u + w_j < value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.selectors.exact.dual import FAR, Field, Own, Shared, Single, State, ascend, greedy, improve
from core.selectors.problem import BoolArray, FloatArray, IntArray

WIDTH, WIDER, ENOUGH, ROUNDS, PASSES, STEPS = 64, 256, 24, 4, 4, 16
COLUMNS_A_STEP = 4


@dataclass(frozen=True)
class Narrowed:
    """The outcome: `kept` (R, C) columns that may matter, label `prices` (R, L), best `value` (R,)."""

    kept: BoolArray
    prices: Single
    value: Single


def narrow(field: Shared, loss: Single, error: Single, start: Single, k: int) -> Narrowed:
    """Columns that can be part of a best set.

    Args:
        field: the columns of R queries, C > k.
        loss: (R, L) price of leaving each label uncovered.
        error: (R,) how far a score of the field may be from the exact one.
        start: (L,) label prices to start from.
    """
    rows, width = field.scores.shape
    prices = np.minimum(start, loss)
    state = State(prices, np.full(rows, np.inf, np.float32), np.full(rows, -np.inf, np.float32))
    kept = np.ones((rows, width), dtype=bool)
    active = np.arange(rows)
    for turn in range(ROUNDS + 1):
        part, now = _rows(field, active), state.rows(active)
        weights = part.weigh(now.prices)
        if turn:
            kept[active] = _possible(weights, now, error[active], k)
            active, part, now, weights = _unfinished(kept, active, part, now, weights)
        if turn == ROUNDS or not len(active):
            break
        _round(part, loss[active], now, weights, kept[active].sum(axis=1), k)
        state.prices[active], state.value[active] = now.prices, now.value
    return Narrowed(kept, state.prices, state.value)


def _rows(field: Shared, rows: IntArray) -> Shared:
    return Shared(field.scores[rows], field.own[rows], field.table)


def _unfinished(
    kept: BoolArray, active: IntArray, part: Shared, now: State, weights: Single
) -> tuple[IntArray, Shared, State, Single]:
    left = np.flatnonzero(kept[active].sum(axis=1) > ENOUGH)
    return active[left], _rows(part, left), now.rows(left), weights[left]


def _possible(weights: Single, state: State, error: Single, k: int) -> BoolArray:
    """(R, C) columns that reach the best value known, all rounding allowed for."""
    split = np.partition(weights, weights.shape[1] - k, axis=1)[:, -k:]
    others = split[:, 1:].astype(np.float64).sum(axis=1) - state.prices.sum(axis=1, dtype=np.float64)
    rounding = error + 2.0**-22 * np.abs(split).max(axis=1)
    edge = state.value - others - (2 * k + 4) * rounding
    return np.asarray(weights >= edge[:, None].astype(np.float32)) & (weights > FAR / 2)


def _round(part: Shared, loss: Single, state: State, weights: Single, count: IntArray, k: int) -> None:
    """One turn of better sets, then better prices, for the queries of a state (in place)."""
    own = _front(part, weights, WIDTH)
    picked = greedy(own, loss, state.prices, k)
    state.value = np.maximum(state.value, improve(own, loss, picked, PASSES))
    fits = count <= own.scores.shape[1]
    few, many = np.flatnonzero(fits), np.flatnonzero(~fits)
    _ascend(Own(own.scores[few], own.labels[few]), few, loss, state, k)
    if len(many):
        _ascend(_front(_rows(part, many), weights[many], WIDER), many, loss, state, k)


def _front(part: Shared, weights: Single, width: int) -> Own:
    """The columns of largest w with labels of their own."""
    width = min(width, weights.shape[1])
    columns = np.argpartition(weights, weights.shape[1] - width, axis=1)[:, -width:]
    return Own(np.take_along_axis(part.scores, columns, axis=1), part.carried(columns))


def _ascend(field: Field, rows: IntArray, loss: Single, state: State, k: int) -> None:
    """Better prices for the queries `rows` of a state, whose columns are `field`."""
    if len(rows):
        now = state.rows(rows)
        ascend(field, loss[rows], now, k, min(STEPS, field.scores.shape[1] // COLUMNS_A_STEP))
        state.prices[rows], state.value[rows] = now.prices, now.value


def guess(loss: FloatArray, carriers: IntArray, size: int) -> Single:
    """(L,) label prices to begin with: a tenth of the loss, less for labels that are everywhere."""
    share = carriers / max(size, 1)
    return np.asarray(0.1 * loss * (1 - share), dtype=np.float32)
