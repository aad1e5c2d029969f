"""The narrow door of selection: similarities, label counts and confidences in, a Selection out."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, TypeVar, cast

import numpy as np
import numpy.typing as npt

from core.errors import RecipeError
from core.types import Labels, Report, Selection

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Embeddings = tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]]
T = TypeVar("T")


class Recall(Protocol):
    """How well single tokens of a query are met by pool items. Rows are those of the pool."""

    def __call__(self, query: int, rows: IntArray) -> FloatArray:
        """(T, M) similarity, at most 1, of each of the query's T tokens to its best match in each item."""
        ...

    def rarity(self, query: int) -> FloatArray:
        """(T,) inverse document frequency of each token over the pool, above 0."""
        ...


@dataclass(frozen=True)
class SelectionProblem:
    """Q queries, a pool of N exemplars, L labels.

    Attributes:
        similarity: (Q, N), finite.
        own: (Q,) pool row of the query itself, which is never chosen; -1 = not in the pool.
        counts: (N, L) how many tokens of each item carry each label.
        confidence: (N, L) mean confidence of those tokens in [0, 1]; 0 where the label is absent.
        item_confidence: (N,) mean confidence over all tokens of the item.
        labels: the L names.
        allowed: (N,) False = never chosen; None = all may be.
        lengths: (N,) tokens of each item, for a token budget; None = as many as it has labels.
        among: similarities (M, M) between M pool rows, for selectors that avoid repetition; None =
            items are taken as unrelated. Never asked for the whole of a large pool.
        between: similarities (M, C) of M pool rows to C others; None = unknown.
        recall: token by token, for selectors that look inside a text; None = there is no text.
        embeddings: dense rows (Q, d) and (N, d) whose dot products are the similarities; None = none.
        kept: see `once`; the same dictionary in every problem over one pool.
    """

    similarity: FloatArray
    own: IntArray
    counts: IntArray
    confidence: FloatArray
    item_confidence: FloatArray
    labels: Labels
    allowed: BoolArray | None = None
    lengths: IntArray | None = None
    among: Callable[[IntArray], FloatArray] | None = None
    between: Callable[[IntArray, IntArray], FloatArray] | None = None
    recall: Recall | None = None
    embeddings: Embeddings | None = None
    kept: dict[Hashable, object] = field(default_factory=dict, repr=False, compare=False)

    def once(self, key: Hashable, work: Callable[[], T]) -> T:
        """What `work` gives: worked out for the first problem over a pool, remembered for the others.

        Args:
            key: of the work; everything the result depends on, apart from the pool.
        """
        if key not in self.kept:
            self.kept[key] = work()
        return cast(T, self.kept[key])

    def check(self) -> None:
        """Raise RecipeError when the shapes do not fit together or a number is not finite."""
        queries, items = self.similarity.shape
        label_shape = (items, len(self.labels))
        shapes = {
            "own": (self.own.shape, (queries,)),
            "counts": (self.counts.shape, label_shape),
            "confidence": (self.confidence.shape, label_shape),
            "item_confidence": (self.item_confidence.shape, (items,)),
        }
        if self.allowed is not None:
            shapes["allowed"] = (self.allowed.shape, (items,))
        if self.lengths is not None:
            shapes["lengths"] = (self.lengths.shape, (items,))
        if self.embeddings is not None:
            rows, columns = self.embeddings
            shapes["embeddings"] = (
                rows.shape + columns.shape,
                (queries, *rows.shape[1:], items, *rows.shape[1:]),
            )
        for name, (found, wanted) in shapes.items():
            if found != wanted:
                raise RecipeError(
                    f"selection: {name} has shape {found}, not {wanted}.",
                    "The similarities, counts and confidences must describe one pool.",
                )
        for name, array in (("similarity", self.similarity), ("confidence", self.confidence)):
            if not np.isfinite(array).all():
                raise RecipeError(
                    f"selection: {name} holds values that are not finite.", "Check the embedder."
                )

    def candidates(self, query: int) -> IntArray:
        """Pool rows that may be chosen for a query, ascending."""
        usable = (
            np.ones(self.similarity.shape[1], dtype=bool) if self.allowed is None else self.allowed.copy()
        )
        if self.own[query] >= 0:
            usable[self.own[query]] = False
        return np.flatnonzero(usable).astype(np.int64)


class Selector(Protocol):
    """Chooses exemplars. A frozen dataclass: its fields are its settings."""

    name: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]

    def __init__(self, **settings: Any) -> None: ...

    def select(self, problem: SelectionProblem, *, seed: int, report: Report) -> list[Selection]:
        """One Selection per query, in order. Equal input and seed give equal output."""
        ...


@dataclass(frozen=True)
class Outcome:
    """What a selector found for one query, before it is written down in full."""

    chosen: Sequence[int] | IntArray
    value: float
    upper_bound: float
    status: str
    seconds: float


def needed(problem: SelectionProblem, rows: IntArray, demand: FloatArray) -> FloatArray:
    """The demands that some candidate can serve: (L,), 0 where nobody carries the label."""
    carried = problem.counts[rows].sum(axis=0) > 0
    return np.where(carried, demand, 0.0)


def written(problem: SelectionProblem, query: int, outcome: Outcome, demand: FloatArray) -> Selection:
    """The Selection: most similar first (ties by pool row), with what each exemplar covers.

    `uncovered` names every label in demand that is not fully served, `uncoverable` those of them
    that no candidate carries (a label only the query itself carries is one of these).
    """
    similarity = problem.similarity[query]
    order = sorted((int(row) for row in outcome.chosen), key=lambda row: (-similarity[row], row))
    priced = demand > 0
    served = problem.counts[order].sum(axis=0) >= demand
    coverable = needed(problem, problem.candidates(query), demand) > 0
    return Selection(
        query=query,
        chosen=tuple(order),
        similarity=tuple(float(similarity[row]) for row in order),
        confidence=tuple(float(problem.item_confidence[row]) for row in order),
        covers=tuple(_names(problem, priced & (problem.counts[row] > 0)) for row in order),
        value=outcome.value,
        upper_bound=outcome.upper_bound,
        status=outcome.status,
        uncovered=_names(problem, priced & ~served),
        uncoverable=_names(problem, priced & ~coverable),
        seconds=outcome.seconds,
    )


def _names(problem: SelectionProblem, mask: BoolArray) -> Labels:
    return tuple(name for name, wanted in zip(problem.labels, mask, strict=True) if wanted)


def check_k(k: int, name: str) -> None:
    """Raise RecipeError unless k is at least 1."""
    if k < 1:
        raise RecipeError(f"setting k of selector {name} is {k}.", "Give the number of exemplars, 1 or more.")
