"""Stage I for inference: boosted trees on how much premise and hypothesis overlap.

This measures overlap, not understanding. It knows how many words and pieces of words the two
share, in what order and how long they are; it cannot tell what either means. Expect a few points
above chance on a language it was not trained on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import RecipeError
from core.labelers import labelers
from core.labelers.balance import ENOUGH, balancing, frequencies
from core.labelers.crf_features import norm, skeleton
from core.labelers.ngram_lr import fitted, labelled, probabilities
from core.labelers.posteriors import FloatArray, chosen, normalised
from core.types import Instance, Labels, Prediction, Record, Report


@labelers.register("overlap")
@dataclass
class Overlap:
    """Gradient-boosted trees on twelve overlap features.

    Attributes:
        trees: boosting rounds.
        per_source: at most so many pairs of each source language, drawn by the seed.
        balance: weigh the labels so that on the target (30 pairs or more; only their text is used)
            each is as frequent on average as in the sources, which repairs the shift of overlap
            between languages.
    """

    trees: int = 80
    per_source: int = 4000
    balance: bool = True
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
        report("training the overlap classifier", 0, 1)
        records = labelled(sources, label_set, self.per_source, seed, "overlap")
        self._labels = label_set
        names = [(record.labels or ("",))[0] for record in records]
        rows = _rows([record.instance for record in records])
        self._model = fitted(_trees(self.trees, len(records), seed), rows, names)
        self._weights = np.ones(len(label_set))
        if self.balance and len(target) >= ENOUGH:
            answers = probabilities(self._model, _rows(target), label_set)
            self._weights = balancing(answers, frequencies(names, label_set))
        report("training the overlap classifier", 1, 1)

    def label(self, instances: Sequence[Instance], report: Report) -> list[Prediction]:
        """See `StageOneLabeler.label`."""
        if self._model is None:
            raise RecipeError("Stage I (overlap) has not been trained.", "Call fit before label.")
        if not instances:
            return []
        report("labelling", 0, len(instances))
        found = probabilities(self._model, _rows(instances), self._labels)
        posterior = normalised(found * self._weights)
        report("labelling", len(instances), len(instances))
        return [
            chosen(instance.position, row[None, :], self._labels)
            for instance, row in zip(instances, posterior, strict=True)
        ]


def overlap_features(instance: Instance) -> list[float]:
    """How premise (`text`) and hypothesis (`text_b`) overlap; independent of the language."""
    premise, hypothesis = (_words(text) for text in (instance.text, instance.text_b or ""))
    first, second = _pieces(premise), _pieces(hypothesis)
    bones = {skeleton(word) for word in premise}
    known = set(premise)
    return [
        _share(sum(word in known for word in hypothesis), len(hypothesis)),
        _share(len(known & set(hypothesis)), len(known | set(hypothesis))),
        _share(len(first & second), len(second)),
        _share(len(first & second), len(first | second)),
        _share(sum(skeleton(word) in bones for word in hypothesis), len(hypothesis)),
        _share(_common_subsequence(premise, hypothesis), len(hypothesis)),
        _share(len(hypothesis), len(premise)),
        math.log1p(len(premise)),
        math.log1p(len(hypothesis)),
        float(sum(word not in known for word in hypothesis)),
        float(hypothesis[:1] == premise[:1]),
        float(_numbers(hypothesis) <= _numbers(premise)),
    ]


def _rows(instances: Sequence[Instance]) -> FloatArray:
    return np.array([overlap_features(instance) for instance in instances], dtype=np.float64)


def _words(text: str) -> list[str]:
    bare = "".join(char if char.isalnum() else " " for char in text)
    return [norm(word) for word in bare.split()]


def _pieces(words: Sequence[str]) -> set[str]:
    joined = f" {' '.join(words)} "
    return {joined[at : at + 3] for at in range(len(joined) - 2)}


def _numbers(words: Sequence[str]) -> set[str]:
    return {word for word in words if any(char.isdigit() for char in word)}


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _common_subsequence(first: Sequence[str], second: Sequence[str]) -> int:
    lengths = [0] * (len(second) + 1)
    for word in first:
        diagonal = 0
        for place, other in enumerate(second, 1):
            above = lengths[place]
            lengths[place] = diagonal + 1 if word == other else max(above, lengths[place - 1])
            diagonal = above
    return lengths[-1]


def _trees(rounds: int, size: int, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=rounds,
        learning_rate=0.05,
        max_depth=3,
        min_samples_leaf=max(2, min(20, size // 20)),
        early_stopping=False,
        random_state=abs(seed),
    )
