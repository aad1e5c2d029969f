"""Exemplars for every query of a run: builds the selection problem, block by block, and solves it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from core.embedders import Compare, Progress
from core.embedders import build as build_embedder
from core.errors import RecipeError
from core.kept import Kept, shifted
from core.run_input import RunInput
from core.selectors import build as build_selector
from core.selectors.problem import Embeddings, FloatArray, IntArray, SelectionProblem
from core.selectors.statistics import counts_and_confidence
from core.selectors.words import WordRecall, Words
from core.sending import connect
from core.tasks import tasks
from core.types import Dataset, Exemplar, Instance, Labels, Report, Selection

QUERIES_AT_A_TIME = 256
PRODUCTS = ("cosine", "dot")
"""Metrics of an embedder whose similarities are dot products of its rows."""


def choose(
    job: RunInput, pool: Sequence[Exemplar], report: Report, kept: Kept | None = None
) -> list[Selection]:
    """The exemplars of every query; none where the recipe ends with Stage I.

    Raises:
        RecipeError: recorded exemplars lie outside the pool.
    """
    name = job.recipe["selector"]["name"]
    if name == "none":
        return []
    settings = in_rows(pool, {key: value for key, value in job.recipe["selector"].items() if key != "name"})
    selector = None if name == "recorded" else build_selector(name, settings)
    ready = lru_cache(maxsize=1)(lambda: _candidates(job, pool, report))

    def select(start: int, block: Sequence[Instance]) -> list[Selection]:
        problem = ready().problem(block)
        if selector is None:
            found = _recorded(job, pool, problem, start)
        else:
            within = shifted(report, start, len(block), len(job.instances))
            found = selector.select(problem, seed=job.seed, report=within)
        return [replace(selection, query=selection.query + start) for selection in found]

    return (kept or Kept()).pieces("selections", job.instances, QUERIES_AT_A_TIME, select, (Selection,))


def in_rows(pool: Sequence[Exemplar], settings: dict[str, Any]) -> dict[str, Any]:
    """Settings whose pinned and banned sentences, given by position, are rows of the pool.

    Raises:
        RecipeError: a pinned sentence is not in the pool.
    """
    named = {key: _words(settings[key]) for key in ("pin", "ban") if key in settings}
    rows = {str(item.instance.position): row for row, item in enumerate(pool)} if any(named.values()) else {}
    for key, words in named.items():
        outside = [word for word in words if word not in rows]
        if outside and key == "pin":
            raise RecipeError(
                f"the pinned sentence {outside[0]} is not in the pool.",
                "Pin sentences of this run, by their position.",
            )
        settings[key] = tuple(str(rows[word]) for word in words if word in rows)
    return settings


def _words(given: Any) -> list[str]:
    """Positions as a list has them, or as text; a single one may have been read as a number."""
    return (
        [str(word) for word in given]
        if isinstance(given, list | tuple)
        else str(given).replace(",", " ").split()
    )


@dataclass(frozen=True)
class Candidates:
    """A pool with all that selection asks of it, worked out once; L coverage labels, N items.

    `rows` maps an item's position in the target to its row; `compare` gives similarities to the pool,
    `embeddings` the dense rows (Q, d) and (N, d) they are products of, None where there are none. `embed`
    gives rows for texts of the pool, dense or sparse, where similarities are products; else None.
    """

    labels: Labels
    counts: IntArray
    confidence: FloatArray
    item_confidence: FloatArray
    lengths: IntArray
    rows: Mapping[int, int]
    texts: Sequence[str]
    compare: Compare
    embeddings: Callable[[Sequence[str]], Embeddings] | None = None
    embed: Callable[[Sequence[str]], Any] | None = None
    _kept: dict[Hashable, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    def problem(self, queries: Sequence[Instance]) -> SelectionProblem:
        """The selection problem of these queries."""
        texts = [text_of(item) for item in queries]
        return SelectionProblem(
            similarity=self.compare(texts),
            own=np.array([self.rows.get(item.position, -1) for item in queries]),
            counts=self.counts,
            confidence=self.confidence,
            item_confidence=self.item_confidence,
            labels=self.labels,
            lengths=self.lengths,
            among=self.among,
            between=self.between,
            recall=WordRecall(lambda: self._words, texts),
            embeddings=self.embeddings(texts) if self.embeddings else None,
            kept=self._kept,
        )

    def among(self, rows: IntArray) -> FloatArray:
        """(M, M) similarities between pool rows."""
        return self.between(rows, rows)

    def between(self, rows: IntArray, columns: IntArray) -> FloatArray:
        """(M, C) similarities of pool rows to other pool rows."""
        if self.embed is None:
            return self.compare([self.texts[row] for row in rows])[:, columns]
        products = self._vectors[rows] @ self._vectors[columns].T
        return np.asarray(products.toarray() if hasattr(products, "toarray") else products)

    @cached_property
    def _vectors(self) -> Any:
        return self.embed(self.texts) if self.embed else None

    @cached_property
    def _words(self) -> Words:
        return Words(self.texts)


def candidates(
    dataset: Dataset,
    embedder: Mapping[str, Any],
    pool: Sequence[Exemplar],
    report: Progress | None = None,
) -> Candidates:
    """Statistics and embeddings of a pool; `embedder` is the recipe's table of that name.

    Raises:
        EgressRefused: its text may not go where the embedder would send it.
    """
    task = tasks[dataset.task]
    labels = task.coverage_labels(dataset.labels)
    counts, confidence = counts_and_confidence(
        [tuple(task.coverage_label(label) for label in item.labels) for item in pool],
        [item.confidences for item in pool],
        labels,
    )
    settings = {key: value for key, value in embedder.items() if key != "name"}
    texts = [text_of(item.instance) for item in pool]
    built = build_embedder(embedder["name"], settings)
    connect(built, [dataset])  # refuses here, before anything is sent
    compare = built.against(texts, report)
    products = settings.get("metric", PRODUCTS[0]) in PRODUCTS
    return Candidates(
        labels=labels,
        counts=counts,
        confidence=confidence,
        item_confidence=np.array([_mean(item.confidences) for item in pool]),
        lengths=np.array([len(text.split()) for text in texts], dtype=np.int64),
        rows={item.instance.position: row for row, item in enumerate(pool)},
        texts=texts,
        compare=compare,
        embeddings=getattr(compare, "embeddings", None) if products else None,
        embed=built.embed if products else None,
    )


def _candidates(job: RunInput, pool: Sequence[Exemplar], report: Report) -> Candidates:
    """The pool, ready for one block of queries after another: similarities never take N x N of memory."""
    report("similarities", 0, 1)

    def embedding(done: int, total: int) -> None:
        report("embedding sentences", done, total)

    return candidates(job.dataset, job.recipe["embedder"], pool, embedding)


def text_of(instance: Instance) -> str:
    """What is compared with other items: the words, of a pair both texts."""
    words = " ".join(instance.tokens) or instance.text
    return f"{words} {instance.text_b}" if instance.text_b else words


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else 0.0


def _recorded(
    job: RunInput, pool: Sequence[Exemplar], problem: SelectionProblem, start: int
) -> list[Selection]:
    """The exemplars a release recorded, with similarity and coverage as we compute them."""
    rows = {item.instance.position: row for row, item in enumerate(pool)}
    selections = []
    for query in range(len(problem.similarity)):
        position = job.instances[start + query].position
        recorded = job.recorded.get(position, ())
        missing = [other for other in recorded if other not in rows]
        if missing:
            raise RecipeError(
                f"sentence {position} has recorded exemplars outside this run (for example {missing[0]}).",
                "Run the whole data set, or choose exemplars anew with --set selector=ilp.",
            )
        if recorded:
            selections.append(as_given(problem, query, tuple(rows[other] for other in recorded)))
    return selections


def as_given(problem: SelectionProblem, query: int, chosen: tuple[int, ...]) -> Selection:
    """Exemplars chosen elsewhere, in their order, with similarity and coverage as we compute them."""

    def names_of(row: int) -> Labels:
        return tuple(name for name, n in zip(problem.labels, problem.counts[row], strict=True) if n)

    carried = [names_of(row) for row in chosen]
    have = {name for names in carried for name in names}
    anywhere = {name for name, n in zip(problem.labels, problem.counts.sum(axis=0), strict=True) if n}
    return Selection(
        query=query,
        chosen=chosen,
        similarity=tuple(float(problem.similarity[query, row]) for row in chosen),
        confidence=tuple(float(problem.item_confidence[row]) for row in chosen),
        covers=tuple(carried),
        value=None,
        upper_bound=None,
        status="recorded",
        uncovered=tuple(name for name in problem.labels if name not in have),
        uncoverable=tuple(name for name in problem.labels if name not in anywhere),
    )
