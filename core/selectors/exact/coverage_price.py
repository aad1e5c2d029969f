"""What label coverage cost: against the K best by score alone, what was given up for the labels won."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.selectors.exact.answers import Answers
from core.selectors.exact.engine import Effort, solve
from core.selectors.exact.scores import Scores
from core.selectors.exact.wish import Wish
from core.selectors.problem import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Price:
    """What coverage cost, per query (Q,).

    Attributes:
        labels: labels in demand served beyond those that the best by score serve.
        similarity, worth: given up for them in all.
        forced: (Q, K) places whose exemplar is not among the best by score.
        doubtful: (Q, K) forced ones with a label below its threshold.
    """

    labels: IntArray
    similarity: FloatArray
    worth: FloatArray
    forced: IntArray
    doubtful: IntArray


def price_of_coverage(
    scores: Scores,
    own: IntArray,
    wish: Wish,
    answers: Answers,
    confidence: FloatArray,
    taus: FloatArray,
    effort: Effort | None = None,
) -> Price:
    """What the labels in demand cost every query."""
    plain = solve(scores, own, replace(wish, demand=np.zeros_like(wish.demand)), effort)
    same: BoolArray = np.equal(answers.chosen[:, :, None], plain.chosen[:, None, :])
    forced = (answers.chosen >= 0) & ~same.any(axis=2)
    low = np.asarray(((wish.counts[answers.chosen] > 0) & (confidence[answers.chosen] < taus)).any(axis=2))
    gained = _served(wish, answers.chosen) & ~_served(wish, plain.chosen)
    here, there = _parts(scores, wish, answers.chosen), _parts(scores, wish, plain.chosen)
    return Price(
        labels=gained.sum(axis=1),
        similarity=there[0] - here[0],
        worth=there[1] - here[1],
        forced=forced.astype(np.int64),
        doubtful=(forced & low).astype(np.int64),
    )


def _served(wish: Wish, chosen: IntArray) -> BoolArray:
    shown = np.where((chosen >= 0)[:, :, None], wish.counts[chosen], 0).sum(axis=1)
    return np.asarray((wish.demand > 0) & (shown >= wish.demand))


def _parts(scores: Scores, wish: Wish, chosen: IntArray) -> tuple[FloatArray, FloatArray]:
    """(Q,) sums of similarity and of worth."""
    queries, columns = np.nonzero(chosen >= 0)
    rows = chosen[queries, columns]
    worth = np.where(np.isfinite(wish.worth), wish.worth, 0.0)[rows]
    sums = np.zeros((2, len(chosen)))
    np.add.at(sums[0], queries, scores.exact(queries, rows))
    np.add.at(sums[1], queries, worth)
    return sums[0], sums[1]
