"""What it would take to show an item that was not chosen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.selectors.exact.answers import Answers
from core.selectors.exact.scores import Scores
from core.selectors.exact.wish import Wish
from core.selectors.problem import FloatArray, IntArray


@dataclass(frozen=True)
class WayIn:
    """The cheapest place an item could take in a set, and what the objective would lose by it.

    `row` is the pool row it would replace; `loses` is below 0 only where the set is not proven best.
    Under hard coverage `missing` says how many more tokens in demand would be missed (not priced).
    """

    row: int
    loses: float
    missing: float


def way_in(
    scores: Scores, own: IntArray, wish: Wish, answers: Answers, query: int, item: int
) -> WayIn | None:
    """How `item` would come in best; None where it cannot: chosen, banned, the query itself, too long."""
    chosen = answers.chosen[query][answers.chosen[query] >= 0]
    if item in chosen or item == own[query] or not np.isfinite(wish.worth[item]):
        return None
    places = [int(row) for row in chosen if row not in wish.pins and _fits(wish, chosen, int(row), item)]
    if not places:
        return None
    demand = np.where(answers.uncoverable[query], 0.0, np.ceil(wish.demand) if wish.hard else wish.demand)
    score = scores.exact(np.full(len(places) + 1, query), np.array([*places, item]))
    score = score + wish.worth[[*places, item]]
    now = np.maximum(demand - wish.counts[chosen].sum(axis=0), 0.0)
    ways = [
        _way(wish, now, _lacking(wish, demand, chosen, place, item), float(score[at] - score[-1]), place)
        for at, place in enumerate(places)
    ]
    return min(ways, key=lambda way: (way.missing if wish.hard else 0.0, way.loses, way.row))


def _lacking(wish: Wish, demand: FloatArray, chosen: IntArray, place: int, item: int) -> FloatArray:
    after = np.where(chosen == place, item, chosen)
    return np.asarray(np.maximum(demand - wish.counts[after].sum(axis=0), 0.0))


def _way(wish: Wish, now: FloatArray, then: FloatArray, score: float, place: int) -> WayIn:
    priced = 0.0 if wish.hard else float((then - now) @ wish.price)
    return WayIn(place, score + priced, float((then - now).sum()))


def _fits(wish: Wish, chosen: IntArray, place: int, item: int) -> bool:
    after = np.where(chosen == place, item, chosen)
    return all(limit.weights[after].sum() <= limit.most for limit in wish.limits)
