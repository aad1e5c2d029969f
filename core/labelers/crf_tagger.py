"""A linear-chain CRF over token features: trained into a file, read back, asked for marginals.

Trained by L-BFGS with penalties on both norms of the weights (Okazaki, CRFsuite, 2007).
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.labelers.crf_features import Drops, Usage, features
from core.labelers.posteriors import FloatArray, normalised
from core.types import Instance, Labels, Report

Sentence = tuple[tuple[str, ...], Labels]


@dataclass(frozen=True, slots=True)
class Part:
    """Labelled sentences of one language, with how words are used in its text.

    `copies`: how often each sentence is shown; with each copy other features are dropped.
    """

    language: str
    sentences: tuple[Sentence, ...]
    usage: Usage
    copies: int = 1


@dataclass(frozen=True, slots=True)
class Training:
    """How a tagger is trained.

    `penalty` weighs both norms; `lower_case` is the share of sentences shown once more in lower case
    and without punctuation; `stage` is what progress is called.
    """

    iterations: int
    penalty: float
    lower_case: float
    stage: str = "training the tagger"


class Tagger:
    """A trained CRF."""

    def __init__(self, path: Path, label_set: Labels) -> None:
        """`open` copies the whole file; `open_inmemory` would point into bytes that Python frees."""
        import pycrfsuite

        self._tagger = pycrfsuite.Tagger()
        self._tagger.open(str(path))
        self._labels = label_set
        self._trained = frozenset(self._tagger.labels())

    def labelled(self, tokens: Sequence[str], usage: Usage) -> tuple[list[str], FloatArray]:
        """The best label sequence, and the marginals (tokens, labels of the label set), rows of sum 1.

        Labels outside the label set give way to the most probable one in it.
        """
        if not tokens:
            return [], np.zeros((0, len(self._labels)))
        self._tagger.set(features(tokens, usage))
        best = self._tagger.tag()
        rows = np.zeros((len(tokens), len(self._labels)))
        for column, label in enumerate(self._labels):
            if label in self._trained:
                rows[:, column] = [self._tagger.marginal(label, at) for at in range(len(tokens))]
        rows = normalised(rows)
        known = set(self._labels)
        spare = rows.argmax(axis=1)
        return [
            label if label in known else self._labels[int(spare[at])] for at, label in enumerate(best)
        ], rows


def train(parts: Sequence[Part], training: Training, path: Path, dice: random.Random, report: Report) -> None:
    """Train on these parts into `path`, which appears only when it is whole."""
    trainer = _trainer(report, training)
    for done, part in enumerate(parts):
        report("reading the sources", done, len(parts))
        for sentence in part.sentences * part.copies:
            _show(trainer, sentence, part.usage, training.lower_case, dice)
    unfinished = path.with_name(f"{path.name}.unfinished")
    trainer.train(str(unfinished))
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(path)
    report(training.stage, training.iterations, training.iterations)


def sentence_of(instance: Instance, labels: Labels | None) -> Sentence | None:
    """An item as a training sentence; None where tokens and labels do not go together."""
    tokens = instance.tokens
    return (tokens, labels) if labels and len(tokens) == len(labels) else None


def _show(trainer: Any, sentence: Sentence, usage: Usage, lower_case: float, dice: random.Random) -> None:
    tokens, labels = sentence
    trainer.append(features(tokens, usage, Drops(), dice), list(labels))
    plain, kept = _plain(tokens, labels)
    if dice.random() < lower_case and plain:
        trainer.append(features(plain, usage, Drops(), dice), list(kept))


def _plain(tokens: Sequence[str], labels: Labels) -> Sentence:
    """The sentence in lower case and without punctuation, as in much informal text."""
    pairs = zip(tokens, labels, strict=True)
    kept = [(token.lower(), label) for token, label in pairs if any(char.isalnum() for char in token)]
    return tuple(token for token, _ in kept), tuple(label for _, label in kept)


def _trainer(report: Report, training: Training) -> Any:
    import pycrfsuite

    class Reporting(pycrfsuite.Trainer):  # type: ignore[misc]
        """Passes the progress of L-BFGS on."""

        def on_iteration(self, log: str, info: dict[str, Any]) -> None:
            report(training.stage, min(int(info["num"]), training.iterations), training.iterations)

    trainer = Reporting(verbose=False)
    trainer.select("lbfgs")
    trainer.set_params(
        {"c1": training.penalty, "c2": training.penalty, "max_iterations": training.iterations}
    )
    return trainer
