"""Embedders: how similar two texts are. One module per way of telling."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from core.availability import require
from core.embedding_cache import Progress
from core.errors import RecipeError, UnknownName
from core.registry import Registry

Compare = Callable[[Sequence[str]], npt.NDArray[np.float64]]


class Line(Protocol):
    """A way to send text to one host, got from whoever asked if it may go there: `core.sending`."""

    @property
    def host(self) -> str: ...

    def post(self, path: str, document: Mapping[str, object], *, largest: int) -> bytes:
        """The answer to a JSON document, at most `largest` bytes. Raises RecipeError."""
        ...


class Embedder(Protocol):
    """Turns texts into rows of a matrix. A frozen dataclass: its fields are its settings."""

    def __init__(self, **settings: Any) -> None: ...

    @property
    def address(self) -> str:
        """Where text is sent to; "" = nowhere."""
        ...

    def embed(self, texts: Sequence[str]) -> Any:
        """One row per text, dense or scipy sparse: of length 1 (or 0) for cosine, raw otherwise."""
        ...

    def against(self, pool: Sequence[str], report: Progress | None = None) -> Compare:
        """A function from queries to similarities (len(queries), len(pool)), float64, by setting `metric`.

        cosine (the default): of the rows, at most 1. dot: the dot product of the raw rows, unbounded; for
        n-grams of TF-IDF rows that are not scaled to length 1, since of those that are it is the cosine.
        euclidean: 1 / (1 + distance of the raw rows), in (0, 1].

        The pool is embedded once, so that queries can come block by block.
        """
        ...

    def similarity(self, queries: Sequence[str], pool: Sequence[str]) -> npt.NDArray[np.float64]:
        """`against(pool)(queries)`."""
        ...


__all__ = ["Compare", "Embedder", "Line", "Progress", "build", "embedders"]

embedders: Registry[type[Embedder]] = Registry("embedder", "core.embedders")


def build(name: str, settings: Mapping[str, Any]) -> Embedder:
    """The embedder `name` with these settings. Raises UnknownName, RecipeError, NotInstalled.

    Packages that a class names in `packages`, and settings it names in `required`, are asked for here: when
    a run begins, not when Stage I is done.
    """
    part = embedders[name]
    for package in getattr(part, "packages", ()):
        require(package, purpose=f"the embedder {name}")
    known = [spec.name for spec in fields(part) if spec.init]  # type: ignore[arg-type]
    for key in settings:
        if key not in known:
            raise UnknownName(f"setting of embedder {name}", key, known)
    for key in getattr(part, "required", ()):
        if not settings.get(key):
            raise RecipeError(
                f"embedder {name} needs a {key}.",
                f"Give --set embedder.{key}=..., or use --set embedder=ngrams.",
            )
    return part(**settings)
