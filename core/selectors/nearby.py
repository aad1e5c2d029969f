"""What the heuristic baselines share: a rule that picks among the items nearest to each query.

A rule gets K and the nearest items, best first; it names K of their places, 0 to M - 1.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.selectors.problem import FloatArray, IntArray, Outcome, SelectionProblem, written
from core.selectors.similarity import most_similar
from core.types import Report, Selection


@dataclass(frozen=True)
class Near:
    """The M items nearest to one query, best first, ties by pool row; `rows` are their pool rows (M,)."""

    problem: SelectionProblem
    query: int
    rows: IntArray

    @property
    def similarity(self) -> FloatArray:
        """(M,) to the query."""
        return np.asarray(self.problem.similarity[self.query, self.rows])

    def alike(self) -> FloatArray:
        """(M, M) similarities among the items; unrelated where the problem does not know."""
        return np.eye(len(self.rows)) if self.problem.among is None else self.problem.among(self.rows)


Rule = Callable[[int, Near], Sequence[int]]


def by_rule(problem: SelectionProblem, k: int, among: int, rule: Rule, report: Report) -> list[Selection]:
    """One Selection per query; `value` is the sum of similarities, the bound that of the nearest.

    Args:
        among: how many of the nearest items the rule may choose from, 0 = all.
    """
    problem.check()
    demand = np.ones(len(problem.labels))
    selections = []
    for query, similarity in enumerate(problem.similarity):
        started = time.perf_counter()
        rows = problem.candidates(query)
        near = Near(problem, query, most_similar(similarity, rows, max(k, among) if among else len(rows)))
        size = min(k, len(near.rows))
        chosen = near.rows[np.array(rule(size, near), dtype=np.int64)]
        value, best = float(similarity[chosen].sum()), float(near.similarity[:size].sum())
        outcome = Outcome(chosen, value, max(value, best), "heuristic", time.perf_counter() - started)
        selections.append(written(problem, query, outcome, demand))
        report("choosing exemplars", query + 1, len(problem.similarity))
    return selections
