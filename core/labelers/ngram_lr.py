"""Stage I for topics: logistic regression on character n-grams of the source languages.

It recognises words and pieces of words. A target that shares few of them with the sources gets
little more than the majority class; its confidence then says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.embedders.ngrams import NGrams
from core.errors import RecipeError
from core.labelers import labelers
from core.labelers.balance import ENOUGH, balancing, frequencies
from core.labelers.posteriors import FloatArray, chosen, normalised
from core.types import Instance, Labels, Prediction, Record, Report


@labelers.register("ngram_lr")
@dataclass
class NGramRegression:
    """Multinomial logistic regression on TF-IDF of character 2-4-grams.

    Attributes:
        strength: inverse of the L2 penalty.
        per_source: at most so many items of each source language, drawn by the seed.
        balance: weigh the labels so that on the target (30 items or more; only their text is used)
            each is as frequent on average as in the sources.
    """

    strength: float = 10.0
    per_source: int = 2000
    balance: bool = True
    _embedder: NGrams = field(default_factory=lambda: NGrams(bits=15), repr=False)
    _rarity: Any = field(default=None, repr=False)
    _model: Any = field(default=None, repr=False)
    _weights: FloatArray = field(default_factory=lambda: np.ones(0), repr=False)
    _labels: Labels = ()

    def fit(
        self,
        sources: Sequence[tuple[str, Sequence[Record]]],
        target: Sequence[Instance],
        label_set: Labels,
        *,
        seed: int,
        report: Report,
        corrected: Sequence[Record] = (),
        keep: Path | None = None,
    ) -> None:
        """See `StageOneLabeler.fit`."""
        report("training the topic classifier", 0, 1)
        records = labelled(sources, label_set, self.per_source, seed, "ngram_lr")
        self._labels = label_set
        names = [(record.labels or ("",))[0] for record in records]
        texts = [text_of(record.instance) for record in records]
        self._rarity = self._embedder.rarity(texts)
        rows = self._embedder.embed(texts, self._rarity)
        self._model = fitted(_regression(self.strength), rows, names)
        self._weights = np.ones(len(label_set))
        if self.balance and len(target) >= ENOUGH:
            self._weights = balancing(self._answers(target), frequencies(names, label_set))
        report("training the topic classifier", 1, 1)

    def label(self, instances: Sequence[Instance], report: Report) -> list[Prediction]:
        """See `StageOneLabeler.label`."""
        if self._model is None:
            raise RecipeError("Stage I (ngram_lr) has not been trained.", "Call fit before label.")
        if not instances:
            return []
        report("labelling", 0, len(instances))
        posterior = normalised(self._answers(instances) * self._weights)
        report("labelling", len(instances), len(instances))
        return [
            chosen(instance.position, row[None, :], self._labels)
            for instance, row in zip(instances, posterior, strict=True)
        ]

    def _answers(self, instances: Sequence[Instance]) -> FloatArray:
        rows = self._embedder.embed([text_of(instance) for instance in instances], self._rarity)
        return probabilities(self._model, rows, self._labels)


def text_of(instance: Instance) -> str:
    """The text of an item without tokens, its hypothesis included."""
    return f"{instance.text} {instance.text_b}" if instance.text_b else instance.text


def labelled(
    sources: Sequence[tuple[str, Sequence[Record]]], label_set: Labels, limit: int, seed: int, name: str
) -> list[Record]:
    """Source records that carry a label of the label set, at most `limit` of each source.

    Raises:
        RecipeError: there are none.
    """
    found: list[Record] = []
    for place, (_, records) in enumerate(sources):
        usable = [record for record in records if record.labels and record.labels[0] in label_set]
        order = np.random.default_rng([abs(seed), place]).permutation(len(usable))[:limit]
        found += [usable[at] for at in sorted(order.tolist())]
    if not found:
        raise RecipeError(
            f"Stage I ({name}) found no items in the sources with a label of this data set.",
            f"Its labels are {', '.join(label_set)}; choose a --source that has them.",
        )
    return found


def fitted(model: Any, rows: Any, names: Sequence[str]) -> Any:
    """The trained model, or the one label there is."""
    return names[0] if len(set(names)) == 1 else model.fit(rows, list(names))


def probabilities(model: Any, rows: Any, label_set: Labels) -> FloatArray:
    """(rows, labels) posteriors; a label the model never saw gets 0."""
    posterior = np.zeros((rows.shape[0], len(label_set)))
    if isinstance(model, str):
        posterior[:, label_set.index(model)] = 1.0
        return posterior
    found = model.predict_proba(rows)
    for column, name in enumerate(model.classes_):
        posterior[:, label_set.index(name)] = found[:, column]
    return posterior


def _regression(strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, max_iter=300, tol=1e-3)
