"""The exact engine of selection, numpy only.

`solve(scores, own, wish)` chooses for all queries; `explain` says why for one of them,
`diagnose` and `price_of_coverage` what they are like as a whole.
"""

from __future__ import annotations

from core.selectors.exact.answers import STATUS, Answers
from core.selectors.exact.diagnose import Diagnostics, Price, diagnose, price_of_coverage
from core.selectors.exact.engine import Effort, solve
from core.selectors.exact.explain import Pick, explain
from core.selectors.exact.scores import Embedded, Matrix, Scores, unit_rows
from core.selectors.exact.wish import Limit, Wish

__all__ = [
    "STATUS",
    "Answers",
    "Diagnostics",
    "Effort",
    "Embedded",
    "Limit",
    "Matrix",
    "Pick",
    "Price",
    "Scores",
    "Wish",
    "diagnose",
    "explain",
    "price_of_coverage",
    "solve",
    "unit_rows",
]
