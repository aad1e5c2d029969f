"""From finalists to the best set of every query: search, better prices where it grows, search again."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.selectors.exact.dual import FAR, Own, State, ascend, greedy, improve
from core.selectors.exact.finalists import Finalists, only, reachable, undominated
from core.selectors.exact.masks import Weights, unpack
from core.selectors.exact.tree import plant, search
from core.selectors.problem import FloatArray, IntArray

WIDTHS = (40, 62, 248, 1000, 8000)
MOST = 600
STEPS, PASSES, TURNS, AGAIN = 25, 20, 2, 10


@dataclass(frozen=True)
class Contest:
    """R queries that the certificate did not settle.

    Attributes:
        found: their candidates.
        prices, loss: (R, L) label prices, and the price of leaving a label uncovered.
        need: (R,) labels in demand as a set.
        known: (R,) a value that some set surely reaches.
    """

    found: Finalists
    prices: FloatArray
    loss: FloatArray
    need: IntArray
    known: FloatArray

    def rows(self, kept: IntArray) -> Contest:
        """Some queries, without columns that none of them uses."""
        found = self.found.rows(kept)
        found = only(found, found.places >= 0)
        return Contest(found, self.prices[kept], self.loss[kept], self.need[kept], self.known[kept])


def decide(contest: Contest, k: int, budget: int) -> tuple[IntArray, IntArray]:
    """The best set of every query, (R, k) places or -1 where `budget` nodes were too few; nodes (R,)."""
    contest = _trim(contest, k)
    places, nodes = _by_width(contest, k, budget)
    left = np.flatnonzero((places < 0).any(axis=1))
    if len(left):
        again = _trim(_sharpen(contest.rows(left), k), k)
        places[left], more = _by_width(again, k, AGAIN * budget)
        nodes[left] += more
    return places, nodes


def _trim(contest: Contest, k: int) -> Contest:
    kept = reachable(contest.found, Weights(contest.prices), contest.prices.sum(axis=1), contest.known, k)
    return replace(contest, found=only(contest.found, kept))


def _by_width(contest: Contest, k: int, budget: int) -> tuple[IntArray, IntArray]:
    """Search queries of like numbers of finalists together: one wide one must not slow the rest."""
    count = (contest.found.places >= 0).sum(axis=1)
    places, nodes = np.full((len(count), k), -1), np.zeros(len(count), dtype=np.int64)
    low = 0
    for high in WIDTHS:
        rows = np.flatnonzero((count > low) & (count <= high))
        if len(rows):
            places[rows], nodes[rows] = _search(contest.rows(rows), k, budget)
        low = high
    return places, nodes


def _search(contest: Contest, k: int, budget: int) -> tuple[IntArray, IntArray]:
    found = undominated(contest.found, k)
    if found.places.shape[1] > MOST:
        return np.full((len(contest.need), k), -1), np.zeros(len(contest.need), dtype=np.int64)
    tree = plant(found, contest.prices, contest.loss, contest.need, k)
    places, _, nodes = search(tree, contest.known, k, budget)
    return places, nodes


def _sharpen(contest: Contest, k: int) -> Contest:
    """Better prices and values from many more subgradient steps on the finalists alone."""
    found = contest.found
    scores = np.maximum(found.scores, FAR).astype(np.float32)
    field = Own(scores, unpack(found.sets, contest.loss.shape[1]).astype(np.float32))
    loss, start = contest.loss.astype(np.float32), contest.prices.astype(np.float32)
    nothing = np.full(len(loss), np.inf, dtype=np.float32)
    state = State(start, nothing, -nothing)
    for _ in range(TURNS):
        value = improve(field, loss, greedy(field, loss, state.prices, k), PASSES)
        state.value = np.maximum(state.value, value)
        ascend(field, loss, state, k, STEPS)
    prices = np.clip(state.prices.astype(np.float64), 0.0, contest.loss)
    doubt = 2.0**-20 * (1.0 + np.abs(scores[:, :1]).max() * k + contest.loss.sum(axis=1))
    return replace(contest, prices=prices, known=np.maximum(contest.known, state.value - doubt))
