"""What is asked of a selection: one program for every query over one pool.

    maximise   sum_{j in S} (sim_ij + worth_j) - sum_l price_l max(0, demand_l - sum_{j in S} cnt_jl)
    subject to |S| = K, pins in S, bans and the query itself not in S, every limit kept

Source: SSP (arXiv 2406.18880), section 3.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import RecipeError
from core.selectors.exact.masks import MOST_LABELS
from core.selectors.problem import FloatArray, IntArray


@dataclass(frozen=True)
class Limit:
    """A knapsack row: the chosen items together weigh no more than `most`.

    Attributes:
        weights: (N,) 0 or more, for example tokens; or 1 for the items of one document, else 0.
        most: the capacity.
    """

    weights: FloatArray
    most: float


@dataclass(frozen=True)
class Wish:
    """The program apart from the similarities.

    Attributes:
        k: how many exemplars.
        counts: (N, L) tokens of each label in each item.
        worth: (N,) what an item is worth beside its similarity; minus infinity = banned.
        demand: (L,) tokens wanted of each label; 0 = not in demand.
        price: (L,) cost of one missing token.
        hard: miss as few tokens as can be before anything else; the value is then without prices
            and demands are rounded up.
        pins: pool rows that must be chosen (dropped for the query that is one of them).
        limits: knapsack rows.
    """

    k: int
    counts: IntArray
    worth: FloatArray
    demand: FloatArray
    price: FloatArray
    hard: bool = False
    pins: tuple[int, ...] = ()
    limits: tuple[Limit, ...] = ()

    def check(self) -> None:
        """Raise RecipeError when the parts do not fit together."""
        items, labels = self.counts.shape
        fits = self.worth.shape == (items,) and self.demand.shape == self.price.shape == (labels,)
        if not fits or any(limit.weights.shape != (items,) for limit in self.limits):
            raise RecipeError("selection: the parts of the wish describe different pools.")
        if len(set(self.pins)) > self.k or any(not 0 <= pin < items for pin in self.pins):
            raise RecipeError(
                f"selection: {len(self.pins)} pinned rows for {self.k} places in a pool of {items}.",
                "Pin rows of the pool, no more than there are exemplars.",
            )
        if (self.demand < 0).any() or (self.price < 0).any() or np.isnan(self.worth).any():
            raise RecipeError("selection: a demand or price is below 0, or a score is not a number.")

    @property
    def presence(self) -> bool:
        """Whether one carrier serves a label wholly and nothing limits the choice: the fast case."""
        wanted = (self.demand > 0) & (self.price > 0) if not self.hard else self.demand > 0
        if self.limits or wanted.sum() > MOST_LABELS:
            return False
        counts = self.counts[:, wanted]
        return bool(((counts == 0) | (counts >= self.demand[wanted])).all())
