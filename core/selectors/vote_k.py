"""Vote-k: a few diverse, representative items of the pool, and of these the nearest to each query.

In the graph of nearest neighbours every item votes for its neighbours. The item u with most votes

    score(u) = sum over items v not kept yet that have u as neighbour of rho^-(neighbours of v kept so far)

is kept, and so on. Source: Su et al. (2022), Selective Annotation Makes Language Models Better
Few-Shot Learners (arXiv 2209.01975), section 2.1: the graph-based part alone ("fast vote-k"); the
second step, by a language model's confidence, is not here. A baseline: it knows neither labels nor
confidence. In a pool no larger than `keep` everything is kept: it is then `similarity`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.errors import RecipeError
from core.selectors import selectors
from core.selectors.nearby import Near, by_rule
from core.selectors.problem import BoolArray, FloatArray, IntArray, SelectionProblem, check_k
from core.types import Report, Selection

LARGEST_POOL = 10_000
"""Items that vote and stand for election; of a larger pool, so many spread evenly over it."""
BLOCK = 512
ROUNDING = 1e-9
"""Votes closer than this share are equal: sums of tenths depend on their order."""
Between = Callable[[IntArray, IntArray], FloatArray]


@selectors.register("vote_k")
@dataclass(frozen=True)
class VoteK:
    """The `k` nearest of the items kept; where fewer may be shown, the nearest others follow.

    Attributes:
        k: how many exemplars.
        keep: how many items of the pool are kept.
        neighbours: of each item in the graph (the paper's k).
        rho: by how much an item's vote shrinks with each of its neighbours kept.
    """

    name: ClassVar[str] = "vote_k"
    k: int = 8
    keep: int = 100
    neighbours: int = 150
    rho: float = 10.0

    def __post_init__(self) -> None:
        check_k(self.k, self.name)
        if self.keep < 1 or self.neighbours < 1:
            raise RecipeError(
                f"settings keep and neighbours of selector vote_k are {self.keep} and {self.neighbours}.",
                "Give numbers of items, 1 or more.",
            )
        if not 1 < self.rho <= 1e6:
            raise RecipeError(
                f"setting rho of selector vote_k is {self.rho}.", "Give a number above 1, to a million."
            )

    def select(self, problem: SelectionProblem, *, seed: int, report: Report) -> list[Selection]:
        """See `Selector.select`; `seed` is not used.

        Raises:
            RecipeError: the pool's items cannot be compared with each other.
        """
        settings = (self.name, self.keep, self.neighbours, self.rho)
        kept = problem.once(settings, lambda: self._elect(problem, report))

        def rule(k: int, near: Near) -> Sequence[int]:
            ranked: list[int] = np.argsort(~kept[near.rows], kind="stable").tolist()
            return ranked[:k]

        return by_rule(problem, self.k, 0, rule, report)

    def _elect(self, problem: SelectionProblem, report: Report) -> BoolArray:
        """(N,) which items are kept."""
        size = problem.similarity.shape[1]
        kept = np.zeros(size, dtype=bool)
        standing = np.unique(np.linspace(0, max(size - 1, 0), min(size, LARGEST_POOL)).astype(np.int64))
        if len(standing) > self.keep:
            graph = nearest(_between(problem), standing, self.neighbours, report)
            standing = standing[elected(graph, self.keep, self.rho)]
        kept[standing] = True
        return kept


def _between(problem: SelectionProblem) -> Between:
    """Similarities between pool rows; where the queries are the pool, their own."""
    if problem.between is not None:
        return problem.between
    size = problem.similarity.shape[1]
    if not np.array_equal(np.unique(problem.own[problem.own >= 0]), np.arange(size)):
        raise RecipeError(
            "selector vote_k compares the items of the pool, and only queries are compared here.",
            "Choose for a data set or a run, give a square matrix, or use another selector.",
        )
    query_of = np.empty(size, dtype=np.int64)
    query_of[problem.own[problem.own >= 0]] = np.flatnonzero(problem.own >= 0)
    return lambda rows, columns: problem.similarity[np.ix_(query_of[rows], columns)]


def nearest(between: Between, rows: IntArray, neighbours: int, report: Report) -> IntArray:
    """(M, neighbours) places among the M `rows` of each one's nearest others; a block at a time.

    Fewer columns where M is small. Of equally similar ones the earlier rows are taken.
    """
    width = min(neighbours, len(rows) - 1)
    found = np.empty((len(rows), width), dtype=np.int32)
    for start in range(0, len(rows), BLOCK):
        report("comparing the pool's items", 0, 1)  # where a run can be cancelled
        block = np.array(between(rows[start : start + BLOCK], rows), dtype=np.float64)
        places = np.arange(len(block))
        block[places, start + places] = -np.inf
        found[start : start + len(block)] = _largest(block, width)
    return found.astype(np.int64)


def _largest(block: FloatArray, width: int) -> IntArray:
    """(R, width) columns of the largest entries of each row, in no order; ties to the earlier columns."""
    edge = -np.partition(-block, width - 1, axis=1)[:, width - 1 : width]
    taken = block >= edge
    tied = np.flatnonzero(taken.sum(axis=1) > width)
    level = block[tied] == edge[tied]
    surplus = taken[tied].sum(axis=1) - width
    taken[tied] &= ~(level & (np.cumsum(level, axis=1) > (level.sum(axis=1) - surplus)[:, None]))
    return np.nonzero(taken)[1].reshape(len(block), width)


def elected(graph: IntArray, keep: int, rho: float) -> IntArray:
    """The `keep` places of highest discounted vote, one after the other; ties to the earlier place.

    Args:
        graph: (M, n) the neighbours each item votes for; `keep` is at most M.
    """
    size, width = graph.shape
    served = np.zeros(size)
    voting = np.ones(size, dtype=bool)
    chosen = []
    for _ in range(keep):
        votes = np.where(voting, rho**-served, 0.0)
        score = np.bincount(graph.ravel(), weights=np.repeat(votes, width), minlength=size)
        place = int((voting & (score >= score[voting].max() * (1 - ROUNDING))).argmax())
        chosen.append(place)
        voting[place] = False
        served += (graph == place).any(axis=1)
    return np.array(chosen, dtype=np.int64)
