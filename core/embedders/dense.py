"""What embedders that give dense vectors have in common: prefixes, the cache, metrics."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from core.embedders import Compare, Progress
from core.embedders.checks import check_metric, check_text, check_whole, unquoted
from core.embedders.metric import FloatArray, similarities, unit
from core.embedding_cache import Cache, Float32Array, folder
from core.errors import RecipeError


class Dense(ABC):
    """Base of dense embedders: a subclass says who it is (`identity`) and computes vectors (`compute`).

    A subclass is a frozen dataclass with at least the fields below and `_state`, a dictionary of its own.

    Attributes:
        prefix: put before every text of the pool (for example `passage: `).
        query_prefix: put before every query; as `prefix` when empty.
        metric: cosine | dot | euclidean.
        batch_size: texts at a time.
    """

    part: ClassVar[str]
    """The name it is registered with."""

    prefix: str
    query_prefix: str
    metric: str
    batch_size: int
    _state: dict[str, Any]

    @property
    def address(self) -> str:
        """Where text is sent to; "" = nowhere."""
        return ""

    @abstractmethod
    def identity(self) -> tuple[str, ...]:
        """Everything that changes a text's vector, prefixes apart. Nothing is loaded or sent for it."""

    @abstractmethod
    def compute(self, texts: Sequence[str]) -> npt.NDArray[Any]:
        """(len(texts), D) vectors of texts that have their prefix already."""

    def check(self) -> None:
        """Raises RecipeError where a shared setting cannot be."""
        check_text(self.part, prefix=self.prefix, query_prefix=self.query_prefix)
        check_metric(self.part, self.metric)
        check_whole(self.part, "batch_size", self.batch_size, 1, 4096)

    def embed(self, texts: Sequence[str], report: Progress | None = None) -> FloatArray:
        """(len(texts), D) float64: rows of length 1 for cosine, raw ones otherwise; as texts of the pool."""
        return self._rows(texts, self.prefix, report)

    def similarity(self, queries: Sequence[str], pool: Sequence[str]) -> FloatArray:
        """See `Embedder.similarity`."""
        return self.against(pool)(queries)

    def against(self, pool: Sequence[str], report: Progress | None = None) -> Compare:
        """See `Embedder.against`. What is returned also tells the vectors: `embeddings(queries)`."""
        return DenseCompare(self, pool, report)

    def embed_queries(self, texts: Sequence[str]) -> FloatArray:
        """As `embed`, as queries."""
        return self._rows(texts, self.query_prefix or self.prefix)

    def _rows(self, texts: Sequence[str], prefix: str, report: Progress | None = None) -> FloatArray:
        before = unquoted(prefix)
        rows = self._cache(before).rows([before + text for text in texts], self._sound, report)
        exact = rows.astype(np.float64)
        return unit(exact) if self.metric == "cosine" else exact

    def _cache(self, prefix: str) -> Cache:
        """The cache of one prefix."""
        known: dict[str, Cache] = self._state.setdefault("caches", {})
        if prefix not in known:
            known[prefix] = Cache(folder(), (self.part, *self.identity(), prefix))
        return known[prefix]

    def _sound(self, texts: Sequence[str]) -> Float32Array:
        """`compute`, checked and rounded to what the cache keeps."""
        with np.errstate(over="ignore"):
            rows = np.asarray(self.compute(texts), dtype=np.float32).reshape(len(texts), -1)
        if not (rows.shape[1] and np.isfinite(rows).all()):
            raise RecipeError(
                f"embedder {self.part} gave vectors that are empty or not finite.", "Use another model."
            )
        return rows


@dataclass(frozen=True)
class DenseCompare:
    """Queries against a pool that is embedded when it is first needed, and once."""

    embedder: Dense
    pool: Sequence[str]
    report: Progress | None = None
    _kept: list[FloatArray] = field(default_factory=list, init=False, repr=False, compare=False)

    def __call__(self, queries: Sequence[str]) -> FloatArray:
        """(len(queries), len(pool)) similarities; see `Embedder.against`."""
        if not queries or not self.pool:
            return np.zeros((len(queries), len(self.pool)))
        asked, held = self.embeddings(queries)
        squares = (np.einsum("qd,qd->q", rows, rows) for rows in (asked, held))
        return similarities(self.embedder.metric, asked @ held.T, *squares)

    def embeddings(self, queries: Sequence[str]) -> tuple[FloatArray, FloatArray]:
        """The rows that are compared: of the queries (Q, D) and of the pool (N, D).

        Raises:
            RecipeError: they differ in length, as when a model changed behind its name.
        """
        if not self._kept:
            self._kept.append(self.embedder.embed(self.pool, self.report))
        asked, held = self.embedder.embed_queries(queries), self._kept[0]
        if len(asked) and len(held) and asked.shape[1] != held.shape[1]:
            raise RecipeError(
                f"embedder {self.embedder.part} gave {asked.shape[1]} numbers for a query "
                f"and {held.shape[1]} for a text of the pool.",
                "Has the model changed? Delete the workspace's folder cache/embeddings and try again.",
            )
        return asked, held
