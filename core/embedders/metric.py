"""How two rows of numbers are compared: cosine, dot product or Euclidean distance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

METRICS = ("cosine", "dot", "euclidean")
ROUNDING = 1e-12
"""Squared distances below this share of the squared lengths are rounding: such rows are the same."""


def similarities(
    metric: str, products: FloatArray, query_squares: FloatArray, pool_squares: FloatArray
) -> FloatArray:
    """Similarities of Q queries to N pool items, (Q, N).

    Args:
        metric: one of `METRICS`.
        products: (Q, N) dot products; for cosine of rows of length 1.
        query_squares: (Q,) squared lengths of the queries.
        pool_squares: (N,) squared lengths of the pool.

    Returns:
        cosine: at most 1. dot: the products. euclidean: 1 / (1 + distance), in (0, 1].
    """
    if metric == "cosine":
        return np.minimum(products, 1.0)
    if metric == "dot":
        return products
    lengths = query_squares[:, None] + pool_squares
    squared = lengths - 2.0 * products
    squared[squared <= ROUNDING * lengths] = 0.0
    return np.asarray(1.0 / (1.0 + np.sqrt(squared)))


def unit(rows: FloatArray) -> FloatArray:
    """(N, D) rows scaled to length 1; rows of zeros stay as they are."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1.0))
