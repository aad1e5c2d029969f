"""Random similarity: every text has a direction of its own, drawn from its words and a seed.

The floor any retriever has to beat: the exemplars nearest to a query are then exemplars drawn at random.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.embedders import Compare, Progress, embedders
from core.embedders.checks import check_whole
from core.embedders.metric import FloatArray, unit

DIRECTIONS = 64
"""Dimensions: enough that no text is near to many others."""
OF_THE_RUN = -1


@embedders.register("random")
@dataclass(frozen=True)
class RandomSimilarity:
    """Similarity that knows nothing.

    Attributes:
        seed: which draw; -1 = that of the run, so that runs with other seeds see other exemplars.
    """

    seed: int = OF_THE_RUN

    def __post_init__(self) -> None:
        check_whole("random", "seed", self.seed, OF_THE_RUN, 2**31 - 1)

    @property
    def address(self) -> str:
        """See `Embedder.address`."""
        return ""

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """(len(texts), 64) rows of length 1."""
        rows = np.array([self._direction(text) for text in texts]).reshape(len(texts), DIRECTIONS)
        return unit(rows)

    def against(self, pool: Sequence[str], report: Progress | None = None) -> Compare:
        """See `Embedder.against`."""
        held = self.embed(pool)

        def compare(queries: Sequence[str]) -> FloatArray:
            return np.minimum(self.embed(queries) @ held.T, 1.0)

        return compare

    def similarity(self, queries: Sequence[str], pool: Sequence[str]) -> FloatArray:
        """See `Embedder.similarity`."""
        return self.against(pool)(queries)

    def _direction(self, text: str) -> FloatArray:
        said = f"{self.seed}\0{text}".encode("utf-8", "surrogatepass")
        words = np.frombuffer(hashlib.sha256(said).digest(), dtype=np.uint32)
        return np.random.default_rng(words).standard_normal(DIRECTIONS)
