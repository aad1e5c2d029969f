"""Sentence embeddings of a neural model the user has on disk; loaded when first used.

Nothing is downloaded unless `download` is set, and code that comes with a model is never run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from core.embedders import Compare, embedders
from core.errors import RecipeError


@embedders.register("sentence_transformer")
@dataclass(frozen=True)
class SentenceEmbedder:
    """Cosine of sentence embeddings.

    Attributes:
        model: a folder, or the name of a model in the local cache.
        prefix: put before every text (for example `query: ` for the E5 family).
        batch_size: texts at a time.
        download: fetch the model when it is not there yet.
    """

    packages: ClassVar[tuple[str, ...]] = ("sentence-transformers",)

    model: str = ""
    prefix: str = ""
    batch_size: int = 32
    download: bool = False
    _loaded: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """(len(texts), width) float64, rows of length 1."""
        prompts = [self.prefix + text for text in texts]
        rows = self._encoder().encode(
            prompts, batch_size=self.batch_size, convert_to_numpy=True, show_progress_bar=False
        )
        dense = np.asarray(rows, dtype=np.float64).reshape(len(texts), -1)
        lengths = np.linalg.norm(dense, axis=1, keepdims=True)
        return np.asarray(dense / np.where(lengths > 0, lengths, 1.0))

    def similarity(self, queries: Sequence[str], pool: Sequence[str]) -> npt.NDArray[np.float64]:
        """See `Embedder.similarity`."""
        return self.against(pool)(queries)

    def against(self, pool: Sequence[str]) -> Compare:
        """See `Embedder.against`."""
        columns: list[npt.NDArray[np.float64]] = []

        def compare(queries: Sequence[str]) -> npt.NDArray[np.float64]:
            if not queries or not pool:
                return np.zeros((len(queries), len(pool)))
            if not columns:
                columns.append(self.embed(pool).T)
            return np.minimum(self.embed(queries) @ columns[0], 1.0)

        return compare

    def _encoder(self) -> Any:
        if "encoder" not in self._loaded:
            self._loaded["encoder"] = self._load()
        return self._loaded["encoder"]

    def _load(self) -> Any:
        if not self.model:
            raise RecipeError(
                "embedder sentence_transformer needs a model.",
                "Give --set embedder.model=FOLDER, or use --set embedder=ngrams.",
            )
        from sentence_transformers import SentenceTransformer

        try:
            return SentenceTransformer(
                self.model, local_files_only=not self.download, trust_remote_code=False, device="cpu"
            )
        except (OSError, ValueError) as problem:
            reason = str(problem).partition("\n")[0]
            raise RecipeError(
                f"the sentence model {self.model!r} could not be loaded: {reason}",
                "Give a folder that holds it, or set embedder.download=true.",
            ) from None
