"""Stage II of the offline learner on any labels, with target exemplars alone or mixed with source gold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.embedders import build as build_embedder
from core.evaluation import evaluate
from core.labelers import labelers
from core.labelers.consensus import consensus
from core.labelers.posteriors import posterior_from
from core.types import Exemplar, Instance, Labels, Prediction, Record, TaskName

K = 8
METRIC: dict[TaskName, str] = {"pos": "token_accuracy", "ner": "span_f1"}


class Bench:
    """One target with its sources; similarities are worked out once."""

    def __init__(
        self, task: TaskName, target: Sequence[Record], sources: Sequence[Record], names: Labels, queries: int
    ) -> None:
        self.task, self.target, self.names, self.queries = task, target, names, range(queries)
        texts = [record.instance.text for record in target]
        embedder = build_embedder("ngrams", {})
        self._near = np.array(embedder.similarity(texts[:queries], texts))
        self._far = np.array(embedder.similarity(texts[:queries], [r.instance.text for r in sources]))
        np.fill_diagonal(self._near, -1.0)
        self._gold = [_exemplar(r.instance, r.labels or (), names, "source", 0.95) for r in sources]

    def scores(
        self, noisy: Sequence[Prediction], corrected: Mapping[int, Labels] | None = None
    ) -> dict[str, float]:
        """Stage I, and Stage II with `target` and with `mixed` exemplars, on queries nobody corrected."""
        human = corrected or {}
        items = [record.instance for record in self.target]
        settled = consensus(items, noisy, self.names, self.task)
        pool = [
            _exemplar(item, human[item.position], self.names, "corrected", 1.0)
            if item.position in human
            else _noisy(item, row, self.names)
            for item, row in zip(items, settled, strict=True)
        ]
        asked = [query for query in self.queries if query not in human]
        found = {"stage1": [noisy[query].labels for query in asked]}
        found["target"] = [self._label(query, settled[query], pool, mixed=False) for query in asked]
        found["mixed"] = [self._label(query, settled[query], pool, mixed=True) for query in asked]
        gold = [self.target[query].labels or () for query in asked]
        return {name: evaluate(self.task, gold, rows)[METRIC[self.task]] for name, rows in found.items()}

    def _label(self, query: int, prior: Prediction, pool: Sequence[Exemplar], *, mixed: bool) -> Labels:
        shown, near = _nearest(self._near[query], pool)
        if mixed:
            more, far = _nearest(self._far[query], self._gold)
            shown, near = shown + more, near + far
        tagger: Any = labelers["icl_tagger"](task=self.task)
        prediction: Prediction = tagger.label(self.target[query].instance, prior, shown, near, self.names)[0]
        return prediction.labels


def _nearest(row: Any, pool: Sequence[Exemplar]) -> tuple[list[Exemplar], list[float]]:
    best = np.argsort(-row, kind="stable")[:K]
    return [pool[at] for at in best], [float(row[at]) for at in best]


def _exemplar(item: Instance, labels: Labels, names: Labels, origin: Any, sure: float) -> Exemplar:
    row = Prediction(item.position, labels, (sure,) * len(labels))
    return Exemplar("", item, labels, row.confidences or (), origin, posterior_from(row, names))


def _noisy(item: Instance, row: Prediction, names: Labels) -> Exemplar:
    sure = row.confidences or (1.0,) * len(row.labels)
    return Exemplar("", item, row.labels, sure, "target", row.posterior or posterior_from(row, names))
