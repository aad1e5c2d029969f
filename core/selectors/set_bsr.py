"""Set-BSR: exemplars that together show every word of the query, or something like it.

    setcov(x, Z) = sum over tokens t of x of w(t) max_{z in Z} max_{t' in z} cos(t, t')

Source: Gupta, Gardner and Singh (2023), Coverage-based Example Selection for In-Context Learning
(arXiv 2305.14907): the set version of BERTScore recall, maximised greedily, which reaches 1 - 1/e of
the best set because it is submodular. A baseline: it knows neither labels nor confidence.

The paper takes contextual embeddings of tokens. Here a token's vector is what `SelectionProblem.recall`
says; in a run, hashed character n-grams of the word alone (`core.selectors.words`), which need no model
but see neither meaning nor context.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.errors import RecipeError
from core.selectors import selectors
from core.selectors.nearby import Near, by_rule
from core.selectors.problem import FloatArray, Recall, SelectionProblem, check_k
from core.types import Report, Selection

WEIGHTS = ("idf", "uniform")
ROUNDING = 1e-9
"""Gains closer than this are equal: no machine's order of summing decides."""


@selectors.register("set_bsr")
@dataclass(frozen=True)
class SetBsr:
    """One by one the item that adds most to setcov; of equal ones the one nearest to the query.

    Attributes:
        k: how many exemplars.
        weights: of the query's tokens: `idf` = their inverse document frequency over the pool
            (ln((N + 1) / (n + 1)) + 1, our reading), `uniform` = all the same. Only their ratios matter.
        among: how many of the nearest items may be chosen.
    """

    name: ClassVar[str] = "set_bsr"
    k: int = 8
    weights: str = "idf"
    among: int = 100

    def __post_init__(self) -> None:
        check_k(self.k, self.name)
        if self.weights not in WEIGHTS:
            raise RecipeError(
                f"setting weights of selector set_bsr is {self.weights!r}.", f"Known: {', '.join(WEIGHTS)}."
            )

    def select(self, problem: SelectionProblem, *, seed: int, report: Report) -> list[Selection]:
        """See `Selector.select`; `seed` is not used. Raises RecipeError where the texts are not known."""
        recall = problem.recall
        if recall is None:
            raise RecipeError(
                "selector set_bsr compares words, and a matrix of similarities has none.",
                "Choose for a data set or a run, or use another selector.",
            )

        def rule(k: int, near: Near) -> Sequence[int]:
            return greedy(recall(near.query, near.rows), self._weights(recall, near.query), k)

        return by_rule(problem, self.k, self.among, rule, report)

    def _weights(self, recall: Recall, query: int) -> FloatArray:
        rarity = recall.rarity(query)
        return rarity if self.weights == "idf" else np.ones(len(rarity))


def greedy(matches: FloatArray, weights: FloatArray, k: int) -> list[int]:
    """The `k` columns that one after the other add most to the sum of weighted row maxima.

    Gains are all worked out anew in every step; a lazy greedy would choose the same.

    Args:
        matches: (T, M), at least `k` columns; earlier columns win ties.
        weights: (T,).
    """
    met = np.full(len(matches), -1.0)
    free = np.ones(matches.shape[1], dtype=bool)
    chosen: list[int] = []
    for _ in range(k):
        gain = weights @ np.maximum(matches - met[:, None], 0.0)
        place = int((free & (gain >= gain[free].max() - ROUNDING)).argmax())
        chosen.append(place)
        free[place] = False
        met = np.maximum(met, matches[:, place])
    return chosen
