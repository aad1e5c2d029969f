"""Determinantal point process: the set of largest det of (quality * similarity * quality), greedily.

Source: Kulesza and Taskar (2012); greedy search of Chen, Zhang and Zhou (2018). A baseline: it
knows neither labels nor confidence.
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

TINY = 1e-10


@selectors.register("dpp")
@dataclass(frozen=True)
class Dpp:
    """The greedy most probable set under kernel exp(sharpness (sim_i + sim_j) / 2) * sim_ij.

    Attributes:
        k: how many exemplars.
        sharpness: weight of nearness to the query against diversity, 0 = diversity alone.
        among: how many of the nearest items may be chosen.
    """

    name: ClassVar[str] = "dpp"
    k: int = 8
    sharpness: float = 10.0
    among: int = 100

    def __post_init__(self) -> None:
        check_k(self.k, self.name)
        if not 0 <= self.sharpness <= 100:
            raise RecipeError(
                f"setting sharpness of selector dpp is {self.sharpness}.", "Give one between 0 and 100."
            )

    def select(self, problem: SelectionProblem, *, seed: int, report: Report) -> list[Selection]:
        """See `Selector.select`; `seed` is not used."""
        return by_rule(problem, self.k, self.among, self._rule, report)

    def _rule(self, k: int, near: Near) -> Sequence[int]:
        similarity = near.similarity
        quality = np.exp(self.sharpness * (similarity - similarity.max(initial=0.0)) / 2)
        kernel = quality[:, None] * near.alike() * quality
        left = np.diagonal(kernel).copy()
        basis = np.zeros((k, len(similarity)))
        chosen: list[int] = []
        for step in range(k):
            place = int(np.where(np.isin(np.arange(len(left)), chosen), -np.inf, left).argmax())
            chosen.append(place)
            row = (kernel[place] - basis[:step, place] @ basis[:step]) / np.sqrt(max(left[place], TINY))
            basis[step] = row
            left = left - row**2
        return chosen
