"""Why these: the parts of every score, and what would take its place.

The swap test: take one exemplar out and put the best other item in; what the objective then loses,
and which part of it, says what the exemplar is there for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.selectors.exact.answers import Answers
from core.selectors.exact.scores import Scores
from core.selectors.exact.wish import Wish
from core.selectors.problem import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Pick:
    """One exemplar of one query.

    Attributes:
        row: pool row.
        similarity, worth: the parts of its score; `worth` is lambda times the confidence term.
        alone: (L,) tokens in demand that would be missing without it.
        saved: what they would cost; 0 under hard coverage, which has no price.
        pinned: the user put it there.
        loser: the pool row that would replace it, None if there is no other.
        loses: what the objective would lose by that, 0 or more unless the set is not proven best.
        loser_similarity, loser_worth, loser_missing: the parts of that: its score, and the tokens
            in demand that the set would then miss.
    """

    row: int
    similarity: float
    worth: float
    alone: FloatArray
    saved: float
    pinned: bool
    loser: int | None = None
    loses: float = 0.0
    loser_similarity: float = 0.0
    loser_worth: float = 0.0
    loser_missing: float = 0.0


def explain(scores: Scores, own: IntArray, wish: Wish, answers: Answers, query: int) -> list[Pick]:
    """The picks of one query in prompt order."""
    chosen = answers.chosen[query][answers.chosen[query] >= 0]
    everything = np.arange(len(wish.worth))
    similarity = scores.exact(np.full(len(everything), query), everything)
    demand = np.where(answers.uncoverable[query], 0.0, np.ceil(wish.demand) if wish.hard else wish.demand)
    free = np.isfinite(wish.worth)
    free[chosen] = False
    if own[query] >= 0:
        free[own[query]] = False
    return [_pick(wish, chosen, int(row), similarity, demand, free) for row in chosen]


def _pick(
    wish: Wish, chosen: IntArray, row: int, similarity: FloatArray, demand: FloatArray, free: BoolArray
) -> Pick:
    others = chosen[chosen != row]
    lacking = np.maximum(demand - wish.counts[others].sum(axis=0), 0.0)
    alone = np.minimum(wish.counts[row], lacking)
    saved = 0.0 if wish.hard else float(alone @ wish.price)
    worth = float(wish.worth[row]) if np.isfinite(wish.worth[row]) else 0.0
    pick = Pick(row, float(similarity[row]), worth, alone, saved, row in wish.pins)
    candidates = np.flatnonzero(free & _fits(wish, others))
    if pick.pinned or not len(candidates):
        return pick
    return _with_loser(wish, pick, candidates, similarity, lacking)


def _fits(wish: Wish, others: IntArray) -> BoolArray:
    """(N,) items that keep every limit beside the others."""
    fits = np.ones(len(wish.worth), dtype=bool)
    for limit in wish.limits:
        fits &= limit.weights + limit.weights[others].sum() <= limit.most
    return fits


def _with_loser(
    wish: Wish, pick: Pick, candidates: IntArray, similarity: FloatArray, lacking: FloatArray
) -> Pick:
    open_ = np.flatnonzero(lacking)
    served = np.minimum(wish.counts[:, open_][candidates], lacking[open_])
    score = similarity[candidates] + wish.worth[candidates]
    missing = lacking.sum() - served.sum(axis=1)
    if wish.hard:
        kept = score
        best = int(np.where(missing <= missing.min(), score, -np.inf).argmax())
        mine = pick.similarity + pick.worth
    else:
        kept = score + served @ wish.price[open_]
        best = int(kept.argmax())  # of equals the first, which is the lowest row
        mine = pick.similarity + pick.worth + pick.saved
    loser = int(candidates[best])
    return Pick(
        pick.row,
        pick.similarity,
        pick.worth,
        pick.alone,
        pick.saved,
        pick.pinned,
        loser=loser,
        loses=float(mine - kept[best]),
        loser_similarity=float(similarity[loser]),
        loser_worth=float(wish.worth[loser]),
        loser_missing=float(missing[best]),
    )
