"""Character n-gram TF-IDF by hashing: needs no model, no network and no knowledge of the language.

Counts are damped (1 + ln), weighted by inverse document frequency over the pool and, for cosines,
scaled to length 1, so that a dot product is a cosine. The hash is a fixed polynomial over code points: equal
in every process and on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.embedders import Compare, Progress, embedders
from core.embedders.checks import check_metric
from core.embedders.metric import similarities
from core.errors import RecipeError
from core.normal import normal

BASE = np.uint64(1_000_003)
MIX = np.uint64(0x9E37_79B9_7F4A_7C15)
BLOCK = 2000


@embedders.register("ngrams")
@dataclass(frozen=True)
class NGrams:
    """Similarity (`metric`) of hashed n-grams of `low` to `high` characters in 2**`bits` buckets."""

    low: int = 2
    high: int = 4
    bits: int = 18
    metric: str = "cosine"

    def __post_init__(self) -> None:
        if not (1 <= self.low <= self.high <= 8 and 8 <= self.bits <= 24):
            raise RecipeError(
                f"embedder ngrams cannot use n-grams of {self.low} to {self.high} in 2**{self.bits} buckets.",
                "Give 1 <= low <= high <= 8 and 8 <= bits <= 24.",
            )
        check_metric("ngrams", self.metric)

    @property
    def address(self) -> str:
        """See `Embedder.address`."""
        return ""

    def embed(self, texts: Sequence[str], rarity: npt.NDArray[np.float64] | None = None) -> Any:
        """(len(texts), 2**bits) scipy CSR matrix, weighted by `rarity` or that of these texts."""
        counts = self._counts(texts)
        return self._weighted(counts, _inverse_document_frequency(counts) if rarity is None else rarity)

    def rarity(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """(2**bits,) inverse document frequencies over these texts."""
        return _inverse_document_frequency(self._counts(texts))

    def against(self, pool: Sequence[str], report: Progress | None = None) -> Compare:
        """See `Embedder.against`; document frequencies are those of the pool."""
        counts = self._counts(pool)
        weights = _inverse_document_frequency(counts)
        held = self._weighted(counts, weights)
        columns, squares = held.T.tocsr(), _squares(held)

        def compare(queries: Sequence[str]) -> npt.NDArray[np.float64]:
            if not queries or not pool:
                return np.zeros((len(queries), len(pool)))
            asked = self._weighted(self._counts(queries), weights)
            products = np.asarray((asked @ columns).todense(), dtype=np.float64)
            return similarities(self.metric, products, _squares(asked), squares)

        return compare

    def similarity(self, queries: Sequence[str], pool: Sequence[str]) -> npt.NDArray[np.float64]:
        """See `Embedder.similarity`."""
        return self.against(pool)(queries)

    def _weighted(self, counts: Any, weights: npt.NDArray[np.float64]) -> Any:
        """Damped, weighted rows; of length 1 for cosines."""
        weighted = counts.copy()
        weighted.data = (1.0 + np.log(weighted.data)) * weights[weighted.indices]
        return _scaled(weighted) if self.metric == "cosine" else weighted

    def _counts(self, texts: Sequence[str]) -> Any:
        from scipy import sparse

        width = 1 << self.bits
        blocks = [self._block(texts[at : at + BLOCK], width) for at in range(0, len(texts), BLOCK)]
        return sparse.vstack(blocks).tocsr() if blocks else sparse.csr_matrix((0, width))

    def _block(self, texts: Sequence[str], width: int) -> Any:
        from scipy import sparse

        rows, columns = hashed_ngrams(texts, self.low, self.high, self.bits)
        ones = np.ones(len(rows))
        return sparse.coo_matrix((ones, (rows, columns)), shape=(len(texts), width)).tocsr()


def hashed_ngrams(
    texts: Sequence[str], low: int, high: int, bits: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(row of the text, bucket) of every n-gram; a text counts with a space at either end."""
    padded = [f" {_plain(text)} " if text.strip() else "" for text in texts]
    points = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in padded])
    rows, columns = [], []
    for size in range(low, high + 1):
        starts = len(points) - size + 1
        if starts < 1:
            continue
        code = np.full(starts, size, dtype=np.uint64)
        for step in range(size):
            code = code * BASE + points[step : step + starts]
        inside = owner[:starts] == owner[size - 1 :]
        code ^= code >> np.uint64(29)
        buckets = (code * MIX) >> np.uint64(64 - bits)
        rows.append(owner[:starts][inside])
        columns.append(buckets[inside].astype(np.int64))
    if not rows:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.concatenate(rows), np.concatenate(columns)


def _plain(text: str) -> str:
    return " ".join(normal(text).lower().split())


def _inverse_document_frequency(counts: Any) -> npt.NDArray[np.float64]:
    seen = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.asarray(np.log((1 + counts.shape[0]) / (1 + seen)) + 1.0)


def _squares(rows: Any) -> npt.NDArray[np.float64]:
    """(N,) squared lengths."""
    return np.asarray(rows.multiply(rows).sum(axis=1), dtype=np.float64).ravel()


def _scaled(weighted: Any) -> Any:
    """Rows of length 1."""
    from scipy import sparse

    lengths = np.sqrt(_squares(weighted))
    return sparse.diags(1.0 / np.where(lengths > 0, lengths, 1.0)) @ weighted
