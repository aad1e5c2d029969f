"""Embedders: how similar two texts are. One module per way of telling."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from core.availability import require
from core.errors import UnknownName
from core.registry import Registry

Compare = Callable[[Sequence[str]], npt.NDArray[np.float64]]


class Embedder(Protocol):
    """Turns texts into rows of a matrix. A frozen dataclass: its fields are its settings."""

    def __init__(self, **settings: Any) -> None: ...

    def embed(self, texts: Sequence[str]) -> Any:
        """One row of length 1 (or 0 for an empty text) per text; dense or scipy sparse."""
        ...

    def against(self, pool: Sequence[str]) -> Compare:
        """A function from queries to cosine similarities (len(queries), len(pool)), float64, at most 1.

        The pool is embedded once, so that queries can come block by block.
        """
        ...

    def similarity(self, queries: Sequence[str], pool: Sequence[str]) -> npt.NDArray[np.float64]:
        """`against(pool)(queries)`."""
        ...


embedders: Registry[type[Embedder]] = Registry("embedder", "core.embedders")


def build(name: str, settings: Mapping[str, Any]) -> Embedder:
    """The embedder `name` with these settings. Raises UnknownName, RecipeError, NotInstalled.

    Packages that a class names in `packages` are asked for here: when a run begins, not when Stage I is done.
    """
    part = embedders[name]
    for package in getattr(part, "packages", ()):
        require(package, purpose=f"the embedder {name}")
    known = [spec.name for spec in fields(part) if spec.init]  # type: ignore[arg-type]
    for key in settings:
        if key not in known:
            raise UnknownName(f"setting of embedder {name}", key, known)
    return part(**settings)
