"""A model with all it takes to read text with it: tokenizer, lengths, label set, device."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.evaluation import micro_f1, token_accuracy
from core.labelers.fine_tuning.device import Device
from core.labelers.fine_tuning.inference import posteriors
from core.labelers.fine_tuning.material import UNKNOWN, Lesson, Material
from core.labelers.fine_tuning.training import Judge, Plan, Training
from core.labelers.fine_tuning.windows import Window, windows
from core.labelers.posteriors import FloatArray, chosen, is_bio
from core.spans import strict_spans
from core.types import Instance, Labels, Report

LEAST = 1e-12
"""Probability that counts in a loss where the model gives less."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads instances with a model. `length`: sub-words at once; `tokens`: it labels tokens, not items."""

    tokenizer: Any
    model: Any
    length: int
    labels: Labels
    tokens: bool
    prior: FloatArray
    device: Device
    batch_size: int

    @property
    def padding(self) -> int:
        """The sub-word that fills windows up."""
        return int(self.tokenizer.pad_token_id or 0)

    def training(self, found: Material, plan: Plan) -> Training:
        """A training of this model on what was found to train on."""
        lessons = found.train
        return Training(
            self.model, self._read([lesson.instance for lesson in lessons]), lessons, plan, self.device
        )

    def judge(self, held_out: Sequence[Lesson], report: Report) -> Judge:
        """Scores the model on held-out items: span F1 for entities, else the share of right labels."""
        read = self._read([lesson.instance for lesson in held_out])
        instances = [lesson.instance for lesson in held_out]

        def judge(stage: str) -> tuple[float, float]:
            rows = self._rows(read, instances, report, stage)
            return _score(rows, held_out, self.labels), _loss(rows, held_out)

        return judge

    def rows(self, instances: Sequence[Instance], report: Report, stage: str) -> list[FloatArray]:
        """(tokens, labels) per instance, or (1, labels); rows sum to 1."""
        return self._rows(self._read(instances), instances, report, stage)

    def _read(self, instances: Sequence[Instance]) -> list[Window]:
        return windows(self.tokenizer, instances, self.length, tokens=self.tokens)

    def _rows(
        self, read: Sequence[Window], instances: Sequence[Instance], report: Report, stage: str
    ) -> list[FloatArray]:
        return posteriors(
            self.model,
            read,
            [len(instance.tokens) if self.tokens else 1 for instance in instances],
            self.prior,
            batch_size=self.batch_size,
            device=self.device,
            padding=self.padding,
            report=report,
            stage=stage,
        )


def _score(rows: Sequence[FloatArray], lessons: Sequence[Lesson], label_set: Labels) -> float:
    """Where a label is unknown, whatever the model says counts as right."""
    given = [chosen(0, row, label_set).labels for row in rows]
    wanted = [
        tuple(
            found if target == UNKNOWN else label_set[target]
            for found, target in zip(labels, lesson.targets, strict=True)
        )
        for labels, lesson in zip(given, lessons, strict=True)
    ]
    if is_bio(label_set):
        return micro_f1(strict_spans(wanted), strict_spans(given))
    return token_accuracy(wanted, given)


def _loss(rows: Sequence[FloatArray], lessons: Sequence[Lesson]) -> float:
    """Mean of -log of the right labels' probabilities."""
    found = [
        -math.log(max(float(row[at, target]), LEAST))
        for row, lesson in zip(rows, lessons, strict=True)
        for at, target in enumerate(lesson.targets)
        if target != UNKNOWN
    ]
    return float(np.mean(found))
