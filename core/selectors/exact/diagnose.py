"""Whole sets of selections: how varied, how near, how sure, and what coverage cost.

Core share: of all places in all prompts, those that the K most used exemplars hold. Price of
coverage: against the K best by score alone, the similarity and worth given up for the labels won.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from core.selectors.exact.answers import Answers
from core.selectors.exact.engine import Effort, solve
from core.selectors.exact.scores import Scores
from core.selectors.exact.wish import Wish
from core.selectors.problem import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Diagnostics:
    """Figures of one set of queries; a mean over nothing is 0.

    Attributes:
        distinct: exemplars in use.
        core_share: share of all places held by the K most used.
        similarity: mean to the query.
        confidence: mean over exemplars of the mean over their labels.
        above: share of the labels shown whose confidence reaches the threshold.
        covered: share of the coverable labels in demand that are wholly served.
        within: mean similarity within a set, None where it is not known.
    """

    distinct: int
    core_share: float
    similarity: float
    confidence: float
    above: float
    covered: float
    within: float | None


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


def diagnose(
    scores: Scores,
    wish: Wish,
    answers: Answers,
    confidence: FloatArray,
    taus: FloatArray,
    among: Callable[[IntArray], FloatArray] | None = None,
) -> Diagnostics:
    """The figures of a set of answers.

    Args:
        confidence, taus: (N, L) and (L,) as in `core.selectors.statistics`.
        among: similarities (M, M) between pool rows.
    """
    queries, columns = np.nonzero(answers.chosen >= 0)
    rows = answers.chosen[queries, columns]
    uses = np.sort(np.bincount(rows))[::-1]
    carried = wish.counts[rows] > 0
    sure = np.where(carried, confidence[rows], 0.0).sum(axis=1) / np.maximum(carried.sum(axis=1), 1)
    coverable = (wish.demand > 0) & ~answers.uncoverable
    return Diagnostics(
        distinct=int((uses > 0).sum()),
        core_share=_share(uses[: wish.k].sum(), len(rows)),
        similarity=_share(scores.exact(queries, rows).sum(), len(rows)),
        confidence=_share(sure.sum(), len(rows)),
        above=_share((carried & (confidence[rows] >= taus)).sum(), carried.sum()),
        covered=_share((coverable & ~answers.uncovered).sum(), coverable.sum()),
        within=None if among is None else _within(answers, among),
    )


def _share(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else 0.0


def _within(answers: Answers, among: Callable[[IntArray], FloatArray]) -> float:
    means = []
    for chosen in answers.chosen:
        rows = chosen[chosen >= 0]
        if len(rows) > 1:
            matrix = among(rows)
            means.append(float((matrix.sum() - np.trace(matrix)) / (len(rows) * (len(rows) - 1))))
    return float(np.mean(means)) if means else 0.0


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
    low = np.asarray(((wish.counts > 0) & (confidence < taus)).any(axis=1))
    gained = _served(wish, answers.chosen) & ~_served(wish, plain.chosen)
    here, there = _parts(scores, wish, answers.chosen), _parts(scores, wish, plain.chosen)
    return Price(
        labels=gained.sum(axis=1),
        similarity=there[0] - here[0],
        worth=there[1] - here[1],
        forced=forced.astype(np.int64),
        doubtful=(forced & low[answers.chosen]).astype(np.int64),
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
