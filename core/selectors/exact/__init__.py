"""The exact engine of selection, numpy only.

`solve(scores, own, wish)` chooses for all queries; `explain` says why for one of them,
`price_of_coverage` what showing the labels cost.
"""

from __future__ import annotations

from core.selectors.exact.answers import STATUS, Answers
from core.selectors.exact.coverage_price import Price, price_of_coverage
from core.selectors.exact.engine import Effort, solve
from core.selectors.exact.explain import Pick, explain
from core.selectors.exact.scores import Embedded, Matrix, Scores, unit_rows
from core.selectors.exact.wish import Limit, Wish

__all__ = [
    "STATUS",
    "Answers",
    "Effort",
    "Embedded",
    "Limit",
    "Matrix",
    "Pick",
    "Price",
    "Scores",
    "Wish",
    "explain",
    "price_of_coverage",
    "solve",
    "unit_rows",
]
