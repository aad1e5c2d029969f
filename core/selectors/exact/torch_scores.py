"""Products of embeddings by torch, on a GPU where there is one. Loaded for `backend = torch` alone.

torch only fills the blocks that say what is looked at. What decides is float64, pair by pair, in numpy:
the entries of the similarity matrix where one is given, else the products of `Embedded`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.selectors.exact.scores import Block, Embedded, Matrix
from core.selectors.problem import FloatArray, IntArray

if TYPE_CHECKING:
    import torch

UNIT = 2.0**-24
SMALLEST = 2.0**-126


class TorchEmbedded(Embedded):
    """Dot products of embeddings (Q, d) and (N, d).

    The error is proven for any order of summation, with or without fused multiply-add (Higham, Accuracy
    and Stability of Numerical Algorithms, section 3.1): with u = 2^-24, |q| |e| times d u / (1 - d u) for
    the float32 product, 2 u + u^2 for rounding both rows to float32, u for adding an item's worth, and u
    for the float64 matrix it stands for (d 2^-52 or less, and its limit of 1 for cosines); and d 2^-126
    where a device takes the smallest numbers for 0. TF32 and bfloat16, which would break it, are off.
    """

    def __init__(
        self,
        queries: npt.NDArray[np.floating],
        pool: npt.NDArray[np.floating],
        matrix: Matrix | None = None,
        bounds: tuple[float, float] | None = None,
    ) -> None:
        super().__init__(queries, pool, bounds)
        self._matrix = matrix

    def arranged(self, order: IntArray) -> TorchEmbedded:
        """See `Scores`."""
        matrix = None if self._matrix is None else self._matrix.arranged(order)
        return TorchEmbedded(self._queries, self._pool[order], matrix, self._norms)

    def block(self, rows: IntArray) -> Block:
        """See `Scores`."""
        import torch

        with torch.inference_mode(), _full_precision():
            queries = torch.from_numpy(self._queries[rows]).to(self._columns.device)
            return np.asarray((queries @ self._columns).cpu().numpy())

    @cached_property
    def _columns(self) -> torch.Tensor:
        """(d, N) the pool, on the device."""
        import torch

        pool = np.require(self._pool, requirements="W")
        return torch.from_numpy(pool).to("cuda" if torch.cuda.is_available() else "cpu").T

    def exact(self, rows: IntArray, items: IntArray) -> FloatArray:
        """See `Scores`."""
        return super().exact(rows, items) if self._matrix is None else self._matrix.exact(rows, items)

    @property
    def error(self) -> float:
        """See `Scores`."""
        width = self._pool.shape[1]
        growth = width * UNIT / (1 - width * UNIT)
        longest = self._norms[0] * self._norms[1] * (1 + growth)
        return float((growth + 5 * UNIT) * longest + width * SMALLEST)

    @property
    def spread(self) -> float:
        """See `Scores`."""
        return super().spread if self._matrix is None else self._matrix.spread


@contextmanager
def _full_precision() -> Iterator[None]:
    """Products of float32 in float32, whatever the process prefers elsewhere."""
    import torch

    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)
