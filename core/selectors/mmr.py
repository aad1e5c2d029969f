"""Maximal marginal relevance: near to the query, far from what is chosen already.

Source: Carbonell and Goldstein (1998). A baseline: it knows neither labels nor confidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.errors import RecipeError
from core.selectors import selectors
from core.selectors.nearby import Near, by_rule
from core.selectors.problem import SelectionProblem, check_k
from core.types import Report, Selection


@selectors.register("mmr")
@dataclass(frozen=True)
class Mmr:
    """One by one the item of highest `relevance` * sim to query - (1 - relevance) * sim to the chosen.

    Attributes:
        k: how many exemplars.
        relevance: weight of the query, 0 to 1; 1 = the most similar.
        among: how many of the nearest items may be chosen.
    """

    name: ClassVar[str] = "mmr"
    k: int = 8
    relevance: float = 0.7
    among: int = 100

    def __post_init__(self) -> None:
        check_k(self.k, self.name)
        if not 0 <= self.relevance <= 1:
            raise RecipeError(
                f"setting relevance of selector mmr is {self.relevance}.", "Give one between 0 and 1."
            )

    def select(self, problem: SelectionProblem, *, seed: int, report: Report) -> list[Selection]:
        """See `Selector.select`; `seed` is not used."""
        return by_rule(problem, self.k, self.among, self._rule, report)

    def _rule(self, k: int, near: Near) -> Sequence[int]:
        similarity, matrix = near.similarity, near.alike()
        nearest = np.zeros(len(similarity))
        free = np.ones(len(similarity), dtype=bool)
        chosen: list[int] = []
        for _ in range(k):
            gain = self.relevance * similarity - (1 - self.relevance) * nearest
            place = int(np.where(free, gain, -np.inf).argmax())
            chosen.append(place)
            free[place] = False
            nearest = np.maximum(nearest, matrix[place])
        return chosen
