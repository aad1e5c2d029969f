"""What the engine found, as arrays over all queries; details are worked out when asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.selectors.problem import BoolArray, FloatArray, IntArray

CERTIFICATE, SEARCH, MILP, FEASIBLE = range(4)
STATUS = ("certificate", "search", "milp", "feasible")


@dataclass(frozen=True)
class Answers:
    """The choices for Q queries.

    Attributes:
        chosen: (Q, K) pool rows, most similar first, ties by row; -1 where there are too few.
        value, bound: (Q,) the objective and a proven upper bound of it.
        status: (Q,) index into `STATUS`; all but `feasible` are proven optimal.
        nodes: (Q,) partial sets the search looked at.
        uncovered, uncoverable: (Q, L) labels in demand not wholly served; carried by no candidate.
    """

    chosen: IntArray
    value: FloatArray
    bound: FloatArray
    status: IntArray
    nodes: IntArray
    uncovered: BoolArray
    uncoverable: BoolArray

    @staticmethod
    def blank(queries: int, k: int, labels: int) -> Answers:
        """Nothing found yet."""
        flags = np.zeros((queries, labels), dtype=bool)
        return Answers(
            chosen=np.full((queries, k), -1, dtype=np.int64),
            value=np.zeros(queries),
            bound=np.zeros(queries),
            status=np.zeros(queries, dtype=np.int64),
            nodes=np.zeros(queries, dtype=np.int64),
            uncovered=flags,
            uncoverable=flags.copy(),
        )
