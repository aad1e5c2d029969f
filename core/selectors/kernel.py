"""Which candidates can matter: a small kernel of a coverage problem that keeps an optimum.

Let T be the K best by (score, row), c[x, l] = min(count, demand_l). An item y dominates x if it
comes before x in that order and c[y] >= c[x] everywhere. An item x outside T may be dropped if at
least R_x = max over l with c[x, l] > 0 of ceil(demand_l / c[x, l]) items outside T dominate it.
Proof: take the best set with most members in T. If it holds x outside T, some t in T is free, and
swapping x for t can only lose if the others leave label l short without x. Were all R_x dominators
chosen, they would serve l alone; so one is free, and swapping x for it loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.selectors.problem import FloatArray, IntArray


@dataclass(frozen=True)
class Program:
    """One query's program over its N candidates.

    Attributes:
        scores: (N,) value of choosing each.
        carried: (N, L) tokens of each label, no more than the demand.
        demand: (L,) tokens wanted in all; 0 = not in demand.
        price: cost of one missing token.
        k: how many to choose.
    """

    scores: FloatArray
    carried: FloatArray
    demand: FloatArray
    price: float
    k: int


def top(program: Program) -> IntArray:
    """The K best by score, ties by row."""
    return ranking(program)[: program.k]


def ranking(program: Program) -> IntArray:
    """All candidates, best score first, ties by row."""
    return np.lexsort((np.arange(len(program.scores)), -program.scores)).astype(np.int64)


def missing(program: Program, picked: IntArray) -> float:
    """Tokens in demand that the picked ones do not show."""
    return float(np.maximum(program.demand - program.carried[picked].sum(axis=0), 0.0).sum())


def kernel(program: Program) -> IntArray:
    """Candidates that suffice for an optimum, ascending: T and the undominated rest."""
    order = ranking(program)
    kept = [*order[: program.k].tolist()]
    rest = order[program.k :]
    carried = program.carried[rest][:, program.demand > 0]
    needs = _dominators_needed(carried, program.demand[program.demand > 0])
    for place in np.flatnonzero(needs > 0):
        dominators = (carried[:place] >= carried[place]).all(axis=1).sum()
        if dominators < needs[place]:
            kept.append(int(rest[place]))
    return np.array(sorted(kept), dtype=np.int64)


def _dominators_needed(carried: FloatArray, demand: FloatArray) -> FloatArray:
    """R_x of each item; 0 for one that carries nothing in demand."""
    if not carried.shape[1]:
        return np.zeros(len(carried))
    ratio = np.where(carried > 0, demand / np.where(carried > 0, carried, 1.0), 0.0)
    return np.asarray(np.ceil(ratio).max(axis=1))


def lowest_twins(program: Program, picked: IntArray) -> IntArray:
    """The picked set with every item replaced by its first free twin (equal score and labels)."""
    chosen = sorted(int(row) for row in picked)
    for place, row in enumerate(chosen):
        same = (program.scores[:row] == program.scores[row]) & (
            program.carried[:row] == program.carried[row]
        ).all(axis=1)
        free = [int(twin) for twin in np.flatnonzero(same) if twin not in chosen]
        if free:
            chosen[place] = free[0]
    return np.array(sorted(chosen), dtype=np.int64)
