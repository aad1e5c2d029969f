"""Stage I for POS and NER: a linear-chain CRF on features that carry over between languages.

Trains in seconds on a laptop and needs no weights. It does not cross scripts: on a target in
another script than every source its labels are worthless at high confidence.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import RecipeError
from core.labelers import labelers
from core.labelers.crf_features import Drops, Usage, features
from core.labelers.posteriors import FloatArray, decided, is_bio, normalised
from core.types import Instance, Labels, Prediction, Record, Report

Sentence = tuple[tuple[str, ...], Labels]


@labelers.register("crf")
@dataclass
class Crf:
    """A CRF trained by L-BFGS.

    Attributes:
        per_source: at most so many sentences of each source language, drawn by the seed.
        iterations: of L-BFGS.
        lower_case: share of sentences that are seen once more in lower case, without punctuation.
    """

    per_source: int = 800
    iterations: int = 50
    lower_case: float = 0.3
    _tagger: Any = field(default=None, repr=False)
    _usage: Usage = field(default_factory=Usage, repr=False)
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
        dice = random.Random(seed)  # noqa: S311 - a reproducible draw, no secret
        trainer = _trainer(report, self.iterations, 0.1 if is_bio(label_set) else 0.05)
        total = 0
        for done, (_, records) in enumerate(sources):
            report("reading the sources", done, len(sources))
            total += self._read(trainer, [record for record in records if record.labels], dice)
        if not total:
            raise RecipeError(
                "Stage I (crf) found no labelled sentences in the sources.",
                "Choose a --source whose data set has labels for this task.",
            )
        self._labels = label_set
        self._usage = Usage.of(instance.tokens for instance in target)
        self._tagger = _trained(trainer, report, self.iterations)

    def label(self, instances: Sequence[Instance], report: Report) -> list[Prediction]:
        """See `StageOneLabeler.label`. Confidence = marginal probability of the label given."""
        if self._tagger is None:
            raise RecipeError("Stage I (crf) has not been trained.", "Call fit before label.")
        predictions = []
        for done, instance in enumerate(instances):
            predictions.append(self._predict(instance))
            if done % 50 == 49:
                report("labelling", done + 1, len(instances))
        report("labelling", len(instances), len(instances))
        return predictions

    def _read(self, trainer: Any, records: Sequence[Record], dice: random.Random) -> int:
        """Give the trainer one source; word statistics come from all its text."""
        usage = Usage.of(record.instance.tokens for record in records)
        sample = list(records)
        if len(sample) > self.per_source:
            sample = dice.sample(sample, self.per_source)
        for record in sample:
            tokens, labels = record.instance.tokens, record.labels or ()
            _append(trainer, (tokens, labels), usage, dice)
            plain = _plain(tokens, labels)
            if dice.random() < self.lower_case and plain[0]:
                _append(trainer, plain, usage, dice)
        return len(sample)

    def _predict(self, instance: Instance) -> Prediction:
        if not instance.tokens:
            return Prediction(instance.position, (), (), ())
        self._tagger.set(features(instance.tokens, self._usage))
        best = self._tagger.tag()
        posterior = self._marginals(len(best))
        known = set(self._labels)
        fallback = posterior.argmax(axis=1)
        labels = [
            label if label in known else self._labels[int(fallback[at])] for at, label in enumerate(best)
        ]
        return decided(instance.position, labels, posterior, self._labels)

    def _marginals(self, length: int) -> FloatArray:
        """(length, labels of the label set), rows summing to 1."""
        trained = set(self._tagger.labels())
        rows = np.zeros((length, len(self._labels)))
        for column, label in enumerate(self._labels):
            if label in trained:
                rows[:, column] = [self._tagger.marginal(label, at) for at in range(length)]
        return normalised(rows)


def _append(trainer: Any, sentence: Sentence, usage: Usage, dice: random.Random) -> None:
    tokens, labels = sentence
    if tokens and len(tokens) == len(labels):
        trainer.append(features(tokens, usage, Drops(), dice), list(labels))


def _plain(tokens: Sequence[str], labels: Labels) -> Sentence:
    """The sentence in lower case and without punctuation, as in much informal text."""
    pairs = zip(tokens, labels, strict=True)
    kept = [(token.lower(), label) for token, label in pairs if any(char.isalnum() for char in token)]
    return tuple(token for token, _ in kept), tuple(label for _, label in kept)


def _trainer(report: Report, iterations: int, penalty: float) -> Any:
    import pycrfsuite

    class Reporting(pycrfsuite.Trainer):  # type: ignore[misc]
        """Passes the progress of L-BFGS on."""

        def on_iteration(self, log: str, info: dict[str, Any]) -> None:
            report("training the tagger", min(int(info["num"]), iterations), iterations)

    trainer = Reporting(verbose=False)
    trainer.select("lbfgs")
    trainer.set_params({"c1": penalty, "c2": penalty, "max_iterations": iterations})
    return trainer


def _trained(trainer: Any, report: Report, iterations: int) -> Any:
    """Train into a temporary file (the library knows no other way) and read it back.

    `open` copies the whole file; `open_inmemory` would point into bytes that Python frees.
    """
    import pycrfsuite

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tagger.crfsuite"
        trainer.train(str(path))
        report("training the tagger", iterations, iterations)
        tagger = pycrfsuite.Tagger()
        tagger.open(str(path))
    return tagger
