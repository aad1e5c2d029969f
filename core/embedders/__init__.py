"""Embedders: how similar two texts are. One module per way of telling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from core.registry import Registry


class Embedder(Protocol):
    """Turns texts into rows of a matrix. A frozen dataclass: its fields are its settings."""

    def __init__(self, **settings: Any) -> None: ...

    def embed(self, texts: Sequence[str]) -> Any:
        """One row of length 1 (or 0 for an empty text) per text; dense or scipy sparse."""
        ...

    def similarity(self, queries: Sequence[str], pool: Sequence[str]) -> npt.NDArray[np.float64]:
        """Cosine similarities, (len(queries), len(pool)), float64, at most 1."""
        ...


embedders: Registry[type[Embedder]] = Registry("embedder", "core.embedders")
