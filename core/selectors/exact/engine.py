"""Exact selection for many queries: blocks of similarities, certificate, reduction, search, solver.

Results do not depend on `block`: approximate float32 scores only decide what is looked at, with
their error allowed for; every comparison that decides a choice is made on float64 scores that are
computed pair by pair. Memory is that of one block, never queries x pool.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.errors import RecipeError
from core.selectors.exact.answers import CERTIFICATE, FEASIBLE, Answers
from core.selectors.exact.fast import Fast
from core.selectors.exact.general import choose as choose_by_solver
from core.selectors.exact.scores import Scores
from core.selectors.exact.wish import Wish
from core.selectors.problem import BoolArray, FloatArray, IntArray

SMALL_POOL = 4096


@dataclass(frozen=True)
class Effort:
    """How the work is cut and when the solver takes over.

    Attributes:
        block: queries at a time; 0 = as many as suit the size of the pool.
        nodes: partial sets per query before the solver is asked.
        seconds: the solver's time per query.
        solver: `highs` or `cbc`.
        screen: from how many queries on needless items are dropped for all of them first; 0 = never.
            At 10,000 items of 17 labels it takes as long as 200 queries.
        full_pool: no reduction at all, the solver gets every candidate ("prove it").
    """

    block: int = 0
    nodes: int = 2000
    seconds: float = 60.0
    solver: str = "highs"
    screen: int = 512
    full_pool: bool = False


def solve(scores: Scores, own: IntArray, wish: Wish, effort: Effort | None = None) -> Answers:
    """The best exemplars of every query.

    Args:
        scores: similarities of Q queries to N items.
        own: (Q,) pool row of the query itself, never chosen; -1 = not in the pool.
        wish: the program.
    """
    wish.check()
    if own.shape != (scores.queries,) or (own >= len(wish.worth)).any():
        raise RecipeError(
            f"selection: own has shape {own.shape} for {scores.queries} queries, or names no row."
        )
    effort = effort or Effort()
    if not effort.block:
        effort = replace(effort, block=128 if len(wish.worth) > SMALL_POOL else 256)
    if wish.hard:
        wish = replace(wish, demand=np.ceil(wish.demand))
    answers = Answers.blank(scores.queries, wish.k, wish.counts.shape[1])
    pinned = np.isin(own, wish.pins) & (own >= 0)
    _solve_some(scores, own, wish, np.flatnonzero(~pinned), effort, answers)
    for pin in np.unique(own[pinned]):
        others = replace(wish, pins=tuple(row for row in wish.pins if row != pin))
        _solve_some(scores, own, others, np.flatnonzero(own == pin), effort, answers)
    for start in range(0, scores.queries, effort.block):
        rows = np.arange(start, min(start + effort.block, scores.queries))
        _finish(scores, own, wish, rows, answers)
    return answers


def _solve_some(
    scores: Scores, own: IntArray, wish: Wish, rows: IntArray, effort: Effort, answers: Answers
) -> None:
    """Fill in some queries: pinned rows are set aside, the rest is chosen around them."""
    if not len(rows):
        return
    pins = np.array(sorted(set(wish.pins)), dtype=np.int64)
    answers.chosen[np.ix_(rows, np.arange(len(pins)))] = pins
    rest = without_pins(wish, pins)
    if rest.k == 0:
        answers.status[rows] = CERTIFICATE
    elif rest.presence and not effort.full_pool:
        worth_it = 0 < effort.screen <= len(rows)
        fast = Fast(scores, own, rest, effort if worth_it else replace(effort, screen=0))
        for start in range(0, len(rows), effort.block):
            fast.solve(rows[start : start + effort.block], answers, len(pins))
    else:
        for row in rows:
            choose_by_solver(scores, int(own[row]), rest, int(row), effort, answers, len(pins))


def without_pins(wish: Wish, pins: IntArray) -> Wish:
    """The wish for the other places: pins banned, what they show no longer in demand."""
    worth = wish.worth.copy()
    worth[pins] = -np.inf
    shown = wish.counts[pins].sum(axis=0)
    limits = tuple(replace(row, most=row.most - float(row.weights[pins].sum())) for row in wish.limits)
    left = np.maximum(wish.demand - shown, 0.0)
    return replace(wish, k=wish.k - len(pins), worth=worth, demand=left, pins=(), limits=limits)


def _finish(scores: Scores, own: IntArray, wish: Wish, rows: IntArray, answers: Answers) -> None:
    """Order, values and labels of a block of queries, from the sets chosen."""
    chosen = answers.chosen[rows]
    used = chosen >= 0
    flat = np.repeat(rows, wish.k)
    similarity = np.where(used, scores.exact(flat, chosen.ravel()).reshape(chosen.shape), -np.inf)
    order = np.lexsort((chosen, -similarity))
    chosen, similarity = np.take_along_axis(chosen, order, 1), np.take_along_axis(similarity, order, 1)
    used = chosen >= 0
    answers.chosen[rows] = chosen
    total = np.where(used, similarity + np.where(used, _finite(wish.worth)[chosen], 0.0), 0.0).sum(axis=1)
    missing, uncoverable = shortfalls(wish, own[rows], chosen)
    answers.uncovered[rows], answers.uncoverable[rows] = missing > 0, uncoverable
    lost = np.where(uncoverable, 0.0, missing) @ wish.price
    answers.value[rows] = total if wish.hard else total - lost
    above = np.maximum(answers.bound[rows], answers.value[rows])
    answers.bound[rows] = np.where(answers.status[rows] == FEASIBLE, above, answers.value[rows])


def _finite(worth: FloatArray) -> FloatArray:
    return np.where(np.isfinite(worth), worth, 0.0)


def shortfalls(wish: Wish, own: IntArray, chosen: IntArray) -> tuple[FloatArray, BoolArray]:
    """(R, L) tokens in demand not shown, and labels in demand that no candidate carries."""
    shown = np.where((chosen >= 0)[:, :, None], wish.counts[chosen], 0).sum(axis=1)
    missing = np.maximum(wish.demand - shown, 0.0)
    allowed = np.isfinite(wish.worth)
    allowed[list(wish.pins)] = True
    carriers = (wish.counts[allowed] > 0).sum(axis=0)
    mine = (own >= 0) & allowed[own]
    others = carriers - np.where(mine[:, None], wish.counts[own] > 0, 0)
    return missing, (others == 0) & (wish.demand > 0)
