"""Top-K: the most similar exemplars, nothing else. The baseline every selector has to beat."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.selectors import selectors
from core.selectors.problem import FloatArray, IntArray, Outcome, SelectionProblem, check_k, written
from core.types import Report, Selection


def most_similar(similarity: FloatArray, rows: IntArray, k: int) -> IntArray:
    """The k rows of highest similarity, ties by row number, best first."""
    return rows[np.lexsort((rows, -similarity[rows]))[:k]]


@selectors.register("similarity")
@dataclass(frozen=True)
class Similarity:
    """The `k` most similar exemplars; `value` is the sum of their similarities, and cannot be higher."""

    name: ClassVar[str] = "similarity"
    k: int = 8

    def __post_init__(self) -> None:
        check_k(self.k, self.name)

    def select(self, problem: SelectionProblem, *, seed: int, report: Report) -> list[Selection]:
        """See `Selector.select`; `seed` is not used."""
        problem.check()
        demand = np.ones(len(problem.labels))
        selections = []
        for query, similarity in enumerate(problem.similarity):
            started = time.perf_counter()
            chosen = most_similar(similarity, problem.candidates(query), self.k)
            value = float(similarity[chosen].sum())
            outcome = Outcome(chosen, value, value, "certificate", time.perf_counter() - started)
            selections.append(written(problem, query, outcome, demand))
            report("choosing exemplars", query + 1, len(problem.similarity))
        return selections
