"""What the heuristic baselines share: a rule that picks among the items nearest to each query.

A rule gets K, the similarities to the query (M,) of the nearest items, best first, the items' pool
rows (M,), and a way to ask for the similarities among them (M, M); it names K places, 0 to M - 1.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from core.selectors.problem import FloatArray, IntArray, Outcome, SelectionProblem, written
from core.selectors.similarity import most_similar
from core.types import Report, Selection

Alike = Callable[[], FloatArray]
Rule = Callable[[int, FloatArray, IntArray, Alike], Sequence[int]]


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
        near = most_similar(similarity, rows, max(k, among) if among else len(rows))
        size = min(k, len(near))
        chosen = near[
            np.array(rule(size, similarity[near], near, partial(alike, problem, near)), dtype=np.int64)
        ]
        value, best = float(similarity[chosen].sum()), float(similarity[near[:size]].sum())
        outcome = Outcome(chosen, value, max(value, best), "heuristic", time.perf_counter() - started)
        selections.append(written(problem, query, outcome, demand))
        report("choosing exemplars", query + 1, len(problem.similarity))
    return selections


def alike(problem: SelectionProblem, rows: IntArray) -> FloatArray:
    """(M, M) similarities among pool rows; unrelated where the problem does not know."""
    return np.eye(len(rows)) if problem.among is None else problem.among(rows)
