"""Queries for the solver: counts above one, limits, and searches that grew too long.

The solver gets a kernel that keeps an optimum. With c = min(count, demand), y dominates x if it
comes before x by (score, row), c_y >= c_x everywhere and it weighs no more in any limit. x goes when

- K items dominate it: one of them is always free to replace it; or
- without limits, x is outside the K best and R_x = max over its labels of ceil(demand / c_x) items
  outside dominate it: take the best set with most members in T; if it holds x, some t in T is
  free, and swapping x for t can only lose if the others leave a label l short without x. Were all
  R_x dominators chosen, they would serve l alone; so one is free, and swapping x for it is no loss.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.selectors.exact.answers import CERTIFICATE, FEASIBLE, MILP, Answers
from core.selectors.exact.finalists import Finalists
from core.selectors.exact.masks import unpack
from core.selectors.exact.milp import Program, solve
from core.selectors.exact.pool import Pool, losses, wanted
from core.selectors.exact.scores import Scores
from core.selectors.exact.wish import Wish
from core.selectors.problem import FloatArray, IntArray

if TYPE_CHECKING:
    from core.selectors.exact.engine import Effort


def settle(
    pool: Pool,
    found: Finalists,
    loss: FloatArray,
    k: int,
    row: int,
    effort: Effort,
    answers: Answers,
    first: int,
) -> None:
    """Solve the finalists of one query, arrays (C,), and write down its answer."""
    used = np.flatnonzero(found.places >= 0)
    carried: FloatArray = unpack(found.sets[used], len(loss)).astype(np.float64)
    none = np.zeros((0, len(used)))
    demand = np.asarray(loss > 0, dtype=np.float64)
    program = Program(found.scores[used], carried, demand, loss, k, none, np.zeros(0))
    _write(program, pool.order[found.places[used]], effort, row, answers, first)


def choose(
    scores: Scores, own: int, wish: Wish, row: int, effort: Effort, answers: Answers, first: int
) -> None:
    """Solve one query from the whole pool, arrays as in `Wish`, and write down its answer."""
    program, items = program_of(scores, own, wish, row)
    if len(items) <= program.k and not wish.limits:
        answers.chosen[row, first : first + len(items)] = items
        return
    best = np.lexsort((items, -program.scores))[: program.k]
    if not effort.full_pool and _certain(program, best):
        answers.chosen[row, first : first + len(best)] = items[best]
        answers.status[row] = CERTIFICATE
        return
    kept = np.arange(len(items)) if effort.full_pool else kernel(program)
    _write(program.only(kept), items[kept], effort, row, answers, first)


def program_of(scores: Scores, own: int, wish: Wish, row: int) -> tuple[Program, IntArray]:
    """One query's program over all items it may have, and their pool rows."""
    allowed = np.isfinite(wish.worth)
    if own >= 0:
        allowed[own] = False
    items = np.flatnonzero(allowed)
    value = scores.exact(np.full(len(items), row), items) + wish.worth[items]
    labels = wanted(wish)
    labels = labels[(wish.counts[np.ix_(items, labels)] > 0).any(axis=0)]
    demand = wish.demand[labels]
    spread = float(value.max() - value.min()) if len(value) else 0.0
    price = losses(wish, labels, np.zeros(1), spread) / demand
    carried = np.minimum(wish.counts[np.ix_(items, labels)], demand)
    weights = np.array([limit.weights[items] for limit in wish.limits]).reshape(len(wish.limits), len(items))
    most = np.array([limit.most for limit in wish.limits])
    return Program(value, carried, demand, price, wish.k, weights, most), items


def _certain(program: Program, best: IntArray) -> bool:
    """Whether the K best keep the limits and no set could miss less."""
    if len(best) < program.k or (program.weights[:, best].sum(axis=1) > program.most).any():
        return False
    least = np.maximum(program.demand - program.carried.sum(axis=0), 0.0)
    return bool((program.missing(best) <= least + 1e-12).all())


def kernel(program: Program) -> IntArray:
    """Candidates that suffice for an optimum, ascending."""
    order = np.lexsort((np.arange(len(program.scores)), -program.scores))
    inside = order[: 0 if len(program.most) else program.k]
    rest = order[len(inside) :]
    # less is better in a limit: the weights count negatively
    merit = np.hstack([program.carried[rest], -program.weights[:, rest].T])
    needs = np.full(len(rest), program.k) if len(program.most) else _dominators_needed(program, rest)
    rest, merit, needs = _first_of_each(rest, merit, needs)
    kept = [
        int(rest[place])
        for place in np.flatnonzero(needs > 0)
        if (merit[:place] >= merit[place]).all(axis=1).sum() < needs[place]
    ]
    return np.array(sorted([*inside.tolist(), *kept]), dtype=np.int64)


def _dominators_needed(program: Program, rest: IntArray) -> IntArray:
    """R_x of each, at most K; 0 for one that carries nothing in demand."""
    carried = program.carried[rest]
    ratio = np.where(carried > 0, program.demand / np.where(carried > 0, carried, 1.0), 0.0)
    most = np.ceil(ratio).max(axis=1, initial=0.0)
    return np.asarray(np.minimum(most, program.k), dtype=np.int64)


def _first_of_each(
    rest: IntArray, merit: FloatArray, needs: IntArray
) -> tuple[IntArray, FloatArray, IntArray]:
    """Of items that are equal but for their score only as many as are needed: the best."""
    _, group = np.unique(merit, axis=0, return_inverse=True)
    order = np.argsort(group.ravel(), kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(group.ravel()[order]) > 0][: len(order)])
    place = np.empty(len(rest), dtype=np.int64)
    place[order] = np.arange(len(rest)) - np.repeat(starts, np.diff(np.append(starts, len(rest))))
    kept = np.flatnonzero(place < needs)
    return rest[kept], merit[kept], needs[kept]


def _write(program: Program, items: IntArray, effort: Effort, row: int, answers: Answers, first: int) -> None:
    """Solve and write down; where the limits leave no room for K items, for as many as there is."""
    solved = solve(program, effort.solver, effort.seconds)
    while solved.status == "infeasible" and program.k > 0:
        program = replace(program, k=program.k - 1)
        solved = solve(program, effort.solver, effort.seconds)
    picked = solved.picked
    picked = _within(program) if picked is None else lowest_twins(program, picked)
    answers.chosen[row, first:] = -1
    answers.chosen[row, first : first + len(picked)] = items[picked]
    answers.status[row] = MILP if solved.status == "optimal" else FEASIBLE
    answers.bound[row] = solved.bound


def lowest_twins(program: Program, picked: IntArray) -> IntArray:
    """The picked set with every item replaced by its first free twin (equal in all but its row)."""
    chosen = sorted(int(item) for item in picked)
    for place, item in enumerate(chosen):
        same = program.scores[:item] == program.scores[item]
        same &= (program.carried[:item] == program.carried[item]).all(axis=1)
        same &= (program.weights[:, :item] == program.weights[:, item : item + 1]).all(axis=0)
        free = [int(twin) for twin in np.flatnonzero(same) if twin not in chosen]
        if free:
            chosen[place] = free[0]
    return np.array(chosen, dtype=np.int64)


def _within(program: Program) -> IntArray:
    """Best first, whatever still keeps the limits: for a solver that found nothing in time."""
    picked: list[int] = []
    for item in np.argsort(-program.scores, kind="stable"):
        if (
            len(picked) < program.k
            and (program.weights[:, [*picked, int(item)]].sum(axis=1) <= program.most).all()
        ):
            picked.append(int(item))
    return np.array(picked, dtype=np.int64)
