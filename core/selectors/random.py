"""Random exemplars: what choosing is worth. Ablation of SSP (arXiv 2406.18880)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.selectors import selectors
from core.selectors.problem import Outcome, SelectionProblem, check_k, written
from core.selectors.similarity import most_similar
from core.types import Report, Selection


@selectors.register("random")
@dataclass(frozen=True)
class Random:
    """`k` exemplars drawn without replacement, each query from its own stream of the seed.

    The stream is that of the query's row in the pool, however the queries are cut into blocks; a query
    from outside the pool has that of its place in the block.

    `value` is the sum of their similarities, `upper_bound` that of the most similar ones.
    """

    name: ClassVar[str] = "random"
    k: int = 8

    def __post_init__(self) -> None:
        check_k(self.k, self.name)

    def select(self, problem: SelectionProblem, *, seed: int, report: Report) -> list[Selection]:
        """See `Selector.select`."""
        problem.check()
        demand = np.ones(len(problem.labels))
        selections = []
        for query, similarity in enumerate(problem.similarity):
            started = time.perf_counter()
            rows = problem.candidates(query)
            own = int(problem.own[query])
            stream = own if own >= 0 else problem.similarity.shape[1] + query
            generator = np.random.default_rng([abs(seed), int(seed < 0), stream])
            chosen = generator.choice(rows, size=min(self.k, len(rows)), replace=False)
            best = similarity[most_similar(similarity, rows, self.k)].sum()
            value = float(similarity[chosen].sum())
            outcome = Outcome(chosen, value, float(best), "heuristic", time.perf_counter() - started)
            selections.append(written(problem, query, outcome, demand))
            report("choosing exemplars", query + 1, len(problem.similarity))
        return selections
