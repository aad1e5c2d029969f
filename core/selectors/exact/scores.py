"""Where similarities come from: embeddings, multiplied block by block, or a given matrix.

A source gives a block of approximate scores with a proven error, and exact ones for single pairs.
The exact score of a pair is computed in float64, always the same way, so that no answer depends on
how queries were cut into blocks.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from core.selectors.problem import FloatArray, IntArray

Block = npt.NDArray[np.floating]
PAIRS_AT_A_TIME = 4096


class Scores(Protocol):
    """Similarities of Q queries to N items, the items in an order of our choosing."""

    queries: int

    def arranged(self, order: IntArray) -> Scores:
        """The same with the items `order`, in that order."""
        ...

    def block(self, rows: IntArray) -> Block:
        """(R, n) approximate similarities, which the caller may overwrite."""
        ...

    def exact(self, rows: IntArray, items: IntArray) -> FloatArray:
        """Float64 similarities of parallel queries and items."""
        ...

    @property
    def error(self) -> float:
        """No entry of a block is further than this from the exact one."""
        ...

    @property
    def spread(self) -> float:
        """No two similarities of one query are further apart."""
        ...


class Matrix:
    """A given similarity matrix (Q, N)."""

    def __init__(self, similarity: npt.NDArray[np.floating], order: IntArray | None = None) -> None:
        self._similarity, self._order = similarity, order
        self.queries = len(similarity)

    def arranged(self, order: IntArray) -> Matrix:
        """See `Scores`."""
        return Matrix(self._similarity, order if self._order is None else self._order[order])

    def block(self, rows: IntArray) -> Block:
        """See `Scores`."""
        block = self._similarity[rows]
        block = block if self._order is None else block[:, self._order]
        return np.array(block, dtype=np.float64)

    def exact(self, rows: IntArray, items: IntArray) -> FloatArray:
        """See `Scores`."""
        columns = items if self._order is None else self._order[items]
        return np.asarray(self._similarity[rows, columns], dtype=np.float64)

    error = 0.0

    @property
    def spread(self) -> float:
        """See `Scores`."""
        wide = self._similarity.max(axis=1) - self._similarity.min(axis=1)
        return float(wide.max())


class Embedded:
    """Dot products of embeddings; `unit_rows` first makes them cosines.

    The error is the usual bound of a float32 dot product of length d, d * 2^-24 * |q| |e|.
    """

    def __init__(
        self,
        queries: npt.NDArray[np.floating],
        pool: npt.NDArray[np.floating],
        bounds: tuple[float, float] | None = None,
    ) -> None:
        self._queries, self._pool = _single(queries), _single(pool)
        self.queries = len(queries)
        self._norms = bounds or (_longest(self._queries), _longest(self._pool))

    def arranged(self, order: IntArray) -> Embedded:
        """See `Scores`."""
        return Embedded(self._queries, self._pool[order], self._norms)

    def block(self, rows: IntArray) -> Block:
        """See `Scores`."""
        return np.asarray(self._queries[rows] @ self._pool.T)

    def exact(self, rows: IntArray, items: IntArray) -> FloatArray:
        """See `Scores`."""
        found = np.empty(len(rows))
        for start in range(0, len(rows), PAIRS_AT_A_TIME):
            part = slice(start, start + PAIRS_AT_A_TIME)
            left, right = self._queries[rows[part]], self._pool[items[part]]
            found[part] = np.vecdot(left.astype(np.float64), right.astype(np.float64))
        return found

    @property
    def error(self) -> float:
        """See `Scores`."""
        return float((self._pool.shape[1] + 2) * 2.0**-24 * self._norms[0] * self._norms[1])

    @property
    def spread(self) -> float:
        """See `Scores`."""
        return 2.0 * self._norms[0] * self._norms[1]


def unit_rows(rows: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """Rows of length 1 in float32 (rows of zeros stay so)."""
    length = np.sqrt(np.square(rows, dtype=np.float64).sum(axis=1, keepdims=True))
    return np.asarray(rows / np.where(length > 0, length, 1.0), dtype=np.float32)


def _single(rows: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    return np.ascontiguousarray(rows, dtype=np.float32)


def _longest(rows: npt.NDArray[np.float32]) -> float:
    return float(np.sqrt(np.einsum("ij,ij->i", rows, rows).max(initial=0.0))) * (1 + 1e-5)
