"""Label-diverse nearest neighbours: label by label, rarest first, the nearest item that shows it.

As tools that pick so many nearest examples per label do (for example Autolabel's label diversity).
A baseline for coverage: greedy, without confidence, and no promise of being best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.selectors import selectors
from core.selectors.nearby import Near, by_rule
from core.selectors.problem import SelectionProblem, check_k
from core.types import Report, Selection


@selectors.register("label_diverse")
@dataclass(frozen=True)
class LabelDiverse:
    """`k` exemplars: first one per label not shown yet, then the most similar."""

    name: ClassVar[str] = "label_diverse"
    k: int = 8

    def __post_init__(self) -> None:
        check_k(self.k, self.name)

    def select(self, problem: SelectionProblem, *, seed: int, report: Report) -> list[Selection]:
        """See `Selector.select`; `seed` is not used."""
        carried = problem.counts > 0
        rarest = np.argsort(carried.sum(axis=0), kind="stable")

        def rule(k: int, near: Near) -> Sequence[int]:
            rows = near.rows
            chosen: list[int] = []
            for label in rarest:
                carriers = np.flatnonzero(carried[rows, label])
                if len(chosen) < k and len(carriers) and not np.isin(carriers, chosen).any():
                    chosen.append(int(carriers[0]))
            return [*chosen, *(place for place in range(len(rows)) if place not in chosen)][:k]

        return by_rule(problem, self.k, 0, rule, report)
