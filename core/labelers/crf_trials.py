"""How a CRF does on a language it was not trained on: each source left out in turn, at reduced size."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.labelers.calibration import Trial
from core.labelers.crf_tagger import Part, Tagger, Training, train
from core.types import Labels, Report

TRAINED_ON = 300
"""Sentences of all other sources together."""
TRIED_ON = 100
ITERATIONS = 30
STAGE = "calibrating the confidences"


def trials(
    parts: Sequence[Part], label_set: Labels, training: Training, dice: random.Random, report: Report
) -> list[Trial]:
    """One trial per source language; none where there is a single one, whose halves would be too alike."""
    languages = list(dict.fromkeys(part.language for part in parts if part.sentences))
    if len(languages) < 2:
        return []
    less = replace(training, iterations=min(training.iterations, ITERATIONS), stage=STAGE)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trial.crfsuite"
        for done, language in enumerate(languages):
            report(STAGE, done, len(languages))
            others = [part for part in parts if part.language != language and part.sentences]
            shown = [_some(part, TRAINED_ON // len(others), dice) for part in others]
            train(shown, less, path, dice, _silent)
            asked = [part for part in parts if part.language == language]
            found.append(
                _tried(Tagger(path, label_set), [_some(part, TRIED_ON, dice) for part in asked], label_set)
            )
    report(STAGE, len(languages), len(languages))
    return found


def _some(part: Part, limit: int, dice: random.Random) -> Part:
    if len(part.sentences) <= limit:
        return part
    return replace(part, sentences=tuple(dice.sample(part.sentences, limit)))


def _tried(tagger: Tagger, parts: Sequence[Part], label_set: Labels) -> Trial:
    """What the tagger says of a language; tokens whose true label is outside the label set do not count."""
    column = {label: at for at, label in enumerate(label_set)}
    posteriors, given, gold = [np.zeros((0, len(label_set)))], [], []
    for part in parts:
        for tokens, labels in part.sentences:
            best, posterior = tagger.labelled(tokens, part.usage)
            known = [at for at, label in enumerate(labels) if label in column]
            posteriors.append(posterior[known])
            given += [column[best[at]] for at in known]
            gold += [column[labels[at]] for at in known]
    whole = np.concatenate(posteriors)
    return Trial(parts[0].language, whole, np.array(given, dtype=np.int64), np.array(gold, dtype=np.int64))


def _silent(stage: str, done: int, total: int) -> None:
    """The trials report as one step."""
