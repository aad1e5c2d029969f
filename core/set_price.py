"""A whole set chosen at once, and what showing the labels cost it in all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.selectors.exact import Matrix, Price, price_of_coverage, solve
from core.selectors.ilp import Ilp
from core.selectors.statistics import thresholds
from core.types import Selection
from core.workbench import Workbench, silent


@dataclass(frozen=True)
class SetPrice:
    """Sums over all queries of a set.

    Attributes:
        labels: labels in demand served beyond those that the best by score serve.
        similarity, worth: given up for them.
        forced: exemplars there for a label's sake; `doubtful` of them carry a label below its threshold.
    """

    labels: int
    similarity: float
    worth: float
    forced: int
    doubtful: int


def choose_all(
    bench: Workbench, settings: Mapping[str, Any], rows: Sequence[int]
) -> tuple[list[Selection], SetPrice | None]:
    """The exemplars of these queries, and their price; None for a selector that solves no program."""
    selector = bench.selector(settings)
    if not isinstance(selector, Ilp):
        return bench.choose(settings, silent, rows=rows), None
    found: list[Selection] = []
    prices: list[Price] = []
    for block, problem in bench.blocks(rows):
        scores, wish = Matrix(problem.similarity), selector.wish(problem)
        answers = solve(scores, problem.own, wish, selector.effort())
        taus = thresholds(problem.counts, problem.confidence, selector.percentile)
        prices.append(price_of_coverage(scores, problem.own, wish, answers, problem.confidence, taus))
        chosen = selector.as_selections(problem, wish, answers, silent)
        found += [replace(selection, query=block[selection.query]) for selection in chosen]
    return found, _sum(prices)


def _sum(prices: Sequence[Price]) -> SetPrice:
    def total(name: str) -> float:
        return float(sum(np.sum(getattr(price, name)) for price in prices))

    return SetPrice(
        labels=int(total("labels")),
        similarity=total("similarity"),
        worth=total("worth"),
        forced=int(total("forced")),
        doubtful=int(total("doubtful")),
    )
